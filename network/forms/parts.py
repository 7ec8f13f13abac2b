"""Fields that are asked in several inputs: NAME-day, NAME-month, NAME-year.

Such a field's value before cleaning is a list of what was typed, one text a part, in the parts' order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from network.forms.storable import SAYS, storable


@dataclass(frozen=True)
class Part:
    """One input: its name's ending, its label, and how wide and of what kind it is."""

    name: str
    label: str
    width: str = ""  # the design system's classes: "govuk-input--width-4"
    inputmode: str = ""
    autocomplete: str = ""
    type: str = "text"
    suffix: str = ""  # stands behind the input: "%"


class PartsWidget(forms.MultiWidget):
    """Several inputs with the names of their parts. Pages draw it by `kind`; see `network.forms.look`."""

    kind = "parts"

    def __init__(self, parts: Sequence[Part], attrs: dict[str, Any] | None = None) -> None:
        self.parts = tuple(parts)
        super().__init__([forms.TextInput() for _ in self.parts], attrs)
        self.widgets_names = [f"-{part.name}" for part in self.parts]

    def decompress(self, value: Any) -> list[Any]:
        """The parts of a cleaned value; a field's own widget says how."""
        return list(value) if value else [None] * len(self.parts)

    def typed(self, value: Any) -> list[str]:
        """What stands in each input, whether typed or from a cleaned value."""
        values = value if isinstance(value, list) else self.decompress(value)
        return ["" if one is None else str(one) for one in values]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        return [str(data.get(f"{name}-{part.name}", "")).strip() for part in self.parts]


class PartsField(forms.Field):
    """A field over a `PartsWidget`. `read` makes the value of what was typed, or calls `refuse`."""

    widget: Any = PartsWidget

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            return value
        typed = ["" if one is None else str(one).strip() for one in value]
        wrong = [part for part, text in zip(self.widget.parts, typed, strict=True) if not storable(text)]
        if wrong:
            raise refuse(f"{wrong[0].label} {SAYS}", *(part.name for part in wrong))
        return self.read(typed) if any(typed) else None

    def read(self, typed: list[str]) -> Any:
        raise NotImplementedError

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = self.widget.typed(initial) if initial else [""] * len(self.widget.parts)
        return not self.disabled and before != [str(one or "").strip() for one in data or before]


def refuse(message: str, *parts: str) -> ValidationError:
    """An error at some of a field's parts; the summary's link leads to the first of them."""
    return ValidationError(message.replace("%", "%%"), code="invalid", params={"parts": parts})
