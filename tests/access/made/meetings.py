"""Three meetings: one agreed in everything, one whose notes are written, one that is to come.

Each agenda has an item of each audience; under those of held meetings stand notes, a decision and an action.
What is not agreed yet is read by co-chairs and the coordinator only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from network import agreements, dates
from network.agreements import Agreement
from network.meetings.models import (
    Agenda,
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    NoteAction,
    NoteEntry,
    Notes,
)
from tests.access.who import CHAIRS, EVERYBODY, MEMBERS, READERS, Who
from tests.access.world import World, planted


@dataclass(frozen=True)
class Stage:
    name: str
    on: date
    agenda: str
    notes: str
    held: bool
    sees_agenda: Who
    sees_notes: Who


STAGES = (
    Stage("agreed", date(2026, 9, 10), "agreed", "agreed", True, MEMBERS, MEMBERS),
    Stage("written", date(2026, 11, 12), "agreed", "offered", True, MEMBERS, CHAIRS),
    Stage("held", date(2026, 7, 9), "agreed", "draft", True, MEMBERS, CHAIRS),
    Stage("offered", date(2027, 1, 14), "offered", "draft", False, CHAIRS, CHAIRS),
    Stage("draft", date(2027, 3, 11), "draft", "draft", False, CHAIRS, CHAIRS),
)


def make(world: World) -> None:
    for stage in STAGES:
        _meeting(world, stage)


def _meeting(world: World, stage: Stage) -> None:
    on = stage.on.isoformat()
    meeting = Meeting.objects.create(
        on=stage.on,
        cycle=dates.Period.cycle(stage.on).key,
        place=f"Room {planted(f'meeting {stage.name}')}",
        chair=world.people["cochair_one"],
    )
    agenda = Agenda.objects.create(meeting=meeting, status=stage.agenda, agreed_at=_when(stage.agenda))
    notes = Notes.objects.create(meeting=meeting, status=stage.notes, agreed_at=_when(stage.notes))
    for thing in (agenda, notes):
        if thing.status == "agreed":
            for role in ("cochair_one", "cochair_two"):
                _yes(thing, world, role)
    world.add(f"meeting {stage.name}", meeting, MEMBERS, on=on)
    world.add(f"agenda {stage.name}", agenda, stage.sees_agenda, on=on)
    world.add(f"notes {stage.name}", notes, stage.sees_notes, on=on)
    if stage.held:
        Attendance.objects.create(
            meeting=meeting,
            organisation=world.bodies["kent"],
            capacity="substitute",
            substitute=f"Manager {planted(f'attendance {stage.name}')}",
        )
        world.add(f"attendance {stage.name}", meeting, MEMBERS, on=on)
    for position, level in enumerate(READERS, start=1):
        _item(world, stage, meeting, level, position)


def _when(status: str) -> datetime | None:
    return dates.now() if status == "agreed" else None


def _yes(thing: agreements.Agreeable, world: World, role: str) -> None:
    Agreement.objects.create(
        label=thing._meta.label_lower, object_id=thing.pk, version=1, person=world.people[role], answer="yes"
    )


def _item(world: World, stage: Stage, meeting: Meeting, level: str, position: int) -> None:
    on = stage.on.isoformat()
    name = f"{stage.name} {level}"
    item = AgendaItem.objects.create(
        meeting=meeting,
        position=position,
        title=f"Item {planted(f'item {name}')}",
        body=f"About {planted(f'about {name}')}",
        audience=level,
    )
    if level == "legal":
        world.name(item)
    readers = READERS[level] & (stage.sees_agenda | stage.sees_notes)
    world.add(f"item {name}", item, readers, on=on, item=item.pk)
    world.add(f"about {name}", item, readers, on=on, item=item.pk)
    if not stage.held:
        return
    readers = READERS[level] & stage.sees_notes
    NoteEntry.objects.create(item=item, text=f"Said {planted(f'entry {name}')}")
    world.add(f"entry {name}", item, readers, on=on, item=item.pk)
    decision = Decision.objects.create(item=item, text=f"Decided {planted(f'decision {name}')}")
    world.add(f"decision {name}", decision, readers, on=on, pk=decision.pk)
    action = NoteAction.objects.create(
        item=item,
        text=f"Do {planted(f'noted {name}')}",
        owner_organisation=world.bodies["kent"],
        due_on=date(2027, 2, 1),
    )
    world.add(f"noted {name}", action, readers, on=on, pk=action.pk)
    # One may be told outside the network, once the notes are agreed; never one of a legal item.
    told = Decision.objects.create(item=item, text=f"Tell {planted(f'told {name}')}", published=True)
    outside = EVERYBODY if stage.notes == "agreed" and level != "legal" else readers
    world.add(f"told {name}", told, outside, on=on, pk=told.pk)
