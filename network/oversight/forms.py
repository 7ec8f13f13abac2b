"""What a reader of the audit trail chooses."""

from __future__ import annotations

from datetime import date, datetime, time

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from network import dates
from network.audit import AuditEntry, wording
from network.audit.verbs import GROUPS
from network.forms import PortalForm, TextField
from network.forms.filters import DayFilter, PortalFilter
from network.people.models import User


class AuditFilter(PortalFilter):
    """None of the choosers is made from the entries: what a reader may not know of shows nowhere."""

    person = django_filters.CharFilter(label="Name or e-mail address", method="by_person")
    what = django_filters.ChoiceFilter(
        label="What was done",
        choices=[(key, name) for key, (name, _) in GROUPS.items()],
        empty_label="Anything",
        method="by_group",
    )
    kind = django_filters.ChoiceFilter(
        label="Kind of thing", choices=wording.kinds, empty_label="All kinds", field_name="label"
    )
    about = django_filters.CharFilter(widget=forms.HiddenInput, method="by_thing")
    since = DayFilter(label="From", method="by_since")
    until = DayFilter(label="Up to", method="by_until")

    class Meta:
        model = AuditEntry
        fields = ("person", "what", "kind", "since", "until", "about")

    def by_person(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        found = User.objects.filter(Q(name__icontains=value) | Q(email__icontains=value)).values("pk")
        about = Q(label=User._meta.label_lower, object_id__in=found)
        return rows.filter(Q(actor__in=found) | Q(on_behalf_of__in=found) | about)

    def by_group(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return rows.filter(verb__in=GROUPS[value][1])

    def by_thing(self, rows: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        label, _, number = value.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return rows.none()
        return rows.filter(label=label, object_id=int(number))

    def by_since(self, rows: QuerySet[AuditEntry], name: str, value: date) -> QuerySet[AuditEntry]:
        return rows.filter(at__gte=dates.midnight(value))

    def by_until(self, rows: QuerySet[AuditEntry], name: str, value: date) -> QuerySet[AuditEntry]:
        return rows.filter(at__lte=datetime.combine(value, time.max, dates.LONDON))


class EraseForm(PortalForm):
    reason = TextField(
        label="Why is its text removed?",
        help_text="Who asked and under which law, like “Article 17, asked for by the person on 3 March”. "
        "It stays in the trail, for whoever reads this entry: say nothing of what is removed.",
        rows=3,
        limit=300,
        error_messages={"required": "Enter why its text is removed"},
    )
