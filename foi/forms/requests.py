"""A round, its requests, and the dated moves of each."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.text import slugify

from foi import casework
from foi.models import FoiRound, Item, ItemVersion, Request
from foi.models.requests import Status, why_no_addressee
from network import dates
from network.dates import Period
from network.forms import DateField, LoadedModelForm, OneField, PortalForm, TextField
from network.people.models import BankHoliday, Organisation
from network.workflow import Transition

YEARS_ASKED = 4
RESERVED = ("new", "holidays")
YEARS_OF_HOLIDAYS = 10  # no clock runs longer, and none is proclaimed so early
TITLE_TAKEN = "There is a round with this title already"


def years_up_to(last: Period, number: int = YEARS_ASKED) -> list[str]:
    """Reporting years, the earliest first."""
    found = [last]
    while len(found) < number:
        found.insert(0, found[0].previous())
    return [period.key for period in found]


class RoundForm(PortalForm):
    """A new round: which years, in whose name. The bodies follow from the last year."""

    title = TextField(
        label="Title", limit=120, help_text="For example: FOI round 2026 on children’s continuing care"
    )
    reporting_year = OneField(
        label="Last reporting year asked for",
        help_text="The round goes to the boards that covered the region on the last day of this year.",
        choices=[],
    )
    number = OneField(
        label="How many years",
        choices=[("4", "Four years"), ("3", "Three years"), ("2", "Two years"), ("1", "One year")],
        initial="4",
    )
    applicant = TextField(
        label="Applicant’s name",
        limit=160,
        help_text="A request needs the applicant’s real name (section 8). The authority is named beside it.",
    )
    reply_to = TextField(label="Address for the reply", limit=300, help_text="An e-mail address will do.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = Period.reporting_year(dates.today())
        years = [this.previous(), this, this.previous().previous()]
        self.fields["reporting_year"].choices = [(year.key, year.key) for year in years]  # type: ignore[attr-defined]
        self.fields["reporting_year"].initial = years[0].key

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"])
        slug = slugify(title)[:60]
        if not slug or slug in RESERVED:
            raise forms.ValidationError("Choose a title with more words")
        if FoiRound.objects.filter(slug=slug).exists():
            raise forms.ValidationError(TITLE_TAKEN)
        return title

    def clean_reporting_year(self) -> str:
        year = str(self.cleaned_data["reporting_year"])
        if not casework.bodies_of(Period.parse(year)):
            raise forms.ValidationError(f"The portal knows of no board on the last day of {year}")
        return year

    def round(self) -> FoiRound:
        data = self.cleaned_data
        last = Period.parse(data["reporting_year"])
        return FoiRound(
            slug=slugify(data["title"])[:60],
            title=data["title"],
            reporting_year=last.key,
            years=years_up_to(last, int(data["number"])),
            version=ItemVersion.objects.latest("number"),
        )


class RequestForm(LoadedModelForm):
    """The particulars of a draft: who asks, for whom, and where it goes."""

    says_optional = False  # a draft may wait for each of them, and is not sent without

    class Meta:
        model = Request
        fields = ["made_for", "applicant", "reply_to", "sent_to", "address"]
        labels = {
            "made_for": "Authority that the request is made for",
            "sent_to": "Body that answers",
            "address": "Address it is sent to",
        }
        help_texts = {"address": "The body’s FOI address: e-mail, or post on several lines."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body = self.instance.body
        answers = casework.answers_for(body)
        answering = [each.pk for each in answers] or [body.pk]
        if self.instance.sent_to_id not in answering:  # it is to be sent again: not to where it went before
            only = answers[0] if len(answers) == 1 else None
            self.initial["sent_to"] = only.pk if only else None
            self.initial["address"] = casework.known_address(only) if only else ""
        today = dates.today()
        self.fields["made_for"].queryset = Organisation.objects.authorities().in_force(today)  # type: ignore[attr-defined]
        self.fields["sent_to"].queryset = Organisation.objects.filter(pk__in=answering)  # type: ignore[attr-defined]
        self.stands = {name: getattr(self.instance, name) for name in self.watched}
        if self.instance.status == Status.LAPSED:
            self._ask_all(answers[0] if len(answers) == 1 else None)

    def _ask_all(self, successor: Organisation | None) -> None:
        """What was sent once is never without its particulars again."""
        of = f"{successor.full_name}’s" if successor else "the body’s"
        needed = {
            "applicant": "Enter the applicant’s name: section 8 asks for a real one",
            "reply_to": "Enter the address for the reply",
            "address": f"Enter {of} FOI address. The one used before was the old body’s",
        }
        for name, says in needed.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = says

    def clean_sent_to(self) -> Organisation:
        to: Organisation = self.cleaned_data["sent_to"]
        if self.instance.status == Status.LAPSED and (why := why_no_addressee(to)):
            raise forms.ValidationError(why)
        return to

    def changes(self) -> dict[str, Any]:
        """Against what stands there, not against what the page proposed."""
        return {
            name: self.cleaned_data[name]
            for name, stands in self.stands.items()
            if self.cleaned_data[name] != stands
        }


def _no_slip(day: date) -> date:
    if why := casework.why_no_day(day):
        raise forms.ValidationError(why)
    return day


class SendForm(PortalForm):
    sent_on = DateField(label="Date sent")
    received_on = DateField(
        label="Date received by the body",
        help_text="An e-mail is received on the day it is sent, also at a weekend. "
        "The 20 working days count from here.",
    )

    def clean_sent_on(self) -> date:
        return _no_slip(self.cleaned_data["sent_on"])

    def clean_received_on(self) -> date:
        return _no_slip(self.cleaned_data["received_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        sent, received = data.get("sent_on"), data.get("received_on")
        if sent and received and received < sent:
            self.add_error("received_on", "It can’t be received before it was sent")
        return data


class MoveForm(PortalForm):
    """What happened, and on which day."""

    move = OneField(label="What happened?", choices=[], error_messages={"required": "Choose what happened"})
    on = DateField(label="On which day?")
    note = TextField(label="Note", rows=2, limit=1000, required=False)

    def __init__(self, *args: Any, request: Request, moves: list[Transition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.foi_request = request
        self.fields["move"].choices = [(move.name, move.says) for move in moves]  # type: ignore[attr-defined]

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if why := casework.why_not_on(self.foi_request, day):
            raise forms.ValidationError(why)
        return day


class AnsweredForm(MoveForm):
    """Asked where all answers stand already: which reply it was, and on which day it came."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "On which day did they answer?"


class HolidayForm(PortalForm):
    on = DateField(label="Date")
    title = TextField(label="Name", limit=120, help_text="For example: Bank holiday for the coronation")

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if abs(day.year - dates.today().year) > YEARS_OF_HOLIDAYS:
            raise forms.ValidationError(
                f"{dates.long_date(day)} is more than {YEARS_OF_HOLIDAYS} years away. Check the year"
            )
        if BankHoliday.objects.filter(on=day).exists():
            raise forms.ValidationError(f"{dates.long_date(day)} is in the list already")
        return day


class FilterForm(forms.Form):
    """What the list of requests shows."""

    OVERDUE, UNSHARED = "overdue", "unshared"
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), (OVERDUE, "Overdue"), *Status.choices],
    )
    shared = forms.ChoiceField(
        label="Shared with partners",
        required=False,
        choices=[("", "All"), ("yes", "Shared"), ("no", "Not shared")],
    )
    of = forms.CharField(required=False, max_length=1_000, widget=forms.HiddenInput)
    """The bodies whose requests a figure counts, by their parts of the address, with commas between."""


class CompareForm(forms.Form):
    """Which item, and which year."""

    item = forms.ChoiceField(label="Item")
    year = forms.ChoiceField(label="Year", required=False)

    def __init__(self, *args: Any, items: list[Item], years: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [(item.code, str(item)) for item in items]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", "All years"), *((year, year) for year in years)]  # type: ignore[attr-defined]
