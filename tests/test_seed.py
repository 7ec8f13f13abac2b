"""A demonstration: the same seed and day give the same eighteen months, and it holds what was promised."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models import F

from foi.models import FoiRound, Outcome, Request
from foi.models.requests import Status
from network.agreements import Agreeable
from network.demo import DOMAIN
from network.library.models import LibraryItem
from network.meetings.models import Decision, Meeting, NoteAction
from network.people.models import Membership, Organisation, User
from network.roles import Role
from questionnaires.models import Return, Round
from tests import tables
from tests.test_settings import ROOT

DICE, DAY = "7", "2026-11-22"
DATABASE = "portal.sqlite3"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and no row of anybody's, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / DATABASE
    tables.migrated(file)
    return file


def manage(folder: Path, day: str, *command: str) -> str:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
        "PORTAL_VAR": str(folder),
        "PORTAL_DEMO": "1",
        "PORTAL_NOW": day,
        "DJANGO_SETTINGS_MODULE": "cypcc_portal.settings",
    }
    run = [sys.executable, "manage.py", *command]
    return subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=240
    ).stdout


def seeded(migrated: Path, folder: Path, day: str) -> dict[str, Any]:
    """Load one demonstration into a database of its own, by a process of its own: the line it ends with."""
    folder.mkdir()
    shutil.copy(migrated, folder / DATABASE)
    before = _worked()
    said = manage(folder, day, "seed_demo", "--seed", DICE, "--as-of", day)
    assert _worked() - before < 60
    line: dict[str, Any] = json.loads(said.splitlines()[-1])
    return line


def _worked() -> float:
    """The seconds that processes started here have worked; how long they waited for others says nothing."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def rows_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the portal's and of allauth's."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.row_factory = sqlite3.Row
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        tables = [name for (name,) in names if not name.startswith(("django_", "auth_", "sqlite_"))]
        return {
            table: [_without_chance(dict(row)) for row in database.execute(f"SELECT * FROM {table}")]
            for table in tables
        }


def _without_chance(row: dict[str, Any]) -> dict[str, Any]:
    """Salts, digests with salts, references of namings and names of stored files are random on purpose; a
    workbook notes the second it was made in."""
    made = ("sha256", "size") if str(row.get("name")).endswith(".xlsx") else ()
    return {name: value for name, value in row.items() if name not in (*CHANCE, *made)}


CHANCE = ("password", "blob", "salt", "words", "digest", "reference")


@pytest.mark.slow
def test_the_same_seed_and_day_give_the_same_data_and_a_whole_history(migrated: Path, tmp_path: Path) -> None:
    one, two, day = tmp_path / "one", tmp_path / "two", "2027-01-15"
    said = seeded(migrated, one, day)
    assert said == seeded(migrated, two, day)
    rows = rows_of(one)
    assert rows == rows_of(two)
    assert len(rows["foi_request"]) > 10
    assert rows["network_auditentry"]
    is_whole(said, day)


@pytest.mark.slow
def test_the_first_day_of_a_year_has_its_history_too(migrated: Path, tmp_path: Path) -> None:
    is_whole(seeded(migrated, tmp_path / "demo", "2026-04-01"), "2026-04-01")


def is_whole(said: dict[str, Any], day: str) -> None:
    assert said["as_of"] == day
    assert {one["state"] for one in said["rounds"]} == {"open", "closed"}
    assert said["next_meeting"] >= day
    assert Counter(one["status"] for one in said["reports"] if one["kind"] == "ad-safeguarding") == {
        "agreed": 1,
        "draft": 1,
    }


def laid_down(day: str) -> dict[str, Any]:
    """Load one into the tests' own database: the line it ends with."""
    out = StringIO()
    call_command("seed_demo", "--seed", DICE, "--as-of", day, stdout=out, stderr=StringIO())
    said: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: Any, media: Path) -> Iterator[dict[str, Any]]:
    """One demonstration for all that look at it; the database is as before afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEDIA_ROOT", media)
        yield laid_down(DAY)
        transaction.set_rollback(True)


@pytest.fixture
def demonstration(
    laid: dict[str, Any], db: None, media: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    monkeypatch.setattr(settings, "MEDIA_ROOT", media)
    return laid


def test_every_role_of_the_network_has_its_account(demonstration: dict[str, Any]) -> None:
    expected = {"admin", "cochair.one", "cochair.two", "observer"}
    today = Organisation.objects.in_force()
    for body in today.authorities():
        expected |= {f"{role}.{body.slug}" for role in ("lead", "deputy", "contributor", "director")}
    expected |= {f"partner.{body.slug}" for body in today.filter(kind="icb")}
    assert {f"{local}@{DOMAIN}" for local in expected} == set(
        User.objects.with_account().values_list("email", flat=True)
    )
    assert not User.objects.filter(last_login__lt=F("joined_at")).exists(), (
        "signed in before there was an account"
    )


def test_every_invented_person_is_a_role_and_the_named_co_chairs_are_left_alone(
    demonstration: dict[str, Any],
) -> None:
    named = User.objects.filter(email__isnull=True)
    assert set(named.values_list("name", flat=True)) == {"Lin Ferguson", "Liam Doherty"}
    for person in named:
        assert Membership.objects.filter(user=person).count() == 1
    titles = tuple(role.label for role in Role) + ("Network coordinator",)
    assert all(person.name.startswith(titles) for person in User.objects.with_account())


def test_one_authority_has_submitted_to_the_open_round_and_it_is_not_kent(
    demonstration: dict[str, Any],
) -> None:
    slug = next(one["slug"] for one in demonstration["rounds"] if one["state"] == "open")
    submitted = Return.objects.filter(round=Round.objects.get(slug=slug), status="submitted")
    assert submitted.count() == 1
    assert not submitted.filter(authority__slug="kent").exists()


def test_foi_requests_stand_in_every_state_and_replies_are_as_messy_as_real_ones(
    demonstration: dict[str, Any],
) -> None:
    assert set(Request.objects.values_list("status", flat=True)) == set(Status.values)
    written = Outcome.objects.filter(request__round=FoiRound.objects.get(slug=demonstration["foi_round"]))
    assert written.filter(written__startswith="<5").exists()
    assert written.filter(count_kind="range").exists()
    assert written.filter(outcome="not_held").exists()
    sections = {tuple(row) for row in written.filter(outcome="refused").values_list("sections", flat=True)}
    assert len(sections) >= 2
    bodies = written.values_list("request_id", "outcome")
    per_body: dict[int, set[str]] = {}
    for body, outcome in bodies:
        per_body.setdefault(body, set()).add(outcome)
    assert {"refused"} in per_body.values()


def test_meetings_have_agreed_notes_and_the_next_one_stands(demonstration: dict[str, Any]) -> None:
    held = Meeting.objects.filter(on__lt=DAY)
    assert held.count() >= 8
    assert held.filter(notes__status=Agreeable.Status.AGREED).count() >= 8
    assert Meeting.objects.filter(on=demonstration["next_meeting"]).exists()


def test_no_meeting_repeats_what_another_decided_or_set_somebody_to_do(demonstration: dict[str, Any]) -> None:
    for model in (Decision, NoteAction):
        texts = list(model.objects.values_list("text", flat=True))
        assert len(texts) >= 8
        assert len(texts) == len(set(texts))


def test_the_librarys_tracker_is_a_workbook_that_opens(demonstration: dict[str, Any]) -> None:
    from openpyxl import load_workbook

    stored = LibraryItem.objects.get(title="Referral tracker").file
    assert stored
    assert stored.name.endswith(".xlsx")
    with stored.blob.open() as content:
        rows = list(load_workbook(content, read_only=True).worksheets[0].values)
    assert any("Referral received" in row for row in rows)


def test_it_is_not_loaded_twice(demonstration: dict[str, Any]) -> None:
    before = {model: model._default_manager.count() for model in apps.get_models()}
    with pytest.raises(CommandError, match="loaded already"):
        call_command("seed_demo", stdout=StringIO(), stderr=StringIO())
    call_command("seed_demo", "--if-missing", stdout=StringIO(), stderr=StringIO())
    assert {model: model._default_manager.count() for model in apps.get_models()} == before
