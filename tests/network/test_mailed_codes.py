"""A director signs in with a code by mail: once, in time, in the browser that asked; nobody else does, and
nobody learns anything of an address."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import constant_time_compare

from network import dates, jobs
from network.account import mailed_codes
from network.account.models import MailedCode
from network.jobs import Job
from network.mail import OutboxMail
from network.people.models import Membership
from network.roles import Role
from tests import factories
from tests.network.test_second_factor import code_of, with_app

ASK, ENTER = "/accounts/login/code/", "/accounts/login/code/enter/"


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.MFA_REQUIRED = True


def ask(email, client=None):
    client = client or Client()
    assert client.post(ASK, {"email": email})["Location"] == ENTER
    return client


def mailed():
    """The code of the latest mail."""
    jobs.run_waiting()
    found = re.search(r"Your code: (\w{4}-\w{4})", OutboxMail.objects.latest("pk").text)
    assert found
    return found[1]


def test_a_director_signs_in_with_a_code_from_the_mail(people):
    client = ask(people.director.email.upper())
    code = mailed()
    letter = OutboxMail.objects.get()
    assert (letter.to, letter.secret) == (people.director.email, True)
    page = client.get(ENTER).content.decode()
    assert "Enter the code from the mail" in page
    assert people.director.email not in page
    assert client.post(ENTER, {"code": code.lower().replace("-", " ")})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_the_code_works_once(people):
    client = ask(people.director.email)
    code = mailed()
    assert client.post(ENTER, {"code": code}).status_code == 302
    client.post("/accounts/logout/")
    again = ask(people.director.email)
    assert again.post(ENTER, {"code": code}).status_code == 200
    assert again.get("/").status_code == 302


def test_the_code_works_only_in_the_browser_that_asked(people):
    ask(people.director.email)
    code = mailed()
    other = ask(people.director.email)
    assert other.post(ENTER, {"code": code}).status_code == 200
    assert Client().post(ENTER, {"code": code})["Location"] == ASK


def test_the_code_works_for_fifteen_minutes(people, at):
    client = ask(people.director.email)
    code = mailed()
    at("2026-11-22T09:16")
    answer = client.post(ENTER, {"code": code})
    assert "Ask for a new code" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_after_three_tries_a_new_code_is_asked_for(people):
    client = ask(people.director.email)
    code = mailed()
    for _ in range(2):
        assert "That code is not right" in client.post(ENTER, {"code": "BCDF-GHJK"}).content.decode()
    assert "Ask for a new code" in client.post(ENTER, {"code": "BCDF-GHJK"}).content.decode()
    client.post(ENTER, {"code": code})
    assert client.get("/").status_code == 302


def test_the_fourth_try_is_refused_even_when_it_is_right(people):
    client = ask(people.director.email)
    code = mailed()
    for _ in range(3):
        client.post(ENTER, {"code": "BCDF-GHJK"})
    assert client.post(ENTER, {"code": code}).status_code == 200
    assert client.get("/").status_code == 302
    row = MailedCode.objects.get()
    assert (row.tries, row.used_at) == (3, None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_tries_at_the_same_moment_are_three(reference, orgs, monkeypatch):
    director = factories.person("Director", Role.DIRECTOR, orgs["kent"])
    client = ask(director.email)
    code = mailed()
    compared = []

    def compare(*both):
        compared.append(both)
        return constant_time_compare(*both)

    monkeypatch.setattr(mailed_codes, "constant_time_compare", compare)
    many = [Client() for _ in range(8)]
    for one in many:
        one.cookies = client.cookies.copy()

    def send(one):
        try:
            return one.post(ENTER, {"code": "BCDF-GHJK"}).status_code
        finally:
            connection.close()

    clocks = [copy_context() for _ in many]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda clock, one: clock.run(send, one), clocks, many)) == {200}
    assert len(compared) == MailedCode.objects.get().tries == 3
    assert client.post(ENTER, {"code": code}).status_code == 200


def test_the_database_holds_no_code(people):
    ask(people.director.email)
    code = mailed()
    row = MailedCode.objects.get()
    assert len(row.digest) == 64
    with connection.cursor() as cursor:
        for table in ("network_mailedcode", "network_job", "django_session"):
            cursor.execute(f"SELECT * FROM {table}")
            held = repr(cursor.fetchall())
            assert code not in held
            assert code.replace("-", "") not in held
    assert Job.objects.get().payload == {}


@pytest.mark.parametrize(
    "who", ["lead", "deputy", "admin", "cochair_one", "contributor", "partner", "former"]
)
def test_nobody_else_gets_a_code_but_a_word_how_they_sign_in(people, who):
    client = ask(getattr(people, who).email)
    jobs.run_waiting()
    letter = OutboxMail.objects.get()
    assert "Your code" not in letter.text
    assert "Sign in with your password" in letter.text
    for typed in ("", "BCDF-GHJK"):
        assert client.post(ENTER, {"code": typed}).status_code == 200
    assert client.get("/").status_code == 302


def test_a_director_who_is_a_lead_besides_gets_none_nor_one_who_became_one_since(people, orgs):
    client = ask(people.director.email)
    code = mailed()
    seat = factories.membership(people.director, Role.LEAD, orgs["kent"])
    assert client.post(ENTER, {"code": code}).status_code == 200
    assert client.get("/").status_code == 302
    ask(people.director.email)
    jobs.run_waiting()
    assert "Sign in with your password" in OutboxMail.objects.latest("pk").text
    Membership.objects.filter(pk=seat.pk).update(ends_on=dates.today() - timedelta(days=1))
    again = ask(people.director.email)
    assert again.post(ENTER, {"code": mailed()})["Location"] == "/"


def test_a_director_who_has_set_up_a_second_step_is_asked_for_it_too(people):
    secret, _ = with_app(people.director)
    client = ask(people.director.email)
    assert client.post(ENTER, {"code": mailed()})["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"


def test_a_closed_account_gets_nothing(people):
    client = ask(people.director.email)
    code = mailed()
    people.director.is_active = False
    people.director.save()
    client.post(ENTER, {"code": code})
    assert client.get("/").status_code == 302
    OutboxMail.objects.all().delete()
    ask(people.director.email)
    jobs.run_waiting()
    assert not OutboxMail.objects.exists()


def test_the_answer_and_the_work_are_the_same_for_any_address(people):
    seen = []
    emails = (people.observer.email, people.director.email, people.lead.email, "nobody@example.org")
    for email in emails:
        client = Client()
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(ASK, {"email": email})
        work = [" ".join(one["sql"].split()[:3]) for one in asked if "SAVEPOINT" not in one["sql"]]
        jobs.run_waiting()
        wrong = client.post(ENTER, {"code": "BCDF-GHJK"}).content.decode()
        page = "".join(line for line in wrong.splitlines() if "csrfmiddlewaretoken" not in line)
        seen.append(
            (answer.status_code, answer["Location"], tuple(sorted(answer.cookies)), tuple(work), page)
        )
        assert not any("network_user" in sql or "outbox" in sql for sql in work)
    assert seen[1] == seen[2] == seen[3]
    assert Job.objects.filter(payload={}).count() == len(emails)


def test_asking_again_and_again_is_limited_alike_for_any_address(people):
    for email in (people.director.email, "nobody@example.org"):
        statuses = [Client().post(ASK, {"email": email}).status_code for _ in range(6)]
        assert statuses == [302] * 5 + [429]


@pytest.mark.parametrize("door", [ASK, "/accounts/password/reset/"])
def test_a_field_that_the_door_does_not_read_gets_round_no_limit(people, door):
    email = people.director.email
    for number in range(5):
        Client().post(door, {"email": email, "login": f"other{number}@example.org"})
    for more in ({}, {"login": "yet-another@example.org"}, {"email": ["nobody@example.org", email]}):
        assert Client().post(door, {"email": email, **more}).status_code == 429, more


def test_what_is_no_address_is_told(people):
    page = Client().post(ASK, {"email": "director"}).content.decode()
    assert "<title>Error:" in page
    assert "govuk-error-message" in page
    assert "Enter your work email address" in Client().post(ASK, {"email": " "}).content.decode()
    assert not MailedCode.objects.exists()


def test_requests_of_past_days_are_forgotten_by_the_tick(people, at):
    ask(people.director.email)
    assert mailed_codes.forget() == ""
    at("2026-11-24")
    assert "1 old" in mailed_codes.forget()
    assert not MailedCode.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_right_code_that_comes_twice_at_the_same_moment_lets_in_once(reference, orgs):
    director = factories.person("Director", Role.DIRECTOR, orgs["kent"])
    client = ask(director.email)
    code = mailed()
    both = [Client(), Client()]
    for one in both:
        one.cookies = client.cookies.copy()

    def send(one):
        try:
            return one.post(ENTER, {"code": code}).headers.get("Location", "")
        finally:
            connection.close()

    clocks = [copy_context(), copy_context()]  # the test's own time goes into the threads
    with ThreadPoolExecutor(2) as pool:
        led = sorted(pool.map(lambda clock, one: clock.run(send, one), clocks, both))
    assert led.count("/") == 1
    assert set(led) - {"/"} <= {"", ASK}  # told that the code is not right; or, a moment later, asked anew


def test_the_link_of_a_mail_leads_to_its_exact_page_also_by_a_code(people):
    client = Client()
    page = client.get("/accounts/login/?next=/meetings/").content.decode()
    assert f'href="{ASK}?next=%2Fmeetings%2F"' in page
    assert (
        '<input type="hidden" name="next" value="/meetings/">'
        in client.get(f"{ASK}?next=/meetings/").content.decode()
    )
    client.post(ASK, {"email": people.director.email, "next": "/meetings/"})
    assert client.post(ENTER, {"code": mailed()})["Location"] == "/meetings/"


def test_no_link_leads_out_of_the_portal(people):
    client = Client()
    client.post(ASK, {"email": people.director.email, "next": "https://evil.example.org/"})
    assert client.post(ENTER, {"code": mailed()})["Location"] == "/"
