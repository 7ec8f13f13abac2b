"""The plan's part of a demonstration: some thirty actions, carried out by the acts that people would use."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from actions import plan
from actions.models import Action, Objective, Theme, may_update
from network import dates
from network.audience import Audience
from network.dates import LONDON
from network.demo import World
from network.meetings.models import Notes
from network.people.models import Organisation, User

STORIES = Path(__file__).with_name("data") / "demo_actions.json"


def demonstration(world: World) -> list[Callable[[], None]]:
    return [lambda: _lay_down(world)]


def _lay_down(world: World) -> None:
    stories: list[dict[str, Any]] = json.loads(STORIES.read_text(encoding="utf-8"))
    dice = world.random("actions")
    objectives = {objective.theme.slug: objective for objective in Objective.objects.select_related("theme")}
    leads = _who_leads(world, dice, len(stories))
    admin = world.person("admin")
    for story, lead in zip(stories, leads, strict=True):
        _Story(world, dice, story, objectives[story["theme"]], lead, admin).tell()
    _from_meetings(world, dice)


def _who_leads(world: World, dice: Random, number: int) -> list[Organisation]:
    """Every authority that was there from the beginning, in an order of the dice, again and again."""
    there = [
        authority
        for authority in world.authorities()
        if not authority.starts_on or authority.starts_on <= world.begins
    ]
    dice.shuffle(there)
    return [there[place % len(there)] for place in range(number)]


class _Story:
    """One action from its beginning to where it stands on the demonstration's day."""

    def __init__(
        self, world: World, dice: Random, story: dict[str, Any], objective: Objective,
        lead: Organisation, admin: User,
    ) -> None:  # fmt: skip
        self.world, self.dice, self.story, self.objective, self.admin = world, dice, story, objective, admin
        known = {body.slug: body for body in world.authorities()}
        self.lead = known.get(story.get("lead", ""), lead)
        self.poster = world.person(f"lead.{self.lead.slug}")

    def when(self, weeks_ago: float) -> datetime:
        """A working hour of some day in that week, never after the demonstration's day."""
        day = self.world.as_of - timedelta(days=round(weeks_ago * 7))
        day = min(day - timedelta(days=max(0, day.weekday() - 4)), self.world.as_of - timedelta(days=1))
        return datetime.combine(day, time(self.dice.randint(9, 16), self.dice.randint(0, 59)), tzinfo=LONDON)

    def tell(self) -> None:
        story = self.story
        begins, due = story["begins"] + self.dice.random() - 0.5, story["due"]
        due_on = self.world.as_of - timedelta(days=due * 7)
        due_on -= timedelta(days=max(0, due_on.weekday() - 4))
        with dates.at(self.when(begins)):
            action = plan.add(
                by=self.admin,
                theme=self.objective.theme,
                objective=self.objective,
                text=story["text"],
                owner_organisation=self.lead,
                owner=self.poster if self.dice.random() < 0.3 else None,
                due_on=due_on,
            )
        self._post(action, begins)
        self._end(action)

    def _post(self, action: Action, begins: float) -> None:
        """The updates lie evenly between the beginning and the end."""
        said, percent = self.story["said"], self.story.get("percent") or []
        ends = self.story["done"] if self.story["done"] is not None else 1
        for number, text in enumerate(said, start=1):
            share = number / (len(said) + 1)
            done = percent[number - 1] if percent else round(share * 20) * 5
            with dates.at(self.when(begins + (ends - begins) * share)):
                plan.post(action, by=self._by(action), text=text, percent=done)

    def _end(self, action: Action) -> None:
        action.refresh_from_db()
        if self.story["done"] is not None:
            with dates.at(self.when(self.story["done"])):
                plan.move(action, "finish", by=self._by(action))
        elif self.story["state"] == "stopped":
            with dates.at(self.when(self.story["due"])):
                plan.move(action, "stop", by=self.admin, text=self.story["why"])

    def _by(self, action: Action) -> User:
        return self.poster if may_update(action, self.poster) else self.admin


WORDS = {
    "legal-limits": ("legal", "law", "duty", "lawful", "counsel", "ombudsman"),
    "data": ("data", "figure", "number", "record", "count", "statistic"),
    "guidance": (
        "guidance",
        "procedure",
        "policy",
        "policies",
        "form",
        "template",
        "leaflet",
        "checklist",
        "wording",
    ),
}


def _from_meetings(world: World, dice: Random) -> None:
    """What the agreed notes of past meetings brought, put under a theme and seen through by most."""
    themes = {theme.slug: theme for theme in Theme.objects.all()}
    agreed = Notes.objects.filter(status=Notes.Status.AGREED).select_related("meeting")
    for notes in agreed.order_by("agreed_at"):
        with dates.at(notes.agreed_at or dates.now()):
            plan.take_over(notes.meeting, None)
    latest = agreed.order_by("-agreed_at").first()
    admin = world.person("admin")
    taken = Action.objects.filter(origin_key__isnull=False).exclude(audience=Audience.LEGAL).order_by("pk")
    for action in taken.select_related("origin_item"):
        if latest and action.origin_item and action.origin_item.meeting_id == latest.meeting_id:
            continue  # the newest still wait for the coordinator
        with dates.at(action.created_at + timedelta(days=2)):
            action = plan.edit(action, {"theme": themes[_theme_of(action.text)]}, version=1, by=admin)
        _see_through(world, dice, action, admin)


def _theme_of(text: str) -> str:
    said = text.lower()
    found = (theme for theme, words in WORDS.items() if any(word in said for word in words))
    return next(found, "intelligence")


def _see_through(world: World, dice: Random, action: Action, admin: User) -> None:
    """Most are done about when they are due, some a little late, a few not at all."""
    due = action.due_on or world.as_of
    end = due + timedelta(days=dice.choice((-9, -6, -3, -1, -1, 4, 12)))
    done = dice.random() < 0.85
    if end >= world.as_of or not done:
        return
    poster = action.owner or admin
    if action.owner_organisation:
        poster = world.person(f"lead.{action.owner_organisation.slug}")
    moment = datetime.combine(
        max(end, dates.local(action.created_at).date()) + timedelta(days=3), time(11), tzinfo=LONDON
    )
    with dates.at(min(moment, datetime.combine(world.as_of - timedelta(days=1), time(11), tzinfo=LONDON))):
        plan.move(action, "finish", by=poster if may_update(action, poster) else admin)
