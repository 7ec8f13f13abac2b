"""Dates and months as people type them."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from network import dates
from network.forms.parts import Part, PartsField, PartsWidget, refuse

DAY = Part("day", "Day", "govuk-input--width-2", "numeric")
MONTH = Part("month", "Month", "govuk-input--width-2", "numeric")
YEAR = Part("year", "Year", "govuk-input--width-4", "numeric")

NAMES = {name.lower(): number for number, name in enumerate(dates.MONTHS, 1)}
NAMES |= {name[:3]: number for name, number in NAMES.items()}


class DateWidget(PartsWidget):
    kind = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__((DAY, MONTH, YEAR), attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class MonthYearWidget(PartsWidget):
    kind = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__((MONTH, YEAR), attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.month, value.year] if value else [None, None]


class Dated(PartsField):
    """What a day and a month have in common: missing parts, months by name, years of four figures."""

    asked = "date"

    def read(self, typed: list[str]) -> date:
        parts = self.widget.parts
        missing = [part.name for part, text in zip(parts, typed, strict=True) if not text]
        if missing:
            raise refuse(f"{self.subject()} must include a {' and a '.join(missing)}", *missing)
        given = dict(zip((part.name for part in parts), typed, strict=True))
        year, month = self._year(given["year"]), self._month(given["month"])
        return self._date(year, month, given)

    def subject(self) -> str:
        """What the messages call it: the label, unless the label is a question."""
        label = str(self.label or "")
        return label if label and not label.endswith("?") else "The date"

    def _year(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise refuse("Year must include 4 numbers, like 2026", "year")
        if not 1900 <= int(text) <= 2100:
            raise refuse("Year must be between 1900 and 2100", "year")
        return int(text)

    def _month(self, text: str) -> int:
        if text.lower() in NAMES:
            return NAMES[text.lower()]
        if text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 12:
            return int(text)
        raise refuse(f"“{text}” is not a month. Enter a number from 1 to 12", "month")

    def _date(self, year: int, month: int, given: dict[str, str]) -> date:
        raise NotImplementedError


class DateField(Dated):
    """NAME-day, NAME-month, NAME-year; a `date`. A month may be typed as a number or by name."""

    widget: Any = DateWidget

    def _date(self, year: int, month: int, given: dict[str, str]) -> date:
        text = given["day"]
        if not (text.isascii() and text.isdigit() and len(text) <= 2):
            raise refuse(f"“{text}” is not a day. Enter a number, like 14", "day")
        if not 1 <= int(text) <= calendar.monthrange(year, month)[1]:
            raise refuse(
                f"{int(text)} {dates.MONTHS[month - 1]} {year} is not a date", "day", "month", "year"
            )
        return date(year, month, int(text))


class MonthYearField(Dated):
    """NAME-month, NAME-year; the first day of that month."""

    widget: Any = MonthYearWidget
    asked = "month and a year"

    def _date(self, year: int, month: int, given: dict[str, str]) -> date:
        return date(year, month, 1)
