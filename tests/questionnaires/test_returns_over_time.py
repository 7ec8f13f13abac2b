"""A return whose authority ends: a successor finishes it, or the round says that it was closed unanswered."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from network import dates, registry
from network.audit import AuditEntry
from network.dates import Period
from network.files import StoredFile
from network.people.models import Organisation, Succession
from network.roles import Role
from network.workflow import NotAllowed, Refused
from questionnaires import due, figures, holdings, providers, saving
from questionnaires.models import Answer, Return, SectionState
from tests import factories
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db

LAST = date(2027, 3, 31)


@pytest.fixture
def ending(orgs, at) -> Organisation:
    """Surrey ends on 31 March 2027; East and West Surrey follow, as the law has it."""
    at("2027-03-20")
    body = orgs["surrey"]
    Organisation.objects.filter(pk=body.pk).update(ends_on=LAST)
    body.refresh_from_db()
    return body


@pytest.fixture
def successor(ending, orgs) -> Organisation:
    found = Succession.objects.filter(predecessor=ending).select_related("successor").first()
    return found.successor if found else orgs["kent"]


@pytest.fixture
def row(ending) -> Return:
    return make.return_of(make.round_("spring-2027", opens=-10, closes=40), ending)


@pytest.fixture
def heir(successor):
    return factories.person("Lead of the successor", Role.LEAD, successor)


def test_what_came_after_an_authority_finds_its_answers_by_its_name_and_the_break(
    ending, orgs, people, sign_in, at
):
    before = make.round_("spring-2027", opens=-10, closes=5, title="Spring 2027")
    lead = factories.person("Lead, Surrey", Role.LEAD, ending)
    make.submitted(before, ending, by=lead, E5="What Surrey said")
    at("2027-05-10")
    successions = Succession.objects.filter(predecessor=ending, on=date(2027, 4, 1))
    east = successions.select_related("successor").order_by("successor__name")[0].successor
    heir = factories.person("Lead of what follows", Role.LEAD, east)
    asking = make.round_("autumn-2027", opens=-1, closes=30, reporting_year="2026/27")
    address = reverse("section_edit", args=[asking.slug, east.slug, "E"])
    page = sign_in(heir).get(address).content.decode()
    assert "What Surrey said" in page
    assert "Spring 2027, Surrey" in page
    assert "On 1 April 2027 Surrey became East Surrey and West Surrey" in page


def only(body: Organisation) -> registry.Holding:
    (found,) = holdings.holdings_of(body)
    return found


def test_an_authority_that_ends_holds_its_draft_and_nothing_of_what_it_says(row, ending, people):
    make.answer(row, "E5", "A secret wish", by=people.lead)
    held = only(ending)
    assert held.key == f"questionnaires.return:{row.pk}"
    assert held.title == "Surrey, Spring 2027: not submitted"
    assert held.url == "", "whoever settles it may not read it"
    assert [(fate.name, fate.to_successor) for fate in held.fates] == [("finish", True), ("close", False)]
    assert "secret" not in repr(held)
    assert held.key in {one.key for one in registry.holdings_of(ending)}


def test_submitted_returns_and_closed_rounds_stand_open_for_nobody(row, ending, people, at):
    lead = factories.person("Lead, Surrey", Role.LEAD, ending)
    make.fill(row, by=lead)
    make.submit(row, by=lead)
    assert list(holdings.holdings_of(ending)) == []
    earlier = make.return_of(make.round_("over", opens=-60, closes=-30), ending)
    assert earlier.status == Return.Status.DRAFT
    assert list(holdings.holdings_of(ending)) == []


def test_the_successor_finishes_and_submits_it_and_it_stays_the_old_authoritys(
    row, ending, successor, heir, people, at, sign_in
):
    make.fill(row, by=people.lead)
    assert sign_in(heir).get(row.get_absolute_url()).status_code == 404
    settle = only(ending).settle
    at("2027-04-01")
    assert settle("finish", successor, LAST, None) == f"{row}: {successor} finishes it"
    assert settle("finish", successor, LAST, None) == ""
    assert AuditEntry.objects.get(verb="handed over").detail == {"was": ending.pk, "now": successor.pk}
    client = sign_in(heir)
    page = client.get(row.get_absolute_url()).content.decode()
    assert f"{successor.name} finishes this return for it" in page
    assert any("for Surrey" in task.title for task in providers.tasks_for(heir))
    mark = client.get(f"{row.get_absolute_url()}check/").content.decode().split('name="mark" value="')[1]
    answer = client.post(f"{row.get_absolute_url()}check/", {"mark": mark.split('"')[0]})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.authority, row.submitted_by) == (Return.Status.SUBMITTED, ending, heir)
    assert successor.name in client.get(f"{row.get_absolute_url()}receipt/").content.decode()


def test_nobody_else_gets_at_a_draft_that_was_handed_on(row, ending, successor, people, at, sign_in):
    at("2027-04-01")
    saving.hand_to(row, successor, by=None)
    row.refresh_from_db()
    for user in (people.stranger, people.admin, people.cochair_one, people.partner):
        assert sign_in(user).get(row.get_absolute_url()).status_code == 404
    assert not Return.objects.visible_to(people.admin).filter(pk=row.pk).exists()


def test_the_successors_lead_is_reminded(row, successor, heir, at):
    at("2027-04-01")
    saving.hand_to(row, successor, by=None)
    row.refresh_from_db()
    assert due.to_remind(row.round, [row]).number == 1
    assert due.leads([row.answering_id])[successor.pk] == heir


def test_a_return_that_is_closed_unanswered_is_said_so_by_the_round(row, ending, people, at, sign_in):
    settle = only(ending).settle
    at("2027-04-01")
    assert settle("close", None, LAST, None) == f"{row}: closed unanswered"
    assert settle("close", None, LAST, None) == ""
    row.refresh_from_db()
    assert (row.status, row.closed_on) == (Return.Status.CLOSED, LAST)
    page = sign_in(people.lead).get(row.round.get_absolute_url()).content.decode()
    assert "submitted, 1 closed unanswered" in page
    assert "Surrey (31 March 2027)" in page
    overseer = sign_in(people.admin).get(row.round.get_absolute_url()).content.decode()
    assert "Surrey" not in overseer.split("Who is missing")[1].split("</p>")[0]
    shown = sign_in(people.lead).get(row.round.get_absolute_url() + "?state=closed").content.decode()
    assert "1 of 19 authorities" in shown
    assert "1 of them was closed unanswered" in next(iter(figures.chapters(Period.parse("2027-H1")))).words


def test_only_a_return_of_an_authority_that_has_ended_can_be_closed(row, ending, people, orgs, at):
    with pytest.raises(Refused, match="still exists"):
        saving.close(row, on=LAST, by=None)
    at("2027-04-01")
    with pytest.raises(NotAllowed):
        saving.close(row, on=LAST, by=people.lead)
    saving.close(row, on=LAST, by=people.admin)


def test_a_round_that_opens_later_does_not_ask_what_has_ended(ending, people, at):
    later = make.round_("summer-2027", opens=60, closes=100)
    row, _ = Return.objects.get_or_create(round=later, authority=ending)
    held = only(ending)
    at("2027-04-01")
    assert "not asked" in held.settle("finish", None, LAST, None)
    assert not Return.objects.filter(pk=row.pk).exists()
    assert held.settle("finish", None, LAST, None) == ""


def test_a_fate_needs_its_successor_and_finds_what_moved_meanwhile(row, ending, successor, at):
    held = only(ending)
    at("2027-04-01")
    with pytest.raises(ValueError, match="say which"):
        held.settle("finish", None, LAST, None)
    at("2027-06-30")  # the round has closed
    assert held.settle("finish", successor, LAST, None) == ""
    assert held.settle("close", None, LAST, None) == ""


def test_the_database_keeps_closed_returns_whole(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(pk=row.pk).update(status="closed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(pk=row.pk).update(closed_on=LAST)


def test_ones_own_records_name_the_questions_and_never_the_answers(row, people):
    lead = factories.person("Lead, Surrey", Role.LEAD, row.authority)
    make.answer(row, "E5", "A secret wish", by=lead)
    saved, submitted = holdings.own_records(lead)
    assert [cells[1:] for cells in saved.rows] == [
        ("Spring 2027", "Surrey", "E5. What training would help most?")
    ]
    assert submitted.rows == ()
    assert "secret" not in repr(saved)
    assert holdings_of_others(people.stranger) == ()


def holdings_of_others(user) -> tuple:
    return next(iter(holdings.own_records(user))).rows


def test_drafts_that_were_never_submitted_go_after_their_time_and_submitted_answers_stay(
    row, people, orgs, at
):
    lead = people.lead
    make.fill(row, by=lead)
    SectionState.objects.create(
        for_return=row, section=row.round.version.sections.first(), completed=True, changed_by=lead
    )
    kept = make.submitted(row.round, orgs["kent"], by=lead)
    drafts, _ = holdings.retained()
    assert drafts.key == "questionnaires.drafts"
    assert list(drafts.rows(dates.now())) == []
    later = dates.parse_now("2031-01-01")
    at("2031-01-01")
    assert list(drafts.rows(later)) == [(str(row), row.round.get_absolute_url())]
    assert drafts.purge(later) == 1
    assert drafts.purge(later) == 0
    assert not row.answers.exists()
    assert Return.objects.filter(pk=row.pk).exists()  # who did not submit stays known
    assert kept.answers.exists()


def test_attached_files_go_after_their_time_and_answers_stay(row, people, orgs, at, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from network import files

    kept = make.submitted(row.round, orgs["kent"], by=people.lead)
    stored = files.store(SimpleUploadedFile("policy.txt", b"Our policy"), by=people.lead)
    answer = kept.answers.filter(question__code="B7").first() or kept.answers.first()
    Answer.objects.filter(pk=answer.pk).update(evidence=stored)
    _, evidence = holdings.retained()
    later = dates.parse_now("2031-01-01")
    (one,) = evidence.rows(later)
    assert "policy" not in one[0]
    assert evidence.purge(later) == 1
    assert evidence.purge(later) == 0
    answer.refresh_from_db()
    assert answer.evidence is None
    assert answer.value is not None
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_results_and_reports_mark_where_the_bodies_changed(row, ending, orgs, people, at, sign_in):
    lead = factories.person("Lead, Surrey", Role.LEAD, ending)
    make.fill(row, by=lead)
    make.submit(row, by=lead)
    page = f"/questionnaires/{row.round.slug}/results/E1/"
    Succession.objects.filter(predecessor=ending).delete()
    for slug in ("kent", "medway"):
        Succession.objects.create(
            predecessor=ending, successor=orgs[slug], on=date(2027, 4, 1), kind="split", state="law made"
        )
    assert "Break in the series" not in sign_in(people.lead).get(page).content.decode()
    (chapter,) = figures.chapters(Period.parse("2026-H2"))
    assert not any("changed on 1 April 2027" in table.reading for table in chapter.tables)
    at("2027-04-02")
    assert "On 1 April 2027 Surrey became Kent and Medway." in sign_in(people.lead).get(page).content.decode()
    (chapter,) = figures.chapters(Period.parse("2027-H1"))
    assert chapter.tables
    assert all(
        "Break in the series: the bodies changed on" in table.reading and "1 April 2027" in table.reading
        for table in chapter.tables
    )
