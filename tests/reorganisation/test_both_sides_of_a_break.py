"""Answers of a body before the day and of its successors after it: shown with a break, never added across."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from foi import casework
from foi.compare import compare
from foi.figures import chapters as foi_chapters
from foi.models import FoiRound, Item, Request
from network.dates import Period
from network.people.models import Organisation, User
from network.reorganisation import acts
from network.roles import Role
from network.tick import tick
from questionnaires import figures, filling, results
from questionnaires.models import Round
from questionnaires.results import Results
from tests import factories, foi_factories
from tests import questionnaires_factories as returns
from tests.conftest import People
from tests.reorganisation.test_reorganising import moved, surrey
from tests.reorganisation_factories import reorganisation

Bodies = dict[str, Organisation]
At = Callable[[str], None]
SignIn = Callable[[User], Client]
SURREY = "On 1 April 2027 Surrey became East Surrey and West Surrey"


def exact(number: int) -> dict[str, Any]:
    return {"state": "exact", "value": number}


def given(asking: Round, body: Organisation, number: int, lead: User | None = None, **more: Any) -> None:
    lead = lead or factories.person(f"Lead, {body} in {asking.slug}", Role.LEAD, body)
    returns.submitted(asking, body, by=lead, F3=exact(number), **more)


def of(asking: Round, code: str, user: User) -> Results:
    names = {icb.ods_code: icb.full_name for icb in filling.icbs_of(asking)}
    return results.of(asking, returns.question(code), user, names)


def text(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text().split())


# -- Questions, each side in a round of its own ---------------------------------------------------------


@pytest.fixture
def two_rounds(people: People, orgs: Bodies, at: At) -> tuple[Round, Round]:
    """Surrey answers about 2026/27 before its day, East and West Surrey about the same year after it."""
    lead = factories.person("Lead, Surrey", Role.LEAD, orgs["surrey"])
    before = returns.round_("autumn-2026", reporting_year="2026/27")
    given(before, orgs["surrey"], 3, lead)
    given(before, orgs["kent"], 10, people.lead)
    row = surrey(people, orgs)
    moved(row, "East Surrey", "West Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    at("2027-05-10")
    after = returns.round_("spring-2027", reporting_year="2026/27", opens=-5)
    mover = User.objects.get(pk=lead.pk)
    given(after, orgs["east-surrey"], 5, mover)
    given(after, orgs["west-surrey"], 7, mover)
    given(after, orgs["kent"], 11, people.lead)
    return before, after


def test_each_side_is_added_up_by_itself_and_both_pages_show_the_break(
    two_rounds: tuple[Round, Round], people: People, sign_in: SignIn
) -> None:
    before, after = two_rounds
    for asking, names, together in (
        (before, {"Kent", "Surrey"}, "13, from 2 of 2"),
        (after, {"East Surrey", "Kent", "West Surrey"}, "23, from 3 of 3"),
    ):
        found = of(asking, "F3", people.lead)
        assert {row.authority.name for row in found.rows} == names
        assert str(found.total) == together
        assert found.apart == []
        page = text(sign_in(people.lead).get(f"{asking.get_absolute_url()}results/F3/"))
        assert f"Break in the series. {SURREY}." in page
        assert "are not of the same bodies" in page


def test_a_report_adds_up_one_side_and_names_the_day(two_rounds: tuple[Round, Round], people: People) -> None:
    (chapter,) = figures.chapters(Period.parse("2027-H1"))
    table = next(one for one in chapter.tables if one.key.endswith(".F3"))
    assert [row.label for row in table.rows] == ["East Surrey", "Kent", "West Surrey"]
    assert "Break in the series: the bodies changed on 1 April 2027." in table.reading


# -- Both sides in one round: the portal heard of it late -----------------------------------------------


@pytest.fixture
def heard_late(people: People, orgs: Bodies) -> Round:
    """Kent has answered about 2025/26 when it is heard that Garden came after it on 25 October."""
    asking = returns.round_()
    given(asking, orgs["kent"], 3, people.lead)
    given(asking, orgs["medway"], 4, people.stranger, E1="No")
    row = reorganisation(people.admin, [orgs["kent"]], ["Garden"], on=date(2026, 10, 25))
    acts.prepare(row, by=people.admin)
    tick()
    garden = Organisation.objects.get(slug="garden")
    given(asking, garden, 50, User.objects.get(pk=people.lead.pk))
    return asking


def test_a_body_and_what_came_after_it_are_shown_beside_each_other_and_only_one_is_added(
    heard_late: Round, people: People, sign_in: SignIn
) -> None:
    found = of(heard_late, "F3", people.admin)
    assert [(row.authority.name, row.text) for row in found.rows] == [
        ("Garden", "50"),
        ("Kent", "3"),
        ("Medway", "4"),
    ]
    assert str(found.total) == "7, from 2 of 2"
    assert str(found.total_apart) == "50, from 1 of 1"
    page = text(sign_in(people.admin).get(f"{heard_late.get_absolute_url()}results/F3/"))
    assert "Break in the series. On 25 October 2026 Kent became Garden." in page
    assert "Shown below but not added to the others: Garden." in page
    assert "together 7, from 2 of 2" in page
    assert "57" not in page


def test_where_only_one_of_them_gave_a_figure_it_is_added_as_ever(people: People, orgs: Bodies) -> None:
    asking = returns.round_()
    returns.submitted(asking, orgs["kent"], by=people.lead, F3={"state": "not_recorded"})
    acts.prepare(
        reorganisation(people.admin, [orgs["kent"]], ["Garden"], on=date(2026, 10, 25)), by=people.admin
    )
    tick()
    garden = Organisation.objects.get(slug="garden")
    given(asking, garden, 50, User.objects.get(pk=people.lead.pk))
    assert str(of(asking, "F3", people.admin).total) == "50, from 1 of 2; 1 not recorded"
    (chapter,) = figures.chapters(Period.parse("2026-H2"))
    table = next(one for one in chapter.tables if one.key.endswith(".F3"))
    assert [str(row.cells[0]) for row in table.rows] == ["50", "not recorded"]


def test_what_is_counted_by_answer_counts_one_side_too(heard_late: Round, people: People) -> None:
    found = of(heard_late, "E1", people.admin)
    assert sum(bar.number for bar in found.bars) == found.base == 2
    assert {bar.number for bar in found.bars} == {0, 1}


def test_a_report_adds_only_one_side_of_them(heard_late: Round, people: People) -> None:
    (chapter,) = figures.chapters(Period.parse("2026-H2"))
    tables = {one.key.rpartition(".")[2]: one for one in chapter.tables}
    assert [(row.label, str(row.cells[0])) for row in tables["F3"].rows] == [
        ("Garden", "not comparable"),
        ("Kent", "3"),
        ("Medway", "4"),
    ]
    assert sorted(str(row.cells[0]) for row in tables["E1"].rows)[-3:] == ["0", "1", "1"]


# -- Boards in FOI rounds -------------------------------------------------------------------------------


def item(code: str) -> Item:
    return Item.objects.get(code=code)


def test_boards_before_and_after_stand_in_rounds_of_their_own_each_with_the_break(
    people: People, orgs: Bodies, at: At, sign_in: SignIn
) -> None:
    board = orgs["kent-and-medway"]
    first = foi_factories.sent_round(people.admin)
    foi_factories.record(foi_factories.request_to(first, board), people.admin, "1.1", "12")
    row = reorganisation(people.admin, [board], ["Garden"])
    moved(row, "Garden", by=people.admin)
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    tick()
    at("2028-05-10")
    garden = Organisation.objects.get(slug="garden")
    second = foi_factories.foi_round(
        people.admin, year="2027/28", years=["2026/27", "2027/28"], slug="foi-2028"
    )
    for request in second.requests.select_related("round__version", "body", "sent_to"):
        foi_factories.sent(request, people.admin, date(2028, 5, 10))
    for year, written in (("2026/27", "40"), ("2027/28", "50")):
        foi_factories.record(
            foi_factories.request_to(second, garden), people.admin, "1.1", written, year=year
        )
    before = compare(first, item("1.1"), people.lead)
    line = next(one for one in before.lines if one.body == board)
    assert line.breaks == ("Break: succeeded on 1 April 2027 by Garden body",)
    assert before.totals[1].startswith("12, from 1 of 7")
    after = compare(second, item("1.1"), people.lead)
    assert {line.body.name for line in after.lines} >= {"Garden"}
    assert board not in {line.body for line in after.lines}
    assert [words.partition(",")[0] for words in after.totals] == ["40", "50"]
    assert after.notes == ["break: the body began on 1 April 2027, so this is a figure of what it came from"]
    for round, words in ((first, line.breaks[0]), (second, after.notes[0])):
        page = text(sign_in(people.lead).get(f"/foi/{round.slug}/compare/?item=1.1"))
        assert words in page


@pytest.fixture
def both_asked(people: People, orgs: Bodies, at: At) -> FoiRound:
    """Surrey Heartlands, and Surrey and Sussex which came after it, are in one round about 2025/26."""
    asked = foi_factories.sent_round(people.admin)
    Request.objects.filter(round=asked, body=orgs["sussex"]).update(body=orgs["surrey-and-sussex"])
    at("2026-09-21")
    for slug, said in (
        ("surrey-heartlands", ("12", "£1 million")),
        ("surrey-and-sussex", ("40", "£3 million")),
    ):
        request = foi_factories.request_to(asked, orgs[slug])
        for code, written in zip(("1.1", "2.3"), said, strict=True):
            foi_factories.record(request, people.admin, code, written)
        foi_factories.record(request, people.admin, "7.1", "yes", year="")
    return asked


def test_of_a_board_and_what_came_after_it_one_is_in_no_total_and_says_so(
    both_asked: FoiRound, people: People, sign_in: SignIn
) -> None:
    for code, together in (
        ("1.1", "12, from 1 of 7; 1 not comparable, 5 not due"),
        ("2.3", "£1,000,000, from 1 of 7; 1 not comparable, 5 not due"),
    ):
        found = compare(both_asked, item(code), people.lead)
        assert found.totals[1] == together
        assert "The largest exact figure" not in found.reading
    assert compare(both_asked, item("7.1"), people.lead).totals == [
        "1 yes, from 1 of 7; 1 not comparable, 5 not due"
    ]
    page = text(sign_in(people.lead).get(f"/foi/{both_asked.slug}/compare/?item=1.1"))
    assert "40" in page
    assert "break: NHS Surrey Heartlands ICB gave a figure too, so this one is not added to any total" in page


def test_a_year_for_which_only_one_side_gave_a_figure_is_added_as_ever(
    both_asked: FoiRound, people: People, orgs: Bodies
) -> None:
    request = foi_factories.request_to(both_asked, orgs["surrey-and-sussex"])
    foi_factories.record(request, people.admin, "1.1", "33", year="2024/25")
    found = compare(both_asked, item("1.1"), people.lead)
    assert [words.partition(",")[0] for words in found.totals] == ["33", "12"]


def test_a_report_has_one_of_the_two_boards_in_its_sum(
    both_asked: FoiRound, people: People, orgs: Bodies
) -> None:
    for slug in ("surrey-heartlands", "surrey-and-sussex"):
        request = foi_factories.request_to(both_asked, orgs[slug])
        casework.record(request, "answer", by=people.admin, on=date(2026, 9, 20))
    (chapter,) = foi_chapters(Period.parse("2026-H1"))
    table = next(one for one in chapter.tables if one.key.startswith("foi.referred"))
    said = {row.label: str(row.cells[0]) for row in table.rows}
    assert said["NHS Surrey Heartlands ICB"] == "12"
    assert said["NHS Surrey and Sussex ICB"] == "not comparable"
