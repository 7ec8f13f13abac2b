"""Amounts, lengths of time and sums as letters write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foi import written
from foi.sums import Rule, breaches
from network.counts import Count


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("£1,234,567", "1234567"),
        ("1234567.89", "1234567.89"),
        ("£1.2 million", "1200000"),
        ("1.25m", "1250000"),
        ("950k", "950000"),
        ("£0", "0"),
    ],
)
def test_an_amount_is_read_as_the_letter_writes_it(text: str, pounds: str):
    assert written.money(text) == Decimal(pounds)


@pytest.mark.parametrize("text", ["about a million", "-5", "£12.345", "", "£99,999,999,999", "1,23"])
def test_what_is_no_amount_is_refused_with_a_reason(text: str):
    with pytest.raises(ValueError, match=r"amount|nought|pence|large"):
        written.money(text)


@given(st.decimals(min_value=0, max_value=9_999_999, places=2))
def test_every_amount_that_we_print_is_read_back(amount: Decimal):
    assert written.money(f"£{amount:,.2f}") == amount


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("42", "42", "42"),
        ("42 days", "42", "42"),
        ("38.5 days", "38.5", "38.5"),
        ("6 weeks", "42", "42"),
        ("4–12 weeks", "28", "84"),
        ("between 3 and 5 weeks", "21", "35"),
        ("10 days to 3 weeks", "10", "21"),
    ],
)
def test_a_length_of_time_is_kept_in_days(text: str, low: str, high: str):
    assert written.days(text) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["within 28 days", "target 28 days", "up to 6 weeks", "<28 days"])
def test_a_target_is_not_how_long_it_took(text: str):
    with pytest.raises(ValueError, match="target"):
        written.days(text)


@pytest.mark.parametrize("text", ["2 months", "soon", "12–4 weeks", "99999", "-3"])
def test_what_is_no_length_of_time_is_refused(text: str):
    with pytest.raises(ValueError, match=text[:4]):
        written.days(text)


EQUAL = Rule(parts=("2.1", "2.2"), equal=True, wholes=("1.4",), basis="in_year")
AT_MOST = Rule(parts=("1.4", "1.5"), equal=False, wholes=("1.3",), unless="some were carried over")


def test_a_sum_that_bounds_can_still_keep_is_no_breach():
    figures = {"2.1": Count.less_than(5), "2.2": Count.exact(20), "1.4": Count.exact(23)}
    assert EQUAL.breach(figures) == ""


def test_a_sum_that_can_not_be_right_is_told_in_figures():
    figures = {"2.1": Count.less_than(5), "2.2": Count.exact(20), "1.4": Count.exact(30)}
    assert EQUAL.breach(figures) == "2.1 + 2.2 comes to 21 to 24, which is less than 1.4 (30)."


def test_too_many_parts_are_told_with_what_would_explain_them():
    figures = {"1.4": Count.exact(20), "1.5": Count.exact(15), "1.3": Count.exact(30)}
    assert breaches([AT_MOST], figures, {}) == [
        "1.4 + 1.5 comes to 35, which is more than 1.3 (30), unless some were carried over."
    ]


def test_a_missing_part_is_never_read_as_nought():
    assert EQUAL.breach({"2.1": Count.exact(3), "1.4": Count.exact(30)}) == ""


def test_a_rule_of_one_basis_says_nothing_of_figures_on_another():
    figures = {"2.1": Count.exact(5), "2.2": Count.exact(20), "1.4": Count.exact(30)}
    assert breaches([EQUAL], figures, {"2.1": "snapshot", "2.2": "snapshot"}) == []
    assert breaches([EQUAL], figures, {"2.1": "in_year", "2.2": "in_year"}) != []


@given(st.lists(st.integers(0, 50), min_size=2, max_size=2))
def test_parts_that_add_up_are_never_warned_of(parts: list[int]):
    figures = {"2.1": Count.exact(parts[0]), "2.2": Count.exact(parts[1]), "1.4": Count.exact(sum(parts))}
    assert EQUAL.breach(figures) == ""
