"""Emptying the words of entries under data law: the one change to an entry that the chain allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction

from network import dates
from network.audit.entries import AuditEntry, record, record_beside

if TYPE_CHECKING:
    from network.people.models import User

ERASED = "emptied the words of entries"
AT_ONCE = 500


def erase(entries: Iterable[AuditEntry], *, by: User | None, why: str, wholesale: bool = False) -> int:
    """Empties title and detail of the entries and writes down for which and why; how many. Who, which kind of
    act, on which row and when stay. Entries about an emptying are left: they are what makes it lawful.

    Of each it is written down by itself, as one more entry about the same thing, for the same readers;
    `wholesale`, where all that is old goes, once for many.
    """
    ids = [entry.pk for entry in entries]
    at_once = AT_ONCE if wholesale else 1
    return sum(_erase(ids[start : start + at_once], by, why) for start in range(0, len(ids), at_once))


@transaction.atomic
def _erase(ids: list[int], by: User | None, why: str) -> int:
    rows = (
        AuditEntry.objects.select_for_update()
        .filter(pk__in=ids, erased_at__isnull=True)
        .exclude(verb=ERASED)
        .order_by("pk")
    )
    held = list(rows)
    if held:
        said: dict[str, Any] = {"entries": [entry.pk for entry in held], "why": why}
        rows.update(title="", detail={}, salt="", erased_at=dates.now())
        if len(ids) == 1:
            record_beside(held[0], by=by, verb=ERASED, **said)
        else:
            record(by=by, verb=ERASED, on=AuditEntry, **said)
    return len(held)
