"""The directory as of any date: bodies, codes, people, who covers whom and the map as they stood that day."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from network.people import seed
from network.people.models import Footprint, Organisation, Succession, User
from network.roles import Role
from tests import factories
from tests.conftest import People

SignIn = Callable[[User], Client]
Bodies = dict[str, Organisation]


def listed(client: Client, asked: str) -> dict[str, list[str]]:
    """The rows of the download, by the body's name in the network."""
    text = client.get(f"/network/?export=csv&{asked}").content.decode("utf-8-sig")
    lines = list(csv.reader(StringIO(text)))
    heading = next(place for place, line in enumerate(lines) if line and line[0] == "Body")
    names = dict(Organisation.objects.values_list("full_name", "name"))
    return {names[line[0]]: line for line in lines[heading + 1 :] if line}


def tiles(client: Client, asked: str = "") -> set[str]:
    page = BeautifulSoup(client.get(f"/network/{asked}").content, "html.parser")
    return {tile.get_text().split(":")[0] for tile in page.select(".app-tile__link .govuk-visually-hidden")}


def test_the_directory_shows_the_bodies_in_force_on_the_day_that_is_asked(
    people: People, sign_in: SignIn
) -> None:
    client = sign_in(people.lead)
    assert {"Frimley", "Sussex", "Surrey"} <= set(listed(client, "on=2026-03-31"))
    today = set(listed(client, ""))
    assert {"Surrey", "Thames Valley"} <= today
    assert not {"Frimley", "East Surrey"} & today
    later = set(listed(client, "on=2027-04-01"))
    assert {"East Surrey", "West Surrey"} <= later
    assert "Surrey" not in later


@pytest.mark.parametrize("written", ["2026-03-31", "31/3/2026", "31 March 2026", "31 Mar 2026"])
def test_a_day_is_understood_as_people_write_it(people: People, sign_in: SignIn, written: str) -> None:
    page = sign_in(people.lead).get("/network/", {"on": written}).content.decode()
    assert "The member authorities on 31 March 2026" in page


@pytest.mark.parametrize("written", ["yesterday", "31/2/2026", "99999-01-01", "0000-00-00"])
def test_what_is_no_day_is_said_at_the_field_and_today_is_shown(
    people: People, sign_in: SignIn, written: str
) -> None:
    answer = sign_in(people.lead).get("/network/", {"on": written})
    assert answer.status_code == 200
    assert "Enter a date like 31 March 2026" in answer.content.decode()
    assert sign_in(people.lead).get("/network/kent/", {"on": written}).status_code == 200


@pytest.mark.parametrize("written", ["0001-01-01", "9999-12-31"])
def test_no_day_is_too_far(people: People, sign_in: SignIn, written: str) -> None:
    assert sign_in(people.lead).get("/network/", {"on": written}).status_code == 200
    assert sign_in(people.lead).get("/network/kent/", {"on": written}).status_code == 200


def test_who_covers_whom_is_that_of_the_day(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.lead)
    assert (
        "Frimley (part), Hampshire and Isle of Wight (part)" in listed(client, "on=2026-03-31")["Hampshire"]
    )
    assert "Hampshire and Isle of Wight" in listed(client, "on=2026-04-01")["Hampshire"]
    assert (
        "Bracknell Forest, Hampshire (part), Slough, Surrey (part), Windsor and Maidenhead"
        in (listed(client, "on=2026-03-31")["Frimley"])
    )


def test_people_are_those_of_the_day_and_partners_see_none(
    people: People, sign_in: SignIn, orgs: Bodies
) -> None:
    factories.person("Earlier lead", Role.LEAD, orgs["kent"], ends_on=date(2026, 1, 31))
    then, now = "on=2026-01-31", ""
    assert "Lead: Earlier lead" in str(listed(sign_in(people.stranger), then)["Kent"])
    assert "Earlier lead" not in str(listed(sign_in(people.stranger), now)["Kent"])
    assert "Lead:" not in str(listed(sign_in(people.partner), then)["Kent"])
    page = sign_in(people.stranger).get("/network/kent/?on=2026-01-31").content.decode()
    assert "Earlier lead" in page
    assert "People on 31 January 2026" in page
    assert "Earlier lead" not in sign_in(people.stranger).get("/network/kent/").content.decode()


def test_the_map_is_that_of_the_day(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.lead)
    assert "Surrey" in tiles(client)
    then = tiles(client, "?on=2027-04-01")
    assert {"East Surrey", "West Surrey"} <= then
    assert "Surrey" not in then
    assert len(then) == 20


def test_what_is_to_come_is_marked_as_to_come(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.lead)
    assert listed(client, "state=coming")["East Surrey"][1] == "To come"
    assert "2 bodies are to come" in client.get("/network/").content.decode()
    assert listed(client, "state=past")["Frimley"][1] == "Former"


def test_a_body_is_found_by_each_of_its_codes(people: People, sign_in: SignIn) -> None:
    for code in ("E10000016", "886", "qks"):
        assert len(listed(sign_in(people.lead), f"name={code}")) == 1


def test_the_workbook_holds_the_days_rows_with_real_dates(people: People, sign_in: SignIn) -> None:
    content = sign_in(people.lead).get("/network/?on=2026-03-31&kind=icb&export=xlsx").content
    rows: list[Any] = list(load_workbook(BytesIO(content)).worksheets[0].values)
    frimley = next(row for row in rows if row[0] == "NHS Frimley ICB")
    assert frimley[3].date() == date(2026, 3, 31)


def test_a_bodys_page_tells_what_it_came_from_and_what_became_of_it(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.lead)
    assert "On 1 April 2027 Surrey becomes East Surrey and West Surrey" in (
        client.get("/network/surrey/").content.decode()
    )
    page = client.get("/network/frimley/").content.decode()
    assert "Frimley became Hampshire and Isle of Wight, Surrey and Sussex, and Thames Valley" in page
    assert "Surrey Heath and Farnham part" in page


# -- Loading the reference data again -------------------------------------------------------------------


def load() -> None:
    call_command("seed_network", stdout=StringIO())


def test_what_an_admin_changed_stays_when_the_data_are_loaded_again(orgs: Bodies) -> None:
    Organisation.objects.filter(slug="kent").update(
        full_name="Kent Council", ends_on=date(2028, 3, 31), gss_code="E06000099", tile_row=8
    )
    Organisation.objects.filter(slug="thames-valley").update(ods_code="XYZ1")
    Succession.objects.filter(successor=orgs["east-surrey"]).update(state="in force")
    Footprint.objects.filter(authority=orgs["kent"]).update(ends_on=date(2028, 3, 31))
    load()
    kent = Organisation.objects.get(slug="kent")
    assert (kent.full_name, kent.gss_code, kent.tile_row) == ("Kent Council", "E06000099", 8)
    assert kent.ends_on == date(2028, 3, 31)
    assert Organisation.objects.get(slug="thames-valley").ods_code == "XYZ1"
    assert Succession.objects.get(successor=orgs["east-surrey"]).state == "in force"
    assert Footprint.objects.get(authority=kent).ends_on == date(2028, 3, 31)
    assert Organisation.objects.count() == len(orgs)


def test_news_in_a_file_are_taken_over_field_by_field(orgs: Bodies, monkeypatch: pytest.MonkeyPatch) -> None:
    Organisation.objects.filter(slug="kent").update(full_name="Kent Council")
    said = list(seed.rows("local_authorities.csv"))
    for row in said:
        if row["la_name"] == "Kent":
            row["dfe_la_code"] = "999"
    monkeypatch.setattr(seed, "rows", lambda name: iter(said if name == "local_authorities.csv" else []))
    seed.load_authorities()
    kent = Organisation.objects.get(slug="kent")
    assert (kent.full_name, kent.dfe_code) == ("Kent Council", "999")


def test_a_body_that_people_made_before_the_file_knew_it_is_only_completed(reference: None) -> None:
    from network.people.reference import ReferenceFact

    ReferenceFact.objects.filter(key="made by law:east-surrey").delete()
    Organisation.objects.filter(slug="east-surrey").update(full_name="Our name", short="", tile_row=9)
    load()
    body = Organisation.objects.get(slug="east-surrey")
    assert (body.full_name, body.tile_row, body.short) == ("Our name", 9, "ESu")


def test_a_body_whose_reorganisation_was_withdrawn_is_never_in_force(orgs: Bodies) -> None:
    Organisation.objects.filter(slug="east-surrey").update(never_in_force=True)
    later = date(2027, 4, 1)
    assert "East Surrey" not in {body.name for body in Organisation.objects.in_force(later)}
    assert "East Surrey" not in {body.name for body in Organisation.objects.authorities()}
