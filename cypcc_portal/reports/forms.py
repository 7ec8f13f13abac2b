"""What people type into a report."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from cypcc_portal.reports.models import Kind, Report
from network.agreements import Agreeable
from network.forms import PortalForm, TextField


class SectionForm(PortalForm):
    text = TextField(
        label="Words",
        rows=14,
        limit=8000,
        required=False,
        help_text="Leave a line empty between paragraphs. Begin a line with - or 1. for a list.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ChangeForm(PortalForm):
    why = TextField(
        label="What should be changed?",
        rows=5,
        limit=2000,
        error_messages={"required": "Enter what should be changed"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class VersionForm(forms.Form):
    """The version that the person had before them when they pressed the button."""

    version = forms.IntegerField(min_value=1)


class ReportFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="Kind", choices=Kind.choices, empty_label="Both kinds")
    status = django_filters.ChoiceFilter(
        label="State", choices=Agreeable.Status.choices, empty_label="Any state"
    )

    class Meta:
        model = Report
        fields = ("kind", "status")

    def __init__(self, *args: Any, drafts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not drafts:
            del self.filters["status"]
