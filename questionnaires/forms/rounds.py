"""Setting up a round, and what a reader of the lists chooses."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from network import dates
from network.dates import Period
from network.forms import PortalModelForm
from network.forms.filters import PortalFilter
from questionnaires.models import Return, Round
from questionnaires.models.returns import MISSED, NOT_YET

RESERVED = ("manage",)


class RoundForm(PortalModelForm):
    """A round; once it has opened only its title and its closing date may change."""

    class Meta:
        model = Round
        fields = ("title", "slug", "version", "reporting_year", "opens_on", "closes_on")
        labels = {
            "slug": "Short name for addresses",
            "version": "Questions",
            "reporting_year": "Reporting year",
            "opens_on": "First day to answer",
            "closes_on": "Last day to answer",
        }
        error_messages = {"slug": {"unique": "A round with this short name already exists. Choose another."}}
        help_texts = {
            "title": "For example, Autumn 2026.",
            "slug": "Small letters, figures and hyphens, such as autumn-2026.",
            "reporting_year": "The financial year that is asked about, such as 2025/26.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened = self.instance.pk is not None and self.instance.opens_on <= dates.today()
        if self.opened:
            for name in ("slug", "version", "reporting_year", "opens_on"):
                del self.fields[name]

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug in RESERVED:
            raise ValidationError(f"“{slug}” is the name of another page. Choose a different short name.")
        return slug

    def clean_reporting_year(self) -> str:
        written = str(self.cleaned_data["reporting_year"])
        if not re.fullmatch(r"20[0-9]{2}/[0-9]{2}", written):
            raise ValidationError("Write the reporting year as 2025/26.")
        try:
            return Period.parse(written).key
        except ValueError:
            raise ValidationError(f"{written} is not one year. Write, for example, 2025/26.") from None

    def clean_opens_on(self) -> date:
        opens: date = self.cleaned_data["opens_on"]
        if opens < dates.today():
            raise ValidationError("The first day to answer cannot be in the past.")
        return opens

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens = cleaned.get("opens_on", self.instance.opens_on)
        closes = cleaned.get("closes_on")
        if opens and closes and closes <= opens:
            self.add_error("closes_on", f"The last day must be after the first, {dates.long_date(opens)}.")
        elif closes and closes < dates.today() and "closes_on" in self.changed_data:
            self.add_error("closes_on", "The last day to answer cannot be in the past.")
        return cleaned


class RoundFilter(PortalFilter):
    state = django_filters.ChoiceFilter(
        label="State",
        choices=[("open", "Open"), ("closed", "Closed"), ("planned", "Not open yet")],
        empty_label="All rounds",
        method="by_state",
    )

    class Meta:
        model = Round
        fields = ("state",)

    def by_state(self, rows: QuerySet[Round], name: str, value: str) -> QuerySet[Round]:
        today = dates.today()
        if value == "open":
            return rows.filter(opens_on__lte=today, closes_on__gte=today)
        return rows.filter(closes_on__lt=today) if value == "closed" else rows.filter(opens_on__gt=today)


class ReturnFilter(PortalFilter):
    state = django_filters.ChoiceFilter(
        label="State",
        field_name="status",
        choices=[
            (Return.Status.SUBMITTED, "Submitted"),
            (Return.Status.DRAFT, NOT_YET.words),
            (Return.Status.CLOSED, "Closed unanswered"),
        ],
        empty_label="All authorities",
    )

    class Meta:
        model = Return
        fields = ("state",)

    def __init__(self, *args: Any, asking: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asking.is_closed:
            said = {Return.Status.DRAFT: MISSED.words}
            choices = self.filters["state"].extra["choices"]
            self.filters["state"].extra["choices"] = [(key, said.get(key, words)) for key, words in choices]


class IcbFilter(forms.Form):
    """Results about one ICB."""

    icb = forms.ChoiceField(label="Integrated care board", required=False)

    def __init__(self, names: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["icb"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All ICBs"), *names.items()]

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["icb"]) if self.is_valid() else ""
