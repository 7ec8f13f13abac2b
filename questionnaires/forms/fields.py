"""Each type of question as a field, and what it reads as an answer (its shape: `questionnaires.answers`).

A field accepts an incomplete answer, because a draft may be saved at any time, and refuses one that cannot be
what it says: text in a number, a month that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from network import dates
from network.counts import Count, Kind
from network.forms import (
    ContactField,
    CountField,
    ManyField,
    MatrixField,
    MonthYearField,
    OneField,
    PercentPair,
    PercentPairField,
    TextField,
    composite,
)
from network.forms.parts import refuse
from questionnaires import answers
from questionnaires.models import Question

SHORT_TEXT_MAX = 250
LONG_TEXT_MAX = 5_000
Type = Question.Type


class DraftContactField(ContactField):
    """A contact that may be completed later."""

    def read(self, typed: list[str]) -> composite.Contact:
        contact = composite.Contact(*(" ".join(one.split()) for one in typed))
        for name, text in contact._asdict().items():
            if len(text) > self.longest:
                raise refuse(f"Shorten this to {self.longest} characters or fewer", name)
        if contact.email:
            try:
                validate_email(contact.email)
            except ValidationError:
                says = "Enter an e-mail address in the right form, like name@example.gov.uk"
                raise refuse(says, "email") from None
        return contact


class ChildCountField(CountField):
    """A count in which a typed 0 is understood as none."""

    def _figure(self, text: str) -> Count:
        return Count.nil() if text and set(text) == {"0"} else super()._figure(text)


class PastMonthField(MonthYearField):
    """A month that has come: every month the questionnaire asks for is one in which something was done."""

    def _date(self, year: int, month: int, given: dict[str, str]) -> date:
        day = super()._date(year, month, given)
        if day > dates.today():
            raise refuse(f"{dates.MONTHS[month - 1]} {year} is in the future", "month", "year")
        return day


def field(question: Question, options: Sequence[tuple[str, str]], hints: Mapping[str, str]) -> forms.Field:
    """The question as a field of no label yet, never required: that is asked when the return is submitted."""
    common: dict[str, Any] = {"required": False, "help_text": question.guidance}
    made: dict[str, Callable[[], forms.Field]] = {
        Type.SINGLE: lambda: OneField(choices=options, **common),
        Type.MULTI: lambda: ManyField(
            choices=options,
            hints=hints,
            exclusive=[value for value, _ in options if value in answers.ALONE],
            **common,
        ),
        Type.SHORT_TEXT: lambda: TextField(limit=SHORT_TEXT_MAX, **common),
        Type.LONG_TEXT: lambda: TextField(limit=LONG_TEXT_MAX, rows=5, **common),
        Type.MONTH_YEAR: lambda: PastMonthField(**common),
        Type.COUNT: lambda: ChildCountField(
            states=tuple(answers.COUNT_STATES.items()), unit=question.unit, **common
        ),
        Type.PERCENT_PAIR: lambda: PercentPairField(**common),
        Type.CONTACT: lambda: DraftContactField(**common),
        Type.MATRIX: lambda: MatrixField(rows=question.rows, scale=question.scale, **common),
    }
    return made[Type(question.type)]()


@dataclass(frozen=True)
class Translation:
    """Between what a field holds and what is stored. Both ways, a blank is a blank."""

    to_field: Callable[[Question, Any], Any]
    to_answer: Callable[[Question, Any], Any]


def _same(question: Question, value: Any) -> Any:
    return value


def _month(question: Question, stored: str) -> date:
    year, month = stored.split("-")
    return date(int(year), int(month), 1)


def _stored_count(question: Question, count: Count) -> dict[str, Any]:
    if count.kind is Kind.EXACT:
        return {"state": "exact", "value": count.figure}
    return {"state": count.kind.value}


def _in_order(question: Question, chosen: list[str]) -> list[str]:
    return [one for one in question.options if one in chosen] if question.options else sorted(chosen)


_SAME = Translation(_same, _same)
_TRANSLATIONS: dict[str, Translation] = {
    Type.MULTI: Translation(_same, _in_order),
    Type.MONTH_YEAR: Translation(_month, lambda question, day: f"{day.year:04}-{day.month:02}"),
    Type.COUNT: Translation(lambda question, stored: answers.count(stored), _stored_count),
    Type.PERCENT_PAIR: Translation(
        lambda question, stored: PercentPair(stored["authority"], stored["icb"]),
        lambda question, pair: pair._asdict(),
    ),
    Type.CONTACT: Translation(
        lambda question, stored: composite.Contact(*(stored.get(part, "") for part in answers.CONTACT_PARTS)),
        lambda question, contact: {part: text for part, text in contact._asdict().items() if text},
    ),
    Type.MATRIX: Translation(
        lambda question, stored: {
            number: stored[row] for number, row in enumerate(question.rows, start=1) if row in stored
        },
        lambda question, chosen: {question.rows[number - 1]: choice for number, choice in chosen.items()},
    ),
}


def initial(question: Question, stored: Any) -> Any:
    """A stored answer as its field holds it."""
    return None if stored is None else _TRANSLATIONS.get(question.type, _SAME).to_field(question, stored)


def answer(question: Question, cleaned: Any) -> Any:
    """What a field read, as it is stored; None for a blank."""
    if cleaned in (None, "", [], {}):
        return None
    return _TRANSLATIONS.get(question.type, _SAME).to_answer(question, cleaned)
