"""Nobody is asked about what will have closed by itself before the day, or opens only afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from network import registry
from network.marks import Loaded
from network.people.models import Organisation, User
from network.reorganisation import acts, drafts
from network.reorganisation.models import Reorganisation, Settlement, Status
from network.reorganisation.plan import plan_of
from network.tick import tick
from network.workflow import Refused
from questionnaires.models import Return, Round
from tests import questionnaires_factories as returns
from tests.conftest import People
from tests.reorganisation.test_reorganising import surrey

Bodies = dict[str, Organisation]
At = Callable[[str], None]
SignIn = Callable[[User], Client]
CLOSES = "closes on 3 March 2027, before this comes into force"


@pytest.fixture
def asking(reference: None, at: At) -> Round:
    """A round that closes before Surrey ends, looked at while it is open."""
    at("2027-02-01")
    return returns.round_("winter-2027", opens_on=date(2027, 1, 4), closes_on=date(2027, 3, 3))


@pytest.fixture
def draft(asking: Round, orgs: Bodies) -> Return:
    return returns.return_of(asking, orgs["surrey"])


@pytest.fixture
def row(draft: Return, people: People, orgs: Bodies) -> Reorganisation:
    return surrey(people, orgs)


def longer(asking: Round, closes_on: date = date(2027, 4, 30)) -> None:
    Round.objects.filter(pk=asking.pk).update(closes_on=closes_on)


def decided(row: Reorganisation, people: People, fate: str, to: str) -> None:
    plan = plan_of(row)
    chosen: dict[str, Any] = {one.holding.key: (fate, row.successors.get(name=to).pk) for one in plan.things}
    drafts.set_fates(row, chosen, by=people.admin, loaded=Loaded(drafts.mark_of_things(plan.things)))


def text(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text().split())


def test_of_a_round_that_closes_before_the_day_nothing_is_decided_and_every_page_says_so(
    people: People, row: Reorganisation, sign_in: SignIn
) -> None:
    client, page = sign_in(people.admin), row.get_absolute_url()
    assert plan_of(row).things == []
    for address in (f"{page}things/", f"{page}preview/"):
        said = text(client.get(address))
        assert "There is nothing to decide about 1 open thing:" in said
        assert f"Surrey, Winter 2027: not submitted. It {CLOSES}." in said
        assert "Let the successor finish" not in said
        assert "Nothing stands open for what ends" not in said
    assert "1 open thing, with nothing to decide" in text(client.get(page))
    acts.prepare(row, by=people.admin)
    said = text(client.get(page))
    assert CLOSES in said
    assert "Nothing stood open" not in said


def test_a_round_that_closes_on_the_day_itself_or_later_has_to_be_decided(
    people: People, row: Reorganisation, asking: Round
) -> None:
    for closes in (date(2027, 4, 1), date(2027, 4, 30)):
        longer(asking, closes)
        assert [thing.fate for thing in plan_of(row).things] == [None]
    longer(asking, date(2027, 3, 31))  # the last day of what ends
    assert plan_of(row).things == []


def test_a_round_that_is_made_longer_comes_up_as_undecided_again_in_the_draft(
    people: People, row: Reorganisation, asking: Round
) -> None:
    acts_said = acts.problems_of(plan_of(row))
    assert acts_said == []
    longer(asking)
    with pytest.raises(Refused, match="Say what becomes of 1 open thing"):
        acts.prepare(row, by=people.admin)
    decided(row, people, "finish", "East Surrey")
    assert acts.prepare(row, by=people.admin).status == Status.PREPARED


def test_made_longer_once_it_is_prepared_it_is_shown_and_takes_the_usual_course_on_the_day(
    people: People, row: Reorganisation, asking: Round, draft: Return, sign_in: SignIn, at: At
) -> None:
    acts.prepare(row, by=people.admin)
    longer(asking)
    at("2027-03-20")
    said = text(sign_in(people.admin).get(row.get_absolute_url()))
    usual = "Surrey, Winter 2027: not submitted: Close it unanswered: the round says so"
    assert f"{usual} Turned up since it was prepared" in said
    assert CLOSES not in said
    at("2027-04-01")
    assert not tick().failed
    row.refresh_from_db()
    draft.refresh_from_db()
    assert (row.status, row.failed) == (Status.IN_FORCE, "")
    assert draft.is_closed
    late = Settlement.objects.get()
    assert (late.unforeseen, late.said) == (True, f"{draft}: closed unanswered")


def test_made_longer_once_it_is_prepared_it_can_still_be_decided_by_taking_it_back(
    people: People, row: Reorganisation, asking: Round, draft: Return, at: At
) -> None:
    acts.prepare(row, by=people.admin)
    longer(asking)
    acts.reopen(row, by=people.admin)
    row.refresh_from_db()
    decided(row, people, "finish", "West Surrey")
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    assert not tick().failed
    draft.refresh_from_db()
    assert draft.answering.name == "West Surrey"


def test_a_round_that_is_made_shorter_after_it_was_decided_blocks_nothing(
    people: People, row: Reorganisation, asking: Round, draft: Return, sign_in: SignIn, at: At
) -> None:
    longer(asking)
    decided(row, people, "finish", "East Surrey")
    acts.prepare(row, by=people.admin)
    longer(asking, date(2027, 3, 3))
    said = text(sign_in(people.admin).get(row.get_absolute_url()))
    assert CLOSES in said
    assert "Let the successor finish" not in said
    at("2027-04-01")
    assert not tick().failed
    row.refresh_from_db()
    draft.refresh_from_db()
    assert row.status == Status.IN_FORCE
    assert (draft.status, draft.answering.name) == ("draft", "Surrey")
    assert Settlement.objects.get().said == "No longer open"


def test_of_a_round_that_opens_only_after_the_last_day_nothing_is_decided_and_the_old_body_is_not_asked(
    people: People, orgs: Bodies, sign_in: SignIn, at: At
) -> None:
    """Set up while the directory did not know yet that the body would have ended."""
    later = returns.round_("summer-2027", opens_on=date(2027, 5, 1), closes_on=date(2027, 6, 30))
    kent = drafts.begin(by=people.admin, bodies=[orgs["kent"]], on=date(2027, 4, 1))
    drafts.join(kent, orgs["medway"], [orgs["kent"]], by=people.admin)
    page = text(sign_in(people.admin).get(f"{kent.get_absolute_url()}preview/"))
    assert "It opens on 1 May 2027, after Kent has ended: it is taken back on the day." in page
    assert plan_of(kent).things == []
    acts.prepare(kent, by=people.admin)
    at("2027-04-01")
    assert not tick().failed
    assert not later.returns.filter(authority=orgs["kent"]).exists()
    assert later.returns.filter(authority=orgs["medway"]).exists()
    said = Settlement.objects.get(kind="Questionnaire return")
    assert said.said.endswith("not asked, because the round opens after its last day")
    assert not said.unforeseen


def test_each_app_says_when_what_it_holds_closes_by_itself(
    draft: Return, asking: Round, orgs: Bodies
) -> None:
    (holding,) = registry.holdings_of(orgs["surrey"])
    assert (holding.opens_on, holding.closes_on) == (asking.opens_on, asking.closes_on)
