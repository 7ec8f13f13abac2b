"""A list says what it shows, sorts, pages, and downloads the same rows and values."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import django_tables2 as tables
import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.test import Client, RequestFactory
from django.utils.html import format_html
from openpyxl import load_workbook

from network.people.models import Organisation, User
from network.tables import PER_PAGE, PortalTable, respond_table
from tests.conftest import People

pytestmark = pytest.mark.django_db


class BodyTable(PortalTable):
    caption = "Bodies"
    noun = ("body", "bodies")
    link = tables.Column(accessor="name", exclude_from_export=True)

    class Meta(PortalTable.Meta):
        model = Organisation
        fields = ("name", "starts_on")
        order_by = "name"

    def render_name(self, value):
        return format_html('<a href="/x/">{}</a>', value)


@pytest.fixture
def thirty_bodies():
    for number in range(30):
        Organisation.objects.create(
            kind=Organisation.Kind.OTHER,
            name=f"Body {number:02}",
            full_name=f"Body {number:02}",
            slug=f"body-{number:02}",
            starts_on=date(2026, 4, 1),
        )


def answer(query="", rows=None, whole=None, monkeypatch=None):
    """What `respond_table` puts before the template, or the download."""
    request = RequestFactory().get(f"/bodies/{query}")
    if query.endswith(("xlsx", "csv")):  # who takes a list out of the portal stands in the audit trail
        request.user = User.objects.create_user(None, "Reader")
    table = BodyTable(Organisation.objects.filter(slug__startswith="body-") if rows is None else rows)
    seen = {}

    def show(request, template, context):
        seen.update(context)
        source = "{% load django_tables2 %}{% render_table table %}"
        return engines["django"].from_string(source).render(context, request)

    monkeypatch.setattr("network.tables.render", show)
    made: Any = respond_table(request, "any.html", table, whole=whole)
    return BeautifulSoup(made, "html.parser") if isinstance(made, str) else made


@pytest.fixture
def ask(monkeypatch):
    return lambda query="", **options: answer(query, monkeypatch=monkeypatch, **options)


def first_cells(soup):
    return [row.find(["th", "td"]).get_text(strip=True) for row in soup.select("tbody tr")]


def test_a_page_shows_25_rows_and_says_which(thirty_bodies, ask):
    soup = ask()

    assert len(first_cells(soup)) == PER_PAGE
    assert "Bodies 1 to 25 of 30" in soup.get_text()
    assert len(first_cells(ask("?page=2"))) == 5


def test_a_page_that_does_not_exist_shows_the_nearest(thirty_bodies, ask):
    assert len(first_cells(ask("?page=99"))) == 5
    assert len(first_cells(ask("?page=x"))) == PER_PAGE


def test_a_filtered_list_says_how_many_of_how_many(thirty_bodies, ask):
    rows = Organisation.objects.filter(slug__in=["body-01", "body-02"])

    assert "2 of 30 bodies" in ask(rows=rows, whole=30).get_text()


def test_the_sorted_column_says_so_aloud(thirty_bodies, ask):
    soup = ask("?sort=-name")

    assert first_cells(soup)[0] == "Body 29"
    assert soup.find("th", attrs={"aria-sort": "descending"}).get_text().startswith("Name")
    assert len(soup.find_all(attrs={"aria-sort": True})) == 1


def test_the_table_has_a_caption_and_a_region_that_the_keyboard_reaches(thirty_bodies, ask):
    soup = ask()
    region = soup.find(attrs={"role": "region"})

    assert soup.caption.get_text() == "Bodies"
    assert (region["aria-label"], region["tabindex"]) == ("Bodies", "0")


def test_dates_are_long_on_the_page(thirty_bodies, ask):
    assert "1 April 2026" in ask().get_text()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_download_holds_every_row_in_the_order_of_the_page(kind, thirty_bodies, ask):
    response = ask(f"?sort=-name&page=2&export={kind}")
    if kind == "xlsx":
        sheet: Any = load_workbook(io.BytesIO(response.content)).active
        lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    else:
        lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    head = next(i for i, line in enumerate(lines) if line[0] == "Name")
    rows = lines[head + 1 :]

    assert [row[0] for row in rows] == [f"Body {number:02}" for number in range(29, -1, -1)]
    assert "link" not in [str(cell).lower() for cell in lines[head]]
    assert response["Content-Disposition"].startswith(f'attachment; filename="bodies-2026-11-22.{kind}"')


def test_a_date_stays_a_date_in_a_workbook(thirty_bodies, ask):
    sheet: Any = load_workbook(io.BytesIO(ask("?export=xlsx").content)).active
    dates = [cell for row in sheet.iter_rows() for cell in row if cell.is_date]

    assert len(dates) == 30


def test_an_unknown_kind_of_download_is_the_page(thirty_bodies, ask):
    assert first_cells(ask("?export=exe"))


def test_an_empty_list_says_so_and_offers_no_download(ask):
    soup = ask(rows=Organisation.objects.none())

    assert "There is nothing here yet." in soup.get_text()
    assert not soup.find("table")
    assert "Download" not in soup.get_text()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_link_below_a_list_is_the_download_of_all_that_the_filter_lets_through(
    people: People, sign_in: Callable[[User], Client], kind: str
) -> None:
    client = sign_in(people.admin)
    page = BeautifulSoup(client.get("/network/?kind=icb&state=any&page=2").content, "html.parser")
    link = page.find("a", string=f"Download as {kind.upper()}")
    assert link
    answer = client.get("/network/" + str(link["href"]))
    assert "attachment" in answer["Content-Disposition"]
    assert "page" not in str(link["href"])
    if kind == "csv":
        rows = b"".join(answer).decode()
        assert "NHS Frimley ICB" in rows
        assert "Kent County Council" not in rows
