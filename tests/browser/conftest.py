"""A portal with its processes, and people in front of it in Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.people import Person
from tests.browser.portal import Portal, Store, lay_down, shared
from tests.browser.walk import Catalogue, walk

WAITS = 20_000  # milliseconds, on a machine that does other things besides


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    # The long stories begin early and apart, since each process is handed the tests in a run of neighbours;
    # the many short tests of pages fill what is left of their time.
    long = [item for item in ours if item.get_closest_marker("slow")]
    for number, item in enumerate(reversed(long)):  # the whole thread is the longest
        items.remove(item)
        items.insert(number * len(items) // len(long), item)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of this test run share."""
    if "KEEP_DEMONSTRATION" in os.environ:  # while tests are written: laid down once for many runs
        return Path(os.environ["KEEP_DEMONSTRATION"])
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def template(kept: Path) -> Store:
    """The demonstration, laid down once for all processes of this test run."""
    return shared(kept / "demonstration", lay_down)


@pytest.fixture(scope="session")
def make_portal(template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Portal]]:
    """`make_portal("web", "worker")`: a portal of one's own over a fresh demonstration."""
    made: list[Portal] = []

    def make(*names: str, store: Store = template, **more: Any) -> Portal:
        portal = Portal(store.copy(tmp_path_factory.mktemp("portal") / "var"), **more)
        made.append(portal)
        portal.start(*names)
        return portal

    yield make
    for portal in made:
        portal.remove()


@pytest.fixture(scope="session")
def walked(kept: Path, template: Store, make_portal: Callable[..., Portal]) -> tuple[Portal, Catalogue]:
    """A portal that is only read, and its pages with people who are signed in already."""
    store = shared(kept / "walked", lambda folder: walk(template.copy(folder)))
    return make_portal("web", store=store), Catalogue.read(store)


@pytest.fixture
def enter(browser: Browser) -> Iterator[Callable[..., Person]]:
    """`enter(portal, "lead.kent")`: somebody in a browser of their own; `**more` goes to its context.

    Ends with what nobody may meet on the way: an error in the console, a request to another host, a 500.
    """
    came: list[Person] = []

    def go(portal: Portal, name: str, **more: Any) -> Person:
        context = browser.new_context(
            base_url=portal.url, locale="en-GB", timezone_id="Europe/London", **more
        )
        context.set_default_timeout(WAITS)
        person = Person(name, portal, context.new_page())
        came.append(person)
        return person

    yield go
    met = [problem for person in came for problem in person.problems]
    for person in came:
        person.page.context.close()
    assert not met, "\n".join(met)
