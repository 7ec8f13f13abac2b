"""What a report shows: plain values that page, PDF and workbook all read, and that freeze as JSON.

Everything is in its final words here. A report for readers outside the network holds no number that was
hidden from them: not in another field, not in a note, nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from network import charts
from network.counts import NOT_SHARED, Count

FIGURE, TABLE = "Figure", "Table"
HIDDEN = "hidden"
WORDS = (HIDDEN, NOT_SHARED)  # that stand in the place of a figure, and are explained where they first do
SHORT = 14  # rows of a table that a PDF does not break
NARROW, WIDE = 2, 4  # columns beside the label


PART_ONLY = "part only"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value in words; `number` where it is one number, `count` where it is a shown reported count."""

    text: str
    number: int | None = None
    count: Mapping[str, Any] | None = None
    hidden: bool = False
    part: bool = False  # the figure is for a part of what was asked

    @property
    def value(self) -> int | str:
        """As a workbook holds it."""
        return self.text if self.number is None else self.number

    @property
    def shown_count(self) -> Count | None:
        return Count.from_json(self.count) if self.count else None

    @property
    def is_number(self) -> bool:
        return self.number is not None

    @property
    def bar(self) -> tuple[charts.Value, str]:
        """Its length in a chart and the words beside it; without one number, the words in its place."""
        if self.is_number:
            return self.number, ""
        shown = self.shown_count
        value, words = charts.of_count(shown) if shown else (None, "")
        if value is None or shown is None:
            return None, self.text
        return value, ", ".join(each for each in (words, PART_ONLY if self.part else "") if each)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Where a figure or a table comes from; the appendix names it as the report does."""

    number: int
    label: str
    says: str
    url: str
    rows: int
    of: str = FIGURE

    @property
    def name(self) -> str:
        return f"{self.of} {self.number}"

    @property
    def anchor(self) -> str:
        return f"source-{self.of.lower()}-{self.number}"


@dataclass(frozen=True, kw_only=True)
class ShownFigure:
    number: int
    key: str
    label: str
    cell: Cell
    unit: str
    source: Line


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    label: str
    cells: tuple[Cell, ...]
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownTable:
    number: int
    key: str
    caption: str
    label_heading: str
    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: ShownRow | None
    reading: str
    chart: bool
    about_children: bool
    source: Line
    notes: tuple[str, ...] = ()  # what its totals leave out, and why

    @property
    def says(self) -> frozenset[str]:
        """Which of the words that need an explanation stand in it."""
        totals = [cell.text for cell in self.total.cells] if self.total else []
        single = {cell.text for row in self.rows for cell in row.cells}
        return frozenset(
            word for word in WORDS if word in single or any(f" {word}" in text for text in totals)
        )

    @property
    def in_all(self) -> str:
        """The totals as a sentence, where they are all that this report's readers see; else ""."""
        if self.rows or not self.total:
            return ""
        said = zip(self.columns, self.total.cells, strict=True)
        return " ".join(f"{self._of_all(name)}: {cell.text}." for name, cell in said)

    def _of_all(self, column: str) -> str:
        """What a total counts is named only where the question itself asks for it: "How many referrals" has
        a unit and no children."""
        if len(self.columns) == 1 and column.lower() not in self.caption.lower():
            return "In all"
        return f"{column} in all"

    @property
    def bars_say(self) -> str:
        """Which of several columns the bars show."""
        return f"The bars count “{self.columns[0]}”." if self.chart and len(self.columns) > 1 else ""

    @property
    def short(self) -> bool:
        """Whether it fits on a page together with its heading, so that a PDF keeps it whole."""
        return len(self.rows) <= SHORT

    @property
    def beside(self) -> bool:
        """Whether its chart stands beside it on a printed page: both are narrow."""
        return self.chart and self.short and len(self.columns) <= NARROW

    @property
    def wide(self) -> bool:
        return len(self.columns) > WIDE

    @property
    def bars(self) -> list[charts.Row]:
        """The first column as bars: label, length, and what is said beside or in place of it."""
        return [(row.label, *row.cells[0].bar) for row in self.rows]

    @property
    def aligned(self) -> list[tuple[ShownRow, list[tuple[Cell, bool]]]]:
        """The rows with each cell, and whether its column is set flush right."""
        return [(row, list(zip(row.cells, self.numeric, strict=True))) for row in self.rows]

    @property
    def chart_title(self) -> str:
        return f"{self.caption}: {self.columns[0]}"

    @property
    def headings(self) -> list[tuple[str, bool]]:
        """The columns, and whether each is set flush right."""
        return list(zip(self.columns, self.numeric, strict=True))

    @cached_property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, to be set flush right."""
        return tuple(
            all(row.cells[place].is_number for row in self.rows) for place in range(len(self.columns))
        )


@dataclass(frozen=True, kw_only=True)
class ShownChapter:
    key: str
    title: str
    figures: tuple[ShownFigure, ...]
    tables: tuple[ShownTable, ...]


@dataclass(frozen=True, kw_only=True)
class Built:
    """All figures of one report; figures and tables are each numbered from 1 through all chapters."""

    kind: str
    period: str
    chapters: tuple[ShownChapter, ...]
    # Whether "hidden" means small numbers alone: in earlier editions it stood for what is not shared, too.
    told_apart: bool = False
    things: tuple[str, ...] | None = (
        None  # what it tells of, each where; None: an earlier edition did not say
    )

    def lines(self) -> Iterator[Line]:
        """The appendix of sources: first of the figures, then of the tables."""
        yield from (figure.source for chapter in self.chapters for figure in chapter.figures)
        yield from (table.source for table in self.tables())

    def tables(self) -> Iterator[ShownTable]:
        for chapter in self.chapters:
            yield from chapter.tables

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Built:
        chapters = tuple(_chapter(chapter) for chapter in data["chapters"])
        things = data.get("things")
        return cls(
            kind=data["kind"],
            period=data["period"],
            chapters=chapters,
            told_apart=data.get("told_apart", False),
            things=None if things is None else tuple(things),
        )


def _chapter(data: Mapping[str, Any]) -> ShownChapter:
    figures = tuple(
        ShownFigure(**{**figure, "cell": Cell(**figure["cell"]), "source": Line(**figure["source"])})
        for figure in data["figures"]
    )
    return ShownChapter(
        key=data["key"],
        title=data["title"],
        figures=figures,
        tables=tuple(_table(table) for table in data["tables"]),
    )


def _table(data: Mapping[str, Any]) -> ShownTable:
    return ShownTable(
        **{
            **data,
            "columns": tuple(data["columns"]),
            "rows": tuple(_row(row) for row in data["rows"]),
            "total": _row(data["total"]) if data["total"] else None,
            "source": Line(**{**data["source"], "of": TABLE}),
            "notes": tuple(data.get("notes", ())),
        }
    )


def _row(data: Mapping[str, Any]) -> ShownRow:
    cells = tuple(Cell(**cell) for cell in data["cells"])
    return ShownRow(label=data["label"], cells=cells, url=data["url"])
