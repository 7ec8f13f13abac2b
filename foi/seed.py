"""The network's request, loaded from `data/foi_items.json`; running it again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from foi.models import Item, ItemVersion

DATA = Path(__file__).with_name("data") / "foi_items.json"


def provide() -> list[Callable[[], str]]:
    return [load_items]


@transaction.atomic
def load_items() -> str:
    data: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
    version, _ = ItemVersion.objects.update_or_create(
        number=data["version"]["number"],
        defaults={
            "title": data["version"]["title"],
            "questions": data["questions"],
            "rules": data["sum_rules"],
        },
    )
    Item.objects.bulk_create(
        [_item(version, position, entry) for position, entry in enumerate(data["items"], start=1)],
        update_conflicts=True,
        unique_fields=["version", "code"],
        update_fields=[
            "question", "position", "label", "unit", "value_type", "period_basis", "choices", "bases",
            "definition", "slips", "core",
        ],
    )  # fmt: skip
    return f"{len(data['items'])} FOI items"


def _item(version: ItemVersion, position: int, entry: dict[str, Any]) -> Item:
    return Item(
        version=version,
        code=entry["id"],
        question=entry["seed_question"],
        position=position,
        label=entry["label"],
        unit=entry["unit"],
        value_type=entry["value_type"],
        period_basis=entry["period_basis"],
        choices=entry["breakdown"] if entry["value_type"] == Item.Type.MULTI else [],
        bases=entry.get("bases", []),
        definition=entry["definition"],
        slips=entry["typical_bad_answers"],
        core=entry["core"],
    )
