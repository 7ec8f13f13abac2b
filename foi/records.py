"""What the app holds about a person, and what of it goes after its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from foi.models import Outcome, Request, RequestEvent
from foi.models.requests import OPEN, REMOVED, Status
from network import audit, dates
from network.people.models import User
from network.registry import OwnRecords, Retained


def own_records(user: User) -> Iterator[OwnRecords]:
    """What the person recorded of requests that they read. Applicants are people by name, not by account."""
    rows = (
        RequestEvent.objects.visible_to(user)
        .filter(recorded_by=user)
        .select_related("request__round", "request__body")
    )
    yield OwnRecords(
        title="What you recorded of FOI requests",
        columns=("Recorded", "Request", "What happened", "On", "Your note"),
        rows=tuple(
            (
                dates.long_datetime(event.recorded_at),
                str(event.request),
                event.get_kind_display(),
                dates.long_date(event.on),
                event.note,
            )
            for event in rows.order_by("pk")
        ),
    )


def retained() -> Iterator[Retained]:
    """The correspondence: who asked under which address, and what was noted of its course. Figures stay."""
    yield Retained(
        key="foi.correspondence",
        rows=lambda before: [(str(one), one.get_absolute_url()) for one in _over(before)],
        count=lambda before: _over(before).count(),
        purge=_purge,
    )


def _over(before: datetime) -> QuerySet[Request]:
    """The requests from which nothing is awaited, whose last event lies before, with words still in them."""
    noted = (
        Q(pk__in=RequestEvent.objects.exclude(note="").values("request_id"))
        | Q(pk__in=Outcome.objects.exclude(note="").values("request_id"))
        | ~Q(applicant=REMOVED)
    )
    day = dates.local(before).date()
    over = Request.objects.exclude(status__in=[*OPEN, Status.DRAFT, Status.LAPSED]).annotate(
        last=Max("events__on")
    )
    return over.filter(noted, last__lt=day).select_related("round", "body").order_by("pk")


def _purge(before: datetime) -> int:
    gone = [request.pk for request in _over(before)]
    Request.objects.filter(pk__in=gone).update(applicant=REMOVED, reply_to=REMOVED, address=REMOVED)
    RequestEvent.objects.filter(request__in=gone).update(note="")
    Outcome.objects.filter(request__in=gone).update(note="")
    if gone:
        audit.record(by=None, verb="removed after its time", on=Request, requests=gone)
    return len(gone)
