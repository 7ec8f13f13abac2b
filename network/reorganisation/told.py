"""What was written down of open things is a copy: whoever reads it later is told of those alone that they
read on that day, and of the others nothing, not even how many they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from network import registry
from network.people.models import User
from network.reorganisation.models import Reorganisation, Settlement


def told_to(user: User, settlements: Iterable[Settlement]) -> list[Settlement]:
    rows = list(settlements)
    told = _of({one.key for one in rows}, user)
    return [one for one in rows if one.key in told]


def why_failed(row: Reorganisation, user: User) -> str:
    """Why it could not come into force; where that was one thing, its words are told to its readers only."""
    if not row.failed_on:
        return row.failed
    one = row.failed if row.failed_on in _of({row.failed_on}, user) else ""
    return one or "One of the open things could not be settled"


def _of(keys: set[str], user: User) -> set[str]:
    return set(registry.told_of(keys, user)) if keys else set()
