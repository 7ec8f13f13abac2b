"""The lists of rounds, requests and bank holidays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foi.deadlines import Deadline
from foi.models.requests import Status
from network import dates
from network.people.models import BankHoliday
from network.tables import PortalTable

COLOURS: dict[str, str] = {
    Status.DRAFT: "grey",
    Status.CLARIFICATION_REQUESTED: "yellow",
    Status.EXTENDED: "yellow",
    Status.PART_RESPONSE: "light-blue",
    Status.RESPONDED: "green",
    Status.REFUSED: "orange",
    Status.REVIEW_REQUESTED: "purple",
    Status.REVIEW_DONE: "purple",
    Status.ICO_COMPLAINT: "purple",
    Status.ICO_DECISION: "purple",
    Status.CLOSED: "grey",
    Status.LAPSED: "red",
}


@dataclass(frozen=True)
class RequestRow:
    """One request as the list shows it."""

    body: str
    slug: str  # the body's part of the address
    url: str
    made_for: str
    status: str
    state: str
    received: date | None
    due: date | None
    left: int | None
    clock: str
    overdue: bool
    shared: str

    @classmethod
    def of(cls, deadline: Deadline) -> RequestRow:
        request = deadline.request
        return cls(
            body=request.body.full_name,
            slug=request.body.slug,
            url=request.get_absolute_url(),
            made_for=request.made_for.name,
            status=request.status,
            state="Overdue" if deadline.overdue else request.get_status_display(),
            received=request.received_on,
            due=deadline.due,
            left=deadline.left,
            clock=deadline.words,
            overdue=deadline.overdue,
            shared="Partners" if request.is_shared else "Coordinator" if request.is_draft else "Network",
        )


def _day(value: date | None) -> str:
    return dates.long_date(value) if value else ""


class RequestTable(PortalTable):
    caption = "Requests"
    noun = ("request", "requests")
    body = tables.Column(verbose_name="Body")
    made_for = tables.Column(verbose_name="Made for")
    state = tables.Column(verbose_name="State")
    received = tables.Column(verbose_name="Received")
    due = tables.Column(verbose_name="Due")
    clock = tables.Column(verbose_name="Clock", order_by=("left",))
    shared = tables.Column(verbose_name="Read by")

    class Meta(PortalTable.Meta):
        empty_text = "No request fits. Choose another state to see the others."

    def render_body(self, value: str, record: RequestRow) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.url, value)

    def value_body(self, value: str) -> str:
        return value

    def render_state(self, value: str, record: RequestRow) -> SafeString:
        colour = "red" if record.overdue else COLOURS.get(record.status, "blue")
        return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, value)

    def value_state(self, value: str) -> str:
        return value

    def render_received(self, value: date | None) -> str:
        return _day(value)

    def value_received(self, value: date | None) -> Any:
        return value

    def render_due(self, value: date | None) -> str:
        return _day(value)

    def value_due(self, value: date | None) -> Any:
        return value


class SharedTable(PortalTable):
    """What partners see of a round: whose figures are shared with them."""

    caption = "Figures shared with partners"
    noun = ("body", "bodies")
    body = tables.Column(verbose_name="Body")
    received = tables.Column(verbose_name="Request received")

    class Meta(PortalTable.Meta):
        empty_text = "Nothing is shared with partners yet. The coordinator shares figures body by body."

    render_body = RequestTable.render_body
    value_body = RequestTable.value_body
    render_received = RequestTable.render_received
    value_received = RequestTable.value_received


class RoundTable(PortalTable):
    caption = "Rounds"
    noun = ("round", "rounds")
    title = tables.Column(verbose_name="Round")
    reporting_year = tables.Column(verbose_name="Years up to")
    sent = tables.Column(verbose_name="Requests sent")
    answered = tables.Column(verbose_name="Answered or refused")

    class Meta(PortalTable.Meta):
        empty_text = (
            "There is no FOI round here yet. The coordinator opens one; it appears once a request was sent."
        )

    def render_title(self, value: str, record: Any) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.get_absolute_url(), value)

    def value_title(self, value: str) -> str:
        return value


class HolidayTable(PortalTable):
    caption = "Bank holidays that stop the clock"
    noun = ("bank holiday", "bank holidays")
    on = tables.Column(verbose_name="Date")
    title = tables.Column(verbose_name="Holiday")
    source = tables.Column(verbose_name="Where it comes from", empty_values=(), order_by=("added_by",))

    class Meta(PortalTable.Meta):
        empty_text = "No bank holiday is known: every due date would be a guess."

    def render_on(self, value: date) -> str:
        return dates.weekday_date(value)

    def value_on(self, value: date) -> Any:
        return value

    def render_source(self, record: BankHoliday) -> str:
        return "added here" if record.added_by_id else "the list that came with the portal"


def request_rows(deadlines: Iterable[Deadline]) -> list[RequestRow]:
    return [RequestRow.of(deadline) for deadline in deadlines]
