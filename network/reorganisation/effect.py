"""What a reorganisation writes: dates when it is prepared, people and open things on its first day.

Preparing writes what the calendar then obeys by itself: the last day of what ends, what comes after with its
first day, successions, who covers whom. `Reorganisation.did` remembers what stood there, so that it can be
undone before its day. Nothing old is rewritten: roles end and new ones begin.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import ProtectedError, Q
from django.utils.text import slugify

from network import audit, dates, mail
from network.mail_kinds import Kind
from network.people.models import Membership, Organisation, Succession, User
from network.registry import Holding
from network.reorganisation import footprint
from network.reorganisation.models import Cover, Ending, Move, Reorganisation, Settlement, Successor
from network.reorganisation.plan import Plan, Thing, plan_of, seats_at, usual
from network.workflow import Refused

# -- When it is prepared --------------------------------------------------------------------------------


def write_dates(plan: Plan, by: User) -> dict[str, Any]:
    """The directory knows from now on what ends and what comes after. Gives what stood there before."""
    row, did = plan.row, dict[str, Any]()
    keep_decisions(plan)
    did["ends"] = {str(body.pk): body.ends_on for body in plan.endings}
    for body in plan.endings:
        body.ends_on = row.last_day
        body.save(update_fields=["ends_on"])
        audit.record(by=by, verb="set the last day", on=body, ends_on=row.last_day, reorganisation=row.pk)
    Ending.objects.filter(reorganisation=row).update(live=True)
    for successor in plan.successors:
        if successor.new:
            _make(successor, row, plan.endings[0], by)
    did |= _write_successions(plan)
    did |= footprint.write(plan)
    if reason := footprint.problem(plan):
        raise Refused(reason)
    return did


def keep_decisions(plan: Plan) -> None:
    """What was proposed and not changed counts as decided from now on."""
    Cover.objects.filter(successor__in=plan.successors).delete()
    Cover.objects.bulk_create(
        Cover(successor=line.successor, other=line.other, coverage=line.coverage)
        for line in plan.lines
        if line.coverage
    )
    for seat in plan.seats:
        if not seat.decided and seat.to is not None:
            Move.objects.create(reorganisation=plan.row, membership=seat.membership).to.set(seat.to)
    Settlement.objects.bulk_create(
        settlement(plan.row, thing) for thing in plan.things if not thing.decided and thing.fate
    )


def settlement(row: Reorganisation, thing: Thing, **more: Any) -> Settlement:
    return Settlement(
        reorganisation=row,
        body=thing.body,
        key=thing.holding.key,
        kind=thing.holding.kind,
        title=thing.holding.title[:300],
        fate=thing.fate.name if thing.fate else "",
        successor=thing.successor,
        words=thing.says[:300],
        **more,
    )


COPIED = ("name", "full_name", "short", "authority_type", "gss_code", "dfe_code", "ods_code") + (
    "tile_row",
    "tile_column",
)


def _make(successor: Successor, row: Reorganisation, like: Organisation, by: User) -> None:
    """The body as it is described; one that a withdrawn preparing left behind is taken up again."""
    body = successor.body or Organisation(
        slug=slugify(successor.name)[:80], kind=like.kind, region=like.region, member=like.member
    )
    for name in COPIED:
        setattr(body, name, getattr(successor, name))
    body.starts_on, body.ends_on, body.never_in_force = row.on, None, False
    body.save()
    successor.body = body
    successor.save(update_fields=["body"])
    audit.record(by=by, verb="add a body", on=body, starts_on=row.on, reorganisation=row.pk)


def _write_successions(plan: Plan) -> dict[str, Any]:
    made, states = [], {}
    for body in plan.endings:
        after = plan.after(body)
        for successor in after:
            assert successor.body is not None
            kind = Succession.Kind.REPLACED
            if len(after) > 1:
                kind = Succession.Kind.SPLIT
            elif not successor.new or successor.after.count() > 1:
                kind = Succession.Kind.MERGER
            known = Succession.objects.filter(predecessor=body, successor=successor.body).first()
            if known:
                states[str(known.pk)] = known.state
            else:
                known = Succession.objects.create(
                    predecessor=body, successor=successor.body, on=plan.row.on, kind=kind, state="prepared"
                )
                made.append(known.pk)
    return {"successions": made, "states": states}


# -- When it is undone before it is in force ------------------------------------------------------------


def undo_dates(row: Reorganisation, by: User) -> None:
    """Everything that preparing wrote is as it was, save what somebody has changed since.

    A body that preparing made goes if nothing in the portal refers to it; otherwise it stays on record as one
    that was never in force.
    """
    did = row.did
    for pk, ended in did.get("ends", {}).items():
        body = Organisation.objects.select_for_update().get(pk=pk)
        if body.ends_on == row.last_day:
            body.ends_on = day_of(ended)
            body.save(update_fields=["ends_on"])
            audit.record(by=by, verb="set the last day", on=body, ends_on=body.ends_on, reorganisation=row.pk)
    footprint.take_back(row)
    Succession.objects.filter(pk__in=did.get("successions", [])).delete()
    Ending.objects.filter(reorganisation=row).update(live=False)
    for successor in row.successors.filter(new=True, body__isnull=False):
        _unmake(successor, by)


def _unmake(successor: Successor, by: User) -> None:
    body = successor.body
    assert body is not None
    for seat in Membership.objects.filter(organisation=body).select_related("user"):
        audit.record(by=by, verb="end a role", on=seat, role=seat.role, body=str(body))
        if seat.starts_on is None or seat.starts_on < dates.today():
            Membership.objects.filter(pk=seat.pk).update(ends_on=dates.today())
        else:
            seat.delete()
    audit.record(by=by, verb="take a body out", on=body, name=body.name)
    for name in COPIED[1:]:  # what an admin has changed of it since; its name stays that of the draft
        setattr(successor, name, getattr(body, name))
    successor.body = None
    successor.save()
    try:
        body.delete()
    except ProtectedError:
        body.never_in_force = True
        body.save(update_fields=["never_in_force"])
        successor.body = body
        successor.save(update_fields=["body"])


def day_of(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text


NOTHING_LEFT = "No longer open"

# -- On its first day -----------------------------------------------------------------------------------


class Failed(Exception):
    """`str()` is the sentence for the admin; `key` that of the one thing which could not be settled."""

    def __init__(self, says: str, key: str = "") -> None:
        super().__init__(says)
        self.key = key


def carry_out(row: Reorganisation) -> None:
    """People move and open things are settled, as prepared; what turned up since takes what is usual."""
    plan = plan_of(row)
    if reason := footprint.problem(plan):
        raise Failed(reason)
    told = _move_people(plan)
    _settle(plan)
    linked = Succession.objects.filter(predecessor__in=plan.endings, on=row.on)
    linked.update(state="in force")
    for user, lines in told.items():
        _tell(row, user, lines)


def _move_people(plan: Plan) -> dict[User, list[str]]:
    moves = {move.membership_id: move for move in Move.objects.filter(reorganisation=plan.row)}
    told: dict[User, list[str]] = defaultdict(list)
    decided = {seat.membership.pk: seat.to for seat in plan.seats}
    for seat in seats_at(plan.endings, plan.row.last_day).select_for_update(of=("self",)):
        move = moves.pop(seat.pk, None)
        if move is None:
            move = Move.objects.create(reorganisation=plan.row, membership=seat)
        to = decided.get(seat.pk) or ()
        if to:
            move.to.set(to)
        line = _move(seat, to, plan.row)
        Move.objects.filter(pk=move.pk).update(said=line)
        told[seat.user].append(line)
    Move.objects.filter(pk__in=[move.pk for move in moves.values()]).update(said="Had ended before")
    return told


def _move(seat: Membership, to: tuple[Successor, ...], row: Reorganisation) -> str:
    """The role ends on the last day and begins anew at each successor; the old row keeps what it was."""
    role, began = seat.get_role_display(), seat.starts_on
    ends = seat.ends_on if seat.ends_on and seat.ends_on >= row.on else None
    for one in to:
        there = Membership.objects.filter(user=seat.user, role=seat.role, organisation=one.body)
        if there.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=row.on)).exists():
            continue
        fresh = Membership.objects.create(
            user=seat.user,
            role=seat.role,
            organisation=one.body,
            starts_on=max(row.on, began) if began else row.on,
            ends_on=ends,
            review_on=seat.review_on,
            source=f"Reorganisation: {row}"[:120],
        )
        audit.record(
            by=None, verb="give a role", on=fresh, role=seat.role, body=str(one), reorganisation=row.pk
        )
    seat.ends_on = max(row.last_day, began) if began else row.last_day
    seat.save(update_fields=["ends_on"])
    audit.record(by=None, verb="end a role", on=seat, ends_on=seat.ends_on, reorganisation=row.pk)
    if not to:
        return f"{role}, {seat.organisation}: ended on {dates.long_date(seat.ends_on)}"
    return f"{role}, {' and '.join(map(str, to))}: from {dates.long_date(row.on)}"


def _settle(plan: Plan) -> None:
    stored = {one.key: one for one in Settlement.objects.filter(reorganisation=plan.row)}
    for thing in plan.things:
        one = stored.pop(thing.holding.key, None)
        if one is None or not thing.decided:
            thing = usual(thing)
            one = one or settlement(plan.row, thing, unforeseen=True)
            one.fate, one.successor = thing.fate.name if thing.fate else "", thing.successor
            one.words = thing.says[:300]
        one.said = _carry_out_one(thing, plan.row)[:500]
        one.save()
    for spared in plan.spared:
        one = stored.pop(spared.holding.key, None) or settlement(plan.row, spared.taken_back)
        one.said = _carry_out_one(spared.taken_back, plan.row)[:500]
        one.save()
    Settlement.objects.filter(pk__in=[one.pk for one in stored.values()]).update(said=NOTHING_LEFT)


def _carry_out_one(thing: Thing, row: Reorganisation) -> str:
    holding: Holding = thing.holding
    if thing.fate is None:
        return "Left as it is"
    to = thing.successor.body if thing.successor else None
    try:
        return holding.settle(thing.fate.name, to, row.last_day, None) or NOTHING_LEFT
    except Exception as error:
        says = f"{holding.kind} “{holding.title}” could not be settled: {error}"
        raise Failed(says, holding.key) from error


def _tell(row: Reorganisation, user: User, lines: list[str]) -> None:
    """To the person who moves, on the day: what they are from now on."""
    mail.queue(
        f"reorganisation:{row.pk}:moved:{user.pk}",
        user,
        f"{row}: your role in the portal from {dates.long_date(row.on)}",
        "notice",
        {
            "paragraphs": [
                f"{row} on {dates.long_date(row.on)}.",
                *(f"{line}." for line in lines),
                "What you wrote until then stays where it is, under the name of the body it was written for.",
            ],
            "link": "/",
        },
        kind=Kind.ACCOUNT,
    )
