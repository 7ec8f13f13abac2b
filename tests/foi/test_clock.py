"""The FOI clock: 20 working days by the Act, and how each date was reached."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foi.clock import Clock, Event, EventKind, State, due, reckon
from network import dates

D = date.fromisoformat
VECTORS = [
    ("2025-02-24", "2025-03-25", "2025-04-24"),
    ("2025-12-12", "2026-01-15", "2026-02-12"),
    ("2026-05-22", "2026-06-23", "2026-07-22"),
    ("2026-07-06", "2026-08-05", "2026-09-03"),
]
days_within = st.dates(D("2025-01-01"), D("2028-08-31"))


def clock(today: str, **events: str) -> Clock:
    return reckon([Event(EventKind(kind), D(on)) for kind, on in events.items()], D(today))


@pytest.mark.parametrize(("received", "twentieth", "fortieth"), VECTORS)
def test_the_20th_and_the_40th_working_day(received: str, twentieth: str, fortieth: str) -> None:
    assert due(D(received)) == D(twentieth)
    assert due(D(received), 40) == D(fortieth)


def test_a_bank_holiday_anywhere_in_the_uk_stops_the_clock_and_is_named() -> None:
    found = clock("2025-03-01", received="2025-02-24")
    assert found.skipped == ((D("2025-03-17"), "St Patrick’s Day"),)
    assert "Monday 17 March 2025 does not count: St Patrick’s Day." in found.steps
    assert found.steps[0] == (
        "Received on Monday 24 February 2025. Day 1 is the next working day, Tuesday 25 February 2025 "
        "(FOIA section 10)."
    )
    assert found.steps[-1] == "The 20th working day is Tuesday 25 March 2025."


def test_a_request_may_be_received_on_a_day_off_and_day_1_is_the_next_working_day() -> None:
    friday, saturday, monday = D("2025-02-21"), D("2025-02-22"), D("2025-02-24")
    assert due(saturday, 1) == monday
    assert due(saturday) == due(friday)
    assert due(monday) == due(saturday) + timedelta(days=1)


def test_a_holiday_that_an_admin_added_counts() -> None:
    longer = {**dates.shipped_holidays(), D("2025-03-10"): "Day of mourning"}
    found = reckon([Event(EventKind.RECEIVED, D("2025-02-24"))], D("2025-03-01"), longer)
    assert found.due == D("2025-03-26")
    assert (D("2025-03-10"), "Day of mourning") in found.skipped


def test_it_runs_until_the_end_of_the_due_date_and_is_overdue_by_working_days_after_it() -> None:
    assert clock("2025-03-25", received="2025-02-24").state is State.RUNNING
    late = clock("2025-03-31", received="2025-02-24")
    assert (late.state, late.late_by, late.in_words) == (State.OVERDUE, 4, "Overdue by 4 working days")


def test_over_the_weekend_it_is_overdue_though_no_working_day_has_passed() -> None:
    late = clock("2025-03-22", received="2025-02-20")
    assert (late.due, late.state, late.late_by) == (D("2025-03-21"), State.OVERDUE, 0)
    assert late.in_words == "Overdue: it was due on 21 March 2025"


def test_a_clarification_stops_the_clock_and_starts_it_anew() -> None:
    asked = {"received": "2025-02-03", "clarification_requested": "2025-02-10"}
    waiting = clock("2025-06-01", **asked)
    assert (waiting.state, waiting.due, waiting.late_by) == (State.WAITING, None, 0)
    again = clock("2025-03-01", **asked, clarified="2025-02-24")
    assert (again.state, again.started, again.due) == (State.RUNNING, D("2025-02-24"), D("2025-03-25"))
    assert any("start again" in step for step in again.steps)


def test_a_clarification_after_an_extension_starts_twenty_days_and_not_forty() -> None:
    found = clock(
        "2025-03-01",
        received="2025-02-03",
        extended="2025-02-05",
        clarification_requested="2025-02-10",
        clarified="2025-02-24",
    )
    assert found.due == D("2025-03-25")


def test_a_public_interest_extension_is_expected_within_twenty_more() -> None:
    found = clock("2025-03-20", received="2025-02-24", extended="2025-03-20")
    assert (found.due, found.state, found.warnings) == (D("2025-04-24"), State.RUNNING, ())
    late = clock("2025-03-27", received="2025-02-24", extended="2025-03-27")
    assert late.warnings == (
        "The extension was announced on Thursday 27 March 2025, after the answer was due on 25 March 2025.",
    )


def test_an_answer_ends_the_clock_and_says_how_late_it_was() -> None:
    on_time = clock("2027-01-01", received="2025-02-24", responded="2025-03-25")
    assert (on_time.state, on_time.late_by) == (State.ANSWERED, 0)
    late = clock("2027-01-01", received="2025-02-24", responded="2025-03-26")
    assert (late.state, late.late_by, late.in_words) == (State.ANSWERED, 1, "Answered 1 working day late")


def test_an_internal_review_has_twenty_working_days_and_at_most_forty() -> None:
    asked = {"received": "2025-01-06", "responded": "2025-02-03", "review_requested": "2025-02-24"}
    found = clock("2025-03-25", **asked)
    assert (found.review_due, found.review_latest) == (D("2025-03-25"), D("2025-04-24"))
    assert found.state is State.REVIEW_RUNNING
    assert clock("2025-03-26", **asked).state is State.REVIEW_OVERDUE
    done = clock("2025-04-01", **asked, reviewed="2025-03-27")
    assert (done.state, done.review_late_by) == (State.REVIEWED, 2)


def test_a_dissolved_body_owes_nothing_and_the_successor_is_to_be_asked() -> None:
    found = clock("2026-05-01", received="2026-03-02", lapsed="2026-04-01")
    assert (found.state, found.due, found.late_by) == (State.LAPSED, None, 0)
    assert "successor" in found.steps[-1]


def test_what_was_recorded_later_does_not_change_how_it_stood() -> None:
    assert clock("2025-03-01", received="2025-02-24", responded="2025-03-20").state is State.RUNNING


def test_nothing_runs_before_receipt() -> None:
    found = clock("2025-03-01", responded="2025-02-25")
    assert (found.state, found.due) == (State.NOT_RECEIVED, None)
    assert "before any receipt" in found.warnings[0]


def test_a_second_receipt_is_left_out_and_said() -> None:
    twice = [Event(EventKind.RECEIVED, D("2025-02-24")), Event(EventKind.RECEIVED, D("2025-03-03"))]
    found = reckon(twice, D("2025-03-04"))
    assert found.due == D("2025-03-25")
    assert "second receipt" in found.warnings[0]


@pytest.mark.parametrize("received", ["2028-12-12", "2031-01-06"])
def test_a_date_beyond_the_known_bank_holidays_is_not_passed_off_as_sure(received: str) -> None:
    found = clock("2032-01-01", received=received)
    assert "known up to 31 December 2028 only" in found.warnings[0]


def test_nor_is_one_before_them() -> None:
    assert "of 2024 are not known" in clock("2025-01-31", received="2024-12-12").warnings[0]


@given(days_within, st.integers(1, 60))
def test_due_dates_are_working_days_with_as_many_between(received: date, days: int) -> None:
    end = due(received, days)
    shipped = dates.shipped_holidays()
    assert end.weekday() < 5
    assert end not in shipped
    every = [received + timedelta(n) for n in range(1, (end - received).days + 1)]
    assert sum(day.weekday() < 5 and day not in shipped for day in every) == days


@given(days_within, st.integers(0, 400))
def test_it_is_overdue_exactly_after_the_due_date(received: date, later: int) -> None:
    today = received + timedelta(days=later)
    found = reckon([Event(EventKind.RECEIVED, received)], today)
    assert found.due is not None
    assert (found.state is State.OVERDUE) is (today > found.due)
    assert found.late_by == 0 or today > found.due


@given(st.lists(st.builds(Event, st.sampled_from(EventKind), days_within), max_size=8), days_within)
def test_any_events_in_any_order_give_a_clock(events: list[Event], today: date) -> None:
    found = reckon(events, today)
    assert found == reckon(reversed(events), today)
    assert found.in_words
    assert (found.due is None) or found.started is not None
