"""The library as a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.library.models import LibraryItem
from network.people.models import Organisation, User
from network.roles import Permission
from network.tables import PortalTable


class LibraryTable(PortalTable):
    caption = "Library"
    noun = ("item", "items")

    title = tables.Column()
    kind = tables.Column()
    authority = tables.Column(empty_values=(), order_by="authority__name", verbose_name="Practice of")
    added_by = tables.Column(order_by="added_by__name", verbose_name="Added by")
    added_at = tables.Column(verbose_name="Added on", attrs={"td": {"class": "app-nowrap"}})
    audience = tables.Column(verbose_name="Who reads it")

    class Meta(PortalTable.Meta):
        model = LibraryItem
        fields = ("title", "kind", "authority", "added_by", "added_at", "audience")
        order_by = "-added_at"
        empty_text = (
            "Nothing here for you to read yet. Items appear when an authority or the coordinator adds them."
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Who added it is for members: others get no such column, which its order would tell as well."""
        hidden = () if user.may(Permission.PEOPLE_READ) else ("added_by",)
        super().__init__(*args, exclude=hidden, **kwargs)

    def render_title(self, value: str, record: LibraryItem) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_title(self, value: str) -> str:
        return value

    def render_authority(self, value: Organisation | None) -> str:
        return value.name if value else ""

    def render_added_by(self, value: User) -> str:
        return value.display()

    def render_added_at(self, value: datetime) -> str:
        return dates.short_date(value)

    def value_added_at(self, value: datetime) -> Any:
        return dates.local(value).date()
