"""How a report is set on paper: what belongs together stands together, and no page is nearly empty."""

import re
import subprocess
from collections import Counter
from html import unescape

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from cypcc_portal.reports import printing
from cypcc_portal.reports.document import document
from cypcc_portal.reports.models import Report

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.django_db]

WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
TOP, FOOT = 55, 790  # points from the top of A4: under the running title, above the page number
RIGHT = 595 - 50


@pytest.fixture(scope="module")
def printed(django_db_setup, django_db_blocker, tmp_path_factory):
    """The half-years' reports, the newest of two months, and their pages as words with their places."""
    folder = tmp_path_factory.mktemp("printed")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", "--seed", "1", "--as-of", "2026-11-22", verbosity=0)
        found = []
        newest = Report.objects.filter(kind="bi-monthly").order_by("-period")[:1]
        for report in (*Report.objects.filter(kind="ad-safeguarding"), *newest):
            made = document(report, None)
            target = folder / f"{report.kind}-{report.period}.pdf"
            target.write_bytes(printing.pdf(made))
            found.append((made, target, words(target)))
        transaction.set_rollback(True)
    return found


def words(target):
    """For each page: top, right, bottom and text of every word between its margins."""
    said = subprocess.run(["pdftotext", "-bbox", target, "-"], capture_output=True, text=True, check=True)
    pages = [WORD.findall(page) for page in said.stdout.split("<page ")[1:]]
    return [
        [
            (float(top), float(right), float(bottom), text)
            for _, top, right, bottom, text in page
            if TOP < float(top) < FOOT
        ]
        for page in pages
    ]


def plain(page):
    """What stands on the page, without spaces: where a line breaks doesn't matter."""
    return squeezed(unescape("".join(text for *_, text in page)))


def squeezed(text):
    return re.sub(r"\s", "", text)


def tables(made):
    return [table for part in made.parts if part.chapter for table in part.chapter.tables]


def page_of(table, pages):
    heading = squeezed(f"{table.source.name}. {table.caption}")
    [page] = [page for page in pages[1:] if heading in plain(page)]
    return page


def test_a_half_years_report_has_at_most_fifteen_pages(printed):
    lengths = [len(pages) for made, _, pages in printed if made.report.kind == "ad-safeguarding"]
    assert len(lengths) == 2
    assert max(lengths) <= 15


def test_no_page_between_the_title_page_and_the_last_is_nearly_empty(printed):
    for made, _, pages in printed:
        for number, page in enumerate(pages[1:-1], start=2):
            assert max(bottom for _, _, bottom, _ in page) > 0.6 * 842, (made.full_title, number)


def test_a_table_stands_on_one_page_with_its_heading_its_reading_its_chart_and_its_notes(printed):
    """Also each word in the place of a figure with its explanation. Long tables break."""
    charts = 0
    for made, _, pages in printed:
        for table in tables(made):
            page = page_of(table, pages)
            here = plain(page)
            assert squeezed(table.reading) in here, table.caption
            if not table.short:
                continue
            labels = Counter(squeezed(row.label) for row in table.rows)
            for label in labels:
                assert here.count(label) >= (2 if table.chart else 1), (table.caption, label)
            charts += table.chart
            for note in [*table.notes, *made.explained[table.number]]:
                assert squeezed(note) in here, table.caption
    assert charts > 20


def test_no_heading_is_the_last_line_of_a_page(printed):
    for made, _, pages in printed:
        headings = {squeezed(part.title) for part in made.parts} | {
            squeezed(f"{table.source.name}. {table.caption}") for table in tables(made)
        }
        for page in pages[1:]:
            assert not plain(page).endswith(tuple(headings))


def test_nothing_runs_over_the_edge(printed):
    for made, _, pages in printed:
        for number, page in enumerate(pages, start=1):
            assert max(right for _, right, _, _ in page) < RIGHT, (made.full_title, number)


def test_every_column_of_every_table_is_printed(printed):
    for made, _, pages in printed:
        whole = "".join(plain(page) for page in pages)
        for table in tables(made):
            if not table.in_all:
                for cell in (cell for row in table.rows for cell in row.cells):
                    assert squeezed(cell.text) in whole, (table.caption, cell.text)


def test_the_demonstrations_reports_are_accessible_by_the_standard(printed):
    files = [target for _, target, _ in printed]
    checked = subprocess.run(
        [settings.BASE_DIR / "tests/tools/check-pdf", *files], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
