"""The demonstration's rounds are what a newcomer is told to find."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from network.dates import Period
from network.demo import World
from network.roles import Role
from questionnaires import conditions, filling
from questionnaires.conditions import Key
from questionnaires.demo import parts
from questionnaires.demo.rounds import rounds_of
from questionnaires.models import Answer, Return, Round
from tests import factories

AS_OF = date(2026, 11, 22)


@pytest.fixture
def world(orgs) -> World:
    for body in orgs.values():
        if body.kind == "authority" and body.member:
            for role in (Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR):
                factories.person(
                    f"{role.label}, {body.name}", role, body, email=f"{role}.{body.slug}@demo.example"
                )
    world = World(seed=1, as_of=AS_OF)
    for part in parts(world):
        part()
    return world


def test_one_round_is_finished_and_one_is_open_with_one_return_that_is_not_kents(world) -> None:
    said = {one["state"]: one for one in world.says["rounds"]}
    assert set(said) == {"closed", "open"}
    current = Round.objects.get(slug=said["open"]["slug"])
    assert current.is_open
    submitted = current.returns.filter(status=Return.Status.SUBMITTED)
    assert submitted.count() == 1
    assert submitted.get().authority.slug != "kent"
    assert not Answer.objects.filter(for_return__round=current, for_return__authority__slug="kent").exists()
    finished = Round.objects.get(slug=said["closed"]["slug"])
    assert finished.returns.filter(status=Return.Status.SUBMITTED).count() == 17


def test_what_is_marked_as_submitted_is_what_a_submission_would_hold(world) -> None:
    for row in Return.objects.filter(status=Return.Status.SUBMITTED).select_related(
        "round__version", "authority"
    ):
        lead = row.submitted_by
        assert lead is not None
        whole = filling.load(row, lead)
        assert not whole.missing(), row
        held: set[Key] = {key for key, answer in whole.answers.items() if answer.submitted}
        assert held == set(whole.submittable()), row
        assert (whole.value(("A4", "")) == "Yes") is row.approved


def test_every_type_of_answer_occurs_with_small_and_missing_numbers(world) -> None:
    answers: list[Any] = list(Answer.objects.filter(submitted=True).values_list("question__type", "value"))
    assert {kind for kind, value in answers if not conditions.is_blank(value)} == {
        *(
            "single",
            "multi",
            "short_text",
            "long_text",
            "month_year",
            "count",
            "percent_pair",
            "contact",
            "matrix",
        )
    }
    counts = [value for kind, value in answers if kind == "count"]
    assert {one["state"] for one in counts} >= {"exact", "nil", "not_recorded", "declined"}
    assert any(one.get("value", 9) < 5 for one in counts)
    assert Answer.objects.filter(evidence__isnull=False).exists()


@pytest.mark.parametrize(
    "day", [date(2026, 4, 1), date(2026, 10, 5), AS_OF, date(2027, 3, 31), date(2028, 2, 29)]
)
def test_on_any_day_the_rounds_are_apart_and_about_years_that_had_ended(day: date) -> None:
    finished, current = rounds_of(day)
    assert finished.opens_on < finished.closes_on < current.opens_on < day < current.closes_on
    assert 150 <= (day - finished.closes_on).days <= 365
    assert finished.reporting_year < current.reporting_year
    assert Period.parse(current.reporting_year).last < current.opens_on
