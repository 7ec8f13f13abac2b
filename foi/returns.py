"""One body's reply as a whole: what is recorded, what doesn't add up, and what may not leave the network.

Which cells are hidden from readers outside is decided here, once for a whole reply and year, and kept in
`Outcome.withheld`. Every page, download and report then hides the same cells, so that no two of them can be
put together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foi.models import Item, ItemVersion, Outcome, Request
from foi.models.outcomes import Code
from foi.sums import Rule, breaches
from network import disclosure
from network.counts import Count, Kind
from network.disclosure import Relation, Shown

APART = frozenset({Code.NOT_COMPARABLE, Code.PARTLY_HELD})
"""Their figures are no part of the reply's sums: another basis, or some places only."""


@dataclass(frozen=True)
class Warning:
    """A sum of one year that can't be right."""

    year: str
    says: str

    def __str__(self) -> str:
        return f"{self.year}: {self.says}"


def rules_of(version: ItemVersion) -> list[Rule]:
    return [Rule.from_json(entry) for entry in version.rules]


def warnings(version: ItemVersion, outcomes: Iterable[Outcome]) -> list[Warning]:
    """What doesn't add up in one reply. Outcomes come with their items."""
    rules = rules_of(version)
    return [
        Warning(year, says)
        for year, rows in sorted(_by_year(outcomes).items())
        for says in breaches(rules, _figures(rows), _bases(rows))
    ]


def settle_bounds(outcomes: Sequence[Outcome]) -> None:
    """'<5' is 1 to 4 in a reply that shows a nought elsewhere, else 0 to 4."""
    shows_noughts = any(outcome.count_kind == Kind.NIL for outcome in outcomes)
    changed = []
    for outcome in outcomes:
        if outcome.count_kind == Kind.LESS_THAN:
            count = Count.parse(outcome.written, shows_noughts=shows_noughts)
            if count != outcome.count:
                outcome.set_count(count)
                changed.append(outcome)
    Outcome.objects.bulk_update(changed, ["low"])


def settle_disclosure(request: Request, version: ItemVersion, outcomes: Sequence[Outcome]) -> None:
    """Decide anew what of a reply is hidden outside the network, after `outcomes` (all of it) were changed.

    Figures that partners have seen stay as they were seen: what was hidden stays hidden, and what is known
    can't be protected by hiding it now.
    """
    rules = rules_of(version)
    changed = []
    for rows in _by_year(outcomes).values():
        hidden = _hidden(rows, rules, seen=request.is_shared)
        for row in rows:
            if row.withheld != (row.pk in hidden):
                row.withheld = not row.withheld
                changed.append(row)
    Outcome.objects.bulk_update(changed, ["withheld"])


def _hidden(rows: Sequence[Outcome], rules: Sequence[Rule], *, seen: bool) -> set[int]:
    """Ids of the outcomes of one reply and year that readers outside may not see."""
    alone = {
        row.pk
        for row in rows
        if row.outcome in APART and row.count and disclosure.publish_count(row.count).hidden
    }
    figures = _figures(rows)
    before = {
        row.item.code: Shown(None if row.withheld else row.counted)
        for row in rows
        if seen and row.item.code in figures
    }
    shown = disclosure.protect({"": figures}, relations(rules, _bases(rows), figures), before={"": before})[
        ""
    ]
    return alone | {row.pk for row in rows if row.item.code in shown and shown[row.item.code].hidden}


def relations(rules: Iterable[Rule], bases: dict[str, str], figures: dict[str, Count]) -> list[Relation]:
    """The sums that tie one reply's figures of one year, for protection.

    Where the reply doesn't say on which basis it counts, a reader may try each whole: all of them tie.
    """
    return [
        Relation(parts=tuple(part for part in rule.parts), total=rule.wholes[0], exact=rule.equal)
        for rule in rules
        if len(rule.wholes) == 1
        and rule.wholes[0] in figures
        and all(bases.get(part, "") in ("", rule.basis) for part in rule.parts)
    ]


def _by_year(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    years: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.item.value_type == Item.Type.COUNT:
            years[outcome.year].append(outcome)
    return years


def _figures(rows: Iterable[Outcome]) -> dict[str, Count]:
    """The figures that belong to one basis, by item."""
    return {row.item.code: row.count for row in rows if row.count and row.outcome not in APART}


def _bases(rows: Iterable[Outcome]) -> dict[str, str]:
    return {row.item.code: row.basis for row in rows if row.basis}
