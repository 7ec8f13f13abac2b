"""What an admin writes down of a reorganisation while it is a draft; each page's mark of what it showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from network import audit
from network.marks import Loaded, mark_of
from network.people.models import Footprint, Organisation, Succession, User
from network.reorganisation import effect
from network.reorganisation.models import (
    Cover,
    Ending,
    Move,
    Reorganisation,
    Settlement,
    Status,
    Successor,
)
from network.reorganisation.plan import Plan, Seat, Thing, plan_of
from network.reorganisation.rules import successor_problems
from network.workflow import Changed, Refused


@transaction.atomic
def begin(*, by: User, bodies: Sequence[Organisation], on: date, note: str = "") -> Reorganisation:
    """A draft. Successors that the law has made already (they stand in the directory) come with it."""
    row = Reorganisation(on=on, note=note, made_by=by, title="")
    row.save()
    Ending.objects.bulk_create(Ending(reorganisation=row, body=body) for body in bodies)
    _take_known_successors(row, bodies)
    retitle(row)
    audit.record(by=by, verb="begin a reorganisation", on=row, title=row.title, day=on)
    return row


def _take_known_successors(row: Reorganisation, bodies: Sequence[Organisation]) -> None:
    known = Succession.objects.filter(predecessor__in=bodies, on=row.on).select_related(
        "successor", "predecessor"
    )
    for one in known:
        successor = row.successors.filter(body=one.successor).first() or joins(row, one.successor)
        successor.after.add(one.predecessor)


def joins(row: Reorganisation, body: Organisation) -> Successor:
    """A body that exists without this reorganisation comes after."""
    described = {name: getattr(body, name) for name in effect.COPIED}
    return Successor.objects.create(reorganisation=row, body=body, new=False, **described)


@transaction.atomic
def change_what(
    row: Reorganisation, *, by: User, loaded: Loaded, bodies: Sequence[Organisation], on: date, note: str
) -> None:
    locked = locked_draft(row)
    loaded.check(mark_of_what(locked))
    ends = {body.pk for body in bodies}
    gone = locked.endings.exclude(body__in=ends)
    left = [one.body for one in gone.select_related("body")]
    gone.delete()
    Move.objects.filter(reorganisation=locked, membership__organisation__in=left).delete()
    Settlement.objects.filter(reorganisation=locked, body__in=left).delete()
    for successor in locked.successors.all():
        successor.after.remove(*left)
    here = set(locked.endings.values_list("body_id", flat=True))
    Ending.objects.bulk_create(
        Ending(reorganisation=locked, body=body) for body in bodies if body.pk not in here
    )
    locked.on, locked.note = on, note
    locked.save()
    _take_known_successors(locked, bodies)
    _follow_all(locked, bodies)
    retitle(locked)
    audit.record(by=by, verb="change what happens", on=locked, title=locked.title, day=on)


def _follow_all(row: Reorganisation, bodies: Sequence[Organisation]) -> None:
    """With one body that ends there is nothing to choose: everything comes after it."""
    if len(bodies) == 1:
        for successor in row.successors.all():
            successor.after.set(bodies)


def mark_of_what(row: Reorganisation) -> str:
    return mark_of(repr((sorted(row.endings.values_list("body_id", flat=True)), row.on, row.note)))


@transaction.atomic
def save_successor(
    successor: Successor, after: Iterable[Organisation], *, by: User, loaded: Loaded | None = None
) -> Successor:
    """A new successor, or one that was described anew."""
    row, after = locked_draft(successor.reorganisation), list(after)
    if loaded and successor.pk:
        loaded.check(mark_of_successor(Successor.objects.get(pk=successor.pk)))
    body = None if successor.new else successor.body
    if body and (problems := successor_problems(body, after, _endings(row), row.on)):
        raise Refused(f"{problems[0]}.")
    verb = "change a successor" if successor.pk else "add a successor"
    successor.save()
    successor.after.set(after)
    _forget_lost(row)
    retitle(row)
    audit.record(by=by, verb=verb, on=row, successor=successor.name)
    return successor


def mark_of_successor(successor: Successor) -> str:
    after = sorted(successor.after.values_list("pk", flat=True))
    return mark_of(repr(([getattr(successor, name) for name in effect.COPIED], after)))


@transaction.atomic
def join(row: Reorganisation, body: Organisation, after: Iterable[Organisation], *, by: User) -> Successor:
    """A body that goes on takes over."""
    row, after = locked_draft(row), list(after)
    if problems := successor_problems(body, after, _endings(row), row.on):
        raise Refused(f"{problems[0]}.")
    successor = row.successors.filter(body=body).first() or joins(row, body)
    successor.after.set(after)
    retitle(row)
    audit.record(by=by, verb="add a successor", on=row, successor=successor.name)
    return successor


@transaction.atomic
def remove_successor(successor: Successor, *, by: User) -> None:
    row = locked_draft(successor.reorganisation)
    audit.record(by=by, verb="remove a successor", on=row, successor=successor.name)
    successor.delete()
    _forget_lost(row)
    retitle(row)


def _forget_lost(row: Reorganisation) -> None:
    """What was decided for a successor that is no longer one is open again."""
    plan = plan_of(row)
    for move in Move.objects.filter(reorganisation=row).select_related("membership").prefetch_related("to"):
        body = next((one for one in plan.endings if one.pk == move.membership.organisation_id), None)
        if body is None or not set(move.to.all()) <= set(plan.after(body)):
            move.delete()


@transaction.atomic
def set_footprint(
    row: Reorganisation, covers: Mapping[tuple[int, int], str], *, by: User, loaded: Loaded
) -> None:
    """Who covers whom from the first day, by successor and the body on the other side."""
    locked = locked_draft(row)
    plan = plan_of(locked)
    loaded.check(mark_of_footprint(plan))
    Cover.objects.filter(successor__in=plan.successors).delete()
    Cover.objects.bulk_create(
        Cover(successor=line.successor, other=line.other, coverage=coverage)
        for line in plan.lines
        if (coverage := covers.get((line.successor.pk, line.other.pk), "")) in Footprint.Coverage.values
    )
    audit.record(by=by, verb="say who covers whom", on=locked)


def mark_of_footprint(plan: Plan) -> str:
    return mark_of(repr([(line.successor.pk, line.other.pk, line.coverage) for line in plan.lines]))


@transaction.atomic
def set_moves(
    row: Reorganisation, moves: Mapping[int, Sequence[Successor] | None], *, by: User, loaded: Loaded
) -> None:
    """Where each role goes, by membership; None is left open."""
    locked = locked_draft(row)
    plan = plan_of(locked)
    loaded.check(mark_of_seats(plan.seats))
    for seat in plan.seats:
        to = moves.get(seat.membership.pk)
        Move.objects.filter(reorganisation=locked, membership=seat.membership).delete()
        if to is not None:
            Move.objects.create(reorganisation=locked, membership=seat.membership).to.set(to)
    audit.record(by=by, verb="say where people go", on=locked)


def mark_of_seats(seats: Iterable[Seat]) -> str:
    chosen = [
        (seat.membership.pk, None if seat.to is None else sorted(one.pk for one in seat.to), seat.decided)
        for seat in seats
    ]
    return mark_of(repr(chosen))


@transaction.atomic
def set_fates(
    row: Reorganisation, chosen: Mapping[str, tuple[str, int | None] | None], *, by: User, loaded: Loaded
) -> None:
    """What becomes of each open thing, by its key: the fate's name and the successor it goes to."""
    locked = locked_draft(row)
    plan = plan_of(locked)
    loaded.check(mark_of_things(plan.things))
    Settlement.objects.filter(reorganisation=locked).delete()
    for thing in plan.things:
        name, to = chosen.get(thing.holding.key) or ("", None)
        successor = next((one for one in plan.successors if one.pk == to), None)
        if decided := thing.with_fate(name, successor):
            effect.settlement(locked, decided).save()
    audit.record(by=by, verb="say what becomes of open things", on=locked)


def mark_of_things(things: Iterable[Thing]) -> str:
    chosen = [
        (one.holding.key, one.fate and one.fate.name, one.successor and one.successor.pk, one.decided)
        for one in things
    ]
    return mark_of(repr(chosen))


def locked_draft(row: Reorganisation) -> Reorganisation:
    """The row under lock, as long as it may be changed."""
    locked = Reorganisation.objects.select_for_update().get(pk=row.pk)
    if locked.status != Status.DRAFT:
        raise Changed(
            f"{locked} is {locked.get_status_display().lower()}. Take it back to draft to change it."
        )
    return locked


def _endings(row: Reorganisation) -> list[Organisation]:
    return [one.body for one in row.endings.select_related("body")]


def retitle(row: Reorganisation) -> None:
    Reorganisation.objects.filter(pk=row.pk).update(title=row.words())
