"""The clock of a request under the Freedom of Information Act 2000 (FOIA): dated events in, due dates out.

A body has 20 working days (s10(1)). Day 1 is the working day after the day of receipt, and a bank holiday
in any part of the UK does not count (s10(6)). The day of receipt may be a Sunday or a bank holiday: the Act
does not ask for a working day, so day 1 of a request that came on a Saturday is the Monday.

Nothing is stored: `reckon` replays the events up to a day, so a corrected event corrects every date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from network import dates
from network.dates import Holidays, weekday_date

ANSWER_DAYS = 20  # FOIA s10(1)
EXTENDED_DAYS = (
    40  # s10(3): the Commissioner expects a public-interest extension to take no more than 20 more
)
REVIEW_DAYS = 20  # s45 Code of Practice 2018, paragraph 5.4: normally
REVIEW_DAYS_AT_MOST = 40  # and the Commissioner: in exceptional cases


def due(received: date, days: int = ANSWER_DAYS, holidays: Holidays | None = None) -> date:
    """The `days`-th working day after receipt. No holidays given: the list that came with the portal."""
    return dates.working_day_after(received, days, holidays)


class EventKind(StrEnum):
    RECEIVED = "received"
    CLARIFICATION_REQUESTED = "clarification_requested"
    CLARIFIED = "clarified"
    EXTENDED = "extended"
    RESPONDED = "responded"
    REVIEW_REQUESTED = "review_requested"
    REVIEWED = "reviewed"
    LAPSED = "lapsed"  # the body was dissolved: the request is to be sent again to its successor


class State(StrEnum):
    NOT_RECEIVED = "not_received"
    RUNNING = "running"
    WAITING = "waiting_for_clarification"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    REVIEW_RUNNING = "review_running"
    REVIEW_OVERDUE = "review_overdue"
    REVIEWED = "reviewed"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Event:
    kind: EventKind
    on: date


@dataclass(frozen=True)
class Clock:
    """Where a request stands on a day.

    `due` is None when no clock runs to a date (not received, or waiting for a clarification). `skipped`
    are the bank holidays between the start and the due date; `late_by` counts working days after it, up
    to the answer if there was one; `owed` says that the answer itself has not come though its day is
    past, whatever else happened meanwhile (a review of the silence, a complaint). `steps` is "how this
    date was reached", a sentence each; `warnings` say what to look at: events out of order, or a date in
    years whose bank holidays are not known.
    """

    state: State
    started: date | None = None
    due: date | None = None
    skipped: tuple[tuple[date, str], ...] = ()
    late_by: int = 0
    owed: bool = False
    responded: date | None = None
    review_due: date | None = None
    review_latest: date | None = None
    review_late_by: int = 0
    steps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """Overdue by 3 working days; Due on 25 March 2025; Waiting for a clarification …"""
        late = f"{self.late_by} working day{'' if self.late_by == 1 else 's'}"
        by = dates.long_date(self.due) if self.due else ""
        review = dates.long_date(self.review_due) if self.review_due else ""
        return {
            State.NOT_RECEIVED: "Not yet received by the body",
            State.RUNNING: f"Due on {by}",
            State.WAITING: "Waiting for a clarification",
            State.OVERDUE: f"Overdue by {late}" if self.late_by else f"Overdue: it was due on {by}",
            State.ANSWERED: f"Answered {late} late" if self.late_by else "Answered",
            State.REVIEW_RUNNING: f"Internal review due on {review}",
            State.REVIEW_OVERDUE: f"Internal review overdue: it was due on {review}",
            State.REVIEWED: "Internal review done",
            State.LAPSED: "Lapsed: the body was dissolved",
        }[self.state]


def reckon(events: Iterable[Event], today: date, holidays: Holidays | None = None) -> Clock:
    """The clock as it stood at the end of `today`; later events are left out of account."""
    replay = _Replay(today, holidays)
    for event in sorted((event for event in events if event.on <= today), key=_order):
        replay.take(event)
    return replay.clock()


def _order(event: Event) -> tuple[date, int]:
    """By date; on one day in the order in which things can happen."""
    return event.on, list(EventKind).index(event.kind)


class _Replay:
    """The events so far, in order: what runs, since when, and why."""

    def __init__(self, today: date, holidays: Holidays | None) -> None:
        self.today, self.holidays = today, holidays
        self.start: date | None = None
        self.days = ANSWER_DAYS
        self.asked: date | None = None  # a clarification that is still awaited
        self.responded: date | None = None
        self.review: date | None = None
        self.reviewed: date | None = None
        self.lapsed: date | None = None
        self.steps: list[str] = []
        self.warnings: list[str] = []

    def take(self, event: Event) -> None:
        day = weekday_date(event.on)
        if (self.start is None) is not (event.kind is EventKind.RECEIVED):
            trouble = "a second receipt" if self.start else "it comes before any receipt"
            self.warnings.append(f"'{_words(event.kind)}' on {day} is left out: {trouble}.")
            return
        getattr(self, f"_{event.kind}")(event.on, day)

    def _received(self, on: date, day: str) -> None:
        self.start = on
        self.steps.append(f"Received on {day}. {self._day_one()}")

    def _day_one(self) -> str:
        assert self.start is not None
        first = weekday_date(due(self.start, 1, self.holidays))
        return f"Day 1 is the next working day, {first} (FOIA section 10)."

    def _clarification_requested(self, on: date, day: str) -> None:
        self._warn_if_late(on, f"The clarification was asked for on {day}")
        self.asked = on
        self.steps.append(f"A clarification was asked for on {day}: no date is due until it is given.")

    def _clarified(self, on: date, day: str) -> None:
        if self.asked is None:
            self.warnings.append(f"A clarification was given on {day} although none was asked for.")
        self.asked, self.start, self.days = None, on, ANSWER_DAYS
        self.steps.append(f"Clarified on {day}: the {ANSWER_DAYS} days start again. {self._day_one()}")

    def _extended(self, on: date, day: str) -> None:
        self._warn_if_late(on, f"The extension was announced on {day}")
        self.days = EXTENDED_DAYS
        more = EXTENDED_DAYS - ANSWER_DAYS
        self.steps.append(
            f"Extended on {day} to weigh the public interest (section 10(3)): "
            f"{more} more working days are expected to be enough, {EXTENDED_DAYS} in all."
        )

    def _responded(self, on: date, day: str) -> None:
        if self.responded is None:
            self.responded = on
            self.steps.append(f"Answered on {day}.")

    def _review_requested(self, on: date, day: str) -> None:
        self.review, self.reviewed = on, None
        self.steps.append(
            f"An internal review was asked for on {day}: {REVIEW_DAYS} working days, at most "
            f"{REVIEW_DAYS_AT_MOST}."
        )

    def _reviewed(self, on: date, day: str) -> None:
        if self.review is None:
            self.warnings.append(f"An internal review is recorded on {day} although none was asked for.")
            return
        self.reviewed = on
        self.steps.append(f"The internal review was done on {day}.")

    def _lapsed(self, on: date, day: str) -> None:
        self.lapsed = on
        self.steps.append(f"The body was dissolved on {day}: send the request again to its successor.")

    def _warn_if_late(self, on: date, what: str) -> None:
        date_due = self._due()
        if date_due and on > date_due:
            self.warnings.append(f"{what}, after the answer was due on {dates.long_date(date_due)}.")

    def _due(self) -> date | None:
        if self.start is None or (self.asked and not self.responded):
            return None
        return due(self.start, self.days, self.holidays)

    def _late(self, date_due: date | None, done: date | None) -> int:
        if date_due is None or (self.lapsed and done is None):
            return 0
        return dates.working_days_between(date_due, done or self.today, self.holidays)

    def clock(self) -> Clock:
        date_due = None if self.lapsed and not self.responded else self._due()
        review_due = self._review_day(REVIEW_DAYS)
        return Clock(
            state=self._state(date_due, review_due),
            started=self.start,
            due=date_due,
            skipped=self._skipped(date_due),
            late_by=self._late(date_due, self.responded),
            owed=date_due is not None and self.responded is None and self.today > date_due,
            responded=self.responded,
            review_due=review_due,
            review_latest=self._review_day(REVIEW_DAYS_AT_MOST),
            review_late_by=self._late(review_due, self.reviewed),
            steps=tuple(self.steps + self._reached(date_due)),
            warnings=tuple(self.warnings + self._beyond(self.start, date_due) + self._beyond_review()),
        )

    def _state(self, date_due: date | None, review_due: date | None) -> State:
        if self.start is None:
            return State.NOT_RECEIVED
        if review_due and self.reviewed:
            return State.REVIEWED
        if self.lapsed and (review_due or not self.responded):
            return State.LAPSED
        if review_due:
            return State.REVIEW_OVERDUE if self.today > review_due else State.REVIEW_RUNNING
        if self.responded:
            return State.ANSWERED
        if date_due is None:
            return State.WAITING
        return State.OVERDUE if self.today > date_due else State.RUNNING

    def _review_day(self, days: int) -> date | None:
        return due(self.review, days, self.holidays) if self.review else None

    def _skipped(self, date_due: date | None) -> tuple[tuple[date, str], ...]:
        if self.start is None or date_due is None:
            return ()
        return tuple(dates.holidays_between(self.start, date_due, self.holidays))

    def _reached(self, date_due: date | None) -> list[str]:
        if date_due is None:
            return []
        skipped = [f"{weekday_date(day)} does not count: {title}." for day, title in self._skipped(date_due)]
        return [*skipped, f"The {self.days}th working day is {weekday_date(date_due)}."]

    def _beyond(self, first: date | None, last: date | None) -> list[str]:
        if first is None or last is None or dates.holidays_known(first, last, self.holidays):
            return []
        until = dates.known_until(self.holidays)
        known = f"are known up to {dates.long_date(until)} only" if until else "are not known"
        if until and last <= until:
            known = f"of {first.year} are not known"
        return [f"{dates.long_date(last)} may be wrong: bank holidays {known}. Add the missing years."]

    def _beyond_review(self) -> list[str]:
        return self._beyond(self.review, self._review_day(REVIEW_DAYS_AT_MOST))


def _words(kind: EventKind) -> str:
    return kind.value.replace("_", " ")
