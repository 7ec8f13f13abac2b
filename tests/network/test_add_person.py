"""Who is added on the command line signs in after choosing a password, and does what the role allows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from network import jobs
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.people.models import Membership, Organisation, User
from network.roles import Permission, Role
from tests import factories

Orgs = dict[str, Organisation]


def add(*arguments: str) -> str:
    out = StringIO()
    call_command("add_person", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    before = User.objects.count(), Membership.objects.count(), AuditEntry.objects.count()
    with pytest.raises(CommandError) as refusal:
        add(*arguments)
    assert (User.objects.count(), Membership.objects.count(), AuditEntry.objects.count()) == before
    return str(refusal.value)


def test_the_first_admin_chooses_a_password_by_mail_and_signs_in(orgs: Orgs, client: Client) -> None:
    said = add("Coordinator@Example.gov.uk", "Ada Coordinator", "--role", "admin")
    person = User.objects.get(email="coordinator@example.gov.uk")
    assert not person.has_usable_password()
    assert "/accounts/password/reset/" in said
    assert person.may(Permission.FOI_MANAGE)

    client.post("/accounts/password/reset/", {"email": "coordinator@example.gov.uk"})
    jobs.run_waiting()
    link = re.search(r"/accounts/password/reset/key/\S+", OutboxMail.objects.get(to_user=person).text)
    assert link
    page = client.get(link[0], follow=True)
    chosen = {"password1": "eleven-otters-swim", "password2": "eleven-otters-swim"}
    client.post(page.redirect_chain[-1][0], chosen)
    client.post("/accounts/login/", {"login": "coordinator@example.gov.uk", "password": "eleven-otters-swim"})
    assert b"Ada Coordinator" in client.get("/").content


def test_a_lead_is_one_at_their_own_authority_only(orgs: Orgs) -> None:
    add("lead@kent.example", "Kim Lead", "--role", "lead", "--organisation", "kent")
    person = User.objects.get(email="lead@kent.example")
    assert person.may(Permission.RETURN_SUBMIT, at=orgs["kent"])
    assert not person.may(Permission.RETURN_SUBMIT, at=orgs["medway"])
    assert Membership.objects.get(user=person).starts_on == date(2026, 11, 22)


def test_a_co_chair_of_the_terms_of_reference_gets_an_account_and_stays_one_person(orgs: Orgs) -> None:
    said = add("lin.ferguson@example.gov.uk", "Lin Ferguson", "--role", "co-chair")
    assert "known to the portal without an account" in said
    [person] = User.objects.filter(name="Lin Ferguson")
    assert person.email == "lin.ferguson@example.gov.uk"
    assert Membership.objects.filter(user=person, role=Role.CO_CHAIR).count() == 1


def test_somebody_with_an_account_gets_a_further_role(orgs: Orgs) -> None:
    factories.person("Kim Lead", Role.LEAD, orgs["kent"], email="kim@kent.example")
    assert "as well" in add("KIM@kent.example", "Kim Lead", "--role", "co_chair")
    assert User.objects.get(email="kim@kent.example").standing.roles == {Role.LEAD, Role.CO_CHAIR}


def test_the_act_is_on_record(orgs: Orgs) -> None:
    add("lead@kent.example", "Kim Lead", "--role", "lead", "--organisation", "kent")
    entry = AuditEntry.objects.get(verb="added a person")
    assert entry.object_id == User.objects.get(email="lead@kent.example").pk
    assert entry.detail == {"role": "lead", "organisation": "kent"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("a@example.org", "A", "--role", "boss"), "is not a role. The roles are lead"),
        (("a@example.org", "A", "--role", "lead"), "add --organisation"),
        (("a@example.org", "A", "--role", "admin", "--organisation", "kent"), "leave out --organisation"),
        (
            ("a@example.org", "A", "--role", "lead", "--organisation", "atlantis"),
            "no organisation “atlantis”",
        ),
        (("a@example.org", "A", "--role", "lead", "--organisation", "kent-and-medway"), "a member authority"),
        (("a@example.org", "A", "--role", "partner", "--organisation", "kent"), "integrated care board"),
        (("a@example.org", "A", "--role", "partner", "--organisation", "frimley"), "until 31 March 2026"),
        (("not an address", "A", "--role", "admin"), "not an e-mail address"),
        (("a@example.org", " ", "--role", "admin"), "name"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_nothing_is_kept(
    orgs: Orgs, arguments: tuple[str, ...], why: str
) -> None:
    assert why in refused(*arguments)


def test_the_same_person_twice_and_another_persons_address_are_refused(orgs: Orgs) -> None:
    lead = ("kim@kent.example", "Kim Lead", "--role", "lead", "--organisation", "kent")
    add(*lead)
    assert "lead at Kent County Council already" in refused(*lead)
    assert "the account of Kim Lead" in refused("Kim@kent.example", "Somebody Else", "--role", "admin")


def test_a_demonstrations_address_is_refused_where_figures_are_real(orgs: Orgs, settings: Any) -> None:
    settings.PORTAL_DEMO = False
    assert "would no longer start" in refused("a@demo.example", "A", "--role", "admin")


def test_a_role_ends_with_its_last_day_and_is_not_given_back_by_loading_the_network(
    orgs: Orgs, at: Callable[[str], None]
) -> None:
    add("lin.ferguson@example.gov.uk", "Lin Ferguson", "--role", "co_chair")
    out = StringIO()
    call_command("end_role", "lin.ferguson@example.gov.uk", "--role", "co-chair", stdout=out)
    assert "22 November 2026" in out.getvalue()
    assert AuditEntry.objects.filter(verb="ended a role").count() == 1
    assert User.objects.get(name="Lin Ferguson").may(Permission.AGENDA_AGREE)
    at("2026-11-23")
    call_command("seed_network", stdout=StringIO())
    assert not User.objects.get(name="Lin Ferguson").may(Permission.AGENDA_AGREE)


def test_a_role_that_is_not_held_can_not_end(orgs: Orgs) -> None:
    with pytest.raises(CommandError, match="no such role"):
        call_command("end_role", "nobody@example.org", "--role", "admin", stdout=StringIO())
