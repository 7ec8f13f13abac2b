"""What reorganisations answer to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Value
from django.urls import reverse

from network import dates
from network.people.models import Organisation, User
from network.registry import AgendaLine, Changes, OwnRecords, RoomLink, Task
from network.reorganisation import foretold
from network.reorganisation.models import MANAGE, Reorganisation, Status
from network.reorganisation.unplanned import address, unplanned, words
from network.roles import Permission

SOON = timedelta(days=30)
"""From here on a draft whose day is near is a task."""


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(MANAGE):
        yield RoomLink(label="Reorganisations", url=reverse("reorganisation_list"), order=50)


def tasks_for(user: User) -> Iterator[Task]:
    """What is planned for one's own role; for the admin reorganisations that wait or failed, then bodies that
    end without one, in one statement."""
    yield from foretold.tasks_for(user)
    if not user.may(MANAGE):
        return
    with connection.cursor() as cursor:
        cursor.execute(*_waiting(connection.vendor, dates.today()))
        found = cursor.fetchall()
    for body, on, draft, called, at, roles, things, uncovered, failed in sorted(found):
        day = date.fromisoformat(str(on))
        if body:
            title = words(called, day, roles, things, uncovered)
        else:
            title = f"{called} could not come into force" if failed else f"Prepare or withdraw: {called}"
        yield Task(title=title, url=address(at, draft), due=day)


@lru_cache(maxsize=2)
def _waiting(vendor: str, today: date) -> tuple[str, tuple[Any, ...]]:
    """What waits for whoever manages reorganisations, who all read all of them. The statement is long and
    hangs on the day alone: it is put together once a day, and not for each home page."""
    near = today + SOON
    waiting = Q(status=Status.DRAFT, on__lte=near) | Q(status=Status.PREPARED) & ~Q(failed="")
    none, no = Value(0), Value(False)
    rows = Reorganisation.objects.filter(waiting).order_by()
    stuck = Exists(rows.filter(pk=OuterRef("pk")).exclude(failed=""))
    about: dict[str, Any] = {"day": F("on"), "draft": F("pk"), "called": F("title"), "at": Value("")}
    about |= {"roles": none, "things": none, "uncovered": no, "stuck": stuck}
    columns = ("order", *about)
    first = rows.annotate(order=none, **about).values_list(*columns)
    bodies = unplanned().filter(Q(draft=0) | Q(draft_on__gt=near)).order_by()  # else the draft is a task
    named = {"day": F("ends_on"), "called": F("name"), "at": F("slug"), "stuck": no}
    second = bodies.annotate(order=Value(1), **named).values_list(*columns)
    statement: tuple[str, tuple[Any, ...]] = first.union(second).query.sql_with_params()
    return statement


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
