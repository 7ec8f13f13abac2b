"""When the network meets and who came, as forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from network.forms import LoadedMixin, LoadedModelForm, PortalForm, TextField
from network.meetings.acts import mark_of_attendance
from network.meetings.models import Attendance, CycleRule, Meeting
from network.people.models import Membership, Organisation, User
from network.roles import Role


class TimeField(forms.TimeField):
    """An hour of the day as people write it: 10:00, 10.00 or 10."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"class": "govuk-input--width-5"}, format="%H:%M"))
        super().__init__(input_formats=["%H:%M", "%H.%M", "%H"], **kwargs)
        self.error_messages["invalid"] = f"{self.label or 'The time'} must be a time such as 10:00"
        self.error_messages["required"] = f"“{self.label or 'The time'}” needs a time, such as 10:00"


class _HoursForm(LoadedModelForm):
    starts_at = TimeField(label="Starts at", help_text="For example 10:00")
    ends_at = TimeField(label="Ends at")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The end must be later than the start")
        return cleaned


def cochairs() -> QuerySet[User]:
    """Everybody who is or was a co-chair: a past meeting keeps the one who chaired it."""
    seats = Membership.objects.filter(role=Role.CO_CHAIR).values("user_id")
    return User.objects.filter(pk__in=seats).order_by("name")


def _chair_words(person: Any) -> str:
    """Whoever has no account can chair a meeting, and agrees no notes of it."""
    name: str = person.display()
    return name if person.email else f"{name}, who has no account to agree the notes with"


class MeetingForm(_HoursForm):
    link = forms.URLField(
        label="Link to join",
        required=False,
        assume_scheme="https",
        help_text="The address at which people join online",
    )

    class Meta:
        model = Meeting
        fields = ("on", "starts_at", "ends_at", "place", "link", "chair")
        labels = {"chair": "Who chairs or chaired"}
        help_texts = {"chair": "This co-chair agrees the notes"}
        error_messages = {"on": {"unique": "There is a meeting on that day already"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chair = self.fields["chair"]
        assert isinstance(chair, forms.ModelChoiceField)
        chair.queryset = cochairs()
        chair.empty_label = "Not known yet"
        chair.label_from_instance = _chair_words  # type: ignore[method-assign, assignment]


class CycleForm(_HoursForm):
    week = forms.TypedChoiceField(
        label="Which one in the cycle’s first month",
        choices=[(1, "First"), (2, "Second"), (3, "Third"), (4, "Fourth")],
        coerce=int,
    )

    class Meta:
        model = CycleRule
        fields = ("week", "weekday", "starts_at", "ends_at", "place")


class AttendanceForm(LoadedMixin, PortalForm):
    """One line for each authority that was a member on the day of the meeting."""

    def __init__(
        self, *args: Any, authorities: Sequence[Organisation], came: Mapping[int, Attendance], **kwargs: Any
    ) -> None:
        self.authorities = authorities
        super().__init__(*args, **kwargs)
        for body in authorities:
            row = came.get(body.pk)
            self.fields[f"capacity-{body.pk}"] = forms.ChoiceField(
                label=f"Who represented {body.name}",
                choices=[("", "Not represented"), *Attendance.Capacity.choices],
                required=False,
                initial=row.capacity if row else "",
                widget=forms.Select(attrs={"class": "govuk-select"}),
            )
            self.fields[f"substitute-{body.pk}"] = TextField(
                label=f"Substitute’s role, {body.name}",
                limit=120,
                required=False,
                initial=row.substitute if row else "",
                widget=forms.TextInput(attrs={"class": "govuk-input"}),
            )

        self.remember(mark_of_attendance(came.values()))

    def rows(self) -> Iterator[tuple[Organisation, forms.BoundField, forms.BoundField]]:
        for body in self.authorities:
            yield body, self[f"capacity-{body.pk}"], self[f"substitute-{body.pk}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for body in self.authorities:
            capacity, who = cleaned.get(f"capacity-{body.pk}"), cleaned.get(f"substitute-{body.pk}")
            if capacity == Attendance.Capacity.SUBSTITUTE and not who:
                self.add_error(f"substitute-{body.pk}", f"Enter the role of the substitute for {body.name}")
            if who and capacity is not None and capacity != Attendance.Capacity.SUBSTITUTE:
                message = f"Choose Substitute for {body.name}, or take the substitute’s role out"
                self.add_error(f"capacity-{body.pk}", message)
        return cleaned

    def came(self) -> dict[Organisation, tuple[str, str]]:
        return {
            body: (self.cleaned_data[f"capacity-{body.pk}"], self.cleaned_data[f"substitute-{body.pk}"])
            for body in self.authorities
            if self.cleaned_data[f"capacity-{body.pk}"]
        }
