"""Starting again from a reorganisation that was withdrawn: a new draft of all of it that still holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from network import audit, dates
from network.people.history import listed
from network.people.models import Organisation, User
from network.reorganisation import drafts, effect, tiles
from network.reorganisation.models import Cover, Move, Reorganisation, Settlement, Status, Successor
from network.reorganisation.plan import Plan, plan_of, stands_on
from network.reorganisation.rules import CODES, ending_problems, slug_problem, successor_problems, taken_code
from network.reorganisation.told import told_to
from network.workflow import Refused

FEW = 3
"""So many are named one by one; of more only the number is said."""


@dataclass
class Begun:
    """The new draft, and in sentences what of the old one it could not take over."""

    row: Reorganisation
    left: list[str] = field(default_factory=list)

    def leave(self, what: Sequence[str], says: str, *, many: str) -> None:
        """ "Kent is not in force" for a few, "12 roles are over" for many."""
        if what:
            self.left.append(f"{listed(what) if len(what) <= FEW else f'{len(what)} {many}'}: {says}.")


def why_not(row: Reorganisation) -> str:
    if row.status == Status.WITHDRAWN:
        return ""
    return f"“{row}” is {row.get_status_display().lower()}. Only one that was withdrawn is started again."


def day_to_come(row: Reorganisation) -> date | None:
    """Its day, unless that has gone by: then another one has to be said."""
    return row.on if row.on >= dates.today() else None


def open_one(old: Reorganisation) -> Reorganisation | None:
    """What was started again from it and is not over: there is one at most."""
    live = (Status.DRAFT, Status.PREPARED)
    found: Reorganisation | None = Reorganisation.objects.filter(again_of=old, status__in=live).first()
    return found


@transaction.atomic
def start_again(old: Reorganisation, *, by: User, on: date | None = None) -> Begun:
    """A draft like the one that was withdrawn, on its day or another; the old one stays as it is."""
    old = Reorganisation.objects.select_for_update().get(pk=old.pk)
    if reason := why_not(old):
        raise Refused(reason)
    if begun := open_one(old):
        raise Refused(f"“{old}” is started again already: “{begun}” is {begun.get_status_display().lower()}.")
    day = on or day_to_come(old)
    if day is None:
        raise Refused(f"{dates.long_date(old.on)} has gone by. Say on which day it is to be now.")
    kept, lost = _bodies(old, day)
    if not kept:
        raise Refused(f"{'. '.join(lost)}. Nothing is left to start again from.")
    made = Begun(
        drafts.begin(by=by, bodies=kept, on=day, note=old.note), [f"Left out: {one}." for one in lost]
    )
    Reorganisation.objects.filter(pk=made.row.pk).update(again_of=old)
    follow = _successors(old, made, kept)
    drafts.retitle(made.row)
    made.row.refresh_from_db()
    _covers(made, follow)
    plan = plan_of(made.row)
    _moves(old, made, plan, follow)
    _fates(old, made, plan, follow, by)
    audit.record(
        by=by, verb="start a reorganisation again", on=made.row, title=made.row.title, withdrawn=str(old)
    )
    return made


def _bodies(old: Reorganisation, day: date) -> tuple[list[Organisation], list[str]]:
    """Those that can still end on the day before, and why the others can't."""
    kept, lost = list[Organisation](), list[str]()
    for one in old.endings.select_related("body"):
        problems = ending_problems([one.body], day, None)
        lost += problems[:1]
        if not problems:
            kept.append(one.body)
    return kept, lost


def _successors(old: Reorganisation, made: Begun, kept: Sequence[Organisation]) -> dict[Successor, Successor]:
    """The new draft's successor for each of the old one's that can still come after."""
    row, found = made.row, dict[Successor, Successor]()
    known = {one.body_id for one in row.successors.all()}
    for one in old.successors.select_related("body").prefetch_related("after", "covers__other"):
        after = [body for body in one.after.all() if body in kept]
        if reason := _not_after(one, after, kept, row.on):
            made.left.append(f"Left out: {one}, since {reason}.")
            continue
        again = _described(one, made) if one.new else _goes_on(one, row)
        again.after.set(after)
        found[one] = again
    came = {one.body_id for one in found.values()}
    came_since = [one for one in row.successors.all() if one.body_id in known - came]
    made.leave([str(one) for one in came_since], "comes after by now, so it was added", many="bodies")
    return found


def _not_after(
    one: Successor, after: Sequence[Organisation], endings: Sequence[Organisation], on: date
) -> str:
    if not after:
        return "nothing that it came after is left"
    if one.new:
        return slug_problem(one.name, one.body_id if _left_behind(one) else None)
    assert one.body is not None
    return next(iter(successor_problems(one.body, after, endings, on)), "")


def _left_behind(one: Successor) -> bool:
    """Whether preparing made a body that stayed on record as one that was never in force."""
    return bool(one.body and one.body.never_in_force)


def _goes_on(one: Successor, row: Reorganisation) -> Successor:
    assert one.body is not None
    return row.successors.filter(body=one.body).first() or drafts.joins(row, one.body)


def _described(one: Successor, made: Begun) -> Successor:
    """As it was described, without a code or a place on the map that is another body's by now."""
    body = one.body if _left_behind(one) else None
    again = Successor(reorganisation=made.row, body=body, new=True)
    for name in effect.COPIED:
        setattr(again, name, getattr(one, name))
    kind = made.row.endings.select_related("body")[0].body.kind
    for name in CODES:
        if taken := taken_code(name, getattr(one, name), kind=kind, besides=body.pk if body else None):
            made.left.append(f"{one}: {getattr(one, name)} was left out, {taken}.")
            setattr(again, name, "")
    again.save()
    place = tiles.written(one.tile_row, one.tile_column)
    if place and place not in dict(tiles.choices_after(plan_of(made.row), again)):
        made.left.append(f"{one}: its place on the map is taken by now.")
        again.tile_row = again.tile_column = None
        again.save(update_fields=["tile_row", "tile_column"])
    return again


def _covers(made: Begun, follow: Mapping[Successor, Successor]) -> None:
    lost = set[str]()
    for one, again in follow.items():
        for cover in one.covers.all():
            if stands_on(cover.other, made.row.on):
                Cover.objects.create(successor=again, other=cover.other, coverage=cover.coverage)
            else:
                lost.add(str(cover.other))
    day = dates.long_date(made.row.on)
    made.leave(sorted(lost), f"not in force on {day}, so who covers whom was left out", many="bodies")


def _moves(old: Reorganisation, made: Begun, plan: Plan, follow: Mapping[Successor, Successor]) -> None:
    seats = {seat.membership.pk: seat for seat in plan.seats}
    over, asked = list[str](), list[str]()
    moves = Move.objects.filter(reorganisation=old, membership__organisation__in=plan.endings)
    for move in moves.select_related("membership__user").prefetch_related("to"):
        seat = seats.get(move.membership_id)
        to = [follow.get(one) for one in move.to.all()]
        if seat is None:
            over.append(move.membership.user.display())
        elif set(to) <= set(seat.options):
            fresh = Move.objects.create(reorganisation=made.row, membership=seat.membership)
            fresh.to.set([one for one in to if one])
        else:
            asked.append(seat.person)
    last = dates.long_date(made.row.last_day)
    made.leave(over, f"no role there any more on {last}", many="people")
    made.leave(asked, "say once more where they go", many="people")


def _fates(
    old: Reorganisation, made: Begun, plan: Plan, follow: Mapping[Successor, Successor], by: User
) -> None:
    """Nothing is said of what the person does not read any more."""
    things = {thing.holding.key: thing for thing in plan.things}
    over, asked = list[str](), list[str]()
    decided = Settlement.objects.filter(reorganisation=old, body__in=plan.endings)
    for one in told_to(by, decided.select_related("successor")):
        thing = things.get(one.key)
        to = follow.get(one.successor) if one.successor else None
        if thing is None:
            over.append(one.title)
        elif (to or not one.successor) and (chosen := thing.with_fate(one.fate, to)):
            effect.settlement(made.row, chosen).save()
        else:
            asked.append(one.title)
    made.leave(over, "nothing to decide any more", many="open things")
    made.leave(asked, "say once more what becomes of it", many="open things")
