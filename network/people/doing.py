"""Who can do a thing that somebody leads: its owner, or else whoever may at the authority that owns it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol

from django.utils.text import Truncator

from network.people.models import Organisation, User, holders
from network.registry import Doer
from network.roles import Permission


class Owned(Protocol):
    @property
    def owner(self) -> User | None: ...
    @property
    def owner_organisation(self) -> Organisation | None: ...


def doers_in(things: Iterable[Owned], permission: Permission, what: str = "") -> Iterator[Doer]:
    """One for each thing; one query for all authorities. Of an authority where nobody could do it today
    nothing is said."""
    rows = list(things)
    bodies = {one.owner_organisation.pk for one in rows if one.owner_organisation and not one.owner}
    there = defaultdict(list)
    held = holders(permission).filter(organisation__in=bodies, user__in=User.objects.with_account())
    for seat in held.select_related("user").order_by("user__name", "user_id") if bodies else ():
        there[seat.organisation_id].append(seat.user)
    for one in rows:
        body = one.owner_organisation
        people = [one.owner] if one.owner else there[body.pk] if body else []
        if people:
            yield Doer(
                what=what or f"the action “{Truncator(str(one)).chars(80)}”",
                who=str(one.owner or body),
                people=tuple(people),
                in_person=one.owner is not None,
            )
