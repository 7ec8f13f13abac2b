"""What a reader of the directory chooses: a day, and which bodies of that day."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from network import dates
from network.forms.filters import DayField, DayFilter, PortalFilter
from network.people.models import Organisation


def asked_day(text: str) -> date | None:
    """The day that an address asks for ("?on=2026-03-31"); none if it asks for none, or for no date."""
    try:
        day: date | None = DayField(required=False).clean(text)
    except forms.ValidationError:
        return None
    return day


class OrganisationFilter(PortalFilter):
    """Without a choice the bodies in force on the day, and the day is today."""

    on = DayFilter(label="On this day", method="by_day")
    kind = django_filters.ChoiceFilter(choices=Organisation.Kind.choices, empty_label="All kinds")
    state = django_filters.ChoiceFilter(
        label="State on that day",
        choices=[("past", "Former"), ("coming", "To come"), ("any", "Any")],
        empty_label="In force",
        method="by_day",
    )
    name = django_filters.CharFilter(label="Name or code", method="by_name")

    class Meta:
        model = Organisation
        fields = ("name", "kind", "on", "state")

    @property
    def day(self) -> date:
        return (self.form.is_valid() and self.form.cleaned_data["on"]) or dates.today()

    def filter_queryset(self, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        rows: QuerySet[Organisation] = super().filter_queryset(queryset)
        state, day = self.form.cleaned_data.get("state"), self.day
        if state == "any":
            return rows
        rows = rows.filter(never_in_force=False)
        if state == "past":
            return rows.filter(ends_on__lt=day)
        if state == "coming":
            return rows.filter(starts_on__gt=day)
        return rows.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        )

    def by_day(self, rows: QuerySet[Organisation], name: str, value: Any) -> QuerySet[Organisation]:
        return rows  # the day and the state are one condition: see filter_queryset

    def by_name(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows.filter(
            Q(name__icontains=value)
            | Q(full_name__icontains=value)
            | Q(ods_code__iexact=value)
            | Q(gss_code__iexact=value)
            | Q(dfe_code__iexact=value)
        )
