"""Long work: one result, whoever is killed, whatever message is lost, however long a step takes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from network import dates, doorbell, jobs
from network.jobs import Job
from network.mail import OutboxMail
from network.people.models import User
from network.roles import Role
from tests import factories, tables

Work = Callable[[Job, jobs.Progress], None]


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    """`does(work)`: jobs of the kind "test" do this."""
    return lambda work: monkeypatch.setitem(jobs._handlers, "test", work)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """The messages sent to workers: the job's id and the seconds to wait."""
    messages: list[tuple[int, float]] = []

    def send(args: tuple[int], countdown: float, **_: Any) -> None:
        messages.append((args[0], countdown))

    monkeypatch.setattr(jobs.run_job, "apply_async", send)
    return messages


def lapse(job: Job) -> None:
    """The worker that has the job is dead: its lease ran out."""
    long_ago = dates.wall_clock() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(lease_until=long_ago)


def claimed_by_a_dead_worker(attempts: int = 1) -> Job:
    return Job.objects.create(
        kind="test",
        key=f"dead {attempts}",
        state=Job.State.RUNNING,
        claim="dead",
        lease_until=dates.wall_clock() - timedelta(seconds=1),
        attempts=attempts,
    )


@pytest.mark.django_db
class TestAskingForAJob:
    def test_the_same_kind_and_key_is_one_job(self) -> None:
        first = jobs.request("test", "2026-H1", payload={"period": "2026-H1"})
        second = jobs.request("test", "2026-H1", payload={"period": "other"})
        assert second.pk == first.pk
        assert second.payload == {"period": "2026-H1"}

    def test_a_worker_hears_of_it_only_once_the_transaction_is_committed(
        self, rung: list[tuple[int, float]], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            job = jobs.request("test", "a")
            jobs.request("test", "a")
            assert rung == []
        assert rung == [(job.pk, 0)]

    def test_a_broker_that_is_away_does_not_fail_the_request(
        self, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        tried = []

        def away(*args: Any, **kwargs: Any) -> None:
            tried.append(args)
            raise ConnectionRefusedError("no broker")

        monkeypatch.setattr(doorbell, "_silent_until", 0.0)
        monkeypatch.setattr(jobs.run_job, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True):
            jobs.request("test", "a")
            jobs.request("test", "b")
        assert set(Job.objects.values_list("state", flat=True)) == {Job.State.QUEUED}
        assert len(tried) == 1  # nobody waits for the broker again and again

    def test_the_database_refuses_a_second_row_and_a_running_job_without_a_lease(self) -> None:
        Job.objects.create(kind="test", key="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(kind="test", key="a")
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(kind="test", key="b", state=Job.State.RUNNING, claim="x")
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.create(kind="test", key="c", state=Job.State.DONE)


@pytest.mark.django_db
class TestDoingIt:
    def test_progress_is_seen_and_the_result_is_linked(self, does: Any) -> None:
        seen = []

        def work(job: Job, progress: jobs.Progress) -> None:
            progress.at(40, "Gathering the figures")
            seen.append(Job.objects.values_list("progress", "step").get())
            with progress.finishing("/reports/1/"):
                pass

        does(work)
        job = jobs.request("test", "a")
        assert jobs.run(job.pk)
        job.refresh_from_db()
        assert seen == [(40, "Gathering the figures")]
        assert (job.state, job.progress, job.result_url) == (Job.State.DONE, 100, "/reports/1/")
        assert job.finished_at == dates.now()

    def test_a_job_that_is_done_is_not_done_again_by_a_second_message(self, does: Any) -> None:
        done = []
        does(lambda job, progress: done.append(job.pk))
        job = jobs.request("test", "a")
        assert jobs.run(job.pk)
        assert not jobs.run(job.pk)
        assert done == [job.pk]

    def test_a_message_for_a_job_that_another_worker_has_does_nothing(self, does: Any) -> None:
        inner = []
        does(lambda job, progress: inner.append(jobs.run(job.pk)))
        jobs.run(jobs.request("test", "a").pk)
        assert inner == [False]

    def test_result_and_done_stand_or_fall_together(self, does: Any) -> None:
        def work(job: Job, progress: jobs.Progress) -> None:
            with progress.finishing():
                factories.person("Result")
                raise OSError("the disk is full")

        does(work)
        job = jobs.request("test", "a")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert not User.objects.filter(name="Result").exists()
        assert (job.state, job.error) == (Job.State.QUEUED, "OSError: the disk is full")

    def test_a_worker_that_was_overtaken_leaves_the_result_to_the_other(self, does: Any) -> None:
        def overtaken(job: Job, progress: jobs.Progress) -> None:
            lapse(job)
            does(lambda job, progress: None)
            assert jobs.run(job.pk)  # another worker takes it and finishes it
            with pytest.raises(jobs.LostLease):
                progress.at(50, "Half")
            with progress.finishing():
                factories.person("Result")

        does(overtaken)
        job = jobs.request("test", "a")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE
        assert job.attempts == 2
        assert not User.objects.filter(name="Result").exists()

    def test_after_five_attempts_it_has_failed_and_the_coordinator_is_told_once(self, does: Any) -> None:
        factories.person("Coordinator", Role.ADMIN)
        factories.person("Observer", Role.OBSERVER)

        def broken(job: Job, progress: jobs.Progress) -> None:
            raise ValueError("no figures")

        does(broken)
        job = jobs.request("test", "a", title="Draft report")
        for _ in range(9):
            jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.FAILED, settings.JOB_MAX_ATTEMPTS)
        assert job.error == "ValueError: no figures"
        told = OutboxMail.objects.get()
        assert told.to == "coordinator@example.org"
        assert "Draft report" in told.subject

    def test_a_job_that_kills_each_worker_is_given_up(self, does: Any) -> None:
        done = []
        does(lambda job, progress: done.append(job.pk))
        job = claimed_by_a_dead_worker(attempts=settings.JOB_MAX_ATTEMPTS)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert "never finished" in job.error
        assert done == []

    def test_a_failed_job_starts_again_with_all_its_attempts(self, does: Any) -> None:
        job = claimed_by_a_dead_worker(attempts=settings.JOB_MAX_ATTEMPTS)
        jobs.run(job.pk)
        does(lambda job, progress: None)
        jobs.retry(Job.objects.get())
        assert jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.DONE, 1)

    def test_starting_again_leaves_a_job_alone_that_has_not_failed(self, does: Any) -> None:
        does(lambda job, progress: None)
        job = jobs.request("test", "a")
        jobs.run(job.pk)
        jobs.retry(job)
        assert Job.objects.get().state == Job.State.DONE


@pytest.mark.django_db
class TestTheSweep:
    def test_a_waiting_job_is_rung_again_once_its_message_is_old(self, rung: list[tuple[int, float]]) -> None:
        job = jobs.request("test", "a")
        assert jobs.sweep() == 0
        Job.objects.update(rung_at=dates.wall_clock() - jobs.RING_AGAIN)
        assert jobs.sweep() == 1
        assert jobs.sweep() == 0
        assert rung == [(job.pk, 0)]

    def test_a_dead_workers_job_is_rung_at_once(self, rung: list[tuple[int, float]]) -> None:
        job = claimed_by_a_dead_worker()
        jobs.sweep()
        assert rung == [(job.pk, 0)]

    def test_a_job_under_way_is_rung_for_when_its_lease_would_lapse(
        self, rung: list[tuple[int, float]]
    ) -> None:
        job = claimed_by_a_dead_worker()
        Job.objects.update(lease_until=dates.wall_clock() + timedelta(seconds=20))
        jobs.sweep()
        assert [pk for pk, _wait in rung] == [job.pk]
        assert 20 < rung[0][1] <= 21

    def test_what_is_over_is_left_alone(self, does: Any, rung: list[tuple[int, float]]) -> None:
        does(lambda job, progress: None)
        jobs.run(jobs.request("test", "a").pk)
        assert jobs.sweep() == 0

    def test_the_lease_counts_real_seconds_when_the_demonstrations_clock_stands_still(
        self, does: Any, at: Callable[[str], None]
    ) -> None:
        at("2031-01-01")
        leases = []
        does(lambda job, progress: leases.append(job.lease_until))
        jobs.run(jobs.request("test", "a").pk)
        assert abs(leases[0] - dates.wall_clock()) < timedelta(minutes=2)
        assert Job.objects.get().finished_at == dates.now()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_step_longer_than_the_lease_keeps_it(does: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "JOB_LEASE_SECONDS", 1)
    taken = []

    def long_step(job: Job, progress: jobs.Progress) -> None:
        time.sleep(2.2)
        taken.append(jobs.run(job.pk))

    does(long_step)
    job = jobs.request("test", "a")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert taken == [False]
    assert (job.state, job.attempts) == (Job.State.DONE, 1)


# -- The page of a job ------------------------------------------------------------------------------


@pytest.fixture
def asker(db: None) -> User:
    return factories.person("Observer one", Role.OBSERVER)


@pytest.fixture
def job(asker: User) -> Job:
    return jobs.request("test", "a", by=asker, title="Workbook of answers")


class TestThePage:
    def test_it_says_how_far_the_work_is(
        self, job: Job, asker: User, sign_in: Callable[[User], Client]
    ) -> None:
        Job.objects.update(
            state="running", claim="x", lease_until=dates.wall_clock(), progress=40, step="Section C"
        )
        page = sign_in(asker).get(f"/jobs/{job.pk}/").content.decode()
        assert "Workbook of answers" in page
        assert "Section C" in page
        assert 'value="40"' in page
        assert "See how far it is now" in page
        answer = sign_in(asker).get(f"/jobs/{job.pk}/progress/").json()
        assert answer == {"over": False, "percent": 40, "step": "Section C"}

    def test_it_links_the_result_once_it_is_ready(
        self, job: Job, asker: User, sign_in: Callable[[User], Client]
    ) -> None:
        Job.objects.update(state="done", finished_at=dates.now(), result_url="/reports/1/")
        page = sign_in(asker).get(f"/jobs/{job.pk}/").content.decode()
        assert 'href="/reports/1/"' in page
        assert sign_in(asker).get(f"/jobs/{job.pk}/progress/").json()["over"] is True

    def test_a_failed_job_is_started_again_by_its_asker_who_is_spared_the_technical_error(
        self, job: Job, asker: User, sign_in: Callable[[User], Client]
    ) -> None:
        Job.objects.update(state="failed", finished_at=dates.now(), error="KeyError: 'x'", attempts=5)
        page = sign_in(asker).get(f"/jobs/{job.pk}/").content.decode()
        assert "This did not work" in page
        assert "KeyError" not in page
        answer = sign_in(asker).post(f"/jobs/{job.pk}/retry/")
        assert answer["Location"] == f"/jobs/{job.pk}/"
        assert Job.objects.get().state == Job.State.QUEUED

    def test_a_stranger_cannot_tell_it_from_a_job_that_never_was(
        self, job: Job, sign_in: Callable[[User], Client]
    ) -> None:
        stranger = sign_in(factories.person("Observer two", Role.OBSERVER))
        for url in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/progress/"):
            answer = stranger.get(url)
            assert answer.status_code == 404
            assert b"Workbook of answers" not in answer.content
        Job.objects.update(state="failed", finished_at=dates.now())
        assert stranger.post(f"/jobs/{job.pk}/retry/").status_code == 404
        assert Job.objects.get().state == Job.State.FAILED

    def test_whoever_oversees_jobs_sees_it_with_its_error(
        self, job: Job, sign_in: Callable[[User], Client]
    ) -> None:
        Job.objects.update(state="failed", finished_at=dates.now(), error="KeyError: 'x'", attempts=5)
        coordinator = sign_in(factories.person("Coordinator", Role.ADMIN))
        page = coordinator.get(f"/jobs/{job.pk}/").content.decode()
        assert "Workbook of answers" in page
        assert "KeyError" in page


# -- A worker that is really killed -----------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a portal of its own, on SQLite, with its file broker."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PORTAL_DEMO": "1",
        "PORTAL_VAR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.network.worker_settings",
        "KILLED_WORKER_MARK": str(tmp_path / "started"),
    }


def python(machine: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, *arguments], env=machine, cwd=settings.BASE_DIR, check=True, capture_output=True
    )


def start_worker(machine: dict[str, str]) -> subprocess.Popen[bytes]:
    command = "-m celery -A cypcc_portal worker -P threads -c 2 --without-gossip --without-mingle -l warning"
    return subprocess.Popen([sys.executable, *command.split()], env=machine, cwd=settings.BASE_DIR)


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_one_result_when_the_next_one_starts(
    machine: dict[str, str], tmp_path: Path
) -> None:
    """The lease here is 6 seconds; the portal's is 45, and keeps the promised 2 minutes in the same way."""
    tables.migrated(tmp_path / "portal.sqlite3")
    ask = "import django; django.setup(); from tests.network import worker_jobs; worker_jobs.ask()"
    python(machine, "-c", ask)

    def rows(sql: str) -> list[Any]:
        with sqlite3.connect(tmp_path / "portal.sqlite3", timeout=20) as database:
            return database.execute(sql).fetchall()

    first = start_worker(machine)
    try:
        assert wait_for((tmp_path / "started").exists, 30), "the first worker never started the job"
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert rows("SELECT state, attempts FROM network_job WHERE kind = 'test.killed'") == [("running", 1)]

    second = start_worker(machine)
    try:
        assert wait_for(
            lambda: rows("SELECT state FROM network_job WHERE kind = 'test.killed'") == [("done",)], 30
        )
    finally:
        second.terminate()
        second.wait(20)
    assert rows("SELECT attempts FROM network_job WHERE kind = 'test.killed'") == [(2,)]
    assert rows("SELECT name FROM network_storedfile") == [("result of attempt 2",)]
