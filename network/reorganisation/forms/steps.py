"""Who covers whom, who moves where, what becomes of open things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from network.forms import (
    LoadedMixin,
    PortalForm,
)
from network.people.models import Footprint, Organisation
from network.reorganisation import drafts
from network.reorganisation.forms.common import SELECT
from network.reorganisation.models import Successor
from network.reorganisation.plan import Plan, Seat, Thing, fate_words

ENDS, EACH, OPEN, NO = "ends", "each", "open", "no"
"""What is chosen beside a successor or a fate."""


class FootprintForm(LoadedMixin, PortalForm):
    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        board = plan.kind == Organisation.Kind.ICB
        for line in plan.lines:
            name = f"cover-{line.successor.pk}-{line.other.pk}"
            covers, covered = (line.successor, line.other) if board else (line.other, line.successor)
            self.fields[name] = forms.ChoiceField(
                label=f"Does {covers} cover {covered}?",
                initial=line.coverage or NO,
                choices=[
                    (NO, "No"),
                    *(
                        (one.value, f"{one.label} of it" if one == "whole" else "Part of it")
                        for one in Footprint.Coverage
                    ),
                ],
                widget=forms.Select(attrs=SELECT),
            )
        self.remember(drafts.mark_of_footprint(plan))

    def decided(self) -> dict[tuple[int, int], str]:
        return {
            (line.successor.pk, line.other.pk): self.cleaned_data[
                f"cover-{line.successor.pk}-{line.other.pk}"
            ]
            for line in self.plan.lines
        }


class SeatsForm(LoadedMixin, PortalForm):
    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        for seat in plan.seats:
            choices = [(str(one.pk), f"Goes to {one}") for one in seat.options]
            if len(seat.options) > 1:
                choices = [(OPEN, "Not decided yet"), *choices, (EACH, "Goes to each of them")]
            self.fields[f"seat-{seat.membership.pk}"] = forms.ChoiceField(
                label=f"{seat.person} ({seat.role})",
                initial=_went(seat),
                choices=[*choices, (ENDS, "The role ends")],
                widget=forms.Select(attrs=SELECT),
            )
        self.remember(drafts.mark_of_seats(plan.seats))

    def decided(self) -> dict[int, list[Successor] | None]:
        found: dict[int, list[Successor] | None] = {}
        for seat in self.plan.seats:
            chosen = self.cleaned_data[f"seat-{seat.membership.pk}"]
            each = [one for one in seat.options if chosen in (EACH, str(one.pk))]
            found[seat.membership.pk] = None if chosen == OPEN else each
        return found


def _went(seat: Seat) -> str:
    if seat.to is None:
        return OPEN
    if not seat.to:
        return ENDS
    return str(seat.to[0].pk) if len(seat.to) == 1 else EACH


class ThingsForm(LoadedMixin, PortalForm):
    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        for place, thing in enumerate(plan.things):
            choices = [(_picked(fate.name, one), fate_words(fate, one)) for fate, one in thing.options]
            if thing.fate is None:
                choices = [(OPEN, "Not decided yet"), *choices]
            self.fields[f"thing-{place}"] = forms.ChoiceField(
                label=f"{thing.holding.kind}: {thing.holding.title}",
                initial=_picked(thing.fate.name, thing.successor) if thing.fate else OPEN,
                choices=choices,
                widget=forms.Select(attrs=SELECT),
            )
        self.remember(drafts.mark_of_things(plan.things))

    def decided(self) -> Mapping[str, tuple[str, int | None] | None]:
        return {thing.holding.key: choice for thing, choice in self._choices()}

    def _choices(self) -> Iterator[tuple[Thing, tuple[str, int | None] | None]]:
        for place, thing in enumerate(self.plan.things):
            picked = self.cleaned_data[f"thing-{place}"]
            found = [option for option in thing.options if _picked(option[0].name, option[1]) == picked]
            fate, successor = found[0] if found else (None, None)
            yield thing, (fate.name, successor.pk if successor else None) if fate else None


def _picked(fate: str, successor: Successor | None) -> str:
    return f"{fate}:{successor.pk}" if successor else fate
