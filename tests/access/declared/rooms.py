"""Home, directory, library, governance, jobs."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from network import naming
from network.audience import Naming
from network.jobs import Job
from network.library.models import LibraryItem
from network.marks import mark_of_row
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import CHAIRS, COCHAIRS, EVERYBODY, INSIDE, MEMBERS, STRANGER, SUBMITTERS
from tests.access.world import Thing, World

LISTS = ("", "?export=csv", "?export=xlsx")


def new_item(world: World, thing: Thing | None) -> dict[str, Any]:
    upload = SimpleUploadedFile("new.txt", b"Something to share\n")
    return {"title": "Something new", "kind": "guidance", "audience": "network", "upload": upload}


def other_words(world: World, thing: Thing | None) -> dict[str, Any]:
    """Other words for the same readers."""
    assert thing is not None
    stands = LibraryItem.objects.get(pk=thing.row.pk)
    loaded = mark_of_row(stands, ("title", "description", "kind", "audience"))
    level = stands.audience
    return {"loaded": loaded, "title": "Another title", "kind": "guidance", "audience": level}


def names(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    return {"loaded": naming.mark_of_named(thing.row), "people": [str(world.people["deputy"].pk)]}


DOORS = [
    Door(name="home", get=Get(writes=("network_user",)), by="lead"),
    Door(
        name="organisation_list",
        room=INSIDE,
        get=Get(shows=("body",), queries=(*LISTS, "?export=csv&on=2027-04-01")),
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
    # The coordinator added these.
    Door(
        name="library_edit",
        of=("library *",),
        get=Get(who=CHAIRS),
        post=Post(who=CHAIRS, sends=other_words, changes=(LibraryItem,)),
    ),
    Door(
        name="library_names",
        of=("library *",),
        get=Get(who=COCHAIRS),
        post=Post(who=COCHAIRS, sends=names, changes=(Naming,)),
        grows="people",
    ),
    Door(name="library_file", of=("file *",), get=Get()),
    # The newest terms that one reads: partners 104, whose word members read as well.
    Door(name="governance_home", room=INSIDE, get=Get(shows=("terms partners",)), grows="terms"),
    Door(name="terms_detail", of=("terms *",), get=Get()),
    Door(name="naming_list", room=COCHAIRS, get=Get(shows=()), sums=("namings",)),
    Door(
        name="naming_anew",
        of=("lost naming",),
        room=COCHAIRS,
        see=COCHAIRS,
        get=Get(shows=()),
        post=Post(sends=names, changes=(Naming,)),
        grows="people",
    ),
    Door(
        name="named_list",
        room=MEMBERS,
        get=Get(shows=("library legal", "action legal")),
        grows="namings",
        paged=True,
        by="lead",
    ),
    Door(name="named_open", of=("naming of lead",), get=Get(shows=(), gives=302, to="/library/")),
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
