"""The directory of a coming day names the people who are planned to be there, marked as planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from network.marks import Loaded
from network.people.models import Membership, Organisation, User
from network.reorganisation import acts, drafts
from network.reorganisation.models import Reorganisation
from network.reorganisation.plan import plan_of
from network.roles import Role
from network.tick import tick
from tests import factories
from tests.conftest import People
from tests.network.test_directory import listed
from tests.reorganisation.test_reorganisation_pages import text
from tests.reorganisation_factories import reorganisation

Bodies = dict[str, Organisation]
SignIn = Callable[[User], Client]
At = Callable[[str], None]
THEN = "on=2027-04-01"
PEOPLE = 7  # the column


def drafted(people: People, goes: dict[str, list[str]]) -> Reorganisation:
    """Surrey becomes two; each person, by name, goes to these, and all others to none."""
    row = reorganisation(people.admin, [Organisation.objects.get(slug="surrey")])
    seats = plan_of(row).seats
    moves = {
        seat.membership.pk: list(row.successors.filter(name__in=goes.get(seat.person, []))) for seat in seats
    }
    drafts.set_moves(row, moves, by=people.admin, loaded=Loaded(drafts.mark_of_seats(seats)))
    return row


def prepared(people: People, goes: dict[str, list[str]]) -> Reorganisation:
    return acts.prepare(drafted(people, goes), by=people.admin)


@pytest.fixture
def surrey(orgs: Bodies) -> dict[str, User]:
    roles = (Role.LEAD, Role.DEPUTY, Role.DIRECTOR)
    return {role: factories.person(f"The {role}", role, orgs["surrey"]) for role in roles}


def test_people_who_are_planned_for_a_successor_stand_there_as_planned_on_page_and_downloads(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    prepared(people, {"The lead": ["East Surrey"], "The deputy": ["East Surrey", "West Surrey"]})
    client = sign_in(people.stranger)
    rows = listed(client, THEN)
    assert "Deputy (planned): The deputy; Lead (planned): The lead" in rows["East Surrey"]
    assert "Deputy (planned): The deputy" in rows["West Surrey"]
    assert "Lead (planned): The lead" in text(client.get(f"/network/?{THEN}"))
    book = load_workbook(BytesIO(client.get(f"/network/?{THEN}&export=xlsx").content))
    assert "Deputy (planned): The deputy" in [cell for row in book.worksheets[0].values for cell in row]
    page = text(client.get(f"/network/east-surrey/?{THEN}"))
    assert "LeadPlannedThe lead" in page
    assert "Planned from 1 April 2027" in page
    assert "The director" not in page  # whose role ends


def test_the_directory_of_the_day_before_shows_them_where_they_are(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    prepared(people, {"The lead": ["East Surrey"]})
    before = listed(sign_in(people.stranger), "on=2027-03-31")["Surrey"]
    assert "Deputy: The deputy; Lead: The lead" in before


def test_a_body_that_is_to_come_names_who_is_planned_for_its_first_day_today_as_well(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    prepared(people, {"The lead": ["East Surrey"]})
    client = sign_in(people.stranger)
    assert "Lead (planned): The lead" in listed(client, "state=coming")["East Surrey"]
    assert "Planned from 1 April 2027" in text(client.get("/network/east-surrey/"))
    assert "Lead: The lead" in str(listed(client, "")["Surrey"])


def test_nobody_holds_a_role_any_more_at_a_body_that_will_have_ended_as_prepared(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    client = sign_in(people.stranger)
    assert "The lead" in text(client.get("/network/surrey/?on=2027-03-31"))
    prepared(people, {"The lead": ["East Surrey"]})
    page = text(client.get(f"/network/surrey/?{THEN}"))
    assert "The lead" not in page
    assert "This body will have ended by then." in page
    assert "The lead" not in str(listed(client, f"{THEN}&state=past")["Surrey"])


def test_nobody_holds_a_role_on_a_day_after_the_last_one_of_a_body_that_ends_with_nothing_prepared(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    client = sign_in(people.stranger)
    assert "The lead" in text(client.get("/network/surrey/?on=2027-03-31"))
    page = text(client.get(f"/network/surrey/?{THEN}"))
    assert "The lead" not in page
    assert "This body will have ended by then." in page
    assert "The lead" not in str(listed(client, f"{THEN}&state=past")["Surrey"])
    assert surrey["lead"].memberships.get().ends_on is None  # the role itself stays


def test_a_draft_plans_nothing_for_the_directory_and_neither_does_one_that_was_withdrawn(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    row = drafted(people, {"The lead": ["East Surrey"]})
    client = sign_in(people.stranger)
    assert "The lead" not in str(listed(client, THEN)["East Surrey"])
    acts.prepare(row, by=people.admin)
    acts.withdraw(row, by=people.admin)
    assert "The lead" not in str(listed(client, THEN)["East Surrey"])
    assert "The lead" not in text(client.get(f"/network/east-surrey/?{THEN}"))


def test_whoever_may_not_read_who_holds_which_role_sees_no_planned_people(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    prepared(people, {"The lead": ["East Surrey"]})
    client = sign_in(people.partner)
    for address in (f"/network/?{THEN}", f"/network/?{THEN}&export=csv", f"/network/east-surrey/?{THEN}"):
        assert b"The lead" not in client.get(address).content


JUNE = date(2027, 6, 1)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(None, date(2027, month, day)) for month, day in ((2, 28), (3, 31), (9, 30))]
    + [(None, None), (JUNE, None), (JUNE, date(2027, 9, 30))],
)
def test_what_is_planned_is_what_comes_about(
    people: People, sign_in: SignIn, orgs: Bodies, at: At, starts: date | None, ends: date | None
) -> None:
    """For each role whatever its days, decided or come since, on the first day and later."""
    early = factories.person("Early", Role.PARTNER, orgs["central-east"])
    factories.person("Known", Role.PARTNER, orgs["central-east"], starts_on=starts, ends_on=ends)
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.prepare(row, by=people.admin)
    late = factories.person("Late", Role.PARTNER, orgs["central-east"], starts_on=starts, ends_on=ends)
    Membership.objects.filter(user=early).update(ends_on=date(2026, 11, 22), ended_at="2026-11-22T00:00Z")
    assert late.memberships.exists()
    client = sign_in(people.stranger)
    days = ("2027-04-01", "2027-07-01", "2028-01-01")
    said = [listed(client, f"on={day}")["Middle"][-1] for day in days]
    at("2027-04-01")
    assert not tick().failed
    client = sign_in(people.stranger)
    assert [one.replace(" (planned)", "") for one in said] == [
        listed(client, f"on={day}")["Middle"][-1] for day in days
    ]


NEXT_YEAR = date(2028, 4, 1)
DAYS = ("2027-03-31", "2027-04-01", "2027-07-01", "2028-03-31", "2028-04-01", "2029-01-01")


def standing(client: Client) -> list[tuple[str, str, list[str]]]:
    """Each day and board that has begun by then, with its people, planned or not."""
    return [
        (day, body, sorted(line[-1].replace(" (planned)", "").split("; ")))
        for day in DAYS
        for state in ("", "past")
        for body, line in sorted(listed(client, f"on={day}&kind=icb&state={state}").items())
    ]


def test_people_who_are_planned_for_a_body_that_ends_in_its_turn_stand_at_what_comes_after_that(
    people: People, sign_in: SignIn, orgs: Bodies
) -> None:
    factories.person("Partner", Role.PARTNER, orgs["central-east"])
    acts.prepare(reorganisation(people.admin, [orgs["central-east"]], ["Middle"]), by=people.admin)
    middle = Organisation.objects.get(slug="middle")
    row = reorganisation(people.admin, [middle], ["Greater"], on=NEXT_YEAR)
    acts.prepare(row, by=people.admin)
    client = sign_in(people.stranger)
    page = text(client.get("/network/greater/?on=2028-04-01"))
    assert "PartnerPlannedPartner" in page
    assert "Planned from 1 April 2028" in page
    assert "Partner (planned): Partner" in listed(client, "state=coming")["Greater"]
    assert "Partner (planned): Partner" in listed(client, "on=2028-03-31")["Middle"]
    page = text(client.get("/network/middle/?on=2028-04-01"))
    assert "This body will have ended by then." in page
    assert "Planned from" not in page


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(None, date(2027, 9, 30)), (None, date(2028, 3, 31)), (None, date(2028, 9, 30)), (None, None)]
    + [(JUNE, date(2028, 3, 31)), (date(2028, 6, 1), None)],
)
@pytest.mark.parametrize("splits", [False, True])
def test_what_is_planned_through_several_reorganisations_is_what_comes_about(
    people: People,
    sign_in: SignIn,
    orgs: Bodies,
    at: At,
    starts: date | None,
    ends: date | None,
    splits: bool,
) -> None:
    """One board becomes new, the next year it joins another one that goes on, or is split; some people are
    there from the start, some come later, some hold the same role in both places."""
    here, there = orgs["central-east"], orgs["thames-valley"]
    term = {"starts_on": starts, "ends_on": ends}
    factories.person("Known", Role.PARTNER, here, **term)
    both = factories.person("Both", Role.PARTNER, here)
    factories.membership(both, Role.PARTNER, there, **term)
    factories.person("There", Role.PARTNER, there)
    acts.prepare(reorganisation(people.admin, [here], ["Middle"]), by=people.admin)
    middle = Organisation.objects.get(slug="middle")
    if splits:
        late = factories.person("Chosen", Role.PARTNER, middle, starts_on=date(2027, 5, 1))
        row = reorganisation(people.admin, [middle], ["Left", "Right"], on=NEXT_YEAR)
        plan = plan_of(row)
        covers = {(line.successor.pk, line.other.pk): "part" for line in plan.lines}
        drafts.set_footprint(row, covers, by=people.admin, loaded=Loaded(drafts.mark_of_footprint(plan)))
        moves = {late.memberships.get().pk: list(row.successors.filter(name="Left"))}
        mark = drafts.mark_of_seats(plan_of(row).seats)
        drafts.set_moves(row, moves, by=people.admin, loaded=Loaded(mark))
    else:
        row = reorganisation(people.admin, [middle], on=NEXT_YEAR)
        drafts.join(row, there, [middle], by=people.admin)
    acts.prepare(row, by=people.admin)
    factories.person("Late", Role.PARTNER, middle, starts_on=date(2027, 4, 1), ends_on=ends)
    said = standing(sign_in(people.stranger))
    assert ("2027-07-01", "Middle") in [(day, body) for day, body, who in said if "Partner: Both" in who]
    for day in ("2027-04-01", "2028-04-01"):
        at(day)
        assert not tick().failed
    assert said == standing(sign_in(people.stranger))


def test_somebody_who_holds_the_role_there_already_is_named_once(
    people: People, sign_in: SignIn, orgs: Bodies
) -> None:
    both = factories.person("Both", Role.PARTNER, orgs["central-east"])
    Membership.objects.create(user=both, role=Role.PARTNER, organisation=orgs["thames-valley"])
    row = reorganisation(people.admin, [orgs["central-east"]])
    drafts.join(row, orgs["thames-valley"], [orgs["central-east"]], by=people.admin)
    acts.prepare(row, by=people.admin)
    assert listed(sign_in(people.stranger), THEN)["Thames Valley"][-1].count("Both") == 1


def test_a_role_that_was_ended_at_once_on_the_last_day_goes_nowhere(
    people: People, orgs: Bodies, at: At
) -> None:
    gone = factories.person("Gone", Role.PARTNER, orgs["central-east"])
    acts.prepare(reorganisation(people.admin, [orgs["central-east"]], ["Middle"]), by=people.admin)
    at("2027-03-31 12:00")
    Membership.objects.filter(user=gone).update(ends_on=date(2027, 3, 31), ended_at="2027-03-31T09:00Z")
    at("2027-04-01")
    assert not tick().failed
    assert not Membership.objects.filter(user=gone, organisation__slug="middle").exists()


def test_the_directory_asks_the_same_whatever_is_planned(
    people: People, sign_in: SignIn, orgs: Bodies
) -> None:
    client = sign_in(people.stranger)
    asked = []
    body = orgs["central-east"]
    for number, name in ((1, "Middle"), (3, "Greater"), (10, "Whole")):
        for one in range(number):
            factories.person(f"Partner {number} {one}", Role.PARTNER, orgs["central-east"])
        on = date(2027, 4, number)
        acts.prepare(reorganisation(people.admin, [body], [name], on=on), by=people.admin)
        body = Organisation.objects.get(name=name)
        for address in ("/network/?on=2027-04-10&kind=icb", f"/network/{body.slug}/?on=2027-04-10"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            asked.append((address.replace(body.slug, "slug"), len(queries)))
    assert len(set(asked)) == 2
    assert max(number for _, number in asked) <= 20


def test_the_preview_says_who_will_read_where_people_are_to_go(
    people: People, sign_in: SignIn, surrey: dict[str, User]
) -> None:
    row = drafted(people, {"The lead": ["East Surrey"]})
    page = text(sign_in(people.admin).get(f"{row.get_absolute_url()}preview/"))
    assert "members of the network see in the directory of that day who is planned to go where" in page
