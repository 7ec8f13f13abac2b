"""The seat of each authority in the network: who leads it, and whether anybody is there.

A seat asks for the coordinator when the authority has no lead who can sign in, will have none from a known
day on, or has one who has not signed in for 60 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from network import dates
from network.people.models import Membership, Organisation
from network.roles import Role

QUIET_AFTER = timedelta(days=60)
ONE_DAY = timedelta(days=1)


def seats() -> QuerySet[Any]:
    """The member authorities in force, with how each one's seat stands; one query for all.

    `lead`, `lead_id`, `seen` (the latest sign-in of its leads), `since` (for one who never signed in, when
    the account was made), `leaves_on` (the last day, if nobody follows), `needs` (whether it asks for the
    coordinator).
    """
    terms = Membership.objects.filter(
        role=Role.LEAD, organisation=OuterRef("pk"), user__is_active=True, user__email__isnull=False
    )
    now = terms.in_force().annotate(last=Coalesce("user__last_login", "user__joined_at")).order_by("-last")
    stays = now.filter(ends_on__isnull=True)
    follows = terms.filter(starts_on__gt=dates.today())
    last_days = now.filter(ends_on__isnull=False).order_by("-ends_on")
    quiet = dates.now() - QUIET_AFTER
    bodies: QuerySet[Any] = Organisation.objects.authorities().in_force()
    standing: QuerySet[Any] = bodies.annotate(
        lead=Subquery(now.values("user__name")[:1]),
        lead_id=Subquery(now.values("user_id")[:1]),
        seen=Subquery(now.values("user__last_login")[:1]),
        since=Subquery(now.values("last")[:1]),
        leaves=Case(
            When(Exists(stays) | Exists(follows), then=None),
            default=Subquery(last_days.values("ends_on")[:1]),
        ),
    )
    judged: QuerySet[Any] = standing.annotate(  # with the authority ends its seat
        leaves_on=Case(When(ends_on__lte=F("leaves"), then=None), default=F("leaves"))
    ).annotate(
        needs=Case(
            When(Q(lead__isnull=True) | Q(leaves_on__isnull=False) | Q(since__lt=quiet), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )
    return judged


def state_of(seat: Any) -> str:
    """How a seat stands, for a reader."""
    if seat.lead is None:
        return "no lead with an account"
    if seat.leaves_on:
        return f"no lead from {dates.long_date(seat.leaves_on + ONE_DAY)} on"
    if is_quiet(seat.since):
        return "the lead has not signed in for 60 days" if seat.seen else "the lead has never signed in"
    return "in order"


def is_quiet(moment: datetime) -> bool:
    return moment < dates.now() - QUIET_AFTER


@dataclass(frozen=True)
class Asking:
    """The seats that ask for the coordinator: the first few, and how many there are."""

    first: list[Any]
    number: int


FEW = 3


def asking() -> Asking:
    rows = seats().filter(needs=True).order_by("name")
    first = list(rows[: FEW + 1])
    return Asking(first[:FEW], len(first) if len(first) <= FEW else rows.count())
