"""What the library answers to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from network import dates
from network.library.models import LibraryItem
from network.people.models import User
from network.registry import Changes, NavItem, OwnRecords
from network.roles import Permission


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.READ_PUBLISHED):
        yield NavItem(label="Library", url=reverse("library_list"), order=70)


def changes_for(user: User, since: datetime) -> Iterator[Changes]:
    """What others have added since then."""
    added = LibraryItem.objects.visible_to(user).filter(added_at__gt=since).exclude(added_by=user)
    legal = ((LibraryItem, ""),)
    yield Changes(rows=added, at="added_at", words=("title", "pk"), say=_added, legal=legal)


def _added(title: str, pk: str) -> tuple[str, str]:
    return f"Added to the library: {title}", reverse("library_detail", args=[pk])


def own_records(user: User) -> Iterator[OwnRecords]:
    """What they added and still read."""
    added = (
        LibraryItem.objects.visible_to(user).filter(added_by=user).select_related("file").order_by("added_at")
    )
    yield OwnRecords(
        title="Library items that you added",
        columns=("When", "Title", "Kind", "File"),
        rows=tuple(
            (
                dates.long_datetime(item.added_at),
                item.title,
                str(item.get_kind_display()),
                item.file.name if item.file else "",
            )
            for item in added
        ),
    )
