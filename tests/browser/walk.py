"""The catalogue of pages (`tests.browser.pages`) as the tests read it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from playwright._impl._api_structures import SetCookieParam

from tests.browser.pages import Page
from tests.browser.portal import Portal, Store

FILE = "pages.json"


@dataclass(frozen=True)
class Catalogue:
    pages: list[Page]
    sessions: dict[str, str]  # the session's cookie of each person
    problems: list[str]

    @classmethod
    def read(cls, store: Store) -> Catalogue:
        read = json.loads((store.folder / FILE).read_text())
        return cls([Page(**page) for page in read["pages"]], read["sessions"], read["problems"])

    def of(self, name: str) -> list[Page]:
        """The pages of one address of the URLconf."""
        return [page for page in self.pages if page.name.split()[0] == name]

    def cookie(self, page: Page, portal: Portal) -> list[SetCookieParam]:
        """What makes a browser that of the person who sees the page."""
        if not page.who:
            return []
        return [{"name": "sessionid", "value": self.sessions[page.who], "url": portal.url}]


def walk(store: Store) -> Store:
    """Walks the portal of this store, which signs people in and makes what only a page needs."""
    ended = Portal(store).python("-m", "tests.browser.pages")
    assert ended.returncode == 0, ended.stderr
    (store.folder / FILE).write_text(ended.stdout)
    return store
