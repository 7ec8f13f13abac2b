"""What is awaited of a request by when: its clock as pages, lists and tasks say it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, cast

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from foi import clock
from foi.models import Outcome, Request, RequestEvent
from foi.models.outcomes import Code
from foi.models.requests import ANSWERABLE, AWAITING, CLOCK_KINDS, Status
from network import dates
from network.audience import ScopedQuerySet
from network.dates import Holidays
from network.people.models import BankHoliday

SOON = 5  # working days


def with_undated(rows: ScopedQuerySet[Request]) -> ScopedQuerySet[Request]:
    """The requests, each with whether it is `undated`."""
    marked: Any = rows.annotate(without_day=ExpressionWrapper(_undated(), output_field=BooleanField()))
    return cast("ScopedQuerySet[Request]", marked)


@cache  # every admin's home asks, and the condition is always the same
def _undated() -> Q:
    """That answers are recorded, and the day on which they came is not.

    After a part of an answer, whose day is recorded, the rest is awaited until all of it is recorded. That
    is so for every reader, whoever reads the answers themselves: so neither answers nor events are scoped.
    """
    answers = Outcome.objects.filter(request=OuterRef("pk"))
    part = RequestEvent.objects.filter(request=OuterRef("pk"), kind=Status.PART_RESPONSE)
    return (
        Q(status__in=ANSWERABLE)
        & Q(Exists(answers.exclude(outcome=Code.NOT_DUE)))
        & (~Q(Exists(part)) | ~Q(Exists(answers.filter(outcome=Code.NOT_DUE))))
    )


@dataclass(frozen=True)
class Deadline:
    """One request's clock, reckoned once, and what of it concerns us today."""

    request: Request
    clock: clock.Clock
    today: date
    holidays: Holidays

    @classmethod
    def of(cls, request: Request, holidays: Holidays) -> Deadline:
        today = dates.today()
        return cls(request, request.clock(today, holidays), today, holidays)

    @property
    def review(self) -> bool:
        return self.request.status == Status.REVIEW_REQUESTED

    @cached_property
    def due(self) -> date | None:
        """The day by which something is owed, or was."""
        return self.clock.review_due if self.review else self.clock.due

    @property
    def awaited(self) -> bool:
        """Whether a clock runs now. Nobody knows of answers that are recorded without their day."""
        runs = self.review or self.request.status in AWAITING
        return runs and self.due is not None and not self.request.undated

    @cached_property
    def overdue(self) -> bool:
        return self.awaited and self.due is not None and self.today > self.due

    @cached_property
    def late_by(self) -> int:
        """Working days since the due date, while nothing has come."""
        if not self.overdue or self.due is None:
            return 0
        return dates.working_days_between(self.due, self.today, self.holidays)

    @cached_property
    def left(self) -> int | None:
        """Working days that are left: negative when overdue, None when nothing is awaited."""
        if not self.awaited or self.due is None:
            return None
        return (
            -self.late_by if self.overdue else dates.working_days_between(self.today, self.due, self.holidays)
        )

    @property
    def soon(self) -> bool:
        return self.left is not None and self.left <= SOON

    @property
    def words(self) -> str:
        """In a list: 5 working days left; 3 working days overdue; answered 2 working days late."""
        if self.overdue:
            return f"{_days(self.late_by)} overdue" if self.late_by else "overdue"
        if self.left is not None:
            return f"{_days(self.left)} left" if self.left else "due today"
        if self.request.undated:
            return "answers recorded, not their day"
        if self.request.status == Status.DRAFT:
            return "not sent yet"
        if self.clock.state == clock.State.WAITING:
            return "no clock runs until it is clarified"
        if self.clock.responded:
            late = self.clock.late_by
            return f"answered {_days(late)} late" if late else "answered in time"
        return ""

    @property
    def state(self) -> str:
        """How it stands, before the sentence about its date; "" where that sentence says it all."""
        if self.request.undated:
            return "Answers are recorded, not the day on which they came"
        return "" if self.clock.state is clock.State.RUNNING else self.clock.in_words

    @property
    def sentence(self) -> str:
        """How the date was reached, with each holiday that it skipped."""
        if self.clock.due is None or self.clock.started is None:
            return ""
        days = dates.working_days_between(self.clock.started, self.clock.due, self.holidays)
        skipped = [f"{dates.long_date(day)} ({title})" for day, title in self.clock.skipped]
        listed = " and ".join([", ".join(skipped[:-1]), skipped[-1]] if len(skipped) > 1 else skipped)
        not_counted = f", not counting {listed}" if listed else ""
        return (
            f"Due {dates.long_date(self.clock.due)}: {days} working days after "
            f"{dates.long_date(self.clock.started)}{not_counted}."
        )


def undated(requests: Iterable[int]) -> set[int]:
    """Of these requests, by number, those whose answers are recorded without the day on which they came."""
    rows = Request.objects.filter(_undated(), pk__in=list(requests))
    return set(rows.values_list("pk", flat=True))


def clocks(events: Iterable[RequestEvent], on: date, holidays: Holidays) -> dict[int, clock.Clock]:
    """Each request's clock as it stood on a day, since it was last sent. Events come in their order."""
    replayed: dict[int, list[clock.Event]] = {}
    for event in events:
        if event.kind == Status.SENT:
            replayed[event.request_id] = []
        if kind := CLOCK_KINDS.get(event.kind):
            replayed.setdefault(event.request_id, []).append(clock.Event(kind, event.on))
    return {request: clock.reckon(each, on, holidays) for request, each in replayed.items()}


def mark_awaited(outcomes: Iterable[Outcome]) -> None:
    """Of what is not recorded, whether it is awaited still, late already, or lapsed with its body.

    That is so for every reader, whoever reads the dates themselves: so events are not scoped.
    """
    open_ = [outcome for outcome in outcomes if outcome.outcome == Code.NOT_DUE]
    if not open_:
        return
    asked = {outcome.request_id for outcome in open_}
    events = RequestEvent.objects.filter(request__in=asked).order_by("pk")
    found = clocks(events, dates.today(), BankHoliday.known())
    for outcome in open_:
        if one := found.get(outcome.request_id):
            outcome.late, outcome.lapsed = one.owed, one.state is clock.State.LAPSED


def _days(number: int) -> str:
    return f"{number} working day{'' if number == 1 else 's'}"
