"""Eighteen months of meetings for a demonstration: agendas, attendance, notes, decisions and actions.

Two items show the wall: one for the chairs, one for two named people.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from network import dates
from network.agreements import Agreeable, Agreement
from network.audience import Audience, Naming
from network.dates import Period
from network.demo import World
from network.meetings import calendar
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
from network.people.models import Organisation, User

DATA = Path(__file__).resolve().parent / "data" / "demonstration.json"
PAPERS_AHEAD = timedelta(days=8)  # how long before a meeting its agenda was agreed
WRITTEN_UP = timedelta(days=6)  # how long after it the notes were


def demonstration(world: World) -> list[Callable[[], None]]:
    return [lambda: _History(world).lay_down()]


class _History:
    """One world's meetings, with what they share: dice, texts, people."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice: Random = world.random("meetings")
        self.texts: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
        self.chairs = [world.person("cochair.one"), world.person("cochair.two")]
        self.admin = world.person("admin")
        self.leads = world.people("lead")
        self.deputies = world.people("deputy")
        self.authorities = world.authorities()
        self.extras = self.dice.sample(self.texts["extra_items"], len(self.texts["extra_items"]))
        self.tasks = self._mixed(self.texts["actions"])
        self.decided = {title: self._mixed(texts) for title, texts in self.texts["decisions"].items()}
        self.said = {title: self._mixed(texts) for title, texts in self.texts["said"].items()}

    def _mixed(self, texts: list[str]) -> list[str]:
        """A pile to draw from, so that nothing is said twice."""
        return self.dice.sample(texts, len(texts))

    def lay_down(self) -> None:
        rule = CycleRule.objects.get()
        held: list[Meeting] = []
        cycle = Period.cycle(self.world.begins)
        while rule.day(cycle) < self.world.as_of:
            if rule.day(cycle) >= self.world.begins:
                held.append(self._past(cycle, rule, number=len(held)))
            cycle = cycle.next()
        if held:
            self._behind_the_wall(held[-1])
        self._coming(cycle, rule)

    # A meeting that was held

    def _past(self, cycle: Period, rule: CycleRule, *, number: int) -> Meeting:
        day = rule.day(cycle)
        with dates.at(day - timedelta(days=50)):
            meeting = calendar.hold(cycle, rule)
        meeting.chair = self.chairs[number % 2]
        meeting.save()
        extra = self.extras[number % len(self.extras)]
        self._insert(meeting, extra)
        self._attended(meeting)
        self._written_up(meeting, extra)
        self._agreed(meeting.agenda, self.chairs, _at(day - PAPERS_AHEAD, 11))
        self._agreed(meeting.notes, [meeting.chair], _at(min(day + WRITTEN_UP, self._yesterday()), 15))
        return meeting

    def _yesterday(self) -> date:
        return self.world.as_of - timedelta(days=1)

    def _insert(
        self, meeting: Meeting, extra: dict[str, Any], audience: str = Audience.NETWORK
    ) -> AgendaItem:
        """Puts the item before "Any other business", which stays the last."""
        last = meeting.items.order_by("position").last()
        assert last is not None
        place = last.position
        AgendaItem.objects.filter(pk=last.pk).update(position=place + 1)
        return AgendaItem.objects.create(
            meeting=meeting,
            position=place,
            title=extra["title"],
            body=extra["body"],
            presenter=self._presenter(audience),
            minutes=extra.get("minutes", 10),
            audience=audience,
        )

    def _presenter(self, audience: str) -> str:
        lead = f"Lead, {self.dice.choice(self.authorities).name}"
        return lead if audience == Audience.NETWORK else "Coordinator"

    def _attended(self, meeting: Meeting) -> None:
        came = self.dice.sample(self.authorities, min(self.dice.randint(12, 18), len(self.authorities)))
        Attendance.objects.bulk_create(self._seat(meeting, body) for body in came)

    def _seat(self, meeting: Meeting, body: Organisation) -> Attendance:
        capacity = self.dice.choices(Attendance.Capacity.values, weights=(7, 2, 1))[0]
        people = {"lead": self.leads, "deputy": self.deputies}.get(capacity, {})
        substitute = self.dice.choice(self.texts["substitutes"]) if capacity == "substitute" else ""
        return Attendance(
            meeting=meeting,
            organisation=body,
            capacity=capacity,
            person=people.get(body.slug),
            substitute=substitute,
        )

    def _written_up(self, meeting: Meeting, extra: dict[str, Any]) -> None:
        items = list(meeting.items.order_by("position"))
        NoteEntry.objects.bulk_create(
            NoteEntry(item=item, text=text) for item in items if (text := self._said(item, extra))
        )
        decisions = []
        for item in items:
            if item.title == extra["title"]:
                decisions.append(
                    Decision(item=item, text=extra["decision"], published=self.dice.random() < 0.6)
                )
            elif self.decided.get(item.title) and self.dice.random() < 0.2:
                decisions.append(Decision(item=item, text=self.decided[item.title].pop()))
        Decision.objects.bulk_create(decisions)
        NoteAction.objects.bulk_create(self._actions(items, meeting, extra))

    def _actions(self, items: list[AgendaItem], meeting: Meeting, extra: dict[str, Any]) -> list[NoteAction]:
        """What follows from the meeting's own subject, and at some meetings one thing more."""
        here = next(item for item in items if item.title == extra["title"])
        actions = [self._action(here, text, meeting) for text in extra["actions"]]
        others = [item for item in items if item.title in ("Practice to share", "Action plan")]
        if self.tasks and self.dice.random() < 0.6:
            actions.append(self._action(self.dice.choice(others), self.tasks.pop(), meeting))
        return actions

    def _said(self, item: AgendaItem, extra: dict[str, Any]) -> str:
        if item.title == extra["title"]:
            return str(extra["said"])
        pile = self.said.get(item.title)
        if not pile:
            return ""
        pile.append(pile.pop(0))  # the same words come again only when all others have been used
        return pile[-1].format(authority=self.dice.choice(self.authorities).name)

    def _action(self, item: AgendaItem, text: str, meeting: Meeting) -> NoteAction:
        due = meeting.on + timedelta(days=self.dice.choice((28, 42, 56)))
        if self.dice.random() < 0.25:
            return NoteAction(item=item, text=text, owner=self.admin, due_on=due)
        body = self.dice.choice(self.authorities)
        return NoteAction(
            item=item,
            text=text,
            owner_organisation=body,
            owner=self.leads.get(body.slug),
            due_on=due,
        )

    def _agreed(self, thing: Agenda | Notes, people: list[User | Any], at: datetime) -> None:
        label = thing._meta.label_lower
        Agreement.objects.bulk_create(
            Agreement(
                label=label,
                object_id=thing.pk,
                version=thing.version,
                person=person,
                answer=Agreement.Answer.YES,
                at=at - timedelta(hours=20 * place),
            )
            for place, person in enumerate(people)
        )
        thing.status = Agreeable.Status.AGREED
        thing.agreed_at = at
        thing.save()

    # The wall, and what is to come

    def _behind_the_wall(self, meeting: Meeting) -> None:
        """One item of the latest meeting for the chairs, one for two people whom a co-chair has named."""
        chairs, legal = self.texts["chairs_item"], self.texts["legal_item"]
        for texts, audience in ((chairs, Audience.CHAIRS), (legal, Audience.LEGAL)):
            item = self._insert(meeting, texts, audience)
            NoteEntry.objects.create(item=item, text=texts["said"])
            if audience == Audience.LEGAL:
                self._name(item, meeting)

    def _name(self, item: AgendaItem, meeting: Meeting) -> None:
        lead = self.leads.get("kent") or next(iter(self.leads.values()))
        Naming.objects.bulk_create(
            Naming(
                label=item._meta.label_lower,
                object_id=item.pk,
                person=person,
                named_by=self.chairs[0],
                at=_at(meeting.on - PAPERS_AHEAD, 10),
            )
            for person in (lead, self.admin)
        )

    def _coming(self, cycle: Period, rule: CycleRule) -> None:
        """The next meeting, with an agenda that nobody has been asked to agree yet."""
        meeting = calendar.hold(cycle, rule)
        self._insert(meeting, self.extras[-1])
        self._insert(meeting, self.texts["chairs_item"], Audience.CHAIRS)
        self.world.says["next_meeting"] = meeting.on.isoformat()


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=dates.LONDON)
