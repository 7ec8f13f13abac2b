"""Bodies that end, or have ended, without a plan for who and what they leave behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from network import dates, registry
from network.people.models import Footprint, Membership, Organisation, Succession
from network.reorganisation.models import Ending, Status

AHEAD = timedelta(days=60)
"""From here on a body that ends without a plan is a task."""


def unplanned() -> QuerySet[Organisation]:
    """With `roles` that go on beyond the last day, open `things`, whether what comes after is `uncovered`,
    and the `draft` (0: none) that speaks of it, with its day `draft_on`. One statement."""
    live = Ending.objects.filter(live=True, body=OuterRef("pk"))
    rows: QuerySet[Any] = Organisation.objects.filter(
        ~Exists(live), ends_on__lte=dates.today() + AHEAD, never_in_force=False
    )
    drafts = Ending.objects.filter(body=OuterRef("pk"), reorganisation__status=Status.DRAFT).order_by("-pk")
    counted = rows.annotate(
        roles=_number(_seats()),
        things=sum((_number(one) for one in registry.open_at(OuterRef("pk"))), start=F("roles") * 0),
        uncovered=Exists(_uncovered()),
        draft=Coalesce(Subquery(drafts.values("reorganisation_id")[:1], output_field=IntegerField()), 0),
        draft_on=Coalesce(Subquery(drafts.values("reorganisation__on")[:1]), F("ends_on")),
    )
    found: QuerySet[Organisation] = counted.filter(Q(roles__gt=0) | Q(things__gt=0) | Q(uncovered=True))
    return found.order_by("ends_on", "name")


def _seats() -> QuerySet[Membership]:
    beyond = Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on"))
    rows: QuerySet[Membership] = Membership.objects.filter(
        beyond, organisation=OuterRef("pk"), ended_at__isnull=True
    )
    return rows


def _number(rows: QuerySet[Any]) -> Coalesce:
    """No aggregate: that would be one number for each row."""
    counted = rows.order_by().annotate(of_all=Func(F("pk"), function="COUNT", output_field=IntegerField()))
    return Coalesce(Subquery(counted.values("of_all")), 0)


def _uncovered() -> QuerySet[Succession]:
    """Authorities that come after it and that no board covers, or will."""
    today = dates.today()
    stands = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    goes_on = Q(successor__ends_on__isnull=True) | Q(successor__ends_on__gte=today)
    return Succession.objects.filter(
        ~Exists(Footprint.objects.filter(stands, authority=OuterRef("successor"))),
        goes_on,
        predecessor=OuterRef("pk"),
        successor__kind=Organisation.Kind.AUTHORITY,
        successor__never_in_force=False,
    )


def words(name: str, last_day: date, roles: int, things: int, uncovered: bool) -> str:
    """ "Surrey ended on 31 March 2027 and no reorganisation is prepared: 3 roles, 1 open thing"."""
    verb = "ended" if last_day < dates.today() else "ends"
    left = [_counted(roles, "role"), _counted(things, "open thing")]
    left += ["no board covers what comes after it"] if uncovered else []
    when = f"{name} {verb} on {dates.long_date(last_day)}"
    return f"{when} and no reorganisation is prepared: {', '.join(one for one in left if one)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""


def address(slug: str, draft: int) -> str:
    """Where one is prepared for it, or the draft that speaks of it."""
    if draft:
        return reverse("reorganisation_detail", args=[draft])
    return f"{reverse('reorganisation_add')}?body={slug}"
