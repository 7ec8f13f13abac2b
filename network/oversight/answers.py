"""What the overseers' rooms answer to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse

from network import audit, dates
from network.audit import AuditCheck
from network.oversight import removing, tasks
from network.oversight.models import Removal
from network.people.models import User
from network.registry import OwnRecords, RoomLink, Task
from network.roles import Permission


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(Permission.AUDIT_READ):
        yield RoomLink(label="Audit trail", url=reverse("audit_list"), order=80)
    if user.may(Permission.RETENTION_MANAGE):
        yield RoomLink(label="Retention", url=reverse("retention_list"), order=90)


def due_work() -> Iterator[Callable[[], str]]:
    yield audit.seal
    yield tasks.check_daily
    yield removing.ask_once_a_day


def tasks_for(user: User) -> Iterator[Task]:
    if user.may(Permission.AUDIT_READ):
        check = AuditCheck.objects.first()
        if check and check.number:
            yield Task(
                title="The audit trail is not as it was written", url=reverse("audit_list"), urgent=True
            )
    if user.may(Permission.RETENTION_MANAGE):
        removal = removing.open_removal()
        if removal and not removal.confirmed_at:
            yield Task(
                title=f"Look through what is kept no longer: {removal.year}", url=reverse("retention_list")
            )


def own_records(user: User) -> Iterator[OwnRecords]:
    rows = Removal.objects.filter(confirmed_by=user).order_by("year")
    yield OwnRecords(
        title="Yearly removals that you confirmed",
        columns=("Year", "When"),
        rows=tuple(
            (str(row.year), dates.long_datetime(row.confirmed_at)) for row in rows if row.confirmed_at
        ),
    )
