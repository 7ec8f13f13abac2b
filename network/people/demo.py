"""The people of a demonstration: each is a role, each signs in with the one demonstration password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet

from network import dates
from network.demo import DOMAIN, World
from network.people.models import Membership, Organisation, User
from network.roles import Role

NETWORK_WIDE = {
    "admin": ("Network coordinator", Role.ADMIN),
    "cochair.one": ("Co-chair one", Role.CO_CHAIR),
    "cochair.two": ("Co-chair two", Role.CO_CHAIR),
    "observer": ("Observer, AD Safeguarding Network", Role.OBSERVER),
}
QUIET = 12  # the one lead who has not signed in for a while
AT_AN_AUTHORITY = (Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR, Role.DIRECTOR)


def lay_down(world: World) -> None:
    """An account for each seat, held since the history begins."""
    seats: dict[str, tuple[str, Role, Organisation | None]] = {
        local: (name, role, None) for local, (name, role) in NETWORK_WIDE.items()
    }
    for authority in _ever(Organisation.objects.authorities(), world):
        for role in AT_AN_AUTHORITY:
            seats[f"{role}.{authority.slug}"] = (f"{role.label}, {authority.name}", role, authority)
    for icb in Organisation.objects.icbs().in_force(world.as_of):  # those before it had no portal
        seats[f"partner.{icb.slug}"] = (f"Partner, {icb.full_name}", Role.PARTNER, icb)

    with dates.at(world.begins):
        joined = dates.now()
    password = make_password(settings.DEMO_PASSWORD)  # once: it is slow by design
    people = User.objects.bulk_create(
        User(
            email=f"{local}@{DOMAIN}",
            name=name,
            job_title=role.label,
            password=password,
            joined_at=joined,
            last_login=dates.now() - timedelta(days=75 if number == QUIET else number % 20, hours=3),
        )
        for number, (local, (name, role, _)) in enumerate(seats.items())
    )
    begins = world.begins
    Membership.objects.bulk_create(
        Membership(
            user=person,
            role=role,
            organisation=where,
            starts_on=max(begins, where.starts_on) if where and where.starts_on else begins,
            ends_on=where.ends_on if where else None,  # a role at a body ends with the body
            review_on=begins + timedelta(days=730) if role == Role.CO_CHAIR else None,
        )
        for person, (_, role, where) in zip(people, seats.values(), strict=True)
    )


def _ever(bodies: QuerySet[Organisation], world: World) -> QuerySet[Organisation]:
    """Those in force at some time of the history: last year's return has its lead, gone or not."""
    return bodies.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=world.as_of),
        Q(ends_on__isnull=True) | Q(ends_on__gte=world.begins),
    )


def demonstration(world: World) -> list[Callable[[], None]]:
    return [partial(lay_down, world)]
