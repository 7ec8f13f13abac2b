"""What the pages of a reorganisation show: its steps, and how the network looks before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from network import dates
from network.people.models import Organisation
from network.people.tables import codes_of
from network.registry import Tile
from network.reorganisation.models import Reorganisation, Status, Successor
from network.reorganisation.plan import AUTHORITY, ICB, Plan
from network.reorganisation.rules import STEPS

DONE, TO_DO, FILLED_IN, WAITS = "Done", "To do", "Filled in for you", "Cannot start yet"
COLOURS = {TO_DO: "blue", FILLED_IN: "teal"}


def steps(plan: Plan) -> list[dict[str, str]]:
    """The steps of writing it down, each with its state."""
    lines = [line for line in plan.lines if line.coverage]
    hints = {
        "what": f"{len(plan.endings)} to end",
        "successors": ", ".join(str(one) for one in plan.successors),
        "footprint": _uncovered(plan) or f"{len(lines)} {'pair' if len(lines) == 1 else 'pairs'} of bodies",
        "people": f"{len(plan.seats)} {'role' if len(plan.seats) == 1 else 'roles'}",
        "things": _things(len(plan.things), len(plan.spared)),
    }
    if plan.kind not in (AUTHORITY, ICB):
        del hints["footprint"]
    return [_step(plan, name, hint) for name, hint in hints.items()]


def _step(plan: Plan, name: str, hint: str) -> dict[str, str]:
    """What follows from what comes after waits until that is said."""
    url, state = reverse(f"reorganisation_{name}", args=[plan.row.pk]), state_of(plan, name)
    if state == WAITS:
        url, hint = "", "First say what comes after"
    title, colour = STEPS[name], COLOURS.get(state, "")
    return {"title": title, "url": url, "status": state, "hint": hint, "colour": colour}


def state_of(plan: Plan, step: str) -> str:
    if step == "what":
        return DONE if plan.endings else TO_DO
    if step == "successors":
        return DONE if plan.endings and all(plan.after(body) for body in plan.endings) else TO_DO
    if step == "footprint":
        return _state_of_footprint(plan)
    if step == "people":
        settled, decided = [seat.to is not None for seat in plan.seats], [one.decided for one in plan.seats]
    else:
        settled, decided = [one.fate is not None for one in plan.things], [one.decided for one in plan.things]
    if not settled:
        return "Nothing to do"
    if not plan.successors:
        return WAITS
    if not all(settled):
        return TO_DO
    return DONE if all(decided) else FILLED_IN


def _state_of_footprint(plan: Plan) -> str:
    if not plan.successors:
        return WAITS
    if plan.uncovered or plan.lapsed:
        return TO_DO
    return DONE if any(one.covers.all() for one in plan.successors) else FILLED_IN


def _uncovered(plan: Plan) -> str:
    return f"No board would cover {', '.join(plan.uncovered)}" if plan.uncovered else ""


def _things(number: int, spared: int) -> str:
    """ "2 open things", "2 open things, and 1 with nothing to decide"."""
    if spared and not number:
        return f"{spared} open {'thing' if spared == 1 else 'things'}, with nothing to decide"
    says = f"{number} open {'thing' if number == 1 else 'things'}"
    return f"{says}, and {spared} with nothing to decide" if spared else says


# -- Before and after -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One body of the preview."""

    name: str
    codes: str
    dates: str
    covers: str


def before(plan: Plan) -> list[Shown]:
    last = f"{'was to end on' if _withdrawn(plan) else 'to'} {dates.long_date(plan.row.last_day)}"
    return [Shown(body.full_name, ", ".join(codes_of(body)), last, "") for body in plan.endings]


def _withdrawn(plan: Plan) -> bool:
    return plan.row.status == Status.WITHDRAWN


def after(plan: Plan) -> list[Shown]:
    first = f"{'was to begin on' if _withdrawn(plan) else 'from'} {dates.long_date(plan.row.on)}"
    return [
        Shown(
            one.full_name,
            ", ".join(_codes(one)) or "codes not yet published",
            first if one.new else _since(one, plan.row),
            _covers(plan, one),
        )
        for one in plan.successors
    ]


def _since(one: Successor, row: Reorganisation) -> str:
    body = one.body
    if body and body.starts_on and body.starts_on >= row.on:
        return f"from {dates.long_date(body.starts_on)}"
    return "goes on"


def _codes(one: Successor) -> list[str]:
    codes = (("ONS", one.gss_code), ("DfE", one.dfe_code), ("ODS", one.ods_code))
    return [f"{whose} {code}" for whose, code in codes if code]


def _covers(plan: Plan, one: Successor) -> str:
    verb = "covers" if plan.kind == ICB else "covered by"
    names = [f"{other} (part)" if coverage == "part" else str(other) for other, coverage in plan.covered(one)]
    return f"{verb} {', '.join(names)}" if names else ""


@dataclass(frozen=True)
class Place:
    """A tile of the map that is not a body yet, or that stands for one."""

    name: str
    short: str
    tile_row: int | None
    tile_column: int | None
    url: str

    def get_absolute_url(self) -> str:
        return self.url


def maps(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """The region on the last day and on the first day, with what ends and what is new marked."""
    if plan.kind != AUTHORITY:
        return []
    row, ends = plan.row, {body.pk for body in plan.endings}
    new = {one.body_id for one in plan.successors if one.body_id}
    placed = Organisation.objects.authorities().filter(tile_row__isnull=False)
    then = list(placed.in_force(row.last_day))
    stay = [body for body in placed.in_force(row.on) if body.pk not in ends | new]
    url = row.get_absolute_url()
    ending = Tile(organisation_id=0, letter="×", state="Ends", colour="red", url=url)
    coming = Tile(organisation_id=0, letter="+", state="New", colour="green", url=url)
    came = [
        Place(one.name, one.short, one.tile_row, one.tile_column, url)
        for one in plan.successors
        if one.tile_row
    ]
    return [
        (
            f"On {dates.long_date(row.last_day)}",
            _map([(body, ending if body.pk in ends else None) for body in then], ending),
        ),
        (
            f"On {dates.long_date(row.on)}",
            _map([*((body, None) for body in stay), *((place, coming) for place in came)], coming),
        ),
    ]


def _map(tiles: Iterable[tuple[Any, Tile | None]], key: Tile) -> dict[str, Any]:
    return {"tiles": [{"body": body, "tile": tile} for body, tile in tiles], "key": [key], "asked": ""}
