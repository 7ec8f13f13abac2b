"""What stands open with a body when it ends: requests that it has still to answer, and drafts to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial

from django.db.models import Case, OuterRef, QuerySet, When

from foi import casework
from foi.models import Request
from foi.models.requests import OPEN, Status
from network.people.models import Organisation, User
from network.registry import Fate, Holding, numbers_in
from network.roles import Permission

KEY = "foi.request:"

LAPSE = Fate(name="lapse", says="Mark as lapsed, to be re-sent to the successor")
LEAVE_OPEN = Fate(name="leave open", says="Leave it open until it is answered")

ADDRESS = Fate(name="address", says="Address it to the successor", to_successor=True)
REMOVE = Fate(name="remove", says="Remove the draft")
LEAVE_DRAFT = Fate(name="leave draft", says="Leave it a draft, to be addressed before it is sent")


def holdings_of(body: Organisation) -> Iterator[Holding]:
    """The requests that await something from the body, the oldest first; then what is not sent to it yet.

    To which of several successors a lapsed one goes is chosen when it is sent again, with its new address.
    None closes by itself: that a reply is late changes nothing of what is asked.
    """
    asked = _open_with(body)
    for request in asked.select_related("round", "body", "sent_to").order_by(_draft_last(), "sent_on", "pk"):
        yield Holding(
            key=f"{KEY}{request.pk}",
            kind="FOI request",
            title=f"{request}: {request.get_status_display().lower()}",
            url=request.get_absolute_url(),
            fates=(ADDRESS, LEAVE_DRAFT, REMOVE) if request.is_draft else (LAPSE, LEAVE_OPEN),
            settle=partial(_settle, request.pk),
        )


def open_at(body: OuterRef) -> Iterator[QuerySet[Request]]:
    yield _open_with(body)


def _open_with(body: Organisation | OuterRef) -> QuerySet[Request]:
    rows: QuerySet[Request] = Request.objects.filter(sent_to=body, status__in=OPEN | {Status.DRAFT})
    return rows


def told_of(keys: Collection[str], user: User) -> Iterator[str]:
    """The requests that the person reads; a draft that was removed since, for whoever manages them."""
    if numbers := numbers_in(keys, KEY):
        asked = Request.objects.filter(pk__in=numbers)
        there = set(asked.values_list("pk", flat=True))
        told = {one.pk for one in asked.visible_to(user)}
        gone = set(numbers) - there if user.may(Permission.FOI_MANAGE) else set()
        yield from (f"{KEY}{number}" for number in told | gone)


def _draft_last() -> Case:
    return Case(When(status=Status.DRAFT, then=1), default=0)


def _settle(pk: int, fate: str, successor: Organisation | None, on: date, by: User | None) -> str:
    asked = Request.objects.select_for_update(of=("self",)).select_related("sent_to", "round", "body")
    request = asked.filter(pk=pk).first()
    if request is None:
        return ""  # the draft was removed before
    if fate in (ADDRESS.name, REMOVE.name, LEAVE_DRAFT.name):
        return _settle_draft(request, fate, successor, by)
    if fate == LEAVE_OPEN.name:
        left = casework.leave_open(request, by=by)
        return f"{request}: left open until it is answered" if left else ""
    if request.status == Status.LAPSED or request.status not in OPEN:
        return ""
    casework.lapse(request, by=by)
    return f"{request}: lapsed, to be re-sent to the successor"


def _settle_draft(request: Request, fate: str, successor: Organisation | None, by: User | None) -> str:
    """A draft that was sent meanwhile is left as it is: the calendar marks it as lapsed."""
    if fate == ADDRESS.name:
        done = successor is not None and casework.address_to(request, successor, by=by)
        return f"{request}: addressed to {successor}" if done else ""
    if fate == REMOVE.name:
        said = str(request)
        return f"{said}: draft removed" if casework.remove_draft(request, by=by) else ""
    return f"{request}: left a draft" if request.is_draft else ""
