"""Somebody in front of the portal: what they do, and what they must never meet."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, expect

from tests.browser.portal import PASSWORD, Portal, address

__all__ = ["Person", "expect", "step"]

MOST_TABS = 300


class Person:
    """One person with a browser of their own. `problems` fills by itself."""

    def __init__(self, name: str, portal: Portal, page: Page) -> None:
        self.name = name
        self.portal = portal
        self.page = page
        self.problems: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)

    # What nobody may meet

    def _note(self, what: str) -> None:
        self.problems.append(f"{self.name} at {self.page.url}: {what}")

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that is not there (404) or may not be had (403) is meant; its status is looked at elsewhere.
        is_the_page = (
            message.location.get("url") == self.page.url and "Failed to load resource" in message.text
        )
        if message.type == "error" and not is_the_page:
            self._note(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        there = urlsplit(request.url)
        if there.scheme.startswith("http") and there.netloc != urlsplit(self.portal.url).netloc:
            self._note(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        document = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not document):
            self._note(f"{response.status} for {response.url}")

    # What they do

    def sign_in(self) -> Person:
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", address(self.name))
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in", within=self.main)
        assert "login" not in self.path, f"{self.name} cannot sign in"
        return self

    def go(self, path: str, status: int = 200) -> Person:
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{self.name}: {response.status} for {path}, expected {status}"
        return self

    def status(self, path: str) -> int:
        """The status of a page or a download that is asked for without going there."""
        return self.page.request.get(path, max_redirects=0).status

    def sends(self, path: str, **fields: str | float | bool) -> int:
        """The status of an answer to something sent by hand, without the page's button."""
        token = next(each["value"] for each in self.page.context.cookies() if each["name"] == "csrftoken")
        form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, **fields}
        answer = self.page.request.post(path, form=form, max_redirects=0)
        return answer.status

    def download(self, path: str) -> bytes:
        response = self.page.request.get(path)
        assert response.status == 200, f"{self.name}: {response.status} for {path}"
        return response.body()

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> Person:
        """Presses a button, or a link that looks like one."""
        where = within or self.main
        button = where.get_by_role("button", name=name).or_(where.get_by_role("link", name=name))
        with self.page.expect_navigation():
            button.first.click()
        return self

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> Person:
        with self.page.expect_navigation():
            (within or self.main).get_by_role("link", name=name).first.click()
        return self

    def choose(self, field: str, value: str) -> Person:
        """Ticks a radio or checkbox by its field's name and value."""
        self.page.locator(f"input[name='{field}'][value='{value}']").check()
        return self

    def tick(self, field: str) -> Person:
        self.page.locator(f"input[type=checkbox][name='{field}']").check()
        return self

    def type(self, field: str, text: str) -> Person:
        self.page.locator(f"[name='{field}']").fill(text)
        return self

    def answer(self, field: str, value: Any) -> Person:
        """Fills a field in as its widget wants it: a text, a choice, a list of choices, or parts by name."""
        if isinstance(value, dict):
            for part, each in value.items():
                self.answer(f"{field}-{part}", each)
        elif isinstance(value, list):
            for each in value:
                self.choose(field, each)
        elif self.page.locator(f"[name='{field}'][type=radio]").count():
            self.choose(field, value)
        elif self.page.locator(f"select[name='{field}']").count():
            self.page.locator(f"select[name='{field}']").select_option(label=value)
        else:
            self.type(field, value)
        return self

    def day(self, field: str, year: int, month: int, day: int) -> Person:
        return self.answer(field, {"day": str(day), "month": str(month), "year": str(year)})

    # Without a mouse

    def tab_to(self, target: Locator) -> Person:
        """Presses Tab until that has the focus, and can be seen to have it."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return self
        raise AssertionError(f"{self.name} does not reach it by Tab: {target}")

    def keys(self, *names: str) -> Person:
        for name in names:
            self.page.keyboard.press(name)
        return self

    def enter(self) -> Person:
        """Presses Enter on what has the focus, which leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    # What they see

    def field(self, name: str) -> Locator:
        """All inputs of that name."""
        return self.page.locator(f"[name='{name}']")

    def value(self, name: str) -> Any:
        """What a field holds: the text, the chosen value, or the list of ticked ones."""
        boxes = self.page.locator(f"[name='{name}'][type=checkbox]:checked")
        if self.page.locator(f"[name='{name}'][type=checkbox]").count():
            return [each.get_attribute("value") for each in boxes.all()]
        radios = self.page.locator(f"[name='{name}'][type=radio]")
        if radios.count():
            chosen = self.page.locator(f"[name='{name}'][type=radio]:checked")
            return chosen.get_attribute("value") if chosen.count() else ""
        return self.field(name).input_value()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def sees(self, *texts: str | re.Pattern[str]) -> Person:
        for text in texts:
            expect(self.main).to_contain_text(text)
        return self

    def does_not_see(self, *texts: str) -> Person:
        for text in texts:
            expect(self.main).not_to_contain_text(text)
        return self

    def offered(self, name: str | re.Pattern[str]) -> bool:
        """Whether there is such a button or link."""
        return bool(
            self.main.get_by_role("button", name=name).count()
            or self.main.get_by_role("link", name=name).count()
        )


def pdf_text(content: bytes) -> str:
    assert content.startswith(b"%PDF"), content[:80]
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return read.stdout.decode()


def pages_of(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    return pdf_text(content).rstrip("\f").split("\f")


@contextmanager
def step(says: str, *people: Person, pictures: Path | None = None) -> Iterator[None]:
    """One step of a story. If it fails, the failure says which, and where everybody stood."""
    print(f"· {says}", flush=True)
    try:
        yield
    except BaseException as error:
        error.add_note(f"In the step: {says}")
        for person in people:
            error.add_note(_where(person, pictures))
        raise


def _where(person: Person, pictures: Path | None) -> str:
    try:
        text = person.main.inner_text(timeout=2_000)[:1_500]
        if pictures:
            person.page.screenshot(path=pictures / f"{person.name}.png", full_page=True)
    except Exception as error:  # the browser itself may be what failed
        text = f"(could not be read: {error})"
    return f"\n{person.name} is at {person.page.url} and sees:\n{text}"
