"""A meeting as a test needs it: on the calendar, offered, agreed, held."""

from __future__ import annotations

from datetime import date
from typing import Any

from network import dates
from network.audience import Audience, Naming
from network.dates import Period
from network.meetings import acts, calendar
from network.meetings.models import AgendaItem, CycleRule, Decision, Meeting, NoteAction
from network.people.models import User


def meeting(on: date = date(2027, 1, 14), **fields: Any) -> Meeting:
    """The meeting of the day's cycle, with its standing items; nothing agreed."""
    made = calendar.hold(Period.cycle(on), CycleRule.objects.get(), on)
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def item(on: Meeting, title: str, *, audience: str = Audience.NETWORK, **fields: Any) -> AgendaItem:
    """One more item, without anybody's agreement becoming void."""
    last = on.items.order_by("position").last()
    place = last.position + 1 if last else 1
    return AgendaItem.objects.create(meeting=on, title=title, audience=audience, position=place, **fields)


def legal_item(on: Meeting, title: str, *people: User, by: User) -> AgendaItem:
    made = item(on, title, audience=Audience.LEGAL)
    for person in people:
        Naming.objects.create(label="network.agendaitem", object_id=made.pk, person=person, named_by=by)
    return made


def agree_agenda(on: Meeting, people: Any) -> None:
    acts.offer(on.agenda, by=people.admin)
    for person in (people.cochair_one, people.cochair_two):
        acts.agree(on.agenda, version=on.agenda.version, by=person)


def write(on: Meeting, under: AgendaItem, text: str, *, by: User) -> None:
    assert not acts.save_entries(on, {under.pk: acts.Written(text, acts.mark_of(""))}, by=by)


def decide(under: AgendaItem, text: str, *, by: User, published: bool = False) -> Decision:
    decision = Decision(item=under, text=text, published=published)
    acts.keep(decision, by=by)
    return decision


def task(under: AgendaItem, text: str, owner: User, *, by: User) -> NoteAction:
    action = NoteAction(item=under, text=text, owner=owner, due_on=dates.today())
    acts.keep(action, by=by)
    return action


def held(people: Any, on: date = date(2026, 11, 12)) -> Meeting:
    """A meeting that is over, chaired by co-chair one, with an agreed agenda and one note."""
    made = meeting(on, chair=people.cochair_one)
    agree_agenda(made, people)
    first = made.items.order_by("position").first()
    assert first
    write(made, first, "Everybody was welcomed.", by=people.admin)
    return made


def agree_notes(on: Meeting, people: Any) -> None:
    on.notes.refresh_from_db()
    acts.offer(on.notes, by=people.admin)
    acts.agree(on.notes, version=on.notes.version, by=people.cochair_one)


def printed(monkeypatch: Any) -> list[str]:
    """The pages that are to become PDFs from now on, as HTML; rendering them is tested elsewhere."""
    pages: list[str] = []

    def keep(html: str, *, title: str) -> bytes:
        pages.append(html)
        return b"%PDF-1.7"

    monkeypatch.setattr("network.files.pdf", keep)
    return pages
