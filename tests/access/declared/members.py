"""People, their roles, invitations."""

from __future__ import annotations

import json
from typing import Any

from network.marks import mark_of_row
from network.membership.forms import RoleEndForm
from network.membership.handover import leaving
from network.membership.models import Invitation
from network.membership.views.handover import NOBODY, field_of
from network.people.models import Membership, User
from tests.access.declared.rooms import LISTS
from tests.access.doors import Door, Get, Post
from tests.access.who import ADMIN, MEMBERS, STRANGER, Who
from tests.access.world import Thing, World

INVITERS: Who = ADMIN | STRANGER | frozenset({"lead"})


def newcomer(world: World, thing: Thing | None) -> dict[str, Any]:
    """Both leads ask for Kent; the one of Medway is not offered it."""
    kent = world.bodies["kent"].pk
    return {"name": "New person", "email": "new@example.org", "role": "contributor", "organisation": kent}


def newcomer_at_medway(world: World, thing: Thing | None) -> dict[str, Any]:
    return {**newcomer(world, thing), "organisation": world.bodies["medway"].pk}


def role(world: World, thing: Thing | None) -> dict[str, Any]:
    day = {"starts_on-day": "1", "starts_on-month": "12", "starts_on-year": "2026"}
    return {"role": "deputy", "where": world.bodies["kent"].pk, **day}


def end(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    term = Membership.objects.get(pk=thing.kwargs["term"])
    return {"when": "now", "loaded": mark_of_row(term, RoleEndForm.watched)}


def details(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    mark = mark_of_row(thing.row, ("name", "job_title", "email"))
    return {"name": "Another name", "email": "another@example.org", "loaded": mark}


def handed_over(world: World, thing: Thing | None) -> dict[str, Any]:
    """The last day, and nobody who follows."""
    assert thing is not None
    assert isinstance(thing.row, User)
    now = leaving(thing.row, world.people["admin"])
    day = {"last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}
    return {"loaded": json.dumps(now.marks()), **{field_of(one.key): NOBODY for one in now.things}, **day}


DOORS = [
    Door(
        name="person_list",
        room=MEMBERS,
        get=Get(shows=("person",), queries=LISTS),
        grows="people",
        paged=True,
    ),
    Door(name="person_detail", of=("person",), room=MEMBERS, get=Get()),
    Door(
        name="person_change",
        of=("person",),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=details),
    ),
    Door(
        name="membership_add",
        of=("person",),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=role, changes=(Membership,)),
    ),
    Door(
        name="membership_end",
        of=("term",),
        get=Get(who=ADMIN, shows=("person",)),
        post=Post(who=ADMIN, sends=end),
    ),
    Door(
        name="person_handover",
        of=("person",),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=handed_over, changes=(Membership,)),
    ),
    Door(name="membership_review", of=("office",), post=Post(who=ADMIN)),
    Door(
        name="seat_list",
        room=ADMIN,
        get=Get(shows=(), queries=LISTS),
        grows="authorities",
        paged=True,
    ),
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
    Door(name="invitation_role", get=Get(gives=404), post=Post(gives=404, idle=True)),
]
