"""People, their roles, invitations."""

from __future__ import annotations

from typing import Any

from network.membership.models import Invitation
from tests.access.declared.rooms import LISTS
from tests.access.doors import Door, Get, Post
from tests.access.who import ADMIN, STRANGER, Who
from tests.access.world import Thing, World

INVITERS: Who = ADMIN | STRANGER | frozenset({"lead"})


def newcomer(world: World, thing: Thing | None) -> dict[str, Any]:
    """Both leads ask for Kent; the one of Medway is not offered it."""
    kent = world.bodies["kent"].pk
    return {"name": "New person", "email": "new@example.org", "role": "contributor", "organisation": kent}


def newcomer_at_medway(world: World, thing: Thing | None) -> dict[str, Any]:
    return {**newcomer(world, thing), "organisation": world.bodies["medway"].pk}


DOORS = [
    Door(
        name="invitation_list",
        room=INVITERS,
        get=Get(shows=("invitation *",), queries=LISTS),
        grows="invitations",
        paged=True,
    ),
    Door(
        name="invitation_add",
        room=INVITERS,
        walks=frozenset({"stranger"}),
        get=Get(),
        post=Post(sends=newcomer_at_medway, changes=(Invitation,)),
    ),
    Door(
        name="invitation_add",
        room=INVITERS,
        walks=Door(name="").walks - STRANGER,
        get=Get(),
        post=Post(sends=newcomer, changes=(Invitation,)),
    ),
    Door(name="invitation_detail", of=("invitation *",), get=Get()),
    Door(name="invitation_send", of=("invitation *",), post=Post()),
    Door(name="invitation_withdraw", of=("invitation *",), post=Post()),
    # Without the link of a mail there is nothing to accept, and an unknown link is not told from a used one.
    Door(
        name="invitation_follow",
        public=True,
        more={"token": "unknown"},
        get=Get(gives=302, to="/invitation/"),
    ),
    Door(name="invitation_accept", public=True, get=Get(gives=404), post=Post(gives=404, idle=True)),
]
