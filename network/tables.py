"""Lists: each sorts, pages, says how much of it is shown, and downloads with the same rows and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

import django_tables2 as tables
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import localize
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django_tables2.columns import library
from django_tables2.utils import signature

from network import audit, dates
from network.audience import ScopedQuerySet
from network.files import Sheet, csv_response, workbook_response
from network.guards import fresh_sign_in

PER_PAGE = 25
EXPORTS = ("xlsx", "csv")


@library.register
class DayColumn(tables.Column):
    """A date as 14 January 2027 on the page and as a date in a workbook; every model's dates get it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "app-nowrap"}})
        super().__init__(*args, **kwargs)

    def render(self, value: date) -> str:
        return dates.long_datetime(value) if isinstance(value, datetime) else dates.long_date(value)

    def value(self, **kwargs: Any) -> Any:
        return kwargs["value"]

    @classmethod
    def from_field(cls, field: Any, **kwargs: Any) -> DayColumn | None:
        return cls(**kwargs) if isinstance(field, models.DateField) else None


class PortalTable(tables.Table):
    """A list in the portal's look.

    A subclass's `Meta` inherits from `PortalTable.Meta`. Give the table a `caption`. `render_NAME` makes
    a cell's HTML; where that is more than words, `value_NAME` gives what a download holds instead. A
    column that only leads somewhere is made with `exclude_from_export=True`.
    """

    caption = ""
    noun = ("row", "rows")
    page_length = PER_PAGE
    stacks = False  # on a phone each row is a block: its last columns say what a reader came for
    counted = 0  # a list without an end is counted up to here only; 0 for all others

    class Meta:
        template_name = "django_tables2/govuk.html"
        empty_text = "There is nothing here yet."
        attrs = {"class": "govuk-table"}

    def __init__(self, *args: Any, caption: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = caption or self.caption
        self.whole: int | None = None  # how many rows there are without the filter, if somebody counted
        self.downloads = True

    @property
    def total(self) -> int:
        """How many rows the filter lets through; counted once."""
        return self.paginator.count if hasattr(self, "page") else len(self.rows)

    def body(self) -> SafeString:
        """The rows of the page. A template would ask each cell's column for its looks and its words anew."""
        cells = [_Cell(self, column, first=not place) for place, column in enumerate(self.columns)]
        line = '<tr class="govuk-table__row">{}</tr>\n'
        return format_html_join(
            "", line, ((mark_safe("".join(cell.html(row) for cell in cells)),) for row in self.paginated_rows)
        )

    def shown(self) -> str:
        """What the page shows: "12 of 19 authorities", or "Rows 1 to 25 of 60"."""
        total: Any = self.total
        one, many = self.noun
        if self.whole is not None and self.whole != total:
            return f"{total} of {self.whole} {one if self.whole == 1 else many}"
        if hasattr(self, "page") and self.paginator.num_pages > 1:
            page = self.page
            if total == self.counted:
                total = f"more than {total:,}"
            return f"{many.capitalize()} {page.start_index()} to {page.end_index()} of {total}"
        return f"{total} {one if total == 1 else many}"


class _Cell:
    """How one column's cells are made: what does not differ from row to row is worked out once."""

    def __init__(self, table: PortalTable, column: Any, *, first: bool) -> None:
        self.table, self.column = table, column
        self.wanted, self.takes_all = signature(column.render)
        looks = column.attrs["td"].get("class") or ""
        numeric = " govuk-table__cell--numeric" if "numeric" in looks else ""
        said = f"govuk-table__cell{numeric}{f' {looks}' if looks else ''}"
        kept = bool(first and not getattr(table, "first_column_plain", False))
        label = format_html(' data-label="{}"', column.header) if table.stacks else ""
        self.opens = (
            mark_safe('<th scope="row" class="govuk-table__header app-table__first">')
            if kept
            else format_html('<td class="{}"{}>', said, label)
        )
        self.closes = "</th>" if kept else "</td>"

    def html(self, row: Any) -> str:
        if isinstance(row.record, self._has_field):
            value = getattr(row.record, self.column.accessor)
            empty = value in self.column.column.empty_values
            cell = self.column.default if empty else self._made(row, self.column, value)
        else:
            made = partial(self._made, row)
            cell = row._get_and_render_with(self.column, render_func=made, default=self.column.default)
        return f"{self.opens}{conditional_escape(localize(cell))}{self.closes}"

    def _made(self, row: Any, column: Any, value: Any = None) -> Any:
        given = {
            "value": value,
            "record": row.record,
            "column": column.column,
            "bound_column": column,
            "bound_row": row,
            "table": self.table,
        }
        taken = given if self.takes_all else {name: given[name] for name in self.wanted}
        said = column.render(**taken)
        return column.link(said, **given) if column.link else said

    @cached_property
    def _has_field(self) -> tuple[type[models.Model], ...]:
        """The model of whose rows the column shows a field as it is: there the library need not ask each row
        anew whether the column means a field, a choice with a name, a method or a way through others."""
        model: type[models.Model] | None = getattr(self.table.data, "model", None)
        fields = model._meta.concrete_fields if model else ()
        as_it_is = any(field.name == self.column.accessor and not field.choices for field in fields)
        return (model,) if model and as_it_is else ()


class Counting(Paginator):  # type: ignore[type-arg]  # generic in its stubs only
    """Counts no further than `most`: a list of a hundred thousand costs what one of a thousand does."""

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    @cached_property
    def count(self) -> int:
        rows = getattr(getattr(self.object_list, "data", None), "data", None)
        if self.most and isinstance(rows, models.QuerySet):
            return rows.order_by()[: self.most].count()
        return super().count


def respond_table(
    request: HttpRequest,
    template: str,
    table: PortalTable,
    context: dict[str, Any] | None = None,
    *,
    filename: str = "",
    whole: int | None = None,
    restricted: bool | Callable[[], bool] = False,
) -> HttpResponse:
    """The page with the table as `table`, or the download that `?export=xlsx` or `?export=csv` asks for.

    A download holds every row that the filter lets through, in the order of the page, not only the page's.
    `whole` is the number of rows without the filter, for "12 of 19". A download with a row for few readers
    asks for a fresh sign-in; of rows that are not of the database, `restricted` says so.
    """
    _arrange(request, table)
    table.whole = whole
    wanted = request.GET.get("export", "")
    if wanted in EXPORTS:
        if _is_restricted(table, restricted):
            fresh_sign_in(request)
        _note_download(request, table, wanted)
        return _download(table, filename or slugify(table.caption) or "table", wanted)
    return render(request, template, {**(context or {}), "table": table})


def _is_restricted(table: PortalTable, restricted: bool | Callable[[], bool]) -> bool:
    rows = getattr(table.data, "data", None)
    if isinstance(rows, ScopedQuerySet) and rows.restricted().exists():
        return True
    return restricted() if callable(restricted) else restricted


def _note_download(request: HttpRequest, table: PortalTable, kind: str) -> None:
    """That a list left the portal stands in the audit trail, without its number of rows: that differs with
    who reads what. Of each row kept to named people it stands with that row."""
    assert request.user.is_authenticated
    rows = getattr(table.data, "data", None)
    listed = rows.model if isinstance(rows, models.QuerySet) else None
    audit.record(
        by=request.user, verb=audit.EXPORTED, on=listed or request.user, list=table.caption, as_file=kind
    )
    for legal in rows.legal() if isinstance(rows, ScopedQuerySet) else ():
        audit.read(by=request.user, on=legal, verb=audit.EXPORTED)


def _arrange(request: HttpRequest, table: PortalTable) -> None:
    """The order and the page that the address asks for. How long a page is, is not asked."""
    table.request = request
    if order := request.GET.getlist(table.prefixed_order_by_field):
        table.order_by = order
    try:
        table.paginate(
            paginator_class=partial(Counting, most=table.counted),
            page=request.GET.get(table.prefixed_page_field, 1),
            per_page=table.page_length,
        )
    except PageNotAnInteger:
        table.page = table.paginator.page(1)
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)


def _download(table: PortalTable, filename: str, kind: str) -> HttpResponse:
    hidden = [column.name for column in table.columns.iterall() if not column.visible]
    values = table.as_values(exclude_columns=hidden)
    headers = [str(header) for header in next(values)]
    rows: Iterator[list[object]] = ([_plain(value) for value in row] for row in values)
    name = f"{filename}-{dates.today().isoformat()}.{kind}"
    if kind == "csv":
        return csv_response(name, headers, rows)
    return workbook_response(name, [Sheet(title=table.caption or filename, headers=headers, rows=rows)])


def _plain(value: Any) -> Any:
    """A cell as a workbook holds it: numbers and dates as they are, HTML as its words."""
    if isinstance(value, SafeString):
        return " ".join(strip_tags(value).split())
    return value
