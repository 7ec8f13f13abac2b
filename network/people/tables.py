"""The directory as tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.people.models import Organisation
from network.tables import PortalTable


def _day(value: date | None, otherwise: str) -> str:
    return dates.long_date(value) if value else otherwise


class OrganisationTable(PortalTable):
    caption = "Authorities and boards"
    noun = ("body", "bodies")

    name = tables.Column(verbose_name="Name")
    full_name = tables.Column(verbose_name="Body")
    kind = tables.Column(verbose_name="Kind")
    code = tables.Column(empty_values=(), verbose_name="Code", order_by=("gss_code", "ods_code"))
    starts_on = tables.Column(verbose_name="From", empty_values=())
    ends_on = tables.Column(verbose_name="To", empty_values=())

    class Meta(PortalTable.Meta):
        model = Organisation
        fields = ("name", "full_name", "kind", "code", "starts_on", "ends_on")
        order_by = "name"

    def render_name(self, value: str, record: Organisation) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_code(self, record: Organisation) -> str:
        return record.ods_code or record.gss_code or "not yet published"

    def render_starts_on(self, value: date | None) -> str:
        return _day(value, "not recorded")

    def value_starts_on(self, value: date | None) -> Any:
        return value

    def render_ends_on(self, value: date | None) -> str:
        return _day(value, "no end set")

    def value_ends_on(self, value: date | None) -> Any:
        return value
