"""The audit trail: for the coordinator, as far as they read the things that it is about; retention."""

from __future__ import annotations

from typing import Any

from network.audit import AuditEntry
from network.jobs import Job
from network.oversight import removing
from network.oversight.models import Removal
from tests.access.declared.rooms import LISTS
from tests.access.doors import Door, Get, Post
from tests.access.who import ADMIN
from tests.access.world import Thing, World


def seen(world: World, thing: Thing | None) -> dict[str, Any]:
    """What the page showed: the lists as they are."""
    return {"seen": removing.mark(removing.listed())}


def reason(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"reason": "Article 17, asked for by the person"}


DOORS = [
    Door(
        name="audit_list",
        room=ADMIN,
        get=Get(shows=("trail *",), queries=LISTS),
        grows="trail",
        paged=True,
    ),
    Door(name="audit_thing", of=("trail *",), room=ADMIN, get=Get(shows=(), gives=302)),
    Door(
        name="audit_entry",
        of=("trailentry *",),
        room=ADMIN,
        get=Get(),
    ),
    Door(
        name="audit_erase",
        of=("trailentry *",),
        room=ADMIN,
        get=Get(),
        post=Post(sends=reason, changes=(AuditEntry,)),
    ),
    Door(name="audit_check", room=ADMIN, post=Post(changes=(Job,))),
    Door(name="retention_list", room=ADMIN, get=Get(shows=(), queries=LISTS)),
    Door(
        name="retention_kind",
        room=ADMIN,
        more={"key": "network.mails"},
        get=Get(shows=(), queries=LISTS),
        sums=("old mails",),
    ),
    Door(
        name="retention_remove",
        room=ADMIN,
        get=Get(shows=()),
        post=Post(sends=seen, changes=(Removal, Job)),
    ),
]
