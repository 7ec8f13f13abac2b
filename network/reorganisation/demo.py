"""A demonstration's reorganisation: Surrey's, prepared, as the law has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from network.demo import World
from network.marks import Loaded
from network.people.models import Organisation
from network.registry import Holding
from network.reorganisation import acts, drafts
from network.reorganisation.models import Successor
from network.reorganisation.plan import Plan, plan_of
from network.roles import Role

DAY = date(2027, 4, 1)  # Surrey (Structural Changes) Order 2026, SI 2026/264
GOES_TO = {Role.LEAD: "East Surrey", Role.DEPUTY: "West Surrey"}  # everybody else takes a seat at each


def lay_down(world: World) -> None:
    """The coordinator has prepared it; after its day there is nothing to prepare."""
    surrey = Organisation.objects.filter(slug="surrey").in_force(world.as_of).first()
    if surrey is None or world.as_of >= DAY:
        return
    admin = world.person("admin")
    note = "Surrey (Structural Changes) Order 2026, SI 2026/264"
    row = drafts.begin(by=admin, bodies=[surrey], on=DAY, note=note)
    plan = plan_of(row)
    moves = {
        seat.membership.pk: _goes_to(plan, GOES_TO.get(Role(seat.membership.role))) for seat in plan.seats
    }
    drafts.set_moves(row, moves, by=admin, loaded=Loaded(drafts.mark_of_seats(plan.seats)))
    fates = {thing.holding.key: _fate(thing.holding, plan) for thing in plan.things}
    drafts.set_fates(row, fates, by=admin, loaded=Loaded(drafts.mark_of_things(plan.things)))
    acts.prepare(row, by=admin)


def _goes_to(plan: Plan, name: str | None) -> list[Successor]:
    return [one for one in plan.successors if name in (None, one.name)]


def _fate(holding: Holding, plan: Plan) -> tuple[str, int | None]:
    """What is offered first; where that needs a successor, the first of them."""
    first = holding.fates[0]
    return first.name, plan.successors[0].pk if first.to_successor else None


def demonstration_last(world: World) -> list[Callable[[], None]]:
    return [partial(lay_down, world)]
