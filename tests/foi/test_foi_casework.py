"""Rounds, moves and what follows from them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from foi import casework
from foi.models import FoiRound, ItemVersion, Outcome, Request, RequestEvent
from foi.models.outcomes import Code
from foi.models.requests import MOVES, OPEN, Status
from network import workflow
from network.audience import Audience
from network.audit import AuditEntry
from network.dates import Period
from network.people.models import Succession
from network.workflow import Changed, Refused
from tests import factories
from tests import foi_factories as make


@pytest.fixture
def request_(people, orgs) -> Request:
    return make.sent(make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"]), people.admin)


# Bodies


def test_the_bodies_are_those_of_the_last_day_of_the_reporting_year(reference):
    seven = casework.bodies_of(Period.parse("2025/26"))
    five = casework.bodies_of(Period.parse("2026/27"))
    assert len(seven) == 7
    assert len(five) == 5
    assert "NHS Frimley ICB" in {body.full_name for body in seven} - {body.full_name for body in five}


def test_a_body_that_covers_no_member_is_not_asked(orgs):
    factories.organisation("NHS Elsewhere ICB", "icb", starts_on=date(2020, 1, 1))
    assert len(casework.bodies_of(Period.parse("2025/26"))) == 7


def test_a_dissolved_body_is_asked_through_its_successor_and_with_several_somebody_chooses(people, orgs):
    round = FoiRound(
        slug="r",
        title="R",
        reporting_year="2025/26",
        years=["2025/26"],
        version=ItemVersion.objects.get(),
    )
    casework.open_round(round, by=people.admin, applicant="Jo", reply_to="a@example.org")
    through = {
        request.body.slug: request.sent_to.slug
        for request in round.requests.select_related("body", "sent_to")
    }
    assert through["sussex"] == "surrey-and-sussex"
    assert through["frimley"] == "frimley"  # three successors: nobody guesses
    frimley = round.requests.get(body__slug="frimley")
    frimley.address = "foi@example.org"
    frimley.save()
    with pytest.raises(Refused, match="existed until 31 March 2026"):
        casework.send(frimley, by=people.admin, sent_on=date(2026, 9, 1), received_on=date(2026, 9, 1))


def test_each_request_is_made_for_an_authority_in_the_bodys_area(people, orgs):
    round = make.foi_round(people.admin)
    for request in round.requests.select_related("body", "made_for"):
        assert request.body.covers.filter(authority=request.made_for).exists()


# Sending


def test_a_draft_is_the_coordinators_alone_until_it_is_sent(people, orgs):
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    readers = {name for name, user in people.items() if Request.objects.visible_to(user).filter(pk=draft.pk)}
    assert readers == {"admin"}
    make.sent(draft, people.admin)
    readers = {name for name, user in people.items() if Request.objects.visible_to(user).filter(pk=draft.pk)}
    assert readers == {
        "admin", "cochair_one", "cochair_two", "lead", "deputy", "contributor", "director", "stranger",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["applicant", "reply_to", "address"])
def test_a_request_is_not_sent_without_a_named_applicant_and_both_addresses(people, orgs, missing):
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    setattr(draft, missing, "")
    draft.save()
    with pytest.raises(Refused, match="needs the"):
        make.sent(draft, people.admin)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert not RequestEvent.objects.filter(request=draft).exists()


# Moves

AS_THE_ISSUE_NAMES_THEM = {
    "send": Status.SENT,
    "acknowledge": Status.ACKNOWLEDGED,
    "ask_clarification": Status.CLARIFICATION_REQUESTED,
    "clarify": Status.CLARIFIED,
    "extend": Status.EXTENDED,
    "answer_part": Status.PART_RESPONSE,
    "answer": Status.RESPONDED,
    "refuse": Status.REFUSED,
    "ask_review": Status.REVIEW_REQUESTED,
    "finish_review": Status.REVIEW_DONE,
    "complain": Status.ICO_COMPLAINT,
    "decide": Status.ICO_DECISION,
    "close": Status.CLOSED,
    "lapse": Status.LAPSED,
}


def test_every_state_is_reached_by_a_move():
    assert {transition.target for transition in MOVES.transitions} == set(Status) - {Status.DRAFT}
    assert AS_THE_ISSUE_NAMES_THEM.items() <= {each.name: each.target for each in MOVES.transitions}.items()


def in_status(request: Request, status: Status) -> Request:
    Request.objects.filter(pk=request.pk).update(status=status)
    request.refresh_from_db()
    return request


STATES_SENT = [status for status in Status if status != Status.DRAFT]
RECORDED = [each for each in MOVES.transitions if each.name not in ("send", "send_again")]


@pytest.mark.parametrize("status", STATES_SENT)
def test_from_each_state_each_move_is_made_or_refused_as_the_table_says(request_, people, status):
    for transition in RECORDED:
        in_status(request_, status)
        if status not in transition.sources:
            with pytest.raises(Changed):
                casework.record(request_, transition.name, by=people.admin, on=date(2026, 9, 2))
        elif transition.name == "lapse":
            with pytest.raises(Refused, match="still exists"):
                casework.record(request_, transition.name, by=people.admin, on=date(2026, 9, 2))
        else:
            casework.record(request_, transition.name, by=people.admin, on=date(2026, 9, 2))
            assert request_.status == transition.target
            assert request_.events.last().kind == transition.target


def test_only_the_coordinator_moves_a_request(request_, people):
    for name, user in people.items():
        if name == "admin":
            continue
        assert workflow.allowed(request_, user) == []
        with pytest.raises(PermissionDenied):
            casework.record(request_, "acknowledge", by=user, on=date(2026, 9, 2))


def test_a_move_its_date_and_its_trail_stand_or_fall_together(request_, people):
    with pytest.raises(Refused, match="before 1 September 2026"):
        casework.record(request_, "acknowledge", by=people.admin, on=date(2026, 8, 31))
    with pytest.raises(Refused, match="in the future"):
        casework.record(request_, "acknowledge", by=people.admin, on=date(2026, 11, 23))
    request_.refresh_from_db()
    assert request_.status == Status.SENT
    assert request_.events.count() == 2  # sent and received
    casework.record(request_, "acknowledge", by=people.admin, on=date(2026, 9, 3))
    assert request_.events.last().on == date(2026, 9, 3)
    assert (
        AuditEntry.objects.filter(label="foi.request", object_id=request_.pk, verb="acknowledge").count() == 1
    )


# Dissolved bodies


def test_a_request_lapses_with_its_body_once_and_is_sent_again_to_the_successor(people, orgs, at):
    at("2026-03-02")
    draft = make.request_to(make.foi_round(people.admin, year="2024/25"), orgs["sussex"])
    draft.sent_to = orgs["sussex"]
    draft.save()
    make.sent(draft, people.admin, date(2026, 3, 2))
    at("2026-03-31")
    assert casework.lapse_dissolved() == ""
    at("2026-04-01")
    assert casework.lapse_dissolved() == "1 FOI requests lapsed with their body"
    assert casework.lapse_dissolved() == ""
    draft.refresh_from_db()
    assert draft.status == Status.LAPSED
    assert draft.events.last().on == date(2026, 3, 31)
    successor = Succession.objects.get(predecessor=orgs["sussex"]).successor
    assert casework.answers_for(orgs["sussex"]) == [successor]
    draft.sent_to = successor
    draft.save()
    at("2026-04-10")
    casework.send(
        draft, by=people.admin, sent_on=date(2026, 4, 10), received_on=date(2026, 4, 10), again=True
    )
    assert draft.status == Status.SENT
    assert draft.clock().started == date(2026, 4, 10)
    assert draft.outcomes.count() == 57  # asked once


def test_an_answered_request_does_not_lapse(people, orgs, at):
    assert Status.RESPONDED not in OPEN


# Replies


def test_the_rest_of_a_reply_is_recorded_at_one_stroke_and_nothing_else_touched(request_, people):
    make.record(request_, people.admin, "1.1", "12")
    number = casework.fill_rest(request_, Code.REFUSED, sections=["12"], by=people.admin)
    assert number == 56
    assert str(Outcome.objects.get(request=request_, item__code="1.1", year="2025/26").counted) == "12"
    assert (
        str(Outcome.objects.get(request=request_, item__code="2.1", year="2025/26").counted)
        == "refused (section 12)"
    )


@pytest.mark.parametrize("status", [Status.LAPSED])
def test_nothing_is_recorded_where_there_is_no_reply(request_, people, status):
    in_status(request_, status)
    with pytest.raises(Refused):
        casework.fill_rest(request_, Code.NOT_ANSWERED, by=people.admin)
    with pytest.raises(Refused):
        make.record(request_, people.admin, "1.1", "12")


def test_sharing_widens_once_and_what_is_recorded_later_is_shared_too(request_, people):
    assert not Outcome.objects.visible_to(people.partner).exists()
    casework.share(request_, by=people.admin)
    casework.share(request_, by=people.admin)
    assert request_.audience == Audience.PARTNERS
    assert AuditEntry.objects.filter(verb="shared with partners").count() == 1
    assert Outcome.objects.visible_to(people.partner).count() == 57
    assert not Outcome.objects.visible_to(people.observer).exists()
    make.record(request_, people.admin, "1.1", "12")
    assert Outcome.objects.visible_to(people.partner).count() == 57


def test_what_is_taken_back_is_read_by_members_only_again_and_that_is_written_down(request_, people):
    casework.share(request_, by=people.admin)
    for _ in range(2):  # pressed twice: one act
        casework.take_back(request_, by=people.admin)
    assert request_.audience == Audience.NETWORK
    assert request_.taken_back_on is not None
    assert not Outcome.objects.visible_to(people.partner).exists()
    assert Outcome.objects.visible_to(people.lead).count() == 57
    assert AuditEntry.objects.filter(verb="took back from partners").count() == 1
    assert AuditEntry.objects.filter(verb="let fewer people read").count() == 1
    make.record(request_, people.admin, "1.1", "12")
    assert not Outcome.objects.visible_to(people.partner).exists()
    casework.share(request_, by=people.admin)
    assert request_.taken_back_on is None
    assert Outcome.objects.visible_to(people.partner).count() == 57


def test_a_request_that_is_not_shared_has_nothing_to_take_back(request_, people):
    casework.take_back(request_, by=people.admin)
    assert request_.taken_back_on is None
    assert not AuditEntry.objects.filter(verb="took back from partners").exists()
