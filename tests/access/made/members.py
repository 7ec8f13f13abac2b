"""An open invitation to each of two authorities."""

from __future__ import annotations

from datetime import timedelta

from network import dates
from network.membership.models import Invitation
from tests.access.who import ADMIN
from tests.access.world import World, planted

READ_BY = {"kent": ADMIN | {"lead"}, "medway": ADMIN | {"stranger"}}


def make(world: World) -> None:
    for slug, readers in READ_BY.items():
        key = f"invitation {slug}"
        invitation = Invitation.objects.create(
            email=f"{planted(key)}@example.org",
            name=f"Invited {planted(key)}",
            role="contributor",
            organisation=world.bodies[slug],
            invited_by=world.people["admin"],
            expires_at=dates.now() + timedelta(days=30),
        )
        world.add(key, invitation, readers, pk=invitation.pk)
