"""Texts that every store can hold: PostgreSQL refuses a NUL, a workbook every other control character."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters other than tab and line ends, those that turn the rest of a line around, halves of
characters, and what is no character."""

SAYS = "contains a character that can’t be stored. Type it again or paste it as plain text"


def storable(text: str) -> bool:
    return _UNSTORABLE.search(text) is None


@dataclass(frozen=True)
class Storable:
    """A validator; `subject` begins the sentence."""

    subject: str = "Your answer"

    def __call__(self, value: Any) -> None:
        if isinstance(value, str) and not storable(value):
            raise ValidationError(f"{self.subject} {SAYS}", code="unstorable")


def only_storable(field: forms.Field, subject: str) -> None:
    """Makes a text field refuse such characters, in place of Django's shorter word about NUL alone."""
    if isinstance(field, forms.CharField):
        others = [
            one
            for one in field.validators
            if not isinstance(one, (Storable, ProhibitNullCharactersValidator))
        ]
        field.validators = [*others, Storable(subject)]
