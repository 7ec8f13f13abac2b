"""Actions for tests, by the plan's own acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions import plan
from actions.models import Action, Theme
from network import dates
from network.people.models import User


def action(by: User, text: str = "Compare referral forms", *, on: date | None = None, **more: Any) -> Action:
    """An action of the plan, added on a day (now, if left out), under the first theme unless told."""
    more.setdefault("theme", Theme.objects.order_by("position").first())
    with dates.at(on or dates.now()):
        return plan.add(by=by, text=text, **more)


def moved(action: Action, name: str, by: User, *, on: date | None = None) -> Action:
    with dates.at(on or dates.now()):
        return plan.move(action, name, by=by)
