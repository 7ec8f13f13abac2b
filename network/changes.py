"""What changed in all rooms, the newest first: rows of every kind in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from network import readings, registry
from network.audience import Audience
from network.people.models import User
from network.registry import Change, Changes

MOST_WORDS = 4
TEXT, NUMBER = CharField(), IntegerField()
COLUMNS = ("change_kind", "change_at", *(f"change_word_{place}" for place in range(MOST_WORDS)))
MOST_ABOVE = 2
LEGAL = tuple((f"change_legal_{place}", f"change_audience_{place}") for place in range(MOST_ABOVE))


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
    for number, at, *texts in rows.order_by("-change_at")[:most]:
        kind = kinds[number]
        above = zip(texts[MOST_WORDS::2], texts[MOST_WORDS + 1 :: 2], strict=True)
        for (model, _path), (pk, audience) in zip(kind.legal, above, strict=False):
            if audience == Audience.LEGAL:
                readings.note([model(pk=int(pk), audience=audience)])
        title, url = kind.say(*texts[: len(kind.words)])
        yield Change(at=at, title=title, url=url)


def _columns(kind: Changes, number: int) -> QuerySet[Any]:
    """The rows with the columns that every kind has: texts, whatever they are in their own table."""
    texts: dict[str, Any] = {column: Value("", TEXT) for column in (*COLUMNS[2:], *chain(*LEGAL))}
    texts |= {column: _text(path) for column, path in zip(COLUMNS[2:], kind.words, strict=False)}
    for columns, (_model, path) in zip(LEGAL, kind.legal, strict=False):
        under = f"{path}__" if path else ""
        texts |= zip(columns, (_text(f"{under}pk"), _text(f"{under}audience")), strict=True)
    said = {"change_kind": Value(number, NUMBER), "change_at": F(kind.at), **texts}
    rows: QuerySet[Any] = kind.rows.order_by().annotate(**said).values_list(*COLUMNS, *chain(*LEGAL))
    return rows


def _text(path: str) -> Cast:
    return Cast(path, TEXT)
