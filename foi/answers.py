"""What this app answers to the registry's questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse

from foi import tasks
from foi.deadlines import Deadline
from foi.models import FoiRound, Request, RequestEvent
from foi.models.outcomes import Code
from foi.models.requests import REPLIED, Status
from foi.views.common import with_events
from network import dates
from network.people.models import BankHoliday
from network.registry import AgendaLine, Change, NavItem, Task
from network.roles import Permission

if TYPE_CHECKING:
    from network.meetings.models import Meeting
    from network.people.models import Organisation, User

CHANGES_AT_MOST = 10
PANELS_AT_MOST = 5


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_PARTNERS):
        yield NavItem(label="FOI", url=reverse("foi_round_list"), order=50)


def tasks_for(user: User) -> Iterator[Task]:
    """The coordinator: late and nearly late replies, replies to record, drafts to send, lapsed requests."""
    if not user.may(Permission.FOI_MANAGE):
        return
    asked = Request.objects.visible_to(user).select_related("round", "body", "sent_to")
    running = with_events(asked.filter(status__in=tasks.AWAITING | {Status.REVIEW_REQUESTED}), user)
    holidays = BankHoliday.known()
    for deadline in (Deadline.of(request, holidays) for request in running):
        if deadline.soon:
            yield Task(
                title=_late(deadline), url=deadline.request.get_absolute_url(), due=deadline.due, urgent=deadline.overdue
            )
    unrecorded = Count("outcomes", filter=Q(outcomes__outcome=Code.NOT_DUE))
    for request in asked.filter(status__in=REPLIED).annotate(unrecorded=unrecorded).filter(unrecorded__gt=0):
        yield Task(
            title=f"Record the reply of {request.sent_to.full_name}: {request.unrecorded} answers to go",
            url=request.url("foi_reply_detail"),
        )
    for request in asked.filter(status=Status.LAPSED):
        yield Task(
            title=f"{request.sent_to.full_name} was dissolved: send its request to the successor",
            url=request.get_absolute_url(),
        )
    drafts = Count("requests", filter=Q(requests__status=Status.DRAFT))
    for round in FoiRound.objects.visible_to(user).annotate(drafts=drafts).filter(drafts__gt=0):
        many = "" if round.drafts == 1 else "s"
        yield Task(title=f"Send {round.drafts} request{many} of “{round.title}”", url=round.get_absolute_url())


def _late(deadline: Deadline) -> str:
    what = "internal review" if deadline.review else "reply"
    verb = "was" if deadline.overdue else "is"
    due = dates.long_date(deadline.due) if deadline.due else ""
    return f"{deadline.request.sent_to.full_name}’s {what} {verb} due {due}: {deadline.words}"


def changes_for(user: User, since: datetime) -> list[Change]:
    """Members: what was recorded of requests. Partners: whose figures were shared."""
    if user.may(Permission.READ_NETWORK):
        events = (
            RequestEvent.objects.visible_to(user)
            .filter(recorded_at__gt=since)
            .select_related("request__round", "request__body")
            .order_by("-recorded_at", "-pk")[:CHANGES_AT_MOST]
        )
        return [
            Change(
                at=event.recorded_at,
                title=f"{event.request.body.full_name}: {event.get_kind_display().lower()}",
                url=event.request.get_absolute_url(),
            )
            for event in events
        ]
    shared = (
        Request.objects.visible_to(user)
        .filter(shared_on__gt=dates.local(since).date())
        .select_related("round", "body")
        .order_by("-shared_on", "-pk")[:CHANGES_AT_MOST]
    )
    return [
        Change(
            at=dates.parse_now((request.shared_on or dates.today()).isoformat()),
            title=f"Figures of {request.body.full_name} were shared with partners",
            url=request.get_absolute_url(),
        )
        for request in shared
    ]


def agenda_lines(meeting: Meeting) -> Iterator[AgendaLine]:
    """Replies that are overdue, for whoever prepares the agenda."""
    late = [deadline for deadline in tasks.running() if deadline.overdue]
    if late:
        many = "1 FOI reply is" if len(late) == 1 else f"{len(late)} FOI replies are"
        yield AgendaLine(
            title=f"{many} overdue",
            url=late[0].request.round.get_absolute_url(),
            detail="; ".join(f"{each.request.sent_to.full_name}, {each.words}" for each in late),
        )


def organisation_panels(body: Organisation, user: User) -> Iterator[AgendaLine]:
    """The requests that concern the body, newest first."""
    asked = (
        Request.objects.visible_to(user)
        .filter(Q(body=body) | Q(sent_to=body) | Q(made_for=body))
        .select_related("round", "body")
        .order_by("-round__created_at", "body__name")[:PANELS_AT_MOST]
    )
    for request in asked:
        yield AgendaLine(
            title=f"FOI request to {request.body.full_name}",
            url=request.get_absolute_url(),
            detail=request.round.title,
        )
