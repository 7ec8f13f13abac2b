"""What a report repeats hundreds of times, cells and lines: `{% load reports %}`.

They are written here in Python: drawn one by one through templates, a report's five hundred cells and sixty
sources would take as long as all the rest of the page.
"""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cypcc_portal.reports.document import Document
from cypcc_portal.reports.view import Cell, Line, ShownFigure, ShownRow, ShownTable

register = template.Library()

NUMERIC = " govuk-table__{}--numeric"


@register.simple_tag
def report_rows(table: ShownTable, links: bool) -> SafeString:
    """Head, body and foot of one table; `links` where its reader may follow a row to what it came from."""
    headings = "".join(_heading(name, numeric) for name, numeric in table.headings)
    body = "".join(_row(row, cells, links) for row, cells in table.aligned)
    return mark_safe(
        '<thead class="govuk-table__head"><tr class="govuk-table__row">'
        f'<th scope="col" class="govuk-table__header">{escape(table.label_heading or "Line")}</th>{headings}'
        f'</tr></thead>\n<tbody class="govuk-table__body">\n{body}</tbody>\n{_foot(table)}'
    )


@register.simple_tag
def report_figures(figures: Iterable[ShownFigure], links: bool) -> SafeString:
    """Single figures, each with its unit, its label and the number of its source."""
    return mark_safe("\n".join(_figure(figure, links) for figure in figures))


@register.filter
def explained(document: Document, table: ShownTable) -> list[str]:
    """What must be explained under this table."""
    return document.explained.get(table.number, [])


def _figure(figure: ShownFigure, links: bool) -> str:
    label, text = escape(figure.label), str(escape(figure.cell.text))
    if links and figure.source.url:
        text = (
            f'<a class="govuk-link" href="{escape(figure.source.url)}">{text}'
            f'<span class="govuk-visually-hidden"> {label}: the rows behind this figure</span></a>'
        )
    unit = f" {escape(figure.unit)}" if figure.unit else ""
    mark = (
        f'<a class="govuk-link app-source-mark" href="#{figure.source.anchor}">'
        f'[{figure.source.name.lower()}<span class="govuk-visually-hidden">: its source</span>]</a>'
    )
    return (
        f'<li><span class="app-numbers__value">{text}{unit}</span>\n'
        f'<span class="app-numbers__label">{label} {mark}</span></li>'
    )


@register.simple_tag
def report_sources(lines: Iterable[Line], links: bool) -> SafeString:
    """The lines of the appendix: where each figure comes from."""
    return mark_safe("\n".join(_source(line, links) for line in lines))


def _source(line: Line, links: bool) -> str:
    says = str(escape(line.says))
    if links and line.url:
        says = f'<a class="govuk-link" href="{escape(line.url)}">{says}</a>'
    rows = f"{line.rows} row{'' if line.rows == 1 else 's'}"
    return f'<li id="{line.anchor}"><strong>{line.name}. {escape(line.label)}</strong>: {says} ({rows})</li>'


def _heading(name: str, numeric: bool) -> str:
    flush = NUMERIC.format("header") if numeric else ""
    return f'<th scope="col" class="govuk-table__header{flush}">{escape(name)}</th>'


def _row(row: ShownRow, cells: Iterable[tuple[Cell, bool]], links: bool) -> str:
    label = str(escape(row.label))
    if links and row.url:
        label = f'<a class="govuk-link" href="{escape(row.url)}">{label}</a>'
    drawn = "".join(_cell(str(escape(cell.text)), numeric) for cell, numeric in cells)
    return (
        f'<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">{label}</th>{drawn}</tr>\n'
    )


def _cell(html: str, numeric: bool) -> str:
    return f'<td class="govuk-table__cell{NUMERIC.format("cell") if numeric else ""}">{html}</td>'


def _foot(table: ShownTable) -> str:
    if table.total is None:
        return ""
    cells = "".join(
        _cell(f"<strong>{escape(cell.text)}</strong>", cell.is_number) for cell in table.total.cells
    )
    return (
        '<tfoot class="govuk-table__foot"><tr class="govuk-table__row"><th scope="row" '
        f'class="govuk-table__header">{escape(table.total.label)}</th>{cells}</tr></tfoot>'
    )
