"""What people type about an agenda, and a co-chair's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from network import audience
from network.forms import LoadedMixin, LoadedModelForm, ManyField, PortalForm, TextField, WholeNumberField
from network.meetings.models import AgendaItem
from network.people.models import Membership, User
from network.roles import GRANTS, Permission

MARKDOWN = "Leave an empty line between paragraphs. Begin a line with - for a list."


class AgendaItemForm(LoadedModelForm):
    title = TextField(label="Title", limit=200)
    body = TextField(label="What it is about", rows=6, limit=20000, required=False, help_text=MARKDOWN)
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


class NamesForm(LoadedMixin, PortalForm):
    """Who alone may read an item."""

    def __init__(self, *args: Any, people: Sequence[User], mark: str, **kwargs: Any) -> None:
        self.people = {str(person.pk): person for person in people}
        super().__init__(*args, **kwargs)
        self.fields["people"] = ManyField(
            label="Who may read this item",
            choices=[(pk, person.display()) for pk, person in self.people.items()],
            help_text="Nobody else sees the item in any place, not even you, unless you are ticked.",
            error_messages={"required": "Select at least one person"},
        )
        self.remember(mark)

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
