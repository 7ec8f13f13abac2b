"""Who sees somebody's e-mail address and telephone number: as that person has chosen.

The one rule for every page, list, export and search. Names follow another one: `User.named_for`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User


class ShownTo(models.TextChoices):
    NETWORK = "network", "Members of the network"
    CHAIRS = "chairs", "Co-chairs and the coordinator"
    COORDINATOR = "coordinator", "The coordinator only"


PERMISSION_FOR = {
    ShownTo.NETWORK: Permission.READ_NETWORK,
    ShownTo.CHAIRS: Permission.READ_CHAIRS,
    ShownTo.COORDINATOR: Permission.READ_COORDINATOR,
}


@dataclass(frozen=True)
class Contact:
    """What one reader sees of somebody's contact details; empty where nothing is shown."""

    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.email or self.phone)


def choices_open_to(reader: User) -> list[str]:
    """The choices under which this reader is among those who see."""
    return [choice.value for choice, permission in PERMISSION_FOR.items() if reader.may(permission)]


def contact_rule(reader: User, prefix: str = "") -> Q:
    """The condition under which the reader sees a person's contact details, for a search or an order.

    `prefix` reaches the person from another row: `contact_rule(reader, "user__")`.
    """
    return Q(**{f"{prefix}contact_shown_to__in": choices_open_to(reader)}) | Q(**{f"{prefix}pk": reader.pk})
