"""What this app answers to the registry's questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse

from actions.models import OPEN, Action, Update
from actions.plan import take_over
from network import dates
from network.audience import narrowest
from network.meetings.models import AgendaItem
from network.people.doing import doers_in
from network.registry import AgendaLine, Changes, Doer, FollowUp, NavItem, Task
from network.roles import Permission

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from network.meetings.models import Meeting
    from network.people.models import Organisation, User

SOON = timedelta(days=14)
TASKS_AT_MOST = 20


def tasks_for(user: User) -> Iterator[Task]:
    """The person's own actions and those that their authority leads, once they are due or nearly so.

    The coordinator also finds what meetings brought and what stands under no theme yet.
    """
    if not user.may(Permission.READ_NETWORK):
        return
    at = user.standing.organisations(Permission.ACTION_UPDATE)
    mine = Q(owner=user) | Q(owner__isnull=True, owner_organisation__in=at)
    due = mine & Q(due_on__lte=dates.today() + SOON) & ~Q(Exists(_reported()))
    manages = user.may(Permission.ACTION_MANAGE)
    wanted = due | Q(theme__isnull=True) if manages else due
    rows = Action.objects.visible_to(user).filter(wanted, status__in=OPEN).select_related("origin_item")
    for action in rows.order_by("due_on", "pk")[:TASKS_AT_MOST]:
        # Without a theme it is here for that alone, or for that first: progress is asked for once it has one.
        yield _to_theme(action) if manages and action.theme_id is None else _progress(action)


def _reported() -> QuerySet[Update]:
    """What was said of an action lately, in words or as a percentage: whoever did is not asked again, until
    it is overdue or two weeks have passed."""
    due = OuterRef("due_on")
    said = Update.objects.filter(~Q(text="") | Q(percent__isnull=False), action=OuterRef("pk"))
    in_time = Q(GreaterThanOrEqual(due, dates.today())) | Q(at__date__gt=due)
    return said.filter(in_time, at__gt=dates.now() - SOON)


def _progress(action: Action) -> Task:
    return Task(
        title=f"Say how far this action is: {_short(action.text)}",
        url=action.get_absolute_url(),
        due=action.due_on,
    )


def _to_theme(action: Action) -> Task:
    edit = reverse("action_edit", args=[action.pk])
    return Task(title=f"Put under a theme: {_short(action.text)}", url=edit)


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK) or _shared_with(user):
        yield NavItem(label="Action plan", url=reverse("action_list"), order=50)


def _shared_with(user: User) -> bool:
    """Whether a partner finds anything in the plan."""
    return user.may(Permission.READ_PARTNERS) and Action.objects.visible_to(user).exists()


def opens_with(row: Model, before: str, after: str, user: User) -> Iterator[str]:
    """The actions that more people read as soon as their agenda item has these readers."""
    if row._meta.label_lower != "network.agendaitem":
        return
    rows = Action.objects.visible_to(user).filter(origin_item=row.pk).select_related("origin_item")
    for action in rows.order_by("pk"):
        if narrowest(action.audience, before) != narrowest(action.audience, after):
            yield str(action)


def doers_of(row: Model, user: User) -> Iterator[Doer]:
    """Who leads the open action, or an open one that follows the agenda item."""
    own = row._meta.label_lower == Action._meta.label_lower
    if not own and row._meta.label_lower != "network.agendaitem":
        return
    rows = Action.objects.visible_to(user).filter(**{"pk" if own else "origin_item": row.pk}, status__in=OPEN)
    rows = rows.select_related("owner", "owner_organisation", "origin_item").order_by("pk")
    yield from doers_in(rows, Permission.ACTION_UPDATE, "this action" if own else "")


def changes_for(user: User, since: datetime) -> Iterator[Changes]:
    if not user.may(Permission.READ_NETWORK):
        return
    updates = Update.objects.visible_to(user).filter(at__gt=since)
    words = ("moved", "action__text", "action__pk")
    legal = ((Action, "action"), (AgendaItem, "action__origin_item"))
    yield Changes(rows=updates, at="at", words=words, say=_moved, legal=legal)


def _moved(moved: str, text: str, pk: str) -> tuple[str, str]:
    return f"{moved or 'Progress'}: {_short(text)}", reverse("action_detail", args=[pk])


def follow_ups(items: Sequence[AgendaItem], user: User) -> Iterator[FollowUp]:
    rows = Action.objects.visible_to(user).filter(origin_item__in=items).select_related("origin_item")
    for action in rows.order_by("pk"):
        assert action.origin_item_id is not None
        yield FollowUp(
            item_id=action.origin_item_id,
            title=action.text,
            url=action.get_absolute_url(),
            state=str(action.get_status_display()),
        )


def agenda_lines(meeting: Meeting) -> Iterator[AgendaLine]:
    """The overdue actions that every member may read: an agenda is read by all of them."""
    overdue = Action.objects.counted().overdue().count()
    if overdue:
        title = "1 action is overdue" if overdue == 1 else f"{overdue} actions are overdue"
        yield AgendaLine(title=title, url=reverse("action_list") + "?state=overdue")


def organisation_panels(organisation: Organisation, user: User) -> Iterator[AgendaLine]:
    if not user.may(Permission.READ_NETWORK):
        return
    led = Action.objects.visible_to(user).filter(owner_organisation=organisation)
    led_count = led.count()
    if led_count:
        is_open = led.filter(status__in=OPEN).count()
        yield AgendaLine(
            title=f"Leads {led_count} {'action' if led_count == 1 else 'actions'}",
            url=f"{reverse('action_list')}?lead={organisation.slug}",
            detail=f"{is_open} still to do",
        )


def notes_agreed(meeting: Meeting, by: User) -> list[str]:
    return take_over(meeting, by)


def _short(text: str, longest: int = 90) -> str:
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"
