"""Contact details are shown to those whom the person chose, and names to members, at every door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from network import dates
from network.library.models import LibraryItem
from network.membership.models import Invitation
from network.people.contact import ShownTo, contact_rule
from network.people.models import Organisation, User
from tests.conftest import People

SignIn = Callable[[User], Client]

SEES = {
    ShownTo.NETWORK: {"lead", "deputy", "contributor", "director", "stranger"}
    | {"cochair_one", "cochair_two", "admin"},
    ShownTo.CHAIRS: {"lead", "cochair_one", "cochair_two", "admin"},
    ShownTo.COORDINATOR: {"lead", "admin"},
}
"""Who sees the details of the lead of Kent, by what they chose; they themselves always do."""


@pytest.fixture
def lead(people: People) -> User:
    people.lead.phone = "01622 696 333"
    people.lead.save()
    return people.lead


def choose(person: User, choice: str) -> None:
    person.contact_shown_to = choice
    person.save()


@pytest.mark.parametrize("choice", SEES)
def test_exactly_those_who_were_chosen_see_the_address_and_the_number(
    lead: User, people: People, choice: str
) -> None:
    choose(lead, choice)
    for name, reader in people.items():
        shown = lead.contact_for(reader)
        sees = name in SEES[ShownTo(choice)]
        assert bool(shown) == sees, name
        assert (shown.email, shown.phone) == ((lead.email, lead.phone) if sees else ("", "")), name
        found = User.objects.filter(contact_rule(reader), email=lead.email).exists()
        assert found == sees, f"{name} finds them by their address"


@pytest.mark.parametrize("choice", SEES)
def test_the_page_of_a_body_shows_them_to_nobody_else(
    lead: User, people: People, orgs: dict[str, Organisation], sign_in: SignIn, choice: str
) -> None:
    choose(lead, choice)
    for name, reader in people.items():
        page = sign_in(reader).get(orgs["kent"].get_absolute_url()).content.decode()
        assert (f"mailto:{lead.email}" in page) == (name in SEES[ShownTo(choice)]), name
        assert (lead.phone in page) == (name in SEES[ShownTo(choice)]), name


def test_a_new_person_is_shown_to_the_members_of_the_network(people: People) -> None:
    assert people.lead.contact_shown_to == ShownTo.NETWORK


def test_the_database_knows_no_other_choice(people: People) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        choose(people.lead, "published")


@pytest.mark.parametrize("query", ["", "?sort=added_by", "?export=csv", "?q=guide", "{pk}/"])
def test_who_added_something_to_the_library_is_told_to_members_only(
    people: People, sign_in: SignIn, query: str
) -> None:
    item = LibraryItem.objects.create(
        title="A guide",
        kind="guidance",
        link="https://example.org/",
        audience="published",
        added_by=people.stranger,
    )
    readers = {"partner": False, "observer": False, "lead": True, "director": True, "admin": True}
    for name, told in readers.items():
        page = sign_in(getattr(people, name)).get(f"/library/{query.format(pk=item.pk)}").content.decode()
        assert "A guide" in page
        assert (people.stranger.name in page) == told, name
        assert told or "Added by" not in page


def test_the_order_of_a_list_does_not_tell_who_added_what(people: People, sign_in: SignIn) -> None:
    for by, title in ((people.stranger, "First"), (people.admin, "Second")):
        LibraryItem.objects.create(
            title=title, kind="guidance", link="https://example.org/", audience="partners", added_by=by
        )
    client = sign_in(people.partner)
    up, down = (client.get(f"/library/?sort={order}added_by").content.decode() for order in ("", "-"))
    assert (up.index("First") < up.index("Second")) == (down.index("First") < down.index("Second"))


def text_of(client: Client, page: str) -> str:
    """An address may break after its @."""
    return client.get(page).content.decode().replace("<wbr>", "")


def test_the_address_of_an_accepted_invitation_is_shown_as_its_person_chose(
    people: People, orgs: dict[str, Organisation], sign_in: SignIn
) -> None:
    """The lead sees invitations to their own authority; after it is accepted the address is the deputy's."""
    made = Invitation.objects.create(
        email=str(people.deputy.email),
        name=people.deputy.name,
        role="deputy",
        organisation=orgs["kent"],
        invited_by=people.admin,
        expires_at=dates.now(),
    )
    pages = ("/network/invitations/", f"/network/invitations/{made.pk}/", "/network/invitations/?export=csv")
    found = f"/network/invitations/?q={people.deputy.email}"

    def told(reader: User) -> set[bool]:
        client = sign_in(reader)
        told = {str(people.deputy.email) in text_of(client, page) for page in pages}
        return told | {made.get_absolute_url() in client.get(found).content.decode()}

    assert told(people.lead) == {True}, "the invitation is open"
    Invitation.objects.update(status="accepted", accepted_by=people.deputy, accepted_at=dates.now())
    assert told(people.lead) == {True}, "shown to members"
    choose(people.deputy, ShownTo.COORDINATOR)
    assert told(people.lead) == {False}
    assert told(people.admin) == {True}
