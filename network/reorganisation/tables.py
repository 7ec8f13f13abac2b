"""The list of reorganisations."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network.reorganisation.models import COLOURS, Reorganisation, Status
from network.tables import DayColumn, PortalTable


class ReorganisationTable(PortalTable):
    caption = "Reorganisations"
    noun = ("reorganisation", "reorganisations")

    title = tables.Column(verbose_name="What happens")
    on = DayColumn(verbose_name="First day")
    status = tables.Column(verbose_name="State")

    class Meta(PortalTable.Meta):
        model = Reorganisation
        fields = ("title", "on", "status")
        order_by = "-on"
        empty_text = (
            "No reorganisation here yet. Prepare one when the law says that bodies end and what comes after."
        )

    def render_title(self, value: str, record: Reorganisation) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_title(self, value: str) -> str:
        return value

    def render_status(self, record: Reorganisation) -> SafeString:
        colour = "red" if record.failed else COLOURS[Status(record.status)]
        words = self.value_status(record)
        return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)

    def value_status(self, record: Reorganisation) -> str:
        return "Could not come into force" if record.failed else record.get_status_display()
