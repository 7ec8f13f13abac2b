"""What people write beside the agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from network import audience, dates
from network.forms import LoadedModelForm, PortalForm, TextField
from network.marks import mark_of
from network.meetings.acts import Written
from network.meetings.models import AgendaItem, Decision, NoteAction
from network.naming import may_be_named
from network.people.models import Organisation, User


class NotesForm(PortalForm):
    """One text for each item; beside each the mark of what stood there when the page was opened."""

    says_optional = False  # the page says so once for all

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


class DecisionForm(LoadedModelForm):
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


class NoteActionForm(LoadedModelForm):
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
        authority.help_text = "Choose an authority, a person or both"
        person.queryset = User.objects.filter(pk__in=[one.pk for one in may_be_named()]).order_by("name")
        person.empty_label = "No person"
        authority.one_of_several = person.one_of_several = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("owner_organisation") or cleaned.get("owner") or "owner" in self.errors):
            self.add_error("owner_organisation", "Choose who does it: an authority, a person or both")
        due = cleaned.get("due_on")
        if due and due < self.instance.item.meeting.on:
            self.add_error("due_on", "The due date must not lie before the meeting")
        return cleaned
