"""Two open invitations to one address are pointed out to whoever sees both, and a lead learns of no other
authority's people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.membership import inviting
from network.membership.models import Invitation
from network.people.models import Organisation, User
from network.roles import Role
from tests.browsing import opened
from tests.conftest import People

Orgs = dict[str, Organisation]
SignIn = Callable[[User], Client]
At = Callable[[str], None]
LIST, NEW = "/network/invitations/", "/network/invitations/new/"
PAT = "pat@council.example"
FLEETING = re.compile(r'(name="(csrfmiddlewaretoken|once)" value|nonce)="[^"]*"')


@pytest.fixture
def medway_lead(people: People) -> User:
    return people.stranger


def invited(by: User, where: Organisation, role: Role = Role.CONTRIBUTOR, email: str = PAT) -> Invitation:
    return inviting.invite(by=by, email=email, name="Pat Newcomer", role=role, organisation=where)


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def typed(client: Client, where: Organisation, email: str = PAT, role: str = "contributor") -> dict[str, str]:
    return opened(client, NEW) | {
        "name": "Pat Newcomer",
        "email": email,
        "role": role,
        "organisation": str(where.pk),
    }


def shown(answer: Any) -> dict[str, str]:
    soup = BeautifulSoup(answer.content, "html.parser")
    return {str(one["name"]): str(one.get("value", "")) for one in soup.select("main input[type=hidden]")}


def test_an_admin_is_told_of_the_first_before_the_second_is_sent_and_sends_it_with_one_press_more(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User
) -> None:
    invited(medway_lead, orgs["medway"])
    client = sign_in(people.admin)
    sent = typed(client, orgs["kent"], email=" Pat@Council.Example ")
    asked = client.post(NEW, sent)
    assert (
        "This address has an open invitation already: Pat Newcomer, as contributor at Medway Council, by "
        "Lead, Medway, until 29 November 2026." in words(asked)
    )
    assert Invitation.objects.count() == 1
    assert client.post(NEW, sent | shown(asked)).status_code == 302
    assert Invitation.objects.filter(email=PAT, status="open").count() == 2


def test_an_admin_sees_on_the_list_its_downloads_and_both_pages_that_there_are_two(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User
) -> None:
    first, second = invited(medway_lead, orgs["medway"]), invited(people.lead, orgs["kent"])
    invited(people.lead, orgs["kent"], email="sam@council.example")
    client = sign_in(people.admin)
    said = "Open. Another open invitation goes to this address"
    assert words(client.get(LIST)).count(said) == 2
    assert client.get(f"{LIST}?export=csv").content.decode().count(said) == 2
    page = words(client.get(first.get_absolute_url()))
    assert "Another open invitation goes to this address." in page
    assert "Pat Newcomer, as contributor at Kent County Council , invited by Lead, Kent" in page
    assert first.get_absolute_url().encode() in client.get(second.get_absolute_url()).content


def test_a_lead_hears_nothing_of_another_authoritys_invitation_anywhere(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User
) -> None:
    """Each page is the same to the letter as if nobody else had been invited."""
    own = invited(people.lead, orgs["kent"])
    client = sign_in(people.lead)
    pages = (LIST, f"{LIST}?export=csv", own.get_absolute_url())

    def seen() -> list[str]:
        gets = [client.get(page) for page in pages]
        sent = client.post(NEW, typed(client, orgs["kent"], role="deputy"))
        return [FLEETING.sub("", one.content.decode()) for one in (*gets, sent)]

    alone = seen()
    other = invited(medway_lead, orgs["medway"])
    assert seen() == alone
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_leads_invitation_goes_out_at_once_though_another_authority_has_invited_the_person(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User
) -> None:
    invited(medway_lead, orgs["medway"])
    client = sign_in(people.lead)
    assert client.post(NEW, typed(client, orgs["kent"])).status_code == 302


def test_a_lead_is_told_of_the_admins_invitation_to_their_own_authority(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    invited(people.admin, orgs["kent"], Role.DEPUTY)
    client = sign_in(people.lead)
    asked = words(client.post(NEW, typed(client, orgs["kent"])))
    assert "Pat Newcomer, as deputy at Kent County Council, by " in asked
    assert "Nothing has been sent yet." in asked


@pytest.mark.parametrize("over", ["withdrawn", "late", "its sender may no longer invite"])
def test_one_that_can_not_be_accepted_any_more_is_none(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User, at: At, over: str
) -> None:
    first = invited(medway_lead, orgs["medway"])
    if over == "withdrawn":
        inviting.withdraw(first, by=people.admin)
    elif over == "late":
        at("2026-12-05")
    else:
        medway_lead.memberships.update(ends_on="2026-11-01")
    client = sign_in(people.admin)
    assert client.post(NEW, typed(client, orgs["kent"])).status_code == 302
    assert "to this address" not in words(client.get(LIST)).replace("sent to this address", "")


def test_both_remarks_are_shown_at_once(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User
) -> None:
    invited(medway_lead, orgs["medway"])
    client = sign_in(people.admin)
    sent = typed(client, orgs["kent"], role="lead")
    asked = client.post(NEW, sent)
    assert "Kent has a lead already" in words(asked)
    assert "This address has an open invitation already" in words(asked)
    assert client.post(NEW, sent | shown(asked)).status_code == 302


def test_the_list_asks_the_same_however_many_go_to_one_address(
    people: People, orgs: Orgs, sign_in: SignIn, medway_lead: User
) -> None:
    client, counts = sign_in(people.admin), set()
    for number in (1, 3, 10):
        for one in range(number):
            email = f"pat{number}{one}@council.example"
            invited(people.lead, orgs["kent"], email=email)
            invited(medway_lead, orgs["medway"], email=email)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.add(len(queries))
    assert len(counts) == 1


def test_on_a_phone_each_invitation_is_a_block_in_which_its_state_has_the_whole_width(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    invited(people.lead, orgs["kent"])
    page = sign_in(people.admin).get(LIST).content.decode()
    assert "app-stack" in page
    for label in ("Address", "Invited by", "Good until", "State"):
        assert f'data-label="{label}"' in page
