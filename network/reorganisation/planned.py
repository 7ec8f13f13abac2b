"""Who is to hold which role at a body by what is prepared: members see it in the directory of a coming day.

It follows the plan as the days themselves will, one after the other (see `effect._move_people`): what was
decided, and for a role that came since, or that comes by an earlier reorganisation, the one body that comes
after; with several it ends. A draft plans nothing yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from django.db.models import Q

from network import dates
from network.people.models import Membership
from network.registry import PlannedRole
from network.reorganisation.models import Ending, Move, Status, Successor


class _Link(NamedTuple):
    """A successor and one of the bodies that it follows."""

    row: int  # the reorganisation
    on: date
    ends: int
    successor: int
    body: int
    starts: date | None  # the successor's own first day


COLUMNS = (
    "successor__reorganisation_id",
    "successor__reorganisation__on",
    "organisation_id",
    "successor_id",
    "successor__body_id",
    "successor__body__starts_on",
)


@dataclass
class _Role:
    """One that is recorded, or that a reorganisation will have made of it."""

    seat: Membership
    starts: date | None
    ends: date | None
    made: date | None = None  # by a reorganisation, on its first day
    gone: date | None = None  # with its body

    def held(self, day: date) -> bool:
        begun = self.starts is None or self.starts <= day
        return begun and (self.ends is None or self.ends >= day) and not (self.gone and self.gone <= day)

    def same(self, other: _Role) -> bool:
        return (self.seat.user_id, self.seat.role) == (other.seat.user_id, other.seat.role)


_Roles = dict[int, list[_Role]]
_Moves = dict[tuple[int, int], set[int]]


def planned_roles(bodies: Collection[int], roles: Collection[str], day: date) -> Iterator[PlannedRole]:
    """Those of the day; for a body that begins later those of its first day. Three queries, whatever there
    is of them."""
    links = _leading_to(bodies, _prepared(), day)
    if not links:
        return
    found = _recorded({link.ends for link in links} | {link.body for link in links}, roles)
    _follow(links, found, _decided({link.row for link in links}))
    for body in bodies:
        last = max([day, *(link.on for link in links if link.body == body and link.starts == link.on)])
        here = [role for role in found[body] if role.made and role.made <= last and role.held(last)]
        for role in sorted(here, key=_name):
            yield PlannedRole(organisation_id=body, seat=role.seat, on=role.starts or last)


def emptied(bodies: Collection[int], day: date) -> Iterator[int]:
    """Those of the bodies at which every role will have ended by that day."""
    if day > dates.today():
        rows = Ending.objects.filter(body__in=bodies, live=True, reorganisation__on__lte=day)
        yield from rows.filter(reorganisation__status=Status.PREPARED).values_list("body_id", flat=True)


def _prepared() -> list[_Link]:
    """In the order in which they come into force."""
    rows = Successor.after.through.objects.filter(successor__reorganisation__status=Status.PREPARED)
    order = ("successor__reorganisation__on", "successor__reorganisation_id", "organisation__name")
    return [_Link(*one) for one in rows.order_by(*order, "organisation_id", "pk").values_list(*COLUMNS)]


def _leading_to(bodies: Collection[int], links: list[_Link], day: date) -> list[_Link]:
    """Those by which somebody comes to one of the bodies by that day, or on its first day, and those by which
    they leave again on the way."""
    through = set[int]()
    for link in reversed(links):
        due = link.on <= day or link.starts == link.on
        if link.body in through or (due and link.body in bodies):
            through.add(link.ends)
    if not through:
        return []
    return [link for link in links if link.ends in through or link.ends in bodies]


def _recorded(bodies: Collection[int], roles: Collection[str]) -> _Roles:
    stand = Q(ends_on__isnull=True) | Q(ends_on__gte=dates.today())
    rows = Membership.objects.filter(stand, organisation__in=bodies, role__in=roles, ended_at__isnull=True)
    found: _Roles = defaultdict(list)
    for seat in rows.select_related("user").order_by("pk"):
        assert seat.organisation_id is not None
        found[seat.organisation_id].append(_Role(seat, seat.starts_on, seat.ends_on))
    return found


def _decided(rows: Collection[int]) -> _Moves:
    """By reorganisation and role the successors to which it goes; with none of them the role ends."""
    found: _Moves = defaultdict(set)
    moves = Move.objects.filter(reorganisation__in=rows)
    for row, seat, to in moves.values_list("reorganisation_id", "membership_id", "to"):
        found[row, seat] |= {to} if to else set()
    return found


def _follow(links: Iterable[_Link], found: _Roles, decided: _Moves) -> None:
    """What each first day will do with the roles at what ends by it."""
    for (_, on, ends), group in groupby(links, key=lambda link: link[:3]):
        after = {link.successor: link for link in group}
        for role in sorted(found[ends], key=_name):
            if role.ends and role.ends < on - timedelta(days=1):
                continue
            role.gone = on
            for link in _where(role, after, decided):
                _move(role, link, found[link.body])


def _where(role: _Role, after: dict[int, _Link], decided: _Moves) -> list[_Link]:
    """As decided, else to the only one."""
    links = list(after.values())
    to = None if role.made else decided.get((links[0].row, role.seat.pk))
    if to is None or not to <= after.keys():
        return links if len(links) == 1 else []
    return [after[one] for one in to]


def _move(role: _Role, link: _Link, there: list[_Role]) -> None:
    """Nobody gets a role that they hold there already; one that was to end just then goes on without an
    end."""
    if any(one.same(role) and (one.ends is None or one.ends >= link.on) for one in there):
        return
    starts = max(link.on, role.starts) if role.starts else link.on
    ends = role.ends if role.ends and role.ends >= link.on else None
    there.append(_Role(role.seat, starts, ends, made=link.on))


def _name(role: _Role) -> str:
    return role.seat.user.name
