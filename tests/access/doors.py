"""How a door is declared: which things its address names, who may, and what the answer then holds.

What follows for each person is worked out here and nowhere else:

- a visitor is sent to sign in, unless the door is `public`;
- outside the `room` (a permission asked before anything is fetched) the answer is `closed`, 403 or 404;
- a thing that the person does not read is 404, as if it had never been;
- one that they read but may not do this with is 403;
- otherwise the answer shows the things' planted words to exactly those who read them, or makes the change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from tests.access.who import SIGNED_IN, VISITOR, WALKERS, Who

if TYPE_CHECKING:
    from tests.access.world import Thing, World

SELF = "="

Sends = Callable[["World", "Thing | None"], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Get:
    """`shows`: patterns of things that the answer holds for whoever reads them; SELF is the door's own thing,
    `{1}` and `{2}` are the second and third word of its key.

    `gives` is the status for those who may. `guarded` names what another wall keeps as well, with the reason:
    without `visible_to` it need not turn up.
    """

    who: Who = SIGNED_IN
    shows: tuple[str, ...] = (SELF,)
    queries: tuple[str, ...] = ("",)
    gives: int = 200
    to: str = ""  # of a redirect: where it leads
    writes: tuple[str, ...] = ()  # tables in which looking leaves a trace on purpose
    guarded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Post:
    """`sends` a valid form; rows of `changes` (of the thing's own table, if left out) differ afterwards,
    unless it is `idle` and only leads on."""

    who: Who = SIGNED_IN
    sends: Sends = lambda world, thing: {}
    changes: tuple[type[Model], ...] = ()
    gives: int = 302
    to: str = ""
    idle: bool = False


@dataclass(frozen=True, kw_only=True)
class Door:
    """`name` in the URLconf; `of` patterns of things, each of which makes one address."""

    name: str
    of: tuple[str, ...] = ()
    get: Get | None = None
    post: Post | None = None
    see: Who | None = None  # who knows of the thing or page; the thing's readers if left out
    room: Who = SIGNED_IN
    closed: int = 403
    public: bool = False
    walks: Who = frozenset(WALKERS)  # a door that answers differently to some is declared once for each kind
    more: Mapping[str, Any] = field(default_factory=dict)  # what the address names besides the thing
    grows: str = ""  # the kind of rows that the page lists (see `growth.GROWERS`)
    paged: bool = False  # … 25 to a page
    sums: tuple[str, ...] = ()  # kinds of rows that the page adds up without showing each
    at: str = ""  # the thing on whose page those rows stand, if not the first of `of`
    by: str = ""  # who is shown them, if not the first who may


@dataclass(frozen=True)
class Expected:
    """`what`: shown, done, hidden, forbidden, closed, sign in."""

    what: str
    status: int
    to: str = ""

    @property
    def allowed(self) -> bool:
        return self.what in ("shown", "done")


def expected(door: Door, act: Get | Post, thing: Thing | None, role: str) -> Expected:
    if role == VISITOR and not door.public:
        return Expected("sign in", 302, "/accounts/login/")
    if role != VISITOR:
        if role not in door.room:
            return Expected("closed", door.closed)
        seen = door.see if door.see is not None else thing.readers if thing else SIGNED_IN
        if role not in seen:
            return Expected("hidden", 404)
        if role not in act.who:
            return Expected("forbidden", 403)
    return Expected("shown" if isinstance(act, Get) else "done", act.gives, act.to)


def matching(patterns: tuple[str, ...], keys: Mapping[str, Any], own: str = "") -> list[list[str]]:
    """For each pattern the keys that it matches; a pattern that matches nothing is a mistake."""
    found = []
    for pattern in patterns:
        if pattern == SELF:
            found.append([own] if own else [])
            continue
        wanted = pattern.format(*own.split()) if "{" in pattern else pattern
        found.append([key for key in keys if fnmatchcase(key, wanted)])
        if not found[-1]:
            raise LookupError(f"nothing in the made world is called {wanted!r}")
    return found
