"""A crawl through everything that one person can reach from "/", by links, forms, pages and downloads."""

from __future__ import annotations

import gzip
import io
import subprocess
import zipfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pikepdf
from django.core.cache import cache
from django.urls import Resolver404, resolve

from tests.access.answers import MADE
from tests.access.walk import undone
from tests.access.world import World

QUERIES_OF_ONE_PATH = 8
"""A list can be filtered, sorted and paged in thousands of ways; so many of each are looked at."""

PAGES_OF_ONE_KIND = 15
"""So many of the pages that differ in their row alone, besides those that somebody guesses."""

ALSO = ("export=xlsx", "export=csv", "page=2")
"""Tried first at every list."""

LEAVES = ("/accounts/logout/",)


@dataclass
class Reached:
    """What somebody got to see: each address with all of its answer as text."""

    texts: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    @property
    def all(self) -> str:
        return "\n".join(self.texts.values())


def crawl(world: World, role: str, starts: Iterable[str] = ("/",), *, within: str = "/") -> Reached:
    """From the first page on; `starts` also holds addresses that somebody might guess."""
    reached = Reached()
    asked: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    waiting = deque(starts)
    known = set(waiting)
    paths = set(waiting)
    while waiting:
        path = waiting.popleft()
        status, kind, headers, body = _get(world, role, path)
        reached.statuses[status] += 1
        reached.texts[path] = f"{headers}\n{as_text(body)}"
        if status >= 500:
            reached.failed.append(path)
        leads = [headers["Location"]] if "Location" in headers else []
        if kind.startswith("text/html"):
            if b"export=" in body and "?" not in path:
                leads += [f"{path}?{query}" for query in ALSO]
            leads += list(_leads(body, path))
        for lead in leads:
            found = _own(path, lead)
            if not found.startswith(within) or found in known or found.startswith(LEAVES):
                continue
            where = urlsplit(found).path
            if where not in paths:
                kind_of_page = _kind(where)
                kinds[kind_of_page] += 1
                if kinds[kind_of_page] > PAGES_OF_ONE_KIND:
                    continue
                paths.add(where)
            if asked[where] < QUERIES_OF_ONE_PATH:
                asked[where] += 1
                known.add(found)
                waiting.append(found)
    return reached


def _kind(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return path


def _get(world: World, role: str, path: str) -> tuple[int, str, dict[str, str], bytes]:
    client = world.client
    client.cookies = world.cookie(role)
    cache.clear()
    with undone():
        response: Any = client.get(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        response.close()
    headers = {**response.headers, "cookies": str(response.cookies)}
    return response.status_code, response.headers.get("Content-Type", ""), headers, body


def _own(base: str, lead: str) -> str:
    """The address within the portal, its query in one order; "" if it leads elsewhere."""
    parts = urlsplit(urljoin(f"http://testserver{base}", lead))
    if (
        parts.netloc != "testserver"
        or parts.scheme not in ("http", "https")
        or parts.path.startswith("/static/")
    ):
        return ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.path}?{query}" if query else parts.path


def _leads(body: bytes, path: str) -> Iterator[str]:
    page = Leads(path)
    page.feed(body.decode(errors="replace"))
    yield from page.links
    yield from page.asked


class Leads(HTMLParser):
    """`links` of every kind; `asked`: every choice of a form that asks for a list, one at a time, and a word
    to search for. Not BeautifulSoup: a crawl reads thousands of pages and wants their tags alone."""

    LINKS = ("href", "src", "action", "hx-get", "data-url", "data-src")

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.asked: list[str] = []
        self.action = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in self.LINKS if name in given]
        if tag == "form":
            asks = given.get("method", "get").lower() == "get"
            self.action = urlsplit(given.get("action") or self.path).path if asks else ""
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select:
            self._ask(self.select, given.get("value", ""))
        elif tag == "input" and "name" in given:
            searches = given.get("type", "text") in ("text", "search")
            self._ask(given["name"], given.get("value") or ("cnry" if searches else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.action = ""
        elif tag == "select":
            self.select = ""

    def _ask(self, name: str, value: str) -> None:
        if self.action:
            self.asked.append(f"{self.action}?{urlencode({name: value})}")


# -- Unpacking --------------------------------------------------------------------------------------------


def as_text(content: bytes) -> str:
    """All that can be read in the bytes: pages, cells, parts, comments, properties, attachments."""
    if content.startswith(b"\x1f\x8b"):
        return as_text(gzip.decompress(content))
    if content.startswith(MADE):
        return content.decode(errors="replace")
    if content.lstrip()[:5] == b"%PDF-":
        return _of_pdf(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [f"{part.filename} {part.comment!r}" for part in archive.infolist()]
            inner = [as_text(archive.read(name)) for name in archive.namelist()]
        return "\n".join([*parts, *inner])
    return content.decode(errors="replace").replace("\r\n ", "").replace("\r\n\t", "")  # folded, as in ICS


def _of_pdf(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False)
    said = [done.stdout.decode(errors="replace")]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        said += [f"{name} {value}" for name, value in pdf.docinfo.items()]
        with pdf.open_metadata() as about:
            said.append(str(about))
        said += [f"{name} {as_text(one.get_file().read_bytes())}" for name, one in pdf.attachments.items()]
        if "/Outlines" in pdf.Root:
            with pdf.open_outline() as outline:
                said += [str(item.title) for item in outline.root]
    return "\n".join(said)


def of_mail(raw: bytes) -> str:
    """A mail with its headers, bodies and attachments, each unpacked."""
    message = message_from_bytes(raw, policy=policy.default)
    said = [f"{name}: {value}" for name, value in message.items()]
    for part in message.walk():
        said.append(str(part.get_filename() or ""))
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            said.append(as_text(content))
    return "\n".join(said)
