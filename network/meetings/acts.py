"""What people do to agendas and notes: each act in one transaction, with the agreements that it makes void.

An act on something that no co-chair reads (a coordinator's item) leaves their agreement as it is: they never
said yes to it. So does an act on a legal item, also where a co-chair is named for it: a void agreement or a
new version number would give it away to everybody else. It is no part of what is agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Max

from network import agreements, audit, naming, registry, widening, workflow
from network.agreements import Agreeable
from network.audience import Audience
from network.marks import Loaded
from network.marks import mark_of as mark_of
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
from network.people.models import Organisation, User
from network.workflow import Refused

CLOSING = "Any other business"
"""The standing item that stays the last."""

# -- The agenda ---------------------------------------------------------------------------------------


def add_item(meeting: Meeting, *, by: User, **fields: Any) -> AgendaItem:
    """A new item at the end of the agenda, before "Any other business" where that is the last."""
    with _changing_agenda(meeting, by, "added an item") as touched:
        end = (meeting.items.aggregate(last=Max("position"))["last"] or 0) + 1
        # A legal item after it must not show by the place of the new one.
        last = meeting.items.exclude(audience=Audience.LEGAL).order_by("position").last()
        place = end
        if last and last.title == CLOSING:
            AgendaItem.objects.filter(pk=last.pk).update(position=end)
            place = last.position
        item = AgendaItem.objects.create(meeting=meeting, position=place, **fields)
        touched(item)
    return item


def change_item(item: AgendaItem, *, by: User, loaded: Loaded | None = None, **fields: Any) -> AgendaItem:
    """Raises Changed if the item is no longer as the form was `loaded`."""
    with _changing_agenda(item.meeting, by, "changed an item") as touched:
        locked = _still_read(item, by)
        if loaded:
            loaded.check_row(locked)
        touched(locked)
        touched.tell(fields=sorted(field for field in fields if getattr(locked, field) != fields[field]))
        before = locked.audience
        for field, value in fields.items():
            setattr(locked, field, value)
        locked.save()
        widening.note(locked, before=before, after=locked.audience, by=by)
        touched(locked)
    return locked


def remove_item(item: AgendaItem, *, by: User) -> None:
    """Raises Refused if notes, decisions or actions stand under the item."""
    with _changing_agenda(item.meeting, by, "removed an item") as touched:
        locked = _still_read(item, by)
        touched(locked)
        if locked.audience != Audience.LEGAL and _read_by_any(locked, item.meeting.agenda.agreers()):
            touched.tell(removed=[locked.title])
        try:
            with transaction.atomic():
                naming.forget(locked)
                locked.delete()
        except models.ProtectedError:
            raise Refused(
                "This item has notes, a decision or an action under it. Remove those first, or keep the item."
            ) from None


def move_item(item: AgendaItem, *, by: User, up: bool) -> bool:
    """Changes places with the neighbour that the person sees; False if there is none on that side."""
    with _changing_agenda(item.meeting, by, "moved an item") as touched:
        seen = AgendaItem.objects.visible_to(by).filter(meeting=item.meeting_id)
        locked = seen.get(pk=item.pk)
        other = (
            seen.filter(position__lt=locked.position).last()
            if up
            else seen.filter(position__gt=locked.position).first()
        )
        if other is None:
            return False
        one, two = locked.position, other.position
        spare = (item.meeting.items.aggregate(last=Max("position"))["last"] or 0) + 1
        for row, position in ((locked, spare), (other, one), (locked, two)):  # a position is held once
            AgendaItem.objects.filter(pk=row.pk).update(position=position)
        if other.audience != Audience.LEGAL:  # else nobody beside those named sees a difference
            touched(locked)
    return True


def name_people(item: AgendaItem, people: Sequence[User], *, by: User, loaded: Loaded | None = None) -> None:
    """Keeps the item to these people. Whoever had agreed an agenda with it in it is asked again."""
    with _changing_agenda(item.meeting, by, "named people for an item") as touched:
        touched(AgendaItem.objects.get(pk=item.pk))
        naming.name_people(item, people, by=by, loaded=loaded)
        touched(AgendaItem.objects.get(pk=item.pk))


def made_void_by_naming(item: AgendaItem) -> list[Agenda | Notes]:
    """The agenda and the notes to which somebody said yes that naming people for the item makes void."""
    if item.audience == Audience.LEGAL:
        return []
    meeting = item.meeting
    things: list[Agenda | Notes] = [meeting.agenda, meeting.notes] if meeting.has_come() else [meeting.agenda]
    return [thing for thing in things if agreements.agreed_by(thing) and _read_by_any(item, thing.agreers())]


def change_meeting(meeting: Meeting, *, by: User, loaded: Loaded | None = None, **fields: Any) -> Meeting:
    """Another day, hour, place or chair; what was agreed about the meeting has to be agreed again.

    Raises Changed if the meeting is no longer as the form was `loaded`.
    """
    with transaction.atomic():
        locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if loaded:
            loaded.check_row(locked)
        changed = {field for field, value in fields.items() if getattr(locked, field) != value}
        for field in changed:
            setattr(locked, field, fields[field])
        locked.save()
        audit.record(by=by, verb="changed the meeting", on=locked, fields=sorted(changed))
        if changed - {"chair"}:  # who chaired is known after the agenda was agreed, and no part of it
            agreements.edited(locked.agenda, by=by)
        if changed:
            agreements.edited(locked.notes, by=by)
    return locked


# -- The notes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """What one person typed for one item, and the mark of what stood there when they began."""

    text: str
    before: str


def save_entries(meeting: Meeting, written: Mapping[int, Written], *, by: User) -> dict[int, str]:
    """Keeps the texts by item id, all or none.

    Where a colleague has written meanwhile, nothing is kept and their newer text is given back by item id.
    """
    with _changing_notes(meeting, by, "wrote notes") as touched:
        items = AgendaItem.objects.visible_to(by).filter(meeting=meeting).in_bulk(list(written))
        entries = {entry.item_id: entry for entry in NoteEntry.objects.filter(item__in=items)}
        stands = {pk: entries[pk].text if pk in entries else "" for pk in items}
        changed = [pk for pk in items if written[pk].text != stands[pk]]
        newer = {pk: stands[pk] for pk in changed if written[pk].before != mark_of(stands[pk])}
        for pk in () if newer else changed:
            _write(items[pk], written[pk].text)
            touched(items[pk])
    return newer


def _write(item: AgendaItem, text: str) -> None:
    if text:
        NoteEntry.objects.update_or_create(item=item, defaults={"text": text})
    else:
        NoteEntry.objects.filter(item=item).delete()


def keep(outcome: Decision | NoteAction, *, by: User, loaded: Loaded | None = None) -> None:
    """Saves a new or changed decision or action under its item. Raises Changed if it is no longer as the form
    was `loaded`, Refused if it is gone."""
    with _changing_notes(outcome.item.meeting, by, f"wrote a {outcome._meta.verbose_name}") as touched:
        outcome.item = _still_read(outcome.item, by)
        stands = type(outcome)._base_manager.filter(pk=outcome.pk).first() if loaded else None
        if loaded:
            if stands is None:
                raise Refused("A colleague removed this while you were writing.")
            loaded.check_row(stands)
        outcome.save()
        if stands:
            widening.note(outcome, before=readers(stands), after=readers(outcome), by=by)
        touched(outcome.item)


def readers(outcome: Decision | NoteAction) -> str:
    """A decision that may be told is read by everybody who signs in, once the notes are agreed."""
    told = isinstance(outcome, Decision) and outcome.published
    return Audience.PUBLISHED if told else outcome.item.audience


def remove(outcome: Decision | NoteAction, *, by: User) -> None:
    with _changing_notes(outcome.item.meeting, by, f"removed a {outcome._meta.verbose_name}") as touched:
        item = _still_read(outcome.item, by)
        try:
            with transaction.atomic():
                outcome.delete()
        except models.ProtectedError:
            raise Refused("The action plan has taken this action over. Change it there.") from None
        touched(item)


def mark_of_attendance(rows: Iterable[Attendance]) -> str:
    """The mark of who represented which authority."""
    return mark_of(repr(sorted((row.organisation_id, str(row.capacity), row.substitute) for row in rows)))


def record_attendance(
    meeting: Meeting,
    came: Mapping[Organisation, tuple[str, str]],
    *,
    by: User,
    loaded: Loaded | None = None,
) -> bool:
    """Who represented which authority: `came[kent] = ("substitute", "Service manager")`. An authority that is
    not in it was not represented. False if that is what stood there already. Raises Changed if another answer
    stands there than when the form was `loaded`."""
    with transaction.atomic():
        notes = Notes.objects.select_for_update().get(meeting=meeting)
        rows = {row.organisation_id: row for row in Attendance.objects.filter(meeting=meeting)}
        if loaded:
            loaded.check(mark_of_attendance(rows.values()))
        stands = {pk: (str(row.capacity), row.substitute) for pk, row in rows.items()}
        now = {organisation.pk: answer for organisation, answer in came.items()}
        if now == stands:
            return False
        for pk, row in rows.items():
            if pk not in now:
                row.delete()
        for pk, (capacity, substitute) in now.items():
            if stands.get(pk) != (capacity, substitute):
                Attendance.objects.update_or_create(
                    meeting=meeting,
                    organisation_id=pk,
                    defaults={"capacity": capacity, "substitute": substitute, "person": None},
                )
        audit.record(by=by, verb="recorded attendance", on=meeting, represented=len(now))
        agreements.edited(notes, by=by)
    return True


# -- Offering and agreeing ----------------------------------------------------------------------------


def offer(thing: Agenda | Notes, *, by: User) -> None:
    """Puts the agenda or the notes before those who agree it, with a mail to each."""
    workflow.move(thing, "offer", by=by, then=agreements.ask_all)


def agree(thing: Agenda | Notes, *, version: int, by: User) -> None:
    """A co-chair's yes to the version that they read. With the last yes to notes, what follows from them is
    taken over by the floors above, in the same transaction. Raises Changed or NotAllowed."""
    if isinstance(thing, Notes):
        agreements.agree(thing, version=version, by=by, then=lambda notes: _follow_up(notes, by))
    else:
        agreements.agree(thing, version=version, by=by)


def _follow_up(notes: Notes, by: User) -> None:
    said = registry.notes_agreed(notes.meeting, by)
    audit.record(by=by, verb="took over what follows", on=notes, said=said)


# -- What an act makes void ---------------------------------------------------------------------------


@dataclass
class Touched:
    """Named for each item as it was and as it is; `tell` says of an open item what was done to it."""

    touch: Callable[[AgendaItem], None]
    told: dict[str, Any] = field(default_factory=dict)

    def __call__(self, item: AgendaItem) -> None:
        self.touch(item)

    def tell(self, **detail: list[str]) -> None:
        self.told.update(detail)


@contextmanager
def _changing(
    meeting: Meeting, by: User, verb: str, *models_: type[Agenda] | type[Notes]
) -> Iterator[Touched]:
    """One act under lock; the inner code names each item as it was and as it is.

    At the end the documents in which a co-chair could read one of them get a new version.
    """
    with transaction.atomic():
        things: list[Agreeable] = [
            model.objects.select_for_update().get(meeting=meeting) for model in models_
        ]
        concerned: set[int] = set()
        open_items: set[int] = set()
        legal: dict[int, AgendaItem] = {}

        def touched(item: AgendaItem) -> None:
            if item.audience == Audience.LEGAL:
                legal[item.pk] = AgendaItem(pk=item.pk, audience=Audience.LEGAL)  # it may be gone
                return
            open_items.add(item.pk)
            for index, thing in enumerate(things):
                if index not in concerned and _read_by_any(item, thing.agreers()):
                    concerned.add(index)

        named = Touched(touched)
        yield named
        # What is done to a legal item is written down with it alone: more people read the meeting's trail.
        for item in legal.values():
            audit.record(by=by, verb=verb, on=item)
        if others := sorted(open_items - set(legal)):
            audit.record(by=by, verb=verb, on=meeting, items=others, **named.told)
        for index in concerned:
            agreements.edited(things[index], by=by)


def _still_read(item: AgendaItem, by: User) -> AgendaItem:
    """The item as it stands now, under the lock of its meeting's documents. Raises Refused, without a word of
    it, if it is gone or was kept to people among whom the person is not."""
    found: AgendaItem | None = AgendaItem.objects.visible_to(by).filter(pk=item.pk).first()
    if found is None:
        raise Refused("What you were writing about is no longer there for you. Nothing was saved.")
    return found


def _changing_agenda(meeting: Meeting, by: User, verb: str) -> Any:
    """The items of a meeting that has been held stand in its notes as well."""
    both = (Agenda, Notes) if meeting.has_come() else (Agenda,)
    return _changing(meeting, by, verb, *both)


def _changing_notes(meeting: Meeting, by: User, verb: str) -> Any:
    return _changing(meeting, by, verb, Notes)


def _read_by_any(item: AgendaItem, people: list[User]) -> bool:
    return any(AgendaItem.objects.visible_to(person).filter(pk=item.pk).exists() for person in people)
