"""What one reader sees of a meeting: the page and the PDF are made from the same parts.

Items that the reader may not see are not fetched, so they leave no gap in the numbering and no trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings

from network import agreements, registry, workflow
from network.agreements import Agreeable, Agreement, Voided
from network.audience import Audience
from network.meetings import what_changed
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
from network.registry import FollowUp
from network.roles import Permission


@dataclass
class Line:
    """One item as its reader sees it."""

    number: int
    item: AgendaItem
    text: str = ""
    decisions: list[Decision] = field(default_factory=list)
    actions: list[NoteAction] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)


@dataclass(frozen=True)
class Length:
    """How long the items that one reader sees take together, beside the meeting's own length, in minutes."""

    items: int
    meeting: int
    without: int  # items for which nobody has said how long they take

    @property
    def over(self) -> int:
        return max(0, self.items - self.meeting)

    @property
    def says(self) -> str:
        said = f"The items take {minutes(self.items)}; the meeting lasts {self.meeting}."
        if self.without:
            said += f" {self.without} {'has' if self.without == 1 else 'have'} no minutes yet."
        return said


def minutes(number: int) -> str:
    return f"{number} {'minute' if number == 1 else 'minutes'}"


@dataclass(frozen=True)
class Standing:
    """How the agreement of an agenda or of notes stands, for one reader."""

    thing: Agreeable
    agreed_by: str  # "Co-chair one and Co-chair two"
    awaited: str = ""
    may_answer: bool = False
    moves: frozenset[str] = frozenset()
    voided: list[Voided] = field(default_factory=list)
    asked: list[Agreement] = field(default_factory=list)  # changes asked for since it was agreed
    changed: list[what_changed.Change] = field(default_factory=list)  # since somebody said yes
    draft: bool = True


@dataclass(frozen=True)
class Seats:
    """Which authorities were represented."""

    rows: list[Attendance]
    members: list[Organisation]  # authorities on the day of the meeting

    @property
    def quorum(self) -> int:
        return settings.QUORUM_AUTHORITIES

    @property
    def says(self) -> str:
        """12 of 19 authorities represented; quorum met."""
        members = {body.pk for body in self.members}
        came = sum(row.organisation_id in members for row in self.rows)
        met = "quorum met" if came >= self.quorum else f"quorum of {self.quorum} not met"
        return f"{came} of {len(self.members)} authorities represented; {met}"

    @property
    def absent(self) -> list[Organisation]:
        came = {row.organisation_id for row in self.rows}
        return [body for body in self.members if body.pk not in came]


def lines(meeting: Meeting, user: User) -> list[Line]:
    items = AgendaItem.objects.visible_to(user).filter(meeting=meeting).order_by("position")
    found = []
    for number, item in enumerate(items, start=1):
        item.meeting = meeting
        found.append(Line(number, item))
    return found


def readers(thing: Agenda | Notes, shown: Iterable[Line]) -> set[str]:
    """For whom the page is, level by level: before it is agreed it is kept to the chairs."""
    draft = set() if thing.status == Agreeable.Status.AGREED else {Audience.CHAIRS.value}
    return draft | {line.item.audience for line in shown}


def length(meeting: Meeting, shown: Iterable[Line]) -> Length:
    given = [line.item.minutes for line in shown]
    starts, ends = meeting.starts_at, meeting.ends_at
    return Length(
        items=sum(one or 0 for one in given),
        meeting=(ends.hour - starts.hour) * 60 + ends.minute - starts.minute,
        without=given.count(None),
    )


def note_lines(meeting: Meeting, user: User) -> list[Line]:
    """The items with what was written, decided and to be done under each, and what became of it."""
    found = lines(meeting, user)
    items = [line.item for line in found]
    under = {line.item.pk: line for line in found}
    for entry in NoteEntry.objects.visible_to(user).filter(item__in=items).select_related("item"):
        under[entry.item_id].text = entry.text
    for decision in Decision.objects.visible_to(user).filter(item__in=items).select_related("item"):
        under[decision.item_id].decisions.append(decision)
    actions = NoteAction.objects.visible_to(user).filter(item__in=items).select_related("item")
    for action in actions.select_related("owner", "owner_organisation"):
        under[action.item_id].actions.append(action)
    for follow_up in registry.follow_ups(items, user):
        under[follow_up.item_id].follow_ups.append(follow_up)
    return found


def standing(thing: Agenda | Notes, user: User) -> Standing:
    agreed_by = _names(agreements.agreed_by(thing)) if thing.status == Agreeable.Status.AGREED else ""
    if not user.may(Permission.READ_CHAIRS):
        return Standing(thing, agreed_by, draft=thing.status != Agreeable.Status.AGREED)
    ever, given = list(agreements.said(thing)), what_changed.answers(thing)
    said = [one for one in ever if one.version == thing.version]
    return Standing(
        thing,
        agreed_by or _names(one.person for one in said if one.answer == Agreement.Answer.YES),
        awaited=agreements.awaited_words(thing) if thing.status == Agreeable.Status.OFFERED else "",
        may_answer=_may_agree(thing, user) and agreements.may_agree(thing, user),
        moves=frozenset(move.name for move in workflow.allowed(thing, user)),
        voided=agreements.voided(thing),
        asked=what_changed.asked_for(thing, ever, given),
        changed=what_changed.since_agreed(thing, user, given),
        draft=thing.status != Agreeable.Status.AGREED,
    )


def _may_agree(thing: Agenda | Notes, user: User) -> bool:
    """Whether anything has to be asked at all: only a co-chair's page offers an answer."""
    permission = thing.workflow.find("agree").permission
    return permission is not None and user.may(permission)


def _names(people: Iterable[User]) -> str:
    return " and ".join(person.display() for person in people)


def seats(meeting: Meeting, user: User) -> Seats:
    rows = Attendance.objects.visible_to(user).filter(meeting=meeting).select_related("organisation")
    members = Organisation.objects.visible_to(user).authorities().in_force(meeting.on)
    return Seats(list(rows.order_by("organisation__name")), list(members))
