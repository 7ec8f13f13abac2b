"""The action plan. Every action here is led by Kent."""

from __future__ import annotations

from typing import Any

from actions.models import Action, Update
from network import naming
from network.audience import Naming
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import ADMIN, COCHAIRS, INSIDE, SUBMITTERS
from tests.access.world import Thing, World

LEADS = ADMIN | SUBMITTERS  # the coordinator, and whoever speaks for the authority that leads


def changed(world: World, thing: Thing | None) -> dict[str, Any]:
    """Other words; an action that Kent may not read is not led by Kent."""
    level = thing.key.split()[1] if thing else "network"
    lead = "" if level in ("chairs", "coordinator") else str(world.bodies["kent"].pk)
    return {"text": "Compare something else", "owner_organisation": lead, "audience": level, "version": "1"}


def names(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    return {"loaded": naming.mark_of_named(thing.row), "people": [str(world.people["deputy"].pk)]}


def progress(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"text": "We met twice", "percent": "40"}


def start(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"move": "start"}


DOORS = [
    Door(
        name="action_list",
        room=INSIDE,
        get=Get(shows=("action *",), queries=("", "?export=csv", "?export=xlsx")),
        grows="actions",
        paged=True,
    ),
    Door(name="action_add", room=ADMIN, get=Get(), post=Post(sends=changed, changes=(Action,))),
    Door(
        name="theme_detail",
        of=("theme",),
        get=Get(shows=(SELF, "action *")),
        grows="actions",
        paged=True,
    ),
    Door(
        name="action_detail",
        of=("action *",),
        get=Get(shows=(SELF, "update {1}")),
        grows="updates",
        at="action network",
    ),
    Door(
        name="action_edit",
        of=("action *",),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=changed, changes=(Action,)),
        grows="people",
    ),
    Door(
        name="action_names",
        of=("action *",),
        get=Get(who=COCHAIRS),
        post=Post(who=COCHAIRS, sends=names, changes=(Naming,)),
        grows="people",
    ),
    Door(
        name="update_add",
        of=("action *",),
        get=Get(who=LEADS),
        post=Post(who=LEADS, sends=progress, changes=(Update,)),
    ),
    Door(name="action_move", of=("action *",), post=Post(who=LEADS, sends=start, changes=(Action,))),
]
