"""The wall: every address × method × person, with things of their own, foreign ones and restricted ones.

What is expected stands in `tests/access/declared`, by permission and kind of thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse

from network.audience import PERMISSION_FOR, Audience, ScopedQuerySet
from network.files import printing
from network.library.models import LibraryItem
from network.people.models import User
from network.roles import GRANTS, Permission, Role
from tests.access.answers import Answer
from tests.access.declared import DOORS
from tests.access.doors import Get
from tests.access.walk import (
    Cell,
    address,
    cells,
    holds,
    judge,
    knock,
    knocked,
    listed,
    patterns,
    told_by_rows,
    undone,
)
from tests.access.who import READERS, VISITOR, WALKERS
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("among_made")]

NAMES = list(dict.fromkeys(door.name for door in DOORS))
RENDER = printing._render


def of(name: str, world: World) -> Iterator[Cell]:
    for door in DOORS:
        if door.name == name:
            yield from cells(door, world)


def none_of(wrong: list[str]) -> None:
    """Fails with each cell on a line: door, person, method, what was expected and what came."""
    if wrong:
        pytest.fail("\n".join([f"{len(wrong)} wrong:", *wrong[:80]]), pytrace=False)


# -- What is declared -----------------------------------------------------------------------------------


def test_every_address_is_declared_once_and_by_name() -> None:
    names = Counter(name for name, _ in patterns())
    routes = dict(patterns())
    assert not names[""], f"addresses without a name: {[route for name, route in patterns() if not name]}"
    assert not [name for name, number in names.items() if number > 1], "two addresses share a name"
    assert not sorted(set(routes) - set(NAMES)), "nobody has declared who may do what at these addresses"
    assert not sorted(set(NAMES) - set(routes)), "declared, but there is no such address"


def test_every_person_is_declared_at_every_address() -> None:
    walked: dict[str, set[str]] = defaultdict(set)
    for door in DOORS:
        walked[door.name] |= door.walks
        assert door.get or door.post, f"{door.name} has no method"
    assert {name: set(WALKERS) - who for name, who in walked.items() if set(WALKERS) - who} == {}


def test_who_reads_what_is_the_same_on_the_products_page_and_in_the_roles() -> None:
    roles = {
        "admin": Role.ADMIN,
        "cochair_one": Role.CO_CHAIR,
        "lead": Role.LEAD,
        "deputy": Role.DEPUTY,
        "contributor": Role.CONTRIBUTOR,
        "director": Role.DIRECTOR,
        "stranger": Role.LEAD,
        "partner": Role.PARTNER,
        "other_partner": Role.PARTNER,
        "observer": Role.OBSERVER,
    }
    for level, permission in PERMISSION_FOR.items():
        granted = {name for name, role in roles.items() if permission in GRANTS[role]}
        assert granted == READERS[level] & set(roles), level
    nameable = {role for role in Role if Permission.BE_NAMED in GRANTS[role]}
    assert not nameable & {Role.PARTNER, Role.OBSERVER}
    assert set(READERS) == {level.value for level in Audience}


# -- The walk -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_door_opens_to_whom_it_should_and_to_nobody_else(name: str, world: World) -> None:
    """Every cell on SQLite; on PostgreSQL every one of which a query decides."""
    none_of(walked(name, world))


def walked(name: str, world: World) -> list[str]:
    """What is wrong at one door, a line for each cell."""
    wrong = []
    never: dict[tuple[str, str], str] = {}
    whole = connection.vendor == "sqlite"
    for cell in of(name, world) if whole else told_by_rows(of(name, world)):
        with undone():
            met = knocked(cell, world)
            wrong += [f"{cell}: {what}" for what in judge(cell, world, met)]
        if isinstance(cell.act, Get) and leaves(met.answer) and met.answer.tokens & world.few:
            wrong += handed_out_unasked(cell, world)
        if whole and cell.expects.what == "hidden" and met.answer.status == 404:
            if (cell.role, cell.method) not in never:
                with undone():
                    never[cell.role, cell.method] = knocked_on_nothing(cell, world)
            if met.answer.lasting != never[cell.role, cell.method]:
                wrong.append(f"{cell}: its 404 is not the one of an address where nothing has ever been")
    return wrong


def leaves(answer: Answer) -> bool:
    return answer.status == 200 and not answer.content_type.startswith("text/html")


def handed_out_unasked(cell: Cell, world: World) -> list[str]:
    """What few people read leaves the portal only for whoever has shown a short while ago who they are."""
    with undone():
        world.age(cell.role)
        answer = knocked(cell, world).answer
    asked = answer.status == 302 and answer.location.startswith(reverse("account_reauthenticate"))
    return [] if asked else [f"{cell}: handed out without a fresh sign-in ({answer.status})"]


def knocked_on_nothing(cell: Cell, world: World) -> str:
    path = address(cell, never=True) if "/" in address(cell) else address(cell)
    answer = knock(world, cell.role, cell.method, path, {} if cell.method == "POST" else None)
    return answer.lasting if answer.status == 404 else f"{answer.status} instead of 404"


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_a_method_that_is_not_declared_is_refused_and_changes_nothing(name: str, world: World) -> None:
    """What HEAD gives where GET is declared is looked at in `test_wall`."""
    wrong = []
    known = {method for door in DOORS if door.name == name for method in declared(door)}
    for cell in first_of_each_person(name, world):
        for method in sorted({"GET", "HEAD", "POST"} - known):
            with undone():
                met = knocked(cell, world, method)
            if met.answer.status in (405, 404, 403) or (cell.role == VISITOR and met.answer.status == 302):
                gone = met.written
            else:
                gone = frozenset({f"answered {met.answer.status}"})
            if gone or met.answer.tokens & world.unreadable(cell.role):
                wrong.append(f"{cell} by {method}: {', '.join(sorted(gone)) or 'leaks'}")
    none_of(wrong)


def declared(door: Any) -> set[str]:
    return ({"GET", "HEAD"} if door.get else set()) | ({"POST"} if door.post else set())


def first_of_each_person(name: str, world: World) -> Iterator[Cell]:
    seen = set()
    for cell in of(name, world):
        if cell.role not in seen:
            seen.add(cell.role)
            yield cell


# -- The control ----------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_without_visible_to_the_door_stands_open(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is hidden is hidden by `visible_to`: this finds a view that fetches past it."""
    none_of(still_shut(name, world, monkeypatch))


def still_shut(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is hidden at the door although `visible_to` gives every row."""
    hiding = list(telling(name, world))
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, user: rows.all())
    shut = []
    for cell in hiding:
        with undone():
            answer = knocked(cell, world).answer
        if cell.expects.what == "hidden":
            shut += [f"{cell}: still 404"] if answer.status == 404 else []
        else:
            shut += [f"{cell}: still without {what}" for what in still_hidden(cell, world, answer)]
    return shut


def telling(name: str, world: World) -> Iterator[Cell]:
    """So many of the door's cells that hide something that each person is among them by each method, each
    thing that is hidden, and each kind of things of which some are kept from somebody on a page."""
    seen: set[tuple[str, ...]] = set()
    for cell in of(name, world):
        kept = set(hidden(cell, world))
        if kept and not (tells := kept | {("by", cell.method, cell.role)}) <= seen:
            seen |= tells
            yield cell


def hidden(cell: Cell, world: World) -> Iterator[tuple[str, ...]]:
    """What is kept from this person here because of what it is."""
    where = (cell.method, cell.query, cell.thing.key if cell.thing else "")
    if cell.expects.what == "shown" and cell.expects.status == 200:
        for group in listed(cell, world):
            if any(cell.role not in thing.readers for thing in group):
                yield *where, group[0].key
    elif cell.expects.what == "hidden":
        yield where


def still_hidden(cell: Cell, world: World, answer: Any) -> list[str]:
    """The kinds of things on a page of which none turned up, although the person reads not all of them."""
    kept = []
    guarded = cell.act.guarded if isinstance(cell.act, Get) else {}
    for group in listed(cell, world):
        secret = [thing for thing in group if cell.role not in thing.readers]
        if secret and any(fnmatchcase(secret[0].key, pattern) for pattern in guarded):
            continue
        if secret and not any(holds(answer, cell, thing) for thing in secret):
            kept.append(secret[0].key)
    return kept


# -- Can it fail? ---------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_rule_that_is_too_wide_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LibraryItem, "readable_by", classmethod(lambda cls, user: Q()))
    wrong = walked("library_detail", world)
    assert "library_detail [library legal], admin, GET: expected hidden (404), got 200" in wrong
    assert any("library_list?export=xlsx, observer" in line for line in walked("library_list", world))


@pytest.mark.once
def test_a_link_to_what_its_reader_may_not_do_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LibraryItem, "may_be_changed_by", lambda item, user: True)
    change = reverse("library_edit", kwargs=dict(world.things["library network"].kwargs))
    expected = f"library_detail [library network], stranger, GET: offers a link to {change}"
    assert any(line.startswith(expected) for line in walked("library_detail", world))


@pytest.mark.once
def test_a_file_that_is_handed_out_without_a_fresh_sign_in_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.library.views.fresh_for", lambda request, *audiences: None)
    expected = "library_file [file chairs], admin, GET: handed out without a fresh sign-in (200)"
    assert expected in walked("library_file", world)


@pytest.mark.once
def test_a_permission_that_is_not_asked_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.meetings.views.agenda.require", lambda user, permission, at=None: None)
    wrong = walked("agenda_item_remove", world)
    expected = "agenda_item_remove [item agreed network], stranger, GET: expected forbidden (403), got 200"
    assert expected in wrong
    assert not any("cochair_one, POST: expected hidden" in line for line in wrong)


@pytest.mark.once
def test_a_view_that_fetches_past_visible_to_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may well check the reader: only the control tells that it does so on its own, and the walk that what
    it shows of legal things is written down nowhere."""

    def past(rows: Any, user: User, **lookup: Any) -> Any:
        return get_object_or_404(rows.filter(rows.model.readable_by(user)), **lookup)

    monkeypatch.setattr("network.library.views.visible_or_404", past)
    found = walked("library_detail", world)
    assert all("a reading of a legal thing is not written down" in line for line in found)
    assert still_shut("library_detail", world, monkeypatch)


@pytest.mark.once
def test_a_look_that_leaves_a_trace_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked(size: int | None = None) -> str:
        LibraryItem.objects.update(description="Somebody looked")
        return "1 KB"

    monkeypatch.setattr("network.library.views.files.megabytes", looked)
    assert any("wrote into network_libraryitem" in line for line in walked("library_detail", world))


# -- PDFs -----------------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_real_pdf_holds_what_its_reader_may_read_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_render", RENDER)
    path = reverse("agenda_pdf", args=[world.things["agenda agreed"].kwargs["on"]])
    for role in ("cochair_one", "stranger"):
        with undone():
            answer = knock(world, role, "GET", path)
        assert answer.content.startswith(b"%PDF-1")
        items = [thing for key, thing in world.things.items() if key.startswith("item agreed ")]
        assert {thing.token for thing in items if role in thing.readers} <= answer.tokens
        assert not answer.tokens & world.unreadable(role)
