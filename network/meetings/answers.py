"""What the meetings answer to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from network import dates
from network.agreements import Agreeable, Agreement
from network.meetings.calendar import make_next_meeting
from network.meetings.models import Agenda, Attendance, Meeting, NoteAction, Notes
from network.people.models import User
from network.registry import Change, NavItem, OwnRecords, Task
from network.roles import Permission

OFFER_BEFORE = timedelta(days=10)
"""From here on an agenda that has not been offered is a task."""

CHANGES_AT_MOST = 10
DRAFT, OFFERED, AGREED = Agreeable.Status.DRAFT, Agreeable.Status.OFFERED, Agreeable.Status.AGREED
YES, CHANGE = Agreement.Answer.YES, Agreement.Answer.CHANGE
ACTS = (Permission.AGENDA_AGREE, Permission.NOTES_AGREE, Permission.MEETING_MANAGE)

Thing = Agenda | Notes


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK):
        yield NavItem(label="Meetings", url=reverse("meeting_list"), order=20)


def due_work() -> Iterable[Callable[[], str]]:
    return [make_next_meeting]


def changes_for(user: User, since: datetime) -> Iterator[Change]:
    """Agendas and notes that were agreed since then."""
    if not user.may(Permission.READ_NETWORK):
        return

    def agreed(model: type[Agenda] | type[Notes]) -> Subquery:
        found = model.objects.visible_to(user).filter(status=AGREED, agreed_at__gt=since)
        return Subquery(found.filter(meeting=OuterRef("pk")).values("agreed_at")[:1])

    meetings = (
        Meeting.objects.visible_to(user)
        .annotate(agenda_agreed=agreed(Agenda), notes_agreed=agreed(Notes))
        .filter(Q(agenda_agreed__isnull=False) | Q(notes_agreed__isnull=False))
        .order_by("-on")[:CHANGES_AT_MOST]
    )
    for meeting in meetings:
        day = dates.long_date(meeting.on)
        if at := meeting.agenda_agreed:
            yield Change(at=at, title=f"Agenda for {day}: agreed", url=_page("agenda_detail", meeting))
        if at := meeting.notes_agreed:
            yield Change(at=at, title=f"Notes of {day}: agreed", url=_page("notes_detail", meeting))


def _page(name: str, meeting: Meeting) -> str:
    return reverse(name, args=[meeting.on])


def tasks_for(user: User) -> Iterator[Task]:
    """What awaits the person's agreement, and what the coordinator has to write, offer or change."""
    if not any(user.may(permission) for permission in ACTS):
        return
    things = _unfinished(user)
    said = _said_of(things) if things else {}
    for thing in things:
        answers = said.get((thing._meta.label_lower, thing.pk), [])
        if _awaits(thing, user, answers):
            yield _task(thing, f"{thing} {thing.awaits} your agreement", urgent=True)
        if user.may(Permission.MEETING_MANAGE) and thing.status == DRAFT:
            yield from _to_do(thing, changes_asked=any(answer.answer == CHANGE for answer in answers))


def _unfinished(user: User) -> list[Thing]:
    """Agendas of meetings to come and notes of meetings held that are not agreed, by day."""
    today = dates.today()
    agendas = Agenda.objects.visible_to(user).exclude(status=AGREED).filter(meeting__on__gte=today)
    notes = Notes.objects.visible_to(user).exclude(status=AGREED).filter(meeting__on__lte=today)
    meetings = (
        Meeting.objects.visible_to(user)
        .filter(Q(agenda__in=agendas) | Q(notes__in=notes))
        .select_related("agenda", "notes")
        .order_by("on")
    )
    things: list[Thing] = []
    for meeting in meetings:
        agenda, notes_ = getattr(meeting, "agenda", None), getattr(meeting, "notes", None)
        if agenda and meeting.on >= today and agenda.status != AGREED:
            things.append(agenda)
        if notes_ and meeting.on <= today and notes_.status != AGREED:
            things.append(notes_)
    return things


def _said_of(things: list[Thing]) -> dict[tuple[str, int], list[Agreement]]:
    """What was said of each thing's version as it stands."""
    standing = Q(pk__in=[])
    for thing in things:
        standing |= Q(label=thing._meta.label_lower, object_id=thing.pk, version=thing.version)
    said: dict[tuple[str, int], list[Agreement]] = {}
    for answer in Agreement.objects.filter(standing):
        said.setdefault((answer.label, answer.object_id), []).append(answer)
    return said


def _awaits(thing: Thing, user: User, answers: list[Agreement]) -> bool:
    """Whether this person's yes is one of those asked for and not yet given."""
    permission = Permission.NOTES_AGREE if isinstance(thing, Notes) else Permission.AGENDA_AGREE
    if thing.status != OFFERED or not user.may(permission):
        return False
    if any(answer.person_id == user.pk and answer.answer == YES for answer in answers):
        return False
    return not isinstance(thing, Notes) or thing.asks(user)


def _to_do(thing: Thing, *, changes_asked: bool) -> Iterator[Task]:
    day = dates.long_date(thing.meeting.on)
    if changes_asked:
        yield _task(thing, f"A change was asked for: {thing}", urgent=True)
    elif isinstance(thing, Notes):
        yield _task(thing, f"Write the notes of {day}")
    elif thing.meeting.on <= dates.today() + OFFER_BEFORE:
        yield _task(thing, f"Offer the agenda for {day}")


def _task(thing: Thing, title: str, *, urgent: bool = False) -> Task:
    return Task(title=title, url=thing.get_absolute_url(), due=thing.meeting.on, urgent=urgent)


def own_records(user: User) -> Iterator[OwnRecords]:
    """Meetings that they chair, and what notes that they read ask of them."""
    chaired = Meeting.objects.filter(chair=user).order_by("on")
    yield OwnRecords(
        title="Meetings that you chair",
        columns=("Day",),
        rows=tuple((dates.long_date(meeting.on),) for meeting in chaired),
    )
    came = Attendance.objects.filter(person=user).select_related("meeting", "organisation")
    yield OwnRecords(
        title="Meetings that you attended",
        columns=("Day", "For"),
        rows=tuple(
            (dates.long_date(one.meeting.on), one.organisation.full_name)
            for one in came.order_by("meeting__on")
        ),
    )
    asked = NoteAction.objects.visible_to(user).filter(owner=user).select_related("item__meeting")
    yield OwnRecords(
        title="Actions in notes that name you",
        columns=("Meeting", "Action", "Due"),
        rows=tuple(
            (dates.long_date(one.item.meeting.on), one.text, dates.long_date(one.due_on))
            for one in asked.order_by("due_on", "pk")
        ),
    )
