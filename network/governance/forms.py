"""What a reader of the decision log chooses."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from network.forms.filters import PortalFilter
from network.meetings.forms import between, period_choices
from network.meetings.models import Decision
from network.people.models import User
from network.roles import Permission


class DecisionFilter(PortalFilter):
    q = django_filters.CharFilter(label="Words in the decision", field_name="text", lookup_expr="icontains")
    period = django_filters.ChoiceFilter(label="When", empty_label="Any time", method="by_period")
    told = django_filters.ChoiceFilter(
        label="May be told outside",
        choices=[("told", "Yes"), ("inside", "No")],
        empty_label="All",
        method="by_told",
    )

    class Meta:
        model = Decision
        fields = ("q", "period", "told")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = period_choices(self.queryset, "item__meeting__on")
        if not user.may(Permission.READ_NETWORK):
            del self.filters["told"]  # what they read is what may be told

    def by_period(self, rows: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        return rows.filter(item__meeting__on__range=between(value))

    def by_told(self, rows: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        return rows.filter(published=value == "told")
