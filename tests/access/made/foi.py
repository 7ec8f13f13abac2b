"""FOI requests as they are read by fewer and fewer, with figures, correspondence and notes.

The items are this world's own: a text, a text that is withheld outside the network, and one not answered yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from foi.models import FoiRound, Item, ItemVersion, Outcome, Request, RequestEvent
from network.people.models import BankHoliday
from tests.access.who import ADMIN, INSIDE, MEMBERS, READERS, Who
from tests.access.world import World, planted

SENT, RECEIVED = date(2026, 10, 1), date(2026, 10, 1)


@dataclass(frozen=True)
class State:
    name: str
    round: str
    body: str
    audience: str
    status: str
    knows: Who = MEMBERS  # who reads what is withheld from partners of other bodies


STATES = (
    State("draft", "shared", "hampshire-and-isle-of-wight", "coordinator", "draft"),
    State("sent", "shared", "surrey-and-sussex", "network", "sent"),
    State("shared", "shared", "kent-and-medway", "partners", "responded", MEMBERS | {"partner"}),
    # Frimley came to an end on 31 March 2026; Thames Valley is one of those that it came to.
    State("predecessor", "shared", "frimley", "partners", "responded", MEMBERS | {"other_partner"}),
    State("lapsed", "shared", "sussex", "network", "lapsed_body_dissolved"),
    State("kept", "shared", "central-east", "chairs", "sent"),
    State("inner", "inner", "kent-and-medway", "network", "sent"),
    State("only", "unsent", "kent-and-medway", "coordinator", "draft"),
)
ROUNDS = {"shared": INSIDE, "inner": MEMBERS, "unsent": ADMIN}


def make(world: World) -> None:
    version = ItemVersion.objects.create(number=99, title="Made items", questions={"1": "What is done?"})
    items = [
        Item.objects.create(
            version=version,
            code=f"1.{number}",
            question=1,
            position=number,
            label=f"Item {number}",
            unit="words",
            value_type=Item.Type.TEXT,
            period_basis="financial year",
        )
        for number in (1, 2, 3)
    ]
    for name, readers in ROUNDS.items():
        round = FoiRound.objects.create(
            slug=f"foi-{name}",
            title=f"Round {planted(f'foi round {name}')}",
            reporting_year="2025/26",
            years=["2025/26"],
            version=version,
        )
        world.add(f"foi round {name}", round, readers, round=round.slug)
    for state in STATES:
        _request(world, state, items)
    holiday = BankHoliday.objects.create(
        on=date(2027, 2, 3), title=f"Day {planted('holiday')}", added_by=world.people["admin"]
    )
    world.add("holiday", holiday, ADMIN, pk=holiday.pk)


def _request(world: World, state: State, items: list[Item]) -> None:
    body = world.bodies[state.body]
    draft = state.status == "draft"
    round = world.things[f"foi round {state.round}"].row
    assert isinstance(round, FoiRound)
    request = Request.objects.create(
        round=round,
        body=body,
        sent_to=world.bodies["surrey-and-sussex"] if state.name == "lapsed" else body,
        made_for=world.bodies["kent"],
        applicant=f"Applicant {planted(f'applicant {state.name}')}",
        reply_to="reply@example.org",
        address="foi@example.org",
        sent_on=None if draft else SENT,
        received_on=None if draft else RECEIVED,
        status=state.status,
        audience=state.audience,
        shared_on=date(2026, 11, 1) if state.audience == "partners" else None,
    )
    readers = READERS[state.audience]
    named = {"round": f"foi-{state.round}", "icb": state.body}
    world.add(f"request {state.name}", request, readers, mark=body.full_name, **named)
    world.add(f"applicant {state.name}", request, readers & MEMBERS)
    if draft:
        return
    for kind in ("sent", "received", "responded")[: 3 if state.status == "responded" else 2]:
        note = f"Note {planted(f'event {state.name}')}" if kind == "sent" else ""
        RequestEvent.objects.create(request=request, kind=kind, on=RECEIVED, note=note)
    world.add(f"event {state.name}", request, readers & MEMBERS)
    Outcome.objects.create(request=request, item=items[2], year="2025/26", audience=state.audience)
    for item, secret in zip(items[:2], (False, True), strict=True):
        word = f"{'withheld' if secret else 'figure'} {state.name}"
        outcome = Outcome.objects.create(
            request=request,
            item=item,
            year="2025/26",
            outcome="answered",
            written=f"Words {planted(word)}",
            note=f"Our note {planted(f'note {word}')}",
            withheld=secret,
            audience=state.audience,
        )
        world.add(word, outcome, readers & state.knows if secret else readers, **named)
        world.add(f"note {word}", outcome, readers & MEMBERS)
