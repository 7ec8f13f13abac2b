"""Two invitations of a demonstration: one that is open, one whose time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from network import dates
from network.demo import DOMAIN, World
from network.membership.models import GOOD_FOR, Invitation
from network.people.models import Organisation
from network.roles import Role


def demonstration(world: World) -> list[Callable[[], None]]:
    return [partial(lay_down, world)]


def lay_down(world: World) -> None:
    kent = Organisation.objects.get(slug="kent")
    sent = (
        ("contributor.two.kent", "Contributor two, Kent", Role.CONTRIBUTOR, kent, "lead.kent", 2),
        ("observer.two", "Observer, Local Government Association", Role.OBSERVER, None, "admin", 21),
    )
    for local, name, role, where, by, days in sent:
        moment = dates.now() - timedelta(days=days)
        Invitation.objects.create(
            email=f"{local}@{DOMAIN}",
            name=name,
            role=role,
            organisation=where,
            invited_by=world.person(by),
            made_at=moment,
            expires_at=moment + GOOD_FOR,
        )
