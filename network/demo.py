"""A demonstration: one seed and one day give the same eighteen months of invented history.

Each app lays down its own part (`registry.demonstration`). Nothing here is a fact about a real body, and
every person is a role.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from network.people.models import Organisation, User

DOMAIN = "demo.example"
MONTHS = 18


@dataclass
class World:
    """What the apps share while a demonstration is laid down."""

    seed: int
    as_of: date
    says: dict[str, Any] = field(default_factory=dict)  # the JSON line at the end

    def random(self, subject: str) -> Random:
        """The dice of one subject, so that one app's history does not shift another's."""
        return Random(f"{self.seed}:{subject}")

    @property
    def begins(self) -> date:
        """The first day of the history: eighteen months before, on the first of the month."""
        months = self.as_of.year * 12 + self.as_of.month - 1 - MONTHS
        return date(months // 12, months % 12 + 1, 1)

    def person(self, local: str) -> User:
        """`person("admin")`, `person("cochair.one")`, `person("lead.kent")`."""
        return User.objects.get(email=f"{local}@{DOMAIN}")

    def people(self, role: str) -> dict[str, User]:
        """All accounts of one role, by the organisation's slug: `people("lead")["kent"]`."""
        found = User.objects.filter(email__startswith=f"{role}.", email__endswith=f"@{DOMAIN}")
        return {(user.email or "").removeprefix(f"{role}.").split("@")[0]: user for user in found}

    def authorities(self) -> list[Organisation]:
        """The member authorities in force on the demonstration's day, by name."""
        return list(Organisation.objects.authorities().in_force(self.as_of))
