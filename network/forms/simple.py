"""Fields of one input, where Django's own want other words or another look."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from network.files import check_upload
from network.forms.composite import WHOLE_NUMBER, whole_number
from network.forms.storable import only_storable


def flat(field: forms.ChoiceField) -> Iterator[tuple[str, str]]:
    """Every choice of the field with its words, also those under headings."""
    given: Any = field.choices
    for value, words in given:
        if isinstance(words, (list, tuple)):
            yield from ((str(one), str(said)) for one, said in words)
        else:
            yield str(value), str(words)


class Radios(forms.RadioSelect):
    """Radios; `hints` say more of a choice by its value; `inline` sets two short ones side by side."""

    def __init__(
        self, *args: Any, hints: Mapping[str, str] | None = None, inline: bool = False, **kwargs: Any
    ) -> None:
        self.hints, self.inline = dict(hints or {}), inline
        super().__init__(*args, **kwargs)


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes; a choice in `exclusive` ("None", "Do not know") unticks all others, and they it."""

    def __init__(
        self,
        *args: Any,
        hints: Mapping[str, str] | None = None,
        exclusive: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.hints, self.exclusive = dict(hints or {}), tuple(exclusive)
        super().__init__(*args, **kwargs)


class OneField(forms.ChoiceField):
    """One of a few choices, as radios."""

    def __init__(
        self, *, choices: Sequence[tuple[str, str]], hints: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", Radios(hints=hints))
        super().__init__(choices=choices, **kwargs)


class ManyField(forms.MultipleChoiceField):
    """Any of several choices, as checkboxes. An exclusive choice may not stand with another.

    Many choices stand under headings, each with its own: `("Kent", [("12", "Lead"), …])`.
    """

    def __init__(
        self,
        *,
        choices: Sequence[tuple[str, str]] | Sequence[tuple[str, Sequence[tuple[str, str]]]],
        hints: Mapping[str, str] | None = None,
        exclusive: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.exclusive = tuple(exclusive)
        kwargs.setdefault("widget", Checkboxes(hints=hints, exclusive=exclusive))
        super().__init__(choices=choices, **kwargs)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        alone = [one for one in value if one in self.exclusive]
        if alone and len(value) > 1:
            words = dict(flat(self))[alone[0]]
            raise ValidationError(f"Choose “{words}” alone, or the others without it", code="exclusive")


class TextField(forms.CharField):
    """Text of one line, or with `rows` of several; with `limit` the page counts the characters left."""

    def __init__(self, *, limit: int | None = None, rows: int = 0, width: str = "", **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        else:
            kwargs.setdefault("widget", forms.TextInput(attrs={"class": width} if width else {}))
        kwargs.setdefault("max_length", limit)
        super().__init__(**kwargs)
        if self.max_length:
            said = f"“{self.label}” must be" if self.label else "Enter"
            self.error_messages.setdefault(
                "max_length", f"{said} {self.max_length:,} characters or fewer. It has %(show_value)d"
            )
        only_storable(self, "Your answer")

    def clean(self, value: Any) -> Any:
        # A line break counts as two characters as browsers send it and as one as the page counts it.
        return super().clean(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class WholeNumberField(forms.IntegerField):
    """A whole number of 0 or more; 1,200 is understood."""

    def __init__(self, *, min_value: int = 0, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, **kwargs)
        self.error_messages["invalid"] = f"“{self.label or 'The number'}” {WHOLE_NUMBER}"

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip():
            number = whole_number(value.strip())
            if number is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            return number
        return super().to_python(value)


class UploadField(forms.FileField):
    """A file that the portal accepts: type, size and content are checked as soon as the form is."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput())
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data:
            check_upload(data)
        return super().clean(data, initial)
