"""Invitations and people as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_tables2 as tables
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from network import dates
from network.membership import seats
from network.membership.models import Invitation
from network.people.models import Membership, Organisation, User
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
    stacks = True

    name = tables.Column()
    email = tables.Column(verbose_name="Address", orderable=False)  # its order would tell what is not shown
    role = tables.Column()
    organisation = tables.Column(
        empty_values=(), order_by="organisation__name", verbose_name="Authority or board"
    )
    invited_by = tables.Column(order_by="invited_by__name", verbose_name="Invited by")
    expires_at = tables.Column(verbose_name="Good until", attrs={"td": {"class": "app-nowrap"}})
    status = tables.Column(verbose_name="State")

    class Meta(PortalTable.Meta):
        model = Invitation
        fields = ("name", "email", "role", "organisation", "invited_by", "expires_at", "status")
        order_by = "-expires_at"
        empty_text = "Nobody has been invited yet. Press “Invite somebody” to begin."

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def render_email(self, record: Invitation) -> SafeString:
        local, at, domain = record.address_for(self.reader).partition("@")
        return format_html("{}{}<wbr>{}", local, at, domain)

    def value_email(self, record: Invitation) -> str:
        return record.address_for(self.reader)

    def render_name(self, value: str, record: Invitation) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_organisation(self, value: Organisation | None) -> str:
        return value.name if value else "The network"

    def render_invited_by(self, value: User) -> str:
        return value.display()

    def render_expires_at(self, value: Any) -> str:
        return dates.short_date(dates.local(value).date())

    def value_expires_at(self, value: Any) -> Any:
        return dates.local(value).date()

    def render_status(self, record: Any) -> str:
        said = state_of(record)
        if not record.others:
            return said
        more = "Another open invitation goes" if record.others == 1 else f"{record.others} others go"
        return f"{said}. {more} to this address"


class PersonTable(PortalTable):
    """For members those who hold a role today; for an admin everybody, with how they stand."""

    caption = "People"
    noun = ("person", "people")

    name = tables.Column()
    job_title = tables.Column(verbose_name="Job title")
    roles = tables.Column(empty_values=(), orderable=False, verbose_name="Roles today")
    contact = tables.Column(empty_values=(), orderable=False, verbose_name="E-mail")
    last_login = tables.Column(
        empty_values=(), verbose_name="Last signed in", attrs={"td": {"class": "app-nowrap"}}
    )

    class Meta(PortalTable.Meta):
        model = User
        fields = ("name", "job_title", "roles", "contact", "last_login")
        order_by = "name"
        empty_text = "Nobody fits."

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def render_name(self, value: str, record: User) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_roles(self, record: Any) -> SafeString | str:
        return format_html_join(mark_safe("<br>"), "{}", ((one,) for one in roles_of(record))) or "None"

    def value_roles(self, record: Any) -> str:
        return "; ".join(roles_of(record)) or "None"

    def render_contact(self, record: User) -> SafeString | str:
        email = record.contact_for(self.reader).email
        local, _, domain = email.partition("@")
        link = '<a class="govuk-link" href="mailto:{}">{}@<wbr>{}</a>'
        return format_html(link, email, local, domain) if email else ""

    def value_contact(self, record: User) -> str:
        return record.contact_for(self.reader).email

    def render_last_login(self, record: User) -> str:
        if record.email is None:
            return "No account"
        return dates.short_date(dates.local(record.last_login).date()) if record.last_login else "Never"

    def value_last_login(self, record: User) -> Any:
        return dates.local(record.last_login).date() if record.last_login else self.render_last_login(record)


def roles_of(person: Any) -> list[str]:
    """The roles in force, as prefetched by `with_roles`: "Lead, Kent"."""
    return [
        f"{term.get_role_display()}, {term.organisation.name}"
        if term.organisation
        else term.get_role_display()
        for term in person.roles_today
    ]


def with_roles(people: QuerySet[User]) -> QuerySet[User]:
    terms = Membership.objects.in_force().select_related("organisation").order_by("role", "pk")
    return people.prefetch_related(Prefetch("memberships", queryset=terms, to_attr="roles_today"))


class SeatTable(PortalTable):
    caption = "Seats"
    noun = ("seat", "seats")

    name = tables.Column(verbose_name="Authority")
    state = tables.Column(empty_values=(), orderable=False)
    lead = tables.Column(empty_values=(), orderable=False)
    seen = tables.Column(empty_values=(), verbose_name="Last signed in")
    next = tables.Column(
        empty_values=(),
        orderable=False,
        exclude_from_export=True,
        verbose_name="What to do",
        attrs={"td": {"class": "app-nowrap"}},
    )

    class Meta(PortalTable.Meta):
        model = Organisation
        fields = ("name", "next", "state", "lead", "seen")
        sequence = ("name", "next", "state", "lead", "seen")
        order_by = "name"
        empty_text = "Every authority has a lead who signs in."

    def render_name(self, value: str, record: Organisation) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_state(self, record: Any) -> str:
        says = seats.state_of(record)
        return says[:1].upper() + says[1:]

    def render_lead(self, record: Any) -> SafeString | str:
        people = [term.user for term in record.leads_today]
        links = ((person.get_absolute_url(), person.name) for person in people)
        link = '<a class="govuk-link" href="{}">{}</a>'
        return format_html_join(mark_safe("<br>"), link, links) if people else "None"

    def value_lead(self, record: Any) -> str:
        return ", ".join(term.user.name for term in record.leads_today) or "None"

    def render_seen(self, value: Any, record: Any) -> str:
        if not record.leads:
            return ""
        return dates.long_date(dates.local(value).date()) if value else "Never"

    def value_seen(self, value: Any, record: Any) -> Any:
        return dates.local(value).date() if value else self.render_seen(value, record)

    def render_next(self, record: Any) -> SafeString | str:
        line = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">{}</span></a>'
        return format_html_join(mark_safe("<br>"), line, self._ways(record))

    def _ways(self, seat: Any) -> Iterator[tuple[str, str, str]]:
        """Where each leads, its words, and what it is about for those who hear the page."""
        invite = f"{reverse('invitation_add')}?role=lead&organisation={seat.pk}"
        if not seat.leads or seat.leaves_on:
            yield invite, "Invite a lead", f" for {seat.name}"
        elif seats.is_quiet(seat.since):
            for term in seat.leads_today:
                yield f"mailto:{term.user.email}", "Write to them", f": {term.user.name}"
                yield reverse("person_handover", args=[term.user_id]), "Hand over", f" from {term.user.name}"
            yield invite, "Invite another", f" lead for {seat.name}"
