"""Which figures of several bodies add up, and why one does not. Every page and report asks here.

A total adds what counts the same thing for the same time on the same basis. What counts something else stays
out and is named as not comparable; a figure for a part of what was asked is a lower bound, which leaves the
upper one open. Why is said beside the total.

A cell is in one state only, the first of these that it can be in: not given, with the reason; not comparable;
hidden; for a part. So what is both hidden and not comparable is named not comparable, with why, which its
marks say anyway, and leaves no upper bound open; what is both hidden and for a part is hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from foi.models import Item, Outcome
from foi.models.outcomes import BASES
from network.counts import Count, Kind, Total
from network.disclosure import Shown, published_total
from network.figures import Remark
from network.people.models import Organisation

APART = Shown(Count.state(Kind.NOT_COMPARABLE))
NOT_STATED = "on a basis that it does not state"


@dataclass(frozen=True)
class Addend:
    """One body's cell, as a total takes it: a figure, the state in its place, or that it is hidden."""

    count: Shown
    basis: str = ""
    unlike: str = ""  # why no total adds it
    part: str = ""  # why it is a lower bound

    @property
    def given(self) -> bool:
        """Whether a total counts it among those that gave a figure."""
        return self.count.hidden or (self.count.count is not None and self.count.count.given)

    @property
    def as_returned(self) -> Count:
        """The figure or state, for a report that hides where it is built; ValueError if it is hidden here."""
        if self.count.count is None:
            raise ValueError("A figure that is hidden has no count.")
        return self.count.count

    def apart(self, why: str) -> Addend:
        return replace(self, count=APART, unlike=why, part="")


def addend(outcome: Outcome, shown: Shown | None = None) -> Addend:
    """The outcome as a total takes it; `shown`: what its reader sees of a figure that can be added."""
    if not outcome.gives or outcome.unlike:
        return Addend(Shown(outcome.counted), outcome.basis, outcome.unlike)
    return Addend(shown or Shown(outcome.counted), outcome.basis, part=outcome.part)


def beyond_break(other: Organisation) -> str:
    """Why a figure is not added to that of a body on the other side of a break."""
    return f"break: {other.full_name} gave a figure too"


def common_basis(addends: Iterable[Addend]) -> str:
    """The basis on which most figures were counted; of equals the first by name, so that all pages agree."""
    counted = Counter(each.basis for each in addends if each.given)
    return min(counted, key=lambda basis: (-counted[basis], basis), default="")


def on_one_basis(item: Item, addends: Sequence[Addend]) -> list[Addend]:
    """What was counted on another basis than most is not comparable with them."""
    if not (item.is_count and item.bases):
        return list(addends)
    basis = common_basis(addends)
    most = BASES.get(basis, NOT_STATED)
    return [
        each.apart(f"{BASES.get(each.basis, NOT_STATED)}, while most count {most}")
        if each.given and each.basis != basis
        else each
        for each in addends
    ]


def together(addends: Iterable[Addend]) -> Total:
    """The honest total: only comparable figures add, and every state is named."""
    listed = list(addends)
    return published_total(
        (each.count for each in listed if not each.part), (each.count for each in listed if each.part)
    )


def remarks(rows: Iterable[str], column: str, addends: Iterable[Addend]) -> Iterator[Remark]:
    """What must be said beside the column's total; of a hidden figure not what it is a part of."""
    for row, each in zip(rows, addends, strict=True):
        if each.unlike or (each.part and not each.count.hidden):
            yield Remark(row=row, column=column, why=each.unlike or each.part, part=bool(each.part))
