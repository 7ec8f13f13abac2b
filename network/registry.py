"""The few questions that this floor asks of the apps above, without knowing them.

An app answers in its `AppConfig.ready()`: `registry.tasks_for.answer(provider)`. Asking gathers every
app's answers in the order in which they registered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from network import dates
from network.figures import Chapter

if TYPE_CHECKING:
    from django.db.models import Model, OuterRef, QuerySet

    from network.dates import Period
    from network.demo import World
    from network.meetings.models import AgendaItem, Meeting
    from network.people.models import Membership, Organisation, User

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

URGENT_WORKING_DAYS = 5


class Question(Generic[_Asked, _Answer]):
    """One question; every app may answer it with any number of answers."""

    def __init__(self) -> None:
        self._providers: list[Callable[_Asked, Iterable[_Answer]]] = []

    def answer(self, provider: Callable[_Asked, Iterable[_Answer]]) -> None:
        if provider not in self._providers:
            self._providers.append(provider)

    def __call__(self, *args: _Asked.args, **kwargs: _Asked.kwargs) -> list[_Answer]:
        return [one for provider in self._providers for one in provider(*args, **kwargs)]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that a person has to do now: one line, one date, one click to the exact place."""

    title: str
    url: str
    due: date | None = None
    at_once: bool = False  # something is broken: no day can be named by which it is soon enough

    @property
    def urgent(self) -> bool:
        """One rule for every room: overdue, or due within five working days."""
        if self.due is None:
            return self.at_once
        today = dates.today()
        return self.due < today or dates.working_days_between(today, self.due) <= URGENT_WORKING_DAYS

    @property
    def order(self) -> tuple[bool, date, str]:
        """By due date; what has none comes last."""
        return (not self.at_once, self.due or date.max, self.title)


@dataclass(frozen=True, kw_only=True)
class NavItem:
    label: str
    url: str
    order: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that happened and that the person may know of."""

    at: datetime
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Changes:
    """One kind of change as rows of the database: one statement asks for the newest of all kinds.

    `at` and `words` are paths from a row; `say` makes a line's title and address of the words, as texts.
    `legal` are the kinds of things above it that may be kept to named people, each with the path to it (""
    for the row itself).
    """

    rows: QuerySet[Any]
    at: str
    words: tuple[str, ...]
    say: Callable[..., tuple[str, str]]
    legal: tuple[tuple[type[Model], str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One authority's state on the map of the region: coloured and lettered."""

    organisation_id: int
    letter: str  # "S"
    state: str  # "Submitted"
    colour: str  # a GOV.UK tag colour: green, blue, yellow, red, grey …
    url: str = ""
    of: str = ""  # what the state is of: "Autumn 2026"


@dataclass(frozen=True, kw_only=True)
class AgendaLine:
    """Something that an app puts before a meeting: "3 actions are overdue"."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What became of an agenda item in another app: an action in the plan."""

    item_id: int
    title: str
    url: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Doer:
    """Who has something to do about a thing: a person, or an authority with those of it who could do it."""

    what: str  # "this action", "the action “Ask counsel”"
    who: str  # "Lead, Kent"; "Kent"
    people: tuple[User, ...]  # one of them is enough
    in_person: bool

    @property
    def unticked(self) -> str:
        return "is not ticked" if self.in_person else "nobody there who could do it is ticked"

    @property
    def advice(self) -> str:
        """Said before anybody is ticked."""
        if self.in_person:
            return "Unless you tick them, they will not see it any more."
        names = ", ".join(person.display() for person in self.people)
        return f"Unless you tick somebody there, nobody there will see it any more: {names}."


@dataclass(frozen=True, kw_only=True)
class RoomLink:
    """A page of the room "Network", as its own navigation offers it."""

    label: str
    url: str
    order: int


@dataclass(frozen=True, kw_only=True)
class PlannedRole:
    """A role that somebody is to hold at a body, in the place of the one that ends elsewhere."""

    organisation_id: int
    seat: Membership  # the one that ends
    on: date


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What can become of an open thing when its body ends."""

    name: str  # "lapse"
    says: str  # "Mark as lapsed and re-send to the successor"
    to_successor: bool = False  # one of the successors has to be chosen


@dataclass(frozen=True, kw_only=True)
class Holding:
    """An open thing that stands against a body: a return, a request, an action, somebody's seat.

    `settle(fate, successor, on, by)` carries a fate out on the body's last day, in the caller's transaction,
    and says in one line what it did; a thing that is no longer open is left as it is. `by` None is the
    calendar. The first fate is the one that is offered.

    A thing may open and close by itself. What will be closed before its body has ended, or opens only
    afterwards, is not asked about, since no fate could happen to it. The latter is settled all the same, by
    its first fate and without a successor: its app takes it back.

    What is written down of it is a copy, which outlives the hour: who reads that later is asked of `told_of`.
    """

    key: str  # stable and unique over all apps: "foi.request:12"; up to the colon its app's own
    kind: str  # "FOI request", for grouping
    title: str
    url: str
    fates: tuple[Fate, ...]
    settle: Callable[[str, Organisation | None, date, User | None], str]
    opens_on: date | None = None  # the first day on which it is open; None: it is open already
    closes_on: date | None = None  # the last day on which it is open; None: it does not close by itself


def numbers_in(keys: Iterable[str], prefix: str) -> list[int]:
    """Of the keys of holdings those of one kind, as the numbers behind its prefix."""
    return [int(key.removeprefix(prefix)) for key in keys if key.startswith(prefix)]


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """Something that is one person's and needs a successor when they leave.

    `heirs` are those who could take it over, likeliest first: each of them may read it. `hand_over(to, by)`
    does so in the caller's transaction and raises Refused if it can't be; the record keeps who it was until
    then. The successor's mail names the thing by `named`, which is left empty where the title is for few.
    """

    key: str  # "actions.action:7"
    kind: str  # "Action"
    title: str
    url: str
    heirs: tuple[User, ...]
    hand_over: Callable[[User, User], None]
    named: str = ""
    hint: str = ""  # what whoever chooses should know: "They chair it on 14 January 2027"


@dataclass(frozen=True, kw_only=True)
class OwnRecords:
    """What one app holds about one person, for the download of one's own data."""

    title: str  # "Updates that you posted"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Retained:
    """A kind of record with a time after which it goes: `rows(before)` are those that would go, and
    `count(before)` is their number, without fetching them.

    `purge(before)` removes or empties them in the caller's transaction and gives their number; what must
    outlive them (figures of agreed reports, the audit's digests) stays.
    """

    key: str  # "foi.correspondence"; its years stand in the retention schedule under this key
    rows: Callable[[datetime], Iterable[tuple[str, str]]]  # what it is, its address or ""
    count: Callable[[datetime], int]
    purge: Callable[[datetime], int]


tasks_for: Question[[User], Task] = Question()
"""What has this person to do now?"""

nav_for: Question[[User], NavItem] = Question()
"""Which rooms does this person enter?"""

changes_for: Question[[User, datetime], Change | Changes] = Question()
"""What has happened since then that this person may know of? `network.changes.latest` puts them in order."""

tiles_for: Question[[User], Tile] = Question()
"""How does each authority stand, as far as this person may know?"""

figures: Question[[Period], Chapter] = Question()
"""What did the period bring, in figures with their sources?"""

agenda_lines: Question[[Meeting], AgendaLine] = Question()
"""What should the meeting know of?"""

follow_ups: Question[[Sequence[AgendaItem], User], FollowUp] = Question()
"""What became of these items? Asked once for a whole meeting, so that thirty items cost what one does."""

opens_with: Question[[Model, str, str, User], str] = Question()
"""What else do more people read once this thing has the second readers and not the first? By name, of what
the person may read."""

doers_of: Question[[Model, User], Doer] = Question()
"""Who has something to do about this thing, or about what goes with it to fewer readers? As far as the person
reads it, who narrows it."""

fewer_readers: Question[[Model], str] = Question()
"""Fewer people read this thing from now on: who keeps a copy of what it tells, and has not published it, lets
go of it in this transaction. Answers say what was let go of."""

told_for_good: Question[[Model], str] = Question()
"""Where do this thing's words stand that were published and stay? By name, for whoever narrows it."""

notes_agreed: Question[[Meeting, User], str] = Question()
"""The notes are agreed: take over what follows from them. Answers say what was taken over."""

due_work: Question[[], Callable[[], str]] = Question()
"""What has the calendar made due? Each answer does it, idempotently, and says in one line what it did."""

reference_data: Question[[], Callable[[], str]] = Question()
"""Load the app's reference data, idempotently; each answer says in one line what it holds."""

demonstration: Question[[World], Callable[[], None]] = Question()
"""What lays down the app's part of a demonstration? Called in the order of the apps, lowest floor first."""

demonstration_last: Question[[World], Callable[[], None]] = Question()
"""What builds on every app's part, and is laid down after them?"""

organisation_panels: Question[[Organisation, User], AgendaLine] = Question()
"""What does the app hold for this body, as far as the person may know?"""

room_links: Question[[User], RoomLink] = Question()
"""Which pages of the room "Network" does this person enter?"""

planned_roles: Question[[Collection[int], Collection[str], date], PlannedRole] = Question()
"""Who is to hold one of these roles at these bodies on that day, by what is prepared? For readers of who
holds which."""

emptied: Question[[Collection[int], date], int] = Question()
"""At which of these bodies will every role have ended by that day, by what is prepared?"""

holdings_of: Question[[Organisation], Holding] = Question()
"""What stands open for this body, and what can become of it when the body ends?"""

open_at: Question[[OuterRef], QuerySet[Any]] = Question()
"""The same as rows alone, for one statement that counts them at many bodies, which are its outer rows:
`OuterRef("pk")` is the body, `OuterRef("ends_on")` its last day.
What closes before its body has ended is left out."""

told_of: Question[[Collection[str], User], str] = Question()
"""Of these things, by the keys of their holdings, which may the person be told of today? What no app
answers for is told to nobody. Rows with an audience are fetched for the person: the reading is noted."""

belongings_of: Question[[User, User], Belonging] = Question()
"""What is this person's, so that somebody must take it over when they leave, as far as the second person, who
hands it over, may read it? The number of queries is the same for one thing and for thirty."""

own_records: Question[[User], OwnRecords] = Question()
"""What does the app hold about this person, for themselves to take along? Nothing of a thing that they do not
read today rides along: a title that is not theirs is left out."""

retained: Question[[], Retained] = Question()
"""Which kinds of record does the app keep for a time only?"""
