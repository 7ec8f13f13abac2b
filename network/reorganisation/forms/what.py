"""What happens: which bodies end, and what comes after them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q

from network import dates
from network.forms import (
    DateField,
    LoadedMixin,
    ManyField,
    PortalForm,
    TextField,
)
from network.people.models import Organisation
from network.reorganisation import drafts, tiles
from network.reorganisation.forms.common import HINTS, NAMES, SELECT, CodesMixin
from network.reorganisation.models import Reorganisation, Successor
from network.reorganisation.plan import Plan
from network.reorganisation.rules import (
    EARLIEST,
    LATEST,
    ending_problems,
    slug_problem,
    successor_problems,
)
from network.reorganisation.unplanned import unplanned


class WhatForm(LoadedMixin, PortalForm):
    """Which bodies end, and the first day of what comes after."""

    bodies = ManyField(label="Which bodies end?", choices=[])
    on = DateField(
        label="First day of what comes after",
        help_text="What ends has its last day on the day before. For example 1 4 2027",
    )
    note = TextField(
        label="The law or decision behind it",
        help_text="For example Surrey (Structural Changes) Order 2026",
        required=False,
        limit=500,
        rows=2,
    )

    def __init__(
        self, *args: Any, row: Reorganisation | None = None, ends_with: str = "", **kwargs: Any
    ) -> None:
        """`ends_with` is the address of the body that it is begun for."""
        self.row = row
        ends = [one.body for one in row.endings.select_related("body")] if row else []
        if row:
            kwargs["initial"] = {"bodies": [str(body.pk) for body in ends], "on": row.on, "note": row.note}
        super().__init__(*args, **kwargs)
        today = dates.today()
        standing = Organisation.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today), never_in_force=False
        )
        self.known = {str(body.pk): body for body in [*standing, *unplanned(), *ends]}
        bodies: Any = self.fields["bodies"]
        shown = sorted(self.known.values(), key=lambda body: (body.kind, body.name))
        bodies.choices = [(str(body.pk), _named(body, today)) for body in shown]
        if body := next((one for one in shown if one.slug == ends_with), None):
            self.initial = {"bodies": [str(body.pk)], "on": _day_after(body)}
        if row:
            self.remember(drafts.mark_of_what(row))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        on, bodies = cleaned.get("on"), self.chosen()
        if on and not EARLIEST <= on <= LATEST:
            self.add_error("on", f"Year must be between {EARLIEST.year} and {LATEST.year}")
        elif on and bodies:
            for problem in ending_problems(bodies, on, self.row):
                self.add_error("bodies", problem)
        return cleaned

    def chosen(self) -> list[Organisation]:
        return [self.known[pk] for pk in self.cleaned_data.get("bodies", [])]


def _named(body: Organisation, today: date) -> str:
    if body.ends_on and body.ends_on < today:
        return f"{body.full_name} (ended on {dates.long_date(body.ends_on)})"
    return body.full_name


def _day_after(body: Organisation) -> date | None:
    return body.ends_on + timedelta(days=1) if body.ends_on else None


class AgainForm(PortalForm):
    """On which day a withdrawn one is to be now."""

    on = DateField(
        label="First day of what comes after",
        help_text="What ends has its last day on the day before. For example 1 4 2027",
    )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not EARLIEST <= on <= LATEST:
            raise forms.ValidationError(f"Year must be between {EARLIEST.year} and {LATEST.year}")
        return on


class _AfterMixin(PortalForm):
    """Which of the bodies that end a successor follows; with one there is nothing to ask."""

    def ask_after(self, endings: list[Organisation], chosen: Iterable[Organisation]) -> None:
        self.endings = {str(body.pk): body for body in endings}
        if len(endings) > 1:
            self.fields["after"] = ManyField(
                label="Which bodies does it come after?",
                choices=[(str(body.pk), body.full_name) for body in endings],
                initial=[str(body.pk) for body in chosen],
                error_messages={"required": "Say which bodies it comes after"},
            )

    def after(self) -> list[Organisation]:
        chosen = self.cleaned_data.get("after", list(self.endings))
        return [self.endings[pk] for pk in chosen]


class JoinForm(_AfterMixin):
    """A body that goes on, or that somebody has put into the directory already, comes after."""

    body = forms.ChoiceField(label="Which body?", widget=forms.Select(attrs=SELECT))

    def __init__(self, *args: Any, plan: Plan, successor: Successor | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        on, here = plan.row.on, {one.body_id for one in plan.successors}
        stands = Organisation.objects.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=on),
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            kind=plan.kind,
            never_in_force=False,
        )
        self.known = {str(body.pk): body for body in stands if successor or body.pk not in here}
        if successor and successor.body:
            self.known = {str(successor.body.pk): successor.body}
            self.fields["body"].initial = str(successor.body.pk)
        choices: Any = self.fields["body"]
        choices.choices = [("", "Choose one"), *((pk, body.full_name) for pk, body in self.known.items())]
        self.ask_after(plan.endings, successor.after.all() if successor else plan.endings)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        body = self.known.get(cleaned.get("body", ""))
        if body and not self.errors:
            for problem in successor_problems(body, self.after(), self.plan.endings, self.plan.row.on):
                self.add_error("body", problem)
        return cleaned


class SuccessorForm(CodesMixin, LoadedMixin, _AfterMixin):
    """A body that the reorganisation makes."""

    name = TextField(label=NAMES["name"], help_text=HINTS["name"], limit=120)
    full_name = TextField(label=NAMES["full_name"], help_text=HINTS["full_name"], limit=160)
    authority_type = TextField(
        label=NAMES["authority_type"], help_text=HINTS["authority_type"], limit=20, required=False
    )
    gss_code = TextField(label="ONS code", help_text=HINTS["gss_code"], limit=12, required=False)
    dfe_code = TextField(label="DfE code", help_text=HINTS["dfe_code"], limit=4, required=False)
    ods_code = TextField(label="ODS code", help_text=HINTS["ods_code"], limit=8, required=False)
    short = TextField(label=NAMES["short"], help_text=HINTS["short"], limit=4, required=False)
    tile = forms.ChoiceField(label="Place on the map", required=False, widget=forms.Select(attrs=SELECT))

    def __init__(self, *args: Any, plan: Plan, successor: Successor | None = None, **kwargs: Any) -> None:
        if successor:
            kwargs["initial"] = {
                name: getattr(successor, name) for name in self.base_fields if name != "tile"
            }
        super().__init__(*args, **kwargs)
        self.plan, self.successor, self.kind = plan, successor, plan.kind
        self.own = successor.body_id if successor else None
        authority = plan.kind == Organisation.Kind.AUTHORITY
        for name in ("ods_code",) if authority else ("authority_type", "dfe_code", "short", "tile"):
            del self.fields[name]
        if authority:
            tile: Any = self.fields["tile"]
            tile.choices = tiles.choices_after(plan, successor)
            tile.initial = (
                tiles.written(successor.tile_row, successor.tile_column)
                if successor
                else tiles.proposed(tile.choices, plan)
            )
        self.ask_after(plan.endings, successor.after.all() if successor else plan.endings)
        if successor:
            self.remember(drafts.mark_of_successor(successor))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_codes(cleaned)
        if name := cleaned.get("name"):
            others = [one for one in self.plan.successors if one != self.successor]
            if name.lower() in [one.name.lower() for one in others]:
                self.add_error("name", f"{name} is among the successors already")
            elif problem := slug_problem(name, self.own):
                self.add_error("name", problem)
        return cleaned

    def described(self) -> Successor:
        successor = self.successor or Successor(reorganisation=self.plan.row)
        for name, value in self.cleaned_data.items():
            if name == "tile":
                successor.tile_row, successor.tile_column = tiles.read(value)
            elif name not in ("after", "loaded"):
                setattr(successor, name, value)
        return successor
