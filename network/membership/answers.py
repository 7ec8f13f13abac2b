"""What people and their roles answer to the registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from network.people.models import User
from network.registry import RoomLink
from network.roles import Permission


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(Permission.PEOPLE_INVITE):
        yield RoomLink(label="Invitations", url=reverse("invitation_list"), order=30)
