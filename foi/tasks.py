"""What the calendar makes due: bodies that ceased to exist, replies that are late. Safe to do twice."""

from __future__ import annotations

from collections.abc import Callable

from foi.casework import lapse_dissolved
from foi.deadlines import Deadline, with_undated
from foi.models import Request
from foi.models.requests import AWAITING, Status
from network import dates, mail
from network.mail_kinds import Kind
from network.people.models import BankHoliday, User, people_with
from network.roles import Permission


def due_work() -> list[Callable[[], str]]:
    return [lapse_dissolved, tell_overdue]


def running() -> list[Deadline]:
    """Every request whose clock runs, for the portal's own work: not scoped to a reader."""
    holidays = BankHoliday.known()
    asked = (
        with_undated(Request.objects.filter(status__in=AWAITING | {Status.REVIEW_REQUESTED}))
        .select_related("round", "body", "sent_to")
        .prefetch_related("events")
        .order_by("received_on", "pk")
    )
    return [Deadline.of(request, holidays) for request in asked]


def tell_overdue() -> str:
    """One mail to the coordinator for each request when it becomes overdue; again only for a new due date.

    None of a request whose answers are recorded without their day: it is not known to be overdue.
    """
    late = [deadline for deadline in running() if deadline.overdue]
    people = people_with(Permission.FOI_MANAGE) if late else []
    told = sum(_tell(deadline, person) for deadline in late for person in people)
    return f"{told} {'mail' if told == 1 else 'mails'} about overdue FOI replies" if told else ""


def _tell(deadline: Deadline, person: User) -> bool:
    request, due = deadline.request, deadline.due
    if due is None:
        return False
    key = f"foi-overdue:{request.pk}:{due.isoformat()}:{person.pk}"
    if mail.OutboxMail.objects.filter(key=key).exists():
        return False
    what = "internal review" if deadline.review else "reply"
    queued = mail.queue(
        key=key,
        to=person,
        subject=f"{request.sent_to.full_name}’s {what} was due {dates.long_date(due)}",
        template="notice",
        context={
            "paragraphs": [
                f"The {what} of {request.sent_to.full_name} to “{request.round.title}” was due on "
                f"{dates.long_date(due)} and is not recorded.",
                "If it has come, record it. If not, you may remind them, or complain to the Information "
                "Commissioner.",
            ],
            "link": request.get_absolute_url(),
            "link_label": "Open the request",
        },
        kind=Kind.FOI,
    )
    return queued is not None
