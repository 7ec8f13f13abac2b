"""Bodies as the coordinator keeps them, and reorganisations: nobody else knows of those before their day."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from network.audit import AuditEntry
from network.people.models import Organisation
from network.reorganisation import drafts
from network.reorganisation.models import Cover, Move, Reorganisation, Successor
from tests.access.doors import SELF, Door, Get, Post, Sends
from tests.access.who import ADMIN
from tests.access.world import Thing, World
from tests.browsing import opened

LISTS = ("", "?export=csv", "?export=xlsx")
DRAFT = ("reorganisation draft",)


def as_shown(name: str, /, **typed: Any) -> Sends:
    """The form as its page shows it to the coordinator, with this typed into it."""

    def sends(world: World, thing: Thing | None) -> dict[str, Any]:
        client = Client()
        client.cookies = world.cookie("admin")
        return {**opened(client, reverse(name, kwargs=dict(thing.kwargs) if thing else {})), **typed}

    return sends


def what_ends(world: World, thing: Thing | None) -> dict[str, Any]:
    return {
        "bodies": [str(world.things["body"].row.pk)],
        "on-day": "1",
        "on-month": "5",
        "on-year": "2027",
    }


def other_day(world: World, thing: Thing | None) -> dict[str, Any]:
    return {**as_shown("reorganisation_what")(world, thing), **what_ends(world, thing)}


def goes_on(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"body": str(Organisation.objects.get(slug="zz-goes-on").pk)}


def nothing_open(world: World, thing: Thing | None) -> dict[str, Any]:
    """No app holds anything for the body."""
    return {"loaded": drafts.mark_of_things([])}


DOORS = [
    Door(
        name="organisation_add",
        room=ADMIN,
        get=Get(),
        post=Post(
            sends=lambda world, thing: {"kind": "other", "name": "One more", "full_name": "One more body"},
            changes=(Organisation,),
        ),
    ),
    Door(
        name="organisation_edit",
        of=("body",),
        get=Get(who=ADMIN),
        post=Post(
            who=ADMIN,
            sends=as_shown("organisation_edit", full_name="Another name"),
            changes=(Organisation,),
        ),
    ),
    Door(
        name="reorganisation_list",
        room=ADMIN,
        get=Get(shows=("reorganisation draft", "reorganisation authority"), queries=LISTS),
        grows="reorganisations",
        paged=True,
    ),
    Door(
        name="reorganisation_add",
        room=ADMIN,
        get=Get(),
        post=Post(sends=what_ends, changes=(Reorganisation,)),
        grows="bodies",
    ),
    Door(
        name="reorganisation_detail",
        of=("reorganisation *",),
        get=Get(),
        sums=("people",),
        at="reorganisation prepared",
    ),
    Door(
        name="reorganisation_what",
        of=DRAFT,
        get=Get(),
        post=Post(sends=other_day, changes=(Reorganisation,)),
        grows="bodies",
    ),
    Door(name="reorganisation_successors", of=DRAFT, get=Get(shows=(SELF, "successor draft"))),
    Door(
        name="successor_add",
        of=DRAFT,
        get=Get(),
        post=Post(sends=as_shown("successor_add", name="Yy", full_name="Yy body"), changes=(Successor,)),
    ),
    Door(
        name="successor_join",
        of=DRAFT,
        get=Get(),
        post=Post(sends=goes_on, changes=(Successor,)),
        grows="bodies",
    ),
    Door(
        name="successor_edit",
        of=("successor draft",),
        get=Get(),
        post=Post(sends=as_shown("successor_edit", full_name="Another name"), changes=(Successor,)),
    ),
    Door(name="successor_remove", of=("successor draft",), post=Post(changes=(Successor,))),
    Door(
        name="reorganisation_footprint",
        of=("reorganisation authority",),
        get=Get(),
        post=Post(sends=as_shown("reorganisation_footprint"), changes=(Cover,)),
    ),
    Door(
        name="reorganisation_people",
        of=DRAFT,
        get=Get(shows=(SELF, "person")),
        post=Post(sends=as_shown("reorganisation_people"), changes=(Move,)),
        grows="people",
    ),
    Door(
        name="reorganisation_things",
        of=DRAFT,
        get=Get(),
        post=Post(sends=nothing_open, changes=(AuditEntry,)),
    ),
    Door(name="reorganisation_preview", of=DRAFT, get=Get(shows=(SELF, "person")), grows="people"),
    Door(name="reorganisation_prepare", of=DRAFT, post=Post(changes=(Reorganisation,))),
    Door(
        name="reorganisation_reopen",
        of=("reorganisation prepared",),
        post=Post(changes=(Reorganisation,)),
    ),
    Door(
        name="reorganisation_withdraw",
        of=("reorganisation draft", "reorganisation prepared"),
        get=Get(),
        post=Post(changes=(Reorganisation,)),
    ),
    Door(
        name="reorganisation_again",
        of=("reorganisation withdrawn",),
        get=Get(),
        post=Post(changes=(Reorganisation,)),
    ),
]
