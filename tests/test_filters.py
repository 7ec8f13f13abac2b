"""Whatever stands in an address's query, the answer is a page that says what is wrong, never an error.

Every field of every form by which a page is filtered is tried, and order, page and download of every list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.db import connection

from tests.access.answers import Answer
from tests.access.declared import DOORS
from tests.access.doors import Door
from tests.access.walk import address, cells, knock, undone
from tests.access.world import World
from tests.test_queries import Asked, counted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("among_made")]

PAGES = [door for door in DOORS if door.get and door.get.gives == 200 and door.get.who]
FORM = re.compile(r'<form(?=[^>]*\bmethod="get")[^>]*>(.*?)</form>', re.I | re.S)
NAMED = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="([\w-]+)"')
DAYS = ("0001-01-01", "9999-12-31", "1 January 0001", "31 December 9999", "99999-01-01", "2026-02-30")
LONG = "x" * 60_000  # SQLite looks for no pattern beyond 50 000
ROUGH = (LONG, "x", "-1", "9" * 30, "\u0661", "a'b\"<", "network.user:" + "9" * 18)
BY_A_QUERY = (*DAYS[:4], "9" * 30, "a'b\"<")
"""Those that come as far as the database; of the others the form tells what is wrong with them."""
IN_LISTS = {"page": ("0", "-1", "x", "9" * 30), "sort": ("x", "-", "-pk", "'"), "export": ("CSV", "x" * 300)}
ANYWHERE = "?page=x&sort=x&export=foo&on=9999-12-31&q=x&as_at=0001-01-01&year=x&item=x"
CLEAR = (200, 302, 400, 404, 409)
EXPORT = re.compile(r"[?&;]export=(?:csv|xlsx)")


def first(door: Door, world: World) -> tuple[str, str] | None:
    """Who opens the page, and at which address."""
    assert door.get
    for cell in cells(door, world):
        if (
            cell.act is door.get
            and cell.role in door.get.who
            and cell.expects.status == 200
            and not cell.query
        ):
            return cell.role, address(cell)
    return None


def ask(world: World, role: str, path: str) -> Answer:
    with undone():
        return knock(world, role, "GET", path)


_pages: dict[str, str] = {}


def page_of(door: Door, world: World, at: tuple[str, str]) -> str:
    """The page as it is without a query: looked at once for all tests, since each is about some of them."""
    if door.name not in _pages:
        _pages[door.name] = ask(world, *at).text
    return _pages[door.name]


def pages(world: World) -> Iterator[tuple[str, str, str, str]]:
    """Each page: its name, who opens it, at which address, and how it looks."""
    for door in PAGES:
        if at := first(door, world):
            yield door.name, *at, page_of(door, world, at)


def asked_by(page: str) -> dict[str, tuple[str, ...]]:
    """What is tried in each field of the page's filters."""
    fields = {name for form in FORM.findall(page) for name in NAMED.findall(form)}
    whole = connection.vendor == "sqlite"  # which page, order and file is worked out before a query is made
    tried: dict[str, tuple[str, ...]] = dict.fromkeys(fields, (*DAYS, *ROUGH) if whole else BY_A_QUERY)
    return {**tried, **IN_LISTS} if whole and EXPORT.search(page) else tried


def test_the_filters_are_found(world: World) -> None:
    found = {
        name
        for door in PAGES
        if door.name in ("audit_list", "organisation_list", "governance_decisions", "action_list")
        and (at := first(door, world))
        for name in asked_by(ask(world, *at).text)
    }
    assert {"since", "until", "about", "on", "state"} <= found


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.name)
def test_no_filter_page_order_or_download_can_be_asked_for_in_a_way_that_fails(
    door: Door, world: World
) -> None:
    at = first(door, world)
    if at is None:
        pytest.skip("everybody is led on")
    role, path = at
    page = page_of(door, world, at)
    queries = [f"?{name}={quote(value)}" for name, values in asked_by(page).items() for value in values]
    if EXPORT.search(page):
        queries += [f"{query}&export=csv" for query in queries if "-12-31" in query or "=0001-" in query]
    answers = {query: ask(world, role, path + query) for query in (ANYWHERE, *queries)}
    wrong = {query: answer.failure for query, answer in answers.items() if answer.status not in CLEAR}
    assert not wrong


WORDS = {"q", "name", "person"}
"""The fields into which words are typed."""


@pytest.mark.once
def test_words_too_long_to_be_looked_for_are_told_so_beside_the_field(world: World) -> None:
    said, tried = "must be 200 characters or fewer", []
    for name, role, path, page in pages(world):
        for field in WORDS & asked_by(page).keys():
            tried.append(name)
            assert said in ask(world, role, f"{path}?{field}={'x' * 201}").text, (name, field)
            assert said not in ask(world, role, f"{path}?{field}={'x' * 200}").text, (name, field)
    assert len(tried) > 5, tried


@pytest.mark.once
def test_a_download_of_an_unknown_kind_is_the_page_and_costs_what_the_page_costs(world: World) -> None:
    tried = []
    for name, role, path, page in pages(world):
        if not EXPORT.search(page):
            continue
        tried.append(name)
        costs = []
        for query in ("", "?export=foo"):
            asked = Asked([])
            with counted(asked):
                answer = ask(world, role, path + query)
            assert answer.status == 200, name
            assert "text/html" in answer.content_type, name
            costs.append((len(asked.queries), asked.fetched))
        assert costs[0] == costs[1], name
    assert len(tried) > 20, tried
