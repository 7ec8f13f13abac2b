"""Every naming that stands, for the co-chairs: whom, and by whom; never for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Max, Q

from network.audience import Naming
from network.naming.shared import kind_of
from network.people.models import User, holders
from network.roles import Permission


@dataclass(frozen=True)
class Kept:
    """One thing that is kept to named people, without the thing."""

    kind: str  # "agenda item": that much is told of it
    people: list[User]
    by: list[User]
    at: datetime  # of the latest naming
    reference: UUID  # of one of the namings: how an address calls it
    lost: bool  # nobody named may read it any more


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
    reading = _who_may_read(rows)
    return [_kept(found[one], reading) for one in asked if one in found]


def lost(reference: UUID) -> Any:
    """The thing that is kept to people of whom nobody may read it any more; None for every other."""
    one = Naming.objects.filter(reference=reference, over=False).first()
    if one is None:
        return None
    all_of_it = Naming.objects.filter(label=one.label, object_id=one.object_id)
    if _who_may_read(all_of_it):
        return None
    return apps.get_model(one.label)._base_manager.filter(pk=one.object_id).first()


def _who_may_read(rows: Iterable[Naming]) -> set[int]:
    """Of the people named, those who may be named today and can sign in."""
    people = {naming.person_id for naming in rows}
    may = holders(Permission.BE_NAMED).filter(user__in=User.objects.with_account().filter(pk__in=people))
    return set(may.values_list("user_id", flat=True))


def newest(since: datetime, most: int) -> list[Kept]:
    """Those with a newer name, the latest first."""
    return namings(kept_things().filter(latest__gt=since)[:most])


def _kept(namings: list[Naming], reading: set[int]) -> Kept:
    return Kept(
        kind=kind_of(namings[0].label),
        people=[naming.person for naming in namings],
        by=_distinct(naming.named_by for naming in namings),
        at=max(naming.at for naming in namings),
        reference=namings[0].reference,
        lost=not reading & {naming.person_id for naming in namings},
    )


def _distinct(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
