"""Who is to hold which role at a body by what is prepared: members see it in the directory of a coming day.

It follows the plan as the day itself will: what was decided, and for a role that came since, the one body
that comes after; with several it ends. A draft plans nothing yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from network import dates
from network.people.models import Membership
from network.registry import PlannedRole
from network.reorganisation.models import Ending, Move, Status, Successor

Link = Successor.after.through
"""A successor and one of the bodies that it follows."""


class _Link(NamedTuple):
    ends: int
    successor: int
    body: int
    reorganisation: int
    on: date
    only: bool  # nothing else comes after the body that ends


def planned_roles(bodies: Collection[int], roles: Collection[str], day: date) -> Iterator[PlannedRole]:
    """Those of the day; for a body that begins later those of its first day. Three queries, whatever there
    is of them."""
    links = _links(bodies, day)
    if not links:
        return
    ends = {link.ends for link in links}
    decided = _decided({link.reorganisation for link in links}, ends)
    stand = Q(ends_on__isnull=True) | Q(ends_on__gte=dates.today())
    seats = defaultdict(list)
    held = Membership.objects.filter(stand, organisation__in=ends, role__in=roles, ended_at__isnull=True)
    for seat in held.select_related("user").order_by("user__name", "pk"):
        seats[seat.organisation_id].append(seat)
    for link in links:
        for seat in seats[link.ends]:
            to = decided.get((link.reorganisation, seat.pk))
            goes = link.successor in to if to is not None else link.only
            if goes and _holds(seat, link.on, max(day, link.on)):
                yield PlannedRole(organisation_id=link.body, seat=seat, on=link.on)


def emptied(bodies: Collection[int], day: date) -> Iterator[int]:
    """Those of the bodies at which every role will have ended by that day."""
    if day > dates.today():
        rows = Ending.objects.filter(body__in=bodies, live=True, reorganisation__on__lte=day)
        yield from rows.filter(reorganisation__status=Status.PREPARED).values_list("body_id", flat=True)


def _links(bodies: Collection[int], day: date) -> list[_Link]:
    of = "successor__reorganisation"
    same = Link.objects.filter(organisation=OuterRef("organisation"), **{of: OuterRef(of)})
    others = same.exclude(successor=OuterRef("successor"))
    rows = Link.objects.filter(
        Q(**{f"{of}__on__lte": day}) | Q(successor__body__starts_on=F(f"{of}__on")),
        **{f"{of}__status": Status.PREPARED},
        successor__body__in=bodies,
    )
    found = rows.order_by("pk").annotate(only=~Exists(others))
    columns = ("organisation_id", "successor_id", "successor__body_id", f"{of}_id", f"{of}__on", "only")
    return [_Link(*one) for one in found.values_list(*columns)]


def _decided(rows: Collection[int], ends: Collection[int]) -> dict[tuple[int, int], set[int | None]]:
    """By reorganisation and role the successors to which it goes; with none of them the role ends."""
    found: dict[tuple[int, int], set[int | None]] = defaultdict(set)
    moves = Move.objects.filter(reorganisation__in=rows, membership__organisation__in=ends)
    for row, seat, to in moves.values_list("reorganisation_id", "membership_id", "to"):
        found[row, seat].add(to)
    return found


def _holds(seat: Membership, on: date, day: date) -> bool:
    """Whether the role is held when the body ends, and what becomes of it on that day; a role that was to end
    just then goes on without an end."""
    last = on - timedelta(days=1)
    if seat.ends_on and seat.ends_on < last:
        return False
    begun = seat.starts_on is None or seat.starts_on <= day
    return begun and (seat.ends_on is None or seat.ends_on == last or seat.ends_on >= day)
