"""The demonstration's meetings: eighteen months of them, with a real wall."""

from __future__ import annotations

from datetime import date

import pytest

from network import dates
from network.audience import Audience
from network.demo import World
from network.library import demo as library
from network.library.models import LibraryItem
from network.meetings import demo
from network.meetings.models import AgendaItem, Decision, Meeting, NoteAction
from network.people import demo as people_demo

AS_OF = date(2026, 11, 22)


@pytest.fixture
def world(reference):
    world = World(seed=7, as_of=AS_OF)
    for part in (people_demo, demo, library):
        for lay_down in part.demonstration(world):
            lay_down()
    return world


def test_every_cycle_since_the_beginning_has_its_meeting_on_the_day_of_the_rule(world):
    days = list(Meeting.objects.order_by("on").values_list("on", flat=True))
    assert (days[0], days[-1], len(days)) == (date(2025, 5, 8), date(2027, 1, 14), 11)
    assert all(day.weekday() == 3 and 8 <= day.day <= 14 for day in days)
    assert world.says["next_meeting"] == "2027-01-14"


def test_past_meetings_are_agreed_and_attended_and_the_next_is_a_draft(world):
    *past, coming = Meeting.objects.order_by("on")
    for meeting in past:
        assert (meeting.agenda.status, meeting.notes.status) == ("agreed", "agreed")
        assert 12 <= meeting.attendance.count() <= 18
        agenda, notes = meeting.agenda.agreed_at, meeting.notes.agreed_at
        assert agenda
        assert notes
        assert agenda < notes < dates.now()
        assert Decision.objects.filter(item__meeting=meeting).exists()
        assert NoteAction.objects.filter(item__meeting=meeting).exists()
    assert coming.agenda.status == "draft"
    assert {meeting.chair.name for meeting in past} == {"Co-chair one", "Co-chair two"}


def test_the_wall_is_real(world):
    lead, other, chair = (world.person(who) for who in ("lead.kent", "lead.medway", "cochair.one"))
    restricted = AgendaItem.objects.filter(audience__in=(Audience.CHAIRS, Audience.LEGAL))

    def reads(user):
        return {item.audience for item in restricted.visible_to(user)}

    assert reads(lead) == {"legal"}
    assert reads(other) == set()
    assert reads(chair) == {"chairs"}


def test_the_library_holds_a_dozen_things_some_for_everybody_with_files_that_open(world):
    assert LibraryItem.objects.count() == 12
    assert {row.audience for row in LibraryItem.objects.all()} == {
        "published",
        "partners",
        "network",
        "chairs",
    }
    for row in LibraryItem.objects.filter(file__isnull=False):
        assert row.file.blob.size == row.file.size
    assert LibraryItem.objects.filter(file__content_type="application/pdf").exists()
