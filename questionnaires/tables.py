"""Rounds, returns and answers as tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from network import dates
from network.tables import PortalTable
from questionnaires import answers
from questionnaires.models import Question, Return, Round
from questionnaires.results import Results, Row

STATES = {"planned": "Not open yet", "open": "Open", "closed": "Closed"}
COLOURS = {"planned": "grey", "open": "green", "closed": "blue"}


def tag(text: str, colour: str) -> SafeString:
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, text)


def link(href: str, text: str) -> SafeString:
    return format_html('<a class="govuk-link" href="{}">{}</a>', href, text)


class RoundTable(PortalTable):
    """Give it rounds annotated with `asked` and `submitted`."""

    caption = "Rounds"
    noun = ("round", "rounds")

    title = tables.Column(verbose_name="Round")
    reporting_year = tables.Column(verbose_name="Reporting year")
    state = tables.Column(empty_values=(), orderable=False, verbose_name="State")
    opens_on = tables.Column(verbose_name="Opens")
    closes_on = tables.Column(verbose_name="Closes")
    submitted = tables.Column(verbose_name="Submitted")

    class Meta(PortalTable.Meta):
        model = Round
        fields = ("title", "reporting_year", "state", "opens_on", "closes_on", "submitted")
        empty_text = "There is no round yet. The coordinator sets one up, and it appears here when it opens."

    def render_title(self, value: str, record: Round) -> SafeString:
        return link(record.get_absolute_url(), value)

    def value_title(self, value: str) -> str:
        return value

    def render_state(self, record: Round) -> SafeString:
        return tag(STATES[record.state], COLOURS[record.state])

    def value_state(self, record: Round) -> str:
        return STATES[record.state]

    def render_opens_on(self, value: Any) -> str:
        return dates.long_date(value)

    def value_opens_on(self, value: Any) -> Any:
        return value

    def render_closes_on(self, value: Any) -> str:
        return dates.long_date(value)

    def value_closes_on(self, value: Any) -> Any:
        return value

    def render_submitted(self, value: int, record: Any) -> str:
        return f"{value} of {record.asked}"


class ReturnTable(PortalTable):
    """Who has submitted and who is missing. `addresses`, by id: of the returns that the reader may open."""

    caption = "Authorities"
    noun = ("authority", "authorities")

    authority = tables.Column(verbose_name="Authority", order_by="authority__name")
    status = tables.Column(verbose_name="State")
    submitted_at = tables.Column(verbose_name="Submitted on", empty_values=())
    shared = tables.Column(empty_values=(), verbose_name="Shared with members", order_by="approved")

    class Meta(PortalTable.Meta):
        model = Return
        fields = ("authority", "status", "submitted_at", "shared")
        empty_text = "No authority is listed here."

    def __init__(
        self, *args: Any, addresses: Mapping[int, str] | None = None, closes_on: Any = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.addresses = addresses or {}
        self.closes_on = closes_on

    def render_authority(self, record: Return) -> str:
        href = self.addresses.get(record.pk)
        return link(href, record.authority.name) if href else record.authority.name

    def value_authority(self, record: Return) -> str:
        return record.authority.name

    def render_status(self, record: Return) -> SafeString:
        return tag(record.told.words, record.told.colour)

    def value_status(self, record: Return) -> str:
        return record.told.words

    def render_submitted_at(self, record: Return) -> str:
        if record.submitted_at:
            return dates.long_datetime(record.submitted_at)
        if record.closed_on:
            return f"closed on {dates.long_date(record.closed_on)}"
        due = "was due by" if record.round.is_closed else "due by"
        return f"{due} {dates.long_date(self.closes_on)}" if self.closes_on else ""

    def value_submitted_at(self, value: datetime | None) -> Any:
        return dates.local(value).replace(tzinfo=None) if value else ""

    def render_shared(self, record: Return) -> str:
        if not record.is_submitted:
            return "–"
        if record.approved:
            return "Yes"
        if record.round.is_closed:
            return "No: the director’s approval was not given"
        return "Not yet: awaits the director’s approval"

    def value_shared(self, record: Return) -> str:
        return "Yes" if record.approved else "No"


class ResultTable(PortalTable):
    """Each authority's answer. Numbers stay numbers in a download."""

    noun = ("answer", "answers")
    stacks = True

    authority = tables.Column(verbose_name="Authority", accessor="authority__name")
    icb = tables.Column(verbose_name="About", accessor="icb__full_name")
    text = tables.Column(verbose_name="Answer", attrs={"td": {"class": "app-table__text"}})

    class Meta(PortalTable.Meta):
        fields = ("authority", "icb", "text")
        empty_text = (
            "Nobody has answered this yet in a return that you may read. "
            "Answers appear when returns are shared."
        )

    def __init__(self, results: Results, rows: list[Row], **kwargs: Any) -> None:
        question = results.question
        hidden = [] if question.repeated else ["icb"]
        super().__init__(rows, caption=f"{question.code}: each answer", exclude=hidden, **kwargs)
        self.question = question

    def value_text(self, record: Row) -> Any:
        if self.question.type == Question.Type.COUNT:
            count = answers.count(record.value)
            return count.figure if count.given else record.text
        return record.text
