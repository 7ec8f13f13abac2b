"""The second factor: who needs one, that nothing is seen before, that no code works twice, that secrets lie
sealed, and what helps somebody who has lost theirs."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from network import dates, jobs
from network.account import factors, limits, second_factor
from network.account.models import UsedCode
from network.account.sealing import Unreadable, seal, unseal
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.marks import Loaded, mark_of_row
from network.membership import acts as membership
from network.membership import inviting
from network.people.models import Membership, User
from network.roles import Role
from network.workflow import Refused
from tests import factories
from tests.factories import PASSWORD

SET_UP = "/accounts/2fa/set-up/"
OTHER_DOORS = ("", "recovery-codes/", "recovery-codes/new/", "recovery-codes/download/")


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.MFA_REQUIRED = True


def code_of(secret, step=0):
    counter = int(dates.wall_clock().timestamp()) // 30 + step
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def with_app(user):
    secret = totp.generate_totp_secret()
    app = totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret, app.instance


def password_step(user, client=None):
    client = client or Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def signed_in(user, secret, step=0):
    client = password_step(user)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret, step)})
    return client


def key_in(page: str) -> str:
    """The key that the set-up page shows."""
    found = re.search(r'<code class="app-key">([\w ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def set_up(client):
    """Sets up an app on the page as it is shown; gives the answer."""
    page = client.get(SET_UP).content.decode()
    secret = key_in(page)
    return client.post(SET_UP, {"code": code_of(secret)}), secret


# -- Who needs one ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["admin", "cochair_one", "lead", "deputy"])
def test_admin_co_chair_lead_and_deputy_see_nothing_before_they_have_set_one_up(people, role):
    client = password_step(getattr(people, role))
    for address in (
        "/",
        "/meetings/",
        "/network/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/nothing/",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP), address


@pytest.mark.parametrize("role", ["contributor", "director", "partner", "observer", "former"])
def test_it_is_offered_to_all_others_and_asked_of_none(people, role):
    client = password_step(getattr(people, role))
    assert client.get("/").status_code == 200
    assert "Set up the second step" in client.get("/accounts/2fa/").content.decode()
    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize("role", ["contributor", "director", "partner", "observer"])
def test_who_has_set_one_up_without_having_to_is_behind_the_gate_like_those_who_must(people, role):
    """A session from before, or of any way of signing in that asks for the password alone."""
    person = getattr(people, role)
    elsewhere = password_step(person)
    client = password_step(person)
    _, secret = set_up(client)
    assert client.get("/").status_code == 200, "the session that set it up has shown it"
    for address in ("/", "/network/", "/profile/", "/accounts/password/change/", SET_UP, "/nothing/"):
        answer = elsewhere.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/"), address
    assert elsewhere.get("/network/?export=xlsx").status_code == 302
    shown = elsewhere.post("/accounts/2fa/reauthenticate/", {"code": code_of(secret, 1)})
    assert shown.status_code == 302
    assert elsewhere.get("/").status_code == 200
    laid = Client()
    laid.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert laid.get("/")["Location"].startswith("/accounts/2fa/reauthenticate/")


def test_who_takes_a_voluntary_one_off_again_is_asked_for_none(people):
    client = password_step(people.partner)
    set_up(client)
    for factor in second_factor.factors_of(people.partner):
        client.post(f"/accounts/2fa/{factor.pk}/remove/")
    assert not second_factor.factors_of(people.partner)
    assert password_step(people.partner).get("/").status_code == 200


@pytest.mark.once
def test_every_address_of_the_portal_is_behind_the_gate_but_the_way_through_and_the_public_pages(people):
    from tests.access.walk import patterns

    client = password_step(people.admin)
    passed = set()
    for name, route in patterns():
        path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: "1" if found[1] == "int" else "x", route)
        if "(?P" in path or "^" in path:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            if answer.status_code != 302 or answer["Location"] != SET_UP:
                passed.add(name)
            if name in ("account_logout", "account_sign_in_again") and method == "post":
                client = password_step(people.admin)
    assert passed <= {
        *("livez", "page_accessibility", "page_privacy", "page_cookies"),
        *("account_login", "account_logout", "account_inactive", "account_signup"),
        *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done"),
        *("account_reauthenticate", "account_sign_in_again"),
        *("mfa_set_up", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("mfa_login_webauthn", "code_request", "code_enter"),
        *("organisation_sign_in", "organisation_back", "organisation_again"),
    } | {name for name in passed if name.startswith("invitation")}
    assert "mfa_set_up" in passed


def test_downloads_and_what_scripts_ask_for_are_refused_too(people):
    client = password_step(people.admin)
    assert client.get("/network/?export=xlsx")["Location"] == SET_UP
    part = client.get("/", HTTP_HX_REQUEST="true")
    assert (part.status_code, part["HX-Redirect"], part.content) == (204, SET_UP, b"")
    data = client.get("/jobs/1/", HTTP_ACCEPT="application/json")
    assert (data.status_code, data.json()) == (403, {"second_step": SET_UP})
    before = AuditEntry.objects.count()
    assert client.post("/actions/new/", {"text": "x", "audience": "network"})["Location"] == SET_UP
    assert AuditEntry.objects.count() == before


def test_the_page_on_which_it_is_set_up_shows_nothing_of_the_portal(people):
    page = password_step(people.admin).get(SET_UP).content.decode()
    assert 'aria-label="Menu"' not in page
    assert "Sign out" in page


def test_a_role_that_is_given_counts_for_a_session_that_has_begun_and_one_that_ends_no_longer(people, orgs):
    client = password_step(people.contributor)
    assert client.get("/").status_code == 200
    lead = factories.membership(people.contributor, Role.LEAD, orgs["kent"])
    assert client.get("/")["Location"] == SET_UP
    Membership.objects.filter(pk=lead.pk).update(ends_on=dates.today() - timedelta(days=1))
    assert client.get("/").status_code == 200


def test_a_session_that_began_without_the_factor_shows_it_before_it_goes_on(people):
    """Somebody else may have begun it, with the password alone."""
    stale = password_step(people.lead)
    assert stale.get("/")["Location"] == SET_UP
    secret, _ = with_app(people.lead)
    asked = stale.get("/meetings/")
    assert asked["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fmeetings%2F"
    assert stale.get(asked["Location"]).status_code == 200
    assert stale.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert stale.get("/").status_code == 302, "the password alone shows no second factor"
    assert stale.post(asked["Location"], {"code": code_of(secret)})["Location"] == "/meetings/"
    assert stale.get("/meetings/").status_code == 200


def test_a_session_of_the_password_alone_adds_no_factor_of_its_own_to_somebody_who_has_one(people):
    """Two sessions: a thief's, with the password, and the owner's, who then sets up an app."""
    thief, owner = password_step(people.lead), password_step(people.lead)
    thief.get(SET_UP)
    secret = thief.session[totp.SECRET_SESSION_KEY]
    assert set_up(owner)[0].status_code == 302
    before = second_factor.factors_of(people.lead)
    show = "/accounts/2fa/reauthenticate/"
    for address in (SET_UP, *(f"/accounts/2fa/{page}" for page in OTHER_DOORS)):
        assert thief.get(address)["Location"].startswith(show), address
        assert thief.post(address, {"code": code_of(secret)})["Location"].startswith(show), address
    assert thief.post("/accounts/reauthenticate/", {"password": PASSWORD})["Location"].startswith(show)
    assert thief.get(SET_UP)["Location"].startswith(show), "the password once more helps no further"
    assert second_factor.factors_of(people.lead) == before
    assert thief.get("/").status_code == 302
    assert owner.get("/").status_code == 200


def test_a_session_gets_a_new_key_when_the_second_step_is_shown_at_sign_in(people):
    """Whoever knows the key of the half-done sign-in has nothing with it afterwards."""
    secret, _ = with_app(people.lead)
    half = password_step(people.lead)
    before = half.cookies["sessionid"].value
    assert half.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert half.cookies["sessionid"].value != before
    other = Client()
    other.cookies["sessionid"] = before
    assert other.get("/").status_code == 302
    assert half.get("/").status_code == 200


def test_a_session_gets_a_new_key_when_it_shows_the_second_step_later(people):
    stale = password_step(people.lead)
    secret, _ = with_app(people.lead)
    before = stale.cookies["sessionid"].value
    asked = stale.get("/")["Location"]
    assert stale.post(asked, {"code": code_of(secret)}).status_code == 302
    assert stale.get("/").status_code == 200
    other = Client()
    other.cookies["sessionid"] = before
    assert other.get("/").status_code == 302


def test_asked_for_the_second_step_only_second_steps_are_offered(people):
    stale = password_step(people.lead)
    with_app(people.lead)
    asked = stale.get(stale.get("/")["Location"]).content.decode()
    assert "Another way" not in asked


def test_a_set_up_that_is_overtaken_by_anothers_adds_nothing(people, rf):
    """Both were let through the gate; the one that is later finds a factor it has not shown."""
    request = rf.post(SET_UP)
    request.user, request.session = people.lead, Client().session
    assert second_factor.missing(request) == "set up"
    with_app(people.lead)
    for add in (factors.add_app, factors.add_passkey):
        with pytest.raises(Refused):
            add(request, None)
    assert len(second_factor.factors_of(people.lead)) == 1


def test_a_demonstration_asks_nobody_unless_it_is_told_to(people, settings):
    settings.MFA_REQUIRED = False
    assert password_step(people.admin).get("/").status_code == 200


# -- Setting up -------------------------------------------------------------------------------------


def test_from_the_sign_in_to_the_first_page_there_are_two_pages_set_up_and_codes(people):
    client = Client()
    client.post("/accounts/login/", {"login": people.lead.email, "password": PASSWORD})
    assert client.get("/meetings/")["Location"] == SET_UP
    answer, _ = set_up(client)
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    page = client.get(answer["Location"]).content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code>", page)) == 10
    assert re.search(r'<a href="/meetings/"[^>]*>Continue</a>', page)
    assert client.get("/meetings/").status_code == 200


def test_from_the_mail_of_an_invitation_to_the_first_page_there_are_three_pages(people, orgs):
    inviting.invite(
        email="new@kent.example",
        name="Pat Newcomer",
        role=Role.DEPUTY,
        organisation=orgs["kent"],
        by=people.admin,
    )
    jobs.run_waiting()
    link = re.search(r"/invitation/\S+", OutboxMail.objects.get(to="new@kent.example").text)
    assert link
    client, pages = Client(), []

    def arrive(answer):
        """Follows to the page that the person sees next."""
        while answer.status_code == 302:
            answer = client.get(answer["Location"])
        assert answer.status_code == 200
        pages.append(answer.wsgi_request.path)
        return answer

    arrive(client.get(link[0]))
    words = {"name": "Pat Newcomer", "password": "another-horse-battery-staple"}
    page = arrive(client.post("/invitation/", words))
    page = arrive(client.post(SET_UP, {"code": code_of(key_in(page.content.decode()))}))
    found = re.search(r'<a href="([^"]*)"[^>]*>Continue</a>', page.content.decode())
    assert found
    arrive(client.get(found[1]))
    assert pages == ["/invitation/", SET_UP, "/accounts/2fa/recovery-codes/", "/"]


def test_set_up_asks_nothing_again_right_after_sign_in_but_does_later(people, at):
    client = password_step(people.lead)
    assert client.get(SET_UP).status_code == 200
    at("2026-11-22T09:16")
    assert client.get(SET_UP)["Location"].startswith("/accounts/reauthenticate/")


def test_the_picture_stands_in_the_page_itself(people):
    answer = password_step(people.lead).get(SET_UP)
    page = answer.content.decode()
    assert "<svg" in page
    assert "data:" not in page
    assert "<?xml" not in page
    assert " style=" not in page
    assert "data:" not in answer["Content-Security-Policy"]


def test_a_wrong_code_is_told_and_the_key_stays_the_same(people):
    client = password_step(people.lead)
    page = client.get(SET_UP).content.decode()
    answer = client.post(SET_UP, {"code": "000000"})
    assert answer.status_code == 200
    told = answer.content.decode()
    assert "That code is not right" in told
    assert "<title>Error:" in told
    assert key_in(page) == key_in(told) == key_in(client.get(SET_UP).content.decode())
    assert client.get("/").status_code == 302


@pytest.mark.once
@pytest.mark.parametrize(
    "credential",
    [
        *("", "null", "{}", "[]", "1", '"x"', "{", '{"response": []}', '{"response": null}'),
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"","attestationObject":""}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
        '"signature":"AA","userHandle":"enp6enp6enp6enp6enp6enp6"}}',
    ],
)
def test_rough_passkeys_are_refused_in_plain_words(people, credential):
    client = password_step(people.lead)
    client.get(SET_UP)
    answer = client.post(SET_UP, {"credential": credential, "name": "x" * 100})
    assert answer.status_code == 200
    assert b"Error:" in answer.content
    visitor = Client()
    visitor.get("/accounts/2fa/passkey/", HTTP_ACCEPT="application/json")
    assert visitor.post("/accounts/2fa/passkey/", {"credential": credential}).status_code == 302
    with_app(people.deputy)
    half = password_step(people.deputy)
    half.get("/accounts/2fa/authenticate/")
    assert half.post("/accounts/2fa/authenticate/", {"credential": credential}).status_code == 200
    assert half.get("/").status_code == 302


# -- Signing in with one ----------------------------------------------------------------------------


def test_whoever_has_a_factor_cannot_sign_in_by_password_alone_whatever_their_role(people):
    secret, _ = with_app(people.observer)
    client = password_step(people.observer)
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_code_works_once(people):
    secret, _ = with_app(people.lead)
    code = code_of(secret)
    first, second = password_step(people.lead), password_step(people.lead)
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    again = second.post("/accounts/2fa/authenticate/", {"code": f"{code[:3]} {code[3:]}"})
    assert again.status_code == 200
    assert b"was used already" in again.content
    assert second.get("/").status_code == 302


WRITTEN = [
    "{0}-{1}",
    "{0} {1}",
    " {0}{1}.",
    "{0}_{1}",
    "{0}\u00a0{1}",
    "({0}) {1}",
    "{0}\u2013{1}",
    "\uff10{0}{1}",
]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_works_once_however_it_is_written(people, written, kind):
    from django.core.cache import cache

    secret, _ = with_app(people.lead)
    unused = Authenticator.objects.get(type="recovery_codes", user=people.lead).wrap().get_unused_codes()
    code = code_of(secret) if kind == "app" else unused[0]
    first, second = password_step(people.lead), password_step(people.lead)
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    cache.clear()  # which remembers it for half a minute; it is taken for longer
    again = second.post("/accounts/2fa/authenticate/", {"code": written.format(code[:3], code[3:])})
    assert again.status_code == 200
    assert second.get("/").status_code == 302


def test_a_used_code_is_remembered_for_longer_than_any_app_and_the_portal_take_it(people, monkeypatch):
    """A code is taken in its own half minute and in those before and after, by a clock that runs on."""
    from django.core.cache import cache

    taken = timedelta(seconds=30 * (2 * settings.MFA_TOTP_TOLERANCE + 1))
    assert 10 * taken < limits.KEPT
    secret, _ = with_app(people.lead)
    code = code_of(secret, 1)
    assert password_step(people.lead).post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    now = dates.wall_clock()
    for later in (31, 59):
        then = now + timedelta(seconds=later)
        monkeypatch.setattr(dates, "wall_clock", lambda then=then: then)
        monkeypatch.setattr(totp.time, "time", lambda then=then: then.timestamp())
        limits.forget()
        cache.clear()
        assert totp.validate_totp_code(secret, code), "the app's code still fits"
        late = password_step(people.lead)
        assert late.post("/accounts/2fa/authenticate/", {"code": f"{code[:3]}-{code[3:]}"}).status_code == 200
        assert late.get("/").status_code == 302


def test_the_code_of_the_set_up_works_no_second_time(people):
    client = password_step(people.lead)
    answer, secret = set_up(client)
    assert answer.status_code == 302
    other = password_step(people.lead)
    assert other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200


def test_a_code_works_once_although_the_cache_forgets(people):
    from django.core.cache import cache

    secret, _ = with_app(people.lead)
    code = code_of(secret)
    first, second = password_step(people.lead), password_step(people.lead)
    assert first.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    cache.clear()
    assert second.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_used_codes_are_forgotten_when_no_app_shows_them_any_more(people):
    assert second_factor.use_code(people.lead, "123456")
    limits.forget()
    assert not second_factor.use_code(people.lead, "123 456")
    UsedCode.objects.update(at=dates.wall_clock() - limits.KEPT * 2)
    limits.forget()
    assert second_factor.use_code(people.lead, "123456")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_lets_in_one_of_many_who_send_it_at_the_same_moment(reference, kind, monkeypatch):
    monkeypatch.setattr(totp.TOTP, "_mark_code_used", lambda self, code: True)  # not the cache's doing
    lead = factories.person("Lead", Role.ADMIN)
    secret, _ = with_app(lead)
    codes = Authenticator.objects.get(type="recovery_codes", user=lead).wrap().get_unused_codes()
    clients = [password_step(lead) for _ in range(4)]
    code = code_of(secret) if kind == "app" else codes[0]

    def send(client):
        try:
            return client.post("/accounts/2fa/authenticate/", {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, clients)) == [200, 200, 200, 302]


def test_a_recovery_code_works_once(people):
    with_app(people.lead)
    codes = Authenticator.objects.get(type="recovery_codes", user=people.lead).wrap().get_unused_codes()
    assert (
        password_step(people.lead).post("/accounts/2fa/authenticate/", {"code": codes[3]}).status_code == 302
    )
    again = password_step(people.lead).post("/accounts/2fa/authenticate/", {"code": codes[3]})
    assert again.status_code == 200
    left = Authenticator.objects.get(type="recovery_codes", user=people.lead).wrap().get_unused_codes()
    assert left == [code for code in codes if code != codes[3]]


def test_guessing_codes_is_limited_for_the_person_from_wherever_it_is_tried(people):
    secret, _ = with_app(people.lead)
    for number in range(5):
        half = password_step(people.lead)
        half.post("/accounts/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{number}")
    half = password_step(people.lead)
    answer = half.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}, REMOTE_ADDR="203.0.113.1")
    assert answer.status_code == 429


# -- Sealed -----------------------------------------------------------------------------------------


def rows_of(user):
    """What the database holds of somebody's factors, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mfa_authenticator WHERE user_id = %s", [user.pk])
        return repr(cursor.fetchall())


def test_the_rows_hold_no_secret(people):
    client = password_step(people.lead)
    _, secret = set_up(client)
    kept = Authenticator.objects.get(type="recovery_codes", user=people.lead)
    seed = unseal(kept.data["seed"])
    held = rows_of(people.lead)
    assert secret not in held
    assert seed not in held
    assert not any(code in held for code in kept.wrap().get_unused_codes())
    assert secret not in json.dumps(dict(client.session.items()))


def test_keys_are_rotated_and_the_older_one_may_go(people, settings):
    settings.MFA_KEYS = ["the older key"]
    secret, factor = with_app(people.lead)
    before = rows_of(people.lead)
    settings.MFA_KEYS = ["the newer key", "the older key"]
    assert signed_in(people.lead, secret).get("/").status_code == 200
    out = StringIO()
    call_command("seal_second_factors", stdout=out)
    assert "2 secrets sealed" in out.getvalue()
    assert rows_of(people.lead) != before
    settings.MFA_KEYS = ["the newer key"]
    assert signed_in(people.lead, secret, step=1).get("/").status_code == 200
    factor.refresh_from_db()
    assert unseal(factor.data["secret"]) == secret


def test_a_lost_key_is_told_plainly_and_nobody_gets_in(people, settings):
    secret, _ = with_app(people.lead)
    client = signed_in(people.lead, secret)
    settings.MFA_KEYS = ["quite another key"]
    with pytest.raises(Unreadable):
        unseal(Authenticator.objects.get(type="totp").data["secret"])
    half = password_step(people.lead)
    answer = half.post("/accounts/2fa/authenticate/", {"code": code_of(secret, 1)})
    assert answer.status_code == 200
    assert "own key for it has changed" in answer.content.decode()
    assert half.get("/").status_code == 302
    for address in ("/accounts/2fa/", "/accounts/2fa/recovery-codes/"):
        page = client.get(address)
        assert page.status_code == 503
        assert "own key for it has changed" in page.content.decode()
    with pytest.raises(CommandError, match=str(people.lead.pk)):
        call_command("seal_second_factors", stdout=StringIO())


def test_a_secret_from_before_there_were_keys_is_read_and_sealed(people):
    secret = totp.generate_totp_secret()
    Authenticator.objects.create(user=people.lead, type="totp", data={"secret": secret})
    assert signed_in(people.lead, secret).get("/").status_code == 200
    call_command("seal_second_factors", stdout=StringIO())
    assert secret not in rows_of(people.lead)
    assert seal("x") != seal("x")


# -- The last one stays -----------------------------------------------------------------------------


def test_the_last_factor_of_somebody_who_must_have_one_stays(people):
    secret, factor = with_app(people.lead)
    client = signed_in(people.lead, secret)
    address = f"/accounts/2fa/{factor.pk}/remove/"
    assert "Your role needs a second step" in client.get(address).content.decode()
    assert client.post(address).status_code == 409
    assert second_factor.factors_of(people.lead) == [factor]
    Authenticator.objects.create(user=people.lead, type="webauthn", data={"name": "Laptop", "credential": {}})
    assert client.post(address)["Location"] == "/accounts/2fa/"
    assert [one.type for one in second_factor.factors_of(people.lead)] == ["webauthn"]
    assert AuditEntry.objects.filter(verb__startswith="removed an authenticator app").exists()
    assert OutboxMail.objects.filter(to=people.lead.email, subject__contains="was removed").exists()


def test_the_mail_about_a_changed_sign_in_names_the_browser_as_the_list_of_sessions_does(people):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    secret, factor = with_app(people.observer)
    client = password_step(people.observer, Client(HTTP_USER_AGENT=agent))
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert client.post(f"/accounts/2fa/{factor.pk}/remove/").status_code == 302
    mail = OutboxMail.objects.get(to=people.observer.email, subject__contains="app was removed")
    assert "Browser: Chrome on Windows" in mail.text
    assert "22 November 2026 at" in mail.text
    for words in (mail.text, mail.html):
        assert "Mozilla" not in words
        assert "AppleWebKit" not in words


def test_whoever_needs_none_may_remove_the_last_and_with_it_go_the_recovery_codes(people):
    secret, factor = with_app(people.observer)
    client = signed_in(people.observer, secret)
    assert client.post(f"/accounts/2fa/{factor.pk}/remove/").status_code == 302
    assert not Authenticator.objects.filter(user=people.observer).exists()


def test_somebody_elses_factor_does_not_exist(people):
    _, theirs = with_app(people.deputy)
    secret, _ = with_app(people.lead)
    client = signed_in(people.lead, secret)
    for page in ("remove", "name"):
        assert client.get(f"/accounts/2fa/{theirs.pk}/{page}/").status_code == 404
        assert client.post(f"/accounts/2fa/{theirs.pk}/{page}/", {"name": "x"}).status_code == 404


def test_a_passkey_is_renamed(people):
    secret, _ = with_app(people.lead)
    key = Authenticator.objects.create(
        user=people.lead, type="webauthn", data={"name": "Old", "credential": {}}
    )
    client = signed_in(people.lead, secret)
    address = f"/accounts/2fa/{key.pk}/name/"
    assert "Enter the name of the passkey" in client.post(address, {"name": " "}).content.decode()
    assert client.post(address, {"name": "Work laptop"}).status_code == 302
    assert "Work laptop" in client.get("/accounts/2fa/").content.decode()


# -- Help for who has lost it -----------------------------------------------------------------------


def test_an_admin_takes_off_a_lost_second_step_says_why_and_the_person_is_told(people):
    secret, _ = with_app(people.lead)
    theirs = signed_in(people.lead, secret)
    admin_secret, _ = with_app(people.admin)
    admin = signed_in(people.admin, admin_secret)
    address = f"/accounts/2fa/people/{people.lead.pk}/reset/"
    assert admin.post(address, {"reason": " "}).status_code == 200
    assert second_factor.factors_of(people.lead)
    assert admin.post(address, {"reason": "Lost phone, called back"}).status_code == 302
    assert not Authenticator.objects.filter(user=people.lead).exists()
    entry = AuditEntry.objects.get(verb="reset the second step")
    assert (entry.actor, entry.object_id) == (people.admin, people.lead.pk)
    assert entry.detail == {"reason": "Lost phone, called back", "factors": 1}
    letter = OutboxMail.objects.get(to=people.lead.email)
    assert "Lost phone, called back" in letter.text
    assert "Coordinator" in letter.text
    assert theirs.get("/")["Location"].startswith("/accounts/login/"), "they are signed out everywhere"


def change_address(person, email, by):
    stored, watched = User.objects.get(pk=person.pk), ("name", "job_title", "email")
    membership.change_person(stored, by=by, loaded=Loaded(mark_of_row(stored, watched), watched), email=email)


def told_since(before):
    return {one.to: one.text for one in OutboxMail.objects.filter(pk__gt=before)}


def newest_mail():
    return OutboxMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_a_second_step_that_is_taken_off_is_told_to_both_co_chairs_without_the_reason(people):
    second_factor.reset(person=people.lead, reason="Lost on holiday", by=people.admin)
    told = told_since(0)
    assert set(told) == {people.lead.email, people.cochair_one.email, people.cochair_two.email}
    for chair in (people.cochair_one, people.cochair_two):
        assert "Coordinator" in told[chair.email]
        assert "Lead, Kent" in told[chair.email]
        assert "Lost on holiday" not in told[chair.email]


def test_whoever_takes_an_account_over_by_address_and_reset_is_seen_at_the_old_address_and_by_the_co_chairs(
    people, at
):
    first = people.lead.email
    change_address(people.lead, "second@kent.example", people.admin)
    told = told_since(0)
    chairs = {people.cochair_one.email, people.cochair_two.email}
    assert set(told) == {first, "second@kent.example", *chairs}
    assert "this address no longer works" in told[first]
    for chair in chairs:
        assert "changed the e-mail address with which Lead, Kent signs in" in told[chair]
        assert "second@kent.example" not in told[chair], "who sees an address is the person's own choice"

    before = newest_mail()
    change_address(people.lead, "third@kent.example", people.admin)
    assert set(told_since(before)) == {first, "second@kent.example", "third@kent.example", *chairs}

    before = newest_mail()
    person = User.objects.get(pk=people.lead.pk)
    second_factor.reset(person=person, reason="Lost", by=people.admin)
    told = told_since(before)
    assert set(told) == {first, "second@kent.example", "third@kent.example", *chairs}
    assert "taken off the second step" in told[first]
    assert "tell a co-chair" in told[first]
    assert set(OutboxMail.objects.filter(pk__gt=before).values_list("kind", flat=True)) == {"account"}


@pytest.mark.parametrize(("day", "is_told"), [("2026-12-22", True), ("2026-12-23", False)])
def test_an_address_of_before_is_told_for_thirty_days(people, at, day, is_told):
    first = people.lead.email
    change_address(people.lead, "second@kent.example", people.admin)
    at("2026-12-10")
    second_factor.reset(person=User.objects.get(pk=people.lead.pk), reason="Lost", by=people.admin)
    at(day)
    before = newest_mail()
    second_factor.reset(person=User.objects.get(pk=people.lead.pk), reason="Lost", by=people.admin)
    assert (first in told_since(before)) == is_told


def test_an_address_that_somebody_has_again_is_told_once_and_a_name_is_told_to_nobody_else(people):
    first = people.cochair_one.email
    change_address(people.cochair_one, "second@chairs.example", people.admin)
    change_address(people.cochair_one, first, people.admin)
    before = newest_mail()
    second_factor.reset(person=User.objects.get(pk=people.cochair_one.pk), reason="Lost", by=people.admin)
    told = list(OutboxMail.objects.filter(pk__gt=before).values_list("to", flat=True))
    assert sorted(told) == sorted([first, "second@chairs.example", people.cochair_two.email])


def test_nobody_but_who_manages_people_takes_it_off_and_nobody_their_own(people):
    secret, _ = with_app(people.lead)
    lead = signed_in(people.lead, secret)
    assert lead.get(f"/accounts/2fa/people/{people.deputy.pk}/reset/").status_code == 403
    admin_secret, _ = with_app(people.admin)
    admin = signed_in(people.admin, admin_secret)
    assert admin.get(f"/accounts/2fa/people/{people.admin.pk}/reset/").status_code == 404
    assert admin.get("/accounts/2fa/people/987654/reset/").status_code == 404
    empty = admin.get(f"/accounts/2fa/people/{people.observer.pk}/reset/")
    assert "there is nothing to take off" in empty.content.decode()


def test_whoever_runs_the_portal_takes_it_off_by_command(people):
    with_app(people.admin)
    out = StringIO()
    call_command("reset_second_factor", people.admin.email.upper(), reason="Lost phone", stdout=out)
    assert "1 second step taken off" in out.getvalue()
    assert AuditEntry.objects.get(verb="reset the second step").actor is None
    assert "Whoever runs the portal" in OutboxMail.objects.get(to=people.admin.email).text
    for address, reason in (("nobody@example.org", "x"), (people.admin.email, " ")):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", address, reason=reason, stdout=StringIO())


def test_after_a_reset_no_session_that_had_begun_sets_up_another_one(people, at):
    secret, _ = with_app(people.lead)
    client = signed_in(people.lead, secret)
    at("2026-11-22T09:20")
    second_factor.reset(person=people.lead, reason="Lost", by=people.admin)
    assert client.get(SET_UP)["Location"].startswith("/accounts/login/")


def test_where_their_own_organisation_asked_for_a_second_factor_the_portal_asks_for_none(people, rf):
    request = rf.get("/")
    request.user, request.session = people.lead, Client().session
    assert second_factor.missing(request) == "set up"
    second_factor.show(request, people.lead, second_factor.ELSEWHERE)
    assert second_factor.missing(request) == ""


def test_a_second_step_that_is_taken_off_ends_every_session_of_the_person(people):
    (secret, _), (another, _) = with_app(people.lead), with_app(people.stranger)
    there, stranger = signed_in(people.lead, secret), signed_in(people.stranger, another)
    assert there.get("/").status_code == 200
    second_factor.reset(person=people.lead, reason="Lost", by=people.admin)
    assert there.get("/")["Location"].startswith("/accounts/login/")
    assert stranger.get("/").status_code == 200
