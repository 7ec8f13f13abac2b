"""Periods, the two-month cycle, and working days in the UK."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from network import dates
from network.dates import Period, PeriodKind

D = date.fromisoformat
days = st.dates(D("2001-01-01"), D("2098-12-31"))
kinds = st.sampled_from(PeriodKind)


@pytest.fixture(autouse=True)
def clock() -> None:
    """Here nothing holds the time but what a test sets."""


def test_half_years_run_from_april_and_from_october() -> None:
    first, second = Period.parse("2026-H1"), Period.parse("2026-H2")
    assert (first.first, first.last) == (D("2026-04-01"), D("2026-09-30"))
    assert (second.first, second.last) == (D("2026-10-01"), D("2027-03-31"))
    assert first.label == "1 April to 30 September 2026"
    assert first.during == "from 1 April to 30 September 2026"
    assert second.label == "1 October 2026 to 31 March 2027"
    assert Period.half_year(D("2027-03-31")) == second


def test_a_cycle_is_two_months_named_by_the_first() -> None:
    cycle = Period.parse("2026-05")
    assert (cycle.first, cycle.last) == (D("2026-05-01"), D("2026-06-30"))
    assert cycle.label == "May\u2013June 2026"
    assert cycle.during == "in May\u2013June 2026"
    assert Period.cycle(D("2026-06-30")) == cycle
    assert Period.parse("2026-11").next() == Period.parse("2027-01")


def test_a_reporting_year_is_the_financial_year() -> None:
    year = Period.parse("2025/26")
    assert (year.first, year.last, year.label) == (D("2025-04-01"), D("2026-03-31"), "2025/26")
    assert "/" not in year.slug
    assert Period.reporting_year(D("2026-03-31")) == year
    assert Period.parse("2099/00").last == D("2100-03-31")


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-H3", "2026-04", "2026-13", "2025/27", "2025-2027", "26-H1", "1999-H1", "H1"]
)
def test_what_is_no_period_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="Write a half-year such as 2026-H1"):
        Period.parse(text)


@given(kinds, days)
def test_every_day_lies_in_one_period_of_a_kind_and_its_key_reads_back(kind: PeriodKind, day: date) -> None:
    period = Period.holding(kind, day)
    assert day in period
    assert day not in period.next()
    assert day not in period.previous()
    assert Period.parse(period.key) == Period.parse(period.slug) == period
    assert period.next().previous() == period
    assert period.next().first == period.last + timedelta(days=1)
    assert period < period.next()


@given(st.lists(st.builds(Period.holding, kinds, days), max_size=10))
def test_periods_sort_by_when_they_start(periods: list[Period]) -> None:
    starts = [period.first for period in sorted(periods)]
    assert starts == sorted(starts)


def test_a_period_has_ended_the_morning_after_its_last_day_and_none_is_forgotten() -> None:
    first = Period.parse("2026-H1")
    assert dates.ended_periods(first, D("2026-09-30")) == []
    assert dates.ended_periods(first, D("2026-10-01")) == [first]
    assert [p.key for p in dates.ended_periods(first, D("2027-10-02"))] == ["2026-H1", "2026-H2", "2027-H1"]


def test_the_nth_weekday_dates_a_meeting() -> None:
    assert dates.nth_weekday(2027, 1, 3, 2) == D("2027-01-14")
    with pytest.raises(ValueError, match="fewer than 5 Mondays"):
        dates.nth_weekday(2027, 2, 0, 5)


@given(days, st.integers(0, 6), st.integers(1, 4))
def test_the_nth_weekday_has_n_minus_one_before_it(day: date, weekday: int, n: int) -> None:
    found = dates.nth_weekday(day.year, day.month, weekday, n)
    assert found.weekday() == weekday
    assert (found.day - 1) // 7 == n - 1


def test_a_holiday_in_any_part_of_the_uk_is_no_working_day() -> None:
    assert dates.working_day_after(D("2026-03-16")) == D("2026-03-18")  # St Patrick's Day, Northern Ireland
    assert dates.working_day_after(D("2026-06-12")) == D("2026-06-16")  # proclaimed for Scotland
    assert dates.holidays_between(D("2026-03-16"), D("2026-03-18")) == [(D("2026-03-17"), "St Patrick’s Day")]


def test_holidays_given_take_the_place_of_the_shipped_ones() -> None:
    assert dates.working_day_after(D("2026-03-16"), holidays=set()) == D("2026-03-17")
    assert dates.working_day_after(D("2026-03-16"), holidays={D("2026-03-17")}) == D("2026-03-18")


@given(st.dates(D("2025-01-01"), D("2028-06-30")), st.integers(1, 80))
def test_counting_forward_and_counting_between_agree(day: date, count: int) -> None:
    assert dates.working_days_between(day, dates.working_day_after(day, count)) == count


def test_the_count_starts_at_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        dates.working_day_after(D("2026-03-16"), 0)


def test_it_is_known_how_far_the_holidays_reach() -> None:
    assert dates.known_until() == D("2028-12-31")
    assert dates.holidays_known(D("2025-01-01"), D("2028-12-31"))
    assert not dates.holidays_known(D("2028-12-31"), D("2029-01-01"))
    assert not dates.holidays_known(D("2024-12-31"), D("2025-01-31"))


def test_one_added_day_does_not_make_its_year_known() -> None:
    longer = {**dates.shipped_holidays(), D("2029-05-08"): "A proclaimed day"}
    assert dates.known_until(longer) == D("2028-12-31")
    assert dates.known_until(set()) is None


def test_a_frozen_portal_stands_still_and_leases_still_see_real_time(settings: Settings) -> None:
    settings.PORTAL_NOW = dates.parse_now("2026-11-22")
    assert dates.now() == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert dates.today() == D("2026-11-22")
    assert abs(dates.wall_clock() - datetime.now(UTC)) < timedelta(seconds=5)


def test_history_is_laid_down_at_its_own_time() -> None:
    with dates.at(D("2025-07-01")):
        assert dates.now() == datetime(2025, 7, 1, 8, tzinfo=UTC)
    assert abs(dates.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_today_is_london_s_day(settings: Settings) -> None:
    settings.PORTAL_NOW = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert dates.today() == D("2026-07-01")


def test_a_frozen_time_without_a_zone_is_london_s() -> None:
    assert dates.parse_now("2026-07-01T14:30").astimezone(UTC) == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert dates.parse_now("2026-07-01T14:30Z").astimezone(UTC) == datetime(2026, 7, 1, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "22/11/2026", "2026-11-22T25:00"])
def test_what_is_no_time_is_refused_plainly(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date or time"):
        dates.parse_now(text)


def test_dates_and_times_are_written_as_people_here_read_them() -> None:
    moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert dates.long_date(D("2027-01-14")) == "14 January 2027"
    assert dates.short_date(D("2027-01-14")) == "14 Jan 2027"
    assert dates.weekday_date(D("2027-01-14")) == "Thursday 14 January 2027"
    assert dates.long_datetime(moment) == "2 July 2026 at 00:30"
    assert dates.clock_time(moment) == "00:30"
