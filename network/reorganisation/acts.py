"""Preparing a reorganisation, undoing that before its day, and what the calendar does on its first day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from network import dates, mail, workflow
from network.mail_kinds import Kind
from network.people.models import Organisation, User, people_with
from network.reorganisation import effect, footprint, foretold
from network.reorganisation.drafts import locked_draft
from network.reorganisation.models import (
    MANAGE,
    Cover,
    Ending,
    Reorganisation,
    Status,
    Successor,
)
from network.reorganisation.plan import Plan, plan_of
from network.reorganisation.rules import (
    Ancestry,
    Problem,
    described_problems,
    ending_problems,
    successor_problems,
)
from network.workflow import Changed, Refused

logger = logging.getLogger(__name__)


# -- Preparing it, and undoing that ---------------------------------------------------------------------


def problems_of(plan: Plan) -> list[Problem]:
    """Everything that stands against preparing it, as sentences."""
    return _problems_of_bodies(plan) + _footprint_problems(plan) or plan.missing()


def _problems_of_bodies(plan: Plan) -> list[Problem]:
    row = plan.row
    ends = [f"{one}." for one in ending_problems(plan.endings, row.on, row)]
    if not plan.endings:
        ends.append("Say which bodies end.")
    after, ancestry = list[str](), Ancestry()
    for one in plan.successors:
        if not one.after.all():
            after.append(f"Say which body {one} comes after.")
        if not one.new and one.body:
            said = successor_problems(one.body, one.after.all(), plan.endings, row.on, ancestry)
            after += [f"{problem}." for problem in said]
    after += described_problems(plan.successors, plan.kind)
    return [Problem.at("what", row, one) for one in ends] + [
        Problem.at("successors", row, one) for one in after
    ]


def _footprint_problems(plan: Plan) -> list[Problem]:
    """Who would cover a body that is not in force on the first day, or one that another act leaves out."""
    row, found = plan.row, list[Problem]()
    lost = {cover.other: cover for cover in plan.lapsed}
    other_acts = {one.body_id: one.reorganisation for one in _endings_of(lost)}
    for body in sorted(lost, key=str):
        why = f", by “{other_acts[body.pk]}”" if body.pk in other_acts else ""
        when = f"ends on {dates.long_date(body.ends_on)}{why}" if body.ends_on else "is not in force then"
        words = f"{body} {when}. Say once more who covers whom from {dates.long_date(row.on)}."
        other = other_acts.get(body.pk)
        found.append(Problem.about(other, words) if other else Problem.at("footprint", row, words))
    live = Reorganisation.objects.filter(status__in=footprint.LIVE).exclude(pk=row.pk)
    taking = Successor.objects.filter(reorganisation__in=live, new=False, body__in=plan.endings)
    for one in taking.filter(reorganisation__on__gte=row.on).select_related("body", "reorganisation"):
        other = one.reorganisation
        words = (
            f"{one.body} takes over by “{other}”, on {dates.long_date(other.on)}: it can’t end before that."
        )
        found.append(Problem.about(other, words))
    covering = Cover.objects.filter(successor__reorganisation__in=live, other__in=plan.endings)
    later = covering.filter(successor__reorganisation__on__gt=row.on)
    for cover in later.select_related("other", "successor__reorganisation"):
        other = cover.successor.reorganisation
        words = f"“{other}” counts on {cover.other} on {dates.long_date(other.on)}. Take that one back first."
        found.append(Problem.about(other, words))
    return list(dict.fromkeys(found))


def _endings_of(bodies: Iterable[Organisation]) -> Iterable[Ending]:
    return Ending.objects.filter(live=True, body__in=list(bodies)).select_related("reorganisation")


def prepare(row: Reorganisation, *, by: User) -> Reorganisation:
    """From now on the directory knows the dates; on the first day the rest follows by itself."""
    try:
        with transaction.atomic():
            _one_at_a_time()
            locked = locked_draft(row)
            plan = plan_of(locked)
            if problems := problems_of(plan):
                raise Refused(problems[0])
            did = effect.write_dates(plan, by)
            made = workflow.move(
                row, "prepare", by=by, did=did, failed="", failed_on="", title=locked.words()
            )
            foretold.tell(made)
            return made
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
        _one_at_a_time()
        locked = Reorganisation.objects.select_for_update().get(pk=row.pk)
        if locked.status == Status.PREPARED:
            if other := needed_by(locked):
                raise Refused(f"“{other}” builds on it. Withdraw that one first.")
            foretold.take_back(locked)
            effect.undo_dates(locked, by)
        return workflow.move(row, name, by=by, did={}, failed="", failed_on="")


def _one_at_a_time() -> None:
    """What one writes of the directory, another reads: all bodies are locked, in one order."""
    list(Organisation.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def needed_by(row: Reorganisation) -> Reorganisation | None:
    """Because of which it can't be undone: another prepared one that builds on what it makes, or says who
    covers what begins with it."""
    if row.status != Status.PREPARED:
        return None
    there = row.successors.filter(body__isnull=False)
    made = there.filter(new=True).values("body_id")
    begin = there.filter(Q(new=True) | Q(body__starts_on=row.on)).values("body_id")
    builds = Q(endings__body__in=made) | Q(successors__body__in=made)
    covers = Q(successors__covers__other__in=begin, pk__in=footprint.prepared_after(row).values("pk"))
    others = Reorganisation.objects.exclude(pk=row.pk).filter(status__in=(Status.PREPARED, Status.IN_FORCE))
    return others.filter(builds | covers).first()


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
        now = dates.now()
        workflow.move(
            row, "come into force", by=None, then=_carry_out, in_force_at=now, failed="", failed_on=""
        )
    except (Changed, Refused):  # another process was quicker, or it was withdrawn this minute
        return ""
    except effect.Failed as error:
        logger.exception("reorganisation %s could not come into force", row.pk)
        return _failed(row, f"{error}", on=error.key)
    except Exception as error:
        logger.exception("reorganisation %s could not come into force", row.pk)
        return _failed(row, f"{error}" or type(error).__name__)
    return f"{row}: in force"


def _carry_out(row: Reorganisation) -> None:
    effect.carry_out(row)
    _tell_admins(row)


def _failed(row: Reorganisation, why: str, on: str = "") -> str:
    """Why is said in the mail too, but not of a thing: it may be kept to named people tomorrow."""
    told = "one of the open things could not be settled. The portal says which." if on else why
    with transaction.atomic():
        Reorganisation.objects.filter(pk=row.pk, status=Status.PREPARED).update(failed=why, failed_on=on)
        said = [
            f"{row} could not come into force: {told}",
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
