"""The audit trail shows whatever is changed, removed, put in or re-ordered, and nothing that is lawful."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from network import audit
from network.audit import AuditCheck, AuditEntry, AuditHead, AuditSeal
from network.audit.chain import link
from network.people.models import User
from network.roles import Role
from network.tick import tick
from tests import factories, tables
from tests.conftest import People
from tests.test_settings import ROOT

pytestmark = pytest.mark.django_db


def written(number: int, by: User | None = None) -> list[AuditEntry]:
    """So many entries, as acts write them, but at once."""
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=by, verb="changed", label="network.user", object_id=place, title="T", detail={"n": place}
        ).sign()
        for place in range(1, number + 1)
    )


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def raw(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def first_fault() -> str:
    return next(audit.faults(), "")


def test_what_is_written_is_sealed_by_the_tick_and_sealing_again_does_nothing(people: People) -> None:
    written(3)
    assert any("of the audit trail sealed" in line for line in tick().said)
    audit.seal()  # what the tick itself did afterwards
    assert audit.seal() == ""
    assert AuditSeal.objects.count() == AuditEntry.objects.count()
    assert not list(audit.faults())


def test_an_entry_can_be_checked_before_it_is_sealed(people: People) -> None:
    audit.record(by=people.admin, verb="changed", on=people.lead, fields=["name"])
    assert not list(audit.faults())
    AuditEntry.objects.update(detail={"fields": []})
    assert "words of entry" in first_fault()


# -- Ten thousand entries, one of them touched --------------------------------------------------------

TABLE, SEALS = "network_auditentry", "network_auditseal"


def changed(pk: int) -> None:
    AuditEntry.objects.filter(pk=pk).update(detail={"n": 0})


def renamed(pk: int) -> None:
    AuditEntry.objects.filter(pk=pk).update(title="Another")


def given_to_another(pk: int) -> None:
    AuditEntry.objects.filter(pk=pk).update(actor=User.objects.order_by("pk").first())


def moved_in_time(pk: int) -> None:
    entry = AuditEntry.objects.get(pk=pk)
    AuditEntry.objects.filter(pk=pk).update(at=entry.at.replace(year=2020))


def changed_and_signed_anew(pk: int) -> None:
    entry = AuditEntry.objects.get(pk=pk)
    entry.verb = "looked at"
    entry.sign().save()


def removed(pk: int) -> None:
    raw(f"DELETE FROM {TABLE} WHERE id = %s", pk)


def removed_with_its_seal(pk: int) -> None:
    raw(f"DELETE FROM {SEALS} WHERE entry_id = %s", pk)
    raw(f"DELETE FROM {TABLE} WHERE id = %s", pk)


def removed_and_the_seals_moved_up(pk: int) -> None:
    place = AuditSeal.objects.get(entry=pk).position
    removed_with_its_seal(pk)
    for one in AuditSeal.objects.filter(position__gt=place, position__lt=place + 3).order_by("position"):
        raw(f"UPDATE {SEALS} SET position = position - 1 WHERE position = %s", one.position)


def put_in(pk: int) -> None:
    AuditEntry(verb="invented", label="network.user", object_id=1, unsealed=False).sign().save()


def put_in_without_digests(pk: int) -> None:
    AuditEntry.objects.create(verb="invented", label="network.user", object_id=1)


def put_in_with_a_seal(pk: int) -> None:
    entry = AuditEntry(verb="invented", label="network.user", object_id=1, unsealed=False).sign()
    entry.save()
    last = AuditSeal.objects.order_by("-position")[0]
    place = last.position + 1
    AuditSeal.objects.create(
        position=place,
        entry=entry,
        digest=entry.digest,
        sealed_at=last.sealed_at,
        hash=link(last.hash, place, entry.pk, entry.digest, last.sealed_at),
    )


def two_re_ordered(pk: int) -> None:
    one, other = AuditEntry.objects.get(pk=pk), AuditEntry.objects.get(pk=pk + 1)
    one.pk, other.pk = other.pk, one.pk
    one.save()
    other.save()


def two_seals_re_ordered(pk: int) -> None:
    one, other = AuditSeal.objects.get(entry=pk), AuditSeal.objects.get(entry=pk + 1)
    raw(f"DELETE FROM {SEALS} WHERE position IN (%s, %s)", one.position, other.position)
    one.position, other.position = other.position, one.position
    AuditSeal.objects.bulk_create([one, other])


def tail_cut_off(pk: int) -> None:
    last = AuditSeal.objects.order_by("-position")[0].entry_id
    removed_with_its_seal(last)


def tail_cut_off_and_the_head_set_back(pk: int) -> None:
    tail_cut_off(pk)
    last = AuditSeal.objects.order_by("-position")[0]
    AuditHead.objects.update(position=last.position, hash=last.hash)


def head_forged(pk: int) -> None:
    AuditHead.objects.update(hash="f" * 64)


def emptied_without_a_word(pk: int) -> None:
    AuditEntry.objects.filter(pk=pk).update(title="", detail={})


def emptied_as_if_lawfully(pk: int) -> None:
    AuditEntry.objects.filter(pk=pk).update(title="", detail={}, salt="", erased_at=F("at"))


TOUCHED: list[tuple[Callable[[int], None], str]] = [
    (changed, "The words of entry {pk} were changed."),
    (renamed, "The words of entry {pk} were changed."),
    (given_to_another, "Entry {pk} was changed after it was written."),
    (moved_in_time, "Entry {pk} was changed after it was written."),
    (changed_and_signed_anew, "Entry {pk} is not the one that was sealed at position {at}."),
    (removed, "Entry {pk}, sealed at position {at}, was removed."),
    (removed_with_its_seal, "Between positions {before} and {after} of the chain, seals were removed."),
    (removed_and_the_seals_moved_up, "The seal at position {at} does not follow from the one before it."),
    (put_in, "Entry {new} counts as sealed and has no seal: it was put in."),
    (put_in_without_digests, "Entry {new} was changed after it was written."),
    (put_in_with_a_seal, "The chain ends at {last} by its head, but there are seals up to {beyond}."),
    (two_re_ordered, "Entry {pk} is not the one that was sealed at position {at}."),
    (two_seals_re_ordered, "The seal at position {at} does not follow from the one before it."),
    (tail_cut_off, "The chain ends at {shorter}, by its head at {last}: the tail was cut off."),
    (tail_cut_off_and_the_head_set_back, "The chain once reached position {last}; now it ends at {shorter}."),
    (head_forged, "The head of the chain is not the hash of the last seal, {last}."),
    (emptied_without_a_word, "The words of entry {pk} were changed."),
    (
        emptied_as_if_lawfully,
        "The words of entry {pk} were emptied, and no entry says by whom and why.",
    ),
]


def test_any_entry_that_is_touched_among_ten_thousand_is_found_and_named(people: People) -> None:
    written(10_000, people.admin)
    audit.seal()
    assert audit.check().number == 0
    pk = AuditSeal.objects.get(position=4711).entry_id
    for touch, sentence in TOUCHED:
        with undone():
            touch(pk)
            newest = AuditEntry.objects.order_by("-pk")[0].pk
            expected = sentence.format(
                pk=pk, at=4711, before=4710, after=4712, new=newest, last=10_000, shorter=9_999, beyond=10_001
            )
            assert first_fault() == expected, touch.__name__
    assert not list(audit.faults())


def test_the_command_says_which_and_ends_with_one(people: People) -> None:
    written(20)
    audit.seal()
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert "whole" in out.getvalue()
    pk = AuditSeal.objects.get(position=7).entry_id
    changed(pk)
    err = StringIO()
    with pytest.raises(CommandError, match="1 faults") as ended:
        call_command("audit_verify", stderr=err, stdout=StringIO())
    assert ended.value.returncode == 1
    assert f"entry {pk} " in err.getvalue()


def test_a_chain_that_was_made_anew_from_end_to_end_is_found_by_what_was_kept_elsewhere(
    people: People,
) -> None:
    written(20)
    audit.seal()
    out = StringIO()
    call_command("audit_verify", stdout=out)
    kept = out.getvalue().split()[-1]
    AuditSeal.objects.all().delete()
    AuditHead.objects.all().delete()
    AuditCheck.objects.all().delete()
    changed_and_signed_anew(AuditEntry.objects.order_by("pk")[3].pk)
    AuditEntry.objects.update(unsealed=True)
    audit.seal()
    call_command("audit_verify", stdout=StringIO())
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("audit_verify", "--through", kept, stdout=StringIO(), stderr=StringIO())


def test_the_database_refuses_to_remove_a_sealed_entry(people: People) -> None:
    written(2)
    audit.seal()
    with transaction.atomic():
        removed(AuditSeal.objects.get(position=1).entry_id)
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)


# -- Emptied under data law ---------------------------------------------------------------------------


def test_an_entry_whose_words_were_emptied_lawfully_verifies_and_says_so(people: People) -> None:
    audit.record(by=people.lead, verb="changed", on=people.lead, fields=["name"])
    audit.seal()
    entry = AuditEntry.objects.get()
    assert audit.erase([entry], by=people.admin, why="Asked for under article 17") == 1
    entry.refresh_from_db()
    assert (entry.title, entry.detail, entry.salt) == ("", {}, "")
    assert entry.erased_at is not None
    assert not list(audit.faults())
    audit.seal()
    assert not list(audit.faults())
    said = AuditEntry.objects.get(verb=audit.ERASED)
    assert said.detail == {"entries": [entry.pk], "why": "Asked for under article 17"}
    assert said.actor == people.admin


def test_emptying_twice_or_emptying_what_makes_it_lawful_does_nothing(people: People) -> None:
    audit.record(by=people.lead, verb="changed", on=people.lead)
    for _ in range(2):
        audit.erase(list(AuditEntry.objects.all()), by=people.admin, why="Asked for")
    assert AuditEntry.objects.filter(erased_at__isnull=False).count() == 1
    assert AuditEntry.objects.filter(verb=audit.ERASED).count() == 1
    assert not list(audit.faults())


def test_an_emptied_entry_still_proves_who_did_what_when(people: People) -> None:
    audit.record(by=people.lead, verb="changed", on=people.lead)
    audit.erase(list(AuditEntry.objects.all()), by=people.admin, why="Asked for")
    AuditEntry.objects.exclude(verb=audit.ERASED).update(actor=people.admin)
    assert "was changed after it was written" in first_fault()


# -- Bad days -----------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_breaks_nothing(people: People, at: Callable[[str], None]) -> None:
    for moment in ("2026-11-22T10:00", "2026-11-22T09:00", "2027-03-28T01:30", "2020-01-01"):
        at(moment)
        audit.record(by=people.lead, verb="changed", on=people.lead)
        audit.seal()
    assert not list(audit.faults())
    assert list(AuditSeal.objects.order_by("position").values_list("entry", flat=True)) == list(
        AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_an_entry_that_commits_after_later_ones_is_sealed_at_the_end(people: People) -> None:
    first, second = written(2)
    AuditEntry.objects.filter(pk=first.pk).update(unsealed=False)  # as if it could not be seen yet
    audit.seal()
    AuditEntry.objects.filter(pk=first.pk).update(unsealed=True)
    audit.seal()
    assert list(AuditSeal.objects.order_by("position").values_list("entry", flat=True)) == [
        second.pk,
        first.pk,
    ]
    assert not list(audit.faults())


def test_a_lost_head_forks_nothing(people: People) -> None:
    written(3)
    audit.seal()
    AuditHead.objects.all().delete()
    written(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        audit.seal()
    assert AuditSeal.objects.count() == 3
    assert "seals up to 3" in " ".join(audit.faults())


def test_a_chain_is_checked_while_others_write(people: People) -> None:
    written(1_200)
    audit.seal()
    going = audit.faults()
    written(700)
    audit.seal()
    audit.erase(list(AuditEntry.objects.order_by("pk")[900:910]), by=people.admin, why="Asked for")
    assert list(going) == []
    assert list(audit.faults()) == []


def test_entries_of_an_installed_portal_get_their_digests_and_are_sealed(people: People) -> None:
    AuditEntry.objects.create(
        actor=people.lead, verb="changed", label="network.user", object_id=1, detail={"a": 1}
    )
    import_module("network.migrations.0004_audit_digests").sign(apps, None)
    audit.seal()
    assert AuditSeal.objects.count() == 1
    assert not list(audit.faults())


# -- Many at once -------------------------------------------------------------------------------------


def unforked(number: int) -> None:
    positions = list(AuditSeal.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, number + 1))
    assert AuditEntry.objects.filter(unsealed=True).count() == 0
    assert list(audit.faults()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_writers_that_seal_at_once_never_fork_the_chain(reference: None) -> None:
    admin = factories.person("Coordinator", Role.ADMIN)
    ready = threading.Barrier(21)
    checked: list[str] = []

    def write(place: int) -> None:
        ready.wait()
        try:
            for number in range(5):
                with transaction.atomic():
                    audit.record(by=admin, verb="changed", on=admin, place=place, number=number)
                audit.seal()
        finally:
            connection.close()

    def look() -> None:
        ready.wait()
        try:
            for _ in range(5):
                checked.extend(audit.faults())
        finally:
            connection.close()

    with ThreadPoolExecutor(21) as pool:
        done = [pool.submit(write, place) for place in range(20)] + [pool.submit(look)]
    for one in done:
        one.result()
    audit.seal()
    assert checked == []
    unforked(100)


WRITERS = """
import threading
import django; django.setup()
from django.db import connection
from network import audit
from network.people.models import User
someone = User.objects.create_user("a@example.org", "Somebody")
wrong = []
def write(place):
    try:
        for number in range(5):
            audit.record(by=someone, verb="changed", on=someone, place=place, number=number)
            audit.seal()
    except Exception as error:
        wrong.append(error)
    finally:
        connection.close()
writers = [threading.Thread(target=write, args=(place,)) for place in range(20)]
[one.start() for one in writers]; [one.join() for one in writers]
audit.seal()
positions = list(audit.AuditSeal.objects.order_by("position").values_list("position", flat=True))
print(len(positions), positions == list(range(1, 101)), list(audit.faults()), wrong)
"""


@pytest.mark.once
@pytest.mark.slow
def test_twenty_writers_on_sqlite_never_fork_it_either(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "PORTAL_VAR": str(tmp_path),
        "PORTAL_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "cypcc_portal.settings",
    }

    def run(*command: str) -> str:
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout

    tables.migrated(tmp_path / "portal.sqlite3")
    assert run("-c", WRITERS).split("\n")[0] == "100 True [] []"
