"""How long each kind of record is kept: the schedule is data, the apps say which rows are over.

The years are proposals until the network has decided them; changing one is changing a line of
`data/retention.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from network import dates, registry
from network.registry import Retained

SCHEDULE = Path(__file__).parent / "data" / "retention.json"


@dataclass(frozen=True, kw_only=True)
class Kind:
    key: str
    name: str
    years: int | None  # none: it goes by itself, or stays
    begins: str
    goes: str
    stays: str
    why: str
    source: str

    def before(self, on: date) -> datetime:
        """What ended before this moment is over on the day."""
        assert self.years is not None
        day = min(on.day, 28) if on.month == 2 else on.day
        return dates.midnight(on.replace(year=on.year - self.years, day=day))


@cache
def kinds() -> tuple[Kind, ...]:
    said: list[dict[str, Any]] = json.loads(SCHEDULE.read_text(encoding="utf-8"))
    return tuple(Kind(begins=one.pop("from"), **one) for one in said)


def due() -> Iterator[tuple[Kind, Retained]]:
    """Each kind with a time, and the answer of the app that keeps it."""
    answers = {one.key: one for one in registry.retained()}
    for kind in kinds():
        if kind.years is not None and kind.key in answers:
            yield kind, answers[kind.key]


def over(kind: Kind, kept: Retained, on: date) -> list[tuple[str, str]]:
    """What would go on that day: what it is, and its address or ""."""
    return list(kept.rows(kind.before(on)))
