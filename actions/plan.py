"""What people do to the plan: each act in one transaction, with its dated update and its audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from actions.models import OPEN, Action, Status, Update, may_update
from network import audit, dates, widening, workflow
from network.audience import Audience, narrowest
from network.dates import long_date
from network.workflow import Changed, NotAllowed, Refused

if TYPE_CHECKING:
    from network.meetings.models import Meeting, NoteAction
    from network.people.models import Organisation, User

MOVED_AT_MOST = 40
EDITED = ("theme", "objective", "text", "owner_organisation", "owner", "due_on", "audience")


def note(
    action: Action, *, by: User | None, text: str = "", moved: str = "", percent: int | None = None,
    at: datetime | None = None,
) -> Update:  # fmt: skip
    """Write down how the action stands from now on."""
    return Update.objects.create(
        action=action,
        text=text,
        moved=moved,
        percent=percent,
        status=action.status,
        due_on=action.due_on,
        by=by,
        at=at or dates.now(),
    )


def add(*, by: User, **fields: Any) -> Action:
    with transaction.atomic():
        action = Action.objects.create(**fields)
        note(action, by=by, moved="Added to the plan")
        audit.record(by=by, verb="added", on=action)
    return action


def edit(action: Action, changes: Mapping[str, Any], *, version: int, by: User) -> Action:
    """Change what the plan says of an action, if it is still the version that the person had before them.

    Raises Changed otherwise: nothing of the other person's is overwritten.
    """
    with transaction.atomic():
        locked: Action = Action.objects.select_for_update().get(pk=action.pk)
        named = locked.audience != action.audience  # a naming is no edit of its words
        if locked.version != version or named:
            raise Changed(
                "Somebody else changed this action while you were writing. Nothing of theirs was overwritten."
            )
        changed = [field for field in EDITED if field in changes and getattr(locked, field) != changes[field]]
        if not changed:
            return locked
        if why := locked.why_not_read_by(changes.get("audience", locked.audience)):
            raise Refused(f"{why}.")
        moved, before = _said_of(locked, changes, changed), locked.readers
        for field in changed:
            setattr(locked, field, changes[field])
        locked.version += 1
        locked.save()
        note(locked, by=by, moved=moved)
        audit.record(by=by, verb="changed", on=locked, fields=changed)
        widening.note(locked, before=before, after=locked.readers, by=by)
    return locked


def _said_of(action: Action, changes: Mapping[str, Any], changed: list[str]) -> str:
    """What the history says of an edit; the due date by its values, the rest by name."""
    if changed == ["due_on"]:
        due = changes["due_on"]
        return f"Due date is now {long_date(due)}" if due else "Due date taken away"
    names = {
        "due_on": "due date",
        "owner_organisation": "lead",
        "owner": "lead",
        "text": "wording",
        "audience": "who may read it",
    }
    listed = sorted({names.get(field, field) for field in changed})
    return f"Changed: {', '.join(listed)}"[:MOVED_AT_MOST]


def post(action: Action, *, by: User, text: str, percent: int | None) -> Update:
    """The owner says how far it is. Progress on an action that had not begun starts it."""
    with transaction.atomic():
        locked: Action = Action.objects.select_for_update().get(pk=action.pk)
        if not may_update(locked, by):
            raise NotAllowed("Progress is posted by whoever leads the action.")
        if locked.status in (Status.DONE, Status.STOPPED):
            raise Changed("This action was closed meanwhile. Open it again before you post progress.")
        if percent and locked.status == Status.NOT_STARTED:
            locked = workflow.move(locked, "start", by=by)
        posted = note(locked, by=by, text=text, percent=percent)
        audit.record(by=by, verb="posted progress", on=locked)
    return posted


def move(action: Action, name: str, *, by: User | None, text: str = "") -> Action:
    """Start, finish, stop or open again, with the dated update that says so."""
    says = {"start": "Started", "finish": "Done", "stop": "Stopped", "reopen": "Opened again"}

    def write(row: Action) -> None:
        note(row, by=by, text=text, moved=says.get(name, name), percent=100 if name == "finish" else None)

    return workflow.move(action, name, by=by, then=write)


# When a body ends or a person leaves


def hand_to(action: Action, body: Organisation, *, by: User | None) -> bool:
    """Another body leads from now on; whether anything was changed. The history keeps who led until then."""
    return _handed(action, {"owner_organisation": body}, f"Handed to {body.name}", by)


def hand_over(action: Action, person: User, *, by: User | None) -> bool:
    """Another person leads from now on."""
    return _handed(action, {"owner": person}, f"Handed to {person.display()}", by)


def _handed(action: Action, leads: Mapping[str, Any], moved: str, by: User | None) -> bool:
    with transaction.atomic():
        locked: Action = Action.objects.select_for_update().get(pk=action.pk)
        before = {field: getattr(locked, field) for field in leads}
        if locked.status not in OPEN or before == leads:
            return False
        for field, one in leads.items():
            setattr(locked, field, one)
        locked.version += 1
        locked.save()
        note(locked, by=by, moved=moved[:MOVED_AT_MOST])
        was = {field: one.pk if one else None for field, one in before.items()}
        audit.record(
            by=by, verb="handed over", on=locked, was=was, now={f: one.pk for f, one in leads.items()}
        )
    return True


def keep_with(action: Action, body: Organisation, *, by: User | None) -> bool:
    """The plan goes on naming a body that has ended; whether that had still to be said."""
    with transaction.atomic():
        locked: Action = Action.objects.select_for_update().get(pk=action.pk)
        moved = f"Stays with {body.name}, which has ended"[:MOVED_AT_MOST]
        if locked.status not in OPEN or locked.updates.filter(moved=moved).exists():
            return False
        note(locked, by=by, moved=moved)
        audit.record(by=by, verb="kept with a body that has ended", on=locked)
    return True


# What follows from agreed notes


def take_over(meeting: Meeting, by: User | None) -> list[str]:
    """An action in the plan for each action in the agreed notes; a second call finds them all there.

    Of what came from a legal item nothing is told, not even in the number.
    """
    taken = [noted for noted in _noted(meeting) if _take(noted, by)]
    taken = [noted for noted in taken if noted.item.audience != Audience.LEGAL]
    if not taken:
        return []
    return [f"{len(taken)} {'action' if len(taken) == 1 else 'actions'} added to the plan"]


def _noted(meeting: Meeting) -> list[NoteAction]:
    from network.meetings.models import NoteAction

    rows = NoteAction.objects.filter(item__meeting=meeting)
    return list(rows.select_related("item", "owner", "owner_organisation").order_by("pk"))


def _take(noted: NoteAction, by: User | None) -> bool:
    with transaction.atomic():
        action, made = Action.objects.get_or_create(
            origin_key=f"note-action:{noted.pk}",
            defaults={
                "origin_item": noted.item,
                "text": noted.text,
                "owner_organisation": noted.owner_organisation,
                "owner": noted.owner,
                "due_on": noted.due_on,
                "audience": narrowest(Audience.PARTNERS, noted.item.audience),
                "created_at": dates.now(),
            },
        )
        if made:
            note(action, by=by, moved="Agreed at a meeting")
            audit.record(by=by, verb="taken over from notes", on=action)
    return made
