"""A report as PDF and as a workbook, from the same document as the page."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string

from cypcc_portal.reports.document import DRAFT_MARK, Document
from cypcc_portal.reports.view import ShownTable
from network import files
from network.files import Sheet


def pdf(document: Document) -> bytes:
    """Tagged PDF; every page says whether it is a draft. Raises files.PdfFailed."""
    context = {
        "title": document.full_title,
        "document": document,
        "draft": document.draft,
        "demo": settings.PORTAL_DEMO,
        "network_name": document.network_name,
    }
    return files.pdf(render_to_string("reports/pdf/report.html", context), title=document.full_title)


def sheets(document: Document) -> Iterator[Sheet]:
    """The single figures, each table, and the sources."""
    mark = f"{document.full_title}. {DRAFT_MARK if document.draft else document.status}"
    chapters = [part.chapter for part in document.parts if part.chapter]
    figures = [figure for chapter in chapters for figure in chapter.figures]
    yield Sheet(
        title="Figures",
        headers=["Number", "Figure", "Value", "Unit"],
        rows=[[figure.source.name, figure.label, figure.cell.value, figure.unit] for figure in figures],
        note=mark,
    )
    for chapter in chapters:
        yield from (_sheet(table, mark) for table in chapter.tables)
    yield Sheet(
        title="Sources",
        headers=["Number", "Figure or table", "Source", "Rows"],
        rows=[[line.name, line.label, line.says, line.rows] for line in document.lines],
        note=mark,
    )


def _sheet(table: ShownTable, mark: str) -> Sheet:
    rows = [[row.label, *(cell.value for cell in row.cells)] for row in table.rows]
    if table.total:
        rows.append([table.total.label, *(cell.value for cell in table.total.cells)])
    return Sheet(
        title=f"{table.number} {table.caption}",
        headers=[table.label_heading, *table.columns],
        rows=rows,
        note=f"{mark}. {table.source.name}. {table.caption}. {table.reading} {' '.join(table.notes)}".strip(),
    )
