"""The guided act in the browser: one step a page, bad input told in plain words, nothing half-saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from network import registry
from network.people.models import Footprint, Membership, Organisation, User
from network.reorganisation import acts
from network.reorganisation.models import Reorganisation, Status, Successor
from network.reorganisation.plan import plan_of
from network.roles import Role
from network.tick import tick
from tests import factories
from tests.browsing import change, opened
from tests.conftest import People
from tests.reorganisation_factories import CLOSE, RESEND, HoldingApp, reorganisation

SignIn = Callable[[User], Client]
Bodies = dict[str, Organisation]
HOME = "/network/reorganisations/"
APRIL = {"on-day": "1", "on-month": "April", "on-year": "2027"}


@pytest.fixture
def admin(people: People, sign_in: SignIn) -> Client:
    return sign_in(people.admin)


def text(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text().split())


def errors(answer: Any) -> str:
    return " ".join(
        one.get_text() for one in BeautifulSoup(answer.content, "html.parser").select(".govuk-error-summary")
    )


def test_two_boards_merge_in_a_few_pages(admin: Client, orgs: Bodies) -> None:
    ends = [str(orgs[slug].pk) for slug in ("thames-valley", "surrey-and-sussex")]
    begun = change(admin, f"{HOME}add/", {"bodies": ends, **APRIL}, follow=True)
    assert "What comes after" in text(begun)
    row = Reorganisation.objects.get()
    home = row.get_absolute_url()
    assert "Say what comes after Thames Valley" in text(begun)
    typed = {"name": "Thames and Downs", "full_name": "NHS Thames and Downs ICB", "after": ends}
    added = change(admin, f"{home}successors/add/", typed, follow=True)
    assert "Thames and Downs comes after" in text(added)
    preview = text(admin.get(f"{home}preview/"))
    for words in ("to 31 March 2027", "from 1 April 2027", "covers Bracknell Forest", "1 person gets a mail"):
        assert words in preview
    prepared = text(admin.post(f"{home}prepare/", follow=True))
    assert "It comes into force by itself on 1 April 2027" in prepared
    directory = text(admin.get("/network/?on=2027-04-01&kind=icb"))
    assert "NHS Thames and Downs ICB" in directory
    assert "NHS Thames Valley ICB" not in directory
    assert "To come" in text(admin.get("/network/?state=coming"))


def test_a_form_sent_twice_makes_one_draft(admin: Client, orgs: Bodies) -> None:
    sent = opened(admin, f"{HOME}add/") | {"bodies": [str(orgs["surrey"].pk)], **APRIL}
    first, second = admin.post(f"{HOME}add/", sent), admin.post(f"{HOME}add/", sent)
    assert first["Location"] == second["Location"]
    assert Reorganisation.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"slug": "kent"}, "needs a date"),
        ({"on-day": "1", "on-month": "4", "on-year": "1999", "slug": "kent"}, "Year must be between"),
        ({"on-day": "31", "on-month": "2", "on-year": "2027", "slug": "kent"}, "is not a date"),
        (APRIL, "Answer “Which bodies end?”"),
        (APRIL | {"slug": "nobody"}, "not one of the available choices"),
        (APRIL | {"on-year": "2026", "slug": "thames-valley"}, "before it began"),
        (APRIL | {"on-month": "5", "slug": "surrey"}, "has ended already"),
        (APRIL | {"slug": "kent thames-valley"}, "must be of one kind"),
    ],
)
def test_bad_input_is_told_and_nothing_is_made(
    admin: Client, orgs: Bodies, typed: dict[str, str], says: str
) -> None:
    slugs = typed.pop("slug", "").split() if "slug" in typed else []
    bodies = [str(orgs[slug].pk) if slug in orgs else "999999" for slug in slugs]
    answer = change(admin, f"{HOME}add/", {"bodies": bodies, **typed})
    assert answer.status_code == 200
    assert says in errors(answer)
    assert not Reorganisation.objects.exists()


def test_a_new_body_needs_a_name_and_codes_of_its_own(admin: Client, people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]])
    page = f"{row.get_absolute_url()}successors/add/"
    for typed, says in (
        ({"name": "Sussex", "full_name": "X"}, "NHS Sussex ICB is in the directory under this name already"),
        ({"name": "Audit", "full_name": "X"}, "is the address of a page"),
        ({"name": "!!", "full_name": "X"}, "Enter a name with letters in it"),
        ({"name": "Middle", "full_name": "X", "ods_code": "qks"}, "NHS Kent and Medway ICB has this code"),
        ({"name": "Middle", "full_name": "X", "gss_code": "12"}, "must be a letter and eight digits"),
    ):
        answer = change(admin, page, typed)
        assert says in errors(answer), typed
    assert not Successor.objects.exists()


def test_a_body_that_goes_on_is_refused_where_it_can_not_follow(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]])
    page = f"{row.get_absolute_url()}successors/join/"
    for slug in ("central-east", "kent", "frimley"):  # the last one has ended
        answer = admin.post(page, {"body": str(orgs[slug].pk)})
        assert answer.status_code == 200
    assert "can’t be a successor of itself" in errors(
        admin.post(page, {"body": str(orgs["central-east"].pk)})
    )
    assert admin.post(page, {"body": str(orgs["thames-valley"].pk)}).status_code == 302
    row.refresh_from_db()
    assert row.title == "Central East becomes Thames Valley"


def test_new_authorities_get_a_free_place_on_the_map(admin: Client, people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["kent"]])
    page = f"{row.get_absolute_url()}successors/add/"
    shown = BeautifulSoup(admin.get(page).content, "html.parser").select_one("select[name=tile]")
    assert shown is not None
    offered = {str(option["value"]) for option in shown.select("option")}
    assert "4-7" in offered  # where Kent is
    assert "4-6" not in offered  # where Medway stays
    chosen = shown.select_one("option[selected]")
    assert chosen is not None
    assert chosen["value"] == "4-7"
    change(admin, page, {"name": "East Kent", "full_name": "East Kent Council", "short": "EK"})
    second = opened(admin, page)
    assert second["tile"] not in ("", "4-7")
    change(admin, page, {"name": "West Kent", "full_name": "West Kent Council", "short": "WK"})
    places = set(row.successors.values_list("tile_row", "tile_column"))
    assert len(places) == 2
    assert "East Kent" in text(admin.get(f"{row.get_absolute_url()}preview/"))


def test_people_and_things_are_chosen_one_by_one(
    admin: Client, people: People, orgs: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = HoldingApp({"surrey": [("One", (RESEND, CLOSE))]})
    monkeypatch.setattr(registry.holdings_of, "_providers", [app.holdings_of])
    monkeypatch.setattr(registry.told_of, "_providers", [app.told_of])
    lead = factories.person("Lead, Surrey", Role.LEAD, orgs["surrey"])
    row = reorganisation(people.admin, [orgs["surrey"]])
    home = row.get_absolute_url()
    west = row.successors.get(name="West Surrey")
    seat = Membership.objects.get(user=lead)
    change(admin, f"{home}people/", {f"seat-{seat.pk}": str(west.pk)})
    change(admin, f"{home}things/", {"thing-0": f"resend:{west.pk}"})
    preview = text(admin.get(f"{home}preview/"))
    assert "Lead, Surrey: becomes Lead, West Surrey" in preview
    assert "One: Lapse and send again to the successor: West Surrey" in preview
    assert "can’t be prepared" not in preview


def states(answer: Any) -> dict[str, str]:
    """The steps on the first page, each with its state."""
    page = BeautifulSoup(answer.content, "html.parser")
    said = {}
    for item in page.select(".govuk-task-list__item"):
        title, state = (
            item.select_one(".govuk-task-list__name-and-hint > *"),
            item.select_one(".govuk-task-list__status"),
        )
        assert title is not None
        assert state is not None
        said[title.get_text(strip=True)] = state.get_text(strip=True)
    return said


def test_what_the_portal_has_filled_in_says_so_until_somebody_saves_it(
    admin: Client, people: People, orgs: Bodies
) -> None:
    factories.person("Lead, Kent again", Role.LEAD, orgs["kent"])
    row = reorganisation(people.admin, [orgs["kent"]], ["Garden"])
    home = row.get_absolute_url()
    first = admin.get(home)
    assert "Proposed" not in text(first)
    assert "“Filled in for you” means that the portal has proposed it" in text(first)
    for title, page in (("Who covers whom", f"{home}footprint/"), ("Who moves where", f"{home}people/")):
        assert states(admin.get(home))[title] == "Filled in for you"
        assert "if you leave it, it counts as it is" in text(admin.get(page))
        change(admin, page, {})
        assert states(admin.get(home))[title] == "Done"
        assert "counts as it is" not in text(admin.get(page))
    assert "Filled in for you" not in text(admin.get(home))


def test_what_is_filled_in_counts_as_it_is_when_it_is_prepared(people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["kent"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    garden = Organisation.objects.get(slug="garden")
    assert [one.icb.name for one in garden.covered_by.all()] == ["Kent and Medway"]


def test_steps_that_follow_from_what_comes_after_wait_for_it(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = reorganisation(people.admin, [orgs["kent"]])
    page = admin.get(row.get_absolute_url())
    shown = states(page)
    assert shown["What comes after"] == "To do"
    assert shown["Who covers whom"] == shown["Who moves where"] == "Cannot start yet"
    assert "First say what comes after" in text(page)
    assert f'href="{row.get_absolute_url()}footprint/"' not in page.content.decode()
    assert acts.problems_of(plan_of(row)) == ["Say what comes after Kent."]


def test_what_is_missing_is_said_with_a_link_to_its_step_and_preparing_is_not_offered(
    admin: Client, people: People, orgs: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = HoldingApp({"kent-and-medway": [("One", (RESEND, CLOSE))]})
    monkeypatch.setattr(registry.holdings_of, "_providers", [app.holdings_of])
    monkeypatch.setattr(registry.told_of, "_providers", [app.told_of])
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["North", "South"])
    home = row.get_absolute_url()
    assert states(admin.get(home))["Who covers whom"] == "To do"
    for address in (home, f"{home}preview/"):
        page = BeautifulSoup(admin.get(address).content, "html.parser")
        said = {
            str(line.a["href"]).removeprefix(home): " ".join(line.get_text().split())
            for line in page.select("main li")
            if line.a and not line.select(".govuk-task-list__status")
        }
        assert (
            said["footprint/"]
            == "No board would cover Kent, Medway. Say who covers whom. Open “Who covers whom”"
        )
        assert said["people/"] == "Say where 1 person goes. Open “Who moves where”"
        assert said["things/"].startswith("Say what becomes of 1 open thing.")
        assert "Prepare it" not in page.get_text()


def test_two_admins_at_once_overwrite_nothing(admin: Client, people: People, orgs: Bodies) -> None:
    lead = factories.person("Lead, Surrey", Role.LEAD, orgs["surrey"])
    row = reorganisation(people.admin, [orgs["surrey"]])
    page = f"{row.get_absolute_url()}people/"
    name = f"seat-{Membership.objects.get(user=lead).pk}"
    east, west = (str(row.successors.get(name=f"{side} Surrey").pk) for side in ("East", "West"))
    one, other = opened(admin, page), opened(admin, page)
    assert admin.post(page, one | {name: east}).status_code == 302
    answer = admin.post(page, other | {name: west})
    assert answer.status_code == 409
    assert "A colleague changed this while you were writing" in text(answer)
    assert "Goes to East Surrey" in text(answer)
    assert opened(admin, page)[name] == east


def test_what_is_prepared_is_changed_only_after_it_was_taken_back(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.prepare(row, by=people.admin)
    answer = admin.get(f"{row.get_absolute_url()}what/")
    assert answer.status_code == 409
    assert "take it back to draft first" in text(answer)
    admin.post(f"{row.get_absolute_url()}reopen/")
    assert admin.get(f"{row.get_absolute_url()}what/").status_code == 200
    assert not Organisation.objects.filter(slug="middle").exists()


def test_withdrawing_asks_once_and_says_what_is_undone(admin: Client, people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.prepare(row, by=people.admin)
    page = f"{row.get_absolute_url()}withdraw/"
    assert "Middle body leaves the directory" in text(admin.get(page))
    assert "Withdrawn. Everything is as it was before." in text(admin.post(page, follow=True))
    row.refresh_from_db()
    assert row.status == Status.WITHDRAWN


def test_withdrawing_is_not_offered_twice_nor_once_it_is_in_force(
    admin: Client, people: People, orgs: Bodies
) -> None:
    withdrawn = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.withdraw(withdrawn, by=people.admin)
    done = reorganisation(people.admin, [orgs["kent"]], ["Garden"], on=date(2026, 11, 1))
    acts.prepare(done, by=people.admin)
    tick()
    for row, said in ((withdrawn, "is withdrawn"), (done, "is in force")):
        answer = admin.get(f"{row.get_absolute_url()}withdraw/")
        assert answer.status_code == 409
        assert f"{said}. Only a draft, or one that is prepared, can be withdrawn." in text(answer)


def test_a_day_gone_by_is_warned_of(admin: Client, people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"], on=date(2026, 11, 1))
    assert "It comes into force at once" in text(admin.get(f"{row.get_absolute_url()}preview/"))


def test_what_failed_stands_on_the_page_and_on_the_admins_home(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.prepare(row, by=people.admin)
    Reorganisation.objects.update(failed="The letter is lost")
    assert "It could not come into force: The letter is lost" in text(admin.get(row.get_absolute_url()))
    assert "Central East becomes Middle could not come into force" in text(admin.get("/"))


# -- One body -------------------------------------------------------------------------------------------


def test_an_admin_adds_a_body(admin: Client) -> None:
    typed = {"kind": "other", "name": "Board of boards", "full_name": "The board of boards"}
    assert change(admin, "/network/add/", typed).status_code == 302
    assert Organisation.objects.get(slug="board-of-boards").full_name == "The board of boards"
    again = change(admin, "/network/add/", typed)
    assert "is in the directory under this name already" in errors(again)


def test_a_body_that_would_end_before_it_began_is_refused_in_plain_words(admin: Client) -> None:
    typed = {"starts_on-day": "1", "starts_on-month": "2", "starts_on-year": "2026"}
    typed |= {"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "2026"}
    answer = change(admin, "/network/kent/change/", typed)
    assert "The last day can’t be before the first day, 1 February 2026" in errors(answer)
    assert Organisation.objects.get(slug="kent").ends_on is None


def test_two_admins_editing_a_body_at_once_overwrite_nothing(admin: Client) -> None:
    page = "/network/kent/change/"
    one, other = opened(admin, page), opened(admin, page)
    assert admin.post(page, one | {"full_name": "Kent Council"}).status_code == 302
    answer = admin.post(page, other | {"full_name": "Kent Authority"})
    assert answer.status_code == 409
    assert "Kent Council" in text(answer)
    assert Organisation.objects.get(slug="kent").full_name == "Kent Council"


def test_the_tile_of_another_authority_is_not_offered(admin: Client) -> None:
    sent = opened(admin, "/network/kent/change/") | {"tile": "4-6"}
    assert admin.post("/network/kent/change/", sent).status_code == 200
    admin.post("/network/kent/change/", sent | {"tile": "9-9"})
    kent = Organisation.objects.get(slug="kent")
    assert (kent.tile_row, kent.tile_column) == (9, 9)


def test_roles_and_footprint_end_with_a_body(admin: Client, people: People, orgs: Bodies) -> None:
    typed = {"ends_on-day": "31", "ends_on-month": "12", "ends_on-year": "2026"}
    assert change(admin, "/network/kent/change/", typed).status_code == 302
    assert Membership.objects.get(user=people.lead).ends_on == date(2026, 12, 31)
    assert Membership.objects.get(user=people.former).ends_on == date(2026, 11, 21)
    assert Footprint.objects.get(authority=orgs["kent"]).ends_on == date(2026, 12, 31)


def test_dates_that_follow_from_a_prepared_reorganisation_are_changed_there(
    admin: Client, people: People, orgs: Bodies
) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.prepare(row, by=people.admin)
    for slug, field in (("central-east", "ends_on"), ("middle", "starts_on")):
        typed = {f"{field}-day": "1", f"{field}-month": "3", f"{field}-year": "2027"}
        answer = change(admin, f"/network/{slug}/change/", typed)
        assert "Its dates follow from “Central East becomes Middle”" in errors(answer)
