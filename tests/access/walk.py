"""Walking through the doors: one cell is one person, one method, one address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.answers import Answer
from tests.access.doors import SELF, Door, Expected, Get, Post, expected, matching
from tests.access.offers import offered_in_vain
from tests.access.who import READERS, VISITOR, WALKERS
from tests.access.world import Thing, World

TRACES = frozenset({"django_session"})
"""Written by being signed in, whatever the page."""

AUDIT = "network_auditentry"
ATTEMPTS = "network_attempts"  # what may be tried so often only is counted, also where it is refused

WRITE = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.I)
RETURNING = " RETURNING "
"""SQLite counts such rows only once they are fetched."""
SAVEPOINT = re.compile(r'\s*(RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|SAVEPOINT)\s+"?([\w-]+)', re.I)


@dataclass
class Writes:
    """Tables in which rows were written and not rolled back."""

    kept: list[tuple[str, str]] = field(default_factory=list)  # (table, "") or ("", savepoint)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if found := SAVEPOINT.match(sql):
            self._savepoint(found[1].upper(), found[2])
        elif (found := WRITE.match(sql)) and (context["cursor"].rowcount != 0 or RETURNING in sql):
            self.kept.append((found[1], ""))
        return result

    def _savepoint(self, verb: str, name: str) -> None:
        if verb == "SAVEPOINT":
            self.kept.append(("", name))
        elif verb.startswith("ROLLBACK") and ("", name) in self.kept:
            del self.kept[self.kept.index(("", name)) + 1 :]

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(table for table, _ in self.kept if table) - TRACES


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Cell:
    door: Door
    act: Get | Post
    thing: Thing | None
    role: str
    query: str = ""

    @property
    def method(self) -> str:
        return "GET" if isinstance(self.act, Get) else "POST"

    @property
    def expects(self) -> Expected:
        return expected(self.door, self.act, self.thing, self.role)

    def __str__(self) -> str:
        named = f" [{self.thing.key}]" if self.thing else ""
        return f"{self.door.name}{named}{self.query}, {self.role}, {self.method}"


def cells(door: Door, world: World) -> Iterator[Cell]:
    """Every cell of a door: its things × methods × people."""
    keys = [key for group in matching(door.of, world.things) for key in group]
    for thing in [world.things[key] for key in keys] if door.of else [None]:
        for role in [role for role in WALKERS if role in door.walks]:
            for query in door.get.queries if door.get else ():
                yield Cell(door, door.get, thing, role, query)  # type: ignore[arg-type]
            if door.post:
                yield Cell(door, door.post, thing, role)


BESIDE_THE_LEAD = frozenset({"deputy", "contributor", "director"})
"""At one authority: by which permissions they differ from its lead is asked before anything is fetched."""


def told_by_rows(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Those of which a query decides, once for each person and thing where the door stays shut.

    Who is not signed in, does not belong into the room or may not do it is turned away by the portal and not
    by the database; what is kept from somebody is fetched in one way whatever the method and the query.
    """
    shut = set()
    for cell in cells:
        what = cell.expects.what
        if cell.role in BESIDE_THE_LEAD or what in ("sign in", "closed"):
            continue
        if what in ("hidden", "forbidden"):
            role = cell.role if what == "hidden" else ""
            where = (cell.door.name, cell.thing.key if cell.thing else "", role)
            if where in shut:
                continue
            shut.add(where)
        yield cell


def address(cell: Cell, *, never: bool = False) -> str:
    """The cell's address; `never` one of the same shape at which there has never been anything."""
    kwargs = {**(cell.thing.kwargs if cell.thing else {}), **cell.door.more}
    if never:
        kwargs = {name: _never(value) for name, value in kwargs.items()}
    return reverse(cell.door.name, kwargs=kwargs) + cell.query


def _never(value: Any) -> Any:
    if isinstance(value, int):
        return 987654321
    if isinstance(value, UUID):
        return UUID(int=0)
    return "1999-01-01" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)) else "never-has-been"


def knock(world: World, role: str, method: str, path: str, sends: Mapping[str, Any] | None = None) -> Answer:
    """What this person gets."""
    client = world.client  # one for all: making one loads every middleware anew
    client.cookies = SimpleCookie() if role == VISITOR else world.cookie(role)
    cache.clear()
    return Answer.of(client.generic(method, path) if sends is None else client.post(path, sends))


@dataclass
class Knocked:
    answer: Answer
    written: frozenset[str]
    before: list[Any]
    after: list[Any]


def knocked(cell: Cell, world: World, method: str = "") -> Knocked:
    """The cell's answer, what was written, and the rows in question before and after."""
    method = method or cell.method
    act = cell.act
    sends = dict(act.sends(world, cell.thing)) if isinstance(act, Post) and method == "POST" else None
    models = _models(cell)
    writes = Writes()
    before = snapshot(models)
    with connection.execute_wrapper(writes):
        answer = knock(world, cell.role, method, address(cell), sends)
    return Knocked(answer, writes.tables, before, snapshot(models))


def _models(cell: Cell) -> Sequence[type[Model]]:
    if isinstance(cell.act, Get) or cell.act.idle:
        return ()
    return cell.act.changes or ((type(cell.thing.row),) if cell.thing else ())


def snapshot(models: Sequence[type[Model]]) -> list[Any]:
    return [list(model._base_manager.order_by("pk").values_list()) for model in models]


def judge(cell: Cell, world: World, met: Knocked) -> list[str]:
    """What is wrong with the answer; nothing if the wall holds and the door opens."""
    wants, answer = cell.expects, met.answer
    wrong = _status(wants, answer)
    leaks = sorted(answer.tokens & world.unreadable(cell.role))
    if leaks:
        wrong.append(f"the answer ({answer.status}) holds what {cell.role} may not read: {', '.join(leaks)}")
    allowed_traces = set(cell.act.writes) if isinstance(cell.act, Get) else set()
    # Each reading of what is kept to named people is written down; what was fetched and left out is, too.
    if answer.tokens & world.legal and wants.what == "shown" and AUDIT not in met.written:
        wrong.append("a reading of a legal thing is not written down")
    if not isinstance(cell.act, Get):
        allowed_traces.add(ATTEMPTS)
    leaves = not answer.content_type.startswith("text/html")  # each file and list is written down
    if cell.role in READERS["legal"] or leaves:
        allowed_traces.add(AUDIT)
    if wants.what != "done" and (written := met.written - allowed_traces):
        wrong.append(f"wrote into {', '.join(sorted(written))}")
    if not wants.allowed and met.before != met.after:
        wrong.append("the rows were changed")
    if wants.what == "shown" and answer.status == 200:
        wrong += _shown(cell, world, answer)
        wrong += [f"offers {what}, where {cell.role} is refused" for what in _in_vain(cell, world, answer)]
    if (
        wants.what == "done"
        and answer.status == wants.status < 400
        and _models(cell)
        and met.before == met.after
    ):
        wrong.append("nothing was changed")
    return wrong


def _in_vain(cell: Cell, world: World, answer: Answer) -> Iterator[str]:
    return offered_in_vain(answer, cell.role, world) if cell.role != VISITOR else iter(())


def _status(wants: Expected, answer: Answer) -> list[str]:
    if answer.status != wants.status:
        failure = f" {answer.failure}" if answer.failure else ""
        to = f" to {answer.location}" if answer.location else ""
        return [f"expected {wants.what} ({wants.status}), got {answer.status}{to}{failure}"]
    if wants.to and not answer.location.startswith(wants.to):
        return [f"expected to be led to {wants.to}, got {answer.location}"]
    return []


def listed(cell: Cell, world: World) -> list[list[Thing]]:
    """For each pattern of what the answer shows, the things that it stands for."""
    own = cell.thing.key if cell.thing else ""
    patterns = cell.act.shows if isinstance(cell.act, Get) else (SELF,)
    return [[world.things[key] for key in keys] for keys in matching(patterns, world.things, own)]


def holds(answer: Answer, cell: Cell, thing: Thing) -> bool:
    """Whether the answer tells of the thing: by its mark on a list, by its word on its own page."""
    if thing.mark and thing is not cell.thing:
        return thing.mark in answer.text
    return thing.token in answer.tokens


def _shown(cell: Cell, world: World, answer: Answer) -> list[str]:
    wrong = []
    for thing in [thing for group in listed(cell, world) for thing in group]:
        reads, told = cell.role in thing.readers, holds(answer, cell, thing)
        if reads != told:
            wrong.append(f"the answer {'tells of' if told else 'does not hold'} {thing.key}")
    return wrong


# -- The URLconf ----------------------------------------------------------------------------------------


def patterns(resolver: URLResolver | None = None, path: str = "") -> Iterator[tuple[str, str]]:
    """Every (name, route) of the URLconf, also of what is included."""
    for one in (resolver or get_resolver()).url_patterns:
        route = f"{path}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        else:
            assert isinstance(one, URLPattern)
            yield one.name or "", route
