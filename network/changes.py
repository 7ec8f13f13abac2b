"""What changed in all rooms, the newest first: rows of every kind in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import JSONArray

from network import readings, registry
from network.audience import Audience
from network.people.models import User
from network.registry import Change, Changes

COLUMNS = ("change_kind", "change_at", "change_words")


def latest(user: User, since: datetime, most: int) -> list[Change]:
    """The newest changes of all rooms since then, as far as the person may know of them."""
    answers = registry.changes_for(user, since)
    found = [one for one in answers if isinstance(one, Change)]
    found += _of_rows([one for one in answers if isinstance(one, Changes)], most)
    return sorted(found, key=lambda change: change.at, reverse=True)[:most]


def _of_rows(kinds: Sequence[Changes], most: int) -> Iterator[Change]:
    if not kinds:
        return
    first, *others = (_columns(kind, number) for number, kind in enumerate(kinds))
    rows: Any = first.union(*others, all=True).order_by("-change_at") if others else first
    for number, at, words in rows.order_by("-change_at")[:most]:
        kind = kinds[number]
        texts = [None if word is None else str(word) for word in words]
        above = iter(texts[len(kind.words) :])
        for (model, _path), pk, audience in zip(kind.legal, above, above, strict=True):
            if audience == Audience.LEGAL:
                readings.note([model(pk=int(pk or 0), audience=audience)])
        title, url = kind.say(*texts[: len(kind.words)])
        yield Change(at=at, title=title, url=url)


def _columns(kind: Changes, number: int) -> QuerySet[Any]:
    """The rows with the columns that every kind has: which kind, when, and all its words in one."""
    above = (f"{path}__" if path else "" for _model, path in kind.legal)
    paths = [*kind.words, *chain.from_iterable((f"{under}pk", f"{under}audience") for under in above)]
    said = (Value(number, IntegerField()), F(kind.at), JSONArray(*paths))
    rows: QuerySet[Any] = kind.rows.order_by().annotate(**dict(zip(COLUMNS, said, strict=True)))
    return rows.values_list(*COLUMNS)
