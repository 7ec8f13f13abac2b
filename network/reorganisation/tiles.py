"""Places on the tile map of the region: which are free, and which one is near."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from network.people.models import Organisation

if TYPE_CHECKING:
    from network.reorganisation.models import Successor
    from network.reorganisation.plan import Plan

SIDE = 9  # rows and columns that are offered

Place = tuple[int, int]


def choices(
    on: date,
    *,
    besides: Collection[int] = (),
    taken: Collection[Place] = (),
    was: dict[Place, str] | None = None,
) -> list[tuple[str, str]]:
    """The places that no member authority has on the day or later, as a form offers them."""
    bodies = Organisation.objects.authorities().exclude(pk__in=besides)
    later = bodies.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), tile_row__isnull=False)
    full = set(later.values_list("tile_row", "tile_column")) | set(taken)
    names = was or {}
    free = [
        (written(row, column), f"Row {row}, column {column}{names.get((row, column), '')}")
        for row in range(1, SIDE + 1)
        for column in range(1, SIDE + 1)
        if (row, column) not in full
    ]
    return [("", "Not on the map"), *free]


def choices_after(plan: Plan, successor: Successor | None) -> list[tuple[str, str]]:
    """What ends leaves its place free; other successors have taken theirs."""
    own = {body.pk for body in plan.endings} | ({successor.body_id or 0} if successor else set())
    others = [one for one in plan.successors if one != successor and one.tile_row and one.tile_column]
    taken = [(one.tile_row or 0, one.tile_column or 0) for one in others]
    was = {
        (body.tile_row, body.tile_column): f", where {body} is"
        for body in plan.endings
        if body.tile_row and body.tile_column
    }
    return choices(plan.row.on, besides=own, taken=taken, was=was)


def proposed(offered: Sequence[tuple[str, str]], plan: Plan) -> str:
    """The free place that is nearest to what ends."""
    placed = [
        (body.tile_row, body.tile_column) for body in plan.endings if body.tile_row and body.tile_column
    ]
    free = [value for value, _ in offered if value]
    if not placed or not free:
        return ""
    return min(free, key=lambda value: min(_distance(value, place) for place in placed))


def _distance(value: str, place: Place) -> int:
    row, column = read(value)
    return abs((row or 0) - place[0]) + abs((column or 0) - place[1])


def written(row: int | None, column: int | None) -> str:
    return f"{row}-{column}" if row and column else ""


def read(value: str) -> tuple[int | None, int | None]:
    if not value:
        return None, None
    row, column = value.split("-")
    return int(row), int(column)
