"""Which legal things a request brings before its reader: noted where rows are fetched, so that no page, file,
PDF or export can be forgotten, and written into the audit trail before the answer goes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models

LEGAL = "legal"

Seen = dict[tuple[type[models.Model], int], models.Model]
_seen: ContextVar[Seen | None] = ContextVar("readings", default=None)


@contextmanager
def noted() -> Iterator[Seen]:
    """While the block runs, what is fetched for a reader and kept to named people is in the answer."""
    seen: Seen = {}
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def note(rows: Iterable[object]) -> None:
    """Those of the rows that are legal, and what is legal of that under which they stand."""
    seen = _seen.get()
    if seen is None:
        return
    for row in rows:
        for one in _with_what_is_above(row):
            if one.__dict__.get("audience") == LEGAL:
                seen[type(one), one.pk] = type(one)(pk=one.pk, audience=LEGAL)


def _with_what_is_above(row: object, steps: int = 2) -> Iterator[models.Model]:
    """The row, and what was fetched with it: an update's action, and that action's agenda item."""
    if isinstance(row, models.Model):
        yield row
        for above in row._state.fields_cache.values() if steps else ():
            yield from _with_what_is_above(above, steps - 1)
