"""What a reorganisation writes of who covers whom, and how that is taken back.

No row outlives either of its bodies. What another reorganisation prepared for the same day counts, so taking
one back puts back what stood there before it and writes those that were prepared after it once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from network import dates
from network.people.models import Footprint, Organisation
from network.reorganisation.models import Reorganisation, Status, Successor
from network.reorganisation.plan import AUTHORITY, Plan, plan_of, stands_on

LIVE = (Status.PREPARED, Status.IN_FORCE)
KEPT = ("id", "authority_id", "icb_id", "coverage", "starts_on", "ends_on", "note")


def write(plan: Plan) -> dict[str, Any]:
    """Rows of what ends get their last day, and those that were to begin later go; those of what comes after
    begin as decided. Gives what stood there."""
    row = plan.row
    touched = Footprint.objects.filter(Q(authority__in=plan.endings) | Q(icb__in=plan.endings))
    later = touched.filter(starts_on__gt=row.last_day)
    removed = list(later.values(*KEPT))
    later.delete()
    ending = touched.in_force(row.last_day)
    made, ended = [], {str(one.pk): one.ends_on for one in ending}
    ending.update(ends_on=row.last_day)
    for line in plan.lines:
        sides = _sides(plan.kind, line.successor, line.other.pk)
        stands = Footprint.objects.in_force(row.on).filter(**sides, starts_on__lt=row.on).first()
        if stands and stands.coverage == line.coverage:
            continue
        if stands:
            ended[str(stands.pk)] = stands.ends_on
            stands.ends_on = row.last_day
            stands.save(update_fields=["ends_on"])
        there = Footprint.objects.filter(**sides, starts_on=row.on)  # as another one has prepared
        if there.filter(coverage=line.coverage).exists():
            continue
        removed += there.values(*KEPT)
        there.delete()
        if line.coverage and stands_on(line.other, row.on):
            fresh = Footprint.objects.create(**sides, starts_on=row.on, coverage=line.coverage)
            made.append(fresh.pk)
    return {"footprint": made, "footprint_ends": ended, "footprint_removed": removed, "nth": _next()}


def take_back(row: Reorganisation) -> None:
    """As if it had never been prepared; the dates of the bodies are as they were already."""
    after = list(prepared_after(row))
    for one in reversed(after):
        _undo(one)
    _undo(row)
    for one in after:
        did = one.did | write(plan_of(one)) | {"nth": one.did.get("nth", 0)}
        Reorganisation.objects.filter(pk=one.pk).update(did=did)
    for late in outliving():  # somebody has changed a body's last day by hand since
        last = min(day for day in (late.authority.ends_on, late.icb.ends_on) if day)
        if late.starts_on > last:
            late.delete()
        else:
            Footprint.objects.filter(pk=late.pk).update(ends_on=last)


def outliving(bodies: Iterable[Organisation | None] | None = None) -> QuerySet[Footprint]:
    """Rows that go on after the last day of one of their bodies: there must be none."""
    late = Q()
    for side in ("authority", "icb"):
        beyond = Q(ends_on__isnull=True) | Q(ends_on__gt=F(f"{side}__ends_on"))
        late |= Q(**{f"{side}__ends_on__isnull": False}) & beyond
    rows = Footprint.objects.filter(late).select_related("authority", "icb").order_by("pk")
    if bodies is not None:
        of = [body for body in bodies if body]
        rows = rows.filter(Q(authority__in=of) | Q(icb__in=of))
    return rows


def problem(plan: Plan) -> str:
    """The first row of these bodies that goes on after the last day of one of them, as a sentence."""
    bodies = [*plan.endings, *(one.body for one in plan.successors)]
    found = outliving(bodies).first()
    if found is None:
        return ""
    ended = min((found.authority, found.icb), key=_last)
    says = f"{found.icb} would cover {found.authority} after the last day of {ended}"
    return f"{says}, {dates.long_date(_last(ended))}. Say who covers whom once more."


def _last(body: Organisation) -> date:
    return body.ends_on or date.max


def _undo(row: Reorganisation) -> None:
    did = row.did
    for pk, ended in did.get("footprint_ends", {}).items():
        Footprint.objects.filter(pk=pk, ends_on=row.last_day).update(ends_on=ended)
    Footprint.objects.filter(pk__in=did.get("footprint", [])).delete()
    for kept in did.get("footprint_removed", []):
        Footprint.objects.get_or_create(pk=kept["id"], defaults=kept)


def _live() -> QuerySet[Any]:
    """In the order in which they were prepared."""
    place = Coalesce(Cast(KeyTextTransform("nth", "did"), IntegerField()), 0)
    rows: QuerySet[Any] = Reorganisation.objects.filter(status__in=LIVE).annotate(place=place)
    return rows.order_by("place", "pk")


def _next() -> int:
    last: Reorganisation | None = _live().last()
    return (last.did.get("nth", 0) if last else 0) + 1


def prepared_after(row: Reorganisation) -> QuerySet[Any]:
    place = row.did.get("nth", 0)
    return _live().filter(Q(place__gt=place) | Q(place=place, pk__gt=row.pk))


def _sides(kind: str, successor: Successor, other: int) -> dict[str, int | None]:
    mine, its = ("authority_id", "icb_id") if kind == AUTHORITY else ("icb_id", "authority_id")
    return {mine: successor.body_id, its: other}
