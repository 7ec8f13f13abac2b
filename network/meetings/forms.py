"""What people type about meetings, agendas, notes and attendance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Max, Min, QuerySet

from network import audience, dates
from network.dates import Period, PeriodKind
from network.forms import ManyField, PortalForm, PortalModelForm, TextField, WholeNumberField
from network.meetings.acts import Written, mark_of
from network.meetings.models import AgendaItem, Attendance, CycleRule, Decision, Meeting, NoteAction
from network.people.models import Membership, Organisation, User
from network.roles import GRANTS, Permission, Role

MARKDOWN = "Leave an empty line between paragraphs. Begin a line with - for a list."


# -- The calendar -------------------------------------------------------------------------------------


class TimeField(forms.TimeField):
    """An hour of the day as people write it: 10:00, 10.00 or 10."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"class": "govuk-input--width-5"}, format="%H:%M"))
        super().__init__(input_formats=["%H:%M", "%H.%M", "%H"], **kwargs)
        self.error_messages["invalid"] = f"{self.label or 'The time'} must be a time such as 10:00"


class _HoursForm(PortalModelForm):
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


class CycleForm(_HoursForm):
    week = forms.TypedChoiceField(
        label="Which one in the cycle’s first month",
        choices=[(1, "First"), (2, "Second"), (3, "Third"), (4, "Fourth")],
        coerce=int,
    )

    class Meta:
        model = CycleRule
        fields = ("week", "weekday", "starts_at", "ends_at", "place")


# -- The agenda ---------------------------------------------------------------------------------------


class AgendaItemForm(PortalModelForm):
    title = TextField(label="Title", limit=200)
    body = TextField(label="What it is about", rows=6, required=False, help_text=MARKDOWN)
    presenter = TextField(
        label="Who introduces it", limit=120, required=False, help_text="A role, such as Lead, Kent"
    )
    minutes = WholeNumberField(label="Minutes", min_value=1, max_value=480, required=False)
    audience = forms.ChoiceField(
        label="Who reads it", choices=audience.CHOOSABLE, initial=audience.Audience.NETWORK.value
    )

    class Meta:
        model = AgendaItem
        fields = ("title", "body", "presenter", "minutes", "audience")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.audience == audience.Audience.LEGAL:
            # Who reads a legal item is settled by naming people, one by one.
            del self.fields["audience"]


class NamesForm(PortalForm):
    """Who alone may read an item."""

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        self.people = {str(person.pk): person for person in people}
        super().__init__(*args, **kwargs)
        self.fields["people"] = ManyField(
            label="Who may read this item",
            choices=[(pk, person.display()) for pk, person in self.people.items()],
            help_text="Nobody else sees the item in any place, not even you, unless you are ticked.",
            error_messages={"required": "Select at least one person"},
        )

    def chosen(self) -> list[User]:
        return [self.people[pk] for pk in self.cleaned_data["people"]]


def may_be_named() -> list[User]:
    """People of the authorities, the co-chairs and the coordinator; never a partner or an observer."""
    roles = [role for role, grants in GRANTS.items() if Permission.BE_NAMED in grants]
    seats = Membership.objects.in_force().filter(role__in=roles).values("user_id")
    return list(User.objects.with_account().filter(pk__in=seats).order_by("name", "pk"))


class AnswerForm(PortalForm):
    """A co-chair's answer to the version that they read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[("yes", "Agree"), ("change", "Ask for a change")])
    why = TextField(
        label="What should change",
        rows=4,
        limit=2000,
        error_messages={"required": "Say what should change"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("answer") == "yes":
            self.fields["why"].required = False


# -- The notes ----------------------------------------------------------------------------------------


class NotesForm(PortalForm):
    """One text for each item; beside each the mark of what stood there when the page was opened."""

    def __init__(
        self, *args: Any, items: Sequence[AgendaItem], texts: Mapping[int, str], **kwargs: Any
    ) -> None:
        self.items = items
        super().__init__(*args, **kwargs)
        for number, item in enumerate(items, start=1):
            text = texts.get(item.pk, "")
            self.fields[f"text-{item.pk}"] = TextField(
                label=f"{number}. {item.title}", rows=5, limit=20000, required=False, initial=text
            )
            self.fields[f"was-{item.pk}"] = forms.CharField(
                widget=forms.HiddenInput, initial=mark_of(text), required=False
            )

    def written(self) -> dict[int, Written]:
        return {
            item.pk: Written(self.cleaned_data[f"text-{item.pk}"], self.cleaned_data[f"was-{item.pk}"])
            for item in self.items
        }

    def show_newer(self, newer: Mapping[int, str]) -> None:
        """Keeps what was typed and puts a colleague's newer text beside it; saving again replaces theirs."""
        data = dict(self.data.items())
        for pk, text in newer.items():
            stands = f"“{text}”" if text else "nothing: they removed the text"
            self.add_error(
                f"text-{pk}",
                f"A colleague has changed this meanwhile. It now says {stands}. Your text is kept below: "
                "bring the two together and save again.",
            )
            data[f"was-{pk}"] = mark_of(text)
        self.data = data


class DecisionForm(PortalModelForm):
    text = TextField(label="What was decided", rows=3, limit=2000)

    class Meta:
        model = Decision
        fields = ("text", "published")
        labels = {"published": "This decision may be told to the AD Safeguarding Network"}

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.item = item
        if item.audience == audience.Audience.LEGAL:
            del self.fields["published"]


class NoteActionForm(PortalModelForm):
    text = TextField(label="What is to be done", limit=300)

    class Meta:
        model = NoteAction
        fields = ("text", "owner_organisation", "owner", "due_on")
        labels = {
            "owner_organisation": "Authority that does it",
            "owner": "Person who does it",
            "due_on": "Due by",
        }

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.item = item
        authority, person = self.fields["owner_organisation"], self.fields["owner"]
        assert isinstance(authority, forms.ModelChoiceField)
        assert isinstance(person, forms.ModelChoiceField)
        authority.queryset = Organisation.objects.authorities().in_force(dates.today())
        authority.empty_label = "No authority"
        person.queryset = User.objects.filter(pk__in=[one.pk for one in may_be_named()]).order_by("name")
        person.empty_label = "No person"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("owner_organisation") and not cleaned.get("owner"):
            self.add_error("owner_organisation", "Select the authority or the person who does it")
        due = cleaned.get("due_on")
        if due and due < self.instance.item.meeting.on:
            self.add_error("due_on", "The due date must not lie before the meeting")
        return cleaned


# -- Attendance ---------------------------------------------------------------------------------------


class AttendanceForm(PortalForm):
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


# -- Lists --------------------------------------------------------------------------------------------


def period_choices(user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """The years, half-years and cycles in which the network met or will meet, newest first."""
    days = Meeting.objects.visible_to(user).aggregate(first=Min("on"), last=Max("on"))
    if days["first"] is None:
        days = {"first": dates.today(), "last": dates.today()}
    years = [(str(year), str(year)) for year in range(days["last"].year, days["first"].year - 1, -1)]
    grouped = [("Years", years)]
    for heading, kind in (("Half-years", PeriodKind.HALF_YEAR), ("Cycles", PeriodKind.CYCLE)):
        period, periods = Period.holding(kind, days["first"]), []
        while period.first <= days["last"]:
            periods.append((period.slug, period.label))
            period = period.next()
        grouped.append((heading, periods[::-1]))
    return grouped


def between(value: str) -> tuple[Any, Any]:
    """The first and last day of what `period_choices` offers."""
    if len(value) == 4:
        year = Period.parse(f"{value}-01").first
        return year, year.replace(month=12, day=31)
    period = Period.parse(value)
    return period.first, period.last


class MeetingFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="Which",
        choices=[("coming", "Coming"), ("held", "Held")],
        empty_label="All",
        method="by_state",
    )
    period = django_filters.ChoiceFilter(label="When", empty_label="Any time", method="by_period")

    class Meta:
        model = Meeting
        fields = ("state", "period")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = period_choices(user)

    def by_state(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        today = dates.today()
        return rows.filter(on__gt=today) if value == "coming" else rows.filter(on__lte=today)

    def by_period(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        return rows.filter(on__range=between(value))
