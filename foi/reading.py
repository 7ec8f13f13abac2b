"""Who reads which figure, and how one cell looks to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from foi.models import Item, Outcome
from foi.models.outcomes import BASES, FLAGS, SYMBOLS, Code
from foi.totals import Addend, addend
from network import dates, disclosure
from network.counts import Count, Kind
from network.disclosure import Shown
from network.people.models import Succession, User
from network.roles import Permission

SYMBOL_KEY = {
    "c": "refused: the body relies on a section of the Freedom of Information Act",
    "x": "not available: the body doesn't hold it, or gave another figure, which stays out of totals",
    "z": "not applicable: it can't exist",
}


@dataclass(frozen=True)
class Reader:
    """What a person knows anyway: members everything, partners their own body and what it came from."""

    member: bool
    own: frozenset[int] = frozenset()

    @classmethod
    def of(cls, user: User) -> Reader:
        if user.may(Permission.READ_NETWORK):
            return cls(member=True)
        return cls(member=False, own=_with_predecessors(user.standing.organisations(Permission.FOI_READ_OWN)))

    def knows(self, body_id: int) -> bool:
        """Whether figures of this body are shown to the reader as they were given."""
        return self.member or body_id in self.own


def _with_predecessors(bodies: frozenset[int]) -> frozenset[int]:
    """The bodies and all those that they came from, up to today."""
    found, new = set(bodies), set(bodies)
    while new:
        before = Succession.objects.filter(successor__in=new, on__lte=dates.today())
        new = set(before.values_list("predecessor_id", flat=True)) - found
        found |= new
    return frozenset(found)


@dataclass(frozen=True)
class Cell:
    """One item, one year, one body, as one reader sees it.

    `summed` is what a total takes; `number` what a workbook and a chart may hold as a number.
    """

    text: str
    summed: Addend
    number: int | Decimal | None = None
    symbol: str = ""
    notes: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def value(self) -> int | Decimal | str:
        """For a download: the number, if it is one, else what the page says."""
        return self.text if self.number is None else self.number

    @property
    def given(self) -> bool:
        return self.summed.given


def cell(outcome: Outcome, item: Item, *, known: bool) -> Cell:
    """The cell, for a reader to whom the body's figures are `known` or are not."""
    notes = _notes(outcome)
    if not outcome.gives:
        symbol = SYMBOLS[Code.NOT_COMPARABLE] if outcome.unlike else SYMBOLS.get(outcome.outcome, "")
        return Cell(f"{outcome.reason()}{f' [{symbol}]' if symbol else ''}", addend(outcome), symbol=symbol)
    if outcome.outcome == Code.PARTLY_HELD:
        notes = ("given for some places only", *notes)
    if outcome.outcome == Code.ANSWERED_LATER:
        notes = ("given later by the body, outside FOI", *notes)
    hidden = outcome.withheld and not known
    text = disclosure.HIDDEN if hidden else outcome.value_words(item) or "no figure given"
    if outcome.unlike:
        return not_comparable(Cell(text, addend(outcome), notes=notes, hidden=hidden))
    return Cell(
        text,
        addend(outcome, Shown(None) if hidden else _for_totals(outcome, item)),
        number=None if hidden else _number(outcome, item),
        notes=notes,
        hidden=hidden,
    )


def not_comparable(each: Cell) -> Cell:
    """The cell marked as one that adds to no other, with no number that a chart would draw."""
    symbol = SYMBOLS[Code.NOT_COMPARABLE]
    return replace(each, text=f"{each.text}, not comparable [{symbol}]", symbol=symbol, number=None)


def _notes(outcome: Outcome) -> tuple[str, ...]:
    """What a reader must know: the basis and the quality, but not what the figure itself shows."""
    shows = (
        {"range_or_rounded"} if outcome.count_kind in (Kind.RANGE, Kind.ROUNDED, Kind.LESS_THAN) else set()
    )
    flags = [FLAGS[flag] for flag in outcome.flag_list if flag in FLAGS.keys() - shows]
    return (*([BASES[outcome.basis]] if outcome.basis in BASES else []), *flags)


def _for_totals(outcome: Outcome, item: Item) -> Shown:
    """A count as it is; of anything else only that it was given."""
    return Shown(outcome.counted if item.is_count else Count.exact(1))


def _number(outcome: Outcome, item: Item) -> int | Decimal | None:
    if item.value_type == Item.Type.MONEY:
        return outcome.money
    if item.value_type == Item.Type.DURATION:
        return outcome.days_low if outcome.days_low == outcome.days_high else None
    count = outcome.count
    return count.low if count is not None and count.low == count.high else None
