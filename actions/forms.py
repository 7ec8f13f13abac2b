"""What people type into the plan, and how they choose from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from actions.models import OPEN, Action, Objective, Status, Theme
from network import dates
from network.audience import CHOOSABLE, PERMISSION_FOR, Audience
from network.forms import DateField, PortalForm, TextField, WholeNumberField
from network.forms.filters import PortalFilter
from network.people.models import Membership, Organisation, User
from network.roles import GRANTS, Permission

NO_THEME = ("none", "Not yet under a theme")
OFFERED = [(value, label) for value, label in CHOOSABLE if value != Audience.PUBLISHED]
"""An observer reads reports and the library, and has no way to the plan."""


def _members() -> QuerySet[User]:
    """Everybody with an account who reads the plan today."""
    roles = [role for role, grants in GRANTS.items() if Permission.READ_NETWORK in grants]
    seats = Membership.objects.in_force().filter(role__in=roles).values("user_id")
    return User.objects.with_account().filter(pk__in=seats).order_by("name", "pk")


class ActionForm(PortalForm):
    text = TextField(label="What is to be done", rows=3, limit=500)
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label="Theme", required=False, empty_label=NO_THEME[1]
    )
    objective = forms.ModelChoiceField(
        Objective.objects.all(),
        label="Objective",
        required=False,
        empty_label="No objective chosen",
    )
    owner_organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Authority that leads",
        required=False,
        empty_label="No authority yet",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="Person who leads",
        required=False,
        empty_label="Nobody named",
        help_text="If you name nobody, the lead and deputy of the authority post its progress.",
    )
    due_on = DateField(label="Due date", required=False, help_text="For example, 31 3 2027")
    audience = forms.ChoiceField(label="Who may read it", choices=OFFERED, initial=Audience.NETWORK)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, action: Action | None = None, **kwargs: Any) -> None:
        if action is not None:
            kwargs["initial"] = _as_it_stands(action) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.action = action
        lead = self.fields["owner_organisation"]
        assert isinstance(lead, forms.ModelChoiceField)
        already = Q(pk=action.owner_organisation_id) if action else Q(pk__in=[])
        in_force = Organisation.objects.authorities().in_force()
        lead.queryset = Organisation.objects.filter(Q(pk__in=in_force.values("pk")) | already)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = _members()
        if action is not None and action.audience == Audience.LEGAL:
            del self.fields["audience"]
        elif (
            action is not None and action.audience == Audience.PUBLISHED
        ):  # given before it was offered no more
            self.fields["audience"].choices = CHOOSABLE  # type: ignore[attr-defined]

    def clean_audience(self) -> str:
        wanted = str(self.cleaned_data["audience"])
        if self.action and (why := self.action.why_not_read_by(wanted)):
            raise forms.ValidationError(why)
        return wanted

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._objective_fits(cleaned)
        self._owner_fits(cleaned)
        return cleaned

    def _objective_fits(self, cleaned: dict[str, Any]) -> None:
        theme, objective = cleaned.get("theme"), cleaned.get("objective")
        if objective and objective.theme_id != getattr(theme, "pk", None):
            where = f"“{objective.theme}”" if theme is None else f"“{objective.theme}”, not of “{theme}”"
            self.add_error("objective", f"That is an objective of the theme {where}. Change one of the two")

    def _owner_fits(self, cleaned: dict[str, Any]) -> None:
        """Whoever leads an action must be able to read it."""
        owner, lead = cleaned.get("owner"), cleaned.get("owner_organisation")
        audience = cleaned.get("audience")
        if owner and lead and not owner.may(Permission.READ_NETWORK, at=lead):
            self.add_error("owner", f"{owner.display()} holds no role at {lead}. Choose somebody who does")
        if audience not in PERMISSION_FOR:
            return
        permission = PERMISSION_FOR[Audience(audience)]
        if owner and not owner.may(permission):
            self.add_error("audience", f"{owner.display()} could not read this action. Choose wider readers")
        elif lead and permission in (Permission.READ_CHAIRS, Permission.READ_COORDINATOR):
            self.add_error("audience", f"{lead} could not read this action. Choose wider readers")

    def changes(self) -> dict[str, Any]:
        """The action's fields as the person wants them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def _as_it_stands(action: Action) -> dict[str, Any]:
    names = ("text", "theme", "objective", "owner_organisation", "owner", "due_on", "audience", "version")
    return {name: getattr(action, name) for name in names}


class UpdateForm(PortalForm):
    text = TextField(
        label="What has happened",
        rows=5,
        limit=2000,
        help_text="Facts, in a sentence or two. Name no child and nobody's private affairs.",
        error_messages={"required": "Enter what has happened"},
    )
    percent = WholeNumberField(label="How much of it is done, in per cent", required=False, max_value=100)


class ActionFilter(PortalFilter):
    """By theme, state and lead; `as_at` a past day, the states are those of its evening."""

    theme = django_filters.ChoiceFilter(label="Theme", empty_label="All themes", method="by_theme")
    state = django_filters.ChoiceFilter(
        label="State",
        empty_label="Any state",
        choices=[*Status.choices, ("open", "Still to do"), ("overdue", "Overdue")],
        method="by_state",
    )
    lead = django_filters.ChoiceFilter(label="Lead", empty_label="Anybody", method="by_lead")

    as_at = django_filters.CharFilter(method="kept", widget=forms.HiddenInput)
    since = django_filters.CharFilter(method="kept", widget=forms.HiddenInput)

    class Meta:
        model = Action
        fields = ("theme", "state", "lead", "as_at", "since")

    def __init__(
        self,
        *args: Any,
        themes: list[Theme],
        leads: list[Organisation],
        as_at: date | None,
        since: date | None = None,
        **kwargs: Any,
    ) -> None:
        self.as_at = as_at
        super().__init__(*args, **kwargs)
        self.filters["theme"].extra["choices"] = [(theme.slug, theme.title) for theme in themes] + [NO_THEME]
        if not themes:
            del self.filters["theme"]
        self.filters["lead"].extra["choices"] = [(body.slug, body.name) for body in leads] + [
            ("none", "Nobody yet")
        ]
        for name, day in (("as_at", as_at), ("since", since)):
            if day is None:
                del self.filters[name]

    def kept(self, rows: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        """The day is already in the rows; the form only carries it on."""
        return rows

    def by_theme(self, rows: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        return rows.filter(theme__isnull=True) if value == "none" else rows.filter(theme__slug=value)

    def by_lead(self, rows: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        if value == "none":
            return rows.filter(owner_organisation__isnull=True, owner__isnull=True)
        return rows.filter(owner_organisation__slug=value)

    def by_state(self, rows: QuerySet[Action], name: str, value: str) -> QuerySet[Action]:
        state, due = ("state_then", "due_then") if self.as_at else ("status", "due_on")
        if value == "overdue":
            return rows.filter(**{f"{state}__in": OPEN, f"{due}__lt": self.as_at or dates.today()})
        if value == "open":
            return rows.filter(**{f"{state}__in": OPEN})
        return rows.filter(**{state: value})
