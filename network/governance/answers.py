"""What governance answers to the registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from network.people.models import User
from network.registry import NavItem
from network.roles import Permission


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_NETWORK):
        yield NavItem(label="Governance", url=reverse("governance_home"), order=75)
