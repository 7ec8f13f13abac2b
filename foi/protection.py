"""What of a body's figures of one year stays inside the network. Pure; the database is in foi.returns.

Rounds overlap: the same year is asked for again and again, one reply refuses what another gives, and a body's
year may be asked of what succeeded it too. A reader lays all of it side by side, so it is decided together:
an item that is hidden in one of these replies is hidden in all, and wherever one reply says nothing, what the
others say is put in its place. What partners could read before the decision is known and hides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from foi.sums import Rule
from network import disclosure
from network.counts import Count
from network.disclosure import Relation, Shown

Column = str
Row = dict[Column, Count]
BASIS = "@"  # "2.1@snapshot": a figure on one of an item's bases is another number than on the other


@dataclass(frozen=True)
class Sheet:
    """One reply's figures of one year, by item.

    `unlike` are items that count something else than was asked, `part` those given for a part of it, whose
    figure is a lower bound: the same that foi.totals treats so. `seen` is what partners could ever read of
    each figure, as bounds.
    """

    body: int
    figures: Mapping[str, Count]
    bases: Mapping[str, str] = field(default_factory=dict)
    unlike: frozenset[str] = frozenset()
    part: frozenset[str] = frozenset()
    seen: Mapping[str, Count] = field(default_factory=dict)

    def row(self, *, whole: bool) -> Row:
        """The figures by column; without `whole` only those that are comparable."""
        apart = frozenset[str]() if whole else self.unlike | self.part
        return {self.column(code): count for code, count in self.figures.items() if code not in apart}

    @property
    def least(self) -> Row:
        """The figures for a part, by column: the true ones are no smaller."""
        return {self.column(code): count for code, count in self.figures.items() if code in self.part}

    def column(self, code: str) -> Column:
        basis = self.bases.get(code, "")
        return f"{code}{BASIS}{basis}" if basis else code


@dataclass(frozen=True)
class Tie:
    """A body's year before it began: what it came from in `whole`, and of each of `split` a part."""

    successor: int
    whole: tuple[int, ...] = ()
    split: tuple[int, ...] = ()


def hidden_items(
    sheets: Sequence[Sheet], rules: Sequence[Rule], ties: Sequence[Tie] = (), before: Collection[str] = ()
) -> frozenset[str]:
    """The items that readers outside may not see, in any of these replies. `before`: hidden already."""
    hidden = set(before)
    while True:
        codes = hidden | _between_bodies(sheets, ties, hidden)[0]
        _, implied = _between_bodies(sheets, ties, codes)
        for body in {sheet.body for sheet in sheets}:
            own = [sheet for sheet in sheets if sheet.body == body]
            for row in _rows(own):
                codes |= _hidden_in(row, own, rules, codes, implied.get(body, {}))
        if codes == hidden:
            return frozenset(hidden)
        hidden = codes


# Side by side: the replies of one body


def _rows(sheets: Sequence[Sheet]) -> Iterator[Row]:
    """Each reply as it is, and with its gaps filled from each other one; every row once.

    A reader leaves out what is marked as not comparable, or doesn't care. Of a figure for a part they know
    that the true one is no smaller. Where no other reply gives it, whoever takes the largest for the true one
    is told at least as much as whoever takes it for a lower bound.
    """
    done: list[Row] = []
    least = _largest(sheet.least for sheet in sheets)
    for sheet in sheets:
        others = [other for other in sheets if other is not sheet]
        for first in [None, *others]:
            fills = [] if first is None else [first, *(other for other in others if other is not first)]
            comparable = _filled(each.row(whole=False) for each in (sheet, *fills))
            bounded = (sheet.least if first is None else least) | comparable
            for row in (comparable, bounded, _filled(each.row(whole=True) for each in (sheet, *fills))):
                if row not in done:
                    done.append(row)
                    yield row


def _filled(rows: Iterable[Row]) -> Row:
    """The first row, its gaps filled from the next, and so on."""
    filled: Row = {}
    for row in rows:
        filled = row | filled
    return filled


def _largest(rows: Iterable[Row]) -> Row:
    """Of each column the figure with the largest lower bound."""
    largest: Row = {}
    for row in rows:
        for column, count in row.items():
            if column not in largest or count.bounds > largest[column].bounds:
                largest[column] = count
    return largest


def _hidden_in(
    row: Row, sheets: Sequence[Sheet], rules: Sequence[Rule], hidden: Collection[str], implied: Row
) -> set[str]:
    """The items that one row says must be hidden. `implied`: what other bodies' figures say of its gaps."""
    known = implied | _known(sheets)
    cells = {column: count for column, count in known.items() if column not in row} | row
    before = {
        column: Shown(cells[column] if tells_all(count, cells[column]) else count)
        for column, count in known.items()
    }
    also = {
        column
        for column, count in row.items()
        if code_of(column) in hidden and not (column in known and tells_all(known[column], count))
    }
    ties = list(relations(rules, cells))
    shown = disclosure.protect({"": cells}, ties, before={"": before}, also={"": also})[""]
    return {code_of(column) for column, cell in shown.items() if cell.hidden}


def _known(sheets: Sequence[Sheet]) -> Row:
    """What partners could read of a body's figures; of several the most exact."""
    known: Row = {}
    for sheet in sheets:
        for code, count in sheet.seen.items():
            column = sheet.column(code)
            if column not in known or tells_all(count, known[column]):
                known[column] = count
    return known


def tells_all(known: Count, count: Count) -> bool:
    """Whether whoever knows the one learns nothing from the other, which may be shown."""
    (least, most), (low, high) = known.bounds, count.bounds
    return low <= least and most <= high and not disclosure.is_small(count)


def code_of(column: Column) -> str:
    return column.split(BASIS)[0]


def relations(rules: Iterable[Rule], row: Mapping[Column, Count]) -> Iterator[Relation]:
    """The sums that tie the figures of a row.

    Where a reply doesn't say on which basis it counts, a reader may try each whole: all of them tie, except
    those that the figures themselves contradict while they fit another.
    """
    unstated: dict[tuple[str, ...], list[tuple[Rule, Relation]]] = {}
    for rule in rules:
        for parts in product(*(_columns_of(part, rule.basis, row) for part in rule.parts)):
            if rule.basis and not any(part in row for part in parts):
                continue  # gaps of their own, which tie nothing else
            relation = Relation(parts, rule.wholes[0], exact=rule.equal, more=tuple(rule.wholes[1:]))
            if rule.basis and all(part in row and BASIS not in part for part in parts):
                unstated.setdefault(parts, []).append((rule, relation))
            else:
                yield relation
    for found in unstated.values():
        fitting = [relation for rule, relation in found if not rule.breach(row)]
        yield from fitting or [relation for _, relation in found]


def _columns_of(code: str, basis: str, row: Mapping[Column, Count]) -> list[Column]:
    """Where a part of a rule on that basis may stand in the row; if nowhere, the name of the gap."""
    if not basis:
        return [code]
    stated = f"{code}{BASIS}{basis}"
    return [column for column in (stated, code) if column in row] or [stated]


# Side by side: a body and what came after it


def _between_bodies(
    sheets: Sequence[Sheet], ties: Sequence[Tie], hidden: Collection[str]
) -> tuple[set[str], dict[int, Row]]:
    """Items to be hidden in all of these bodies, since the difference of two gives a third's small number
    away; and what the figures of some imply of the gaps of others."""
    small: set[str] = set()
    implied: dict[int, Row] = {}
    if not ties:
        return small, implied
    for given in (_latest(sheets, whole=True), _latest(sheets, whole=False)):
        columns = {column for row in given.values() for column in row}
        for column in sorted(column for column in columns if code_of(column) not in hidden):
            counts = {str(body): row[column] for body, row in given.items() if column in row}
            for name, count in disclosure.implied(counts, list(_lineage(ties))).items():
                if disclosure.is_small(count):
                    small.add(code_of(column))
                elif name.isdigit():
                    implied.setdefault(int(name), {}).setdefault(column, count)
    return small, implied


def _latest(sheets: Sequence[Sheet], *, whole: bool) -> dict[int, Row]:
    """Each body's newest figures, or without `whole` its newest comparable ones, before any others."""
    rows: dict[int, Row] = {}
    for sheet in sheets:  # the newest first
        rows[sheet.body] = sheet.row(whole=whole) | rows.get(sheet.body, {})
    return rows if whole else {body: row | rows[body] for body, row in _latest(sheets, whole=True).items()}


def _lineage(ties: Sequence[Tie]) -> Iterator[Relation]:
    """A successor is the sum of what it came from, and a body that was split the sum of its parts."""
    shares: dict[int, list[str]] = {}
    for tie in ties:
        parts = [f"{body}>{tie.successor}" for body in tie.split]
        yield Relation((*map(str, tie.whole), *parts), str(tie.successor))
        for body, part in zip(tie.split, parts, strict=True):
            shares.setdefault(body, []).append(part)
    for body, parts in shares.items():
        yield Relation((*parts, f"{body}>"), str(body))  # the last: what went to bodies not asked here
