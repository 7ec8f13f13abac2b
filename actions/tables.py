"""The plan as a table."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import OrderByTuple

from actions.models import OPEN, Action, Status
from network import dates
from network.people.models import User
from network.roles import Permission
from network.tables import PortalTable

COLOURS = {
    Status.NOT_STARTED: "grey",
    Status.IN_PROGRESS: "blue",
    Status.DONE: "green",
    Status.STOPPED: "orange",
}
NUMBER = {"td": {"class": "numeric"}}


def state_tag(state: str, late: bool) -> SafeString:
    word, colour = ("Overdue", "red") if late else (Status(state).label, COLOURS[Status(state)])
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, word)


class ActionTable(PortalTable):
    """`as_at` a past day: how each action stood that evening.

    A reader outside the network sees neither themes nor people's names, nor an order made from them.
    """

    caption = "Actions"
    noun = ("action", "actions")
    stacks = True

    text = tables.Column(verbose_name="Action", attrs={"td": {"class": "app-table__text"}})
    theme = tables.Column(verbose_name="Theme", order_by=("theme__position", "pk"), empty_values=())
    lead = tables.Column(
        verbose_name="Lead", empty_values=(), order_by=("owner_organisation__name", "owner__name", "pk")
    )
    due_on = tables.Column(verbose_name="Due", empty_values=(), attrs={"td": {"class": "app-nowrap"}})
    percent = tables.Column(verbose_name="Progress", empty_values=(), attrs=NUMBER)
    status = tables.Column(verbose_name="State")

    class Meta(PortalTable.Meta):
        model = Action
        fields = ("text", "theme", "lead", "due_on", "percent", "status")
        order_by = ("theme",)
        empty_text = (
            "No action matches. Actions come from the coordinator and from the agreed notes of meetings."
        )

    def __init__(self, *args: Any, user: User, as_at: date | None = None, **kwargs: Any) -> None:
        self.as_at = as_at
        self.names = user.may(Permission.PEOPLE_READ)
        if not user.may(Permission.READ_NETWORK):
            kwargs["exclude"] = (*kwargs.get("exclude", ()), "theme")
            kwargs.setdefault("empty_text", "No action that is shared with you stands here.")
            kwargs.setdefault("order_by", "due_on")
        if as_at:
            kwargs["caption"] = f"Actions as they stood at the end of {dates.long_date(as_at)}"
        super().__init__(*args, **kwargs)
        if not self.names:
            self.columns["lead"].column.order_by = OrderByTuple(("owner_organisation__name", "due_on", "pk"))

    def _state(self, record: Action) -> str:
        return str(getattr(record, "state_then", None) or record.status)

    def _due(self, record: Action) -> date | None:
        due: date | None = getattr(record, "due_then", None) if self.as_at else record.due_on
        return due

    def _late(self, record: Action) -> bool:
        due = self._due(record)
        return self._state(record) in OPEN and due is not None and due < (self.as_at or dates.today())

    def render_text(self, value: str, record: Action) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_text(self, value: str) -> str:
        return value

    def render_theme(self, record: Action) -> str:
        return str(record.theme) if record.theme else "Not yet under a theme"

    def render_lead(self, record: Action) -> str:
        return record.lead(names=self.names)

    def render_due_on(self, record: Action) -> str:
        due = self._due(record)
        return dates.short_date(due) if due else "No date"

    def value_due_on(self, record: Action) -> date | None:
        return self._due(record)

    def _percent(self, record: Action) -> int | None:
        if self._state(record) == Status.DONE:
            return 100
        percent: int | None = getattr(record, "percent", None)
        return percent

    def render_percent(self, record: Action) -> str:
        percent = self._percent(record)
        return "–" if percent is None else f"{percent}%"

    def value_percent(self, record: Action) -> int | None:
        return self._percent(record)

    def render_status(self, record: Action) -> SafeString:
        return state_tag(self._state(record), self._late(record))

    def value_status(self, record: Action) -> str:
        return "Overdue" if self._late(record) else Status(self._state(record)).label
