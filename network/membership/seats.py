"""The seat of each authority in the network: who leads it, and whether anybody is there.

A seat asks for the coordinator when the authority has no lead who can sign in, will have none from a known
day on, or has one who has not signed in for 60 days.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, Max, Prefetch, Q, QuerySet, When
from django.db.models.functions import Coalesce

from network import dates
from network.people.models import Membership, Organisation
from network.roles import Role

QUIET_AFTER = timedelta(days=60)
ONE_DAY = timedelta(days=1)


def seats() -> QuerySet[Any]:
    """The member authorities in force, with how each one's seat stands; one query for all.

    `leads` (how many with an account), `seen` (their latest sign-in), `since` (for those who never signed in,
    when the account was made), `leaves_on` (the last day, if nobody follows and the authority goes on).
    """
    return _seats_on(dates.today()).all()


@lru_cache(maxsize=2)
def _seats_on(today: date) -> QuerySet[Any]:
    """It hangs on the day alone, and every home page of an admin asks: put together once a day."""
    able = Q(lead__user__is_active=True, lead__user__email__isnull=False)
    now = able & (Q(lead__starts_on__isnull=True) | Q(lead__starts_on__lte=today))
    sign_in, account = "lead__user__last_login", "lead__user__joined_at"
    counted = bodies().annotate(
        lead=_terms_not_over(today),
        leads=Count("lead", filter=now),
        seen=Max(sign_in, filter=now),
        since=Max(Coalesce(sign_in, account), filter=now),
        lasting=Count("lead", filter=able & (Q(lead__ends_on__isnull=True) | Q(lead__starts_on__gt=today))),
        last_day=Max("lead__ends_on", filter=now),
    )
    goes_on = Q(ends_on__isnull=True) | Q(ends_on__gt=F("last_day"))  # with the authority ends its seat
    leaves_on = Case(When(goes_on & Q(lasting=0), then=F("last_day")), default=None)
    judged: QuerySet[Any] = counted.annotate(leaves_on=leaves_on)
    return judged


def _terms_not_over(today: date) -> FilteredRelation:
    """The terms of leads that run or are to come."""
    lasting = Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=today)
    ended = Q(memberships__ended_at__isnull=False)
    return FilteredRelation("memberships", condition=Q(memberships__role=Role.LEAD) & lasting & ~ended)


def bodies() -> QuerySet[Any]:
    there: QuerySet[Any] = Organisation.objects.authorities().in_force()
    return there


def needing(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the seats that ask for the coordinator."""
    return rows.filter(Q(leads=0) | Q(leaves_on__isnull=False) | Q(since__lt=_quiet_before()))


def with_leads(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows with those who lead today, as `leads_today`."""
    terms = Membership.objects.in_force().filter(
        role=Role.LEAD, user__is_active=True, user__email__isnull=False
    )
    named = terms.select_related("user").order_by("user__name")
    return rows.prefetch_related(Prefetch("memberships", queryset=named, to_attr="leads_today"))


def state_of(seat: Any) -> str:
    """How a seat stands, for a reader."""
    if not seat.leads:
        return "no lead with an account"
    if seat.leaves_on:
        return f"no lead from {dates.long_date(seat.leaves_on + ONE_DAY)} on"
    if is_quiet(seat.since):
        return "the lead has not signed in for 60 days" if seat.seen else "the lead has never signed in"
    return "in order"


def is_quiet(moment: datetime) -> bool:
    return moment < _quiet_before()


def _quiet_before() -> datetime:
    return dates.now() - QUIET_AFTER


def asking() -> list[Any]:
    """The seats that ask for the coordinator, by name. Judged here: in the statement, each of the counts
    would stand a second time."""
    return [seat for seat in seats().only("name").order_by("name") if _asks(seat)]


def _asks(seat: Any) -> bool:
    return not seat.leads or seat.leaves_on is not None or is_quiet(seat.since)
