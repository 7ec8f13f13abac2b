"""Comparisons show a break in the series on the day on which bodies gave way to others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.people.history import breaks_between, listed
from network.people.models import Organisation

Bodies = dict[str, Organisation]


def says(bodies: Bodies, slugs: str, first: date, last: date) -> list[str]:
    return [one.says for one in breaks_between([bodies[slug] for slug in slugs.split()], first, last)]


def test_a_split_breaks_the_series_of_the_old_body_and_of_each_successor(orgs: Bodies) -> None:
    for body in ("surrey", "east-surrey", "west-surrey"):
        (found,) = breaks_between([orgs[body]], date(2026, 4, 1), date(2028, 3, 31))
        assert found.on == date(2027, 4, 1)
        assert [one.name for one in found.predecessors] == ["Surrey"]
    assert says(orgs, "surrey", date(2026, 4, 1), date(2028, 3, 31)) == [
        "On 1 April 2027 Surrey becomes East Surrey and West Surrey"
    ]


def test_a_break_speaks_of_the_past_once_its_day_has_come(orgs: Bodies, at: Callable[[str], None]) -> None:
    at("2027-04-01")
    assert says(orgs, "surrey", date(2026, 4, 1), date(2028, 3, 31)) == [
        "On 1 April 2027 Surrey became East Surrey and West Surrey"
    ]


def test_a_merger_is_one_break_that_names_all_that_merged(orgs: Bodies) -> None:
    assert says(orgs, "surrey-and-sussex", date(2025, 4, 1), date(2026, 11, 22)) == [
        "On 1 April 2026 Frimley became Hampshire and Isle of Wight, Surrey and Sussex, and Thames Valley",
        "On 1 April 2026 Surrey Heartlands and Sussex became Surrey and Sussex",
    ]


def test_a_merger_names_all_that_merged_on_the_page_of_each(orgs: Bodies) -> None:
    assert says(orgs, "sussex", date(2025, 4, 1), date(2026, 11, 22)) == [
        "On 1 April 2026 Surrey Heartlands and Sussex became Surrey and Sussex"
    ]


def test_a_body_that_goes_on_with_a_part_of_another_has_a_break_too(orgs: Bodies) -> None:
    (found,) = breaks_between([orgs["hampshire-and-isle-of-wight"]], date(2025, 4, 1), date(2026, 11, 22))
    assert found.on == date(2026, 4, 1)
    assert orgs["frimley"].pk in found.concerns


@pytest.mark.parametrize(
    ("first", "last", "number"),
    [
        (date(2026, 3, 31), date(2026, 4, 1), 1),
        (date(2026, 4, 1), date(2026, 11, 22), 0),  # all of it lies after the break
        (date(2025, 4, 1), date(2026, 3, 31), 0),  # all of it lies before
    ],
)
def test_only_a_comparison_across_the_day_is_broken(
    orgs: Bodies, first: date, last: date, number: int
) -> None:
    assert len(breaks_between([orgs["frimley"]], first, last)) == number


def test_a_body_that_nothing_happened_to_has_none(orgs: Bodies) -> None:
    assert says(orgs, "kent kent-and-medway", date(2020, 1, 1), date(2030, 1, 1)) == []


def test_all_bodies_of_the_network_cost_one_query(orgs: Bodies) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert breaks_between(orgs.values(), date(2020, 1, 1), date(2030, 1, 1))
    assert len(asked) == 1


def test_names_are_listed_as_one_says_them() -> None:
    assert [listed(names) for names in ((), ("A",), ("A", "B"), ("A", "B", "C"), ("A and B", "C"))] == [
        "", "A", "A and B", "A, B and C", "A and B, and C"
    ]  # fmt: skip
