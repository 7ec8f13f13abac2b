"""The made world: one of each kind of thing, each with a planted word, and who may read it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client

from network import dates, guards
from network.audience import Naming
from network.files import printing
from network.people.models import Organisation, User
from tests import conftest
from tests.access.answers import MADE
from tests.access.doors import Door
from tests.access.who import CHAIRS, READERS, SIGNED_IN, Who


def planted(key: str) -> str:
    """The word planted in the thing called `key`; no other holds it."""
    return f"zq{re.sub('[^a-z0-9]', '', key.lower())}qz"


@dataclass(frozen=True)
class Thing:
    """`kwargs` is how an address names it; `readers` who may read its word.

    A list names a thing without its words: there, and only there, `mark` stands for it.
    """

    key: str
    row: Model
    readers: Who
    kwargs: Mapping[str, Any]
    mark: str = ""

    @property
    def token(self) -> str:
        return planted(self.key)


NO_SECRET = ("foi round", "round", "holiday", "reorganisation", "successor")
"""Things that few people read before their time, and that are no secret (see `tests/test_restricted.py`)."""


@dataclass
class World:
    people: dict[str, User]
    bodies: dict[str, Organisation]
    things: dict[str, Thing] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    secrets: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    addresses: dict[str, list[tuple[Door, Thing | None]]] = field(default_factory=dict)  # see `offers`

    def add(self, key: str, row: Model, readers: Who, *, mark: str = "", **kwargs: Any) -> Thing:
        assert planted(key) not in {thing.token for thing in self.things.values()}, key
        self.things[key] = Thing(key, row, readers, kwargs, mark)
        return self.things[key]

    def name(self, row: Model) -> None:
        """The two people who alone read a legal thing."""
        for role in READERS["legal"]:
            Naming.objects.create(
                label=row._meta.label_lower,
                object_id=row.pk,
                person=self.people[role],
                named_by=self.people["cochair_two"],
            )

    def unreadable(self, role: str) -> frozenset[str]:
        """Every planted word that must not be in an answer to this person."""
        asked = (role, len(self.things))  # worked out once: the walk asks at every cell
        if asked not in self.secrets:
            things = self.things.values()
            self.secrets[asked] = frozenset(thing.token for thing in things if role not in thing.readers)
        return self.secrets[asked]

    @cached_property
    def legal(self) -> frozenset[str]:
        """Every planted word that is kept to named people."""
        return frozenset(thing.token for key, thing in self.things.items() if key.split()[-1] == "legal")

    def sign_in(self) -> None:
        for role in SIGNED_IN:
            client = Client()
            client.force_login(self.people[role], backend=settings.AUTHENTICATION_BACKENDS[0])
            self.cookies[role] = str(client.cookies[settings.SESSION_COOKIE_NAME].value)

    def age(self, role: str) -> None:
        """It is long since this person showed who they are, though they are signed in."""
        session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=self.cookies[role])
        session[guards.SIGNED_IN_AT] = "2020-01-01T00:00:00+00:00"
        session.save()

    @cached_property
    def few(self) -> frozenset[str]:
        """Every planted word that only co-chairs and coordinator, or named people, read."""
        few = [thing for thing in self.things.values() if thing.readers <= CHAIRS]
        return self.legal | {thing.token for thing in few if not thing.key.startswith(NO_SECRET)}

    def cookie(self, role: str) -> SimpleCookie:
        return SimpleCookie({settings.SESSION_COOKIE_NAME: self.cookies[role]})


@contextmanager
def made_world(media: Path) -> Iterator[World]:
    """The world while the block runs; the database is as before afterwards. Its uploads lie in `media`."""
    from tests.access.made import (
        foi,
        library,
        meetings,
        members,
        people,
        plan,
        questionnaires,
        reorganisations,
        reports,
        trail,
    )

    with among(media), dates.at(conftest.TODAY), kept_open(), transaction.atomic():
        call_command("seed_network", stdout=StringIO())
        bodies = {body.slug: body for body in Organisation.objects.all()}
        cast = conftest.cast(bodies)
        world = World(people=dict(cast.items()), bodies=bodies)
        parts = (
            people,
            members,
            reorganisations,
            library,
            meetings,
            plan,
            questionnaires,
            foi,
            reports,
            trail,
        )
        for part in parts:
            part.make(world)
        world.sign_in()
        yield world
        transaction.set_rollback(True)


@contextmanager
def kept_open() -> Iterator[None]:
    """The end of each test would close the connection, and with it end the transaction of the world."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "close", lambda: None)
        yield


@contextmanager
def among(media: Path) -> Iterator[None]:
    """The world's uploads are there; a PDF is its HTML, for hundreds are asked for; nothing is logged, for
    thousands of refusals are meant; no template's context is kept, for only answers are looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
        patch.setattr(settings, "MEDIA_ROOT", media)
        patch.setattr(printing, "_render", lambda order: MADE + order.encode())
        patch.setattr(printing, "_keep", lambda kept, made: None)
        logging.disable(logging.CRITICAL)
        yield
        logging.disable(logging.NOTSET)
