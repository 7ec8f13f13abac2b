"""The people whom every test of the wall is about, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from network import dates, guards
from network.people.models import Organisation, User
from network.roles import Role
from tests import factories

pytest_plugins = ["tests.plugin_services", "tests.plugin_world"]

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes into the folders of a running portal."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")
    monkeypatch.setattr(settings, "PORTAL_NOW", None)


@pytest.fixture(autouse=True)
def _no_doorbell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is only a doorbell; tests look at the rows."""
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: None)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """It is nine o'clock on 22 November 2026, unless a test says otherwise."""
    with dates.at(TODAY):
        yield


@pytest.fixture
def at() -> Iterator[Callable[[str], None]]:
    """`at("2026-12-01")` moves the portal's clock for the rest of the test."""
    opened = []

    def go(text: str) -> None:
        context = dates.at(dates.parse_now(text))
        context.__enter__()
        opened.append(context)

    yield go
    while opened:
        opened.pop().__exit__(None, None, None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Every test begins with the network's own reference data: loaded once, since loading takes a while."""
    with django_db_blocker.unblock(), dates.at(TODAY):
        assert connection.features.supports_json_field  # asked once by a process, whichever page comes first
        if not Organisation.objects.exists():
            call_command("seed_network", stdout=StringIO())


@pytest.fixture
def reference(db: None) -> None:
    """The network's own reference data; a test with real transactions has emptied the tables before it."""
    if not Organisation.objects.exists():
        call_command("seed_network", stdout=StringIO())


@pytest.fixture
def orgs(reference: None) -> dict[str, Organisation]:
    """All bodies of the reference data, by slug."""
    return {body.slug: body for body in Organisation.objects.all()}


@dataclass
class People:
    """One of each. Kent is the owner's authority, Medway the stranger's; both lie in one board's area."""

    admin: User
    cochair_one: User
    cochair_two: User
    lead: User
    deputy: User
    contributor: User
    director: User
    stranger: User
    partner: User
    other_partner: User
    observer: User
    former: User

    def items(self) -> list[tuple[str, User]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def cast(orgs: dict[str, Organisation]) -> People:
    kent, medway = orgs["kent"], orgs["medway"]
    person = factories.person
    return People(
        admin=person("Coordinator", Role.ADMIN),
        cochair_one=person("Co-chair one", Role.CO_CHAIR),
        cochair_two=person("Co-chair two", Role.CO_CHAIR),
        lead=person("Lead, Kent", Role.LEAD, kent),
        deputy=person("Deputy, Kent", Role.DEPUTY, kent),
        contributor=person("Contributor, Kent", Role.CONTRIBUTOR, kent),
        director=person("Director, Kent", Role.DIRECTOR, kent),
        stranger=person("Lead, Medway", Role.LEAD, medway),
        partner=person("Partner, Kent and Medway", Role.PARTNER, orgs["kent-and-medway"]),
        other_partner=person("Partner, Thames Valley", Role.PARTNER, orgs["thames-valley"]),
        observer=person("Observer", Role.OBSERVER),
        former=person("Former lead, Kent", Role.LEAD, kent, ends_on=date(2026, 11, 21)),
    )


@pytest.fixture
def people(orgs: dict[str, Organisation]) -> People:
    return cast(orgs)


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """A browser in which the person is signed in: just now, however the test moves the clock, unless it is
    `ageing`, as every real one is."""

    def go(user: User, *, ageing: bool = False) -> Client:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        if not ageing:
            session = client.session
            session[guards.SIGNED_IN_AT] = "2999-01-01T00:00:00+00:00"
            session.save()
        return client

    return go
