"""Before a reorganisation is undone its page says what will be as it was; afterwards, what is."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from network import registry
from network.people.models import Organisation, User
from network.registry import Fate
from network.reorganisation import acts
from network.reorganisation.models import Reorganisation
from network.roles import Role
from tests import factories
from tests.conftest import People
from tests.reorganisation.test_reorganisation_pages import text
from tests.reorganisation.test_reorganising import moved
from tests.reorganisation_factories import APRIL, CLOSE, HoldingApp, reorganisation

Bodies = dict[str, Organisation]
WITHOUT = "goes on, without a last day, as before."


@pytest.fixture
def admin(client: Client, people: People) -> Client:
    client.force_login(people.admin)
    return client


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> HoldingApp:
    app = HoldingApp({})
    monkeypatch.setattr(registry.holdings_of, "_providers", [app.holdings_of])
    monkeypatch.setattr(registry.told_of, "_providers", [app.told_of])
    return app


def boards(people: People, orgs: Bodies) -> Reorganisation:
    """A board without a last day becomes a new one: prepared."""
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    return acts.prepare(row, by=people.admin)


def surrey(people: People) -> Reorganisation:
    """Surrey, whose last day the law has set already: prepared, with its lead on the way to East Surrey."""
    row = reorganisation(people.admin, [Organisation.objects.get(slug="surrey")])
    moved(row, "East Surrey", by=people.admin)
    return acts.prepare(row, by=people.admin)


@pytest.fixture
def surrey_lead(orgs: Bodies) -> User:
    return factories.person("Lead, Surrey", Role.LEAD, orgs["surrey"])


def full(slug: str) -> str:
    return Organisation.objects.get(slug=slug).full_name


def test_a_body_that_had_no_last_day_goes_on_without_one_and_both_pages_say_so_beforehand(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = boards(people, orgs)
    for page in (row.get_absolute_url(), f"{row.get_absolute_url()}withdraw/"):
        assert f"{full('central-east')} {WITHOUT}" in text(admin.get(page))


def test_a_body_that_had_a_last_day_has_just_that_one_again(
    admin: Client, people: People, orgs: Bodies, surrey_lead: User
) -> None:
    row = surrey(people)
    page = text(admin.get(f"{row.get_absolute_url()}withdraw/"))
    assert f"{full('surrey')} still ends on 31 March 2027, as before." in page
    assert f"{full('east-surrey')} stays in the directory and begins on 1 April 2027, as before." in page


def test_whoever_leaves_people_and_things_without_a_plan_is_warned_before_and_afterwards(
    admin: Client, people: People, orgs: Bodies, surrey_lead: User, holding: HoldingApp
) -> None:
    closes: tuple[Fate, ...] = (CLOSE,)
    holding.held["surrey"] = [("One", closes), ("Two", closes)]
    row = surrey(people)
    warned = "nothing is prepared for that day: there is no plan for 1 role and 2 open things there"
    assert warned in text(admin.get(f"{row.get_absolute_url()}withdraw/"))
    after = text(admin.post(f"{row.get_absolute_url()}withdraw/", follow=True))
    assert (
        f"Withdrawn. Everything is as it was before. {full('surrey')} still ends on 31 March 2027." in after
    )
    assert warned in after


def test_nobody_is_warned_where_the_body_goes_on_and_its_roles_stay_as_they_are(
    admin: Client, people: People, orgs: Bodies
) -> None:
    factories.person("Partner, Central East", Role.PARTNER, orgs["central-east"])
    row = boards(people, orgs)
    page = text(admin.get(f"{row.get_absolute_url()}withdraw/"))
    assert "1 role there stays as it is: nothing is planned for it any more." in page
    assert "there is no plan for" not in page


def test_what_was_said_beforehand_is_what_is_so_afterwards(
    admin: Client, people: People, orgs: Bodies
) -> None:
    Organisation.objects.filter(slug="kent").update(ends_on=date(2027, 3, 31))
    row = acts.prepare(
        reorganisation(people.admin, [Organisation.objects.get(slug="kent")], ["Garden"]), by=people.admin
    )
    assert "Kent County Council still ends on 31 March 2027, as before." in text(
        admin.get(f"{row.get_absolute_url()}withdraw/")
    )
    assert "Kent County Council still ends on 31 March 2027." in text(
        admin.post(f"{row.get_absolute_url()}withdraw/", follow=True)
    )
    assert Organisation.objects.get(slug="kent").ends_on == date(2027, 3, 31)


def test_taken_back_to_draft_it_says_as_well_how_the_bodies_stand(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = boards(people, orgs)
    after = text(admin.post(f"{row.get_absolute_url()}reopen/", follow=True))
    assert f"{full('central-east')} goes on, without a last day." in after
    assert Organisation.objects.get(slug="central-east").ends_on is None


def test_roles_that_were_given_at_a_body_that_leaves_again_are_counted_before_they_end(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = boards(people, orgs)
    new = Organisation.objects.get(slug="middle")
    factories.person("Partner, Middle", Role.PARTNER, new, starts_on=APRIL)
    page = text(admin.get(f"{row.get_absolute_url()}withdraw/"))
    assert "Middle body leaves the directory; 1 role that was given there ends." in page


def test_once_another_one_is_prepared_the_withdrawn_ones_page_warns_no_more(
    admin: Client, people: People, orgs: Bodies, surrey_lead: User
) -> None:
    row = surrey(people)
    acts.withdraw(row, by=people.admin)
    assert "there is no plan for 1 role there" in text(admin.get(row.get_absolute_url()))
    surrey(people)
    assert "there is no plan for" not in text(admin.get(row.get_absolute_url()))


def test_where_another_one_builds_on_it_both_pages_name_that_one_and_promise_and_offer_nothing(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = boards(people, orgs)
    new = Organisation.objects.get(slug="middle")
    later = acts.prepare(
        reorganisation(people.admin, [new], ["Greater"], on=date(2028, 4, 1)), by=people.admin
    )
    for page in (row.get_absolute_url(), f"{row.get_absolute_url()}withdraw/"):
        said = admin.get(page)
        assert f"“{later}” builds on it. Withdraw that one first." in text(said)
        assert f'href="{later.get_absolute_url()}"'.encode() in said.content
        assert "leaves the directory" not in text(said)
        assert WITHOUT not in text(said)
        for act in ("withdraw", "reopen"):
            assert f'action="{row.get_absolute_url()}{act}/"'.encode() not in said.content
    assert admin.post(f"{row.get_absolute_url()}withdraw/").status_code == 409
    admin.post(f"{later.get_absolute_url()}withdraw/")
    assert "Middle body leaves the directory" in text(admin.get(f"{row.get_absolute_url()}withdraw/"))
    assert "Withdrawn." in text(admin.post(f"{row.get_absolute_url()}withdraw/", follow=True))
