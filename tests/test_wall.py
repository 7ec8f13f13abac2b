"""What stands behind the wall can't be told from what never was; a role that ended opens nothing any more.

Made from the same declarations as the walk (`tests/access/declared`): a door that is declared is tested here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.urls import reverse

from network import guards
from network.library.models import LibraryItem
from network.people.models import Membership
from network.roles import Role
from tests.access.answers import TOKEN
from tests.access.declared import DOORS
from tests.access.doors import Door, Get, Post, expected, matching
from tests.access.walk import Cell, address, cells, knock, undone
from tests.access.who import READERS, SIGNED_IN, VISITOR
from tests.access.world import Thing, World

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("among_made")]

FLEETING = re.compile(r'name="(csrfmiddlewaretoken|once)" value="[^"]*"|csrftoken=\w+|expires=[^;]*')
NEVER = 987654321
GETS = list(dict.fromkeys(door.name for door in DOORS if door.get))


@dataclass(frozen=True)
class Heard:
    """All that comes over the wire, and what it cost."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: str
    body: str
    queries: int

    def differs(self, other: Heard) -> list[str]:
        names = ("status", "headers", "cookies", "body", "queries")
        return [name for name in names if getattr(self, name) != getattr(other, name)]


@dataclass
class Counted:
    number: int = 0

    def __call__(self, execute: Any, *query: Any) -> Any:
        self.number += 1
        return execute(*query)


def hear(
    world: World,
    role: str,
    method: str,
    path: str,
    sends: Mapping[str, Any] | None = None,
    asks: Mapping[str, str] | None = None,
) -> Heard:
    client = world.client
    client.cookies = SimpleCookie() if role == VISITOR else world.cookie(role)
    cache.clear()
    queries = Counted()
    with undone(), connection.execute_wrapper(queries):
        if method == "POST":
            response: Any = client.post(path, sends or {}, headers=dict(asks or {}))
        else:
            response = client.generic(method, path, headers=dict(asks or {}))
        streamed = getattr(response, "streaming", False)
        body = b"".join(response.streaming_content) if streamed else response.content
        response.close()
    cookies = SimpleCookie({name: one.value for name, one in response.cookies.items()})
    return Heard(
        response.status_code,
        tuple(sorted((name, FLEETING.sub("", value)) for name, value in response.headers.items())),
        FLEETING.sub("", str(cookies)),
        FLEETING.sub("", body.decode(errors="replace")),
        queries.number,
    )


def legal_doors() -> list[str]:
    """Every door whose address names something that can be kept to named people."""
    return list(dict.fromkeys(door.name for door in DOORS if any(_may_be_legal(one) for one in door.of)))


LEGAL_KINDS = ("library", "file", "item", "about", "entry", "decision", "noted", "told", "action", "update")


def _may_be_legal(pattern: str) -> bool:
    return pattern.split()[0] in LEGAL_KINDS


def hidden(name: str, world: World, roles: tuple[str, ...]) -> Iterator[tuple[Door, Get | Post, Thing, str]]:
    for door in DOORS:
        keys = (
            [key for group in matching(door.of, world.things) for key in group] if door.name == name else []
        )
        for thing in [world.things[key] for key in keys if key.endswith(" legal")]:
            for act in (door.get, door.post):
                for role in roles:
                    if act and expected(door, act, thing, role).what in ("hidden", "closed"):
                        yield door, act, thing, role


UNNAMED = ("admin", "cochair_two", "stranger", "partner", "observer", "former")


def never(thing: Thing) -> dict[str, Any]:
    """The same address with an id that nothing has ever had."""
    return {name: NEVER if isinstance(value, int) else value for name, value in thing.kwargs.items()}


@pytest.mark.parametrize("name", legal_doors())
def test_a_legal_thing_can_not_be_told_from_one_that_never_was(name: str, world: World) -> None:
    """Same status, headers, cookies, body and number of queries, by each method and for each person."""
    wrong, compared = [], 0
    for door, act, thing, role in hidden(name, world, UNNAMED):
        there = reverse(door.name, kwargs={**thing.kwargs, **door.more})
        nowhere = reverse(door.name, kwargs={**never(thing), **door.more})
        sends = dict(act.sends(world, thing)) if isinstance(act, Post) else None
        for method in ("POST",) if isinstance(act, Post) else ("GET", "HEAD"):
            for asks in ({}, CONDITIONAL):
                compared += 1
                met = hear(world, role, method, there, sends, asks)
                if different := met.differs(hear(world, role, method, nowhere, sends, asks)):
                    wrong.append(f"{method} {there}, {role}: {', '.join(different)} differ")
    assert compared
    assert not wrong, "\n".join(wrong)


CONDITIONAL = {
    "If-None-Match": '"somebody-elses", W/"another", *',
    "If-Modified-Since": "Sun, 22 Nov 2099 09:00:00 GMT",
    "If-Match": '"somebody-elses"',
    "Range": "bytes=0-9",
}


@pytest.mark.parametrize("name", GETS)
def test_head_has_the_headers_of_get_and_no_question_about_an_older_copy_is_answered(
    name: str, world: World
) -> None:
    """No ETag and no date by which a copy could be compared: a 304 would say that something is there.

    What a plain GET gives is declared, and seen by the walk.
    """
    wrong = []
    for cell in first_of_each(name, world, ("admin", "lead", "stranger", "partner", "observer", VISITOR)):
        path, due = address(cell), cell.expects.status
        get = hear(world, cell.role, "GET", path, asks=CONDITIONAL)
        head = hear(world, cell.role, "HEAD", path)
        if head.body or (head.status, *names(head)) != (due, *names(get)):
            wrong.append(f"{cell}: HEAD {head.status} {names(head)}, GET {due} {names(get)}")
        if set(TOKEN.findall(f"{head.headers} {head.cookies}")) & world.unreadable(cell.role):
            wrong.append(f"{cell}: HEAD leaks")
        if get.status != due:
            wrong.append(f"{cell}: {get.status} to a conditional request, else {due}")
        if {"ETag", "Last-Modified"} & {header for header, _ in get.headers}:
            wrong.append(f"{cell}: carries what a copy could be compared by")
    assert not wrong, "\n".join(wrong)


def names(heard: Heard) -> list[tuple[str, str]]:
    """The headers; the length of a PDF or workbook and the second may differ from one answer to the next."""
    return [(name, value) for name, value in heard.headers if name not in ("Content-Length", "Expires")]


def first_of_each(name: str, world: World, roles: tuple[str, ...]) -> Iterator[Cell]:
    """One cell for each person and outcome."""
    seen = set()
    for door in DOORS:
        for cell in cells(door, world) if door.name == name else ():
            key = (cell.role, cell.query, cell.expects.what)
            if isinstance(cell.act, Get) and cell.role in roles and key not in seen:
                seen.add(key)
                yield cell


# -- A role that ended, a role that changed ------------------------------------------------------------

OWN = ("job_", "mfa_", "account_")
"""What is a person's own whatever their role: their account and the work that they asked for."""


@pytest.mark.parametrize("name", [name for name in GETS if not name.startswith(OWN)])
def test_a_role_that_ended_a_second_ago_opens_nothing_at_the_next_request(name: str, world: World) -> None:
    """The session stays open; it is somebody without a role from now on."""
    assert not as_if(name, world, "lead", "former", None)


@pytest.mark.parametrize("name", [name for name in GETS if not name.startswith(OWN)])
def test_a_role_that_changed_a_second_ago_opens_what_the_new_one_opens(name: str, world: World) -> None:
    assert not as_if(name, world, "admin", "observer", Role.OBSERVER)


def as_if(name: str, world: World, role: str, now: str, new: Role | None) -> list[str]:
    """Where the person of one role, changed under an open session, meets anything but what is due now."""
    wrong = []
    person = world.people[role]
    for door in DOORS:
        for cell in cells(door, world) if door.name == name else ():
            due = expected(door, cell.act, cell.thing, now)
            if not isinstance(cell.act, Get) or cell.role != role or now not in door.walks:
                continue
            with undone():
                Membership.objects.filter(user=person).update(
                    starts_on=date(2025, 1, 1), ends_on=date(2026, 11, 21)
                )
                if new:
                    Membership.objects.create(user=person, role=new)
                answer = knock(world, role, "GET", address(cell))
            leaks = answer.tokens & world.unreadable(now) - own_words(world, role)
            if answer.status != due.status or leaks:
                wrong.append(f"{cell}, now {now}: {answer.status} instead of {due.status}; {sorted(leaks)}")
    return wrong


def own_words(world: World, role: str) -> frozenset[str]:
    """A job that somebody asked for and where they are signed in stay theirs to look at."""
    return frozenset(thing.token for key, thing in world.things.items() if key.endswith(f" of {role}"))


# -- Can it fail? ---------------------------------------------------------------------------------------


def test_a_door_that_gives_a_legal_thing_away_by_one_query_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = guards.visible_or_404

    def looked_first(rows: Any, user: Any, **lookup: Any) -> Any:
        if LibraryItem.objects.filter(**lookup).exists():
            LibraryItem.objects.count()
        return fetch(rows, user, **lookup)

    monkeypatch.setattr("network.library.views.visible_or_404", looked_first)
    with pytest.raises(AssertionError, match="queries differ"):
        test_a_legal_thing_can_not_be_told_from_one_that_never_was("library_detail", world)


def test_a_door_that_is_forbidden_instead_of_missing_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LibraryItem, "readable_by", classmethod(lambda cls, user: Q()))
    with pytest.raises(AssertionError, match="status"):
        test_a_legal_thing_can_not_be_told_from_one_that_never_was("library_edit", world)


def test_every_person_of_the_wall_is_walked(world: World) -> None:
    assert set(UNNAMED) <= SIGNED_IN
    assert not set(UNNAMED) & READERS["legal"]
    assert len(legal_doors()) >= 15
