"""What this app answers to the registry's questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from foi import tasks
from foi.deadlines import Deadline
from foi.models import Outcome, Request, RequestEvent
from foi.models.outcomes import Code
from foi.models.requests import AWAITING, REPLIED, Status
from foi.views.common import with_events
from network import dates
from network.people.models import BankHoliday
from network.registry import AgendaLine, Change, Changes, NavItem, Task
from network.roles import Permission

if TYPE_CHECKING:
    from network.meetings.models import Meeting
    from network.people.models import Organisation, User

CHANGES_AT_MOST = 10
PANELS_AT_MOST = 5
RUNNING = AWAITING | {Status.REVIEW_REQUESTED}
NAMED = (
    ("round", "title"),
    ("round", "slug"),
    ("body", "full_name"),
    ("body", "slug"),
    ("sent_to", "full_name"),
)  # what a task says of a request and where it leads


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_PARTNERS):
        yield NavItem(label="FOI", url=reverse("foi_round_list"), order=50)


def tasks_for(user: User) -> list[Task]:
    """The coordinator: late and nearly late replies, replies to record, drafts to send, lapsed requests.

    Of a reply that is recorded, and its day is not, it asks for the day.
    """
    if not user.may(Permission.FOI_MANAGE):
        return []
    asked = (
        Request.objects.visible_to(user)
        .filter(_asks())
        .select_related("round", "body", "sent_to")
        .only("status", "audience", *(f"{path}__{name}" for path, name in NAMED))
    )
    by_status: dict[str, list[Request]] = {}
    for request in with_events(asked, user):
        by_status.setdefault(request.status, []).append(request)
    running = [request for status in RUNNING for request in by_status.get(status, [])]
    return [
        *_running(running),
        *(_to_date(request) for request in running if request.undated),
        *(_to_record(request) for status in REPLIED for request in by_status.get(status, [])),
        *(_to_send_again(request) for request in by_status.get(Status.LAPSED, [])),
        *_drafts(by_status.get(Status.DRAFT, [])),
    ]


@cache  # put together once: every home page of an admin asks
def _asks() -> Q:
    """Which requests can have a task."""
    unrecorded = Outcome.objects.filter(request=OuterRef("pk"), outcome=Code.NOT_DUE)
    open_ = Q(status__in=RUNNING | {Status.DRAFT, Status.LAPSED})
    return open_ | Q(Exists(unrecorded), status__in=REPLIED)


def _running(requests: list[Request]) -> Iterator[Task]:
    holidays = BankHoliday.known() if requests else {}
    for deadline in (Deadline.of(request, holidays) for request in requests):
        if deadline.soon:
            yield Task(
                title=_late(deadline),
                url=deadline.request.get_absolute_url(),
                due=deadline.due,
            )


def _to_date(request: Request) -> Task:
    return Task(
        title=f"{_of(request, 'reply')}: answers are recorded, say on which day they came",
        url=request.url("foi_request_move"),
    )


def _to_record(request: Request) -> Task:
    return Task(
        title=f"Record the reply of {request.sent_to.full_name} to “{request.round}”",
        url=request.url("foi_reply_detail"),
    )


def _to_send_again(request: Request) -> Task:
    return Task(
        title=f"{request.sent_to.full_name} was dissolved: send its request of “{request.round}” "
        "to the successor",
        url=request.get_absolute_url(),
    )


def _drafts(requests: list[Request]) -> Iterator[Task]:
    """One line for each round."""
    for round, number in Counter(request.round for request in requests).items():
        many = "" if number == 1 else "s"
        yield Task(title=f"Send {number} request{many} of “{round.title}”", url=round.get_absolute_url())


def _late(deadline: Deadline) -> str:
    what = "internal review" if deadline.review else "reply"
    verb = "was" if deadline.overdue else "is"
    due = dates.long_date(deadline.due) if deadline.due else ""
    return f"{_of(deadline.request, what)} {verb} due {due}: {deadline.words}"


def _of(request: Request, what: str) -> str:
    about = "" if request.sent_to_id == request.body_id else f" about {request.body.full_name}"
    return f"{request.sent_to.full_name}’s {what}{about} in “{request.round}”"


def changes_for(user: User, since: datetime) -> Sequence[Change | Changes]:
    """Members: what was recorded of requests. Partners: whose figures were shared."""
    if user.may(Permission.READ_NETWORK):
        events = RequestEvent.objects.visible_to(user).filter(recorded_at__gt=since)
        words = ("request__body__full_name", "kind", "request__round__slug", "request__body__slug")
        return [Changes(rows=events, at="recorded_at", words=words, say=_recorded)]
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


def _recorded(body: str, kind: str, *slugs: str) -> tuple[str, str]:
    said = dict(RequestEvent.KINDS)[kind]
    return f"{body}: {said.lower()}", reverse("foi_request_detail", args=slugs)


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
    """The requests that concern the body, newest first.

    For whom a request was made and who answered it is the network's own: partners read only whose
    figures there are.
    """
    concerns = Q(body=body)
    if user.may(Permission.READ_NETWORK):
        concerns |= Q(sent_to=body) | Q(made_for=body)
    asked = (
        Request.objects.visible_to(user)
        .filter(concerns)
        .select_related("round", "body")
        .order_by("-round__created_at", "body__name")[:PANELS_AT_MOST]
    )
    for request in asked:
        yield AgendaLine(
            title=f"FOI request to {request.body.full_name}",
            url=request.get_absolute_url(),
            detail=request.round.title,
        )
