"""What reorganisations answer to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from network import dates
from network.people.models import Organisation, User
from network.registry import AgendaLine, Changes, OwnRecords, RoomLink, Task
from network.reorganisation.models import MANAGE, Reorganisation, Status
from network.roles import Permission

SOON = timedelta(days=30)
"""From here on a draft whose day is near is a task."""


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(MANAGE):
        yield RoomLink(label="Reorganisations", url=reverse("reorganisation_list"), order=50)


def tasks_for(user: User) -> Iterator[Task]:
    if not user.may(MANAGE):
        return
    rows = Reorganisation.objects.visible_to(user).order_by("on", "pk")
    near = Q(status=Status.DRAFT, on__lte=dates.today() + SOON)
    for row in rows.filter(near | Q(status=Status.PREPARED) & ~Q(failed="")):
        title = f"{row} could not come into force" if row.failed else f"Prepare or withdraw: {row}"
        yield Task(title=title, url=row.get_absolute_url(), due=row.on)


def changes_for(user: User, since: datetime) -> Iterator[Changes]:
    """Reorganisations that came into force since then, for everybody who reads the directory."""
    if not user.may(Permission.DIRECTORY_READ):
        return
    came = Reorganisation.objects.filter(in_force_at__gt=since)
    yield Changes(rows=came, at="in_force_at", words=("title", "on"), say=_came)


def _came(title: str, on: str) -> tuple[str, str]:
    return title, f"{reverse('organisation_list')}?on={on}"


def organisation_panels(body: Organisation, user: User) -> Iterator[AgendaLine]:
    """Which reorganisations are about the body, for those who prepare them."""
    if not user.may(MANAGE):
        return
    rows = Reorganisation.objects.visible_to(user).filter(Q(endings__body=body) | Q(successors__body=body))
    for row in rows.distinct()[:10]:
        yield AgendaLine(
            title=f"Reorganisation on {dates.long_date(row.on)}: {row}",
            url=row.get_absolute_url(),
            detail=row.get_status_display().lower(),
        )


def own_records(user: User) -> Iterator[OwnRecords]:
    """Those that they wrote down, as long as they read them."""
    rows = Reorganisation.objects.visible_to(user).filter(made_by=user).order_by("on", "pk")
    yield OwnRecords(
        title="Reorganisations that you wrote down",
        columns=("Day", "What"),
        rows=tuple((dates.long_date(row.on), str(row)) for row in rows),
    )
