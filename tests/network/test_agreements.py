"""An agreement is a named co-chair's yes to one exact version; any later change makes it void."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest

from network import agreements, workflow
from network.agreements import Agreement
from network.mail import OutboxMail
from network.meetings.models import Agenda, Meeting
from network.people.models import Membership, User
from network.workflow import Changed, NotAllowed
from tests.conftest import People


@pytest.fixture
def agenda(people: People) -> Agenda:
    meeting = Meeting.objects.create(on=date(2027, 1, 14), starts_at=time(10), ends_at=time(12))
    agenda = Agenda.objects.get_or_create(meeting=meeting)[0]
    return workflow.move(agenda, "offer", by=people.admin)


def test_one_cochair_is_not_enough(agenda: Agenda, people: People) -> None:
    agreements.agree(agenda, version=agenda.version, by=people.cochair_one)
    assert agenda.status == "offered"
    assert agreements.awaited_words(agenda) == "Co-chair two"


def test_both_cochairs_make_it_agreed(agenda: Agenda, people: People) -> None:
    agreements.agree(agenda, version=agenda.version, by=people.cochair_one)
    agreements.agree(agenda, version=agenda.version, by=people.cochair_two)
    assert agenda.status == "agreed"
    assert agenda.agreed_at is not None


def test_the_same_cochair_twice_is_still_one(agenda: Agenda, people: People) -> None:
    for _ in range(2):
        agreements.agree(agenda, version=agenda.version, by=people.cochair_one)
    assert agenda.status == "offered"


def test_a_single_cochair_in_office_cannot_agree_alone(agenda: Agenda, people: People) -> None:
    Membership.objects.filter(user=people.cochair_two).update(ends_on=date(2026, 11, 1))
    agreements.agree(agenda, version=agenda.version, by=people.cochair_one)
    assert agenda.status == "offered"
    assert agreements.awaited_words(agenda) == "a co-chair with an account"


@pytest.mark.parametrize("role", ["admin", "lead", "director", "partner", "observer", "former"])
def test_nobody_else_can_agree(agenda: Agenda, people: People, role: str) -> None:
    with pytest.raises(NotAllowed):
        agreements.agree(agenda, version=agenda.version, by=getattr(people, role))
    assert not Agreement.objects.exists()


def test_a_version_that_changed_while_it_was_read_is_not_agreed(agenda: Agenda, people: People) -> None:
    read = agenda.version
    agreements.edited(agenda, by=people.admin)
    with pytest.raises(Changed, match="read the new version"):
        agreements.agree(agenda, version=read, by=people.cochair_one)
    assert not Agreement.objects.exists()


def test_a_later_change_makes_a_yes_void_and_tells_the_person(agenda: Agenda, people: People) -> None:
    agreements.agree(agenda, version=agenda.version, by=people.cochair_one)
    agreements.agree(agenda, version=agenda.version, by=people.cochair_two)
    assert agreements.edited(agenda, by=people.admin) == 2
    assert agenda.status == "offered"
    assert agenda.agreed_at is None
    assert agreements.agreed_by(agenda) == []
    told = set(
        OutboxMail.objects.filter(subject__contains="hanged after you agreed").values_list("to", flat=True)
    )
    assert told == {people.cochair_one.email, people.cochair_two.email}


def test_asking_for_a_change_needs_a_reason_and_goes_back_to_draft(agenda: Agenda, people: People) -> None:
    agreements.ask_change(agenda, version=agenda.version, by=people.cochair_two, why="Put data first.")
    assert agenda.status == "draft"
    assert [one.why for one in agreements.said(agenda)] == ["Put data first."]


def test_a_draft_cannot_be_agreed(agenda: Agenda, people: People) -> None:
    workflow.move(agenda, "take_back", by=people.admin)
    with pytest.raises(Changed):
        agreements.agree(agenda, version=agenda.version, by=people.cochair_one)


def test_offering_asks_each_person_once_a_version(agenda: Agenda, people: People) -> None:
    for _ in range(3):
        agreements.ask_all(agenda)
    assert OutboxMail.objects.filter(subject__contains="or your agreement").count() == 2


def test_page_offers_the_choice_only_to_whom_it_awaits(agenda: Agenda, people: People) -> None:
    who: Callable[[], set[str]] = lambda: {  # noqa: E731 - a name for a question asked twice
        role for role, user in people.items() if agreements.may_agree(agenda, user)
    }
    assert who() == {"cochair_one", "cochair_two"}
    agreements.agree(agenda, version=agenda.version, by=people.cochair_one)
    assert who() == {"cochair_two"}


def test_a_cochair_whose_term_ended_is_no_longer_asked(agenda: Agenda, people: People) -> None:
    Membership.objects.filter(user=people.cochair_two).update(ends_on=date(2026, 11, 21))
    again = User.objects.get(pk=people.cochair_two.pk)
    with pytest.raises(NotAllowed):
        agreements.agree(agenda, version=agenda.version, by=again)
