"""What leaves the network: small numbers hidden, and nothing that brings them back.

Inside the network members see what was returned. Anything for partners, observers or the public, the
report to the Assistant Directors too, goes through here first.

- A count of children that is known to be 1 to 4, or so close to it that fewer than four numbers are left
  open, is hidden. A body's own '<5' leaves four open and stays '<5'. Nil is shown.
- A figure that was refused or not given is protected like one that is hidden: where the shown ones around it
  would leave 1 to 4 for it, and not all of them, a neighbour goes.
- Within a row (one body, one year) counts are tied by sums: the places where children live add up to the
  caseload. So neighbours are hidden too, until somebody who knows every cell that is shown and every sum
  still has to reckon with each of 1, 2, 3 and 4. That is proved for each cell by exhibiting whole rows
  that fit, not by a rule of thumb. All hidden cells look the same.
- Which neighbour goes is settled by the order of the parts, never by size, and the last part given goes
  whenever any part does: else somebody who knows this method could learn from the choice. Even then at
  least four numbers stay open in a sum of its own (the tests try every row).
- Rows are never tied to each other. A total over rows is made only from what its reader may see, so that it
  tells nothing new: not to a body that knows its own row, nor by comparing filters, rounds or reports. Each
  hidden cell adds nought to the lower bound and leaves the upper one open: "at least 33" is always true.

Decide on the whole table first and filter afterwards; pass `before` when the same figures were published
already. Rates and shares are to be worked out from shown cells only.

Counts of authorities ("12 of 19 authorities answered Yes") are not counts of children and are not
suppressed.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from network.counts import Count, Total, total

SMALLEST, LARGEST_SMALL = 1, 4
OPEN = 4  # how many numbers a reader must still have to reckon with
MARGIN = OPEN + 1  # what the hidden parts of a shown total hold beyond one each; see _thin
HIDDEN = "hidden"
_PATIENCE = 400  # steps in looking for one row that fits; a search that gives up hides more, never less

Row = TypeVar("Row", bound=Hashable)
Column = str
Bounds = tuple[int, int]


@dataclass(frozen=True)
class Relation:
    """The parts of a row add up to its total, or (exact=False) to no more than it.

    `more` are further wholes that count with the total: 4.2 is at most 1.4 and 1.5 together. Parts in the
    order in which they are best kept: the last one given is the first to be hidden, so a residual such as
    "other or not known" stands last.
    """

    parts: tuple[Column, ...]
    total: Column
    exact: bool = True
    more: tuple[Column, ...] = ()

    @property
    def wholes(self) -> tuple[Column, ...]:
        return (self.total, *self.more)

    @property
    def columns(self) -> tuple[Column, ...]:
        """In the order in which they are hidden: parts from the last, then the wholes from the last."""
        return (*reversed(self.parts), *reversed(self.wholes))


@dataclass(frozen=True)
class Shown:
    """A cell as a reader outside may see it: a count, or None when it is hidden."""

    count: Count | None

    @property
    def hidden(self) -> bool:
        return self.count is None

    def __str__(self) -> str:
        return HIDDEN if self.count is None else str(self.count)


def is_small(count: Count) -> bool:
    """Whether a count may not be shown: it may be 1 to 4 and leaves fewer than four numbers open."""
    if not count.given:
        return False
    low, high = count.bounds
    return _may_be_small(count) and high - max(low, SMALLEST) + 1 < OPEN


def _may_be_small(count: Count) -> bool:
    return count.given and count.bounds[0] <= LARGEST_SMALL and count.bounds[1] >= SMALLEST


def overlap(one: Count, other: Count) -> bool:
    """Whether both may be the same number."""
    return one.bounds[0] <= other.bounds[1] and other.bounds[0] <= one.bounds[1]


def publish_count(count: Count) -> Shown:
    """One number that is tied to no other."""
    return Shown(None if is_small(count) else count)


def published_total(cells: Iterable[Shown], parts: Iterable[Shown] = ()) -> Total:
    """The sum of what a reader may see: 'at least 33, from 4 of 7; 1 hidden, 1 not held, 1 not due'.

    `parts` are figures for a part of what was asked: the true ones may be larger, so they too leave the upper
    bound open.
    """
    listed, bounded = list(cells), list(parts)
    every = [*listed, *bounded]
    hidden = sum(cell.hidden for cell in every)
    seen = total(cell.count for cell in every if cell.count is not None)
    least = any(cell.count is not None and cell.count.given for cell in bounded)
    return replace(seen, hidden=hidden, high=None if hidden or least else seen.high)


def protect(
    rows: Mapping[Row, Mapping[Column, Count]],
    relations: Sequence[Relation] = (),
    *,
    before: Mapping[Row, Mapping[Column, Shown]] | None = None,
    also: Mapping[Row, Collection[Column]] | None = None,
) -> dict[Row, dict[Column, Shown]]:
    """The table as it may leave the network. Give all columns that a relation names, whatever is then shown.

    `before`: what was published already of these same figures. What was hidden stays hidden, and what was
    shown is known to every reader, so hiding it now protects nothing and something else is hidden instead;
    of a figure that was shown less exactly, '<5', a reader knows that much. `also` are columns to be hidden
    whatever they hold.
    """
    shown = {}
    for name, row in rows.items():
        guard = _RowGuard(row, relations, (before or {}).get(name, {}), (also or {}).get(name, ()))
        hidden = guard.hidden_columns()
        shown[name] = {column: Shown(None if column in hidden else count) for column, count in row.items()}
    return shown


@dataclass(frozen=True)
class _Sum:
    """A relation as the solver uses it."""

    parts: tuple[Column, ...]
    wholes: tuple[Column, ...]
    exact: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.parts + self.wholes


def implied(row: Mapping[Column, Count], relations: Sequence[Relation]) -> dict[Column, Count]:
    """What the figures of a row say of each that is missing, where they bound it from above."""
    limit = sum(count.bounds[1] for count in row.values() if count.given) + 1
    cells = {column: (0, limit) for relation in relations for column in relation.columns}
    cells |= {column: count.bounds for column, count in row.items() if column in cells and count.given}
    sums = [_Sum(relation.parts, relation.wholes, relation.exact) for relation in relations]
    tighter = _tightened(cells, sums, sums) or {}
    return {
        column: Count.between(low, high)
        for column, (low, high) in tighter.items()
        if high < limit and not (column in row and row[column].given)
    }


class _RowGuard:
    """Chooses what to hide in one row.

    A reader tries two readings of what was not given: it is some number, or (a guess) it is nought. Hidden
    cells must hold out against both, a figure that is missing against the first.
    """

    def __init__(
        self,
        row: Mapping[Column, Count],
        relations: Sequence[Relation],
        before: Mapping[Column, Shown],
        also: Collection[Column] = (),
    ) -> None:
        self.row = row
        self.given = {column: count for column, count in row.items() if count.given}
        self.relations = relations
        self.tied = sorted({column for relation in self.relations for column in relation.columns})
        self.hidden = {column for column, count in self.given.items() if is_small(count)}
        self.hidden |= {column for column, cell in before.items() if cell.hidden and column in self.given}
        self.hidden |= {column for column in also if column in self.given}
        known = {column for column, cell in before.items() if cell.count == row.get(column)}
        self.known = known - self.hidden
        self.prior = {
            column: cell.count.bounds
            for column, cell in before.items()
            if cell.count and cell.count.given and column in self.given
            if overlap(cell.count, self.given[column])
        }
        self.limit = 2 * sum(count.bounds[1] for count in self.given.values()) + 100
        self.free = list(self._sums(guess=False))
        guessed = list(self._sums(guess=True))
        true = {column: self._bounds_given(column) for column in self.tied}
        self.readings = [self.free]
        if guessed != self.free and _solvable(true, guessed):
            self.readings.append(guessed)

    def hidden_columns(self) -> set[Column]:
        while (column := self._next()) is not None:
            self.hidden.add(column)
        return self.hidden

    def _next(self) -> Column | None:
        """The next neighbour to hide; None when every cell is safe or nothing is left to hide."""
        for relation in self.relations:
            if self._thin(relation) and (column := self._hideable(relation)):
                return column
        for column in self.tied:
            if self._exposed(column):
                for neighbour in self._neighbours(column):
                    return neighbour
        return None

    def _hideable(self, relation: Relation) -> Column | None:
        return next((column for column in relation.columns if self._may_hide(column)), None)

    def _may_hide(self, column: Column) -> bool:
        return column in self.given and column not in self.hidden and column not in self.known

    def _unsure(self, column: Column) -> bool:
        """Hidden, or shown as bounds that must not become narrower."""
        return column in self.hidden or _may_be_small(self.given[column])

    def _thin(self, relation: Relation) -> bool:
        """Whether a sum has too little hidden in it, by what everybody can see of it.

        The hidden parts of a shown total must have the first in the order of hiding among them, and hold
        so much together that each can be 1 to 4 while the others are at least 1. The question is put to
        what is visible only: then the answer tells nothing about the cells that are not.
        """
        if relation.more or relation.total not in self.given:
            return False  # nothing adds up to one shown number: what can be told of it is tried, row by row
        parts = [column for column in relation.parts if column in self.given]
        hideable = [column for column in reversed(parts) if column not in self.known]
        if relation.total in self.hidden and (relation.exact or is_small(self.given[relation.total])):
            return not self.hidden.issuperset(hideable)  # a part shown, nil too, would tell of the total
        unsure = [column for column in parts if self._unsure(column)]
        if not relation.exact:
            return self._fills(relation, parts, unsure)
        if not (unsure or (parts and self._unsure(relation.total))):
            return False
        if self._broken(relation) or (hideable and hideable[0] not in self.hidden):
            return True
        if self._unsure(relation.total):
            return False
        return self._left(relation, parts, unsure) < len(unsure) + MARGIN

    def _fills(self, relation: Relation, parts: Sequence[Column], unsure: Collection[Column]) -> bool:
        """Whether what is hidden could fill all that a total leaves over. It need not, since the parts are
        only at most the total; but a reader reckons so, and is right where they happen to add up. It is asked
        of what is visible alone here too, and so tells nothing of whether they do."""
        if not unsure or self._unsure(relation.total):
            return False
        return self._left(relation, parts, unsure) <= LARGEST_SMALL * len(unsure)

    def _left(self, relation: Relation, parts: Iterable[Column], unsure: Collection[Column]) -> int:
        """What the shown total leaves for the parts that are not shown for sure."""
        shown = sum(self.given[column].bounds[1] for column in parts if column not in unsure)
        return self.given[relation.total].bounds[0] - shown

    def _bounds_given(self, column: Column) -> Bounds:
        """What was returned; of a figure that is missing, anything."""
        return self.given[column].bounds if column in self.given else (0, self.limit)

    def _bounds_shown(self, column: Column) -> Bounds:
        if column in self.hidden:
            return self.prior.get(column, (0, self.limit))
        return self._bounds_given(column)

    def _sum(self, columns: Iterable[Column]) -> Bounds:
        bounds = [self._bounds_given(column) for column in columns]
        return sum(low for low, _ in bounds), sum(high for _, high in bounds)

    def _broken(self, relation: Relation) -> bool:
        """A sum that the reply itself contradicts: nobody can tell by how much, so all of it is hidden."""
        low, _ = self._sum(column for column in relation.parts if column in self.given)
        _, high = self._sum(relation.parts)
        whole_low, _ = self._sum(column for column in relation.wholes if column in self.given)
        _, whole_high = self._sum(relation.wholes)
        return low > whole_high or (relation.exact and high < whole_low)

    def _neighbours(self, column: Column) -> Iterator[Column]:
        """What else may be hidden to protect a cell, nearest sums first; the cell itself last."""
        reached, seen = [column], {column}
        for each in reached:
            for relation in self.relations:
                if each in relation.columns:
                    for neighbour in relation.columns:
                        if neighbour not in seen:
                            seen.add(neighbour)
                            reached.append(neighbour)
        return (each for each in [*reached[1:], column] if self._may_hide(each))

    def _exposed(self, column: Column) -> bool:
        """Whether a reader of the row could tell more of this cell than is allowed."""
        if column not in self.given:
            return self._missing_exposed(column)
        count = self.given[column]
        low, high = count.bounds
        if _may_be_small(count):
            start = SMALLEST if column in self.hidden else max(low, SMALLEST)
            return not all(self._possible(column, (n, n)) for n in range(start, start + OPEN))
        if column not in self.hidden:
            return False
        small = [self._possible(column, (n, n)) for n in range(SMALLEST, SMALLEST + OPEN)]
        if any(small) and not all(small):
            return True  # as for a figure that is missing: nobody can tell which of the two it is
        below = low > 0 and self._possible(column, (0, low - 1))
        return not (below or self._possible(column, (high + 1, self.limit)))

    def _missing_exposed(self, column: Column) -> bool:
        """Whether what is shown leaves some of 1 to 4 for a figure that was not given, but not all of them.

        Put to each sum alone as well: a reader may trust one where the reply contradicts another.
        """
        shown = {each: self._bounds_shown(each) for each in self.tied}
        for sums in [self.free, *([each] for each in self.free if column in each.columns)]:
            tighter = _tightened(shown, sums, sums)
            low, high = tighter[column] if tighter else (0, self.limit)
            if low > LARGEST_SMALL or high < SMALLEST:
                continue
            if low > SMALLEST or high < LARGEST_SMALL:
                return True
            if high < self.limit // 2 and not all(
                _solvable({**shown, column: (n, n)}, sums) for n in range(SMALLEST, LARGEST_SMALL + 1)
            ):
                return True
        return False

    def _possible(self, column: Column, bounds: Bounds) -> bool:
        """Whether in each reading some whole row fits all that is shown and has this cell in these bounds."""
        cells = {each: self._bounds_shown(each) for each in self.tied}
        return all(_solvable({**cells, column: bounds}, sums, column) for sums in self.readings)

    def _sums(self, *, guess: bool) -> Iterator[_Sum]:
        """The sums as a reader would use them; `guess`: a part that was refused or is not held is nought."""
        for relation in self.relations:
            given = tuple(column for column in relation.parts if column in self.given)
            parts = given if guess else relation.parts
            if not parts or self._broken(relation):
                continue
            fits = self._sum(given)[1] >= self._sum(relation.wholes)[0]
            yield _Sum(parts, relation.wholes, relation.exact and (fits or not guess))


def _connected(cells: Mapping[Column, Bounds], sums: list[_Sum], column: Column) -> list[_Sum]:
    """The sums that can bear on a cell: over cells whose number isn't settled."""
    reached, found = {column}, []
    waiting = list(sums)
    while near := [each for each in waiting if not reached.isdisjoint(each.columns)]:
        waiting = [each for each in waiting if each not in near]
        found += near
        reached |= {name for each in near for name in each.columns if cells[name][0] < cells[name][1]}
    return found


def _solvable(
    cells: dict[Column, Bounds],
    sums: list[_Sum],
    column: Column | None = None,
    patience: int = _PATIENCE,
) -> bool:
    """Whether whole numbers within these bounds satisfy the sums; `column` given, those that bear on it.

    A search that gives up says no.
    """
    if column is not None:
        sums = _connected(cells, sums, column)
        cells = {name: cells[name] for each in sums for name in each.columns}
    waiting: list[tuple[dict[Column, Bounds], list[_Sum]]] = [(cells, sums)]
    while waiting and patience > 0:
        patience -= 1
        tighter = _tightened(*waiting.pop(), sums)
        if tighter is None:
            continue
        open_cells = [(high - low, name) for name, (low, high) in tighter.items() if low < high]
        if not open_cells:
            return True
        _, name = min(open_cells)
        low, high = tighter[name]
        touched = [each for each in sums if name in each.columns]
        waiting += [({**tighter, name: (low + 1, high)}, touched), ({**tighter, name: (low, low)}, touched)]
    return False


def _tightened(
    cells: Mapping[Column, Bounds], touched: list[_Sum], sums: list[_Sum]
) -> dict[Column, Bounds] | None:
    """The bounds after each sum has narrowed them as far as it can; None if they contradict each other.

    `touched` are the sums to begin with: those of cells that have changed. None too if the bounds still move
    after many rounds: a search that gives up hides more, never less.
    """
    found = dict(cells)
    waiting = list(touched)
    for _ in range(_PATIENCE * (len(sums) + 1)):
        if not waiting:
            return found
        one = waiting.pop()
        for name, bounds in _narrower(found, one):
            if bounds[0] > bounds[1]:
                return None
            if bounds != found[name]:
                found[name] = bounds
                waiting += [each for each in sums if name in each.columns and each not in waiting]
    return None


def _narrower(cells: Mapping[Column, Bounds], one: _Sum) -> list[tuple[Column, Bounds]]:
    """The cells of a sum with what it leaves of their bounds."""
    parts = [(name, *cells[name]) for name in one.parts]
    wholes = [(name, *cells[name]) for name in one.wholes]
    low, high = sum([each[1] for each in parts]), sum([each[2] for each in parts])
    whole_low, whole_high = sum([each[1] for each in wholes]), sum([each[2] for each in wholes])
    found = []
    for name, least, most in wholes:
        above = min(most, high - whole_low + least) if one.exact else most
        found.append((name, (max(least, low - whole_high + most), above)))
    for name, least, most in parts:
        below = max(least, whole_low - high + most) if one.exact else least
        found.append((name, (below, min(most, whole_high - low + least))))
    return found
