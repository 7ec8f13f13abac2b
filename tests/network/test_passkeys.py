"""Passkeys: set up, sign in with one alone or as second step; only on our own address, only verified."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.test import Client

from network.audit import AuditEntry
from network.mail import OutboxMail
from tests import passkeys
from tests.network.test_second_factor import SET_UP, password_step, signed_in, with_app
from tests.passkeys import Passkey

LOGIN, AUTHENTICATE = "/accounts/2fa/passkey/", "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.MFA_REQUIRED = True


def asked_on(client, address):
    """What the page asks of the browser."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return json.loads(page.select_one("#passkey-options").text)


def set_up(user, passkey, name="Work laptop"):
    client = password_step(user)
    credential = passkey.create(asked_on(client, SET_UP))
    return client, client.post(SET_UP, {"credential": credential, "name": name})


def sign_in_with(passkey):
    client = Client()
    options = client.get(LOGIN, HTTP_ACCEPT="application/json").json()["request_options"]
    return client, client.post(LOGIN, {"credential": passkey.get(options)})


def test_a_passkey_is_set_up_and_then_signs_in_alone(people):
    passkey = Passkey()
    client, answer = set_up(people.lead, passkey)
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get("/").status_code == 200
    assert AuditEntry.objects.filter(verb="added a passkey to their sign-in").exists()
    assert OutboxMail.objects.filter(to=people.lead.email, subject__contains="A passkey was added").exists()
    client, answer = sign_in_with(passkey)
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_passkey_is_a_second_step_after_the_password(people):
    passkey = passkeys.add(people.lead)
    client = password_step(people.lead)
    assert client.get("/").status_code == 302
    answer = client.post(AUTHENTICATE, {"credential": passkey.get(asked_on(client, AUTHENTICATE))})
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_stale_session_shows_the_passkey_before_it_goes_on(people):
    stale = password_step(people.lead)
    passkey = passkeys.add(people.lead)
    asked = stale.get("/meetings/")
    assert asked["Location"] == "/accounts/2fa/passkey/again/?next=%2Fmeetings%2F"
    credential = passkey.get(asked_on(stale, asked["Location"]))
    answer = stale.post(asked["Location"], {"credential": credential, "next": "/meetings/"})
    assert answer["Location"] == "/meetings/"
    assert stale.get("/meetings/").status_code == 200


def test_a_session_of_the_password_alone_adds_no_passkey_of_its_own_to_somebody_who_has_one(people):
    """The thief has looked at the set-up page already, and has what it asks of a browser."""
    thief = password_step(people.lead)
    own = Passkey().create(asked_on(thief, SET_UP))
    _, answer = set_up(people.lead, Passkey())
    assert answer.status_code == 302
    assert thief.get(SET_UP)["Location"].startswith("/accounts/2fa/passkey/again/")
    refused = thief.post(SET_UP, {"credential": own, "name": "Thief"})
    assert refused["Location"].startswith("/accounts/2fa/passkey/again/")
    assert Authenticator.objects.filter(user=people.lead, type="webauthn").count() == 1
    assert thief.get("/").status_code == 302


def test_nor_a_passkey_where_the_owner_has_an_app(people):
    thief = password_step(people.lead)
    own = Passkey().create(asked_on(thief, SET_UP))
    with_app(people.lead)
    thief.post(SET_UP, {"credential": own, "name": "Thief"})
    assert not Authenticator.objects.filter(user=people.lead, type="webauthn").exists()
    assert thief.get("/").status_code == 302


def test_the_page_asks_for_verification_and_names_the_portals_own_address(people, settings):
    settings.PORTAL_URL = "https://portal.example.org"
    asked = asked_on(password_step(people.lead), SET_UP)["publicKey"]
    assert asked["rp"]["id"] == "portal.example.org"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    options = Client().get(LOGIN, HTTP_ACCEPT="application/json").json()["request_options"]["publicKey"]
    assert (options["rpId"], options["userVerification"]) == ("portal.example.org", "required")


@pytest.mark.parametrize(
    "wrong",
    [
        {"verifies": False},
        {"origin": "https://evil.example.org"},
        {"origin": "http://localhost:9999"},
        {"origin": "https://localhost:8000"},
    ],
)
def test_one_that_was_not_verified_or_used_elsewhere_is_refused(people, wrong):
    client, answer = set_up(people.lead, Passkey(**wrong))
    assert answer.status_code == 200
    assert "passkey could not be set up" in answer.content.decode() or b"Error:" in answer.content
    assert not Authenticator.objects.exists()
    good = passkeys.add(people.deputy)
    for name, value in wrong.items():
        setattr(good, name, value)
    client, answer = sign_in_with(good)
    assert answer["Location"] == "/accounts/login/"
    assert client.get("/").status_code == 302
    half = password_step(people.deputy)
    half.post(AUTHENTICATE, {"credential": good.get(asked_on(half, AUTHENTICATE))})
    assert half.get("/").status_code == 302


def test_an_answer_that_was_overheard_works_no_second_time(people):
    passkey = passkeys.add(people.lead)
    first, other = Client(), Client()
    options = first.get(LOGIN, HTTP_ACCEPT="application/json").json()["request_options"]
    other.get(LOGIN, HTTP_ACCEPT="application/json")
    answer = passkey.get(options)
    assert first.post(LOGIN, {"credential": answer})["Location"] == "/"
    assert other.post(LOGIN, {"credential": answer})["Location"] == "/accounts/login/"
    first.post("/accounts/logout/")
    assert first.post(LOGIN, {"credential": answer})["Location"] == "/accounts/login/"


def test_somebody_elses_passkey_is_no_second_step(people):
    passkeys.add(people.lead)
    theirs = passkeys.add(people.deputy)
    client = password_step(people.lead)
    client.post(AUTHENTICATE, {"credential": theirs.get(asked_on(client, AUTHENTICATE))})
    assert client.get("/").status_code == 302


def test_a_closed_account_and_a_removed_passkey_let_nobody_in(people):
    passkey = passkeys.add(people.lead)
    people.lead.is_active = False
    people.lead.save()
    client, _ = sign_in_with(passkey)
    assert client.get("/").status_code == 302
    people.lead.is_active = True
    people.lead.save()
    Authenticator.objects.all().delete()
    client, _ = sign_in_with(passkey)
    assert client.get("/").status_code == 302


def test_whoever_has_an_app_adds_a_passkey_and_may_then_remove_the_app(people):
    secret, app = with_app(people.observer)
    page = signed_in(people.observer, secret)
    shown = page.get(SET_UP).content.decode()
    assert "With a passkey" in shown
    assert "With an app" not in shown
    credential = Passkey().create(asked_on(page, SET_UP))
    assert page.post(SET_UP, {"credential": credential})["Location"] == "/accounts/2fa/"
    assert page.post(f"/accounts/2fa/{app.pk}/remove/").status_code == 302
    assert [one.type for one in Authenticator.objects.exclude(type="recovery_codes")] == ["webauthn"]


def test_the_link_of_a_mail_leads_to_its_exact_page_also_by_a_passkey(people):
    passkey = passkeys.add(people.lead)
    client = Client()
    page = client.get("/accounts/login/?next=/meetings/").content.decode()
    assert page.count('<input type="hidden" name="next" value="/meetings/"') == 2
    options = client.get(LOGIN, HTTP_ACCEPT="application/json").json()["request_options"]
    answer = client.post(LOGIN, {"credential": passkey.get(options), "next": "/meetings/"})
    assert answer["Location"] == "/meetings/"
