"""What the reports hold about a person, and what of them goes after its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from cypcc_portal.reports.models import Report, ReportSection
from network import audit, dates
from network.agreements import Agreeable, Agreement
from network.people.models import User
from network.registry import OwnRecords, Retained


def own_records(user: User) -> Iterator[OwnRecords]:
    """The sections whose words are the person's, as the last to have changed them."""
    rows = (
        ReportSection.objects.visible_to(user)
        .filter(edited_by=user)
        .select_related("report")
        .defer("report__figures")
    )
    yield OwnRecords(
        title="Words of reports that you changed last",
        columns=("When", "Report", "Section"),
        rows=tuple(
            (dates.long_datetime(one.edited_at), str(one.report), one.title)
            for one in rows.order_by("edited_at", "pk")
            if one.edited_at
        ),
    )


def retained() -> Iterator[Retained]:
    """Drafts that nobody ever agreed. What was agreed is kept: later reports must not undo what it hid."""
    yield Retained(
        key="reports.drafts",
        rows=lambda before: [(str(one), one.get_absolute_url()) for one in _never_agreed(before)],
        count=lambda before: _never_agreed(before).count(),
        purge=_purge,
    )


def _never_agreed(before: datetime) -> QuerySet[Report]:
    rows: QuerySet[Report] = Report.objects.filter(
        ends_on__lt=dates.local(before).date(), editions__isnull=True, sections__isnull=False
    ).exclude(status=Agreeable.Status.AGREED)
    return rows.defer("figures").distinct().order_by("pk")


def _purge(before: datetime) -> int:
    """Its words and figures go; that the period had a draft stays, so that none is drafted again."""
    gone = [report.pk for report in _never_agreed(before)]
    ReportSection.objects.filter(report__in=gone).delete()
    Agreement.objects.filter(label=Report._meta.label_lower, object_id__in=gone).delete()
    for report in Report.objects.filter(pk__in=gone).defer("figures"):
        empty = {"kind": report.kind, "period": report.period, "chapters": [], "things": []}
        Report.objects.filter(pk=report.pk).update(figures=empty)
    if gone:
        audit.record(by=None, verb="removed after its time", on=Report, reports=gone)
    return len(gone)
