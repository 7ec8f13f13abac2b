"""What the meetings answer to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from network import dates
from network.agreements import Agreeable, Agreement
from network.meetings.calendar import make_next_meeting
from network.meetings.models import Agenda, Notes
from network.people.models import User
from network.registry import Change, NavItem, Task
from network.roles import Permission

OFFER_BEFORE = timedelta(days=10)
"""From here on an agenda that has not been offered is a task."""

DRAFT, OFFERED, AGREED = Agreeable.Status.DRAFT, Agreeable.Status.OFFERED, Agreeable.Status.AGREED


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK):
        yield NavItem(label="Meetings", url=reverse("meeting_list"), order=20)


def due_work() -> Iterable[Callable[[], str]]:
    return [make_next_meeting]


def changes_for(user: User, since: datetime) -> Iterator[Change]:
    """Agendas and notes that were agreed since then."""
    if not user.may(Permission.READ_NETWORK):
        return
    for model in (Agenda, Notes):
        agreed = model.objects.visible_to(user).filter(status=AGREED, agreed_at__gt=since)
        for thing in agreed.select_related("meeting").order_by("-agreed_at")[:10]:
            assert thing.agreed_at is not None
            yield Change(at=thing.agreed_at, title=f"{thing}: agreed", url=thing.get_absolute_url())


def tasks_for(user: User) -> Iterator[Task]:
    if user.may(Permission.AGENDA_AGREE):
        yield from _to_agree(Agenda.objects.visible_to(user), user)
    if user.may(Permission.NOTES_AGREE):
        yield from _to_agree(_notes_of(user), user)
    if user.may(Permission.MEETING_MANAGE):
        yield from _changes_asked_for(user)
        yield from _to_offer(user)
        yield from _to_write(user)


def _notes_of(user: User) -> QuerySet[Notes]:
    notes = Notes.objects.visible_to(user)
    return notes if settings.NOTES_NEED_BOTH_CO_CHAIRS else notes.filter(meeting__chair=user)


def _answers(model: type[Agenda] | type[Notes], answer: Agreement.Answer) -> QuerySet[Agreement]:
    """What was said of the version as it stands, for use in a query over the model."""
    return Agreement.objects.filter(
        label=model._meta.label_lower, object_id=OuterRef("pk"), version=OuterRef("version"), answer=answer
    )


def _to_agree(things: QuerySet[Agenda] | QuerySet[Notes], user: User) -> Iterator[Task]:
    mine = _answers(things.model, Agreement.Answer.YES).filter(person=user)
    waiting = things.filter(~Exists(mine), status=OFFERED).select_related("meeting")
    for thing in waiting.order_by("meeting__on"):
        verb = "await" if isinstance(thing, Notes) else "awaits"
        yield Task(
            title=f"{thing} {verb} your agreement",
            url=thing.get_absolute_url(),
            due=thing.meeting.on,
            urgent=True,
        )


def _changes_asked_for(user: User) -> Iterator[Task]:
    for model in (Agenda, Notes):
        asked = _answers(model, Agreement.Answer.CHANGE)
        drafts = model.objects.visible_to(user).filter(Exists(asked), status=DRAFT).select_related("meeting")
        for thing in drafts.order_by("meeting__on"):
            yield Task(
                title=f"A change was asked for: {thing}",
                url=thing.get_absolute_url(),
                due=thing.meeting.on if isinstance(thing, Agenda) else None,
                urgent=True,
            )


def _to_offer(user: User) -> Iterator[Task]:
    today = dates.today()
    soon = Agenda.objects.visible_to(user).filter(
        ~Exists(_answers(Agenda, Agreement.Answer.CHANGE)),
        status=DRAFT,
        meeting__on__range=(today, today + OFFER_BEFORE),
    )
    for agenda in soon.select_related("meeting").order_by("meeting__on"):
        yield Task(
            title=f"Offer the agenda for {dates.long_date(agenda.meeting.on)}",
            url=agenda.get_absolute_url(),
            due=agenda.meeting.on,
        )


def _to_write(user: User) -> Iterator[Task]:
    held = Notes.objects.visible_to(user).filter(
        ~Exists(_answers(Notes, Agreement.Answer.CHANGE)), status=DRAFT, meeting__on__lte=dates.today()
    )
    for notes in held.select_related("meeting").order_by("meeting__on"):
        yield Task(
            title=f"Write the notes of {dates.long_date(notes.meeting.on)}",
            url=notes.get_absolute_url(),
            due=notes.meeting.on,
        )
