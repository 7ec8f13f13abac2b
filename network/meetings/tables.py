"""The list of meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.agreements import Agreeable
from network.meetings.models import Attendance, Meeting
from network.people.models import Organisation, User
from network.roles import Permission
from network.tables import PortalTable


def with_numbers(meetings: QuerySet[Meeting], user: User) -> QuerySet[Meeting]:
    """Each meeting with `represented` and `members`: authorities that came, and members on its day."""
    members = Organisation.objects.authorities().in_force(OuterRef("meeting__on"))  # type: ignore[arg-type]
    there = Attendance.objects.visible_to(user).filter(organisation__in=members.values("pk"))
    came = there.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    bodies = Organisation.objects.authorities().in_force(OuterRef("on")).order_by()  # type: ignore[arg-type]
    return meetings.annotate(
        represented=Coalesce(_count(came), 0), members=Coalesce(_count(bodies.values("kind")), 0)
    )


def _count(rows: Any) -> Subquery:
    return Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())


class MeetingTable(PortalTable):
    """Whoever reads drafts sees how far an agenda or notes are; members see whether they are agreed."""

    caption = "Meetings"
    noun = ("meeting", "meetings")

    on = tables.Column(verbose_name="Date")
    hours = tables.Column(verbose_name="Time", order_by="starts_at")
    chair = tables.Column(verbose_name="Chair", empty_values=(), order_by="chair__name")
    # Not in order: that would tell a draft from what is offered.
    agenda = tables.Column(accessor="agenda__status", verbose_name="Agenda", orderable=False)
    notes = tables.Column(accessor="notes__status", verbose_name="Notes", orderable=False)
    represented = tables.Column(verbose_name="Authorities represented", empty_values=())

    class Meta(PortalTable.Meta):
        model = Meeting
        fields = ("on", "hours", "chair", "agenda", "notes", "represented")
        order_by = "-on"
        empty_text = "No meeting here yet. The next one of the cycle is put on the calendar by itself."

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reads_drafts = user.may(Permission.READ_CHAIRS)

    def _state(self, status: str) -> str:
        if self.reads_drafts or status == Agreeable.Status.AGREED:
            return str(Agreeable.Status(status).label)
        return "Not yet agreed"

    def render_on(self, value: date, record: Meeting) -> SafeString:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), dates.long_date(value)
        )

    def value_on(self, value: date) -> date:
        return value

    def render_chair(self, value: User | None) -> str:
        return value.display() if value else "Not recorded"

    def render_agenda(self, record: Meeting) -> str:
        return self._state(record.agenda.status)

    def render_notes(self, record: Meeting) -> str:
        return self._state(record.notes.status) if record.has_come() else ""

    def render_represented(self, record: Any) -> str:
        return f"{record.represented} of {record.members}" if record.represented else ""
