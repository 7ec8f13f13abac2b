"""What the reports answer to the registry's questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Model
from django.urls import reverse

from cypcc_portal.reports.models import Report
from cypcc_portal.reports.view import Built
from network import agreements
from network.agreements import Agreeable
from network.meetings.models import AgendaItem
from network.people.models import User
from network.registry import Changes, NavItem, Task
from network.roles import Permission

TASKS_AT_MOST = 6


def tasks_for(user: User) -> Iterator[Task]:
    """A co-chair's agreement that is awaited; a draft that waits to be edited and offered."""
    if not user.may(Permission.REPORT_EDIT):
        return
    waiting = Report.objects.visible_to(user).exclude(status=Agreeable.Status.AGREED).defer("figures")
    rows = waiting.annotate(said_yes=agreements.yes_of(user, Report)).order_by("ends_on", "kind")
    for report in rows[:TASKS_AT_MOST]:
        url = report.get_absolute_url()
        if report.status == Agreeable.Status.OFFERED:
            if user.may(Permission.REPORT_AGREE) and not report.said_yes:
                yield Task(title=f"{report} awaits your agreement", url=url)
        elif user.may(Permission.REPORT_EXPORT):
            yield Task(title=f"The draft “{report}” is waiting: read it and offer it", url=url)


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_PUBLISHED):
        yield NavItem(label="Reports", url=reverse("report_list"), order=60)


def told_for_good(thing: Model) -> Iterator[str]:
    """The agreed reports that hold the words of a decision on this item."""
    if not isinstance(thing, AgendaItem):
        return
    words = set(thing.decisions.values_list("text", flat=True))
    if not words:
        return
    on = thing.meeting.on
    for report in Report.objects.filter(status=Agreeable.Status.AGREED, ends_on__gte=on).order_by("ends_on"):
        if report.of.first <= on and words & _words_of(report):
            yield str(report)


def _words_of(report: Report) -> set[str]:
    tables = Built.from_json(report.figures).tables()
    return {cell.text for table in tables for row in table.rows for cell in row.cells}


def changes_for(user: User, since: datetime) -> Iterator[Changes]:
    agreed = Report.objects.visible_to(user).filter(agreed_at__gt=since)
    yield Changes(rows=agreed, at="agreed_at", words=("kind", "period"), say=_agreed)


def _agreed(kind: str, period: str) -> tuple[str, str]:
    report = Report(kind=kind, period=period)
    return f"Agreed: {report}", report.get_absolute_url()
