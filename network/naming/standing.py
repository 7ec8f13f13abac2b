"""Every naming that stands, for the co-chairs: whom, and by whom; never for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from network.audience import Naming
from network.naming.shared import kind_of
from network.people.models import User


@dataclass(frozen=True)
class Kept:
    """One thing that is kept to named people, without the thing."""

    kind: str  # "agenda item": that much is told of it
    people: list[User]
    by: list[User]
    at: datetime  # of the latest naming


def kept_things() -> Any:
    """Each thing that is kept to named people once, as label and number, the one last changed first."""
    things = (
        Naming.objects.filter(over=False).order_by().values("label", "object_id").annotate(latest=Max("at"))
    )
    return things.order_by("-latest", "label", "object_id")


def namings(things: Iterable[Any]) -> list[Kept]:
    """Those of `kept_things` with who is named and by whom, in their order."""
    asked = [(thing["label"], thing["object_id"]) for thing in things]
    wanted = Q(pk__in=[])
    for label in {label for label, _ in asked}:
        wanted |= Q(label=label, object_id__in=[number for of, number in asked if of == label])
    rows = Naming.objects.filter(wanted).select_related("person", "named_by").order_by("pk")
    found: dict[tuple[str, int], list[Naming]] = defaultdict(list)
    for row in rows:
        found[row.label, row.object_id].append(row)
    return [_kept(found[one]) for one in asked if one in found]


def newest(since: datetime, most: int) -> list[Kept]:
    """Those with a newer name, the latest first."""
    return namings(kept_things().filter(latest__gt=since)[:most])


def _kept(namings: list[Naming]) -> Kept:
    return Kept(
        kind=kind_of(namings[0].label),
        people=[naming.person for naming in namings],
        by=_distinct(naming.named_by for naming in namings),
        at=max(naming.at for naming in namings),
    )


def _distinct(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
