"""Loads the themes of the action plan, with their objectives and details; a second run changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from actions.models import DetailItem, Objective, Theme

PLAN = Path(__file__).with_name("data") / "action_plan.json"


def reference_data() -> Iterator[Callable[[], str]]:
    yield load


@transaction.atomic
def load() -> str:
    themes: list[dict[str, Any]] = json.loads(PLAN.read_text(encoding="utf-8"))["themes"]
    for place, theme in enumerate(themes, start=1):
        row, _ = Theme.objects.update_or_create(
            slug=theme["slug"], defaults={"title": theme["title"], "about": theme["about"], "position": place}
        )
        for number, objective in enumerate(theme["objectives"], start=1):
            _objective(row, number, objective)
    counts = (Theme.objects.count(), Objective.objects.count(), DetailItem.objects.count())
    return "action plan: {} themes, {} objectives, {} details".format(*counts)


def _objective(theme: Theme, number: int, objective: dict[str, Any]) -> None:
    row, _ = Objective.objects.update_or_create(
        slug=objective["slug"], defaults={"theme": theme, "text": objective["text"], "position": number}
    )
    for position, detail in enumerate(objective["details"], start=1):
        DetailItem.objects.update_or_create(
            slug=detail["slug"], defaults={"objective": row, "text": detail["text"], "position": position}
        )
