"""Reorganisations: a draft about the body with one person, one about an authority, a prepared one, and one
that was withdrawn."""

from __future__ import annotations

from datetime import date

from network.people.models import Footprint, Organisation
from network.reorganisation import acts, drafts
from network.reorganisation.models import Reorganisation, Successor
from tests.access.who import ADMIN
from tests.access.world import World, planted

APRIL = date(2027, 4, 1)


def make(world: World) -> None:
    body = world.things["body"].row
    assert isinstance(body, Organisation)
    _draft(world, "draft", body)
    _body("other", "Zz goes on")
    county = _body("authority", "Zz county")
    board = world.bodies["kent-and-medway"]
    Footprint.objects.create(authority=county, icb=board, coverage="part", starts_on=date(2026, 4, 1))
    _draft(world, "authority", county)
    acts.prepare(_draft(world, "prepared", _body("other", "Zz body")), by=world.people["admin"])
    acts.withdraw(_draft(world, "withdrawn", _body("other", "Zz stays")), by=world.people["admin"])


def _body(kind: str, name: str) -> Organisation:
    slug = name.lower().replace(" ", "-")
    return Organisation.objects.create(kind=kind, name=name, full_name=name, slug=slug)


def _draft(world: World, stage: str, body: Organisation) -> Reorganisation:
    """A body that is prepared stands in the directory, which many more read: its name says nothing."""
    admin, key = world.people["admin"], f"reorganisation {stage}"
    row = drafts.begin(by=admin, bodies=[body], on=APRIL, note=f"Law {planted(key)}")
    words = f"{planted(key)} {planted(f'successor {stage}')}"
    name = "Zz after" if stage == "prepared" else f"After {words}"
    successor = Successor(reorganisation=row, name=name, full_name=f"{name} council")
    drafts.save_successor(successor, [body], by=admin)
    row.refresh_from_db()
    world.add(key, row, ADMIN, pk=row.pk)
    if stage != "prepared":
        world.add(f"successor {stage}", successor, ADMIN, pk=row.pk, successor=successor.pk)
    return row
