"""One reply laid out as it was asked: questions, items, years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foi.deadlines import mark_awaited
from foi.models import Item, Outcome, Request
from foi.models.outcomes import Code
from foi.reading import SYMBOL_KEY, Cell, Reader, cell
from network.people.models import User


def outcomes_of(request: Request, user: User, question: int | None = None) -> list[Outcome]:
    """What is recorded of one reply, in the order in which it was asked.

    Items are fetched once and not with each of their years: a page shows a hundred outcomes of thirty.
    """
    asked = Item.objects.visible_to(user).filter(version_id=request.round.version_id)
    rows = Outcome.objects.visible_to(user).filter(request=request).order_by()
    if question is not None:
        asked, rows = asked.filter(question=question), rows.filter(item__question=question)
    found = list(rows)
    items = {item.pk: item for item in asked.order_by()} if found else {}
    for outcome in found:
        outcome.item = items[outcome.item_id]
    mark_awaited(found)
    return sorted(found, key=lambda outcome: (outcome.item.position, outcome.year))


@dataclass(frozen=True)
class Entry:
    """One item for one year."""

    outcome: Outcome
    cell: Cell
    member: bool

    @property
    def more(self) -> str:
        """What stands under the figure: its quality, its page, and for members the network's own note."""
        parts = [*self.cell.notes]
        if self.outcome.page:
            parts.append(f"page {self.outcome.page}")
        if self.member and self.outcome.note:
            parts.append(f"note: {self.outcome.note}")
        return "; ".join(parts)

    @property
    def recorded(self) -> bool:
        return self.outcome.outcome != Code.NOT_DUE


@dataclass(frozen=True)
class ItemLine:
    item: Item
    entries: tuple[Entry, ...]

    @property
    def is_current(self) -> bool:
        return self.item.period_basis == Item.CURRENT


@dataclass(frozen=True)
class Question:
    number: int
    title: str
    lines: tuple[ItemLine, ...]

    @property
    def entries(self) -> list[Entry]:
        return [entry for line in self.lines for entry in line.entries]

    @property
    def asked(self) -> int:
        return len(self.entries)

    @property
    def recorded(self) -> int:
        return sum(entry.recorded for entry in self.entries)

    @property
    def is_current(self) -> bool:
        """Whether it is asked as things are now, and not for each year."""
        return all(line.is_current for line in self.lines)

    @property
    def status(self) -> str:
        if not self.recorded:
            return "Nothing recorded"
        return "Recorded" if self.recorded == self.asked else f"{self.recorded} of {self.asked} recorded"

    @property
    def colour(self) -> str:
        return "" if self.recorded == self.asked else "blue" if self.recorded else "grey"


@dataclass(frozen=True)
class Reply:
    questions: tuple[Question, ...]
    years: tuple[str, ...]

    @classmethod
    def of(cls, request: Request, outcomes: Sequence[Outcome], reader: Reader) -> Reply:
        """The reply as the reader may see it; outcomes as `outcomes_of` gives them."""
        known = reader.knows(request.body_id)
        lines: dict[int, list[ItemLine]] = {}
        by_item: dict[int, list[Outcome]] = {}
        for outcome in outcomes:
            by_item.setdefault(outcome.item_id, []).append(outcome)
        for rows in by_item.values():
            item = rows[0].item
            entries = tuple(Entry(row, cell(row, item, known=known), reader.member) for row in rows)
            lines.setdefault(item.question, []).append(ItemLine(item, entries))
        version = request.round.version
        questions = (
            Question(number, version.question(number), tuple(found)) for number, found in lines.items()
        )
        return cls(tuple(questions), tuple(request.round.years))

    @property
    def entries(self) -> list[Entry]:
        return [entry for question in self.questions for entry in question.entries]

    @property
    def asked(self) -> int:
        return len(self.entries)

    @property
    def recorded(self) -> int:
        return sum(entry.recorded for entry in self.entries)

    @property
    def unrecorded(self) -> int:
        return self.asked - self.recorded

    @property
    def hidden(self) -> int:
        return sum(entry.cell.hidden for entry in self.entries)

    @property
    def symbols(self) -> list[tuple[str, str]]:
        used = {entry.cell.symbol for entry in self.entries}
        return [(symbol, words) for symbol, words in SYMBOL_KEY.items() if symbol in used]
