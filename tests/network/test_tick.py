"""One beat: everything that is due, each part for itself, as frequently as anyone likes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.management import CommandError, call_command

from network import dates, jobs, mail, registry
from network.jobs import Job
from network.mail_kinds import Kind
from network.tick import tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`due(work, …)`: this alone is what the apps have due."""

    def only(*work: Callable[[], str]) -> None:
        monkeypatch.setattr(registry.due_work, "_providers", [lambda: list(work)])

    only()
    return only


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("tick", *arguments, stdout=out)
    return out.getvalue()


def broken() -> str:
    raise ValueError("no such period")


def test_it_says_what_it_did(due: Callable[..., None]) -> None:
    due(lambda: "1 report drafted", lambda: "")
    mail.queue("k", "lead@example.org", "Subject", "notice", {}, kind=Kind.AGREEMENT)
    assert printed() == "1 report drafted\n1 mail sent\n"
    assert len(django_mail.outbox) == 1


def test_with_nothing_due_it_says_so(due: Callable[..., None]) -> None:
    assert printed() == "Nothing was due.\n"


def test_one_part_that_fails_stops_no_other_and_the_command_fails(due: Callable[..., None]) -> None:
    due(broken, lambda: "reminders queued")
    mail.queue("k", "lead@example.org", "Subject", "notice", {}, kind=Kind.AGREEMENT)
    ticked = tick()
    assert ticked.said == ["reminders queued", "1 mail sent"]
    assert len(ticked.failed) == 1
    with pytest.raises(CommandError, match="ValueError: no such period"):
        printed()


def test_twice_at_once_does_each_thing_once(due: Callable[..., None]) -> None:
    mail.queue("k", "lead@example.org", "Subject", "notice", {}, kind=Kind.AGREEMENT)

    def second_beat() -> str:
        due()
        tick()
        return ""

    due(second_beat)
    tick()
    assert len(django_mail.outbox) == 1


def test_it_rings_for_waiting_jobs(due: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(jobs.run_job, "apply_async", lambda args, **_: rung.append(args))
    job = jobs.request("test", "a")
    Job.objects.update(rung_at=dates.wall_clock() - timedelta(hours=1))
    assert printed() == "1 waiting or unfinished job rung again\n"
    assert rung == [(job.pk,)]


def test_without_a_worker_it_can_do_the_jobs_itself(
    due: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs._handlers, "test", lambda job, progress: None)
    jobs.request("test", "a")
    assert printed("--work") == "1 job done here\n"
    assert Job.objects.get().state == Job.State.DONE
