"""Emptying the words of entries under data law: the one change to an entry that the chain allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from network import dates
from network.audit.entries import AuditEntry, record

if TYPE_CHECKING:
    from network.people.models import User

ERASED = "emptied the words of entries"
AT_ONCE = 500


def erase(entries: Iterable[AuditEntry], *, by: User | None, why: str) -> int:
    """Empties title and detail of the entries and writes down for which and why; how many. Who, which kind of
    act, on which row and when stay. Entries about an emptying are left: they are what makes it lawful."""
    ids = [entry.pk for entry in entries]
    emptied = 0
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            rows = (
                AuditEntry.objects.select_for_update()
                .filter(pk__in=ids[start : start + AT_ONCE], erased_at__isnull=True)
                .exclude(label=AuditEntry._meta.label_lower, verb=ERASED)
            )
            held = sorted(rows.values_list("pk", flat=True))
            if not held:
                continue
            AuditEntry.objects.filter(pk__in=held).update(title="", detail={}, salt="", erased_at=dates.now())
            record(by=by, verb=ERASED, on=AuditEntry, entries=held, why=why)
            emptied += len(held)
    return emptied
