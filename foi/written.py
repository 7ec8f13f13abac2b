"""Amounts and lengths of time as a letter writes them. Pure; nothing is guessed.

Counts are read by `network.counts.Count.parse`.
"""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST_AMOUNT = Decimal("9999999999.99")
LARGEST_DAYS = Decimal(9999)
LONGEST = 20  # characters of one number

_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_MONEY = re.compile(rf"£?\s*({_NUMBER})\s*(million|m|thousand|k)?", re.IGNORECASE)
_TIMES = {"": 1, "thousand": 1_000, "k": 1_000, "million": 1_000_000, "m": 1_000_000}
_UNIT = r"(?:calendar\s+|working\s+)?(days?|weeks?)"
_TIME = re.compile(rf"({_NUMBER})\s*{_UNIT}?", re.IGNORECASE)
_SPAN = re.compile(
    rf"(?:between\s+)?({_NUMBER})\s*(?:{_UNIT}\s*)?(?:-|–|—|to|and)\s*({_NUMBER})\s*{_UNIT}?", re.IGNORECASE
)


def money(text: str) -> Decimal:
    """£1,234,567.89 or 1.2 million, in pounds. ValueError says what is accepted."""
    written = " ".join(text.split())
    if re.match(r"£?\s*[-−]", written):
        raise ValueError(f"'{text}' is below nought. Write an amount such as £1,234,567 or £1.2 million.")
    match = _MONEY.fullmatch(written)
    if match is None:
        raise ValueError(f"'{text}' is not an amount. Write one such as £1,234,567 or £1.2 million.")
    if _too_long(match[1]):
        raise ValueError(f"That is too large: the largest accepted is £{LARGEST_AMOUNT:,}.")
    amount = Decimal(match[1].replace(",", "")) * _TIMES[(match[2] or "").lower()]
    if amount != round(amount, 2):
        raise ValueError(f"'{text}' has more than two places of pence.")
    if amount > LARGEST_AMOUNT:
        raise ValueError(f"'{text}' is too large: the largest accepted is £{LARGEST_AMOUNT:,}.")
    return round(amount, 2)


def days(text: str) -> tuple[Decimal, Decimal]:
    """The shortest and the longest time in days: '42', '6 weeks' (both 42), '4–12 weeks' (28 to 84).

    A target ('within 28 days') is not how long it took, and months have no fixed length: ValueError.
    """
    written = " ".join(text.split())
    if re.search(r"\b(within|target|up to|less than|under)\b|<", written, re.IGNORECASE):
        raise ValueError(
            f"'{text}' is a limit or a target, not how long it took. Choose 'Answered on another basis' and "
            "leave the figure empty if nothing else was given; put the words in the note."
        )
    if re.search(r"\bmonths?\b", written, re.IGNORECASE):
        raise ValueError(
            f"'{text}': a month has no fixed length. Write days or weeks, as the letter means it."
        )
    if match := _SPAN.fullmatch(written):
        unit = match[4] or match[2] or ""
        low, high = _in_days(match[1], match[2] or unit, text), _in_days(match[3], unit, text)
        if low > high:
            raise ValueError(f"'{text}': a range runs from the shorter time to the longer.")
        return low, high
    if match := _TIME.fullmatch(written):
        only = _in_days(match[1], match[2] or "", text)
        return only, only
    raise ValueError(
        f"'{text}' is not a length of time. Write days or weeks: 42, 38.5 days, 6 weeks, 4–12 weeks."
    )


def _too_long(number: str) -> bool:
    """More figures than any amount or time has; a Decimal would keep them, and fail when it is rounded."""
    return len(number) > LONGEST


def _in_days(number: str, unit: str, text: str) -> Decimal:
    if _too_long(number):
        raise ValueError(f"That is too long: the longest accepted is {LARGEST_DAYS:,} days.")
    value = Decimal(number.replace(",", "")) * (7 if unit.lower().startswith("week") else 1)
    if value > LARGEST_DAYS:
        raise ValueError(f"'{text}' is too long: the longest accepted is {LARGEST_DAYS:,} days.")
    return round(value, 1)
