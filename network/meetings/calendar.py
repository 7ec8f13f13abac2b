"""The next meeting stands there by itself, with its standing items."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from network import audit, dates
from network.dates import Period
from network.meetings.models import Agenda, AgendaItem, CycleRule, Meeting, Notes, StandingItem


def make_next_meeting() -> str:
    """Makes the meeting of the present or next cycle, unless it is there; safe from several beats.

    Asked of the calendar and the rows, so days without a beat change nothing. A cycle whose meeting was moved
    to another day has its meeting.
    """
    rule = CycleRule.objects.first()
    if rule is None:
        return ""
    cycle = rule.next_cycle(dates.today())
    if Meeting.objects.filter(cycle=cycle.key, kind=Meeting.Kind.REGULAR).exists():
        return ""
    try:
        meeting = hold(cycle, rule)
    except IntegrityError:  # another beat was first, or something else is on that day
        return ""
    return f"{meeting} is on the calendar"


def hold(cycle: Period, rule: CycleRule, on: date | None = None) -> Meeting:
    """A cycle's meeting, with its standing items and empty notes. Raises IntegrityError if it is there."""
    with transaction.atomic():
        meeting = Meeting.objects.create(
            on=on or rule.day(cycle),
            cycle=cycle.key,
            starts_at=rule.starts_at,
            ends_at=rule.ends_at,
            place=rule.place,
        )
        Agenda.objects.create(meeting=meeting)
        Notes.objects.create(meeting=meeting)
        AgendaItem.objects.bulk_create(
            AgendaItem(
                meeting=meeting,
                position=position,
                title=standing.title,
                body=standing.note,
                minutes=standing.minutes,
                audience=standing.audience,
                standing=True,
            )
            for position, standing in enumerate(StandingItem.objects.all(), start=1)
        )
        audit.record(by=None, verb="made", on=meeting)
    return meeting
