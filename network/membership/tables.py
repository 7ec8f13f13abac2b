"""Invitations and people as tables."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.membership.models import Invitation
from network.people.models import Organisation, User
from network.tables import PortalTable


def state_of(invitation: Any) -> str:
    """How an invitation stands, for a reader; `sender_may` comes with `with_standing()`."""
    if invitation.status != Invitation.Status.OPEN:
        return str(invitation.get_status_display())
    if invitation.is_late:
        return "Time is over"
    return "Open" if invitation.sender_may else "Not good: its sender may no longer invite"


class InvitationTable(PortalTable):
    caption = "Invitations"
    noun = ("invitation", "invitations")

    name = tables.Column()
    email = tables.Column(verbose_name="Address")
    role = tables.Column()
    organisation = tables.Column(
        empty_values=(), order_by="organisation__name", verbose_name="Authority or board"
    )
    invited_by = tables.Column(order_by="invited_by__name", verbose_name="Invited by")
    expires_at = tables.Column(verbose_name="Good until")
    status = tables.Column(verbose_name="State")

    class Meta(PortalTable.Meta):
        model = Invitation
        fields = ("name", "email", "role", "organisation", "invited_by", "expires_at", "status")
        order_by = "-expires_at"
        empty_text = "Nobody has been invited yet. Press “Invite somebody” to begin."

    def render_name(self, value: str, record: Invitation) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_organisation(self, value: Organisation | None) -> str:
        return value.name if value else "The network"

    def render_invited_by(self, value: User) -> str:
        return value.display()

    def render_expires_at(self, value: Any) -> str:
        return dates.long_date(dates.local(value).date())

    def value_expires_at(self, value: Any) -> Any:
        return dates.local(value).date()

    def render_status(self, record: Invitation) -> str:
        return state_of(record)
