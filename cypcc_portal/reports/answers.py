"""What the reports answer to the registry's questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from cypcc_portal.reports.models import Report
from network import agreements
from network.agreements import Agreeable
from network.people.models import User
from network.registry import Change, NavItem, Task
from network.roles import Permission

TASKS_AT_MOST = 6


def tasks_for(user: User) -> Iterator[Task]:
    """A co-chair's agreement that is awaited; a draft that waits to be edited and offered."""
    if not user.may(Permission.REPORT_EDIT):
        return
    waiting = Report.objects.visible_to(user).exclude(status=Agreeable.Status.AGREED).defer("figures")
    for report in waiting.order_by("ends_on", "kind")[:TASKS_AT_MOST]:
        url = report.get_absolute_url()
        if report.status == Agreeable.Status.OFFERED:
            if agreements.may_agree(report, user):
                yield Task(title=f"{report} awaits your agreement", url=url, urgent=True)
        elif user.may(Permission.REPORT_EXPORT):
            yield Task(title=f"The draft “{report}” is waiting: read it and offer it", url=url)


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_PUBLISHED):
        yield NavItem(label="Reports", url=reverse("report_list"), order=60)


def changes_for(user: User, since: datetime) -> Iterator[Change]:
    agreed = Report.objects.visible_to(user).filter(agreed_at__gt=since).defer("figures")
    for report in agreed.order_by("-agreed_at")[:10]:
        assert report.agreed_at is not None
        yield Change(at=report.agreed_at, title=f"Agreed: {report}", url=report.get_absolute_url())
