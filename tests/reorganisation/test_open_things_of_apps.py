"""What the apps hold for a body that ends is settled on the day by what was prepared, through the tick."""

from __future__ import annotations

from datetime import date

import pytest

from foi.models.requests import Status as Asked
from network import registry
from network.marks import Loaded
from network.people.models import Membership
from network.reorganisation import acts, drafts, effect
from network.reorganisation.models import Settlement, Status
from network.reorganisation.plan import plan_of
from network.roles import Permission
from network.tick import tick
from questionnaires import filling
from questionnaires.models import Return
from tests import actions_factories, foi_factories
from tests import questionnaires_factories as returns
from tests.reorganisation.test_reorganising import moved, surrey
from tests.reorganisation_factories import reorganisation

LAST = date(2027, 3, 31)


def chosen(row, by, **fates) -> None:
    """For each kind of thing the fate and, where it needs one, the successor's name."""
    picked = {}
    for thing in plan_of(row).things:
        name, to = fates[thing.holding.kind.split()[0].lower()]
        picked[thing.holding.key] = (name, row.successors.get(name=to).pk if to else None)
    loaded = Loaded(drafts.mark_of_things(plan_of(row).things))
    drafts.set_fates(row, picked, by=by, loaded=loaded)


def test_surreys_draft_is_finished_by_a_successor_and_its_actions_are_handed_on(people, orgs, at, sign_in):
    at("2027-03-01")
    asking = returns.round_("spring-2027", opens=-5, closes=60)
    draft = returns.return_of(asking, orgs["surrey"])
    returns.answer(draft, "E5", "A secret wish", by=people.lead)
    action = actions_factories.action(people.admin, owner_organisation=orgs["surrey"])
    row = surrey(people, orgs)
    preview = sign_in(people.admin).get(f"{row.get_absolute_url()}preview/").content.decode()
    assert "Surrey, Spring 2027: not submitted" in preview
    assert asking.get_absolute_url() not in preview  # what would not open is no link
    moved(row, "East Surrey", by=people.admin)
    chosen(row, people.admin, questionnaire=("finish", "East Surrey"), action=("hand over", "West Surrey"))
    acts.prepare(row, by=people.admin)
    page = sign_in(people.admin).get(row.get_absolute_url()).content.decode()
    assert "Surrey, Spring 2027: not submitted" in page
    assert "secret" not in page
    at("2027-04-01")
    for _ in range(2):
        assert not tick().failed
    row.refresh_from_db()
    draft.refresh_from_db()
    action.refresh_from_db()
    assert row.status == Status.IN_FORCE
    assert (draft.status, draft.authority.name, draft.answering.name) == ("draft", "Surrey", "East Surrey")
    assert action.owner_organisation.name == "West Surrey"
    said = set(Settlement.objects.values_list("said", flat=True))
    assert said == {f"{draft}: East Surrey finishes it", f"“{action.text}”: handed to West Surrey"}
    assert list(filling.load(draft, people.lead).answers) == []  # Kent's lead reads nothing of it
    assert not Return.objects.visible_to(people.admin).filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    ("fate", "becomes", "open_for_old"), [("lapse", Asked.LAPSED, 0), ("leave open", Asked.SENT, 1)]
)
def test_a_boards_request_takes_the_fate_that_was_prepared_and_the_calendar_lets_it_be(
    people, orgs, at, fate, becomes, open_for_old
):
    at("2027-03-20")
    board = orgs["kent-and-medway"]
    asked = foi_factories.request_to(foi_factories.foi_round(people.admin), board)
    foi_factories.sent(asked, people.admin, date(2027, 3, 20))
    row = reorganisation(people.admin, [board], ["Garden"])
    moved(row, "Garden", by=people.admin)
    chosen(row, people.admin, foi=(fate, ""))
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    for _ in range(2):
        assert not tick().failed
    asked.refresh_from_db()
    assert asked.status == becomes
    assert len(registry.holdings_of(board)) == open_for_old
    assert asked.sent_to == board


def test_while_a_reorganisation_fails_the_calendar_lapses_nothing_of_its_bodies(
    people, orgs, at, monkeypatch
):
    """It is tried again each minute: what was decided for a request must still find it open."""
    at("2027-03-20")
    board = orgs["kent-and-medway"]
    asked = foi_factories.request_to(foi_factories.foi_round(people.admin), board)
    foi_factories.sent(asked, people.admin, date(2027, 3, 20))
    row = reorganisation(people.admin, [board], ["Garden"])
    moved(row, "Garden", by=people.admin)
    chosen(row, people.admin, foi=("leave open", ""))
    acts.prepare(row, by=people.admin)
    at("2027-04-01")

    def lost(*args: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(effect, "_settle", lost)
        tick()
    asked.refresh_from_db()
    assert (asked.status, asked.left_open) == (Asked.SENT, False)
    tick()
    asked.refresh_from_db()
    assert (asked.status, asked.left_open) == (Asked.SENT, True)
    assert Membership.objects.filter(user=people.partner).count() == 2
    assert people.admin.may(Permission.FOI_MANAGE)
