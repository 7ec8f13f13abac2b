"""Mail: told once, never twice, never lost in silence; and a demonstration's mail says that it is one."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network import dates, doorbell, jobs, mail
from network.jobs import Job
from network.mail import OutboxMail
from network.mail_kinds import Kind
from network.people.models import User
from network.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

State = OutboxMail.State


class Server:
    """A mail server: for each mail in turn an exception to raise, or None to take it."""

    def __init__(self, *answers: Exception | None, away: Exception | None = None) -> None:
        self.answers = list(answers)
        self.away = away
        self.taken: list[str] = []
        self.opened = 0

    def open(self) -> bool:
        self.opened += 1
        if self.away:
            raise self.away
        return True

    def close(self) -> None:
        pass

    def send_messages(self, messages: list[EmailMultiAlternatives]) -> int:
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.taken += [to for message in messages for to in message.to]
        return len(messages)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Server]:
    def stand(*answers: Exception | None, away: Exception | None = None) -> Server:
        standing = Server(*answers, away=away)
        monkeypatch.setattr(mail, "get_connection", lambda: standing)
        return standing

    return stand


def queue(key: str = "agenda:1", to: User | str = "lead@example.org", **more: Any) -> OutboxMail:
    context = {"paragraphs": ["The agenda for 14 January awaits your agreement."], "link": "/meetings/"}
    more.setdefault("kind", Kind.AGREEMENT)
    queued = mail.queue(key, to, "Agree the agenda by 7 January", "notice", context, **more)
    assert queued is not None
    return queued


def later(seconds: float = 3600 * 24) -> None:
    """The waits of all mails are over."""
    OutboxMail.objects.update(not_before=dates.wall_clock() - timedelta(seconds=1))


class TestTheOutbox:
    def test_the_same_key_is_announced_once(self) -> None:
        first = queue()
        assert queue(to="other@example.org") == first
        assert OutboxMail.objects.count() == 1

    def test_what_is_undone_announces_nothing(self) -> None:
        with transaction.atomic():
            queue()
            transaction.set_rollback(True)
        assert not OutboxMail.objects.exists()

    def test_a_worker_hears_of_it_on_commit_and_an_absent_broker_does_not_matter(
        self, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def away(*args: Any, **kwargs: Any) -> None:
            raise ConnectionRefusedError("no broker")

        monkeypatch.setattr(doorbell, "_silent_until", 0.0)
        monkeypatch.setattr(mail.deliver_mail, "apply_async", away)
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            queue()
        assert len(callbacks) == 1
        assert OutboxMail.objects.get().state == State.WAITING

    def test_a_person_without_an_account_is_sent_nothing(self) -> None:
        person = User.objects.create_user(None, "Co-chair")
        assert mail.queue("k", person, "Subject", "notice", {}, kind=Kind.AGREEMENT) is None
        assert not OutboxMail.objects.exists()

    def test_a_demonstration_says_so_in_subject_text_and_html(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings, "PORTAL_DEMO", True)
        queued = queue()
        assert queued.subject == "[Demonstration] Agree the agenda by 7 January"
        assert queued.text.startswith("Demonstration: invented figures")
        assert "Demonstration: invented figures" in queued.html

    def test_a_real_mail_does_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings, "PORTAL_DEMO", False)
        queued = queue()
        assert queued.subject == "Agree the agenda by 7 January"
        assert "emonstration" not in queued.text + queued.html

    def test_its_one_link_is_absolute_in_text_and_html(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settings, "PORTAL_URL", "https://portal.example.org")
        queued = queue()
        assert "https://portal.example.org/meetings/" in queued.text
        assert 'href="https://portal.example.org/meetings/"' in queued.html

    def test_names_are_plain_in_text_and_escaped_in_html(self) -> None:
        queued = queue(to=factories.person("Lead <O'Neill> & co", email="lead@example.org"))
        assert "Lead <O'Neill> & co," in queued.text
        assert "Lead &lt;O&#x27;Neill&gt; &amp; co," in queued.html

    def test_a_line_break_in_a_subject_starts_no_header(self) -> None:
        queued = mail.queue(
            "k", "a@example.org", "Agenda\r\nBcc: all@example.org", "notice", {}, kind=Kind.AGREEMENT
        )
        assert queued is not None
        assert queued.subject.endswith("Agenda Bcc: all@example.org")
        assert mail.deliver_due() == 1


class TestDelivery:
    def test_it_goes_out_as_text_and_html_and_only_once(self) -> None:
        queue()
        assert mail.deliver_due() == 1
        assert mail.deliver_due() == 0
        [sent] = django_mail.outbox
        assert sent.to == ["lead@example.org"]
        assert "awaits your agreement" in sent.body
        assert isinstance(sent, EmailMultiAlternatives)
        [html] = sent.alternatives
        assert html[1] == "text/html"
        row = OutboxMail.objects.get()
        assert (row.state, row.sent_at) == (State.SENT, dates.now())

    def test_two_workers_send_it_once(self, server: Callable[..., Server]) -> None:
        queued = queue()
        standing = server()
        assert mail._claim(queued.pk) is not None  # the other worker was first
        assert mail.deliver_due() == 0
        assert standing.taken == []

    def test_one_connection_serves_all_that_is_due(self, server: Callable[..., Server]) -> None:
        for number in range(3):
            queue(key=str(number))
        standing = server()
        assert mail.deliver_due() == 3
        assert standing.opened == 1

    def test_an_unreachable_server_is_tried_again_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        monkeypatch.setattr(mail, "get_connection", lambda: EmailBackend(host="127.0.0.1", port=port))
        queue()
        assert mail.deliver_due() == 0
        row = OutboxMail.objects.get()
        assert (row.state, row.attempts) == (State.WAITING, 1)
        assert row.error.startswith("ConnectionRefusedError")
        assert row.not_before > dates.wall_clock()
        monkeypatch.undo()
        assert mail.deliver_due() == 0  # not yet
        later()
        assert mail.deliver_due() == 1

    @pytest.mark.parametrize(
        "away",
        [
            smtplib.SMTPConnectError(421, b"busy"),
            smtplib.SMTPAuthenticationError(535, b"wrong password"),
            TimeoutError("no greeting"),
        ],
    )
    def test_nothing_was_handed_over_before_the_greeting_so_it_is_tried_again(
        self, server: Callable[..., Server], away: Exception
    ) -> None:
        queue("1")
        queue("2")
        standing = server(away=away)
        assert mail.deliver_due() == 0
        assert standing.opened == 1  # the second mail does not wait for the same server
        assert set(OutboxMail.objects.values_list("state", flat=True)) == {State.WAITING}
        assert sorted(OutboxMail.objects.values_list("attempts", flat=True)) == [0, 1]

    @pytest.mark.parametrize(
        "refusal",
        [
            smtplib.SMTPRecipientsRefused({"lead@example.org": (450, b"mailbox busy")}),
            smtplib.SMTPDataError(451, b"try later"),
        ],
    )
    def test_a_refusal_for_now_is_tried_again(
        self, server: Callable[..., Server], refusal: Exception
    ) -> None:
        queue()
        standing = server(refusal, None)
        assert mail.deliver_due() == 0
        later()
        assert mail.deliver_due() == 1
        assert standing.taken == ["lead@example.org"]

    @pytest.mark.parametrize(
        "refusal",
        [
            smtplib.SMTPRecipientsRefused({"lead@example.org": (550, b"no such person")}),
            smtplib.SMTPSenderRefused(553, b"not you", "portal@example.org"),
        ],
    )
    def test_a_refusal_for_good_is_told_to_the_coordinator_and_the_next_mail_still_goes(
        self, server: Callable[..., Server], refusal: Exception
    ) -> None:
        factories.person("Coordinator", Role.ADMIN)
        queue("1")
        queue("2", to="deputy@example.org")
        standing = server(refusal, None)
        assert mail.deliver_due() == 1
        assert OutboxMail.objects.get(key="1").state == State.FAILED
        assert standing.taken == ["deputy@example.org"]
        told = OutboxMail.objects.get(key__startswith="system:")
        assert told.to == "coordinator@example.org"
        assert "lead@example.org" in told.text
        assert "agenda" not in (told.subject + told.text).lower()  # what it was about may be for fewer eyes

    @pytest.mark.parametrize(
        "broken", [smtplib.SMTPServerDisconnected("gone"), TimeoutError("no answer"), ConnectionResetError()]
    )
    def test_a_connection_that_breaks_in_the_middle_leaves_a_mail_that_is_never_sent_again(
        self, server: Callable[..., Server], broken: Exception
    ) -> None:
        factories.person("Coordinator", Role.ADMIN)
        queue("1")
        queue("2", to="deputy@example.org")
        standing = server(broken)
        assert mail.deliver_due() == 1
        later()
        mail.deliver_due()
        assert OutboxMail.objects.get(key="1").state == State.UNCERTAIN
        assert standing.taken == ["deputy@example.org", "coordinator@example.org"]

    def test_after_a_day_of_tries_it_has_failed(self, server: Callable[..., Server]) -> None:
        queue()
        server(away=ConnectionRefusedError())
        for _ in range(mail.MOST_ATTEMPTS + 3):
            later()
            mail.deliver_due()
        row = OutboxMail.objects.get()
        assert (row.state, row.attempts) == (State.FAILED, mail.MOST_ATTEMPTS)

    def test_a_mail_that_a_dead_process_was_handing_over_is_reported_and_not_sent_again(
        self, server: Callable[..., Server]
    ) -> None:
        factories.person("Coordinator", Role.ADMIN)
        mail._claim(queue().pk)
        assert mail.report_uncertain() == 0  # it may still be at it
        OutboxMail.objects.update(claimed_at=dates.wall_clock() - mail.UNCERTAIN_AFTER)
        assert mail.report_uncertain() == 1
        assert mail.report_uncertain() == 0
        standing = server()
        assert mail.deliver_due() == 1
        assert standing.taken == ["coordinator@example.org"]

    def test_an_uncertain_mail_about_an_uncertain_mail_makes_no_third(self) -> None:
        factories.person("Coordinator", Role.ADMIN)
        mail._claim(queue(key="system:mail:1").pk)
        OutboxMail.objects.update(claimed_at=dates.wall_clock() - mail.UNCERTAIN_AFTER)
        assert mail.report_uncertain() == 1
        assert OutboxMail.objects.count() == 1

    def test_a_secret_mail_keeps_its_words_only_until_it_is_sent(self) -> None:
        queue(secret=True)
        assert OutboxMail.objects.get().text
        mail.deliver_due()
        row = OutboxMail.objects.get()
        assert (row.text, row.html) == ("", "")
        assert "/meetings/" in django_mail.outbox[0].body


class TestAccounts:
    def test_nobody_signs_up_by_themselves(self, client: Client) -> None:
        answer = client.post(
            "/accounts/signup/", {"email": "new@example.org", "password1": "x" * 20, "password2": "x" * 20}
        )
        assert answer.status_code == 200
        assert not User.objects.with_account().exists()

    def test_a_new_password_is_asked_for_through_the_outbox_with_the_portals_own_address(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "PORTAL_URL", "https://portal.example.org")
        lead = factories.person("Lead", email="lead@example.org")
        client.post("/accounts/password/reset/", {"email": lead.email}, headers={"host": "127.0.0.1"})
        jobs.run_waiting()
        queued = OutboxMail.objects.get()
        assert (queued.to, queued.to_user, queued.secret) == ("lead@example.org", lead, True)
        assert queued.subject == "[Demonstration] Choose a new password for the portal"
        assert "https://portal.example.org/accounts/password/reset/key/" in queued.text
        assert "127.0.0.1" not in queued.text

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self, client: Client) -> None:
        factories.person("Lead", email="lead@example.org")
        known = client.post("/accounts/password/reset/", {"email": "lead@example.org"})
        unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
        jobs.run_waiting()
        assert [(job.state, job.payload) for job in Job.objects.all()] == [("done", {})] * 2
        assert list(OutboxMail.objects.values_list("to", flat=True)) == ["lead@example.org"]

    def test_the_answer_takes_the_same_work_for_a_known_and_an_unknown_address(self, client: Client) -> None:
        factories.person("Lead", email="lead@example.org")
        made = []
        for address in ("lead@example.org", "nobody@example.org", "lead@example.org", "other@example.org"):
            with CaptureQueriesContext(connection) as asked:
                client.post("/accounts/password/reset/", {"email": address})
            made.append(
                [" ".join(query["sql"].split()[:3]) for query in asked if "SAVEPOINT" not in query["sql"]]
            )
        assert made[1] == made[2] == made[3]
        assert not any("network_user" in sql or "outbox" in sql for sql in made[0])
