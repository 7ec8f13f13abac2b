"""What the network decided in a period, from agreed notes.

Decisions on items kept to the chairs, the coordinator or named people enter nothing here, not even a number,
unless one was marked as one that may be told. A report that leaves the network lists only those marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from network import dates
from network.agreements import Agreeable
from network.audience import Audience
from network.dates import Period
from network.figures import Chapter, Figure, Row, Source, Table, thing
from network.meetings.models import Decision

OPEN = (Audience.PUBLISHED, Audience.PARTNERS, Audience.NETWORK)


def chapters(period: Period) -> Iterator[Chapter]:
    decisions = list(
        Decision.objects.filter(
            Q(item__audience__in=OPEN) | Q(published=True) & ~Q(item__audience=Audience.LEGAL),
            item__meeting__on__range=(period.first, period.last),
            item__meeting__notes__status=Agreeable.Status.AGREED,
        )
        .select_related("item__meeting")
        .order_by("item__meeting__on", "item__position", "pk")
    )
    told = [decision for decision in decisions if decision.published]
    inside = [decision for decision in decisions if not decision.published]
    yield Chapter(
        key="decisions",
        title="Decisions",
        order=15,
        figures=(
            Figure(
                key="decisions.made",
                label="Decisions recorded in agreed notes",
                value=len(decisions),
                source=_source(period, len(decisions), "Decisions in agreed notes"),
                of=_things(decisions),
            ),
        ),
        tables=tuple(
            table
            for table in (
                _table(
                    "decisions.told",
                    "Decisions that may be told outside the network",
                    told,
                    period,
                    "published",
                ),
                _table(
                    "decisions.network", "Decisions for members of the network", inside, period, "network"
                ),
            )
            if table.rows
        ),
    )


def _table(key: str, caption: str, decisions: list[Decision], period: Period, audience: str) -> Table:
    return Table(
        key=key,
        caption=caption,
        label_heading="Meeting",
        columns=("Decision",),
        rows=tuple(
            Row(label=dates.long_date(decision.item.meeting.on), cells=(decision.text,))
            for decision in decisions
        ),
        source=_source(period, len(decisions), caption, "told" if audience == "published" else "inside"),
        audience=audience,
        of=_things(decisions),
    )


def _things(decisions: list[Decision]) -> frozenset[str]:
    return frozenset(thing(decision, decision.text) for decision in decisions)


def _source(period: Period, rows: int, says: str, told: str = "") -> Source:
    url = f"{reverse('decision_list')}?period={period.slug}" + (f"&told={told}" if told else "")
    return Source(says=f"{says}, {period.label}", url=url, rows=rows)
