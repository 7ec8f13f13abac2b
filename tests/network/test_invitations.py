"""By an invitation, and by nothing else, a person comes to an account and a role."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.test import Client

from network import jobs
from network.audit import AuditEntry
from network.jobs import Job
from network.mail import OutboxMail
from network.membership import acts, inviting
from network.membership.models import Invitation, digest
from network.people.models import Membership, Organisation, User
from network.roles import Permission, Role
from network.workflow import NotAllowed
from tests import factories
from tests.conftest import People

Orgs = dict[str, Organisation]
SignIn = Callable[[User], Client]
At = Callable[[str], None]

NEW = "/network/invitations/new/"
KNOWN = re.compile(r'name="said-leads" value="([^"]+)"')
PASSWORD = "eleven-otters-swim-upstream"


def typed(orgs: Orgs, email: str = "pat@kent.example", role: str = "contributor", at: str = "kent") -> Any:
    body = orgs[at].pk if at else ""
    return {"name": "Pat Newcomer", "email": email, "role": role, "organisation": body}


def link() -> str:
    """The address in the newest invitation, after a worker has written it."""
    jobs.run_waiting()
    mail = OutboxMail.objects.filter(key__startswith="invitation:").latest("pk")
    found = re.search(r"/invitation/\S+", mail.text)
    assert found, mail.text
    return found[0]


def invited(by: User, orgs: Orgs, email: str = "pat@kent.example", role: Role = Role.CONTRIBUTOR) -> str:
    inviting.invite(by=by, email=email, name="Pat Newcomer", role=role, organisation=orgs["kent"])
    return link()


def accepted(client: Client, path: str, **more: str) -> Any:
    page = client.get(path, follow=True)
    assert page.status_code == 200, page.content
    return client.post("/invitation/", {"name": "Pat Newcomer", "password": PASSWORD, **more})


def gone(client: Client, path: str) -> bool:
    page = client.get(path, follow=True)
    return page.status_code == 404 and "This invitation can’t be accepted" in page.content.decode()


# -- From the mail to the first page --------------------------------------------------------------------


def test_a_lead_invites_to_their_own_authority_and_the_person_is_in_after_one_page(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client
) -> None:
    answer = sign_in(people.lead).post(NEW, typed(orgs, "  Pat@Kent.Example "))
    invitation = Invitation.objects.get()
    assert answer.headers["Location"] == f"/network/invitations/{invitation.pk}/"
    assert (invitation.email, invitation.status, invitation.token) == ("pat@kent.example", "open", "")

    path = link()
    page = client.get(path, follow=True)
    assert page.redirect_chain == [("/invitation/", 302)]
    text = page.content.decode()
    assert "Lead, Kent" in text
    assert "Contributor at Kent County Council" in text
    answer = client.post("/invitation/", {"name": "Pat  Newcomer", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    home = client.get("/")
    assert home.status_code == 200
    assert b"Pat Newcomer" in home.content
    person = User.objects.get(email="pat@kent.example")
    assert person.check_password(PASSWORD)
    assert person.last_login
    assert person.may(Permission.RETURN_EDIT, at=orgs["kent"])
    assert Membership.objects.get(user=person).starts_on == date(2026, 11, 22)
    assert client.session["account_authentication_methods"][0]["method"] == "password"
    entry = AuditEntry.objects.get(verb="accepted an invitation")
    assert (entry.actor, entry.on_behalf_of, entry.object_id) == (person, people.lead, invitation.pk)
    assert AuditEntry.objects.get(verb="gave a role").detail["role"] == "contributor"


def test_the_mail_says_who_invites_to_what_and_by_when_and_its_words_are_wiped_once_sent(
    people: People, orgs: Orgs
) -> None:
    invited(people.lead, orgs)
    mail = OutboxMail.objects.get(key__startswith="invitation:")
    assert "Lead, Kent invites you to the CYPCC portal: accept by 29 November 2026" in mail.subject
    assert "contributor at Kent County Council" in mail.text
    assert mail.secret


def test_an_admin_invites_anybody_to_any_role(people: People, orgs: Orgs, sign_in: SignIn) -> None:
    admin = sign_in(people.admin)
    for number, (role, at) in enumerate(
        [("lead", "oxfordshire"), ("partner", "thames-valley"), ("observer", ""), ("admin", "")]
    ):
        answer = admin.post(NEW, typed(orgs, f"p{number}@example.org", role, at))
        assert answer.status_code == 302, answer.content.decode()
    assert Invitation.objects.count() == 4


def test_the_form_says_who_leads_the_authority_already_before_anything_is_sent_and_hinders_nobody(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    admin, sent = sign_in(people.admin), typed(orgs, role="lead")
    page = admin.post(NEW, sent).content.decode()
    assert "Kent has a lead already: Lead, Kent, from " in page
    assert "Two leads are allowed." in page
    assert "Nothing has been saved or sent yet." in page
    assert "pat@kent.example" in page, "what was typed is kept"
    assert not Invitation.objects.exists()
    known = KNOWN.search(page)
    assert known
    assert admin.post(NEW, {**sent, "said-leads": known[1]}).status_code == 302
    assert Invitation.objects.get().role == "lead"


def test_a_link_to_the_form_shows_the_remark_at_once_and_one_press_is_enough(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    admin = sign_in(people.admin)
    page = admin.get(f"{NEW}?role=lead&organisation={orgs['kent'].pk}").content.decode()
    assert "Kent has a lead already: Lead, Kent" in page
    assert "Nothing has been saved or sent yet." not in page
    known = KNOWN.search(page)
    assert known
    sent = {**typed(orgs, role="lead"), "said-leads": known[1]}
    assert admin.post(NEW, sent).status_code == 302
    for strange in ("x", "0", "9" * 30):
        assert admin.get(f"{NEW}?role=lead&organisation={strange}").status_code == 200


def test_an_open_invitation_to_lead_is_told_too_and_other_roles_are_no_remark(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    admin = sign_in(people.admin)
    assert admin.post(NEW, typed(orgs, "a@x.example", "lead", "oxfordshire")).status_code == 302
    page = admin.post(NEW, typed(orgs, "b@x.example", "lead", "oxfordshire")).content.decode()
    assert "Invited to be lead of Oxfordshire, and not yet accepted: Pat Newcomer, until 29 Nov" in page
    assert "Two leads are allowed." in page
    assert admin.post(NEW, typed(orgs, "c@x.example", "deputy", "kent")).status_code == 302


@pytest.mark.parametrize(
    ("role", "at"), [("lead", "kent"), ("deputy", "medway"), ("admin", ""), ("partner", "kent-and-medway")]
)
def test_a_lead_invites_neither_another_lead_nor_to_another_authority_nor_to_the_network(
    people: People, orgs: Orgs, sign_in: SignIn, role: str, at: str
) -> None:
    assert sign_in(people.lead).post(NEW, typed(orgs, role=role, at=at)).status_code == 200
    assert not Invitation.objects.exists()
    with pytest.raises(NotAllowed):
        inviting.invite(
            by=people.lead,
            email="pat@kent.example",
            name="Pat",
            role=Role(role),
            organisation=orgs[at] if at else None,
        )


@pytest.mark.parametrize("who", ["deputy", "contributor", "director", "cochair_one", "partner", "former"])
def test_nobody_else_invites(people: People, sign_in: SignIn, who: str) -> None:
    assert sign_in(getattr(people, who)).get(NEW).status_code == 403


@pytest.mark.parametrize(
    ("role", "at", "why"),
    [
        ("lead", "", "held at an organisation: choose one"),
        ("admin", "kent", "held in the network as a whole: choose no organisation"),
        ("lead", "kent-and-medway", "Lead is a role at a member authority"),
        ("partner", "kent", "Partner is a role at an integrated care board"),
    ],
)
def test_a_role_that_does_not_fit_its_body_is_refused_in_words_and_what_was_typed_is_kept(
    people: People, orgs: Orgs, sign_in: SignIn, role: str, at: str, why: str
) -> None:
    page = sign_in(people.admin).post(NEW, typed(orgs, role=role, at=at)).content.decode()
    assert why in page
    assert 'value="pat@kent.example"' in page
    assert not Invitation.objects.exists()


def test_a_demonstrations_address_is_refused_where_figures_are_real(
    people: People, orgs: Orgs, sign_in: SignIn, settings: Any
) -> None:
    settings.PORTAL_DEMO = False
    page = sign_in(people.admin).post(NEW, typed(orgs, "a@demo.example"), secure=True).content.decode()
    assert "would no longer start" in page
    assert not Invitation.objects.exists()


def test_the_twenty_first_invitation_of_an_hour_is_not_sent_and_the_page_says_when_to_try_again(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    lead = sign_in(people.lead)
    for number in range(20):
        assert lead.post(NEW, typed(orgs, f"pat{number}@kent.example")).status_code == 302
    answer = lead.post(NEW, typed(orgs, "pat20@kent.example"))
    assert answer.status_code == 429
    assert "Try again in 60 minutes" in answer.content.decode()
    assert Invitation.objects.count() == 20
    assert lead.get(NEW).status_code == 200
    admin = sign_in(people.admin)
    assert admin.post(NEW, typed(orgs, "pat20@kent.example")).status_code == 302, "another person's own limit"


def test_one_address_gets_no_more_than_twenty_mails_an_hour_by_sending_again(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    lead = sign_in(people.lead)
    lead.post(NEW, typed(orgs))
    again = f"/network/invitations/{Invitation.objects.get().pk}/send/"
    assert [lead.post(again).status_code for _ in range(21)] == [302] * 20 + [429]


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\ufeff", "\u2060"])
def test_what_nobody_sees_in_an_address_or_a_name_is_left_out(
    people: People, orgs: Orgs, sign_in: SignIn, unseen: str
) -> None:
    """It comes with what is copied from a mail; nobody could sign in with such an address."""
    lead = sign_in(people.lead)
    form = typed(orgs, f"pat@kent.example{unseen}") | {"name": f"Pat{unseen} Newcomer"}
    assert lead.post("/network/invitations/new/", form).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name) == ("pat@kent.example", "Pat Newcomer")
    lead.post("/network/invitations/new/", typed(orgs))
    assert Invitation.objects.filter(status="open").count() == 1


@pytest.mark.parametrize("name", ["https://evil.example click", "see www.evil.example", "Pat \u202eremoc"])
def test_a_name_is_no_web_address_and_turns_no_line_around(
    people: People, orgs: Orgs, sign_in: SignIn, name: str
) -> None:
    answer = sign_in(people.lead).post("/network/invitations/new/", typed(orgs) | {"name": name})
    assert answer.status_code == 200
    assert not Invitation.objects.exists()


def test_a_form_that_is_sent_twice_makes_one_invitation(people: People, orgs: Orgs, sign_in: SignIn) -> None:
    lead = sign_in(people.lead)
    for _ in range(2):
        assert lead.post(NEW, {**typed(orgs), "once": "abc"}).status_code == 302
    assert Invitation.objects.count() == 1


# -- The link -------------------------------------------------------------------------------------------


def test_only_a_digest_of_the_link_is_kept(people: People, orgs: Orgs) -> None:
    token = invited(people.lead, orgs).rstrip("/").rpartition("/")[2]
    kept = Invitation.objects.get().token
    assert kept == digest(token)
    assert token not in str(list(Job.objects.values())) + str(list(AuditEntry.objects.values()))


def test_looking_at_a_link_uses_nothing_up(people: People, orgs: Orgs, client: Client) -> None:
    path = invited(people.lead, orgs)
    for scanner in (Client(), Client()):
        scanner.head(path)
        scanner.get(path, follow=True)
        scanner.head("/invitation/")
    before = Invitation.objects.values().get()
    assert accepted(client, path).headers["Location"] == "/"
    assert before["status"] == "open"


def test_a_link_works_once(people: People, orgs: Orgs, client: Client) -> None:
    path = invited(people.lead, orgs)
    accepted(client, path)
    assert gone(Client(), path)
    assert Membership.objects.filter(user__email="pat@kent.example").count() == 1


def test_a_page_that_was_opened_before_somebody_else_used_the_link_makes_nothing(
    people: People, orgs: Orgs, client: Client
) -> None:
    path = invited(people.lead, orgs)
    client.get(path)
    accepted(Client(), path)
    answer = client.post("/invitation/", {"name": "Second", "password": PASSWORD})
    assert answer.status_code == 404
    assert not User.objects.filter(name="Second").exists()


def test_a_link_is_good_for_seven_days(people: People, orgs: Orgs, client: Client, at: At) -> None:
    path = invited(people.lead, orgs)
    at("2026-11-29T08:59")
    assert client.get(path, follow=True).status_code == 200
    at("2026-11-29T09:00")
    assert gone(Client(), path)
    assert client.post("/invitation/", {"name": "Late", "password": PASSWORD}).status_code == 404


def test_sent_again_the_old_link_is_dead_and_the_new_one_has_seven_days(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client, at: At
) -> None:
    old = invited(people.lead, orgs)
    at("2026-11-28")
    invitation = Invitation.objects.get()
    sign_in(people.lead).post(f"/network/invitations/{invitation.pk}/send/")
    assert gone(Client(), old)  # before the worker has written the new one as well
    new = link()
    assert new != old
    assert gone(Client(), old)
    at("2026-12-05T08:00")
    assert accepted(client, new).headers["Location"] == "/"


def test_a_withdrawn_invitation_is_dead_and_can_be_made_anew(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client
) -> None:
    path, lead = invited(people.lead, orgs), sign_in(people.lead)
    lead.post(f"/network/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert gone(Client(), path)
    assert lead.post(NEW, typed(orgs)).status_code == 302
    assert accepted(client, link()).headers["Location"] == "/"


def test_withdrawn_before_the_worker_wrote_it_no_mail_goes(people: People, orgs: Orgs) -> None:
    invitation = inviting.invite(
        by=people.lead, email="a@b.example", name="A", role=Role.DEPUTY, organisation=orgs["kent"]
    )
    inviting.withdraw(invitation, by=people.lead)
    jobs.run_waiting()
    assert not OutboxMail.objects.filter(key__startswith="invitation:").exists()


def test_used_late_withdrawn_and_unknown_links_get_the_same_page(
    people: People, orgs: Orgs, client: Client, at: At
) -> None:
    used = invited(people.lead, orgs, "used@kent.example")
    accepted(client, used)
    withdrawn = invited(people.lead, orgs, "withdrawn@kent.example")
    inviting.withdraw(Invitation.objects.get(email="withdrawn@kent.example"), by=people.lead)
    late = invited(people.lead, orgs, "late@kent.example")
    at("2026-12-20")
    pages = {
        path: re.sub(r'value="[^"]{40,}"', "", Client().get(path, follow=True).content.decode())
        for path in (used, withdrawn, late, "/invitation/never-has-been/", "/invitation/")
    }
    assert len(set(pages.values())) == 1


def test_an_unknown_link_leaves_no_session_behind(db: None, client: Client) -> None:
    client.get("/invitation/never-has-been/", follow=True)
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_the_links_token_stands_in_no_address_that_follows_and_in_no_log(
    people: People, orgs: Orgs, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    path = invited(people.lead, orgs)
    for address in (path, "/invitation/never-has-been/"):
        answer = client.get(address)
        assert answer.headers["Location"] == "/invitation/"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        page = client.get("/invitation/")
        # Not less: a browser that sends no origin at all is refused by the form's protection.
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in page.headers["Cache-Control"]
        assert address.split("/")[2] not in page.content.decode()
        assert address.split("/")[2] not in caplog.text


def test_a_link_is_worth_what_its_sender_may_do_today(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client
) -> None:
    path = invited(people.lead, orgs)
    Membership.objects.filter(user=people.lead).update(ends_on=date(2026, 11, 21))
    assert gone(Client(), path)
    listed = sign_in(people.admin).get("/network/invitations/").content.decode()
    assert "its sender may no longer invite" in listed
    inviting.send_again(Invitation.objects.get(), by=people.admin)
    assert accepted(client, link()).headers["Location"] == "/"


# -- What is typed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "q1w2e3r4t5y6"}, "too common"),
        ({"password": "pat@kent.example"}, "too similar"),
        ({"password": ""}, "Enter"),
        ({"name": " "}, "your name"),
        ({"name": "x" * 121}, "120 characters or fewer"),
    ],
)
def test_what_does_not_do_is_said_and_the_link_stays_good(
    people: People, orgs: Orgs, client: Client, sent: dict[str, str], why: str
) -> None:
    path = invited(people.lead, orgs)
    answer = accepted(client, path, **sent)
    assert answer.status_code == 200
    assert why.lower() in answer.content.decode().lower()
    assert not User.objects.filter(email="pat@kent.example").exists()
    assert accepted(client, path).headers["Location"] == "/"


# -- Somebody who has an account ------------------------------------------------------------------------


def known(name: str = "Kim Known", email: str = "pat@kent.example") -> User:
    return factories.person(name, email=email)


def test_somebody_with_an_account_signs_in_and_then_accepts(
    people: People, orgs: Orgs, client: Client
) -> None:
    kim = known()
    path = invited(people.lead, orgs)
    page = client.get(path, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/?next=%2Finvitation%2Frole%2F"
    assert "sign in, then accept the invitation" in page.content.decode()
    signed = client.post(
        "/accounts/login/",
        {"login": kim.email, "password": factories.PASSWORD, "next": "/invitation/role/"},
        follow=True,
    )
    assert "You are invited to a further role" in signed.content.decode()
    assert not kim.memberships.exists()
    assert client.post("/invitation/role/").headers["Location"] == "/"
    assert User.objects.get(pk=kim.pk).may(Permission.RETURN_EDIT, at=orgs["kent"])
    assert User.objects.get(pk=kim.pk).check_password(factories.PASSWORD)


def test_a_password_typed_for_an_account_that_is_there_changes_nothing(
    people: People, orgs: Orgs, client: Client
) -> None:
    path = invited(people.lead, orgs)
    client.get(path, follow=True)
    kim = known()  # meanwhile
    answer = client.post("/invitation/", {"name": "Somebody", "password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/login/")
    kim.refresh_from_db()
    assert kim.check_password(factories.PASSWORD)
    assert not kim.memberships.exists()
    assert "_auth_user_id" not in client.session


def test_whoever_is_signed_in_with_another_address_is_told_and_gets_nothing(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    path = invited(people.lead, orgs)
    observer = sign_in(people.observer)
    assert "This invitation is for somebody else" in observer.get(path, follow=True).content.decode()
    assert observer.post("/invitation/role/").status_code == 409
    assert people.observer.memberships.count() == 1
    assert Invitation.objects.get().status == "open"


def test_a_session_without_the_second_step_that_a_role_needs_accepts_nothing(
    people: People, orgs: Orgs, sign_in: SignIn, settings: Any
) -> None:
    """It may be a thief's, who knows the password alone."""
    path = invited(people.admin, orgs, people.cochair_one.email or "")
    settings.MFA_REQUIRED = True
    browser = sign_in(people.cochair_one)
    assert browser.get(path, follow=True).redirect_chain[-1][0].startswith("/accounts/2fa/")
    for address in ("/invitation/", "/invitation/role/"):
        browser.post(address, {"name": "Me", "password": PASSWORD})
    assert people.cochair_one.memberships.count() == 1
    assert Invitation.objects.get().status == "open"


def test_somebody_invited_by_two_authorities_has_both_roles_in_the_end(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client
) -> None:
    sign_in(people.lead).post(NEW, typed(orgs, "both@example.org"))
    first = link()
    sign_in(people.stranger).post(NEW, typed(orgs, " BOTH@example.org", "deputy", "medway"))
    second = link()
    accepted(client, first)
    assert "further role" in client.get(second, follow=True).content.decode()
    client.post("/invitation/role/")
    held = Membership.objects.filter(user__email="both@example.org").values_list("role", "organisation__slug")
    assert set(held) == {("contributor", "kent"), ("deputy", "medway")}


def test_a_role_that_is_held_meanwhile_is_not_held_twice(people: People, orgs: Orgs, sign_in: SignIn) -> None:
    path = invited(people.lead, orgs)
    kim = known()
    acts.give_role(kim, Role.CONTRIBUTOR, orgs["kent"], by=people.admin)
    browser = sign_in(kim)
    browser.get(path)
    assert browser.post("/invitation/role/").status_code == 302
    assert kim.memberships.count() == 1
    assert Invitation.objects.get().status == "accepted"


def test_a_closed_account_accepts_nothing(people: People, orgs: Orgs, client: Client) -> None:
    path = invited(people.lead, orgs)
    User.objects.create(email="pat@kent.example", name="Pat", is_active=False, password="!")
    assert "This account is closed" in accepted(client, path).content.decode()
    assert Invitation.objects.get().status == "open"


def test_a_body_that_ended_meanwhile_gives_no_role(people: People, orgs: Orgs, client: Client) -> None:
    path = invited(people.lead, orgs)
    Organisation.objects.filter(slug="kent").update(ends_on=date(2026, 11, 21))
    answer = accepted(client, path)
    assert answer.status_code == 409
    assert "existed until 21 November 2026" in answer.content.decode()
    assert not User.objects.filter(email="pat@kent.example").exists()


# -- Known without an account ---------------------------------------------------------------------------


def test_a_co_chair_of_the_terms_of_reference_is_claimed_by_an_admins_invitation(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client
) -> None:
    sent = {"name": "Lin Ferguson", "email": "lin@example.gov.uk", "role": "co_chair", "organisation": ""}
    assert sign_in(people.admin).post(NEW, sent).status_code == 302
    page = client.get(link(), follow=True).content.decode()
    assert "The network knows you as Lin Ferguson" in page
    client.post("/invitation/", {"password": PASSWORD})
    [lin] = User.objects.filter(name="Lin Ferguson")
    assert lin.email == "lin@example.gov.uk"
    assert lin.standing.roles == {Role.CO_CHAIR}
    assert lin.memberships.count() == 1


def test_a_leads_invitation_claims_nobody_whatever_name_is_typed(
    people: People, orgs: Orgs, sign_in: SignIn, client: Client
) -> None:
    sign_in(people.lead).post(NEW, {**typed(orgs), "name": "Lin Ferguson"})
    accepted(client, link(), name="Lin Ferguson")
    assert User.objects.get(email="pat@kent.example").standing.roles == {Role.CONTRIBUTOR}
    assert User.objects.filter(name="Lin Ferguson").count() == 2


# -- Nobody learns which addresses are known ------------------------------------------------------------


def test_a_lead_who_invites_sees_no_difference_between_a_known_and_an_unknown_address(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    lead = sign_in(people.lead)
    said = []
    for email in ("unknown@example.org", people.observer.email or "", people.deputy.email or ""):
        answer = lead.post(NEW, typed(orgs, email), follow=True)
        page = re.sub(r'value="[^"]{40,}"|/network/invitations/\d+', "", answer.content.decode())
        said.append((answer.redirect_chain[-1][1], page.replace(email, "")))
        assert not OutboxMail.objects.exists()  # a worker's work
    assert len(set(said)) == 1
    assert Job.objects.filter(kind=inviting.KIND).count() == 3


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that is hashed, or compared with a hash."""
    done: list[str] = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode

    def counted(self: Any, password: Any, salt: Any, *args: Any, **kwargs: Any) -> Any:
        done.append("one")
        return encode(self, password, salt, *args, **kwargs)

    monkeypatch.setattr(hasher, "encode", counted)
    return done


def test_accepting_costs_one_password_hash_whether_or_not_there_is_an_account(
    people: People, orgs: Orgs, client: Client, hashes: list[str]
) -> None:
    accepted(client, invited(people.lead, orgs))
    assert len(hashes) == 1
    path, other = invited(people.lead, orgs, "kim@kent.example"), Client()
    other.get(path, follow=True)
    known(email="kim@kent.example")
    hashes.clear()
    other.post("/invitation/", {"name": "Kim", "password": PASSWORD})
    assert len(hashes) == 1


def test_signing_in_costs_one_password_hash_whether_or_not_there_is_an_account(
    people: People, hashes: list[str]
) -> None:
    answers = []
    for login in (people.lead.email, "nobody@example.org"):
        hashes.clear()
        answer = Client().post("/accounts/login/", {"login": login, "password": "not-the-password"})
        page = re.sub(r'value="[^"]*"', "", answer.content.decode())
        answers.append((answer.status_code, page, len(hashes)))
    assert answers[0] == answers[1]
    assert answers[0][2] == 1


def test_a_new_password_is_asked_for_without_any_hash_whether_or_not_there_is_an_account(
    people: People, hashes: list[str]
) -> None:
    answers = []
    for email in (people.lead.email, "nobody@example.org"):
        answer = Client().post("/accounts/password/reset/", {"email": email})
        answers.append((answer.status_code, answer.headers["Location"], len(hashes)))
    assert answers[0] == answers[1]
    assert not hashes
    assert not OutboxMail.objects.exists()


# -- Lists ----------------------------------------------------------------------------------------------


def test_a_lead_sees_the_invitations_to_their_own_authority_only(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    invited(people.lead, orgs, "ours@kent.example")
    inviting.invite(
        by=people.admin, email="theirs@m.example", name="T", role=Role.LEAD, organisation=orgs["medway"]
    )
    page = sign_in(people.lead).get("/network/invitations/").content.decode()
    assert "ours@<wbr>kent.example" in page
    assert "theirs@m.example" not in page
    theirs = Invitation.objects.get(email="theirs@m.example")
    assert sign_in(people.lead).post(f"/network/invitations/{theirs.pk}/withdraw/").status_code == 404


def test_a_lead_reads_but_does_not_touch_the_invitation_of_another_lead_of_theirs(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    inviting.invite(
        by=people.admin, email="new@kent.example", name="N", role=Role.LEAD, organisation=orgs["kent"]
    )
    path, lead = f"/network/invitations/{Invitation.objects.get().pk}/", sign_in(people.lead)
    assert b"Withdraw it" not in lead.get(path).content
    assert lead.post(f"{path}withdraw/").status_code == 403
    assert lead.post(f"{path}send/").status_code == 403


def test_the_same_invitation_twice_is_said_and_one_that_is_late_goes_again(
    people: People, orgs: Orgs, sign_in: SignIn, at: At
) -> None:
    lead = sign_in(people.lead)
    lead.post(NEW, typed(orgs))
    assert "has an open invitation" in lead.post(NEW, typed(orgs)).content.decode()
    at("2026-12-20")
    assert sign_in(people.lead).post(NEW, typed(orgs)).status_code == 302
    assert Invitation.objects.get().sendings == 2
