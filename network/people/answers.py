"""What the directory answers to the registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from network.people.models import User
from network.registry import NavItem, RoomLink
from network.roles import Permission


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.DIRECTORY_READ):
        yield NavItem(label="Network", url=reverse("organisation_list"), order=80)


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(Permission.DIRECTORY_READ):
        yield RoomLink(label="Bodies", url=reverse("organisation_list"), order=10)
