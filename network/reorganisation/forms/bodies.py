"""A body, as an admin types it."""

from __future__ import annotations

from typing import Any

from django import forms

from network import dates
from network.forms import (
    LoadedModelForm,
)
from network.marks import mark_of_row
from network.people.models import Organisation
from network.reorganisation import tiles
from network.reorganisation.forms.common import HINTS, NAMES, SELECT, CodesMixin
from network.reorganisation.rules import (
    EARLIEST,
    LATEST,
    slug_problem,
)


class OrganisationForm(CodesMixin, LoadedModelForm):
    """A body as it is; `tile` stands for its row and column on the map."""

    tile = forms.ChoiceField(label="Place on the map", required=False, widget=forms.Select(attrs=SELECT))

    class Meta:
        model = Organisation
        fields = (
            *("kind", "name", "full_name", "member", "authority_type", "gss_code", "dfe_code", "ods_code"),
            *("starts_on", "ends_on", "short", "note"),
        )
        labels = NAMES | {
            "member": "It is a member authority of this network",
            "starts_on": "First day",
            "ends_on": "Last day",
        }
        help_texts = HINTS | {
            "starts_on": "Leave it out if it is not known",
            "ends_on": "If something comes after it, prepare a reorganisation instead",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body = self.instance
        self.own = body.pk
        tile: Any = self.fields["tile"]
        tile.choices = tiles.choices(body.starts_on or dates.today(), besides={body.pk or 0})
        self.initial["tile"] = tiles.written(body.tile_row, body.tile_column)
        self.order_fields(
            [*(name for name in self.fields if name not in ("short", "tile", "note")), "short", "tile"]
        )
        self.watched = (*self.watched, "tile_row", "tile_column")
        if body.pk:
            del self.fields["kind"]
            self.remember(mark_of_row(body, self.watched))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.kind = cleaned.get("kind") or self.instance.kind
        self.check_codes(cleaned)
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        for field, day in (("starts_on", starts), ("ends_on", ends)):
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(field, f"Year must be between {EARLIEST.year} and {LATEST.year}")
        if starts and ends and ends < starts:
            self.add_error(
                "ends_on", f"The last day can’t be before the first day, {dates.long_date(starts)}"
            )
        if cleaned.get("member") and self.kind != Organisation.Kind.AUTHORITY:
            self.add_error("member", "Only a local authority can be a member of the network")
        if not self.instance.pk and "name" in cleaned and (problem := slug_problem(cleaned["name"])):
            self.add_error("name", problem)
        return cleaned

    def _post_clean(self) -> None:
        """The act writes the row and checks it; what is typed is not laid over the row here."""

    def changes(self) -> dict[str, Any]:
        return _placed(super().changes())

    def described(self) -> dict[str, Any]:
        """All of it, for a body that is added."""
        return _placed(dict(self.cleaned_data))


def _placed(values: dict[str, Any]) -> dict[str, Any]:
    if "tile" in values:
        values["tile_row"], values["tile_column"] = tiles.read(values.pop("tile"))
    return values
