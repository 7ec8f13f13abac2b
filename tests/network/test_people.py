"""The network as it is: bodies with dates and successors, loaded from the reference data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from network import dates
from network.people.models import BankHoliday, Footprint, Membership, Organisation, Succession, User
from network.roles import Role
from tests.conftest import People

SignIn = Callable[[User], Client]


def names(rows: Iterable[Organisation]) -> set[str]:
    return {row.name for row in rows}


def test_the_network_has_its_nineteen_authorities_today(orgs: dict[str, Organisation]) -> None:
    assert Organisation.objects.authorities().in_force().count() == 19


def test_seven_boards_become_five_on_1_april_2026(orgs: dict[str, Organisation]) -> None:
    icbs = Organisation.objects.icbs()
    assert icbs.in_force(date(2026, 3, 31)).count() == 7
    assert names(icbs.in_force(date(2026, 4, 1))) == {
        "Central East",
        "Hampshire and Isle of Wight",
        "Kent and Medway",
        "Surrey and Sussex",
        "Thames Valley",
    }


def test_frimley_was_split_three_ways(orgs: dict[str, Organisation]) -> None:
    successors = Succession.objects.filter(predecessor=orgs["frimley"]).select_related("successor")
    assert {one.successor.name for one in successors} == {
        "Thames Valley",
        "Surrey and Sussex",
        "Hampshire and Isle of Wight",
    }


def test_surrey_becomes_two_councils_on_1_april_2027(orgs: dict[str, Organisation]) -> None:
    authorities = Organisation.objects.authorities()
    before, after = (
        names(authorities.in_force(date(2027, 3, 31))),
        names(authorities.in_force(date(2027, 4, 1))),
    )
    assert before - after == {"Surrey"}
    assert after - before == {"East Surrey", "West Surrey"}


def test_a_reorganisation_that_is_not_law_ends_nobody(orgs: dict[str, Organisation]) -> None:
    assert orgs["hampshire"].ends_on is None
    assert "not yet law" in orgs["hampshire"].note


@pytest.mark.parametrize(
    ("authority", "on", "boards"),
    [
        ("surrey", date(2026, 3, 31), {"Frimley", "Surrey Heartlands"}),
        ("surrey", date(2026, 4, 1), {"Surrey and Sussex"}),
        ("kent", date(2024, 1, 1), {"Kent and Medway"}),
        ("milton-keynes", date(2026, 11, 22), {"Central East"}),
    ],
)
def test_an_authoritys_board_depends_on_the_date(
    orgs: dict[str, Organisation], authority: str, on: date, boards: set[str]
) -> None:
    rows = Footprint.objects.in_force(on).filter(authority=orgs[authority]).select_related("icb")
    assert {row.icb.name for row in rows} == boards


def test_loading_the_reference_data_again_changes_nothing(reference: None) -> None:
    def everything() -> list[object]:
        tables = (Organisation, Succession, Footprint, BankHoliday, Membership, User)
        return [sorted(table._default_manager.values_list("pk", flat=True)) for table in tables]

    before = everything()
    call_command("seed_network", stdout=StringIO())
    assert everything() == before


def test_a_holiday_that_an_admin_added_stays_when_the_data_are_loaded_again(people: People) -> None:
    BankHoliday.objects.create(on=date(2027, 6, 1), title="A day of mourning", added_by=people.admin)
    call_command("seed_network", stdout=StringIO())
    assert BankHoliday.known()[date(2027, 6, 1)] == "A day of mourning"


def test_the_cochairs_of_the_terms_of_reference_are_people_without_accounts(reference: None) -> None:
    named = Membership.objects.filter(role=Role.CO_CHAIR).select_related("user")
    assert {one.user.name for one in named} == {"Lin Ferguson", "Liam Doherty"}
    assert all(one.user.email is None and not one.user.has_usable_password() for one in named)
    assert all(one.starts_on is None for one in named)


def test_the_database_refuses_a_body_that_ends_before_it_began(reference: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(
            name="X",
            full_name="X",
            slug="x",
            kind="other",
            starts_on=date(2026, 2, 2),
            ends_on=date(2026, 2, 1),
        )


def test_the_database_refuses_a_successor_of_itself(orgs: dict[str, Organisation]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Succession.objects.create(
            predecessor=orgs["kent"], successor=orgs["kent"], on=dates.today(), kind="merger", state="x"
        )


def test_the_directory_shows_a_body_with_its_boards_over_time(people: People, sign_in: SignIn) -> None:
    page = sign_in(people.lead).get("/network/surrey/").content.decode()
    for words in (
        "Surrey County Council",
        "E10000030",
        "Frimley",
        "Surrey and Sussex",
        "31 March 2027",
        "East Surrey",
    ):
        assert words in page


def test_members_see_who_holds_which_role_and_partners_do_not(people: People, sign_in: SignIn) -> None:
    assert "Deputy, Kent" in sign_in(people.stranger).get("/network/kent/").content.decode()
    assert "Deputy, Kent" not in sign_in(people.partner).get("/network/kent/").content.decode()


def test_the_directory_is_filtered_by_when(people: People, sign_in: SignIn) -> None:
    page = sign_in(people.admin).get("/network/?state=past&kind=icb").content.decode()
    table = page[page.index("<table") :]
    assert "NHS Frimley ICB" in table
    assert "NHS Kent and Medway ICB" not in table
