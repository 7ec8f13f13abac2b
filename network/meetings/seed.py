"""How the network meets: the day of each cycle and what stands on every agenda."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from network.meetings.models import CycleRule, StandingItem

DATA = Path(__file__).resolve().parent / "data"


def reference_data() -> Iterable[Callable[[], str]]:
    return (load_cycle, load_standing_items)


def load_cycle() -> str:
    """Every two months (terms of reference 2.2); the day and hours are where the co-chairs start from."""
    rule, _made = CycleRule.objects.get_or_create(pk=1, defaults={"place": "Online"})
    return f"Meetings on the {rule}"


def load_standing_items() -> str:
    """Only a network without any gets them, so that what the co-chairs change or drop stays so."""
    if not StandingItem.objects.exists():
        items = json.loads((DATA / "standing_items.json").read_text(encoding="utf-8"))
        StandingItem.objects.bulk_create(
            StandingItem(position=position, **item) for position, item in enumerate(items, start=1)
        )
    return f"{StandingItem.objects.count()} standing items"
