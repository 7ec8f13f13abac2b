"""Fields of several inputs that are neither dates nor single: counts, splits, contacts, matrices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from network.counts import LARGEST, Count, Kind
from network.forms.parts import Part, PartsField, PartsWidget, refuse

WHOLE_NUMBER = "must be a whole number, like 12"

COUNT_STATES: tuple[tuple[str, str], ...] = (
    ("exact", "A number"),
    ("nil", "None: the number is 0"),
    ("not_recorded", "Not recorded: we do not keep this"),
    ("not_held", "Not held: somebody else keeps this"),
    ("declined", "We prefer not to say"),
)


# -- A count ----------------------------------------------------------------------------------------


class CountWidget(PartsWidget):
    """Radios NAME-state, and NAME-value for the states in `figures`."""

    kind = "count"

    def __init__(
        self,
        states: Sequence[tuple[str, str]],
        figures: Sequence[str],
        unit: str = "",
        attrs: dict[str, Any] | None = None,
    ) -> None:
        self.states, self.figures, self.unit = tuple(states), tuple(figures), unit
        super().__init__((Part("state", "Answer"), Part("value", "Number")), attrs)

    def decompress(self, value: Any) -> list[Any]:
        if not isinstance(value, Count):
            return list(value) if value else [None, None]
        named = value.kind.value in dict(self.states) and value.kind.value not in self.figures
        if named or not value.given:
            return [value.kind.value, None]
        return [value.kind.value if value.kind.value in self.figures else self.figures[0], str(value)]


class CountField(PartsField):
    """A number, or why there is none; a `Count`. A blank is never read as nought.

    `states` are (value, words); those in `figures` ask for NAME-value, which must be a whole number of 1
    or more. With `as_written=True` the figure is read by `Count.parse`: <5, 20-25, 40 to the nearest 5.
    """

    def __init__(
        self,
        *,
        states: Sequence[tuple[str, str]] = COUNT_STATES,
        figures: Sequence[str] = ("exact",),
        unit: str = "",
        as_written: bool = False,
        **kwargs: Any,
    ) -> None:
        self.states, self.figures, self.as_written = dict(states), tuple(figures), as_written
        kwargs.setdefault("widget", CountWidget(states, figures, unit))
        super().__init__(**kwargs)

    def read(self, typed: list[str]) -> Count:
        state, text = typed
        if not state:
            chosen = self.states[self.figures[0]]
            raise refuse(f"You entered “{text}”. Choose “{chosen}” if that is your answer", "state")
        if state not in self.states:
            raise refuse("Choose one of the answers", "state")
        if state in self.figures:
            return self._figure(text)
        if text:
            raise refuse(
                f"You chose “{self.states[state]}” and also entered “{text}”. "
                f"Clear the number, or choose “{self.states[self.figures[0]]}”",
                "value",
            )
        return Count.nil() if state == Kind.NIL else Count.state(state)

    def _figure(self, text: str) -> Count:
        if not text:
            raise refuse("Enter the number", "value")
        if self.as_written:
            try:
                return Count.parse(text)
            except ValueError as error:
                raise refuse(str(error), "value") from None
        number = whole_number(text)
        if number is None:
            raise refuse(f"The number {WHOLE_NUMBER}", "value")
        if number > LARGEST:
            raise refuse(f"The number must be {LARGEST:,} or fewer", "value")
        if number == 0 and "nil" in self.states:
            raise refuse(f"If the number is 0, choose “{self.states['nil']}”", "state")
        return Count.exact(number)


def whole_number(text: str) -> int | None:
    """12 or 1,200; None for anything else."""
    if re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2}", text):
        return int(text.replace(",", ""))
    return None


# -- A percentage split -----------------------------------------------------------------------------


class PercentPair(NamedTuple):
    authority: int
    icb: int


class PercentPairWidget(PartsWidget):
    kind = "inputs"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        width = "govuk-input--width-3"
        parts = (
            Part("authority", "Authority", width, "numeric", suffix="%"),
            Part("icb", "ICB", width, "numeric", suffix="%"),
        )
        super().__init__(parts, attrs)


class PercentPairField(PartsField):
    """NAME-authority and NAME-icb in whole per cent, together at most 100; a `PercentPair`."""

    widget: Any = PercentPairWidget

    def read(self, typed: list[str]) -> PercentPair:
        numbers = []
        for part, text in zip(self.widget.parts, typed, strict=True):
            if not text:
                raise refuse(f"Enter the {part.label} percentage. Enter 0 if it pays nothing", part.name)
            number = whole_number(text.removesuffix("%").strip())
            if number is None or number > 100:
                raise refuse(f"The {part.label} percentage must be a whole number from 0 to 100", part.name)
            numbers.append(number)
        if sum(numbers) > 100:
            raise refuse(
                f"{numbers[0]}% and {numbers[1]}% add to {sum(numbers)}%. They must add to 100% or less",
                "authority",
                "icb",
            )
        return PercentPair(*numbers)


# -- A contact --------------------------------------------------------------------------------------


class Contact(NamedTuple):
    name: str
    job_title: str
    team: str
    email: str


class ContactWidget(PartsWidget):
    kind = "inputs"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        parts = (
            Part("name", "Name", autocomplete="name"),
            Part("job_title", "Job title", autocomplete="organization-title"),
            Part("team", "Team"),
            Part("email", "Work email", autocomplete="email", type="email"),
        )
        super().__init__(parts, attrs)


class ContactField(PartsField):
    """NAME-name, NAME-job_title, NAME-team, NAME-email; a `Contact`. Team may stay blank."""

    widget: Any = ContactWidget
    longest = 200

    def read(self, typed: list[str]) -> Contact:
        contact = Contact(*typed)
        for name in ("name", "job_title", "email"):
            if not getattr(contact, name):
                raise refuse(f"Enter the contact’s {name.replace('_', ' ')}", name)
        for name, text in contact._asdict().items():
            if len(text) > self.longest:
                words = name.replace("_", " ").capitalize()
                raise refuse(f"{words} must be {self.longest} characters or fewer", name)
        try:
            validate_email(contact.email)
        except ValidationError:
            raise refuse(
                "Enter an email address in the right form, like name@example.gov.uk", "email"
            ) from None
        return contact


# -- A matrix ---------------------------------------------------------------------------------------


class MatrixWidget(PartsWidget):
    kind = "matrix"

    def __init__(
        self, rows: Sequence[str], scale: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> None:
        self.rows, self.scale = tuple(rows), tuple(scale)
        super().__init__([Part(str(i), row) for i, row in enumerate(self.rows, 1)], attrs)

    def decompress(self, value: Any) -> list[Any]:
        answers: Mapping[Any, Any] = value or {}
        return [answers.get(i, answers.get(str(i))) for i in range(1, len(self.rows) + 1)]


class MatrixField(PartsField):
    """Rows to be judged on one scale, NAME-1 … NAME-n; a dict of row number to choice.

    If it is required, every row must be judged; if not, those that were are returned.
    """

    def __init__(self, *, rows: Sequence[str], scale: Sequence[str], **kwargs: Any) -> None:
        self.rows, self.scale = tuple(rows), tuple(scale)
        kwargs.setdefault("widget", MatrixWidget(rows, scale))
        super().__init__(**kwargs)

    def read(self, typed: list[str]) -> dict[int, str]:
        strange = [i for i, text in enumerate(typed, 1) if text and text not in self.scale]
        if strange:
            raise refuse("Choose one of the answers", *map(str, strange))
        missing = [i for i, text in enumerate(typed, 1) if not text]
        if missing and self.required:
            first = self.rows[missing[0] - 1]
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise refuse(f"Choose an answer for “{first}”{more}", *map(str, missing))
        return {i: text for i, text in enumerate(typed, 1) if text}
