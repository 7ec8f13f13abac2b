"""Signing in with an organisation's own account, against a real provider: who somebody is follows from
issuer, tenant and object id, and never from an address."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as portal_settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from network import dates, jobs
from network.account import second_factor
from network.account.openid import acts, provider
from network.account.openid.models import OrganisationAccount
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.membership import inviting
from network.membership.models import Invitation
from network.people.models import User
from network.roles import Role
from tests import openid
from tests.openid import KENT, Browser

pytestmark = pytest.mark.django_db

START = "/accounts/organisation/"
CONNECT = reverse("organisation_connect")
BACK = f"{portal_settings.PORTAL_URL}{reverse('organisation_back')}"


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    with openid.running(BACK) as address:
        yield address


@pytest.fixture(autouse=True)
def issuer(running, settings):
    settings.OIDC_ISSUER = running
    settings.OIDC_NAME = "Kent’s work account"
    settings.OIDC_TENANTS = frozenset({KENT})
    for name, value in openid.CLIENT.items():
        setattr(settings, name, value)
    return running


@pytest.fixture
def connected(people, issuer):
    """The lead has connected Jo's account."""
    OrganisationAccount.objects.create(user=people.lead, issuer=issuer, tenant=KENT, object_id="jo-object")
    return people.lead


def whose(browser):
    number = browser.portal.session.get("_auth_user_id")
    return User.objects.get(pk=number) if number else None


# -- Signing in -------------------------------------------------------------------------------------------


def test_a_connected_account_signs_its_person_in_and_leads_where_they_were_going(connected):
    browser = Browser()
    back = browser.sign_in("jo")
    assert back.url == "/actions/"
    assert whose(browser) == connected
    assert OrganisationAccount.objects.get().used_at


def test_a_changed_address_at_the_provider_changes_nothing(connected, people):
    User.objects.filter(pk=people.stranger.pk).update(email="stranger@demo.example")
    browser = Browser()
    browser.sign_in("jo-renamed")
    assert whose(browser) == connected
    connected.refresh_from_db()
    assert connected.name == "Lead, Kent"
    assert connected.email == people.lead.email


def test_an_unknown_account_with_a_known_address_is_refused_in_plain_words(connected):
    User.objects.filter(pk=connected.pk).update(email="lead.kent@demo.example")
    browser = Browser()
    refused = browser.sign_in("pretender")
    assert refused.status_code == 403
    assert "not connected with anybody in the portal" in refused.content.decode()
    assert whose(browser) is None
    assert OrganisationAccount.objects.count() == 1


def test_a_foreign_tenant_with_the_same_object_id_is_refused(connected):
    browser = Browser()
    refused = browser.sign_in("foreigner")
    assert refused.status_code == 403
    assert "an organisation that does not sign in here in this way" in refused.content.decode()
    assert whose(browser) is None


def test_the_same_object_id_in_another_admitted_tenant_is_another_account(connected, settings):
    settings.OIDC_TENANTS = frozenset({KENT, "99999999-ffff-4fff-8fff-999999999999"})
    browser = Browser()
    assert "not connected with anybody" in browser.sign_in("foreigner").content.decode()
    assert whose(browser) is None


def test_an_account_without_an_object_id_is_refused(connected):
    browser = Browser()
    refused = browser.sign_in("nameless")
    assert refused.status_code == 403
    assert "the claims “tid” and “oid”" in refused.content.decode()


def test_a_closed_account_stays_closed(connected):
    User.objects.filter(pk=connected.pk).update(is_active=False)
    browser = Browser()
    assert browser.sign_in("jo").url == reverse("account_inactive")
    assert whose(browser) is None


def test_who_changes_their_mind_at_the_provider_is_told_so(connected):
    browser = Browser()
    answer = browser.sign_in("")
    assert answer.status_code == 400
    assert "was not finished" in answer.content.decode()


# -- The protocol -----------------------------------------------------------------------------------------


def test_the_way_there_carries_state_nonce_and_pkce():
    browser = Browser()
    asked = parse_qs(urlsplit(browser.portal.get(START).url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert asked["state"][0] != asked["nonce"][0]
    assert asked["scope"] == ["openid profile"], "no address is asked for"
    assert asked["redirect_uri"] == [BACK]


def test_an_answer_is_good_once_and_in_the_browser_that_asked(connected):
    browser, other = Browser(), Browser()
    address = browser.be(browser.leave(START), "jo")
    assert other.come_back(address).status_code == 400
    assert whose(other) is None
    assert browser.come_back(address).status_code == 302
    browser.portal.logout()
    assert browser.come_back(address).status_code == 400
    assert whose(browser) is None


def test_a_forged_state_is_refused(connected):
    browser = Browser()
    address = browser.be(browser.leave(START), "jo")
    assert browser.come_back(address.replace("state=", "state=x")).status_code == 400
    assert whose(browser) is None


def change_asked(browser, **changes):
    """What the session remembers of the way there, changed."""
    session = browser.portal.session
    [key] = [name for name in dict(session.items()) if name.startswith("_state_")]
    session[key] = session[key] | {"data": session[key]["data"] | changes}
    session.save()


@pytest.mark.parametrize("what", ["nonce", "code_verifier"])
def test_a_token_for_another_asking_is_refused(connected, what):
    browser = Browser()
    address = browser.be(browser.leave(START), "jo")
    change_asked(browser, **{what: "x" * 48})
    assert browser.come_back(address).status_code == 400
    assert whose(browser) is None


def test_a_token_that_the_provider_has_not_signed_is_refused(connected, monkeypatch):
    browser = Browser()
    address = browser.be(browser.leave(START), "jo")
    client = provider._client()
    fetch = client.fetch_access_token

    def tampered(**more):
        token = fetch(**more)
        head, body, signature = token["id_token"].split(".")
        return token | {"id_token": f"{head}.{body}.{signature[::-1]}"}

    monkeypatch.setattr(client, "fetch_access_token", tampered)
    assert browser.come_back(address).status_code == 400
    assert whose(browser) is None


def test_a_provider_that_is_away_is_told_and_the_password_goes_on_working(settings, connected):
    settings.OIDC_ISSUER = f"http://127.0.0.1:{openid.free_port()}"
    answer = Browser().portal.get(START)
    assert answer.status_code == 503
    assert "can’t be reached" in answer.content.decode()


def test_without_settings_there_is_no_such_door(settings, people, sign_in):
    settings.OIDC_CLIENT_ID = ""
    assert Browser().portal.get(START).status_code == 404
    assert sign_in(people.lead).get(CONNECT).status_code == 404
    assert "organisation" not in Browser().portal.get(reverse("account_login")).content.decode()


def test_the_sign_in_page_offers_it_and_carries_on_where_one_was_going():
    page = Browser().portal.get(reverse("account_login") + "?next=/actions/?status=open").content.decode()
    assert "Sign in with Kent’s work account" in page
    assert f'href="{START}?next=/actions/%3Fstatus%3Dopen"' in unescape(page)


def test_no_form_and_no_policy_needs_to_know_of_the_provider(connected):
    policy = Browser().portal.get(reverse("account_login")).headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "127.0.0.1" not in policy


ENTRA = "https://login.microsoftonline.com/{tenantid}/v2.0"
OTHER = "22222222-bbbb-4bbb-8bbb-222222222222"


def of_entra(tenant, issuer):
    """A token as Entra's address for several organisations gives it."""
    return provider._identity({"tid": tenant, "oid": "one", "iss": issuer}, provider.Wanted("/"))


def test_with_several_tenants_the_issuer_is_that_of_the_tenant_and_both_are_looked_at(settings, monkeypatch):
    settings.OIDC_TENANTS = frozenset({KENT, OTHER})
    monkeypatch.setattr(provider, "_issuer", lambda: ENTRA)
    for tenant in (KENT, OTHER):
        issuer = ENTRA.replace("{tenantid}", tenant)
        assert of_entra(tenant, issuer).key == {"issuer": issuer, "tenant": tenant, "object_id": "one"}
    for tenant, of in ((KENT, OTHER), (OTHER, KENT), ("stranger", "stranger")):
        with pytest.raises(provider.NotSignedIn, match="an organisation that does not sign in here"):
            of_entra(tenant, ENTRA.replace("{tenantid}", of))
    with pytest.raises(provider.NotSignedIn):
        of_entra(KENT, ENTRA)


# -- The second step --------------------------------------------------------------------------------------


def test_a_second_step_at_the_provider_counts_and_without_one_the_portal_asks_for_its_own(
    connected, settings
):
    settings.MFA_REQUIRED = True
    browser = Browser()
    browser.sign_in("jo")
    assert browser.portal.get("/actions/").url.startswith(reverse("mfa_set_up"))
    twice = Browser()
    twice.sign_in("jo-with-second-step")
    assert twice.portal.get("/actions/").status_code == 200


def test_a_level_that_is_set_counts_as_a_second_step(settings):
    settings.OIDC_MFA_LEVELS = frozenset({"c1"})
    assert provider._two_steps({"acr": "c1"})
    assert provider._two_steps({"amr": ["pwd", "mfa"]})
    assert not provider._two_steps({"amr": ["pwd"], "acr": "c2"})
    assert not provider._two_steps({})


def test_whoever_stands_at_the_gate_shows_the_second_step_of_their_organisation_there(
    connected, settings, at
):
    """They signed in at the provider without one; an app of their own is set up, and not at hand."""
    settings.MFA_REQUIRED = True
    totp.TOTP.activate(connected, totp.generate_totp_secret())
    browser = Browser()
    browser.portal.force_login(connected, backend=settings.AUTHENTICATION_BACKENDS[0])
    gate = browser.portal.get("/actions/")
    page = browser.portal.get(gate.url).content.decode()
    assert "Use Kent’s work account" in unescape(page)
    back = browser.sign_in("jo", f"{reverse('organisation_again')}?next=/actions/")
    assert back.url == "/actions/"
    told = browser.portal.get(browser.portal.get("/actions/").url).content.decode()
    assert "asked for no second step" in unescape(told)
    browser.forget_there()
    browser.sign_in("jo-with-second-step", f"{reverse('organisation_again')}?next=/actions/")
    assert browser.portal.get("/actions/").status_code == 200


def test_who_has_no_password_and_must_set_one_up_shows_first_who_they_are_at_the_provider(
    connected, settings, at
):
    settings.MFA_REQUIRED = True
    connected.set_unusable_password()
    connected.save()
    browser = Browser()
    browser.portal.force_login(connected, backend=settings.AUTHENTICATION_BACKENDS[0])
    at("2026-11-22T09:20")
    asked = browser.portal.get("/accounts/2fa/set-up/")
    assert asked.url.startswith(reverse("organisation_again"))
    back = browser.sign_in("jo", asked.url)
    assert back.url == "/accounts/2fa/set-up/"
    assert browser.portal.get(back.url).status_code == 200


def test_the_second_step_is_the_sessions_and_not_the_accounts(connected, settings):
    settings.MFA_REQUIRED = True
    Browser().sign_in("jo-with-second-step")
    later = Browser()
    later.sign_in("jo")
    assert later.portal.get("/actions/").url.startswith(reverse("mfa_set_up"))
    assert second_factor.ELSEWHERE


# -- Connecting it ----------------------------------------------------------------------------------------


def test_who_is_signed_in_connects_an_account_after_seeing_which_it_is(people, sign_in, issuer):
    browser = Browser(sign_in(people.lead))
    assert "Go to Kent’s work account" in browser.portal.get(CONNECT).content.decode()
    assert browser.sign_in("jo", f"{START}?next={CONNECT}").url == CONNECT
    assert not OrganisationAccount.objects.exists(), "coming back alone connects nothing"
    assert "jo@kent.example" in browser.portal.get(CONNECT).content.decode()
    assert browser.portal.post(CONNECT).url == CONNECT
    made = OrganisationAccount.objects.get()
    assert (made.user, made.issuer, made.tenant, made.object_id) == (people.lead, issuer, KENT, "jo-object")
    assert AuditEntry.objects.filter(verb="connected an organisation's account").count() == 1
    assert "has changed" in OutboxMail.objects.get(to_user=people.lead).subject
    again = Browser()
    again.sign_in("jo")
    assert whose(again) == people.lead


def test_connecting_asks_for_a_fresh_sign_in(people, sign_in, at):
    lead = sign_in(people.lead, ageing=True)
    at("2026-11-22T09:20")
    assert "reauthenticate" in lead.get(CONNECT).url
    assert "reauthenticate" in lead.post(CONNECT).url
    assert "reauthenticate" in lead.post(reverse("organisation_disconnect")).url


def test_what_somebody_left_waiting_is_not_the_next_persons(people, sign_in):
    browser = Browser(sign_in(people.lead))
    browser.sign_in("jo", f"{START}?next={CONNECT}")
    session = browser.portal.session
    held = session[acts.WAITING]
    other = sign_in(people.stranger)
    session = other.session
    session[acts.WAITING] = held
    session.save()
    assert "jo@kent.example" not in other.get(CONNECT).content.decode()
    assert other.post(CONNECT).status_code == 409


def test_it_waits_ten_minutes(people, sign_in, at):
    browser = Browser(sign_in(people.lead))
    browser.sign_in("jo", f"{START}?next={CONNECT}")
    at("2026-11-22T09:11")
    assert browser.portal.post(CONNECT).status_code == 409
    assert not OrganisationAccount.objects.exists()


def test_an_account_that_is_somebodys_is_not_connected_a_second_time(connected, people, sign_in):
    browser = Browser(sign_in(people.stranger))
    browser.sign_in("jo", f"{START}?next={CONNECT}")
    assert browser.portal.post(CONNECT).status_code == 409
    assert OrganisationAccount.objects.get().user == connected


def test_the_page_tells_of_ones_own_connection_and_of_nobody_elses(connected, people, sign_in):
    said = {
        person.name: "It was connected on" in sign_in(person).get(CONNECT).content.decode()
        for person in (connected, people.stranger)
    }
    assert said == {connected.name: True, people.stranger.name: False}


def test_it_is_disconnected_unless_it_is_the_only_way_in(connected, sign_in):
    lead = sign_in(connected)
    assert lead.post(reverse("organisation_disconnect")).url == CONNECT
    assert not OrganisationAccount.objects.exists()
    browser = Browser()
    assert browser.sign_in("jo").status_code == 403


def test_the_only_way_in_stays(connected, sign_in):
    connected.set_unusable_password()
    connected.save()
    lead = sign_in(connected)
    assert lead.post(reverse("organisation_disconnect")).status_code == 409
    assert OrganisationAccount.objects.exists()


# -- Asked again ------------------------------------------------------------------------------------------


def asked_later(person, at):
    """The browser of somebody without a password, twenty minutes after signing in."""
    person.set_unusable_password()
    person.save()
    browser = Browser()
    browser.sign_in("jo")
    at("2026-11-22T09:20")
    return browser


def test_who_has_no_password_is_asked_again_at_the_provider(connected, at):
    browser = asked_later(connected, at)
    asked = browser.portal.get(reverse("profile_data"))
    assert asked.url.startswith(reverse("organisation_again"))
    page = browser.leave(asked.url)
    back = browser.come_back(browser.be(page, "jo"))
    assert back.status_code == 302
    assert browser.portal.get(reverse("profile_data")).status_code == 200


def test_another_account_at_the_provider_is_no_answer(connected, at):
    browser = asked_later(connected, at)
    browser.forget_there()
    page = browser.leave(browser.portal.get(reverse("profile_data")).url)
    assert browser.come_back(browser.be(page, "pretender")).status_code == 409
    assert browser.portal.get(reverse("profile_data")).status_code == 302


def test_at_the_provider_too_it_has_to_be_a_moment_ago():
    now = dates.wall_clock().timestamp()
    assert provider._is_new({"auth_time": now - 5})
    for at in (now - 3600, now + 3600, str(now), None, True, float("inf"), float("nan")):
        assert not provider._is_new({"auth_time": at}), at
    assert not provider._is_new({})


def test_a_provider_that_does_not_say_when_it_asked_is_no_answer_for_who_is_asked_again(connected, at):
    browser = asked_later(connected, at)
    browser.forget_there()
    page = browser.leave(browser.portal.get(reverse("profile_data")).url)
    refused = browser.come_back(browser.be(page, "jo-at-no-time"))
    assert refused.status_code == 403
    assert "the claim “auth_time”" in refused.content.decode()
    assert whose(browser) == connected
    assert browser.portal.get(reverse("profile_data")).status_code == 302


def test_signing_in_is_fresh_only_if_the_provider_says_that_it_asked_just_now(connected, monkeypatch):
    """It may have let in whoever sits at a browser that was signed in there this morning."""
    asked = Browser()
    asked.sign_in("jo")
    assert asked.portal.get(reverse("profile_data")).status_code == 200
    silent = Browser()
    silent.sign_in("jo-at-no-time")
    assert silent.portal.get("/actions/").status_code == 200
    assert silent.portal.get(reverse("profile_data")).status_code == 302
    later = dates.wall_clock() + timedelta(hours=3)
    monkeypatch.setattr(dates, "wall_clock", lambda: later)
    morning = Browser()
    morning.sign_in("jo")
    assert morning.portal.get("/actions/").status_code == 200
    assert morning.portal.get(reverse("profile_data")).status_code == 302


# -- By invitation ----------------------------------------------------------------------------------------


@pytest.fixture
def invited(people, orgs, monkeypatch):
    """A browser that has followed the link of an invitation."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: "a-token-of-the-tests")
    inviting.invite(
        by=people.admin,
        email="new@kent.example",
        name="Somebody New",
        role=Role.CONTRIBUTOR,
        organisation=orgs["kent"],
    )
    jobs.run_waiting()
    return Browser()


def test_an_invitation_is_accepted_with_the_organisations_account_and_no_password(invited, orgs):
    page = invited.portal.get(reverse("invitation_follow", args=["a-token-of-the-tests"]), follow=True)
    assert "Then you need no password" in page.content.decode()
    back = invited.sign_in("jo", f"{START}?invited=1&next={reverse('invitation_accept')}")
    assert back.url == reverse("invitation_accept")
    assert not OrganisationAccount.objects.exists()
    assert "Jo of Kent (jo@kent.example)" in invited.portal.get(back.url).content.decode()
    assert invited.portal.post(back.url, {"organisation": "1"}).url == "/"
    person = User.objects.get(email="new@kent.example")
    assert person.name == "Somebody New", "the invitation's, not the provider's"
    assert not person.has_usable_password()
    assert OrganisationAccount.objects.get().user == person
    assert whose(invited) == person
    assert person.standing.roles == {Role.CONTRIBUTOR}
    assert Invitation.objects.get().status == "accepted"


def test_an_account_that_is_somebodys_does_not_accept_for_another(invited, connected):
    """It signs its own person in, who is then told that the invitation is for somebody else."""
    invited.portal.get(reverse("invitation_follow", args=["a-token-of-the-tests"]))
    back = invited.sign_in("jo", f"{START}?invited=1&next={reverse('invitation_accept')}")
    assert whose(invited) == connected
    assert "for somebody else" in invited.portal.get(back.url, follow=True).content.decode()
    assert Invitation.objects.get().status == "open"


def test_without_an_invitation_the_page_of_one_helps_nobody(people):
    browser = Browser()
    back = browser.sign_in("jo", f"{START}?invited=1&next={reverse('invitation_accept')}")
    assert browser.portal.post(back.url, {"organisation": "1"}).status_code == 404
    assert not OrganisationAccount.objects.exists()
    assert whose(browser) is None


# -- In the database --------------------------------------------------------------------------------------


def test_an_account_is_one_persons_and_has_all_three_names(people, issuer):
    one = {"issuer": issuer, "tenant": KENT, "object_id": "jo-object"}
    OrganisationAccount.objects.create(user=people.lead, **one)
    for more in (
        {"user": people.stranger, **one},
        {"user": people.lead, **one, "object_id": "other"},
        {"user": people.deputy, **one, "object_id": ""},
        {"user": people.deputy, **one, "tenant": ""},
        {"user": people.deputy, **one, "issuer": ""},
    ):
        with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
            OrganisationAccount.objects.create(**more)
