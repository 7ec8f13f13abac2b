"""A report's pages: who sees what, what is kept of what people type, what each page of the PDF says."""

import io
import re
import subprocess
from dataclasses import replace
from html import unescape

import pikepdf
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from openpyxl import load_workbook

from cypcc_portal.reports import acts
from cypcc_portal.reports.models import Kind, Report, ReportSection
from cypcc_portal.reports.view import Cell, Line, ShownRow, ShownTable
from network.audit import AuditEntry
from network.counts import Count
from network.jobs import Job
from tests import reports_factories as make

pytestmark = pytest.mark.django_db

URL = "/reports/ad-safeguarding/2026-H1/"
FILES = ("/reports/ad-safeguarding/2026-H1.pdf", "/reports/ad-safeguarding/2026-H1.xlsx")
CHAIRS = {"admin", "cochair_one", "cochair_two"}
MEMBERS = CHAIRS | {"lead", "deputy", "contributor", "director", "stranger"}
SIGNED_IN = MEMBERS | {"partner", "other_partner", "observer"}


@pytest.fixture
def readers(people, sign_in):
    """Who gets an answer from an address."""

    def of(url):
        return {name for name, user in people.items() if sign_in(user).get(url).status_code == 200}

    return of


@pytest.fixture
def quick_pdf(monkeypatch):
    """The wall stands before the printing, which need not happen for each reader."""
    monkeypatch.setattr("network.files.pdf", lambda html, title: b"%PDF-" + html.encode())


def pages(content):
    """The text of each page."""
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return read.stdout.decode().split("\f")[:-1]


# The wall


def test_a_draft_is_seen_by_co_chairs_and_coordinator_and_by_nobody_else(draft, readers, quick_pdf, client):
    for url in (URL, *FILES):
        assert readers(url) == CHAIRS
        assert client.get(url).status_code == 302


def test_the_agreed_feedback_is_read_by_everybody_who_signs_in(draft, agree, readers, quick_pdf, client):
    agree(draft)
    for url in (URL, *FILES):
        assert readers(url) == SIGNED_IN
        assert client.get(url).status_code == 302


def test_the_agreed_two_monthly_report_is_read_by_members_and_by_no_partner_or_observer(
    chapters, agree, readers, quick_pdf, people, sign_in
):
    agree(make.report(Kind.BI_MONTHLY, make.CYCLE))
    for url in (
        "/reports/bi-monthly/2026-09/",
        "/reports/bi-monthly/2026-09.pdf",
        "/reports/bi-monthly/2026-09.xlsx",
    ):
        assert readers(url) == MEMBERS
    for user in (people.partner, people.observer):
        assert "September–October" not in sign_in(user).get("/reports/").content.decode()


def test_the_list_names_only_reports_that_the_person_may_read(draft, agree, people, sign_in):
    shown = {
        name
        for name, user in people.items()
        if "1 April to 30" in sign_in(user).get("/reports/").content.decode()
    }
    assert shown == CHAIRS
    agree(draft)
    assert "1 April to 30" in sign_in(people.observer).get("/reports/").content.decode()
    download = sign_in(people.observer).get("/reports/?export=csv").content.decode()
    assert "1 April to 30 September 2026" in download


def test_a_number_that_is_hidden_stands_in_no_page_and_no_file_of_the_report(draft, agree, people, sign_in):
    agree(draft)
    client = sign_in(people.observer)
    page = client.get(URL).content.decode()
    assert "777" in page
    assert "hidden" in page
    texts = [page, "\n".join(pages(client.get(FILES[0]).content))]
    for text in texts:
        assert "780" not in text
        assert not re.search(r"Board A\D{0,80}\b3\b", text)
    book = load_workbook(io.BytesIO(client.get(FILES[1]).content))
    values = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"hidden", 777} <= values
    assert 780 not in values


def test_what_hidden_means_stands_once_under_the_first_table_that_hides_something(
    draft, agree, people, sign_in
):
    agree(draft)
    client = sign_in(people.observer)
    for text in (client.get(URL).content.decode(), "\n".join(pages(client.get(FILES[0]).content))):
        assert text.count("What “hidden” means") == 1
        assert "Board A" in text.split("What “hidden” means")[0]
        assert "Where the figures come from" in text.split("What “hidden” means")[1]


NOT_SHARED = "What “not shared” means"
HIDDEN = "What “hidden” means"


def test_each_word_in_the_place_of_a_figure_is_explained_once_under_the_first_table_that_says_it(
    chapters, agree, people, sign_in
):
    large = {"Board C": (Count.exact(55),), "Board D": (Count.exact(66),)}
    small = {"Board A": (Count.exact(3),), "Board B": (Count.exact(777),)}
    chapters[0] = make.chapter(
        make.children(large, key="a", caption="First", unshared=frozenset({"Board C"})),
        make.children(small, key="b", caption="Second", unshared=frozenset({"Board B"})),
        make.children(small, key="c", caption="Third"),
    )  # fmt: skip
    agree(make.report())
    client = sign_in(people.observer)
    for text in (client.get(URL).content.decode(), "\n".join(pages(client.get(FILES[0]).content))):
        assert text.count(NOT_SHARED) == text.count(HIDDEN) == 1
        order = [re.search(words, text).start() for words in ("Board D", NOT_SHARED, "Board A", HIDDEN)]
        assert order == sorted(order)
        assert "at least 66, from 1 of 2; 1 not shared" in " ".join(text.split())


def test_where_only_one_word_stands_the_other_is_not_explained(draft, agree, people, sign_in):
    agree(draft)
    page = sign_in(people.observer).get(URL).content.decode()
    assert HIDDEN in page
    assert NOT_SHARED not in page


def test_an_edition_in_which_one_word_stood_for_both_is_explained_as_it_was_agreed(
    draft, agree, people, sign_in
):
    agree(draft)
    row = Report.objects.get(pk=draft.pk)
    del row.figures["told_apart"]
    Report.objects.filter(pk=row.pk).update(figures=row.figures)
    page = sign_in(people.observer).get(URL).content.decode()
    assert "A board’s reply that is not yet shared with partners is hidden too." in page


def test_a_table_of_which_only_the_total_is_shown_is_a_sentence():
    row = ShownRow(label="Total", cells=(Cell(text="185, from 11 of 17; 1 not held"),))
    line = Line(number=1, label="D6", says="Answers", url="", rows=17)
    table = ShownTable(
        number=1, key="d6", caption="D6. How many children", label_heading="", columns=("Children",),
        rows=(), total=row,
        reading="", chart=False, about_children=True, source=line,
    )  # fmt: skip
    assert table.in_all == "Children in all: 185, from 11 of 17; 1 not held."
    assert replace(table, rows=(row,)).in_all == ""
    referrals = replace(table, caption="F3. How many referrals were made last financial year?")
    assert referrals.in_all == "In all: 185, from 11 of 17; 1 not held."


def test_bars_of_a_table_with_several_columns_say_which_of_them_they_count():
    row = ShownRow(label="Data", cells=(Cell(text="2", number=2), Cell(text="5", number=5)))
    line = Line(number=1, label="Plan", says="The plan", url="", rows=7)
    table = ShownTable(
        number=1, key="plan", caption="Actions", label_heading="", columns=("Done", "All"), rows=(row,),
        total=None, reading="", chart=True, about_children=False, source=line,
    )  # fmt: skip
    assert table.bars_say == "The bars count “Done”."
    assert replace(table, chart=False).bars_say == ""
    narrow = ShownRow(label="Data", cells=(Cell(text="2", number=2),))
    assert replace(table, columns=("Authorities",), rows=(narrow,)).bars_say == ""


def test_headings_carry_the_numbers_under_which_the_contents_name_them(draft, people, sign_in):
    client = sign_in(people.admin)
    soup = BeautifulSoup(client.get(URL).content, "html.parser")
    listed = [one.get_text() for one in soup.select("nav[aria-label='Contents of the report'] li")]
    headings = [one.get_text() for one in soup.select("section > h2")]
    assert headings == [f"{number}. {title}" for number, title in enumerate(listed, start=1)]
    printed = " ".join("\n".join(pages(client.get(FILES[0]).content)).split())
    assert all(heading in printed for heading in headings)


def test_tables_are_numbered_1_2_3_as_one_reads_and_page_pdf_and_workbook_carry_the_same_numbers(
    draft, agree, people, sign_in
):
    agree(draft)
    client = sign_in(people.observer)
    page = unescape(re.sub(r"<[^>]+>", "", client.get(URL).content.decode()))
    printed = "\n".join(pages(client.get(FILES[0]).content))
    book = load_workbook(io.BytesIO(client.get(FILES[1]).content))
    for text in (page, printed):
        before, sources = text.rsplit("Where the figures come from", 1)
        assert re.findall(r"Table (\d+)\.? (The plan|Children)", before) == [
            ("1", "The plan"), ("2", "Children"),
        ]  # fmt: skip
        named = re.findall(r"(Figure|Table) (\d+)\.?\s+(Meetings held|The plan|Children)", sources)
        assert named == [
            ("Figure", "1", "Meetings held"),
            ("Table", "1", "The plan"),
            ("Table", "2", "Children"),
        ]
    rows = [row[:2] for row in book["Sources"].values if row[0]]
    assert {("Figure 1", "Meetings held"), ("Table 1", "The plan"), ("Table 2", "Children")} <= set(rows)
    assert book.sheetnames[1:3] == ["1 The plan", "2 Children"]


def test_a_chapter_that_comes_later_stands_in_its_place_and_the_numbers_follow(
    draft, chapters, people, sign_in
):
    chapters.append(
        make.chapter(make.table({"a": (1,)}, key="new", caption="The new one"), key="new", order=5)
    )
    acts.renew(draft, acts.gather(Kind.AD_SAFEGUARDING, make.H1), by=people.admin)
    page = unescape(re.sub(r"<[^>]+>", "", sign_in(people.admin).get(URL).content.decode()))
    before = page.rsplit("Where the figures come from", 1)[0]
    assert re.findall(r"Table (\d)\. (The new one|The plan|Children)", before) == [
        ("1", "The new one"), ("2", "The plan"), ("3", "Children"),
    ]  # fmt: skip


def test_links_to_the_rows_are_for_people_who_may_open_them_and_each_figure_has_its_number(
    draft, agree, people, sign_in
):
    agree(draft)
    member, observer = (sign_in(user).get(URL).content.decode() for user in (people.lead, people.observer))
    assert member.count('href="/meetings/"') > observer.count('href="/meetings/"')
    for anchor in ("source-figure-1", "source-table-1", "source-table-2"):
        assert observer.count(f'id="{anchor}"') == observer.count(f'href="#{anchor}"') == 1
    assert "Rows that were made up" in observer


# Words


def edit(client, text, version, key="summary"):
    return client.post(f"{URL}words/{key}/", {"text": text, "version": version})


def test_words_are_changed_by_co_chairs_and_coordinator_and_shown_as_written(draft, people, sign_in):
    client = sign_in(people.cochair_one)
    assert edit(client, "Three **points**.\n\n<script>alert(1)</script>", 1).status_code == 302
    page = client.get(URL).content.decode()
    assert "Three <strong>points</strong>." in page
    assert "<script>alert" not in page
    assert "Last changed by Co-chair one" in page


def test_words_changed_by_somebody_else_meanwhile_are_not_overwritten_and_both_texts_are_shown(
    draft, people, sign_in
):
    edit(sign_in(people.admin), "Theirs, saved first", 1)
    client = sign_in(people.cochair_one)
    answer = edit(client, "Mine, typed later", 1)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Theirs, saved first" in page
    assert "Mine, typed later" in page
    assert ReportSection.objects.get(report=draft, key="summary").text == "Theirs, saved first"
    assert edit(client, "Mine, typed later", 2).status_code == 302


def test_readers_may_not_change_words_and_an_agreed_report_takes_none(draft, agree, people, sign_in):
    agree(draft)
    assert edit(sign_in(people.lead), "No", 1).status_code == 403
    assert edit(sign_in(people.observer), "No", 1).status_code == 403
    answer = edit(sign_in(people.admin), "No", 1)
    assert answer.status_code == 409
    assert "Reopen it first" in answer.content.decode()
    assert not ReportSection.objects.filter(text="No").exists()


# Agreement


def test_two_co_chairs_agree_in_their_browsers(draft, people, sign_in):
    sign_in(people.admin).post(f"{URL}offer/", {"version": 1})
    assert "Agree this version" in sign_in(people.cochair_one).get(URL).content.decode()
    assert "Agree this version" not in sign_in(people.admin).get(URL).content.decode()
    assert sign_in(people.admin).post(f"{URL}agree/", {"version": 1}).status_code == 403
    sign_in(people.cochair_one).post(f"{URL}agree/", {"version": 1})
    page = sign_in(people.admin).get(URL).content.decode()
    assert "awaits the agreement of Co-chair two" in page
    sign_in(people.cochair_two).post(f"{URL}agree/", {"version": 1})
    assert "Agreed by Co-chair one and Co-chair two" in sign_in(people.observer).get(URL).content.decode()


def test_agreeing_an_older_version_says_so_and_agrees_nothing(draft, people, sign_in):
    acts.offer(draft, version=1, by=people.admin)
    edit(sign_in(people.admin), "Changed meanwhile", 1)
    for version in ("1", "", "x"):
        assert sign_in(people.cochair_one).post(f"{URL}agree/", {"version": version}).status_code == 409
    assert Report.objects.get().status == "offered"


def test_a_co_chair_asks_for_a_change_with_the_reason(draft, people, sign_in):
    acts.offer(draft, version=1, by=people.admin)
    client = sign_in(people.cochair_two)
    assert (
        "Enter what should be changed"
        in client.post(f"{URL}change/", {"version": 1, "why": ""}).content.decode()
    )
    client.post(f"{URL}change/", {"version": 1, "why": "Shorter, please"})
    page = sign_in(people.admin).get(URL).content.decode()
    assert "Shorter, please" in page
    assert Report.objects.get().status == "draft"
    assert sign_in(people.lead).get(f"{URL}change/").status_code == 404


def test_new_figures_are_fetched_as_long_work_with_a_page_of_its_own(draft, people, sign_in):
    answer = sign_in(people.admin).post(f"{URL}figures/")
    job = Job.objects.get(kind="report.renew")
    assert answer.url == f"/jobs/{job.pk}/"
    from network import jobs

    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result_url) == ("done", URL)
    assert Report.objects.get().version == 2


def test_the_export_for_the_ad_safeguarding_network_is_the_coordinators_and_is_written_down(
    draft, agree, people, sign_in, quick_pdf
):
    answer = sign_in(people.admin).post(f"{URL}export/")
    assert answer.status_code == 409
    assert "Co-chair one and Co-chair two" in answer.content.decode()
    agree(draft)
    for user in (people.lead, people.cochair_one, people.observer):
        assert sign_in(user).post(f"{URL}export/").status_code == 403
    answer = sign_in(people.admin).post(f"{URL}export/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(verb="exported", actor=people.admin).count() == 1


# The PDF


@pytest.mark.once
def test_every_page_of_a_draft_says_so_and_every_page_of_a_demonstration_as_well(draft, people, sign_in):
    texts = pages(sign_in(people.admin).get(FILES[0]).content)
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert "DRAFT, not agreed" in text
        assert "Demonstration: invented figures" in text
        assert f"Page {number} of {len(texts)}" in text


@pytest.mark.once
def test_an_agreed_report_says_by_whom_and_bears_no_mark_of_a_draft(draft, agree, people, sign_in):
    agree(draft)
    content = sign_in(people.observer).get(FILES[0]).content
    texts = pages(content)
    assert not any("DRAFT" in text for text in texts)
    assert settings.NETWORK_NAME in " ".join(texts[0].split())
    assert "Agreed by Co-chair one and Co-chair two on 22 November 2026" in texts[0]
    whole = "\n".join(texts)
    for said in (
        "Contents",
        "Meetings held",
        "What is asked of the Assistant Directors",
        "Rows that were made up",
    ):
        assert said in whole
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).lower() == "en-gb"
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root[0].children] or [
                item.title for item in outline.root
            ]
        assert "3. What is asked of the Assistant Directors" in titles


@pytest.mark.once
@pytest.mark.slow
def test_the_pdf_is_accessible_by_the_standard(draft, people, sign_in, tmp_path):
    target = tmp_path / "report.pdf"
    target.write_bytes(sign_in(people.admin).get(FILES[0]).content)
    checked = subprocess.run(
        [settings.BASE_DIR / "tests/tools/check-pdf", target], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_range_is_a_bar_in_a_report_as_in_the_comparison_and_a_hidden_cell_is_none():
    between = Cell(text="101–150", count=Count.between(101, 150).to_json())
    assert between.bar == ((101, 150), "")
    part = Cell(text="101–150, part only", count=Count.between(101, 150).to_json(), part=True)
    assert part.bar == ((101, 150), "part only")
    assert Cell(text="17, part only", count=Count.exact(17).to_json(), part=True).bar == (17, "part only")
    assert Cell(text="hidden", hidden=True).bar == (None, "hidden")
    assert Cell(text="not held", count=Count.parse("not held").to_json()).bar == (None, "not held")
