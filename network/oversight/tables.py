"""The audit trail as a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from network import dates
from network.audit import AuditEntry, wording
from network.oversight.schedule import Kind
from network.people.models import Organisation, User
from network.tables import EXPORTS, PortalTable

COUNTED = 1_000
LONGEST_THING = 70  # on the page; a download says all of it


class AuditTable(PortalTable):
    caption = "Audit trail"
    noun = ("entry", "entries")
    counted = COUNTED

    at = tables.Column(verbose_name="When", orderable=False)
    actor = tables.Column(verbose_name="Who", orderable=False, empty_values=())
    on_behalf_of = tables.Column(verbose_name="On behalf of", orderable=False, default="")
    verb = tables.Column(verbose_name="What", orderable=False)
    thing = tables.Column(verbose_name="Which thing", orderable=False, empty_values=())
    detail = tables.Column(verbose_name="Details", orderable=False, empty_values=())
    reference = tables.Column(verbose_name="Reference", orderable=False)

    class Meta(PortalTable.Meta):
        fields = ("at", "actor", "on_behalf_of", "verb", "thing", "detail", "reference")
        empty_text = "Nothing here that you may read. Entries appear as people do things."

    def before_render(self, request: Any) -> None:
        """A download has a column of its own for it; the page says it beside the name."""
        if self.shows_page:
            self.columns.hide("on_behalf_of")

    @cached_property
    def names(self) -> Mapping[int, str]:
        """The names of the people whom the details name: those of the page, or of the whole download."""
        return dict(User.objects.filter(pk__in=wording.people_in(self._said)).values_list("pk", "name"))

    @cached_property
    def bodies(self) -> Mapping[str, str]:
        """The names of the bodies that the details name by their part of an address."""
        wanted = {"", *wording.bodies_in(self._said)}
        return dict(Organisation.objects.filter(slug__in=wanted).values_list("slug", "name"))

    @property
    def _said(self) -> Iterator[AuditEntry]:
        rows = self.page.object_list if hasattr(self, "page") and self.shows_page else self.rows
        return (row.record for row in rows)

    @property
    def shows_page(self) -> bool:
        return self.request.GET.get("export") not in EXPORTS

    def render_at(self, value: datetime) -> str:
        return dates.long_datetime(value)

    def value_at(self, value: datetime) -> Any:
        return value

    def value_actor(self, record: AuditEntry) -> str:
        return record.actor.display() if record.actor else "The portal itself"

    def render_actor(self, record: AuditEntry) -> str:
        on_behalf = f", on behalf of {record.on_behalf_of.display()}" if record.on_behalf_of else ""
        return self.value_actor(record) + on_behalf

    def render_on_behalf_of(self, value: User) -> str:
        return value.display()

    def render_verb(self, value: str) -> str:
        return wording.verb(value)

    def render_thing(self, record: AuditEntry) -> SafeString | str:
        if not record.object_id:
            return wording.thing(record)
        name = wording.thing(record)
        return format_html(
            '<a class="govuk-link" href="{}">{}</a> (<a class="govuk-link" href="{}">history'
            '<span class="govuk-visually-hidden"> of {}</span></a>)',
            reverse("audit_thing", args=[record.label, record.object_id]),
            Truncator(name).chars(LONGEST_THING) if len(name) > LONGEST_THING else name,
            f"?about={record.label}:{record.object_id}",
            name,
        )

    def value_thing(self, record: AuditEntry) -> str:
        return wording.thing(record)

    def render_detail(self, record: AuditEntry) -> str:
        return wording.detail(record, self.names, self.bodies)

    def render_reference(self, record: AuditEntry, value: str) -> SafeString:
        url = reverse("audit_entry", args=[record.digest])
        return format_html(
            '<a class="govuk-link" href="{}"><code class="app-nowrap">{}</code></a>', url, value
        )

    def value_reference(self, value: str) -> str:
        return value


class KeptTable(PortalTable):
    caption = "What is kept, and for how long"
    noun = ("kind", "kinds")
    page_length = 100

    name = tables.Column(accessor="kind__name", verbose_name="Kind of record", orderable=False)
    years = tables.Column(accessor="kind__years", verbose_name="Kept for", orderable=False, empty_values=())
    goes = tables.Column(accessor="kind__goes", verbose_name="What goes", orderable=False)
    stays = tables.Column(accessor="kind__stays", verbose_name="What stays", orderable=False)
    why = tables.Column(accessor="kind__why", verbose_name="Why", orderable=False)
    source = tables.Column(accessor="kind__source", verbose_name="Source", orderable=False)
    number = tables.Column(verbose_name="Would go today", orderable=False, empty_values=())

    class Meta(PortalTable.Meta):
        fields = ("name", "years", "goes", "stays", "why", "source", "number")

    def render_years(self, record: dict[str, Any]) -> str:
        kind: Kind = record["kind"]
        if kind.years is None:
            return "Not by years"
        return f"{kind.years} {'year' if kind.years == 1 else 'years'} from {kind.begins}"

    def render_number(self, value: int | None, record: dict[str, Any]) -> SafeString | str:
        if not value:
            return "–" if value is None else "Nothing"
        url = reverse("retention_kind", args=[record["kind"].key])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, value)

    def value_number(self, value: int | None) -> int | None:
        return value


class OverTable(PortalTable):
    noun = ("record", "records")

    what = tables.Column(verbose_name="What would go", orderable=False)

    class Meta(PortalTable.Meta):
        fields = ("what",)
        empty_text = "Nothing of this kind would go today."

    def render_what(self, value: str, record: dict[str, str]) -> SafeString | str:
        if not record["url"]:
            return value
        return format_html('<a class="govuk-link" href="{}">{}</a>', record["url"], value)

    def value_what(self, value: str) -> str:
        return value
