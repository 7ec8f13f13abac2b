"""The audit trail: for the coordinator, as far as they read the things that it is about."""

from __future__ import annotations

from network.jobs import Job
from tests.access.declared.rooms import LISTS
from tests.access.doors import Door, Get, Post
from tests.access.who import ADMIN

DOORS = [
    Door(
        name="audit_list",
        room=ADMIN,
        get=Get(shows=("trail *",), queries=LISTS),
        grows="trail",
        paged=True,
    ),
    Door(name="audit_thing", of=("trail *",), room=ADMIN, get=Get(shows=(), gives=302)),
    Door(name="audit_check", room=ADMIN, post=Post(changes=(Job,))),
]
