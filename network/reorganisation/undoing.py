"""What is as it was when a reorganisation is undone before its day, and what then has no plan any more.

Said before it is undone, when it was, and on the page of one that was withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from network import dates
from network.people.models import Membership, Organisation
from network.reorganisation.effect import day_of
from network.reorganisation.models import Ending, Reorganisation, Status, Successor
from network.reorganisation.plan import Plan, seats_at


@dataclass(frozen=True)
class Undone:
    bodies: list[str]  # how each body that was to end stands then: "Kent goes on, without a last day."
    successors: list[str]
    staying: str  # which roles and open things stay where they are, if any
    unplanned: list[str]  # bodies that end all the same, without a plan for their people and open things


def undone(plan: Plan) -> Undone:
    """How things stand once it is undone; of one that is a draft or withdrawn, how they stand now."""
    ends = {body: _last_day(body, plan.row) for body in plan.endings}
    prepared, given = plan.row.status == Status.PREPARED, _given(plan)
    roles = _by_body(seats_at(plan.endings, plan.row.last_day))
    return Undone(
        bodies=[_as_it_was(body, last, prepared) for body, last in ends.items()],
        successors=[_successor(one, given.get(one.body_id or 0, 0)) for one in plan.successors],
        staying=_staying(plan, roles, [body for body, last in ends.items() if last is None]),
        unplanned=_unplanned(plan, roles, ends),
    )


def _last_day(body: Organisation, row: Reorganisation) -> date | None:
    """What preparing found there, unless somebody has changed it since."""
    kept = row.did.get("ends", {})
    if row.status != Status.PREPARED or str(body.pk) not in kept or body.ends_on != row.last_day:
        return body.ends_on
    return day_of(kept[str(body.pk)])


def _as_it_was(body: Organisation, last: date | None, prepared: bool) -> str:
    before = ", as before" if prepared else ""
    if last is None:
        return f"{body.full_name} goes on, without a last day{before}."
    verb = "ended" if last < dates.today() else "still ends"
    return f"{body.full_name} {verb} on {dates.long_date(last)}{before}."


def _given(plan: Plan) -> dict[int, int]:
    """How many roles were given already at each of the new bodies."""
    new = [one.body_id for one in plan.successors if one.new and one.body_id]
    return _by_body(Membership.objects.filter(organisation__in=new))


def _successor(one: Successor, given: int) -> str:
    body = one.body
    if not one.new and body:
        begins = body.starts_on and body.starts_on > dates.today()
        when = f"begins on {dates.long_date(body.starts_on)}" if begins and body.starts_on else "goes on"
        return f"{one.full_name} stays in the directory and {when}, as before."
    ends = "that was given there ends" if given == 1 else "that were given there end"
    return (
        f"{one.full_name} leaves the directory{f'; {_roles(given)} {ends}' if given else ''}. "
        "If something refers to it already, it stays as one that was never in force."
    )


def _staying(plan: Plan, roles: dict[int, int], bodies: list[Organisation]) -> str:
    """Of the bodies that go on; of one that was withdrawn that is no news."""
    what = "" if plan.row.status == Status.WITHDRAWN else _held(plan, roles, bodies)
    if what.startswith("1 ") and " and " not in what:
        return f"{what} there stays as it is: nothing is planned for it any more."
    return f"{what} there stay as they are: nothing is planned for them any more." if what else ""


def _unplanned(plan: Plan, roles: dict[int, int], ends: dict[Organisation, date | None]) -> list[str]:
    """Of the bodies that end all the same; one of which another one speaks by now has a plan again."""
    today = dates.today()
    others = Ending.objects.filter(live=True, body__in=plan.endings).exclude(reorganisation=plan.row)
    planned = set(others.values_list("body_id", flat=True))
    nothing = "then nothing" if plan.row.status == Status.PREPARED else "nothing"
    found = []
    for body, last in ends.items():
        if last and last >= today and body.pk not in planned:
            what = _held(plan, roles, [body]) or "whatever turns up until then"
            found.append(
                f"{body.full_name} ends on {dates.long_date(last)} all the same, and {nothing} is prepared "
                f"for that day: there is no plan for {what} there. "
                "Prepare another reorganisation before then."
            )
    return found


def _held(plan: Plan, roles: dict[int, int], bodies: list[Organisation]) -> str:
    """ "3 roles and 2 open things"; "" where there are none."""
    here = sum(roles.get(body.pk, 0) for body in bodies)
    things = sum(thing.body in bodies for thing in plan.things)
    said = [_roles(here)] if here else []
    said += [f"{things} open {'thing' if things == 1 else 'things'}"] if things else []
    return " and ".join(said)


def _by_body(seats: QuerySet[Membership]) -> dict[int, int]:
    return dict(seats.order_by().values_list("organisation_id").annotate(number=Count("pk")))


def _roles(number: int) -> str:
    return f"{number} {'role' if number == 1 else 'roles'}"
