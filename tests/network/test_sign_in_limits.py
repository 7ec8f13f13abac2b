"""How often somebody may try: exact with any number of processes, deaf to forged addresses, no lock-out."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client, RequestFactory

from network import dates
from network.account import limits
from network.account.models import Attempts
from tests import tables
from tests.factories import PASSWORD

MINUTE = timedelta(minutes=1)


def try_to_sign_in(email, password="wrong", *, at="192.0.2.1", client=None, **headers):
    sent = {"login": email, "password": password}
    return (client or Client()).post("/accounts/login/", sent, REMOTE_ADDR=at, **headers)


@pytest.fixture
def later(monkeypatch):
    """`later(minutes)` moves the machine's clock."""

    def go(minutes):
        then = dates.wall_clock() + timedelta(minutes=minutes)
        monkeypatch.setattr(dates, "wall_clock", lambda: then)

    return go


def test_the_sixth_wrong_password_gets_a_page_that_says_when_to_try_again(people, later):
    for _ in range(5):
        assert try_to_sign_in(people.lead.email).status_code == 200
    answer = try_to_sign_in(people.lead.email)
    assert answer.status_code == 429
    assert 240 < int(answer["Retry-After"]) <= 300
    again = dates.clock_time(dates.wall_clock() + timedelta(seconds=int(answer["Retry-After"])))
    page = answer.content.decode()
    assert "Try again in 5 minutes" in page
    assert again in page
    later(6)
    assert try_to_sign_in(people.lead.email, PASSWORD).status_code == 302


def test_past_the_limit_the_right_password_helps_no_more_and_the_page_tells_nothing_of_the_account(people):
    for email in (people.lead.email, "nobody@example.org"):
        for _ in range(5):
            try_to_sign_in(email)
    known, unknown = (
        try_to_sign_in(people.lead.email, PASSWORD),
        try_to_sign_in("nobody@example.org", PASSWORD),
    )
    assert known.status_code == unknown.status_code == 429
    assert known.content == unknown.content


def test_whoever_types_wrong_passwords_elsewhere_does_not_lock_the_lead_out(people):
    for _ in range(8):
        try_to_sign_in(people.lead.email, at="203.0.113.9")
    assert try_to_sign_in(people.lead.email, PASSWORD, at="203.0.113.9").status_code == 429
    assert try_to_sign_in(people.lead.email, PASSWORD, at="192.0.2.1").status_code == 302


def test_another_account_at_the_same_address_is_not_locked_out_but_trying_many_is(people):
    for _ in range(6):
        try_to_sign_in(people.lead.email)
    assert try_to_sign_in(people.admin.email, PASSWORD).status_code == 302
    for number in range(20):
        last = try_to_sign_in(f"person{number}@example.org")
    assert last.status_code == 429


def test_signing_in_often_is_no_offence(people):
    for _ in range(12):
        assert try_to_sign_in(people.lead.email, PASSWORD).status_code == 302


def test_capital_letters_and_spaces_make_no_other_account(people):
    for typed in ("LEAD.kent@example.org", " lead.kent@example.org", "Lead.Kent@Example.org ") * 2:
        last = try_to_sign_in(typed)
    assert last.status_code == 429


@pytest.mark.parametrize("more", [{"email": "x{}@example.org"}, {"login": "x{}@example.org"}])
def test_another_field_or_the_same_one_twice_gets_round_no_limit(people, more):
    for number in range(6):
        sent = {"login": [people.lead.email], "password": "wrong"}
        for name, value in more.items():
            sent[name] = [value.format(number), *sent.get(name, [])]
        last = Client().post("/accounts/login/", sent, REMOTE_ADDR="192.0.2.1")
    assert last.status_code == 429


# -- From where a request comes ---------------------------------------------------------------------


def test_a_forged_header_changes_nothing_where_there_is_no_proxy(people, settings):
    settings.TRUSTED_PROXIES = 0
    for number in range(5):
        try_to_sign_in(people.lead.email, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert try_to_sign_in(people.lead.email, HTTP_X_FORWARDED_FOR="198.51.100.77").status_code == 429


def test_behind_one_proxy_what_stands_before_its_own_word_changes_nothing(people, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        try_to_sign_in(people.lead.email, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 192.0.2.50")
    forged = try_to_sign_in(people.lead.email, HTTP_X_FORWARDED_FOR="198.51.100.77, 192.0.2.50")
    assert forged.status_code == 429
    elsewhere = try_to_sign_in(people.lead.email, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.50, 192.0.2.51")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.1, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.1, 198.51.100.1", "203.0.113.1"),
        (2, "198.51.100.1", "192.0.2.1"),  # one of the proxies was not passed: only what we see counts
        (1, "", "192.0.2.1"),
        (1, "<script>", "192.0.2.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_tell(settings, proxies, header, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **headers)
    assert limits.client_ip(request) == expected


def test_somebody_with_a_whole_ipv6_network_counts_once(people):
    for number in range(5):
        try_to_sign_in(people.lead.email, at=f"2001:db8::{number + 1}")
    assert try_to_sign_in(people.lead.email, at="2001:db8::ffff").status_code == 429
    assert try_to_sign_in(people.lead.email, PASSWORD, at="2001:db8:0:1::1").status_code == 302


# -- Alike for a known and an unknown address -------------------------------------------------------


def test_sign_in_answers_alike_for_a_known_and_an_unknown_address(people, monkeypatch):
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: Any, password: str, salt: str) -> str:
        hashed.append(salt)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    closed = people.stranger
    closed.is_active = False
    closed.save()
    without = people.deputy
    without.set_unusable_password()
    without.save()
    answers: dict[str, Any] = {}
    for email in ("nobody@example.org", people.lead.email, closed.email, without.email):
        del hashed[:]
        answer = try_to_sign_in(email, at="2001:db8:0:" + str(len(answers)) + "::1")
        page = answer.content.decode().replace(email, "")
        page = "".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
        answers[email] = (answer.status_code, page, tuple(sorted(answer.cookies)), len(hashed))
    assert len(set(answers.values())) == 1, {email: (a[0], a[2:]) for email, a in answers.items()}
    assert answers[people.lead.email][3] == 1, "one password is hashed either way"


# -- Exact ------------------------------------------------------------------------------------------


def test_a_limit_lets_through_exactly_so_many(db, later):
    assert [limits.consume("k", 3, MINUTE) is None for _ in range(5)] == [True, True, True, False, False]
    limits.give_back("k")
    assert limits.consume("k", 3, MINUTE) is None
    until = limits.consume("k", 3, MINUTE)
    assert until
    assert dates.wall_clock() < until <= dates.wall_clock() + MINUTE
    later(1.1)
    assert limits.consume("k", 3, MINUTE) is None
    assert Attempts.objects.get().count == 1


def test_what_counts_no_longer_is_forgotten_by_the_tick(db):
    limits.consume("old", 3, MINUTE)
    Attempts.objects.update(began_at=dates.wall_clock() - limits.KEPT * 2)
    limits.consume("new", 3, MINUTE)
    assert "1 old" in limits.forget()
    assert limits.forget() == ""
    assert Attempts.objects.get().key == "new"


def test_which_addresses_were_tried_is_not_kept(people):
    try_to_sign_in(people.lead.email)
    assert all(len(row.key) == 64 and "@" not in row.key for row in Attempts.objects.all())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_get_exactly_so_many():
    def go(_):
        try:
            return limits.consume("k", 20, MINUTE) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(go, range(80))) == 20


@pytest.mark.slow
def test_two_processes_at_once_let_through_exactly_so_many(tmp_path: Path):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    machine = {
        **kept,
        "PORTAL_DEMO": "1",
        "PORTAL_VAR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "cypcc_portal.settings",
    }
    run: Any = {"env": machine, "cwd": settings.BASE_DIR}
    tables.migrated(tmp_path / "portal.sqlite3")
    program = """
import django, sys
django.setup()
from datetime import timedelta
from network.account.limits import consume
print("ready", flush=True)
sys.stdin.readline()
print(sum(consume("k", 50, timedelta(hours=1)) is None for _ in range(60)))
"""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([sys.executable, "-c", program], **pipes, **run) for _ in range(2)]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    let = [int(one.communicate(timeout=120)[0]) for one in both]
    assert sum(let) == 50, let
