"""What governance answers to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from network import naming
from network.audience import Naming
from network.people.models import User
from network.registry import Change, Changes, NavItem
from network.roles import Permission


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK):
        yield NavItem(label="Governance", url=reverse("governance_home"), order=75)


def changes_for(user: User, since: datetime) -> Iterator[Change | Changes]:
    """That something was shared with the person by name; and what the other co-chair kept to named people."""
    if user.may(Permission.BE_NAMED):
        mine = Naming.objects.visible_to(user).filter(at__gt=since).exclude(named_by=user)
        yield Changes(rows=mine, at="at", words=("named_by__name",), say=_shared)
    if not user.may(Permission.PEOPLE_NAME):
        return
    for one in naming.newest(since, 10):
        if [person.pk for person in one.by] != [user.pk]:
            by = " and ".join(person.display() for person in one.by)
            yield Change(
                at=one.at, title=f"Kept to named people by {by}: one {one.kind}", url=reverse("naming_list")
            )


def _shared(by: str) -> tuple[str, str]:
    return f"{by} shared something with you by name", reverse("named_list")
