"""What governance answers to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from network import naming
from network.people.models import User
from network.registry import Change, NavItem
from network.roles import Permission


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK):
        yield NavItem(label="Governance", url=reverse("governance_home"), order=75)


def changes_for(user: User, since: datetime) -> Iterator[Change]:
    """What the other co-chair kept to named people since then."""
    if not user.may(Permission.PEOPLE_NAME):
        return
    for one in naming.namings(since)[:10]:
        if [person.pk for person in one.by] != [user.pk]:
            by = " and ".join(person.display() for person in one.by)
            yield Change(
                at=one.at, title=f"Kept to named people by {by}: one {one.kind}", url=reverse("naming_list")
            )
