"""What a reader of the directory chooses."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from network import dates
from network.people.models import Organisation


class OrganisationFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Organisation.Kind.choices, empty_label="All kinds")
    state = django_filters.ChoiceFilter(
        label="When",
        choices=[("now", "In force today"), ("past", "Former"), ("coming", "To come")],
        empty_label="Any time",
        method="by_state",
    )
    name = django_filters.CharFilter(label="Name or code", method="by_name")

    class Meta:
        model = Organisation
        fields = ("name", "kind", "state")

    def by_state(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        today = dates.today()
        conditions = {
            "now": (Q(starts_on__isnull=True) | Q(starts_on__lte=today))
            & (Q(ends_on__isnull=True) | Q(ends_on__gte=today)),
            "past": Q(ends_on__lt=today),
            "coming": Q(starts_on__gt=today),
        }
        return rows.filter(conditions[value])

    def by_name(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows.filter(
            Q(name__icontains=value)
            | Q(full_name__icontains=value)
            | Q(ods_code__iexact=value)
            | Q(gss_code__iexact=value)
        )
