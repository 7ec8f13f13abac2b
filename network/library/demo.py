"""A dozen things in the library of a demonstration, with small real files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils.text import slugify

from network import dates, files
from network.demo import World
from network.files import StoredFile
from network.library.models import LibraryItem
from network.mail import DEMONSTRATION
from network.people.models import Organisation, User

DATA = Path(__file__).resolve().parent / "data" / "demonstration.json"


def demonstration(world: World) -> list[Callable[[], None]]:
    return [lambda: _lay_down(world)]


def _lay_down(world: World) -> None:
    dice = world.random("library")
    texts: list[dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    leads = world.people("lead")
    step = (world.as_of - world.begins).days // (len(texts) + 1)
    for number, text in enumerate(dice.sample(texts, len(texts)), start=1):
        authority = dice.choice(world.authorities()) if text.get("authority") else None
        by = leads[authority.slug] if authority and authority.slug in leads else world.person("admin")
        with dates.at(world.begins + timedelta(days=number * step)):
            _add(text, authority, by, dice)


def _add(text: dict[str, Any], authority: Organisation | None, by: User, dice: Random) -> None:
    LibraryItem.objects.create(
        title=text["title"],
        description=text["description"],
        kind=text["kind"],
        audience=text["audience"],
        link=text.get("link", ""),
        file=_file(text, by) if text.get("file") else None,
        authority=authority,
        added_by=by,
        added_at=dates.now() + timedelta(minutes=dice.randint(0, 400)),
    )


def _file(text: dict[str, Any], by: User) -> StoredFile:
    name = f"{slugify(text['title'])[:60]}.{text['file']}"
    make = {"pdf": _pdf, "xlsx": _workbook}.get(text["file"], _plain)
    return files.store(SimpleUploadedFile(name, make(text)), by=by)


def _workbook(text: dict[str, Any]) -> bytes:
    """The text's `sheets`, each with its headings and some made-up rows."""
    return files.workbook(
        files.Sheet(**{**sheet, "rows": [[_cell(value) for value in row] for row in sheet["rows"]]})
        for sheet in text["sheets"]
    )


def _cell(value: str) -> date | str:
    return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


def _plain(text: dict[str, Any]) -> bytes:
    return "\n\n".join([DEMONSTRATION, text["title"], *text["text"]]).encode() + b"\n"


def _pdf(text: dict[str, Any]) -> bytes:
    context = {
        "title": text["title"],
        "lines": text["text"],
        "demo": True,
        "network_name": settings.NETWORK_NAME,
    }
    return files.pdf(render_to_string("network/pdf_example.html", context), title=text["title"])
