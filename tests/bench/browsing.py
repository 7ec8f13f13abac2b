"""One client, as plain as can be: what it measures is the server."""

from __future__ import annotations

import gzip
import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag

from tests.browser.portal import Portal

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    seconds: float


@dataclass
class Client:
    """Somebody signed in, or nobody (`session` is empty)."""

    portal: Portal
    session: str
    token: str = "a" * 32

    def ask(self, method: str, path: str, body: str = "") -> Answer:
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={self.token}", "Accept-Encoding": "gzip"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.portal.port, timeout=60)
        started = time.perf_counter()
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - started
        connection.close()
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(answer.status, content, seconds)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def save(self, path: str, number: int) -> Answer:
        """Loads the page (not measured), fills its form in and sends it."""
        fields = filled(self.get(path).body, path, number)
        return self.ask("POST", path, urlencode([("csrfmiddlewaretoken", self.token), *fields]))


def filled(page: bytes, path: str, number: int) -> Fields:
    """The page's own form as a browser would send it, blanks filled in and the first text changed."""
    form = _form(BeautifulSoup(page, "html.parser"), path)
    return [(name, value) for name, value in _fields(form, number) if name != "csrfmiddlewaretoken"]


def _form(soup: BeautifulSoup, path: str) -> Tag:
    main = soup.find("main")
    assert isinstance(main, Tag)
    for form in main.find_all("form"):
        if form.get("method") == "post" and form.get("action", path) in ("", path):
            return form
    raise LookupError("no form that is sent to the page's own address")


GO_TOGETHER = {"capacity": "substitute"}  # the first text of attendance is a substitute's role
DATE_PARTS = {"day": "8", "month": "3", "year": "2027"}


def _fields(form: Tag, number: int) -> Iterator[tuple[str, str]]:
    radios: set[str] = set()
    changed, selects = False, 0
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = str(field.get("name", "")), str(field.get("type", "text"))
        if not name or kind in ("submit", "file"):
            continue
        if field.name == "select":
            wanted = GO_TOGETHER.get(name.split("-")[0], "")
            yield name, wanted if wanted and not selects else _option(field, fill=not selects)
            selects += 1
        elif kind == "radio":
            if name not in radios:
                radios.add(name)
                yield from _radio(form, name)
        elif kind == "checkbox":
            if field.has_attr("checked"):
                yield name, str(field.get("value", "on"))
        elif kind == "hidden":
            yield name, str(field.get("value", ""))
        else:
            value, writes = _text(field, name, number, changed)
            changed = changed or writes
            yield name, value


def _option(select: Tag, *, fill: bool) -> str:
    """The chosen option; with `fill` the first real one in place of a blank."""
    options = select.find_all("option")
    chosen = next((each for each in options if each.has_attr("selected")), options[0])
    value = str(chosen.get("value", ""))
    return value or next((str(each["value"]) for each in options if fill and each.get("value")), "")


def _radio(form: Tag, name: str) -> Iterator[tuple[str, str]]:
    for each in form.find_all("input", {"name": name, "checked": True}):
        yield name, str(each["value"])


def _text(field: Tag, name: str, number: int, changed: bool) -> tuple[str, bool]:
    """The text of a field; the first free text of a form is changed, so that there is something to save."""
    value = field.get_text().strip() if field.name == "textarea" else str(field.get("value", ""))
    part = name.rsplit("-", 1)[-1]
    if part in DATE_PARTS:
        return value or DATE_PARTS[part], False
    free = field.name == "textarea" or (
        field.get("inputmode") is None and field.get("type", "text") == "text"
    )
    if free and not changed and not _is_code(name):
        return f"Measured for the {number}. time", True
    return value, False


def _is_code(name: str) -> bool:
    return any(
        word in name for word in ("starts", "ends", "slug", "year", "value", "minutes", "percent", "page")
    )
