"""What the meetings answer to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, Model, Q, Value
from django.urls import reverse

from network import agreements, dates
from network.agreements import Agreeable
from network.meetings.calendar import make_next_meeting
from network.meetings.models import Agenda, AgendaItem, Attendance, Meeting, NoteAction, Notes
from network.people.doing import doers_in
from network.people.models import User
from network.registry import Changes, Doer, NavItem, OwnRecords, Task
from network.roles import Permission

OFFER_BEFORE = timedelta(days=10)
"""From here on an agenda that has not been offered is a task."""

DRAFT, OFFERED, AGREED = Agreeable.Status.DRAFT, Agreeable.Status.OFFERED, Agreeable.Status.AGREED
ACTS = (Permission.AGENDA_AGREE, Permission.NOTES_AGREE, Permission.MEETING_MANAGE)

Thing = Agenda | Notes
ASKED: dict[type[Thing], Permission] = {Agenda: Permission.AGENDA_AGREE, Notes: Permission.NOTES_AGREE}


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK):
        yield NavItem(label="Meetings", url=reverse("meeting_list"), order=20)


def due_work() -> Iterable[Callable[[], str]]:
    return [make_next_meeting]


def doers_of(row: Model, user: User) -> Iterator[Doer]:
    """Who is to do an action of the item's notes; once these are agreed it stands in the plan."""
    if row._meta.label_lower == AgendaItem._meta.label_lower:
        rows = NoteAction.objects.visible_to(user).filter(item=row.pk)
        rows = rows.exclude(item__meeting__notes__status=AGREED).select_related("owner", "owner_organisation")
        yield from doers_in(rows.order_by("pk"), Permission.ACTION_UPDATE)


def changes_for(user: User, since: datetime) -> Iterator[Changes]:
    """Agendas and notes that were agreed since then."""
    if not user.may(Permission.READ_NETWORK):
        return
    for model, says in ((Agenda, _agenda_agreed), (Notes, _notes_agreed)):
        agreed = model.objects.visible_to(user).filter(status=AGREED, agreed_at__gt=since)
        yield Changes(rows=agreed, at="agreed_at", words=("meeting__on",), say=says)


def _agenda_agreed(on: str) -> tuple[str, str]:
    day = date.fromisoformat(on)
    return f"Agenda for {dates.long_date(day)}: agreed", reverse("agenda_detail", args=[day])


def _notes_agreed(on: str) -> tuple[str, str]:
    day = date.fromisoformat(on)
    return f"Notes of {dates.long_date(day)}: agreed", reverse("notes_detail", args=[day])


def tasks_for(user: User) -> Iterator[Task]:
    """What awaits the person's agreement, and what the coordinator has to write, offer or change."""
    if not any(user.may(permission) for permission in ACTS):
        return
    for thing, said_yes, said_before, changes_asked in _unfinished(user):
        if not said_yes and _awaits(thing, user):
            again = " again: there was a change after you agreed" if said_before else ""
            yield _task(thing, f"{thing} {thing.awaits} your agreement{again}")
        if user.may(Permission.MEETING_MANAGE) and thing.status == DRAFT:
            yield from _to_do(thing, changes_asked=changes_asked)


def _unfinished(user: User) -> Iterator[tuple[Thing, bool, bool, bool]]:
    """Agendas of meetings to come and notes of meetings held that are not agreed, by day; of each, whether
    this person has said yes to it as it stands, or to an earlier version, and whether a change was asked for.
    """
    today = dates.today()
    agendas = Agenda.objects.visible_to(user).exclude(status=AGREED).filter(meeting__on__gte=today)
    notes = Notes.objects.visible_to(user).exclude(status=AGREED).filter(meeting__on__lte=today)
    meetings = (
        Meeting.objects.visible_to(user)
        .filter(Q(agenda__in=agendas) | Q(notes__in=notes))
        .select_related("agenda", "notes")
        .annotate(
            agenda_yes=_yes_of(user, Agenda, "agenda__"),
            agenda_before=_yes_of(user, Agenda, "agenda__", agreements.yes_before),
            agenda_change=agreements.change_asked(Agenda, "agenda__"),
            notes_yes=_yes_of(user, Notes, "notes__"),
            notes_before=_yes_of(user, Notes, "notes__", agreements.yes_before),
            notes_change=agreements.change_asked(Notes, "notes__"),
        )
        .order_by("on")
    )
    for meeting in meetings:
        agenda, notes_ = getattr(meeting, "agenda", None), getattr(meeting, "notes", None)
        if agenda and meeting.on >= today and agenda.status != AGREED:
            yield agenda, meeting.agenda_yes, meeting.agenda_before, meeting.agenda_change
        if notes_ and meeting.on <= today and notes_.status != AGREED:
            yield notes_, meeting.notes_yes, meeting.notes_before, meeting.notes_change


def _yes_of(
    user: User, model: type[Thing], prefix: str, of: Callable[..., Exists] = agreements.yes_of
) -> Exists | Value:
    """Only of those whose yes can be asked for: looking it up costs something on everybody's home."""
    return of(user, model, prefix) if user.may(ASKED[model]) else Value(False)


def _awaits(thing: Thing, user: User) -> bool:
    """Whether this person's yes is one of those asked for."""
    if thing.status != OFFERED or not user.may(ASKED[type(thing)]):
        return False
    return not isinstance(thing, Notes) or thing.asks(user)


def _to_do(thing: Thing, *, changes_asked: bool) -> Iterator[Task]:
    day = dates.long_date(thing.meeting.on)
    if changes_asked:
        yield _task(thing, f"A change was asked for: {thing}")
    elif isinstance(thing, Notes):
        yield _task(thing, f"Write the notes of {day}")
    elif thing.meeting.on <= dates.today() + OFFER_BEFORE:
        yield _task(thing, f"Offer the agenda for {day}")


def _task(thing: Thing, title: str) -> Task:
    """An agenda is wanted by its meeting; for notes no day is set."""
    due = None if isinstance(thing, Notes) else thing.meeting.on
    return Task(title=title, url=thing.get_absolute_url(), due=due)


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
