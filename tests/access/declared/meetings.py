"""Meetings, agendas, notes.

Members read what is agreed; co-chairs and the coordinator also what is not. The coordinator writes, the
co-chairs agree, and a co-chair names who alone reads an item. The co-chair who walks chaired the meetings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import ModelForm

from network import naming
from network.agreements import Agreement
from network.audience import Naming
from network.marks import mark_of, mark_of_row
from network.meetings import acts
from network.meetings.forms import AgendaItemForm, CycleForm, DecisionForm, MeetingForm, NoteActionForm
from network.meetings.models import (
    Agenda,
    AgendaItem,
    Attendance,
    CycleRule,
    Decision,
    Meeting,
    NoteAction,
    NoteEntry,
    Notes,
)
from tests.access.doors import SELF, Door, Get, Post
from tests.access.who import ADMIN, COCHAIRS, MEMBERS, READERS
from tests.access.world import Thing, World, planted

HELD = ("agreed", "written", "held")
TO_COME = ("offered", "draft")
HOURS = {"starts_at": "10:30", "ends_at": "12:30", "place": "Town hall"}


def of(kind: str, stages: tuple[str, ...], more: str = "") -> tuple[str, ...]:
    return tuple(f"{kind} {stage}{more}" for stage in stages)


Sends = Callable[[World, Thing | None], dict[str, Any]]


def marked(sends: Sends, form: type[ModelForm]) -> Sends:
    """The same with the mark of the row as it stands: whoever opened the page saw this."""

    def with_mark(world: World, thing: Thing | None) -> dict[str, Any]:
        row = thing.row if thing else CycleRule.objects.get()
        return {"loaded": mark_of_row(row, list(form._meta.fields or ())), **sends(world, thing)}

    return with_mark


def cycle(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"week": "3", "weekday": "1", **HOURS}


def meeting(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    year, month, day = thing.kwargs["on"].split("-")
    return {"on-day": day, "on-month": month, "on-year": year, **HOURS}


def attendance(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    recorded = acts.mark_of_attendance(Attendance.objects.filter(meeting_id=thing.row.pk))
    return {"loaded": recorded, f"capacity-{world.bodies['medway'].pk}": "lead"}


def item(world: World, thing: Thing | None) -> dict[str, Any]:
    level = thing.key.split()[-1] if thing and thing.key.startswith("item") else "network"
    return {"title": "Another title", "body": "Other words", "audience": level}


def direction(world: World, thing: Thing | None) -> dict[str, Any]:
    """The first item can only go down."""
    return {"direction": "down" if thing and thing.key.endswith("published") else "up"}


def names(world: World, thing: Thing | None) -> dict[str, Any]:
    assert thing is not None
    assert isinstance(thing.row, AgendaItem)
    void = tuple(str(one) for one in acts.made_void_by_naming(thing.row))
    return {
        "loaded": naming.mark_of_named(thing.row),
        "said-void": mark_of(repr(void)),  # whoever opened the page was warned
        "people": [str(world.people["deputy"].pk)],
    }


def yes(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"version": "1", "answer": "yes"}


def entries(world: World, thing: Thing | None) -> dict[str, Any]:
    """What the page held for the coordinator, with more written under each item."""
    assert thing is not None
    stage = thing.key.split()[1]
    sent: dict[str, Any] = {}
    for level, readers in READERS.items():
        if "admin" in readers:
            pk = world.things[f"item {stage} {level}"].row.pk
            stands = f"Said {planted(f'entry {stage} {level}')}" if stage in HELD else ""
            sent |= {f"text-{pk}": f"{stands}, and more", f"was-{pk}": mark_of(stands)}
    return sent


def words(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"text": "Decided otherwise"}


def task(world: World, thing: Thing | None) -> dict[str, Any]:
    kent = world.bodies["kent"].pk
    due = {"due_on-day": "1", "due_on-month": "3", "due_on-year": "2027"}
    return {"text": "Do something else", "owner_organisation": str(kent), **due}


# Whoever opens the address of an act (after signing in again) is led back to the page with its buttons.
BACK: dict[str, Any] = {"shows": (), "gives": 302, "to": "/meetings/"}
AGENDA = ("item {1} *", "about {1} *")
SAID = ("item {1} *", "entry {1} *", "decision {1} *", "noted {1} *", "attendance {1}")

DOORS = [
    Door(
        name="meeting_list",
        room=MEMBERS,
        get=Get(shows=(), queries=("", "?export=csv", "?export=xlsx")),
        grows="meetings",
        paged=True,
    ),
    Door(
        name="cycle_edit",
        room=MEMBERS,
        get=Get(who=COCHAIRS),
        post=Post(who=COCHAIRS, sends=marked(cycle, CycleForm), changes=(CycleRule,)),
    ),
    Door(
        name="meeting_detail",
        of=of("meeting", HELD),
        get=Get(shows=(SELF, "attendance {1}")),
        grows="authorities",
    ),
    Door(name="meeting_detail", of=of("meeting", TO_COME), get=Get()),
    Door(
        name="meeting_edit",
        of=of("meeting", ("agreed", "draft")),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=marked(meeting, MeetingForm), changes=(Meeting,)),
    ),
    Door(
        name="attendance_edit",
        of=of("meeting", HELD),
        get=Get(who=ADMIN, shows=("attendance {1}",)),
        post=Post(who=ADMIN, sends=attendance, changes=(Attendance,)),
        grows="authorities",
    ),
    Door(
        name="attendance_edit",
        of=of("meeting", TO_COME),
        get=Get(who=ADMIN, gives=409),
        post=Post(who=ADMIN, sends=attendance, gives=409),
    ),
    Door(name="agenda_detail", of=("agenda *",), get=Get(shows=AGENDA), grows="items"),
    Door(name="agenda_pdf", of=("agenda *",), get=Get(shows=AGENDA), grows="items"),
    Door(
        name="agenda_item_add",
        of=of("agenda", ("agreed", "draft")),
        get=Get(who=ADMIN, shows=()),
        post=Post(who=ADMIN, sends=item, changes=(AgendaItem,)),
    ),
    Door(
        name="agenda_item_edit",
        of=of("item", ("agreed", "draft"), " *"),
        get=Get(who=ADMIN, shows=(SELF, "about {1} {2}")),
        post=Post(who=ADMIN, sends=marked(item, AgendaItemForm), changes=(AgendaItem,)),
    ),
    Door(
        name="agenda_item_remove",
        of=of("item", ("draft",), " *"),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, changes=(AgendaItem,)),
    ),
    # What notes stand under stays on the agenda.
    Door(
        name="agenda_item_remove",
        of=of("item", ("agreed",), " *"),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, gives=409),
    ),
    Door(
        name="agenda_item_move",
        of=of("item", ("agreed", "draft"), " *"),
        get=Get(who=ADMIN, **BACK),
        post=Post(who=ADMIN, sends=direction, changes=(AgendaItem,)),
    ),
    Door(
        name="agenda_item_names",
        of=of("item", ("agreed", "draft"), " *"),
        get=Get(who=COCHAIRS),
        post=Post(who=COCHAIRS, sends=names, changes=(Naming,)),
        grows="people",
    ),
    Door(
        name="agenda_offer",
        of=("agenda draft",),
        get=Get(who=ADMIN, **BACK),
        post=Post(who=ADMIN, changes=(Agenda,)),
    ),
    Door(name="agenda_offer", of=of("agenda", ("agreed", "offered")), post=Post(who=ADMIN, gives=409)),
    Door(
        name="agenda_take_back",
        of=("agenda offered",),
        get=Get(who=ADMIN, **BACK),
        post=Post(who=ADMIN, changes=(Agenda,)),
    ),
    Door(name="agenda_take_back", of=of("agenda", ("agreed", "draft")), post=Post(who=ADMIN, gives=409)),
    Door(
        name="agenda_answer",
        of=("agenda offered",),
        get=Get(who=COCHAIRS, **BACK),
        post=Post(who=COCHAIRS, sends=yes, changes=(Agreement,)),
    ),
    Door(
        name="agenda_answer",
        of=of("agenda", ("agreed", "draft")),
        get=Get(who=COCHAIRS, **BACK),
        post=Post(who=COCHAIRS, sends=yes, gives=409),
    ),
    Door(name="notes_detail", of=of("notes", HELD), get=Get(shows=SAID), grows="items"),
    Door(name="notes_detail", of=of("notes", TO_COME), get=Get(shows=())),
    Door(name="notes_pdf", of=of("notes", HELD), get=Get(shows=SAID), grows="items"),
    Door(
        name="notes_write",
        of=of("notes", HELD),
        get=Get(who=ADMIN, shows=("item {1} *", "entry {1} *")),
        post=Post(who=ADMIN, sends=entries, changes=(NoteEntry,)),
        grows="items",
    ),
    Door(
        name="notes_write",
        of=of("notes", TO_COME),
        get=Get(who=ADMIN, gives=409),
        post=Post(who=ADMIN, sends=entries, gives=409),
    ),
    Door(
        name="decision_add",
        of=of("entry", ("written",), " *"),
        get=Get(who=ADMIN, shows=("item {1} {2}",)),
        post=Post(who=ADMIN, sends=words, changes=(Decision,)),
    ),
    Door(
        name="note_action_add",
        of=of("entry", ("written",), " *"),
        get=Get(who=ADMIN, shows=("item {1} {2}",)),
        post=Post(who=ADMIN, sends=task, changes=(NoteAction,)),
        grows="authorities",
    ),
    Door(
        name="decision_edit",
        of=of("decision", ("agreed", "written"), " *"),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=marked(words, DecisionForm), changes=(Decision,)),
    ),
    Door(
        name="decision_remove",
        of=of("decision", ("agreed", "written"), " *"),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, changes=(Decision,)),
    ),
    Door(
        name="note_action_edit",
        of=of("noted", ("agreed", "written"), " *"),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, sends=marked(task, NoteActionForm), changes=(NoteAction,)),
    ),
    Door(
        name="note_action_remove",
        of=of("noted", ("agreed", "written"), " *"),
        get=Get(who=ADMIN),
        post=Post(who=ADMIN, changes=(NoteAction,)),
    ),
    Door(
        name="notes_offer",
        of=("notes held",),
        get=Get(who=ADMIN, **BACK),
        post=Post(who=ADMIN, changes=(Notes,)),
    ),
    Door(
        name="notes_offer",
        of=of("notes", ("agreed", "written", "draft")),
        post=Post(who=ADMIN, gives=409),
    ),
    Door(
        name="notes_take_back",
        of=("notes written",),
        get=Get(who=ADMIN, **BACK),
        post=Post(who=ADMIN, changes=(Notes,)),
    ),
    Door(name="notes_take_back", of=of("notes", ("agreed", "held")), post=Post(who=ADMIN, gives=409)),
    Door(
        name="notes_answer",
        of=("notes written",),
        get=Get(who=COCHAIRS, **BACK),
        post=Post(who=COCHAIRS, sends=yes, changes=(Agreement, Notes)),
    ),
    Door(
        name="notes_answer",
        of=of("notes", ("agreed", "held")),
        get=Get(who=COCHAIRS, **BACK),
        post=Post(who=COCHAIRS, sends=yes, gives=409),
    ),
]
