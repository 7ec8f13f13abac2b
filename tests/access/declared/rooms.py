"""Home, directory, library, governance, jobs."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from network.jobs import Job
from network.library.models import LibraryItem
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import CHAIRS, EVERYBODY, INSIDE, STRANGER, SUBMITTERS
from tests.access.world import Thing, World

LISTS = ("", "?export=csv", "?export=xlsx")


def new_item(world: World, thing: Thing | None) -> dict[str, Any]:
    upload = SimpleUploadedFile("new.txt", b"Something to share\n")
    return {"title": "Something new", "kind": "guidance", "audience": "network", "upload": upload}


DOORS = [
    Door(name="home", get=Get(writes=("network_user",)), by="lead"),
    Door(
        name="organisation_list",
        room=INSIDE,
        get=Get(shows=("body",), queries=LISTS),
        grows="bodies",
        paged=True,
    ),
    Door(
        name="organisation_detail",
        of=("body",),
        get=Get(
            shows=(SELF, "person"),
            guarded={"person": "who holds which role is read by permission, a membership has no audience"},
        ),
        grows="people",
    ),
    Door(
        name="library_list",
        room=EVERYBODY,
        get=Get(shows=("library *",), queries=LISTS),
        grows="library",
        paged=True,
    ),
    Door(
        name="library_add",
        room=CHAIRS | SUBMITTERS | STRANGER,
        get=Get(),
        post=Post(sends=new_item, changes=(LibraryItem,)),
    ),
    Door(name="library_detail", of=("library *",), get=Get()),
    Door(name="library_file", of=("file *",), get=Get()),
    # The newest terms that one reads: partners 104, whose word members read as well.
    Door(name="governance_home", see=INSIDE, get=Get(shows=("terms partners",)), grows="terms"),
    Door(name="terms_detail", of=("terms *",), get=Get()),
    Door(
        name="decision_list",
        get=Get(shows=("decision agreed *", "told agreed *"), queries=LISTS),
        grows="decisions",
        paged=True,
    ),
    Door(name="job_detail", of=("job *",), get=Get()),
    Door(name="job_progress", of=("job *",), get=Get(shows=())),
    Door(name="job_retry", of=("job of lead",), post=Post(changes=(Job,))),
]
