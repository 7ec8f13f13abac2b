"""A report that is not agreed tells nothing that its readers may not read any more.

Everything goes the way that people go: decisions in agreed notes, a naming or a narrowing by a co-chair, and
the page, the PDF and the workbook as each stranger opens them.
"""

import io
import re
import subprocess
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from openpyxl import load_workbook

from actions import plan
from cypcc_portal.reports import acts, tasks
from cypcc_portal.reports.models import Edition, Kind, Report
from cypcc_portal.reports.words import SUMMARY
from foi import casework
from network import dates, naming
from network.audience import Audience
from network.dates import Period
from network.mail import OutboxMail
from network.meetings import acts as meetings
from network.workflow import Changed, Refused
from questionnaires import saving
from tests import foi_factories as foi
from tests import meetings_factories as make
from tests import questionnaires_factories as questionnaire
from tests import reports_factories as reports

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 10)
TOLD, INSIDE = "Counsel is instructed on the Kent case.", "A working group compares fees."
AD, CYCLE = "/reports/ad-safeguarding/2026-H1", "/reports/bi-monthly/2026-09"
WORDS = "Something that this report told has fewer readers"


@pytest.fixture
def item(people):
    """One item with a decision that may be told and one for members, in agreed notes."""
    meeting = make.held(people, DAY)
    topic = make.item(meeting, "Advice")
    make.decide(topic, TOLD, by=people.admin, published=True)
    make.decide(topic, INSIDE, by=people.admin)
    make.agree_notes(meeting, people)
    return topic


@pytest.fixture
def ad(item):
    return reports.report(Kind.AD_SAFEGUARDING)


@pytest.fixture
def cycle(item):
    return reports.report(Kind.BI_MONTHLY, Period.parse("2026-09"))


@pytest.fixture
def shown(people, sign_in, monkeypatch):
    """What somebody reads at a report's page, PDF and workbook."""
    monkeypatch.setattr("network.files.pdf", lambda html, title: b"%PDF-" + html.encode())

    def of(address, name):
        client = sign_in(getattr(people, name))
        page, pdf, book = (client.get(f"{address}{end}") for end in ("/", ".pdf", ".xlsx"))
        if book.status_code == 404:
            return ""
        sheets = load_workbook(io.BytesIO(book.getvalue())).worksheets
        cells = [str(cell) for sheet in sheets for row in sheet.values for cell in row]
        return page.content.decode() + pdf.getvalue().decode() + " ".join(cells)

    return of


def offered(report, by):
    report.refresh_from_db()
    return acts.offer(report, version=report.version, by=by)


def agreed(report, people):
    return reports.agreed(report, people.admin, (people.cochair_one, people.cochair_two))


def notes_again(item, people):
    """The notes, which the change made void, are agreed by whoever chaired."""
    notes = item.meeting.notes
    notes.refresh_from_db()
    meetings.agree(notes, version=notes.version, by=people.cochair_one)


def narrow(item, audience, people):
    item.refresh_from_db()
    meetings.change_item(item, by=people.cochair_one, audience=audience)


STRANGERS = ("admin", "cochair_two", "observer")


def test_a_draft_shows_a_decision_until_its_item_is_kept_to_named_people(item, ad, cycle, people, shown):
    assert TOLD in shown(AD, "admin")
    assert INSIDE in shown(CYCLE, "admin")
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    for name in (*STRANGERS, "cochair_one"):  # the report is no place for it, whoever opens it
        for address in (AD, CYCLE):
            told = shown(address, name)
            assert TOLD not in told
            assert INSIDE not in told
    assert WORDS in shown(AD, "admin")


def test_the_page_leads_to_the_words_that_people_wrote_and_that_are_to_be_read_again(
    item, ad, cycle, people, sign_in
):
    section = ad.sections.get(key=SUMMARY)
    acts.write(section, "Our own words of it.", version=section.version, by=people.admin)
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    pages: list[Any] = [
        BeautifulSoup(sign_in(people.admin).get(f"{address}/").content, "html.parser")
        for address in (AD, CYCLE)
    ]
    written, untouched = (
        next(one for one in page.select(".govuk-inset-text") if WORDS in one.get_text()) for page in pages
    )
    assert [(a.get_text(), a["href"]) for a in written.find_all("a")] == [("In short", f"#{SUMMARY}")]
    assert pages[0].find(id=SUMMARY)
    assert "Words that people wrote stay as they are" in written.get_text()
    assert "Nobody had changed its words, so they were written anew as well." in untouched.get_text()


def test_a_draft_that_is_not_offered_awaits_nobodys_agreement(ad, people, sign_in):
    client = sign_in(people.admin)
    assert "It awaits the agreement" not in client.get(f"{AD}/").content.decode()
    offered(ad, people.admin)
    page = client.get(f"{AD}/").content.decode()
    assert "It awaits the agreement of Co-chair one and Co-chair two" in page


def test_what_was_offered_goes_back_to_draft_and_says_why_without_telling_what(item, ad, people, shown):
    report = offered(ad, people.admin)
    acts.agree(report, version=report.version, by=people.cochair_two)
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    ad.refresh_from_db()
    assert ad.status == "draft"
    assert WORDS in shown(AD, "cochair_two")
    said = OutboxMail.objects.filter(subject__contains="A draft report changed")
    assert {mail.to_user for mail in said} == {people.admin, people.cochair_one, people.cochair_two}
    assert not any(TOLD in mail.text or "Advice" in mail.text for mail in said)
    with pytest.raises(Changed):
        acts.agree(ad, version=ad.version, by=people.cochair_two)


def test_a_report_that_is_agreed_after_the_naming_does_not_publish_the_decision(item, ad, people, shown):
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    agreed(ad, people)
    for name in STRANGERS:
        told = shown(AD, name)
        assert told
        assert TOLD not in told
    assert TOLD not in str(Edition.objects.get().figures)


def test_taking_a_name_off_again_brings_nothing_back(item, ad, people, shown):
    meetings.name_people(item, [people.cochair_one, people.cochair_two], by=people.cochair_one)
    meetings.name_people(item, [people.cochair_two], by=people.cochair_one)
    for name in (*STRANGERS, "cochair_one"):
        assert TOLD not in shown(AD, name)


def test_a_decision_for_members_leaves_a_draft_once_its_item_is_narrowed_to_the_chairs(
    item, cycle, people, shown
):
    offered(cycle, people.admin)
    narrow(item, Audience.COORDINATOR, people)
    cycle.refresh_from_db()
    assert cycle.status == "draft"
    for name in (*STRANGERS, "lead"):
        assert INSIDE not in shown(CYCLE, name)
    notes_again(item, people)
    agreed(cycle, people)
    for name in STRANGERS[:2]:
        assert INSIDE not in shown(CYCLE, name)
    assert INSIDE not in shown(CYCLE, "lead")


def test_a_decision_leaves_a_draft_while_its_notes_are_being_agreed_anew(item, ad, people, shown):
    other = item.meeting.items.order_by("position").first()
    make.decide(other, "One more decision.", by=people.admin)
    assert TOLD not in shown(AD, "admin")


def test_a_decision_that_may_not_be_told_any_more_leaves_a_draft_for_outside_readers(
    item, ad, cycle, people, shown
):
    decision = item.decisions.get(text=TOLD)
    decision.published = False
    meetings.keep(decision, by=people.admin)
    notes_again(item, people)
    agreed(ad, people)
    assert TOLD not in shown(AD, "observer")


def test_a_report_that_tells_nothing_of_the_thing_stays_as_it_is(item, people):
    report = offered(reports.report(Kind.BI_MONTHLY, Period.parse("2026-05")), people.admin)
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    before = (report.version, report.status)
    report.refresh_from_db()
    assert (report.version, report.status) == before


def test_an_action_that_is_kept_to_named_people_leaves_the_counts_of_a_draft(people):
    action = plan.add(by=people.admin, text="Instruct counsel", audience="network")
    report = reports.report(Kind.AD_SAFEGUARDING, Period.half_year(action.created_at.date()))
    count = lambda: reports_figure(report, "actions.total")  # noqa: E731
    assert count() == 1
    naming.name_people(action, [people.cochair_one], by=people.cochair_one)
    report.refresh_from_db()
    assert count() == 0


def reports_figure(report, key):
    figures = [one for chapter in report.figures["chapters"] for one in chapter["figures"]]
    return next(one["cell"]["number"] for one in figures if one["key"] == key)


def test_an_agreed_report_stays_and_the_naming_page_says_so_before(item, ad, people, sign_in, shown):
    page = f"/meetings/{DAY}/agenda/{item.pk}/names/"
    assert "stay there" not in sign_in(people.cochair_one).get(page).content.decode()
    agreed(ad, people)
    said = sign_in(people.cochair_one).get(page).content.decode()
    assert re.search(
        r"stay there for their readers:\s+Feedback to the AD Safeguarding Network, 1 April", said
    )
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    assert TOLD in shown(AD, "observer")


def test_a_reopened_report_lets_go_of_what_was_kept_to_named_people_since(item, ad, people, shown):
    report = agreed(ad, people)
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    report.refresh_from_db()
    report = acts.reopen(report, version=report.version, by=people.admin)
    ad.refresh_from_db()
    assert ad.status == "draft"
    assert TOLD not in shown(AD, "cochair_two")


def test_figures_that_were_gathered_before_a_naming_and_kept_after_it_do_not_tell_of_it(
    item, ad, people, shown
):
    early = acts.gather(Kind.AD_SAFEGUARDING, reports.H1)
    other = acts.gather(Kind.BI_MONTHLY, Period.parse("2026-09"))
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    ad.refresh_from_db()
    acts.renew(ad, early, by=people.admin)
    acts.keep(Kind.BI_MONTHLY, Period.parse("2026-09"), other)
    assert TOLD not in shown(AD, "admin")
    assert INSIDE not in shown(CYCLE, "admin")


def test_nobody_offers_or_agrees_figures_older_than_what_may_be_told(item, ad, people):
    old = ad.figures
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    Report.objects.filter(pk=ad.pk).update(figures=old)  # as if the change had slipped by
    with pytest.raises(Refused, match="Bring the figures up to date"):
        offered(ad, people.admin)
    Report.objects.filter(pk=ad.pk).update(status="offered")
    ad.refresh_from_db()
    with pytest.raises(Refused, match="Bring the figures up to date"):
        acts.agree(ad, version=ad.version, by=people.cochair_two)


def test_a_draft_of_an_earlier_edition_of_the_portal_is_gathered_anew_once(item, ad, people, shown):
    old = {name: value for name, value in ad.figures.items() if name != "things"}
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    Report.objects.filter(pk=ad.pk).update(figures=old)
    assert tasks.renew_unsaid() == "1 draft gathered anew"
    assert TOLD not in shown(AD, "admin")
    assert tasks.renew_unsaid() == ""


@pytest.mark.once
def test_the_pdf_that_is_written_on_the_command_line_does_not_tell_of_it(item, ad, people, tmp_path):
    meetings.name_people(item, [people.cochair_one], by=people.cochair_one)
    call_command(
        "export_report", "ad-safeguarding", "--period=2026-H1", f"--output={tmp_path}/r.pdf", "--draft"
    )
    read = subprocess.run(["pdftotext", f"{tmp_path}/r.pdf", "-"], capture_output=True, check=True)
    assert b"Decisions recorded" in read.stdout
    assert TOLD.encode() not in read.stdout


def test_a_board_that_is_taken_back_from_partners_is_hidden_in_a_draft_for_outside_readers(people, orgs):
    with dates.at(date(2026, 9, 1)):
        sent = foi.sent_round(people.admin, years=["2025/26"])
    for slug in ("kent-and-medway", "sussex", "frimley"):
        request = foi.request_to(sent, orgs[slug])
        casework.record(request, "answer", by=people.admin, on=date(2026, 9, 20))
        foi.record(request, people.admin, "1.1", "54")
        casework.share(request, by=people.admin)
    report = offered(reports.report(Kind.AD_SAFEGUARDING), people.admin)
    assert str(report.figures).count("'54'") == 3
    casework.take_back(foi.request_to(sent, orgs["sussex"]), by=people.admin)
    report.refresh_from_db()
    assert report.status == "draft"
    assert str(report.figures).count("'54'") == 2


def test_a_return_that_is_opened_again_leaves_a_draft_until_it_is_submitted_again(people, orgs):
    asking = questionnaire.round_()
    row = questionnaire.submitted(asking, orgs["kent"], by=people.lead)
    report = reports.report(Kind.BI_MONTHLY, Period.parse("2026-11"))
    assert reports_figure(report, "questionnaire.shared") == 1
    saving.reopen(row, by=people.lead)
    report.refresh_from_db()
    assert reports_figure(report, "questionnaire.shared") == 0
    assert acts.let_go_at(report)
