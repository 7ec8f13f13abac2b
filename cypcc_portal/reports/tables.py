"""The reports as a list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cypcc_portal.reports.models import Report
from network import dates
from network.agreements import Agreeable
from network.tables import PortalTable

COLOURS = {
    Agreeable.Status.DRAFT: "grey",
    Agreeable.Status.OFFERED: "yellow",
    Agreeable.Status.AGREED: "green",
}


def status_tag(status: str) -> SafeString:
    chosen = Agreeable.Status(status)
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', COLOURS[chosen], chosen.label)


class ReportTable(PortalTable):
    caption = "Reports"
    noun = ("report", "reports")

    period = tables.Column(verbose_name="Period", order_by=("ends_on", "kind"))
    kind = tables.Column(verbose_name="Report")
    status = tables.Column(verbose_name="State")
    agreed_at = tables.Column(verbose_name="Agreed on", empty_values=())

    class Meta(PortalTable.Meta):
        model = Report
        fields = ("period", "kind", "status", "agreed_at")
        order_by = ("-period",)
        empty_text = (
            "There is no report here yet. A first draft is made on the morning after each half-year and each "
            "meeting cycle; it appears here for its readers once both co-chairs have agreed it."
        )

    def render_period(self, record: Report) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
            record.get_absolute_url(),
            record.of.label,
            record.get_kind_display(),
        )

    def value_period(self, record: Report) -> str:
        return record.of.label

    def render_status(self, value: Any, record: Report) -> SafeString:
        return status_tag(record.status)

    def value_status(self, record: Report) -> str:
        return str(record.get_status_display())

    def render_agreed_at(self, value: datetime | None) -> str:
        return dates.long_date(value) if value else "Not agreed"

    def value_agreed_at(self, value: datetime | None) -> date | None:
        return dates.local(value).date() if value else None
