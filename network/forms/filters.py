"""What a reader chooses above a list."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

WRITTEN = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y")
"""A day as people type it into one line, and as an address carries it."""


class PortalFilter(django_filters.FilterSet):
    """A choice that can't be understood shows no rows, beside what is wrong: never all, as if it were met."""

    @property
    def qs(self) -> Any:
        rows: Any = super().qs
        return rows.none() if self.is_bound and self.form.errors else rows


class DayField(forms.DateField):
    """A day typed into one line, for a filter."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-10"}))
        super().__init__(input_formats=WRITTEN, **kwargs)
        self.error_messages["invalid"] = "Enter a date like 31 March 2026"


class DayFilter(django_filters.DateFilter):
    """A day to choose by; says how one is written."""

    field_class = DayField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": "For example 31 March 2026"} | kwargs)
