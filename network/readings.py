"""Which legal things a request brings before its reader, and which entries of the audit trail.

They are noted where rows are fetched, so that no page, file, PDF or export can be forgotten, and written into
the audit trail before the answer goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.apps import apps
from django.db import models

LEGAL = "legal"
NEVER = "never_legal"
"""How the constraint of a kind of thing that is never kept to named people ends."""

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


@cache
def can_be_legal(label: str) -> bool:
    """Whether things of this kind can be kept to named people: the table itself says where not."""
    return not any(rule.name.endswith(NEVER) for rule in apps.get_model(label)._meta.constraints)


def kind_at(model: type[models.Model], path: str) -> type[models.Model]:
    """The model to which a path such as "action__origin_item" leads."""
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model


def note(rows: Iterable[object]) -> None:
    """Those of the rows that are legal, and what is legal of that under which they stand."""
    seen = _seen.get()
    if seen is None:
        return
    unknown: dict[tuple[type[models.Model], str], list[int]] = defaultdict(list)
    for row in rows:
        for one in _with_what_is_above(row):
            if one.__dict__.get("audience") == LEGAL or hasattr(one, "read_by"):
                seen[type(one), one.pk] = _bare(one)
        if isinstance(row, models.Model):
            for path in getattr(row, "stands_under", ()):
                if not _is_fetched(row, path):
                    unknown[type(row), path].append(row.pk)
    for (model, path), numbers in unknown.items():
        for above in _legal_above(model, path, numbers):
            seen[type(above), above.pk] = above


def _bare(row: models.Model) -> models.Model:
    """The row without its words: what it is; of an entry of the audit trail what it is about (`read_by`),
    which may be legal today though the entry is older than that."""
    told = {name: getattr(row, name) for name in getattr(row, "read_by", ("audience",))}
    return type(row)(pk=row.pk, **told)


def _is_fetched(row: models.Model, path: str) -> bool:
    """Whether what it stands under came with it, or is known to be nothing."""
    above: models.Model | None = row
    for step in path.split("__"):
        if above is None:
            return True
        if step not in above._state.fields_cache:
            column = getattr(above._meta.get_field(step), "attname", step)
            return column in above.__dict__ and above.__dict__[column] is None
        above = above._state.fields_cache[step]
    return True


def _legal_above(model: type[models.Model], path: str, numbers: list[int]) -> list[models.Model]:
    """What is legal above rows that were fetched without it: asked once for all of them."""
    above = kind_at(model, path)
    if not can_be_legal(above._meta.label_lower):
        return []
    rows = model._base_manager.filter(pk__in=numbers, **{f"{path}__audience": LEGAL}).order_by()
    return [above(pk=pk, audience=LEGAL) for pk in rows.values_list(path, flat=True).distinct()]


def _with_what_is_above(row: object, steps: int = 2) -> Iterator[models.Model]:
    """The row, and what was fetched with it: an update's action, and that action's agenda item."""
    if isinstance(row, models.Model):
        yield row
        for above in row._state.fields_cache.values() if steps else ():
            yield from _with_what_is_above(above, steps - 1)
