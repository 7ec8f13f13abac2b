"""Every page as a browser meets it: accessible, no wider than a phone, light, and all of it our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import NO_PAGE, Page, addresses
from tests.browser.people import Person
from tests.browser.portal import Portal
from tests.browser.walk import Catalogue

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
async rules => (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations.flatMap(
  rule => rule.nodes.slice(0, 3).map(node => `${rule.id}: ${rule.help}: ${node.html.slice(0, 160)}`))
"""
WIDTHS = (1280, 360)
NARROWEST = 320
FIRST_VIEW = 120 * 1024  # bytes as sent
SCRIPT = 40 * 1024


def page_names() -> list[str]:
    return [name for name, _, _ in addresses() if name not in NO_PAGE]


def test_every_address_was_tried_with_arguments_of_the_demonstration(
    walked: tuple[Portal, Catalogue],
) -> None:
    _, catalogue = walked
    assert not catalogue.problems
    assert len(catalogue.pages) > 80


class Sizes:
    """What a page asked for and how long that was on the way, compressed as it was sent."""

    def __init__(self, person: Person) -> None:
        self.sent: list[tuple[str, str, int]] = []
        person.page.on("requestfinished", self._finished)

    def _finished(self, request: Any) -> None:
        self.sent.append((request.url, request.resource_type, request.sizes()["responseBodySize"]))

    def total(self, *kinds: str) -> int:
        return sum(size for _, kind, size in self.sent if not kinds or kind in kinds)


def against(person: Person, page: Page) -> list[str]:
    """What speaks against one page, in words."""
    sizes, said = Sizes(person), []
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 900})
        if width == WIDTHS[0]:
            person.go(page.path)
            person.page.evaluate(Axe().axe_script)
        said += [f"{width} px: {each}" for each in person.page.evaluate(RUN_AXE, RULES)]
    person.page.set_viewport_size({"width": NARROWEST, "height": 900})
    wide = person.page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROWEST:
        said.append(f"scrolls sideways at {NARROWEST} px: it is {wide} px wide")
    if sizes.total() > FIRST_VIEW:
        said.append(f"weighs {sizes.total() / 1024:.0f} KB: {sizes.sent}")
    if sizes.total("script") > SCRIPT:
        said.append(f"has {sizes.total('script') / 1024:.0f} KB of script")
    return [f"{page.name} ({page.path}, as {page.who or 'nobody'}): {each}" for each in said]


@pytest.mark.parametrize("name", page_names())
def test_page(name: str, walked: tuple[Portal, Catalogue], enter: Callable[..., Person]) -> None:
    portal, catalogue = walked
    pages = [page for page in catalogue.of(name) if page.kind == "page"]
    if not pages:
        pytest.skip("takes what is sent to it, or is a download")
    said = []
    for page in pages:
        person = enter(portal, page.who or "nobody")
        person.page.context.add_cookies(catalogue.cookie(page, portal))
        said += against(person, page)
        person.page.close()
    assert not said, "\n".join(said)
