"""An older page never overwrites a newer change: what was typed is kept, both are shown, nothing is saved."""

from __future__ import annotations

from datetime import date

import pytest

from network.audience import Audience, Naming
from network.meetings import acts
from network.meetings.models import AgendaItem, Attendance, CycleRule, Decision, Meeting, NoteAction
from tests import meetings_factories as make
from tests.browsing import filled, opened

ON = "/meetings/2026-11-12/"


@pytest.fixture
def held(people):
    return make.held(people)


def item_of(held, people):
    item = make.item(held, "Data", body="As it was")
    return f"{ON}agenda/{item.pk}/change/", item


def decision_of(held, people):
    decision = make.decide(held.items.first(), "As it was", by=people.admin)
    return f"{ON}notes/decisions/{decision.pk}/change/", decision


def action_of(held, people):
    action = make.task(held.items.first(), "As it was", people.admin, by=people.admin)
    return f"{ON}notes/actions/{action.pk}/change/", action


def meeting_of(held, people):
    Meeting.objects.filter(pk=held.pk).update(place="As it was")
    return f"{ON}change/", held


CASES = {
    "item": (item_of, "body", "presenter"),
    "decision": (decision_of, "text", "published"),
    "note action": (action_of, "text", "due_on-day"),
    "meeting": (meeting_of, "place", "starts_at"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_older_page_overwrites_nothing_shows_both_and_saves_when_it_is_sent_again(
    held, people, sign_in, case
):
    thing, field, _ = CASES[case]
    address, row = thing(held, people)
    client = sign_in(people.admin)
    older = opened(client, address)
    type(row).objects.filter(pk=row.pk).update(**{field: "Theirs, newer"})
    met = client.post(address, older | {field: "Mine, typed"})
    assert met.status_code == 409
    page = met.content.decode()
    assert "Changed meanwhile" in page
    assert "Theirs, newer" in page
    assert "Mine, typed" in page
    row.refresh_from_db()
    assert getattr(row, field) == "Theirs, newer"
    again = filled(met)
    assert again[field] == "Mine, typed"
    assert client.post(address, again).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == "Mine, typed"


@pytest.mark.parametrize("case", CASES)
def test_an_older_page_that_changes_something_else_puts_nothing_old_back(held, people, sign_in, case):
    thing, field, other = CASES[case]
    address, row = thing(held, people)
    client = sign_in(people.admin)
    values = {"presenter": "Lead, Kent", "published": "on", "due_on-day": "30", "starts_at": "09:00"}
    older = opened(client, address) | {other: values[other]}
    type(row).objects.filter(pk=row.pk).update(**{field: "Theirs, newer"})
    assert client.post(address, older).status_code == 409
    row.refresh_from_db()
    assert getattr(row, field) == "Theirs, newer"


@pytest.mark.parametrize("case", CASES)
def test_a_form_without_its_mark_changes_nothing(held, people, sign_in, case):
    thing, field, _ = CASES[case]
    address, row = thing(held, people)
    client = sign_in(people.admin)
    sent = opened(client, address) | {field: "Mine"}
    del sent["loaded"]
    assert client.post(address, sent).status_code == 409
    row.refresh_from_db()
    assert getattr(row, field) == "As it was"


def test_an_older_page_does_not_open_an_item_that_was_kept_to_the_chairs_meanwhile(held, people, sign_in):
    address, item = item_of(held, people)
    client = sign_in(people.admin)
    older = opened(client, address)
    acts.change_item(item, by=people.admin, audience=Audience.CHAIRS)
    met = client.post(address, older | {"presenter": "Lead, Kent"})
    assert met.status_code == 409
    assert "Co-chairs and coordinator" in met.content.decode()
    assert AgendaItem.objects.get(pk=item.pk).audience == Audience.CHAIRS


def test_a_decision_that_was_removed_meanwhile_does_not_come_back(held, people, sign_in):
    address, decision = decision_of(held, people)
    client = sign_in(people.admin)
    older = opened(client, address)
    decision.delete()
    assert client.post(address, older | {"text": "Mine"}).status_code == 404
    assert not Decision.objects.exists()


def test_attendance_that_a_colleague_recorded_meanwhile_stays(held, people, orgs, sign_in):
    client = sign_in(people.admin)
    kent, medway = orgs["kent"], orgs["medway"]
    older = opened(client, f"{ON}attendance/")
    acts.record_attendance(held, {kent: ("substitute", "Service manager")}, by=people.admin)
    mine = older | {f"capacity-{medway.pk}": "lead"}
    met = client.post(f"{ON}attendance/", mine)
    assert met.status_code == 409
    page = met.content.decode()
    assert "Who represented Kent" in page.split("How it stands now")[1]
    assert "Service manager" in page
    assert [row.organisation for row in Attendance.objects.all()] == [kent]
    again = filled(met) | {f"capacity-{kent.pk}": "lead"}
    assert again[f"capacity-{medway.pk}"] == "lead"
    assert client.post(f"{ON}attendance/", again).status_code == 302
    assert {row.organisation for row in Attendance.objects.all()} == {kent, medway}


def test_somebody_who_was_unnamed_meanwhile_is_not_named_again_by_an_older_page(held, people, sign_in):
    item = make.item(held, "Legal advice")
    acts.name_people(item, [people.cochair_one, people.lead], by=people.cochair_two)
    client = sign_in(people.cochair_one)
    address = f"{ON}agenda/{item.pk}/names/"
    loaded = opened(client, address)["loaded"]
    acts.name_people(item, [people.cochair_one], by=people.cochair_two)
    mine = {"loaded": loaded, "people": [people.cochair_one.pk, people.lead.pk, people.director.pk]}
    assert client.post(address, mine).status_code == 409
    assert [one.person for one in Naming.objects.all()] == [people.cochair_one]


def test_the_day_of_the_meetings_that_the_other_co_chair_set_meanwhile_stays(people, sign_in):
    client = sign_in(people.cochair_one)
    older = opened(client, "/meetings/cycle/")
    CycleRule.objects.update(week=4)
    assert client.post("/meetings/cycle/", older | {"place": "Online"}).status_code == 409
    assert CycleRule.objects.get().week == 4


def test_a_page_sent_as_it_stands_changes_nothing_and_asks_nothing(held, people, sign_in):
    address, _ = item_of(held, people)
    client = sign_in(people.admin)
    version = held.agenda.version
    assert client.post(address, opened(client, address)).status_code == 302
    held.agenda.refresh_from_db()
    assert held.agenda.version == version
    assert NoteAction.objects.count() == 0
    assert held.on == date(2026, 11, 12)
