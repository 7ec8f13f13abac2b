"""Tables as XLSX and CSV, in which no cell starts a formula from someone's text.

In a workbook a text is stored as text, whatever it begins with, and marked so that Excel still takes it for
text after it was edited. A CSV file has no types: there a text that a spreadsheet would take for a formula
gets an apostrophe in front. Numbers and dates stay numbers and dates in both.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from network.files.responses import bytes_response
from network.mail import DEMONSTRATION

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

LONGEST_TEXT = 32_767  # of one cell, by Excel
WIDEST, NARROWEST = 60, 8  # of a column, in characters

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """One table; a `note` stands above its headings."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[object]]
    note: str = ""


def workbook_response(filename: str, sheets: Iterable[Sheet]) -> HttpResponse:
    return bytes_response(workbook(sheets), filename, XLSX)


def csv_response(filename: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    return bytes_response(_csv(headers, rows), filename, CSV)


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as XLSX, each with frozen headings and columns as wide as what they hold."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    titles: list[str] = []
    for sheet in sheets:
        titles.append(_sheet_title(sheet.title, titles))
        _write(book.create_sheet(titles[-1]), sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write(target: Any, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter

    rows = [[_value(value) for value in row] for row in sheet.rows]
    headers = [str(header) for header in sheet.headers]
    above = list(_above(sheet.note))
    target.freeze_panes = f"A{len(above) + 2}"
    for number, width in enumerate(_widths(headers, rows), start=1):
        target.column_dimensions[get_column_letter(number)].width = width
    for line in above:
        target.append([_cell(target, line, bold=line == DEMONSTRATION)])
    target.append([_cell(target, header, bold=True) for header in headers])
    for row in rows:
        target.append([_cell(target, value) for value in row])


def _above(note: str) -> Iterator[str]:
    if settings.PORTAL_DEMO:
        yield DEMONSTRATION
    if note:
        yield note


def _cell(target: Any, value: Any, *, bold: bool = False) -> Any:
    from openpyxl.cell.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(target, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # also where the text looks like a formula or an error
        cell.quotePrefix = value.startswith(_FORMULA_STARTS)
        if "\n" in value or len(value) > WIDEST:
            cell.alignment = Alignment(wrap_text=not bold, vertical="top")
    elif isinstance(value, datetime):
        cell.number_format = "d mmmm yyyy hh:mm"
    elif isinstance(value, date):
        cell.number_format = "d mmmm yyyy"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _value(value: object) -> Any:
    """What a cell holds: a number, a date, or text without characters that no file may hold."""
    if value is None or isinstance(value, int | float | Decimal | time):
        return value
    if isinstance(value, datetime):  # a workbook knows no time zones: the reader's own, London
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, date):
        return value
    text = _CONTROL.sub("", str(value))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _widths(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> list[int]:
    longest = [len(header) + 2 for header in headers]
    for row in rows:
        for number, value in enumerate(row[: len(longest)]):
            lines = _shown(value).splitlines() or [""]
            longest[number] = max(longest[number], max(len(line) for line in lines) + 2)
    return [min(max(width, NARROWEST), WIDEST) for width in longest]


def _shown(value: object) -> str:
    """About what the cell will look like; dates as long as the longest."""
    if isinstance(value, datetime):
        return "30 September 2026 12:00"
    if isinstance(value, date):
        return "30 September 2026"
    return "" if value is None else str(value)


def _sheet_title(title: str, taken: Sequence[str]) -> str:
    """A title as Excel allows it: at most 31 characters, without []:*?/\\, not "History", no second of a
    kind."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", _CONTROL.sub("", title))
    clean = " ".join(clean.split()).strip("' ")[:31].rstrip("' ") or "Sheet"
    if clean.lower() == "history":
        clean = "History of"
    used = {one.lower() for one in taken}
    candidate, number = clean, 2
    while candidate.lower() in used:
        ending = f" ({number})"
        candidate, number = clean[: 31 - len(ending)] + ending, number + 1
    return candidate


def _csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Comma-separated, with a byte-order mark so that Excel reads it as UTF-8."""
    content = io.StringIO()
    writer = csv.writer(content)
    if settings.PORTAL_DEMO:
        writer.writerow([DEMONSTRATION])
    writer.writerow([_plain(header) for header in headers])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return content.getvalue().encode("utf-8-sig")


def _plain(value: object) -> object:
    plain = _value(value)
    if isinstance(plain, datetime):
        return plain.isoformat(" ", "minutes")
    if isinstance(plain, str) and plain.startswith(_FORMULA_STARTS):
        return f"'{plain}"
    return plain
