"""What stands open with a body when it ends: the requests that it has still to answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from foi import casework
from foi.models import Request
from foi.models.requests import OPEN, Status
from network.people.models import Organisation, User
from network.registry import Fate, Holding

LAPSE = Fate(name="lapse", says="Mark as lapsed, to be re-sent to the successor")
LEAVE_OPEN = Fate(name="leave open", says="Leave it open until it is answered")


def holdings_of(body: Organisation) -> Iterator[Holding]:
    """The requests that await something from the body, the oldest first.

    To which of several successors a lapsed one goes is chosen when it is sent again, with its new address.
    """
    asked = Request.objects.filter(sent_to=body, status__in=OPEN).select_related("round", "body", "sent_to")
    for request in asked.order_by("sent_on", "pk"):
        yield Holding(
            key=f"foi.request:{request.pk}",
            kind="FOI request",
            title=f"{request}: {request.get_status_display().lower()}",
            url=request.get_absolute_url(),
            fates=(LAPSE, LEAVE_OPEN),
            settle=partial(_settle, request.pk),
        )


def _settle(pk: int, fate: str, successor: Organisation | None, on: date, by: User | None) -> str:
    request = Request.objects.select_for_update(of=("self",)).select_related("sent_to", "round").get(pk=pk)
    if fate == LEAVE_OPEN.name:
        left = casework.leave_open(request, by=by)
        return f"{request}: left open until it is answered" if left else ""
    if request.status == Status.LAPSED or request.status not in OPEN:
        return ""
    casework.lapse(request, by=by)
    return f"{request}: lapsed, to be re-sent to the successor"
