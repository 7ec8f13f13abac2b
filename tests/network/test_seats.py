"""An authority without a lead, or with one who is never there, shows where the coordinator looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network import dates
from network.membership import seats
from network.people.models import Membership, Organisation, User
from network.roles import Role
from tests import factories
from tests.conftest import People

Orgs = dict[str, Organisation]
SignIn = Callable[[User], Client]
At = Callable[[str], None]


def seen(person: User, days_ago: int) -> None:
    User.objects.filter(pk=person.pk).update(last_login=dates.now() - timedelta(days=days_ago))


def asking() -> dict[str, str]:
    return {seat.name: seats.state_of(seat) for seat in seats.needing(seats.seats())}


@pytest.fixture
def all_there(people: People, orgs: Orgs) -> None:
    """Every authority of today has a lead who was in yesterday."""
    for body in Organisation.objects.authorities().in_force():
        if not Membership.objects.filter(organisation=body, role=Role.LEAD).in_force().exists():
            factories.person(f"Lead, {body.name}", Role.LEAD, body)
    User.objects.update(last_login=dates.now() - timedelta(days=1))


def test_where_every_lead_is_there_no_seat_asks(all_there: None) -> None:
    assert asking() == {}


def test_a_seat_without_a_lead_asks_also_where_there_is_a_deputy(all_there: None, people: People) -> None:
    Membership.objects.filter(user=people.lead).update(ends_on=date(2026, 11, 21))
    assert asking() == {"Kent": "no lead with an account"}


def test_a_lead_without_an_account_or_with_a_closed_one_does_not_count(
    all_there: None, people: People
) -> None:
    User.objects.filter(pk=people.lead.pk).update(is_active=False)
    User.objects.filter(pk=people.stranger.pk).update(email=None)
    assert set(asking()) == {"Kent", "Medway"}


def test_a_seat_asks_before_its_lead_leaves_unless_somebody_follows(
    all_there: None, people: People, orgs: Orgs
) -> None:
    Membership.objects.filter(user=people.lead).update(ends_on=date(2027, 1, 31))
    assert asking() == {"Kent": "no lead from 1 February 2027 on"}
    factories.membership(people.deputy, Role.LEAD, orgs["kent"], starts_on=date(2027, 2, 1))
    assert asking() == {}


def test_a_seat_that_ends_with_its_authority_does_not_ask(all_there: None, orgs: Orgs) -> None:
    Membership.objects.filter(organisation=orgs["surrey"]).update(ends_on=orgs["surrey"].ends_on)
    assert asking() == {}


def test_sixty_days_without_a_sign_in_are_too_many_unless_another_lead_is_there(
    all_there: None, people: People, orgs: Orgs
) -> None:
    seen(people.lead, 60)
    assert asking() == {}
    seen(people.lead, 61)
    assert asking() == {"Kent": "the lead has not signed in for 60 days"}
    other = factories.person("Second lead, Kent", Role.LEAD, orgs["kent"])
    seen(other, 3)
    assert asking() == {}


def test_a_lead_who_never_signed_in_has_sixty_days_from_the_day_of_the_account(
    all_there: None, people: People, at: At
) -> None:
    User.objects.filter(pk=people.lead.pk).update(last_login=None, joined_at=dates.now())
    assert asking() == {}
    at("2027-01-22")
    User.objects.exclude(pk=people.lead.pk).update(last_login=dates.now())
    assert asking() == {"Kent": "the lead has never signed in"}


def test_signing_in_is_what_counts(all_there: None, people: People, client: Client) -> None:
    seen(people.lead, 90)
    client.post("/accounts/login/", {"login": people.lead.email, "password": factories.PASSWORD})
    assert asking() == {}


def test_the_admins_home_names_few_seats_one_by_one_and_many_together(
    all_there: None, people: People, sign_in: SignIn
) -> None:
    seen(people.lead, 90)
    assert "Kent: the lead has not signed in for 60 days" in sign_in(people.admin).get("/").content.decode()
    assert "signed in for 60 days" not in sign_in(people.cochair_one).get("/").content.decode()
    Membership.objects.filter(role=Role.LEAD).delete()
    home = sign_in(people.admin).get("/").content.decode()
    assert "19 authorities need a lead, or one who signs in" in home


def test_the_list_of_seats_shows_those_that_ask_first_and_all_if_wanted(
    all_there: None, people: People, sign_in: SignIn, orgs: Orgs
) -> None:
    Membership.objects.filter(user=people.stranger).delete()
    admin = sign_in(people.admin)
    page = admin.get("/network/seats/").content.decode()
    assert "1 of 19 seats" in page
    assert f"/network/invitations/new/?role=lead&amp;organisation={orgs['medway'].pk}" in page
    whole = admin.get("/network/seats/?needs=all").content.decode()
    assert "19 seats" in whole
    assert "Lead, Kent" in whole
    assert "Medway,No lead with an account,None" in admin.get("/network/seats/?export=csv").content.decode()


def test_a_quiet_lead_is_written_to_handed_over_from_or_given_a_second(
    all_there: None, people: People, sign_in: SignIn
) -> None:
    seen(people.lead, 90)
    page = sign_in(people.admin).get("/network/seats/").content.decode()
    for words in (
        f'href="mailto:{people.lead.email}">Write to them<',
        f'href="/network/people/{people.lead.pk}/handover/">Hand over<',
        ">Invite another<",
    ):
        assert words in page
    assert page.index("What to do") < page.index(">State<"), "it is seen on a phone"


def test_the_link_to_invite_a_lead_fills_the_form_in(people: People, orgs: Orgs, sign_in: SignIn) -> None:
    path = f"/network/invitations/new/?role=lead&organisation={orgs['medway'].pk}"
    page = sign_in(people.admin).get(path).content.decode()
    assert f'<option value="{orgs["medway"].pk}" selected>' in page


def test_all_seats_cost_one_query(all_there: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(list(seats.seats())) == 19
    assert len(asked) == 1
