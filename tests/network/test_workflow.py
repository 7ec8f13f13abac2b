"""The only door to a status: every state, every move, every role."""

from __future__ import annotations

import threading
from itertools import product

import pytest
from django.db import connection

from network import workflow
from network.audit import AuditEntry
from network.meetings.models import Agenda, Meeting
from network.people.models import User
from network.roles import Permission
from network.workflow import Changed, NotAllowed, Refused
from tests.conftest import People

STATUSES = ("draft", "offered", "agreed")
# Written from the terms of reference and the product's words, not from the table in the code.
FROM = {
    "offer": {"draft"},
    "take_back": {"offered"},
    "ask_change": {"offered"},
    "agree": {"offered"},
    "void": {"agreed"},
}
WHO = {
    "offer": {"admin"},
    "take_back": {"admin"},
    "ask_change": {"cochair_one", "cochair_two"},
    "agree": {"cochair_one", "cochair_two"},
    "void": set(),
}


@pytest.fixture
def agenda(people: People) -> Agenda:
    from datetime import date, time

    meeting = Meeting.objects.create(on=date(2027, 1, 14), starts_at=time(10), ends_at=time(12))
    return Agenda.objects.get_or_create(meeting=meeting)[0]


def put(agenda: Agenda, status: str) -> Agenda:
    """Stand it in a state, past the door, as only a test may."""
    Agenda.objects.filter(pk=agenda.pk).update(status=status, version=1)
    agenda.refresh_from_db()
    return agenda


@pytest.mark.parametrize(("status", "name"), list(product(STATUSES, FROM)))
def test_every_state_times_every_move_times_every_role(
    agenda: Agenda, people: People, status: str, name: str
) -> None:
    for role, user in people.items():
        put(agenda, status)
        may = role in WHO[name]
        offered = {one.name for one in workflow.allowed(agenda, user)}
        assert (name in offered) == (may and status in FROM[name]), role
        if may and status in FROM[name]:
            workflow.move(agenda, name, by=user)
        else:
            with pytest.raises(Changed if may else NotAllowed):
                workflow.move(agenda, name, by=user)
            assert Agenda.objects.get(pk=agenda.pk).status == status


def test_a_move_is_written_down_with_who_and_from_where_to_where(agenda: Agenda, people: People) -> None:
    workflow.move(agenda, "offer", by=people.admin)
    entry = AuditEntry.objects.get(label="network.agenda", object_id=agenda.pk, verb="offer")
    assert entry.actor == people.admin
    assert entry.detail == {"before": "draft", "after": "offered"}


def test_what_follows_a_move_fails_together_with_it(agenda: Agenda, people: People) -> None:
    def fails(row: Agenda) -> None:
        raise RuntimeError("the mail could not be written")

    with pytest.raises(RuntimeError):
        workflow.move(agenda, "offer", by=people.admin, then=fails)
    assert Agenda.objects.get(pk=agenda.pk).status == "draft"
    assert not AuditEntry.objects.filter(verb="offer").exists()


def test_a_move_that_the_thing_itself_forbids_is_refused_with_the_reason(
    agenda: Agenda, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidding = workflow.Workflow(
        transitions=(
            workflow.Transition(
                name="offer",
                sources=frozenset({"draft"}),
                target="offered",
                says="Offer",
                permission=Permission.MEETING_MANAGE,
                check=lambda row: "It has no items yet.",
            ),
        )
    )
    monkeypatch.setattr(Agenda, "workflow", forbidding)
    assert workflow.allowed(agenda, people.admin) == []
    with pytest.raises(Refused, match="no items"):
        workflow.move(agenda, "offer", by=people.admin)


@pytest.mark.postgres  # SQLite in memory has one connection
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_make_the_same_move_at_once_one_is_told_that_it_has_changed(
    agenda: Agenda, people: People
) -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def offer(user: User) -> None:
        ready.wait()
        try:
            workflow.move(Agenda.objects.get(pk=agenda.pk), "offer", by=user)
            outcomes.append("moved")
        except Changed:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=offer, args=(people.admin,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "told"]
