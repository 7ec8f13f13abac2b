"""What the meetings tell a report: how many were held, and which authorities were represented.

Attendance is told of authorities, never of people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from network import dates
from network.dates import Period
from network.figures import Chapter, Figure, Row, Source, Table
from network.meetings.models import Attendance, Meeting
from network.people.models import Organisation

NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class _Record:
    """A period's meetings, the authorities that were members on each day, and those represented."""

    period: Period
    held: list[Meeting]
    members: dict[int, list[Organisation]]  # by meeting
    came: dict[int, set[int]]  # by meeting: authorities represented

    @property
    def recorded(self) -> list[Meeting]:
        """Those whose attendance somebody wrote down: none written down is not nobody there."""
        return [meeting for meeting in self.held if self.came[meeting.pk]]

    @property
    def url(self) -> str:
        return f"{reverse('meeting_list')}?period={self.period.slug}"


def chapters(period: Period) -> Iterator[Chapter]:
    record = _record(period)
    by_meeting, by_authority = _by_meeting(record), _by_authority(record)
    yield Chapter(
        key="meetings",
        title="Meetings",
        order=10,
        figures=(_held(record), _represented(record)),
        tables=(by_meeting, by_authority) if record.held else (),
        words=_words(record),
    )


def _record(period: Period) -> _Record:
    last = min(period.last, dates.today())
    held = list(Meeting.objects.filter(on__range=(period.first, last)).order_by("on"))
    authorities = list(Organisation.objects.authorities().order_by("name"))
    came: dict[int, set[int]] = {meeting.pk: set() for meeting in held}
    for meeting, organisation in Attendance.objects.filter(meeting__in=held).values_list(
        "meeting_id", "organisation_id"
    ):
        came[meeting].add(organisation)
    members = {meeting.pk: [body for body in authorities if _in_force(body, meeting)] for meeting in held}
    return _Record(period, held, members, came)


def _in_force(body: Organisation, meeting: Meeting) -> bool:
    begun = body.starts_on is None or body.starts_on <= meeting.on
    return begun and (body.ends_on is None or body.ends_on >= meeting.on)


def _held(record: _Record) -> Figure:
    return Figure(
        key="meetings.held",
        label="Meetings held",
        value=len(record.held),
        source=Source(says=f"Meetings {record.period.during}", url=record.url, rows=len(record.held)),
    )


def _represented(record: _Record) -> Figure:
    everyone = set().union(*record.came.values())
    return Figure(
        key="meetings.represented",
        label="Authorities represented at least once",
        value=len(everyone),
        source=_attendance_source(record),
    )


def _attendance_source(record: _Record) -> Source:
    rows = sum(len(authorities) for authorities in record.came.values())
    says = f"Attendance recorded for {_meetings(len(record.recorded))} {record.period.during}"
    return Source(says=says, url=record.url, rows=rows)


def _meetings(number: int) -> str:
    return "1 meeting" if number == 1 else f"{number} meetings"


def _by_meeting(record: _Record) -> Table:
    rows = tuple(
        Row(
            label=dates.long_date(meeting.on),
            cells=(len(record.came[meeting.pk]) or NOT_RECORDED, len(record.members[meeting.pk])),
            url=meeting.get_absolute_url(),
        )
        for meeting in record.held
    )
    return Table(
        key="meetings.by_meeting",
        caption="Authorities represented at each meeting",
        label_heading="Meeting",
        columns=("Represented", "Member authorities"),
        rows=rows,
        source=_attendance_source(record),
        reading=_reading(record),
        chart=len(rows) > 1,
    )


def _reading(record: _Record) -> str:
    numbers = [len(record.came[meeting.pk]) for meeting in record.recorded]
    if not numbers:
        return "Attendance was not recorded." if record.held else ""
    return f"{_range(numbers)}{_missing(record)}"


def _missing(record: _Record) -> str:
    missing = len(record.held) - len(record.recorded)
    return f" Attendance of {_meetings(missing)} was not recorded." if missing else ""


def _range(numbers: list[int]) -> str:
    if min(numbers) == max(numbers):
        which = "the meeting" if len(numbers) == 1 else "each meeting"
        return f"{numbers[0]} authorities were represented at {which}."
    return f"Between {min(numbers)} and {max(numbers)} authorities were represented at a meeting."


def _by_authority(record: _Record) -> Table:
    times: Counter[int] = Counter(body for bodies in record.came.values() for body in bodies)
    chances: Counter[int] = Counter(
        body.pk for meeting in record.recorded for body in record.members[meeting.pk]
    )
    names = {body.pk: body.name for bodies in record.members.values() for body in bodies}
    rows = tuple(
        Row(label=names[pk], cells=(times[pk], chances[pk])) for pk in sorted(names, key=lambda pk: names[pk])
    )
    return Table(
        key="meetings.by_authority",
        caption="How often each authority was represented",
        label_heading="Authority",
        columns=("Times represented", "Meetings while a member"),
        rows=rows,
        source=_attendance_source(record),
    )


def _words(record: _Record) -> str:
    if not record.held:
        return f"The network did not meet {record.period.during}."
    days = [dates.long_date(meeting.on) for meeting in record.held]
    when = days[0] if len(days) == 1 else f"{', '.join(days[:-1])} and {days[-1]}"
    return f"The network met {'once' if len(days) == 1 else f'{len(days)} times'}: {when}. {_reading(record)}"
