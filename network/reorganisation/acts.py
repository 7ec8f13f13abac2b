"""What an admin does with a reorganisation, and what the calendar does with it on its first day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from network import audit, dates, mail, workflow
from network.mail_kinds import Kind
from network.marks import Loaded, mark_of
from network.people.models import Footprint, Organisation, Succession, User, people_with
from network.reorganisation import effect
from network.reorganisation.models import (
    MANAGE,
    Cover,
    Ending,
    Move,
    Reorganisation,
    Settlement,
    Status,
    Successor,
)
from network.reorganisation.plan import Plan, Seat, Thing, plan_of
from network.reorganisation.rules import Ancestry, described_problems, ending_problems, successor_problems
from network.workflow import Changed, Refused

logger = logging.getLogger(__name__)


# -- Writing it down ------------------------------------------------------------------------------------


@transaction.atomic
def begin(*, by: User, bodies: Sequence[Organisation], on: date, note: str = "") -> Reorganisation:
    """A draft. Successors that the law has made already (they stand in the directory) come with it."""
    row = Reorganisation(on=on, note=note, made_by=by, title="")
    row.save()
    Ending.objects.bulk_create(Ending(reorganisation=row, body=body) for body in bodies)
    _take_known_successors(row, bodies)
    _retitle(row)
    audit.record(by=by, verb="begin a reorganisation", on=row, title=row.title, day=on)
    return row


def _take_known_successors(row: Reorganisation, bodies: Sequence[Organisation]) -> None:
    known = Succession.objects.filter(predecessor__in=bodies, on=row.on).select_related(
        "successor", "predecessor"
    )
    for one in known:
        successor = row.successors.filter(body=one.successor).first() or _joins(row, one.successor)
        successor.after.add(one.predecessor)


def _joins(row: Reorganisation, body: Organisation) -> Successor:
    """A body that exists without this reorganisation comes after."""
    described = {name: getattr(body, name) for name in effect.COPIED}
    return Successor.objects.create(reorganisation=row, body=body, new=False, **described)


@transaction.atomic
def change_what(
    row: Reorganisation, *, by: User, loaded: Loaded, bodies: Sequence[Organisation], on: date, note: str
) -> None:
    locked = _draft(row)
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
    _retitle(locked)
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
    row, after = _draft(successor.reorganisation), list(after)
    if loaded and successor.pk:
        loaded.check(mark_of_successor(Successor.objects.get(pk=successor.pk)))
    body = None if successor.new else successor.body
    if body and (problems := successor_problems(body, after, _endings(row), row.on)):
        raise Refused(f"{problems[0]}.")
    verb = "change a successor" if successor.pk else "add a successor"
    successor.save()
    successor.after.set(after)
    _forget_lost(row)
    _retitle(row)
    audit.record(by=by, verb=verb, on=row, successor=successor.name)
    return successor


def mark_of_successor(successor: Successor) -> str:
    after = sorted(successor.after.values_list("pk", flat=True))
    return mark_of(repr(([getattr(successor, name) for name in effect.COPIED], after)))


@transaction.atomic
def join(row: Reorganisation, body: Organisation, after: Iterable[Organisation], *, by: User) -> Successor:
    """A body that goes on takes over."""
    row, after = _draft(row), list(after)
    if problems := successor_problems(body, after, _endings(row), row.on):
        raise Refused(f"{problems[0]}.")
    successor = row.successors.filter(body=body).first() or _joins(row, body)
    successor.after.set(after)
    _retitle(row)
    audit.record(by=by, verb="add a successor", on=row, successor=successor.name)
    return successor


@transaction.atomic
def remove_successor(successor: Successor, *, by: User) -> None:
    row = _draft(successor.reorganisation)
    audit.record(by=by, verb="remove a successor", on=row, successor=successor.name)
    successor.delete()
    _forget_lost(row)
    _retitle(row)


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
    locked = _draft(row)
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
    locked = _draft(row)
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
    locked = _draft(row)
    plan = plan_of(locked)
    loaded.check(mark_of_things(plan.things))
    Settlement.objects.filter(reorganisation=locked).delete()
    for thing in plan.things:
        picked = chosen.get(thing.holding.key)
        for fate, successor in thing.options:
            if picked == (fate.name, successor and successor.pk):
                effect.settlement(
                    locked,
                    Thing(thing.holding, thing.body, thing.options, fate, successor, decided=True),
                ).save()
    audit.record(by=by, verb="say what becomes of open things", on=locked)


def mark_of_things(things: Iterable[Thing]) -> str:
    chosen = [
        (one.holding.key, one.fate and one.fate.name, one.successor and one.successor.pk, one.decided)
        for one in things
    ]
    return mark_of(repr(chosen))


# -- Preparing it, and undoing that ---------------------------------------------------------------------


def problems_of(plan: Plan) -> list[str]:
    """Everything that stands against preparing it, as sentences."""
    row = plan.row
    found = [f"{one}." for one in ending_problems(plan.endings, row.on, row)]
    if not plan.endings:
        found.append("Say which bodies end.")
    ancestry = Ancestry()
    for one in plan.successors:
        if not one.after.all():
            found.append(f"Say which body {one} comes after.")
        if not one.new and one.body:
            said = successor_problems(one.body, one.after.all(), plan.endings, row.on, ancestry)
            found += [f"{problem}." for problem in said]
    found += described_problems(plan.successors, plan.kind)
    return found or plan.missing()


def prepare(row: Reorganisation, *, by: User) -> Reorganisation:
    """From now on the directory knows the dates; on the first day the rest follows by itself."""
    try:
        with transaction.atomic():
            locked = _draft(row)
            ends = locked.endings.values("body_id")
            list(Organisation.objects.select_for_update().filter(pk__in=ends).order_by("pk"))
            plan = plan_of(locked)
            if problems := problems_of(plan):
                raise Refused(problems[0])
            did = effect.write_dates(plan, by)
            return workflow.move(row, "prepare", by=by, did=did, failed="", title=locked.words())
    except IntegrityError as error:  # another one was prepared at the same moment
        raise Refused(
            "One of the bodies, names or codes was taken by somebody else meanwhile. Look at it once more."
        ) from error


def reopen(row: Reorganisation, *, by: User) -> Reorganisation:
    """Back to draft, to change something: the dates are as they were."""
    return _undone(row, "reopen", by)


def withdraw(row: Reorganisation, *, by: User) -> Reorganisation:
    return _undone(row, "withdraw", by)


def _undone(row: Reorganisation, name: str, by: User) -> Reorganisation:
    with transaction.atomic():
        locked = Reorganisation.objects.select_for_update().get(pk=row.pk)
        if locked.status == Status.PREPARED:
            if reason := needed_by(locked):
                raise Refused(reason)
            effect.undo_dates(locked, by)
        return workflow.move(row, name, by=by, did={}, failed="")


def needed_by(row: Reorganisation) -> str:
    """Why it can't be undone: another prepared reorganisation builds on what it makes."""
    made = row.successors.filter(new=True, body__isnull=False).values("body_id")
    others = Reorganisation.objects.exclude(pk=row.pk).filter(status__in=(Status.PREPARED, Status.IN_FORCE))
    later = others.filter(endings__body__in=made) | others.filter(successors__body__in=made)
    other = later.distinct().first()
    return f"“{other}” builds on it. Withdraw that one first." if other else ""


# -- On its first day -----------------------------------------------------------------------------------


def due_work() -> Iterable[Callable[[], str]]:
    return [bring_into_force]


def bring_into_force() -> str:
    """Each prepared reorganisation whose first day has come, in the order of their days."""
    due = Reorganisation.objects.filter(status=Status.PREPARED, on__lte=dates.today())
    said = [_try(row) for row in due.order_by("on", "pk")]
    return "; ".join(line for line in said if line)


def _try(row: Reorganisation) -> str:
    """All of it or nothing; if something fails, the admins see why, and the next minute tries again."""
    try:
        workflow.move(row, "come into force", by=None, then=_carry_out, in_force_at=dates.now(), failed="")
    except (Changed, Refused):  # another process was quicker, or it was withdrawn this minute
        return ""
    except Exception as error:
        logger.exception("reorganisation %s could not come into force", row.pk)
        return _failed(row, f"{error}" or type(error).__name__)
    return f"{row}: in force"


def _carry_out(row: Reorganisation) -> None:
    effect.carry_out(row)
    _tell_admins(row)


def _failed(row: Reorganisation, why: str) -> str:
    with transaction.atomic():
        Reorganisation.objects.filter(pk=row.pk, status=Status.PREPARED).update(failed=why)
        said = [
            f"{row} could not come into force: {why}",
            "Nothing was changed. It is tried again each minute.",
        ]
        _to_admins(row, "failed", f"{row} could not come into force", said)
    return f"{row} could not come into force"


def _tell_admins(row: Reorganisation) -> None:
    unforeseen = row.settlements.filter(unforeseen=True).count()
    said = [f"{row} on {dates.long_date(row.on)}. It came into force by itself, as prepared."]
    if unforeseen:
        things = "thing" if unforeseen == 1 else "things"
        said.append(f"{unforeseen} open {things} turned up after it was prepared and took the usual course.")
    _to_admins(row, "in force", f"{row}: in force", said)


def _to_admins(row: Reorganisation, what: str, subject: str, paragraphs: list[str]) -> None:
    for admin in people_with(MANAGE):
        context: dict[str, Any] = {"paragraphs": paragraphs, "link": row.get_absolute_url()}
        mail.queue(
            f"reorganisation:{row.pk}:{what}:{admin.pk}",
            admin,
            subject[:250],
            "notice",
            context,
            kind=Kind.OPERATION,
        )


# -- Small things ---------------------------------------------------------------------------------------


def _draft(row: Reorganisation) -> Reorganisation:
    """The row under lock, as long as it may be changed."""
    locked = Reorganisation.objects.select_for_update().get(pk=row.pk)
    if locked.status != Status.DRAFT:
        raise Changed(
            f"{locked} is {locked.get_status_display().lower()}. Take it back to draft to change it."
        )
    return locked


def _endings(row: Reorganisation) -> list[Organisation]:
    return [one.body for one in row.endings.select_related("body")]


def _retitle(row: Reorganisation) -> None:
    Reorganisation.objects.filter(pk=row.pk).update(title=row.words())
