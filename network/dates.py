"""Time as the network counts it: now, periods, and working days in the UK.

Everything asks `now()` and `today()` for the time, so that a demonstration can stand still; only a
lease, which measures real seconds, asks `wall_clock()`. Instants are aware and kept in UTC; people read
them in Europe/London. Nothing here touches the database.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, total_ordering
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EN_DASH = "\u2013"
FROZEN_AT = time(9)  # what o'clock it is when only a date was given
ONE_DAY = timedelta(days=1)


# The time


_moment: ContextVar[datetime | None] = ContextVar("_moment", default=None)


@contextmanager
def at(when: date) -> Iterator[None]:
    """Within it `now()` stands still at that moment (a bare date: 09:00 in London). For history laid down."""
    moment = when if isinstance(when, datetime) else datetime.combine(when, FROZEN_AT, LONDON)
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def now() -> datetime:
    """The time everybody sees: where it was made to stand still, else the machine's clock."""
    if (moment := _moment.get()) is not None:
        return moment
    from django.conf import settings  # late, so that this module needs no settings to be read

    frozen: datetime | None = getattr(settings, "PORTAL_NOW", None)
    return wall_clock() if frozen is None else frozen


def today() -> date:
    """The date in Europe/London."""
    return local(now()).date()


def wall_clock() -> datetime:
    """The machine's own time, whatever PORTAL_NOW says. For leases and waits, never for what people see."""
    return datetime.now(UTC)


def midnight(day: date) -> datetime:
    """The moment at which the day begins in London."""
    return datetime.combine(day, time.min, LONDON)


def local(moment: datetime) -> datetime:
    return moment.astimezone(LONDON)


def parse_now(text: str) -> datetime:
    """Reads PORTAL_NOW: an ISO date (09:00 in London) or date and time (London, unless it says otherwise)."""
    written = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
            moment = datetime.combine(date.fromisoformat(written), FROZEN_AT)
        else:
            moment = datetime.fromisoformat(written)
    except ValueError:
        message = (
            f"'{text}' is not a date or time. Write a date such as 2026-11-22, which means 09:00 on that "
            "day, or a date and time such as 2026-11-22T14:30."
        )
        raise ValueError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


# In words


def _day(when: date) -> date:
    return local(when).date() if isinstance(when, datetime) and when.tzinfo else when


def long_date(when: date) -> str:
    """14 January 2027. An aware datetime is read in London."""
    day = _day(when)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(when: date) -> str:
    """14 Jan 2027."""
    day = _day(when)
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def weekday_date(when: date) -> str:
    """Thursday 14 January 2027."""
    day = _day(when)
    return f"{WEEKDAYS[day.weekday()]} {long_date(day)}"


def clock_time(moment: datetime) -> str:
    """14:02, in London."""
    return f"{local(moment):%H:%M}"


def long_datetime(moment: datetime) -> str:
    """14 January 2027 at 14:02, in London."""
    return f"{long_date(moment)} at {clock_time(moment)}"


# Periods


class PeriodKind(StrEnum):
    HALF_YEAR = "half-year"
    CYCLE = "cycle"
    REPORTING_YEAR = "reporting-year"


_PATTERNS = {
    PeriodKind.HALF_YEAR: re.compile(r"(20[0-9]{2})-H([12])"),
    PeriodKind.CYCLE: re.compile(r"(20[0-9]{2})-(01|03|05|07|09|11)"),
    PeriodKind.REPORTING_YEAR: re.compile(r"(20[0-9]{2})(?:/([0-9]{2})|-(20[0-9]{2}))"),
}
ACCEPTED = (
    "Write a half-year such as 2026-H1 (1 April to 30 September 2026), a meeting cycle by its first month "
    f"such as 2026-05 (May{EN_DASH}June 2026; the first month is 01, 03, 05, 07, 09 or 11), or a reporting "
    "year such as 2025/26. Years run from 2000 to 2099."
)


@total_ordering
@dataclass(frozen=True)
class Period:
    """A half-year, a two-month meeting cycle or a reporting year.

    `number` is 1 or 2 in a half-year, the first month in a cycle, 1 in a reporting year. Cycles straddle
    half-years, so neither is ever summed from the other. Periods are ordered by when they start, then end.
    """

    kind: PeriodKind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        fits = {
            PeriodKind.HALF_YEAR: self.number in (1, 2),
            PeriodKind.CYCLE: self.number in range(1, 12, 2),
            PeriodKind.REPORTING_YEAR: self.number == 1,
        }
        if not fits[self.kind]:
            raise ValueError(f"No {self.kind} has the number {self.number}. {ACCEPTED}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of a key or a slug; ValueError says what is accepted."""
        written = text.strip().upper()
        for kind, pattern in _PATTERNS.items():
            if not (match := pattern.fullmatch(written)):
                continue
            year, *rest = (int(group) for group in match.groups() if group)
            if kind is not PeriodKind.REPORTING_YEAR:
                return cls(kind, year, rest[0])
            if rest[0] in ((year + 1) % 100, year + 1):
                return cls(kind, year)
        raise ValueError(f"'{text}' is not a period. {ACCEPTED}")

    @classmethod
    def half_year(cls, on: date) -> Period:
        """The half-year that holds this day: January to March belong to the one that began in October."""
        if on.month < 4:
            return cls(PeriodKind.HALF_YEAR, on.year - 1, 2)
        return cls(PeriodKind.HALF_YEAR, on.year, 1 if on.month < 10 else 2)

    @classmethod
    def cycle(cls, on: date) -> Period:
        return cls(PeriodKind.CYCLE, on.year, on.month if on.month % 2 else on.month - 1)

    @classmethod
    def reporting_year(cls, on: date) -> Period:
        return cls(PeriodKind.REPORTING_YEAR, on.year if on.month >= 4 else on.year - 1)

    @classmethod
    def holding(cls, kind: PeriodKind, on: date) -> Period:
        """The period of a kind that holds this day."""
        if kind is PeriodKind.CYCLE:
            return cls.cycle(on)
        return cls.half_year(on) if kind is PeriodKind.HALF_YEAR else cls.reporting_year(on)

    @property
    def first(self) -> date:
        if self.kind is PeriodKind.CYCLE:
            return date(self.year, self.number, 1)
        return date(self.year, 10 if self.number == 2 else 4, 1)

    @property
    def last(self) -> date:
        return self.next().first - ONE_DAY

    @property
    def key(self) -> str:
        """What `parse` reads back: 2026-H1, 2026-05, 2025/26."""
        if self.kind is PeriodKind.HALF_YEAR:
            return f"{self.year}-H{self.number}"
        if self.kind is PeriodKind.CYCLE:
            return f"{self.year}-{self.number:02}"
        return f"{self.year}/{(self.year + 1) % 100:02}"

    @property
    def slug(self) -> str:
        """The key, fit for an address: a reporting year is 2025-2026 (2010-11 would be a cycle)."""
        return f"{self.year}-{self.year + 1}" if self.kind is PeriodKind.REPORTING_YEAR else self.key

    @property
    def label(self) -> str:
        """1 April to 30 September 2026, May to June 2026 (written with a dash), or 2025/26."""
        if self.kind is PeriodKind.REPORTING_YEAR:
            return self.key
        first, last = self.first, self.last
        if self.kind is PeriodKind.CYCLE:
            return f"{MONTHS[first.month - 1]}{EN_DASH}{MONTHS[last.month - 1]} {self.year}"
        if first.year == last.year:
            return f"{first.day} {MONTHS[first.month - 1]} to {long_date(last)}"
        return f"{long_date(first)} to {long_date(last)}"

    @property
    def during(self) -> str:
        """The label within a sentence: from 1 April to 30 September 2026, in May to June 2026, in 2025/26."""
        return f"{'from' if self.kind is PeriodKind.HALF_YEAR else 'in'} {self.label}"

    def __str__(self) -> str:
        return self.label

    def __contains__(self, day: date) -> bool:
        return self.first <= _day(day) <= self.last

    def contains(self, day: date) -> bool:
        return day in self

    def next(self) -> Period:
        return self._moved(1)

    def previous(self) -> Period:
        return self._moved(-1)

    def _moved(self, steps: int) -> Period:
        length = {PeriodKind.HALF_YEAR: 6, PeriodKind.CYCLE: 2, PeriodKind.REPORTING_YEAR: 12}[self.kind]
        months = self.first.year * 12 + self.first.month - 1 + steps * length
        return self.holding(self.kind, date(months // 12, months % 12 + 1, 1))

    def __lt__(self, other: Period) -> bool:
        return (self.first, self.last) < (other.first, other.last)


def ended_periods(first: Period, on: date | None = None) -> list[Period]:
    """The periods of `first`'s kind, from `first`, whose last day lies before `on` (today if left out).

    What a tick asks: after days of standstill it names every period that ended meanwhile.
    """
    day = on or today()
    ended = []
    period = first
    while period.last < day:
        ended.append(period)
        period = period.next()
    return ended


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th such weekday of a month (Monday is 0): the rule that dates a cycle's meeting."""
    if weekday not in range(7) or n not in range(1, 6):
        raise ValueError("A weekday is 0 (Monday) to 6 (Sunday), and n is 1 to 5.")
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    if day.month != month:
        raise ValueError(f"{MONTHS[month - 1]} {year} has fewer than {n} {WEEKDAYS[weekday]}s.")
    return day


# Working days in the UK

Holidays = Mapping[date, str] | Collection[date]
# England and Wales have eight bank holidays a year, the four nations together at least twelve. A year
# that lists fewer was not loaded: somebody added a single day to it.
FEWEST_IN_A_YEAR = 8


@cache
def shipped_holidays() -> Mapping[date, str]:
    """Bank holidays in any part of the UK, date → title, as they came with the portal."""
    path = Path(__file__).with_name("data") / "bank_holidays.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType(
            {date.fromisoformat(row["date"]): row["title"] for row in csv.DictReader(lines)}
        )


def _or_shipped(holidays: Holidays | None) -> Holidays:
    return shipped_holidays() if holidays is None else holidays


def is_working_day(day: date, holidays: Holidays | None = None) -> bool:
    """Not a Saturday, a Sunday, or a bank holiday in any part of the UK (FOIA 2000 s10(6))."""
    return day.weekday() < 5 and day not in _or_shipped(holidays)


def working_day_after(day: date, count: int = 1, holidays: Holidays | None = None) -> date:
    """The count-th working day after `day`; the first is the next working day. None: the shipped list."""
    if count < 1:
        raise ValueError("Count working days from 1: the first is the next working day.")
    known = _or_shipped(holidays)
    for _ in range(count):
        day += ONE_DAY
        while not is_working_day(day, known):
            day += ONE_DAY
    return day


def _days_after(day: date, until: date) -> Iterator[date]:
    return (day + timedelta(days=n) for n in range(1, (until - day).days + 1))


def working_days_between(day: date, until: date, holidays: Holidays | None = None) -> int:
    """How many working days lie after `day`, up to and with `until`; 0 if `until` is not later."""
    known = _or_shipped(holidays)
    return sum(is_working_day(each, known) for each in _days_after(day, until))


def holidays_between(day: date, until: date, holidays: Holidays | None = None) -> list[tuple[date, str]]:
    """The weekdays after `day`, up to and with `until`, that are holidays, each with its title."""
    known = _or_shipped(holidays)
    titles = known if isinstance(known, Mapping) else {}
    return [
        (each, titles.get(each, "bank holiday"))
        for each in _days_after(day, until)
        if each.weekday() < 5 and each in known
    ]


def known_years(holidays: Holidays | None = None) -> frozenset[int]:
    """The years whose bank holidays are listed, and not just a day that somebody added."""
    in_year = Counter(day.year for day in _or_shipped(holidays))
    return frozenset(year for year, number in in_year.items() if number >= FEWEST_IN_A_YEAR)


def known_until(holidays: Holidays | None = None) -> date | None:
    """The last day for which bank holidays are known; None when none are. A later date is a guess."""
    years = known_years(holidays)
    return date(max(years), 12, 31) if years else None


def holidays_known(first: date, last: date, holidays: Holidays | None = None) -> bool:
    """Whether the bank holidays of every year from one day to the other are known."""
    return known_years(holidays).issuperset(range(first.year, last.year + 1))
