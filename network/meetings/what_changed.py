"""Which item was changed and how, since a co-chair said yes: told to whoever is asked to agree again.

From the trail of the meeting, which holds acts on items that were open at that moment, never their words. An
item that its reader does not read today is left out altogether: it may have been kept to named people since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from django.db.models import Q

from network.agreements import Agreement
from network.audit import AuditEntry
from network.meetings.models import Agenda, AgendaItem, Notes
from network.people.models import User

MOST, ANSWERS = 20, 100
AGREED, YES, CHANGE = "agree", "said yes", "said change"
NAMED = "named people"
ITEMS = {
    "added an item": "added",
    "changed an item": "changed",
    "moved an item": "moved to another place",
}
REMOVED = "removed an item"
WRITTEN = {
    "wrote notes": "what was noted",
    "wrote a decision": "a decision written",
    "wrote a note action": "an action written",
    "removed a decision": "a decision removed",
    "removed a note action": "an action removed",
}
MEETING = {"changed the meeting": "The meeting", "recorded attendance": "Attendance"}
FIELDS = {
    "title": "title",
    "body": "words",
    "presenter": "presenter",
    "minutes": "minutes",
    "audience": "who may read it",
    "on": "day",
    "starts_at": "hours",
    "ends_at": "hours",
    "place": "place",
    "link": "link",
    "chair": "chair",
}


@dataclass(frozen=True)
class Change:
    """ "“Data”: presenter", on 22 November 2026, by the coordinator."""

    says: str
    at: datetime
    by: User | None


def answers(thing: Agenda | Notes) -> list[AuditEntry]:
    """When it was agreed, who said yes or asked for a change, and when people were named for an item of the
    meeting: the newest first."""
    its = Q(label=thing._meta.label_lower, object_id=thing.pk, verb__in=(AGREED, YES, CHANGE))
    items = AgendaItem.objects.filter(meeting=thing.meeting_id).order_by().values("pk")
    named = Q(label=AgendaItem._meta.label_lower, object_id__in=items, verb=NAMED)
    return list(AuditEntry.objects.filter(its | named).order_by("-pk")[:ANSWERS])


def since_agreed(thing: Agenda | Notes, user: User, given: list[AuditEntry]) -> list[Change]:
    """What was changed since this reader, or else whoever was the last, said yes."""
    yes = [one for one in given if one.verb == YES]
    own = [one for one in yes if one.actor_id == user.pk]
    if not yes or thing.status == thing.Status.AGREED:
        return []
    entries = _entries(thing, (own or yes)[0])
    asked = {pk for entry in entries for pk in entry.detail.get("items", ())}
    titles = dict(AgendaItem.objects.visible_to(user).filter(pk__in=asked).values_list("pk", "title"))
    return [change for entry in entries for change in _of(entry, titles)]


def _entries(thing: Agenda | Notes, since: AuditEntry) -> list[AuditEntry]:
    verbs = [*ITEMS, REMOVED, *MEETING, *(WRITTEN if isinstance(thing, Notes) else ())]
    if isinstance(thing, Agenda):
        verbs.remove("recorded attendance")
    told = AuditEntry.objects.filter(
        label="network.meeting", object_id=thing.meeting_id, verb__in=verbs, pk__gt=since.pk
    )
    return list(told.select_related("actor").order_by("-pk")[:MOST])


def _of(entry: AuditEntry, titles: Mapping[int, str]) -> Iterator[Change]:
    fields = list(dict.fromkeys(FIELDS.get(name, name) for name in entry.detail.get("fields", ())))
    if entry.verb in MEETING:
        how = ", ".join(fields) or "changed"
        yield Change(f"{MEETING[entry.verb]}: {how}", entry.at, entry.actor)
    elif entry.verb == REMOVED:
        for title in entry.detail.get("removed", ()):
            yield Change(f"“{title}”: removed", entry.at, entry.actor)
    else:
        how = ", ".join(fields) or {**ITEMS, **WRITTEN}[entry.verb]
        for pk in entry.detail.get("items", ()):
            if pk in titles:
                yield Change(f"“{titles[pk]}”: {how}", entry.at, entry.actor)


def asked_for(thing: Agenda | Notes, said: list[Agreement], given: list[AuditEntry]) -> list[Agreement]:
    """The changes asked for since it was agreed last, of whichever version: they stand until it is agreed, or
    until people are named for an item of which their words may speak."""
    if thing.status == thing.Status.AGREED:
        return []
    since = list(takewhile(lambda one: one.verb not in (AGREED, NAMED), given))
    asked = {(one.actor_id, one.detail.get("version")) for one in since if one.verb == CHANGE}
    return [
        one
        for one in said
        if one.answer == Agreement.Answer.CHANGE
        and asked & {(one.person_id, one.version), (one.person_id, None)}  # none: its words were removed
    ]
