"""A reorganisation that was withdrawn can be started again: a new draft of all of it that still holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.test import Client

from network.audit import AuditEntry
from network.marks import Loaded
from network.people.models import Membership, Organisation, User
from network.reorganisation import acts, drafts
from network.reorganisation.again import start_again
from network.reorganisation.models import Reorganisation, Settlement, Status
from network.reorganisation.plan import Plan, plan_of
from network.roles import Role
from network.tick import tick
from network.workflow import Refused
from tests import factories
from tests.browsing import change, opened
from tests.conftest import People
from tests.reorganisation_factories import APRIL, CLOSE, RESEND, HoldingApp, reorganisation

Bodies = dict[str, Organisation]
At = Callable[[str], None]
SignIn = Callable[[User], Client]
OCTOBER = {"on-day": "1", "on-month": "10", "on-year": "2027"}


@pytest.fixture
def two_things(app: HoldingApp) -> HoldingApp:
    app.held["kent-and-medway"] = [("One", (RESEND, CLOSE)), ("Two", (RESEND, CLOSE))]
    return app


def divided(people: People, orgs: Bodies) -> Reorganisation:
    """A board becomes two; everything of it is decided."""
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["North", "South"])
    plan = plan_of(row)
    north, south = plan.successors
    kent, medway = orgs["kent"], orgs["medway"]
    covers = {(north.pk, kent.pk): "part", (south.pk, kent.pk): "part", (north.pk, medway.pk): "whole"}
    drafts.set_footprint(row, covers, by=people.admin, loaded=Loaded(drafts.mark_of_footprint(plan)))
    moves = {seat.membership.pk: [south] for seat in plan.seats}
    drafts.set_moves(row, moves, by=people.admin, loaded=Loaded(drafts.mark_of_seats(plan.seats)))
    fates: dict[str, Any] = {"test:One": ("resend", south.pk), "test:Two": ("close", None)}
    drafts.set_fates(row, fates, by=people.admin, loaded=Loaded(drafts.mark_of_things(plan.things)))
    return row


def withdrawn(people: People, orgs: Bodies) -> Reorganisation:
    """That, prepared and withdrawn before its day."""
    row = divided(people, orgs)
    acts.prepare(row, by=people.admin)
    acts.withdraw(row, by=people.admin)
    return row


def written(plan: Plan) -> dict[str, object]:
    """All that a draft holds, by names."""
    return {
        "what": (str(plan.row), plan.row.on, plan.row.note, [str(one) for one in plan.endings]),
        "after": [(one.name, one.full_name, one.new, str(*one.after.all())) for one in plan.successors],
        "covers": [(str(line.successor), str(line.other), line.coverage) for line in plan.lines],
        "people": [(seat.person, [str(one) for one in seat.to or ()], seat.decided) for seat in plan.seats],
        "things": [(one.holding.title, one.says, one.decided) for one in plan.things],
    }


def text(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text().split())


def test_a_new_draft_has_the_same_bodies_day_successors_footprint_people_and_fates(
    people: People, orgs: Bodies, two_things: HoldingApp
) -> None:
    row = divided(people, orgs)
    before = written(plan_of(row))
    acts.prepare(row, by=people.admin)
    acts.withdraw(row, by=people.admin)
    begun = start_again(row, by=people.admin)
    assert begun.left == []
    assert begun.row.status == Status.DRAFT
    assert written(plan_of(begun.row)) == before
    assert all(thing.decided for thing in plan_of(begun.row).things)


def test_it_can_be_prepared_and_comes_into_force_and_the_old_one_stays_withdrawn(
    people: People, orgs: Bodies, two_things: HoldingApp, at: At
) -> None:
    old = withdrawn(people, orgs)
    begun = start_again(old, by=people.admin)
    acts.prepare(begun.row, by=people.admin)
    at("2027-04-01")
    assert not tick().failed
    begun.row.refresh_from_db()
    old.refresh_from_db()
    assert (begun.row.status, old.status) == (Status.IN_FORCE, Status.WITHDRAWN)
    assert [(title, fate, to) for title, fate, to, _, _ in sorted(two_things.settled, key=str)] == [
        ("One", "resend", "south"),
        ("Two", "close", ""),
    ]
    assert not Settlement.objects.filter(reorganisation=old).exclude(said="").exists()


def test_of_what_was_undecided_in_a_withdrawn_draft_nothing_is_decided_by_starting_again(
    people: People, orgs: Bodies, surrey_lead: User
) -> None:
    row = reorganisation(people.admin, [orgs["surrey"]])
    acts.withdraw(row, by=people.admin)
    plan = plan_of(start_again(row, by=people.admin).row)
    assert [(seat.to, seat.decided) for seat in plan.seats] == [(None, False)]
    assert [str(one) for one in plan.successors] == ["East Surrey", "West Surrey"]


def test_what_no_longer_fits_is_left_out_and_told(
    people: People, orgs: Bodies, two_things: HoldingApp
) -> None:
    old = withdrawn(people, orgs)
    Membership.objects.filter(organisation=orgs["kent-and-medway"]).update(ends_on=date(2026, 12, 31))
    Organisation.objects.filter(slug="medway").update(ends_on=date(2027, 1, 31))
    Organisation.objects.create(kind="icb", name="South", full_name="NHS South ICB", slug="south")
    two_things.held["kent-and-medway"].pop()
    begun = start_again(old, by=people.admin)
    said = " ".join(begun.left)
    assert "Left out: South, since NHS South ICB is in the directory under this name already" in said
    assert f"{people.partner.name}: no role there any more on 31 March 2027." in said
    assert "Medway: not in force on 1 April 2027, so who covers whom was left out." in said
    assert "Two: nothing to decide any more." in said
    assert "One: say once more what becomes of it." in said
    plan = plan_of(begun.row)
    assert [str(one) for one in plan.successors] == ["North"]
    assert [thing.decided for thing in plan.things] == [False]


def test_who_was_to_go_to_a_successor_that_is_gone_is_asked_about_once_more(
    people: People, orgs: Bodies, two_things: HoldingApp
) -> None:
    old = withdrawn(people, orgs)
    Organisation.objects.create(kind="icb", name="South", full_name="NHS South ICB", slug="south")
    begun = start_again(old, by=people.admin)
    assert f"{people.partner.name}: say once more where they go." in begun.left
    assert not any(seat.decided for seat in plan_of(begun.row).seats)


def test_a_body_that_ends_elsewhere_by_now_is_left_out(people: People, orgs: Bodies) -> None:
    old = reorganisation(people.admin, [orgs["kent"], orgs["medway"]], ["Garden"])
    acts.withdraw(old, by=people.admin)
    acts.prepare(reorganisation(people.admin, [orgs["medway"]], ["Estuary"]), by=people.admin)
    begun = start_again(old, by=people.admin)
    assert [str(one) for one in plan_of(begun.row).endings] == ["Kent"]
    assert str(begun.row) == "Kent becomes Garden"
    assert begun.left[0].startswith("Left out: Medway ends by another reorganisation already")


def test_where_no_body_is_left_nothing_is_made(people: People, orgs: Bodies) -> None:
    old = reorganisation(people.admin, [orgs["medway"]], ["Garden"])
    acts.withdraw(old, by=people.admin)
    acts.prepare(reorganisation(people.admin, [orgs["medway"]], ["Estuary"]), by=people.admin)
    with pytest.raises(Refused, match=r"Medway ends by another reorganisation already.*Nothing is left"):
        start_again(old, by=people.admin)
    assert Reorganisation.objects.count() == 2


def test_a_code_or_place_on_the_map_that_another_body_has_by_now_is_left_out(
    people: People, orgs: Bodies
) -> None:
    old = reorganisation(
        people.admin, [orgs["kent"]], ["Garden"], gss_code="E10009999", tile_row=9, tile_column=9
    )
    acts.withdraw(old, by=people.admin)
    Organisation.objects.filter(slug="medway").update(gss_code="E10009999", tile_row=9, tile_column=9)
    begun = start_again(old, by=people.admin)
    assert begun.left == [
        "Garden: E10009999 was left out, Medway Council has this code already.",
        "Garden: its place on the map is taken by now.",
    ]
    (garden,) = plan_of(begun.row).successors
    assert (garden.gss_code, garden.tile_row, garden.tile_column) == ("", None, None)


def test_a_successor_that_stayed_on_record_is_taken_up_again(people: People, orgs: Bodies, at: At) -> None:
    old = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.prepare(old, by=people.admin)
    made = Organisation.objects.get(slug="middle")
    factories.person("Shadow", Role.PARTNER, made, starts_on=date(2026, 11, 1))
    acts.withdraw(old, by=people.admin)
    other = start_again(old, by=people.admin)
    Reorganisation.objects.filter(pk=other.row.pk).update(again_of=None)  # as of another one
    one = start_again(old, by=people.admin)
    assert one.left == other.left == []
    acts.prepare(one.row, by=people.admin)
    made.refresh_from_db()
    assert (made.starts_on, made.never_in_force) == (APRIL, False)
    with pytest.raises(Refused):
        acts.prepare(other.row, by=people.admin)
    assert "Middle: Middle body is in the directory under this name already." in acts.problems_of(
        plan_of(other.row)
    )


def test_only_one_that_was_withdrawn_is_started_again(people: People, orgs: Bodies, sign_in: SignIn) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    with pytest.raises(Refused, match="Only one that was withdrawn is started again"):
        start_again(row, by=people.admin)
    client = sign_in(people.admin)
    assert client.get(f"{row.get_absolute_url()}again/").status_code == 409
    assert "Start again from this one" not in text(client.get(row.get_absolute_url()))


def test_the_button_leads_to_the_new_drafts_first_page_and_says_what_no_longer_fitted(
    people: People, orgs: Bodies, two_things: HoldingApp, sign_in: SignIn
) -> None:
    old, client = withdrawn(people, orgs), sign_in(people.admin)
    two_things.held["kent-and-medway"].pop()
    page = old.get_absolute_url()
    sent = opened(client, page)
    first = client.post(f"{page}again/", sent, follow=True)
    fresh = Reorganisation.objects.get(status=Status.DRAFT)
    assert first.request["PATH_INFO"] == fresh.get_absolute_url()
    assert "A draft is made." in text(first)
    assert "Not all of it fits any more. Two: nothing to decide any more." in text(first)
    assert client.post(f"{page}again/", sent)["Location"] == fresh.get_absolute_url()  # a double click
    assert Reorganisation.objects.count() == 2


def test_a_day_that_has_gone_by_is_asked_again(people: People, orgs: Bodies, sign_in: SignIn, at: At) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.withdraw(row, by=people.admin)
    at("2027-04-02")
    client, page = sign_in(people.admin), f"{row.get_absolute_url()}again/"
    with pytest.raises(Refused, match="1 April 2027 has gone by"):
        start_again(row, by=people.admin)
    asked = client.get(page)
    assert "1 April 2027, has gone by" in text(asked)
    assert opened(client, page)["on-year"] == ""
    assert Reorganisation.objects.count() == 1
    assert "Year must be between" in text(change(client, page, OCTOBER | {"on-year": "1999"}))
    assert "must include a year" in text(change(client, page, OCTOBER | {"on-year": ""}))
    assert Reorganisation.objects.count() == 1
    assert change(client, page, OCTOBER, follow=True).status_code == 200
    fresh = Reorganisation.objects.get(status=Status.DRAFT)
    assert (fresh.on, str(fresh)) == (date(2027, 10, 1), "Central East becomes Middle")


def test_a_day_on_which_the_body_can_not_end_is_told_beside_the_day(
    people: People, orgs: Bodies, sign_in: SignIn
) -> None:
    row = reorganisation(people.admin, [orgs["surrey"]])
    acts.withdraw(row, by=people.admin)
    answer = change(sign_in(people.admin), f"{row.get_absolute_url()}again/", OCTOBER)
    assert answer.status_code == 200
    assert "Surrey has ended already, on 31 March 2027" in text(answer)
    assert Reorganisation.objects.count() == 1


def test_of_four_open_pages_one_makes_a_draft_and_the_others_lead_to_it(
    people: People, orgs: Bodies, sign_in: SignIn
) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.withdraw(row, by=people.admin)
    client, page = sign_in(people.admin), row.get_absolute_url()
    for sent in [opened(client, page) for _ in range(4)]:
        answer = client.post(f"{page}again/", sent, follow=True)
        fresh = Reorganisation.objects.get(status=Status.DRAFT)
        assert answer.request["PATH_INFO"] == fresh.get_absolute_url()
    assert "It is started again already" in text(answer)
    with pytest.raises(Refused, match="started again already"):
        start_again(row, by=people.admin)
    acts.withdraw(fresh, by=people.admin)
    assert start_again(row, by=people.admin).row != fresh


def test_two_drafts_from_one_that_was_withdrawn_the_database_refuses(people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.withdraw(row, by=people.admin)
    start_again(row, by=people.admin)
    another = reorganisation(people.admin, [orgs["thames-valley"]], ["Other"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Reorganisation.objects.filter(pk=another.pk).update(again_of=row)


def test_starting_again_is_on_record(people: People, orgs: Bodies) -> None:
    row = reorganisation(people.admin, [orgs["central-east"]], ["Middle"])
    acts.withdraw(row, by=people.admin)
    begun = start_again(row, by=people.admin)
    entry = AuditEntry.objects.get(verb="start a reorganisation again")
    assert (entry.object_id, entry.actor) == (begun.row.pk, people.admin)
