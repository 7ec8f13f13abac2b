"""What people type about an agenda, and a co-chair's answer."""

from __future__ import annotations

from typing import Any

from django import forms

from network import audience
from network.forms import LoadedModelForm, PortalForm, TextField, WholeNumberField
from network.meetings.models import AgendaItem

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
