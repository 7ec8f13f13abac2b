"""The decision log."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.meetings.models import Decision
from network.people.models import User
from network.roles import Permission
from network.tables import PortalTable


class DecisionTable(PortalTable):
    """An item's title stands there only for whoever reads the item."""

    caption = "Decisions"
    noun = ("decision", "decisions")

    on = tables.Column(accessor="item__meeting__on", verbose_name="Meeting")
    text = tables.Column(verbose_name="Decision")
    item = tables.Column(
        verbose_name="Item", orderable=False
    )  # its order would tell titles that are not shown
    published = tables.Column(verbose_name="May be told outside the network")

    class Meta(PortalTable.Meta):
        model = Decision
        fields = ("on", "text", "item", "published")
        order_by = "-on"
        empty_text = "No decision here yet. Decisions come from the notes of meetings, once they are agreed."

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads_meetings = user.may(Permission.READ_NETWORK)

    def render_on(self, value: date, record: Any) -> SafeString | str:
        if not self.reads_meetings:
            return dates.long_date(value)
        address = record.item.meeting.notes.get_absolute_url()
        if record.item_seen:
            address = f"{address}#item-{record.item_number}"
        return format_html('<a class="govuk-link" href="{}">{}</a>', address, dates.long_date(value))

    def value_on(self, value: date) -> date:
        return value

    def render_item(self, record: Any) -> str:
        return record.item.title if record.item_seen else ""

    def render_published(self, value: bool) -> str:
        return "Yes" if value else "No"
