"""What the app tells home, the agenda, the outbox and a report."""

from __future__ import annotations

from datetime import date

import pytest

from foi import answers, casework, tasks
from foi.figures import chapters
from foi.models import FoiRound, Item, ItemVersion, Request
from foi.models.outcomes import Code
from network import changes, dates
from network.counts import Count, Kind
from network.dates import Period
from network.mail import OutboxMail
from tests import foi_factories as make


@pytest.fixture
def round_(people, orgs) -> FoiRound:
    return make.sent_round(people.admin)


def reply(round: FoiRound, orgs, slug: str) -> Request:
    return make.request_to(round, orgs[slug])


def test_an_overdue_reply_is_mailed_once_and_again_only_for_a_new_date(people, orgs, at):
    round = make.foi_round(people.admin)
    request = make.sent(make.request_to(round, orgs["kent-and-medway"]), people.admin, date(2026, 9, 1))
    due = request.clock().due
    assert due == date(2026, 9, 29)
    at("2026-09-29")
    assert tasks.tell_overdue() == ""
    at("2026-09-30")
    assert tasks.tell_overdue() == "1 mail about overdue FOI replies"
    assert tasks.tell_overdue() == ""
    mail = OutboxMail.objects.get(key__startswith="foi-overdue")
    assert mail.to == people.admin.email
    assert "NHS Kent and Medway ICB’s reply was due 29 September 2026" in mail.subject
    casework.record(request, "ask_clarification", by=people.admin, on=date(2026, 9, 30))
    at("2026-10-20")
    assert tasks.tell_overdue() == ""  # no clock runs
    casework.record(request, "clarify", by=people.admin, on=date(2026, 10, 20))
    at("2026-11-22")
    assert tasks.tell_overdue() == "1 mail about overdue FOI replies"


def test_home_says_what_is_late_and_by_how_much(round_, people, at):
    at("2026-10-05")
    found = answers.tasks_for(people.admin)
    wanted = "NHS Kent and Medway ICB’s reply in “FOI round 2026” was due 29 September 2026: 4 working days"
    assert f"{wanted} overdue" in {task.title for task in found}
    assert all(task.urgent for task in found)
    assert answers.tasks_for(people.lead) == []


def test_home_asks_for_a_reply_that_has_come_and_is_not_recorded(round_, people, orgs):
    request = reply(round_, orgs, "sussex")
    casework.record(request, "answer", by=people.admin, on=date(2026, 9, 20))
    wanted = "Record the reply of NHS Surrey and Sussex ICB to “FOI round 2026”"
    assert wanted in {task.title for task in answers.tasks_for(people.admin)}
    casework.fill_rest(request, Code.NOT_ANSWERED, by=people.admin)
    assert wanted not in {task.title for task in answers.tasks_for(people.admin)}


def test_an_observer_has_no_way_in_and_changes_are_told_to_who_may_know(round_, people, orgs):
    assert list(answers.nav_for(people.observer)) == []
    assert [item.label for item in answers.nav_for(people.partner)] == ["FOI"]
    since = dates.parse_now("2026-01-01")
    assert changes.latest(people.lead, since, most=30)
    assert changes.latest(people.partner, since, most=30) == []
    casework.share(reply(round_, orgs, "kent-and-medway"), by=people.admin)
    assert [change.title for change in changes.latest(people.partner, since, most=30)] == [
        "Figures of NHS Kent and Medway ICB were shared with partners"
    ]


def test_the_directory_shows_a_body_its_requests_only_to_who_reads_them(round_, people, orgs):
    body = orgs["kent-and-medway"]
    assert [line.detail for line in answers.organisation_panels(body, people.lead)] == ["FOI round 2026"]
    assert list(answers.organisation_panels(body, people.partner)) == []


# The report


@pytest.fixture
def answered(round_, people, orgs) -> FoiRound:
    for slug, on, written in (("kent-and-medway", 15, "40"), ("sussex", 30, "<5")):
        request = reply(round_, orgs, slug)
        casework.record(request, "answer", by=people.admin, on=date(2026, 9, on))
        make.record(request, people.admin, "1.1", written)
    refusing = reply(round_, orgs, "frimley")
    casework.record(refusing, "refuse", by=people.admin, on=date(2026, 10, 2))
    casework.fill_rest(refusing, Code.REFUSED, sections=["12"], by=people.admin)
    return round_


def chapter(period: str):
    return next(iter(chapters(Period.parse(period))))


def test_a_reply_belongs_to_the_period_in_which_it_came(answered):
    first = {figure.key: figure.value for figure in chapter("2026-H1").figures}
    assert (first["foi.sent"], first["foi.answered"], first["foi.refused"]) == (7, 2, 0)
    assert first["foi.on_time"] == "1 of 2"  # due 29 September
    second = {figure.key: figure.value for figure in chapter("2026-H2").figures}
    assert (second["foi.sent"], second["foi.answered"], second["foi.refused"]) == (0, 0, 1)


def test_each_figure_leads_to_the_requests_that_it_counts_and_to_no_others(answered, people, orgs, sign_in):
    client = sign_in(people.lead)
    listed = {}
    for figure in (each for each in chapter("2026-H1").figures if each.source.rows):
        page = client.get(figure.source.url).content.decode()
        listed[figure.key] = page.count('<tr class="govuk-table__row">') - 1
        assert listed[figure.key] == figure.source.rows, figure.key
        assert "Only the requests behind a figure" in page
    casework.share(reply(answered, orgs, "kent-and-medway"), by=people.admin)
    partner = sign_in(people.partner)
    for of in ("", "?of=nobody", "?of=sussex"):  # to them it is no choice: the one that is shared
        page = partner.get(f"{answered.get_absolute_url()}{of}").content.decode()
        assert page.count('<tr class="govuk-table__row">') - 1 == 1
        assert "Only the requests behind a figure" not in page
    too_long = client.get(f"{answered.get_absolute_url()}?of={'a' * 2_000}").content.decode()
    assert "Only the requests behind a figure" not in too_long
    assert listed["foi.answered"] == 2
    assert listed["foi.overdue"] == 5  # whose clock ran on the last day


def test_a_reply_after_the_period_does_not_change_its_report(answered):
    rows = {row.label: row.cells[0] for row in table(chapter("2026-H1"), "referred").rows}
    assert rows["NHS Kent and Medway ICB"] == Count.exact(40)
    assert rows["NHS Frimley ICB"] == Count.state("late")  # due on 29 September; it came in October
    rows = {row.label: row.cells[0] for row in table(chapter("2026-H2"), "referred").rows}
    assert rows["NHS Frimley ICB"] == Count.refused("12")


def table(found, key: str):
    return next(each for each in found.tables if each.key.startswith(f"foi.{key}"))


def test_figures_about_children_say_so_and_lead_to_their_rows(answered):
    found = chapter("2026-H1")
    about = [each for each in found.tables if each.about_children]
    assert len(about) == 6
    assert all(each.total for each in about)
    assert table(found, "referred").source.url == "/foi/foi-2026/compare/?item=1.1&year=2025/26"
    assert not table(found, "overview").about_children


def test_the_overview_counts_every_answer_that_was_asked_for(answered):
    overview = table(chapter("2026-H2"), "overview")
    assert sum(sum(row.cells) for row in overview.rows) == 7 * 57
    assert sum(row.cells[overview.columns.index("Given")] for row in overview.rows) == 2
    assert sum(row.cells[overview.columns.index("Refused")] for row in overview.rows) == 57


def test_a_report_hides_the_cells_that_the_pages_hide(answered, people, orgs):
    request = reply(answered, orgs, "kent-and-medway")
    for code, written in {"5.1": "30", "5.2": "2", "5.5": "3", "1.7": "35"}.items():
        make.record(request, people.admin, code, written)
    hidden = set(request.outcomes.filter(withheld=True, year="2025/26").values_list("item__code", flat=True))
    assert {"5.2", "5.5"} <= hidden
    living = table(chapter("2026-H1"), "living")
    assert ("NHS Kent and Medway ICB", "Tier 4") in living.withheld


def test_a_round_that_asks_fewer_items_has_its_chapter_all_the_same(answered):
    fewer = ItemVersion.objects.create(number=99, title="Fewer items")
    Item.objects.filter(version=answered.version, code="1.1").update(version=fewer)
    FoiRound.objects.filter(pk=answered.pk).update(version=fewer)
    given = {cell for row in table(chapter("2026-H1"), "referred").rows for cell in row.cells}
    assert Count.exact(40) in given
    not_asked = {cell.kind for row in table(chapter("2026-H1"), "living").rows for cell in row.cells}
    assert not_asked == {Kind.LATE, Kind.NOT_DUE}


def test_there_is_no_chapter_before_there_was_a_request(reference):
    assert list(chapters(Period.parse("2025-H1"))) == []


def test_tables_of_a_report_say_where_the_boards_changed(answered):
    """Seven boards became five on 1 April 2026, and the year that is shown began before."""
    about = [each for each in chapter("2026-H1").tables if each.about_children]
    assert all("Break in the series: the bodies changed on 1 April 2026." in each.reading for each in about)
