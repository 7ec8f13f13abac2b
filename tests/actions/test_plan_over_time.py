"""Actions of a body that ends and of a person who leaves: each has a fate, the record keeps who it was."""

from __future__ import annotations

from datetime import date

import pytest

from actions import holdings, plan
from actions.models import Action, Status, Update
from network import dates, registry
from network.audience import Audience
from network.audit import AuditEntry
from network.workflow import Refused
from tests import actions_factories as make

pytestmark = pytest.mark.django_db

LAST = date(2027, 3, 31)


@pytest.fixture
def led(people, orgs) -> Action:
    return make.action(people.admin, owner_organisation=orgs["surrey"])


def only(body):
    (found,) = holdings.holdings_of(body)
    return found


def test_a_body_that_ends_holds_its_open_actions(led, people, orgs):
    closed = make.action(people.admin, "Over", owner_organisation=orgs["surrey"])
    make.moved(closed, "finish", people.admin)
    make.action(people.admin, "Kent's", owner_organisation=orgs["kent"])
    held = only(orgs["surrey"])
    assert (held.key, held.title) == (f"actions.action:{led.pk}", led.text)
    assert [(fate.name, fate.to_successor) for fate in held.fates] == [
        ("hand over", True),
        ("keep", False),
        ("stop", False),
    ]
    assert held.key in {one.key for one in registry.holdings_of(orgs["surrey"])}


def test_an_action_is_handed_to_the_successor_once_and_keeps_who_led_it(led, people, orgs):
    settle, kent = only(orgs["surrey"]).settle, orgs["kent"]
    assert settle("hand over", kent, LAST, None) == f"“{led.text}”: handed to Kent"
    assert settle("hand over", kent, LAST, None) == ""
    led.refresh_from_db()
    assert led.owner_organisation == kent
    assert [one.moved for one in led.updates.all()] == ["Handed to Kent", "Added to the plan"]
    entry = AuditEntry.objects.get(verb="handed over")
    assert entry.detail == {
        "was": {"owner_organisation": orgs["surrey"].pk},
        "now": {"owner_organisation": kent.pk},
    }
    with pytest.raises(ValueError, match="say which"):
        holdings._settle(led.pk, kent.pk, "hand over", None, LAST, None)


def test_an_action_can_be_closed_with_its_body(led, people, orgs):
    settle = only(orgs["surrey"]).settle
    assert "no longer relevant" in settle("stop", None, LAST, None)
    assert settle("stop", None, LAST, None) == ""
    led.refresh_from_db()
    assert led.status == Status.STOPPED
    assert led.updates.first().text == "Surrey County Council has ended."


def test_an_action_can_keep_the_old_name_and_says_so_once(led, people, orgs):
    settle = only(orgs["surrey"]).settle
    assert settle("keep", None, LAST, people.admin) == f"“{led.text}”: stays with Surrey"
    assert settle("keep", None, LAST, people.admin) == ""
    led.refresh_from_db()
    assert (led.owner_organisation, led.status) == (orgs["surrey"], Status.NOT_STARTED)
    assert led.updates.first().moved == "Stays with Surrey, which has ended"


def test_what_is_closed_or_handed_on_meanwhile_is_left_as_it_is(led, people, orgs):
    settle = only(orgs["surrey"]).settle
    make.moved(led, "finish", people.admin)
    before = Update.objects.count()
    for fate in ("hand over", "stop", "keep"):
        assert settle(fate, orgs["kent"], LAST, None) == ""
    assert Update.objects.count() == before


def test_of_a_legal_action_neither_a_reorganisation_nor_a_handover_tells_anything(people, orgs):
    make.action(people.admin, owner_organisation=orgs["surrey"], owner=people.lead, audience=Audience.LEGAL)
    assert list(holdings.holdings_of(orgs["surrey"])) == []
    assert holdings.belongings_of(people.lead, people.admin) == []


def test_what_somebody_leads_is_offered_to_their_colleagues_first(people, orgs):
    mine = make.action(people.admin, owner=people.lead, owner_organisation=orgs["kent"])
    (found,) = holdings.belongings_of(people.lead, people.admin)
    assert found.key == f"actions.action:{mine.pk}"
    chairs = (people.cochair_one, people.cochair_two)
    assert found.heirs == (people.deputy, people.contributor, people.director, *chairs, people.admin)
    found.hand_over(people.deputy, people.admin)
    with pytest.raises(Refused, match="a moment ago"):
        found.hand_over(people.contributor, people.admin)
    mine.refresh_from_db()
    assert mine.owner == people.deputy
    assert [one.moved for one in mine.updates.all()] == [
        f"Handed to {people.deputy.name}",
        "Added to the plan",
    ]
    assert AuditEntry.objects.get(verb="handed over").detail["was"] == {"owner": people.lead.pk}
    assert holdings.belongings_of(people.lead, people.admin) == []


def test_an_action_for_the_chairs_goes_to_nobody_who_could_not_read_it(people, orgs):
    make.action(people.admin, owner=people.lead, owner_organisation=orgs["kent"], audience=Audience.CHAIRS)
    (found,) = holdings.belongings_of(people.lead, people.admin)
    assert found.heirs == (people.cochair_one, people.cochair_two, people.admin)
    assert found.named == ""


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_a_handover_asks_the_same_few_questions_for_any_number_of_actions(
    people, orgs, django_assert_num_queries, rows
):
    for number in range(rows):
        make.action(people.admin, f"Action {number}", owner=people.lead, owner_organisation=orgs["kent"])
    with django_assert_num_queries(6):
        assert len(holdings.belongings_of(people.lead, people.admin)) == rows
    with django_assert_num_queries(1):
        assert len(list(holdings.holdings_of(orgs["kent"]))) == rows


def test_ones_own_records_hold_ones_actions_and_posts_and_nobody_elses(people, orgs):
    mine = make.action(people.admin, "Mine", owner=people.lead, owner_organisation=orgs["kent"])
    make.action(people.admin, "Another's", owner=people.stranger)
    secret = make.action(people.admin, "Secret", owner=people.lead, audience=Audience.LEGAL)

    plan.post(mine, by=people.lead, text="Half of it is done.", percent=50)
    led, posted = holdings.own_records(people.lead)
    assert [row[0] for row in led.rows] == ["Mine"]
    assert [row[2] for row in posted.rows] == ["Half of it is done."]
    assert secret.text not in repr((led, posted))


def test_words_of_progress_go_after_their_time_and_the_dated_states_stay(people, orgs, at):

    old = make.action(people.admin, "Old", owner_organisation=orgs["kent"])
    plan.post(old, by=people.lead, text="A colleague was ill.", percent=50)
    make.moved(old, "finish", people.admin)
    still = make.action(people.admin, "Open", owner_organisation=orgs["kent"])
    plan.post(still, by=people.lead, text="Going on.", percent=10)
    (kind,) = holdings.retained()
    assert kind.key == "actions.progress"
    later = dates.parse_now("2030-01-01")
    assert list(kind.rows(dates.parse_now("2026-01-01"))) == []
    assert list(kind.rows(later)) == [("Old", old.get_absolute_url())]
    states = list(old.updates.values_list("status", "percent", "at"))
    assert kind.purge(later) == 1
    assert kind.purge(later) == 0
    assert not Update.objects.filter(text="A colleague was ill.").exists()
    assert Update.objects.filter(text="Going on.").exists()
    assert list(old.updates.values_list("status", "percent", "at")) == states
