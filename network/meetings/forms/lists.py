"""What a reader of a list chooses."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import Max, Min, QuerySet

from network import dates
from network.dates import Period, PeriodKind
from network.forms.filters import PortalFilter
from network.meetings.models import Meeting


def period_choices(rows: QuerySet[Any], day: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The years, half-years and cycles that the rows' `day` falls in, newest first."""
    days = rows.aggregate(first=Min(day), last=Max(day))
    if days["first"] is None:
        days = {"first": dates.today(), "last": dates.today()}
    years = [(str(year), str(year)) for year in range(days["last"].year, days["first"].year - 1, -1)]
    grouped = [("Years", years)]
    for heading, kind in (("Half-years", PeriodKind.HALF_YEAR), ("Cycles", PeriodKind.CYCLE)):
        period, periods = Period.holding(kind, days["first"]), []
        while period.first <= days["last"]:
            periods.append((period.slug, period.label))
            period = period.next()
        grouped.append((heading, periods[::-1]))
    return grouped


def between(value: str) -> tuple[date, date]:
    """The first and last day of what `period_choices` offers: 2026, 2026-H1 or 2026-05."""
    year, _, number = value.partition("-")
    if not number:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    kind = PeriodKind.HALF_YEAR if number.startswith("H") else PeriodKind.CYCLE
    period = Period(kind, int(year), int(number.removeprefix("H")))
    return period.first, period.last


class MeetingFilter(PortalFilter):
    state = django_filters.ChoiceFilter(
        label="Which",
        choices=[("coming", "Coming"), ("held", "Held")],
        empty_label="All",
        method="by_state",
    )
    period = django_filters.ChoiceFilter(label="When", empty_label="Any time", method="by_period")

    class Meta:
        model = Meeting
        fields = ("state", "period")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = period_choices(self.queryset, "on")

    def by_state(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        today = dates.today()
        return rows.filter(on__gt=today) if value == "coming" else rows.filter(on__lte=today)

    def by_period(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        return rows.filter(on__range=between(value))
