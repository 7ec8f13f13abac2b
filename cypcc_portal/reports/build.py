"""Gathers every app's figures of a period into the one object that a report freezes.

A report for readers outside the network is protected here, before anything is stored: small numbers of
children are hidden with their neighbours, totals are made of what is shown, and single figures about
children stay out altogether, because beside a table they would be one more sum to subtract from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count as numbers_from

from cypcc_portal.reports.models import READERS, Kind
from cypcc_portal.reports.view import (
    FIGURE,
    HIDDEN,
    PART_ONLY,
    TABLE,
    Built,
    Cell,
    Line,
    ShownChapter,
    ShownFigure,
    ShownRow,
    ShownTable,
)
from network import registry
from network.audience import Audience
from network.counts import NOT_SHARED, Count, Total
from network.dates import Period
from network.disclosure import Shown, protect, published_total
from network.figures import Chapter, Figure, Remark, Source, Table, Value, in_words

LEVELS = list(Audience)
NOT_SHOWN = "not shown"
FEWEST = 3
TOO_FEW = "not shown: fewer than three authorities gave a figure"

Before = Mapping[str, Mapping[str, Mapping[str, Shown]]]
"""What readers outside have seen already: by table key, row label and column."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The figures of a report and the first draft of its words, by chapter."""

    built: Built
    words: tuple[tuple[str, str, str], ...]  # key, title, text


def draft(kind: Kind, period: Period, before: Before) -> Draft:
    """The report of a period as the apps' rows give it now."""
    chapters = sorted(registry.figures(period), key=lambda chapter: (chapter.order, chapter.key))
    outside = READERS[kind] is Audience.PUBLISHED
    kept = [chapter for chapter in (_readable(chapter, READERS[kind]) for chapter in chapters) if chapter]
    numbers = numbers_from(1), numbers_from(1)
    shown = tuple(_chapter(chapter, numbers, before if outside else None, READERS[kind]) for chapter in kept)
    return Draft(
        built=Built(
            kind=kind.value,
            period=period.key,
            chapters=shown,
            told_apart=True,
            things=_things(kept, shown if outside else ()),
        ),
        words=tuple((chapter.key, chapter.title, chapter.words) for chapter in kept),
    )


def seen_before(editions: Iterable[Mapping[str, object]]) -> Before:
    """What earlier reports to outside readers showed and hid; hidden once is hidden for good."""
    before: dict[str, dict[str, dict[str, Shown]]] = {}
    for edition in editions:
        for table in Built.from_json(edition).tables():
            if not table.about_children:
                continue
            rows = before.setdefault(table.key, {})
            for row in table.rows:
                cells = rows.setdefault(row.label, {})
                for column, cell in zip(table.columns, row.cells, strict=True):
                    if cell.hidden or (column in cells and cells[column].hidden):
                        cells[column] = Shown(None)
                    elif cell.shown_count:
                        cells[column] = Shown(cell.shown_count)
    return before


def _things(chapters: Iterable[Chapter], shown: Iterable[ShownChapter]) -> tuple[str, ...]:
    """What the report tells of and where: what leaves one table for another has other readers.

    `shown` are the chapters of a report for outside readers: what they see of children may come to be hidden.
    """
    told = [(part.key, part.of) for chapter in chapters for part in chapter.figures]
    told += [(part.key, part.of) for chapter in chapters for part in chapter.tables]
    tables = [table for chapter in shown for table in chapter.tables if table.about_children]
    told += [
        (table.key, frozenset({f"{row.label} {column}"}))
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if _gives(cell)
    ]
    return tuple(sorted(f"{key} {one}" for key, things in told for one in things))


def lost(held: Built, fresh: Built) -> bool:
    """Whether what is held tells of something that may not be told there any more."""
    return held.things is None or not set(held.things) <= set(fresh.things or ())


# Who may read what


def _reads(readers: Audience, audience: str) -> bool:
    return LEVELS.index(Audience(audience)) <= LEVELS.index(readers)


def _readable(chapter: Chapter, readers: Audience) -> Chapter | None:
    """The chapter with what the report's readers may see; None when nothing is left."""
    outside = readers is Audience.PUBLISHED
    figures = tuple(
        figure
        for figure in chapter.figures
        if _reads(readers, figure.audience) and not (outside and figure.about_children)
    )
    tables = tuple(
        (table.outside or table) if outside else table
        for table in chapter.tables
        if _reads(readers, table.audience) and (table.total or _reads(readers, table.rows_audience))
    )
    if not figures and not tables:
        return None
    whole = len(figures) == len(chapter.figures) and len(tables) == len(chapter.tables)
    readings = "\n\n".join(table.reading for table in tables if table.reading)
    return replace(chapter, figures=figures, tables=tables, words=chapter.words if whole else readings)


# From an app's values to what is shown


def _chapter(
    chapter: Chapter, numbers: tuple[Iterator[int], Iterator[int]], before: Before | None, readers: Audience
) -> ShownChapter:
    """`numbers`: of figures and of tables, each counted from 1 in the order in which they are read."""
    of_figures, of_tables = numbers
    figures = tuple(_figure(figure, next(of_figures)) for figure in chapter.figures)
    tables = tuple(_table(table, next(of_tables), before, readers) for table in chapter.tables)
    return ShownChapter(key=chapter.key, title=chapter.title, figures=figures, tables=tables)


def _line(number: int, label: str, source: Source, of: str) -> Line:
    return Line(number=number, label=label, says=source.says, url=source.url, rows=source.rows, of=of)


def _figure(figure: Figure, number: int) -> ShownFigure:
    return ShownFigure(
        number=number,
        key=figure.key,
        label=figure.label,
        cell=_cell(figure.value),
        unit=figure.unit,
        source=_line(number, figure.label, figure.source, FIGURE),
    )


def _table(table: Table, number: int, before: Before | None, readers: Audience) -> ShownTable:
    """`before` None: readers inside the network, who see what was returned."""
    if before is not None and table.about_children:
        rows, totals = _protected(table, before.get(table.key, {}))
    else:
        rows, totals = _as_returned(table)
    single = _reads(readers, table.rows_audience)
    if not single:
        totals = tuple(
            cell if enough else Cell(text=TOO_FEW, hidden=True)
            for cell, enough in zip(totals, _enough(table, rows), strict=True)
        )
    return ShownTable(
        number=number,
        key=table.key,
        caption=table.caption,
        label_heading=table.label_heading,
        columns=table.columns,
        rows=rows if single else (),
        total=ShownRow(label="Total", cells=totals) if table.total and rows else None,
        reading=table.reading,
        notes=in_words(_said(table, rows)) if single else (),
        chart=table.chart and single,
        about_children=table.about_children,
        source=_line(number, table.caption, table.source, TABLE),
    )


def _enough(table: Table, rows: Sequence[ShownRow]) -> list[bool]:
    """For each column whether its total hides whose the figures are: with two, each would know the other's.

    A total in which nobody's figure is says nothing of anybody. Counted are authorities, not rows: one may
    have several, "Kent: NHS Kent and Medway ICB", and what is hidden is in no total.
    """
    columns = range(len(table.columns))
    given = [{_whose(row) for row in rows if _gives(row.cells[place])} for place in columns]
    return [not whose or len(whose) >= FEWEST for whose in given]


def _whose(row: ShownRow) -> str:
    return row.label.split(": ")[0]


def _gives(cell: Cell) -> bool:
    count = cell.shown_count
    return not cell.hidden and (cell.number is not None or (count is not None and count.given))


def _said(table: Table, shown: Sequence[ShownRow]) -> Iterator[Remark]:
    """The remarks about cells that the report's readers see: nothing is said of one that is hidden."""
    hidden = {
        (row.label, column)
        for row, protected in zip(table.rows, shown, strict=True)
        for column, cell in zip(table.columns, protected.cells, strict=True)
        if cell.hidden
    }
    yield from (remark for remark in table.remarks if (remark.row, remark.column) not in hidden)


def _parts(table: Table) -> set[tuple[str, str]]:
    """Row and column of the cells whose figure is for a part only."""
    return {(remark.row, remark.column) for remark in table.remarks if remark.part}


def _as_returned(table: Table) -> tuple[tuple[ShownRow, ...], tuple[Cell, ...]]:
    parts = _parts(table)
    rows = tuple(
        ShownRow(
            label=row.label,
            cells=tuple(
                _cell(value, part=(row.label, column) in parts)
                for column, value in zip(table.columns, row.cells, strict=True)
            ),
            url=row.url,
        )
        for row in table.rows
    )
    totals = []
    for place, column in enumerate(table.columns):
        values = [(row.cells[place], (row.label, column) in parts) for row in table.rows]
        totals.append(_cell(_sum([value for value, _ in values], [part for _, part in values])))
    return rows, tuple(totals)


def _protected(
    table: Table, before: Mapping[str, Mapping[str, Shown]]
) -> tuple[tuple[ShownRow, ...], tuple[Cell, ...]]:
    """Rows by their labels, so that a report to come finds what this one hid."""
    names = _names(table)
    counted = {name: _counts(table.columns, row.cells) for name, row in zip(names, table.rows, strict=True)}
    withheld = _withheld(table, names)
    unshared = {name for name, row in zip(names, table.rows, strict=True) if row.label in table.unshared}
    shown = protect(counted, table.relations, before=_known(names, withheld, before))
    for name, column in withheld:  # where there is no figure to protect, "refused" is not said either
        shown[name][column] = Shown(None)
    parts = _parts(table)
    rows = tuple(
        ShownRow(
            label=name,
            cells=tuple(
                _shown_cell(
                    shown[name][column],
                    part=(row.label, column) in parts,
                    instead=NOT_SHARED if name in unshared else HIDDEN,
                )
                if column in shown[name]
                else _not_a_count(value)
                for column, value in zip(table.columns, row.cells, strict=True)
            ),
            url=row.url,
        )
        for name, row in zip(names, table.rows, strict=True)
    )
    totals = []
    for column in table.columns:
        cells = [
            (shown[name][column], (row.label, column) in parts)
            for name, row in zip(names, table.rows, strict=True)
            if column in shown[name]
        ]
        totals.append(_cell(_published(cells, sum(column in shown[name] for name in unshared))))
    return rows, tuple(totals)


def _withheld(table: Table, names: Sequence[str]) -> set[tuple[str, str]]:
    """Row and column of what the app hides outside the network: cells one by one, and rows as a whole."""
    return {
        (name, column)
        for name, row in zip(names, table.rows, strict=True)
        for column in table.columns
        if row.label in table.unshared or (row.label, column) in table.withheld
    }


def _known(
    names: Sequence[str], withheld: Collection[tuple[str, str]], before: Mapping[str, Mapping[str, Shown]]
) -> dict[str, dict[str, Shown]]:
    """What readers outside have seen, and what the app hides from them on its own pages as well."""
    return {
        name: {
            **before.get(name, {}),
            **{column: Shown(None) for row, column in withheld if row == name},
        }
        for name in names
    }


def _names(table: Table) -> list[str]:
    """The rows' labels, each once."""
    names: list[str] = []
    for row in table.rows:
        same = sum(name == row.label or name.startswith(f"{row.label} (") for name in names)
        names.append(f"{row.label} ({same + 1})" if row.label in names else row.label)
    return names


def _counts(columns: Sequence[str], values: Sequence[Value]) -> dict[str, Count]:
    counts: dict[str, Count] = {}
    for column, value in zip(columns, values, strict=True):
        if isinstance(value, Count):
            counts[column] = value
        elif isinstance(value, int):
            counts[column] = Count.exact(value)
    return counts


def _not_a_count(value: Value) -> Cell:
    """Words stand as they are; a sum that an app made itself can't be protected and is not shown."""
    return Cell(text=value) if isinstance(value, str) else Cell(text=NOT_SHOWN, hidden=True)


def _shown_cell(shown: Shown, *, part: bool, instead: str) -> Cell:
    """`instead`: what stands in the place of a figure that isn't shown."""
    return Cell(text=instead, hidden=True) if shown.count is None else _cell(shown.count, part=part)


def _cell(value: Value, *, part: bool = False) -> Cell:
    if part and isinstance(value, Count) and value.given:
        return Cell(text=f"{value}, {PART_ONLY}", count=value.to_json(), part=True)
    if isinstance(value, int):
        return Cell(text=f"{value:,}", number=value)
    if isinstance(value, Count):
        exact = value.given and value.bounds[0] == value.bounds[1]
        return Cell(text=str(value), number=value.bounds[0] if exact else None, count=value.to_json())
    return Cell(text=str(value))


def _sum(values: Sequence[Value], parts: Sequence[bool]) -> Value:
    """A column's total: a plain number of plain numbers, otherwise bounds and coverage."""
    if all(isinstance(value, int) for value in values):
        return sum(value for value in values if isinstance(value, int))
    cells = [
        (Shown(value if isinstance(value, Count) else Count.exact(value)), part)
        for value, part in zip(values, parts, strict=True)
        if isinstance(value, Count | int)
    ]
    sums = (value for value in values if isinstance(value, Total))
    return sum(sums, _published(cells))


def _published(cells: Sequence[tuple[Shown, bool]], unshared: int = 0) -> Total:
    """The total of cells, each with whether it is for a part only; so many of them are not shared."""
    found = published_total(
        (shown for shown, part in cells if not part), (shown for shown, part in cells if part)
    )
    return replace(found, hidden=found.hidden - unshared, unshared=unshared)
