"""What the overseers' rooms answer to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Subquery
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
    if not (user.may(Permission.AUDIT_READ) or user.may(Permission.RETENTION_MANAGE)):
        return
    broken, year = _stands(user)
    if broken and user.may(Permission.AUDIT_READ):
        yield Task(title="The audit trail is not as it was written", url=reverse("audit_list"), at_once=True)
    if year and user.may(Permission.RETENTION_MANAGE):
        yield Task(title=f"Look through what is kept no longer: {year}", url=reverse("retention_list"))


def _stands(user: User) -> tuple[int | None, int | None]:
    """How many entries the latest check found broken, and the year whose removal awaits an admin."""
    broken = Subquery(AuditCheck.objects.values("number")[:1])
    year = Subquery(Removal.objects.filter(finished_at=None, confirmed_at=None).values("year")[:1])
    found: tuple[int | None, int | None] = User.objects.filter(pk=user.pk).values_list(broken, year).get()
    return found


def own_records(user: User) -> Iterator[OwnRecords]:
    rows = Removal.objects.filter(confirmed_by=user).order_by("year")
    yield OwnRecords(
        title="Yearly removals that you confirmed",
        columns=("Year", "When"),
        rows=tuple(
            (str(row.year), dates.long_datetime(row.confirmed_at)) for row in rows if row.confirmed_at
        ),
    )
