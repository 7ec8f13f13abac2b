"""What a page asks of the database: the same number of queries with 1, 3 and 30 rows more of everything, at
most 20, and no more rows than it shows.

The pages come from the declarations of the wall: every address that answers a GET with a page or a download.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from network import dates, registry
from network.library.models import LibraryItem
from tests.access.declared import DOORS
from tests.access.doors import Door, Get
from tests.access.growth import GROWERS, grow
from tests.access.walk import Cell, address, cells, knock, undone
from tests.access.who import WALKERS
from tests.access.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("among_made")]

SIZES = (1, 3, 30)
MANY = 120
MOST_QUERIES = 20
ROWS_FOR_ONE = 4
"""A row that is shown may bring three others with it: its notes, its decision, what became of it."""
SLACK = 8
FILLED = 15
"""Of thirty new rows so many at least stand on the first page of 25, beside those of the made world."""

PAGES = [
    (door, query)
    for door in DOORS
    if door.get and door.get.gives == 200 and door.get.who
    for query in door.get.queries
]
TOGETHER = 12
KNOWN_WHOLE = {"network_bankholiday": "the clock needs every day that it may skip; there are eight a year"}


@dataclass
class Asked:
    """The queries of one page, in words, and the rows that came back for each."""

    queries: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    shown: frozenset[str] = frozenset()

    @property
    def written_down(self) -> bool:
        """Of a page that shows the newest alone: whether one of these is kept to named people, and its
        reading written down."""
        return "INSERT network_auditentry" in self.queries

    @property
    def fetched(self) -> int:
        return sum(number for said, number in self.rows.items() if said.split()[1] not in KNOWN_WHOLE)


def in_words(sql: str) -> str:
    tables = re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "(\w+)"', sql)
    return f"{sql[:6]} {' '.join(tables[:3]) or sql[:60]}"


@contextmanager
def counted(asked: Asked) -> Iterator[None]:
    """Every query and every fetched row of the block is counted."""

    class Counting(CursorWrapper):
        said = ""

        def execute(self, sql: Any, params: Any = None) -> Any:
            self.said = in_words(sql)
            if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")):
                asked.queries.append(self.said)
            return super().execute(sql, params)

        def fetchone(self) -> Any:
            row = self.cursor.fetchone()
            asked.rows[self.said] += row is not None
            return row

        def fetchmany(self, *size: int) -> Any:
            rows = self.cursor.fetchmany(*size)
            asked.rows[self.said] += len(rows)
            return rows

        def fetchall(self) -> Any:
            rows = self.cursor.fetchall()
            asked.rows[self.said] += len(rows)
            return rows

        def __iter__(self) -> Iterator[Any]:
            for row in super().__iter__():
                asked.rows[self.said] += 1
                yield row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "make_cursor", lambda cursor: Counting(cursor, connection))
        yield


def reader(door: Door, query: str, world: World, by: str = "") -> Cell:
    """Somebody who is shown the page; where it lists what grows, the page on which that stands."""
    found = [
        cell
        for cell in cells(door, world)
        if isinstance(cell.act, Get) and cell.query == query and cell.expects.what == "shown"
    ]
    at = [cell for cell in found if not door.at or (cell.thing and cell.thing.key == door.at)]
    wanted = by or door.by
    return next(cell for cell in at if not wanted or cell.role == wanted)


Grown = dict[str, list[str]]


def visits(cells: list[Cell], world: World, size: int, *kinds: str) -> tuple[list[Asked], Grown]:
    """The pages with so many more rows of the kinds, or of everything."""
    with undone():
        grown = {kind: GROWERS[kind](world, size) for kind in kinds} or grow(world, size)
        return [look(cell, world, grown) for cell in cells], grown


def look(cell: Cell, world: World, grown: Grown) -> Asked:
    asked = Asked()
    with undone(), counted(asked):
        answer = knock(world, cell.role, "GET", address(cell))
    assert answer.status == 200, f"{cell}: {answer.status} {answer.failure}"
    asked.shown = frozenset(word for said in grown.values() for word in said if word in answer.text)
    return asked


def grew(one: Asked, other: Asked) -> str:
    """Which queries brought more."""
    more = Counter(other.rows) - Counter(one.rows)
    return "; ".join(f"{number} more from {said}" for said, number in more.most_common(6))


@pytest.mark.parametrize("first", range(0, len(PAGES), TOGETHER))
def test_a_page_asks_the_same_whatever_it_shows(first: int, world: World) -> None:
    """So many pages at once, since to grow takes longer than to look."""
    cells = [reader(door, query, world) for door, query in PAGES[first : first + TOGETHER]]
    wrong = measured(cells, world)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["admin", "cochair_one", "partner", "observer"])
def test_each_role_finds_a_home_that_asks_the_same_whatever_it_shows(role: str, world: World) -> None:
    """The doors above are looked at by one person each; what home asks differs with the role."""
    home = next(door for door in DOORS if door.name == "home")
    wrong = measured([reader(home, "", world, role)], world)
    assert not wrong, "\n".join(wrong)


def measured(cells: list[Cell], world: World) -> list[str]:
    """What is wrong with what the pages ask."""
    met = {size: visits(cells, world, size) for size in SIZES}
    return [
        line
        for place, cell in enumerate(cells)
        for line in judged(cell, {size: (asked[place], grown) for size, (asked, grown) in met.items()})
    ]


def judged(cell: Cell, visits: dict[int, tuple[Asked, Grown]]) -> list[str]:
    door, query = cell.door, cell.query
    one, three, thirty = (visits[size][0] for size in SIZES)
    wrong = []
    for size, (asked, grown) in visits.items():
        wanted = [word for word in grown.get(door.grows, []) if not (query and word.startswith("/"))]
        held = len(asked.shown & set(wanted))
        if held < (min(len(wanted), FILLED) if door.paged and not query else len(wanted)):
            wrong.append(f"{cell}: shows {held} of {size} new {door.grows}")
    numbers = [len(asked.queries) - asked.written_down for asked in (one, three, thirty)]
    if len(set(numbers)) > 1:
        again = Counter(thirty.queries) - Counter(one.queries)
        wrong.append(f"{cell}: {numbers} queries with {SIZES} rows: {again.most_common(5)}")
    if numbers[0] > MOST_QUERIES:
        wrong.append(f"{cell}: {numbers[0]} queries: {Counter(one.queries).most_common(30)}")
    told = len(thirty.shown) - len(one.shown)
    told += sum(SIZES[-1] - SIZES[0] for kind in counted_only(door, query, visits[SIZES[-1]][1]))
    if thirty.fetched - one.fetched > ROWS_FOR_ONE * told + SLACK:
        wrong.append(
            f"{cell}: {one.fetched} rows fetched with 1 more, {thirty.fetched} with 30 more, "
            f"of which {len(thirty.shown)} are shown: {grew(one, thirty)}"
        )
    return wrong


def counted_only(door: Door, query: str, grown: dict[str, list[str]]) -> set[str]:
    """Kinds whose rows stand on the page as a sum, or in a download that has no addresses."""
    unnamed = {kind for kind in (door.grows,) if query and kind and grown[kind][0].startswith("/")}
    return {*door.sums} | unnamed


LISTS = [door for door in DOORS if door.get and door.paged and door.grows not in door.sums]


@pytest.mark.parametrize("door", LISTS, ids=[door.name for door in LISTS])
def test_a_list_fetches_one_page_of_it_however_long_it_is(door: Door, world: World) -> None:
    cell = reader(door, "", world)
    [thirty], _ = visits([cell], world, SIZES[-1], door.grows)
    [many], _ = visits([cell], world, MANY, door.grows)
    assert len(many.shown) >= FILLED, f"{cell}: shows {len(many.shown)} of {MANY} new {door.grows}"
    assert many.fetched <= thirty.fetched + SLACK, (
        f"{cell}: {thirty.fetched} rows fetched of 30, {many.fetched} of {MANY}: {grew(thirty, many)}"
    )


def test_every_page_is_measured_by_somebody_who_is_shown_it(world: World) -> None:
    """A page without rows of its own is measured as well: everything around it grows."""
    kinds = {door.grows for door in DOORS if door.grows}
    assert kinds <= set(GROWERS), f"nobody makes more {sorted(kinds - set(GROWERS))}"
    assert {door.name for door, _ in PAGES} >= {door.name for door in DOORS if door.grows}
    assert set(WALKERS) >= {reader(door, query, world).role for door, query in PAGES}


def test_what_would_go_is_counted_as_it_is_listed(world: World) -> None:
    """The page of retention counts in the database and lists nothing: both must say the same."""
    ever = dates.now() + timedelta(days=9_999)
    with undone():
        grow(world, 3)
        counted = {kept.key: kept.count(ever) for kept in registry.retained()}
        listed = {kept.key: len(list(kept.rows(ever))) for kept in registry.retained()}
    assert counted == listed
    assert sum(map(bool, counted.values())) > len(counted) / 2, counted


# -- Can it fail? ---------------------------------------------------------------------------------------


def page(name: str, world: World) -> Cell:
    door = next(door for door, query in PAGES if door.name == name and door.grows and not query)
    return reader(door, "", world)


def test_a_query_for_each_row_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def title(table: Any, record: LibraryItem) -> str:
        return f"{LibraryItem.objects.get(pk=record.pk)}"

    monkeypatch.setattr("network.library.tables.LibraryTable.render_title", title)
    assert any("queries with" in line for line in measured([page("library_list", world)], world))


def test_a_row_that_is_fetched_and_not_shown_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = LibraryItem.objects.all
    monkeypatch.setattr("network.library.views.files.megabytes", lambda size: f"{len(everything())}")
    cell = reader(next(door for door in DOORS if door.name == "library_detail"), "", world)
    assert any("rows fetched" in line for line in measured([cell], world))


def test_a_row_that_is_not_shown_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LibraryItem, "readable_by", classmethod(lambda cls, user: Q(pk__lt=0)))
    cell = page("library_list", world)
    assert any("shows 0 of 3 new library" in line for line in measured([cell], world))
