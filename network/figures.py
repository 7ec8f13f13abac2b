"""How a report learns of an app: chapters of figures, each with the rows it came from.

An app answers `registry.figures(period)` with exact figures; suppression for readers outside the network is
done once, where the report is built. These are plain values that go to and from JSON, because a report
freezes its figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.db.models import Model

    from network.counts import Count, Total
    from network.disclosure import Relation

Value: TypeAlias = "int | Count | Total | str"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a figure comes from."""

    says: str  # "Attendance recorded for 3 meetings between 1 April and 30 September 2026"
    url: str  # the page that shows the rows
    rows: int  # how many rows were counted or summed


@dataclass(frozen=True, kw_only=True)
class Figure:
    key: str  # stable within all reports: "meetings.held"
    label: str
    value: Value
    source: Source
    unit: str = ""
    audience: str = "published"  # the widest readers who may see it: a report for wider ones leaves it out
    about_children: bool = False  # a count of children: protected before it leaves the network
    of: frozenset[str] = frozenset()  # as for a table


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    cells: tuple[Value, ...]
    url: str = ""  # the rows behind this line, where narrower than the table's own source


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Why a cell is in no total of its column, or (`part`) in it as a lower bound only."""

    row: str
    column: str
    why: str
    part: bool = False


def in_words(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """What a table says of its totals: what they leave out and what is more than they count, and why."""
    said: dict[bool, dict[tuple[str, str], list[str]]] = {False: {}, True: {}}
    for remark in remarks:
        said[remark.part].setdefault((remark.row, remark.why), []).append(remark.column)
    openings = {
        False: "Left out of the total, as not comparable",
        True: "In the total as a lower bound, so that it says “at least”",
    }
    listed = {
        part: "; ".join(f"{row} ({', '.join(columns)}): {why}" for (row, why), columns in rows.items())
        for part, rows in said.items()
    }
    return tuple(f"{openings[part]}: {rows}." for part, rows in listed.items() if rows)


@dataclass(frozen=True, kw_only=True)
class Table:
    """`columns` names the cells, not the label column; `relations` speak of column names, within a row."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    source: Source
    label_heading: str = ""
    audience: str = "published"  # as for a figure; the whole table is left out
    rows_audience: str = "published"  # who may see single rows; other readers get the totals alone
    reading: str = ""  # one sentence; must be true and safe for every reader
    about_children: bool = False
    total: bool = False  # a last row with the total of each column, worked out after protection
    chart: bool = False  # drawn as bars of the first column as well
    relations: tuple[Relation, ...] = ()
    # Row label and column of cells that the app hides outside the network wherever it shows them.
    withheld: frozenset[tuple[str, str]] = frozenset()
    # Labels of the rows that are not shared outside the network at all, whatever is in them.
    unshared: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()  # of cells that are no plain part of their column's total
    # What readers outside the network get in its place, where one row decides how another is told of: worked
    # out as if the rows that are not shared held nothing.
    outside: Table | None = None
    # What it tells of that can come to have fewer readers, each by a name (`thing`). A report that is not
    # agreed lets go of its figures once one of them is no longer here.
    of: frozenset[str] = frozenset()


def thing(row: Model, words: str = "") -> str:
    """The name of something that is told of, as it is today; `words` are those that are told."""
    return f"{row._meta.label_lower}:{row.pk}:{sha256(words.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one app has to say of a period. `order` places it in the report."""

    key: str
    title: str
    order: int
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    words: str = ""  # the first draft of the sentences that people then edit
