"""What a reader chooses above a list."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

WRITTEN = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y")
"""A day as people type it into one line, and as an address carries it."""

LONGEST = 200
"""Of words to look for: a database gives up on a pattern that is far longer."""


class PortalFilter(django_filters.FilterSet):
    """A choice that can't be understood shows no rows, beside what is wrong: never all, as if it were met."""

    def get_form_class(self) -> Any:
        for name, one in self.filters.items():
            if isinstance(one, django_filters.CharFilter):
                label = f"“{one.label or name}”".replace("%", "%%")
                says = f"{label} must be %(limit_value)s characters or fewer. It has %(show_value)s"
                one.extra |= {"max_length": LONGEST, "error_messages": {"max_length": says}}
        return super().get_form_class()

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
