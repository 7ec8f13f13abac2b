"""What people type into a report."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from cypcc_portal.reports.models import READERS, Kind, Report
from network import audience
from network.agreements import Agreeable
from network.forms import PortalForm, TextField
from network.forms.filters import PortalFilter
from network.people.models import User
from network.roles import Permission


class SectionForm(PortalForm):
    says_optional = False

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


class ReportFilter(PortalFilter):
    kind = django_filters.ChoiceFilter(label="Kind", choices=Kind.choices, empty_label="Both kinds")
    status = django_filters.ChoiceFilter(
        label="State", choices=Agreeable.Status.choices, empty_label="Any state"
    )

    class Meta:
        model = Report
        fields = ("kind", "status")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offers only what the person could ever find: kinds for their readers, states if they see drafts."""
        super().__init__(*args, **kwargs)
        readable = audience.levels(user)
        kinds = [(kind.value, kind.label) for kind in Kind if READERS[kind] in readable]
        self.filters["kind"].extra["choices"] = kinds
        if len(kinds) < 2:
            del self.filters["kind"]
        if not user.may(Permission.READ_CHAIRS):
            del self.filters["status"]
