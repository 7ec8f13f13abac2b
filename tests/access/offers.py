"""No page offers what its reader may not have: what each of its links and buttons leads to is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from tests.access.answers import Answer
from tests.access.doors import Door, expected, matching

if TYPE_CHECKING:
    from tests.access.world import Thing, World

LINK = re.compile(r'<(a|form)\b[^>]*?\s(?:href|action)="(/[^"?#]*)')
CLOSED = frozenset({"closed", "hidden", "forbidden"})


def offered_in_vain(answer: Answer, role: str, world: World) -> Iterator[str]:
    """The addresses on the page at which this person is refused."""
    if not answer.content_type.startswith("text/html"):
        return
    if not world.addresses:
        world.addresses.update(_addresses(world))
    for tag, path in sorted(set(LINK.findall(answer.text))):
        there = [(door, thing) for door, thing in world.addresses.get(path, ()) if role in door.walks]
        acts = [(door, door.post if tag == "form" else door.get, thing) for door, thing in there]
        due = [expected(door, act, thing, role).what for door, act, thing in acts if act]
        if due and CLOSED.issuperset(due):
            yield f"{'a button' if tag == 'form' else 'a link'} to {path}"


def _addresses(world: World) -> dict[str, list[tuple[Door, Thing | None]]]:
    """Each address that is declared, with its doors and their things."""
    from tests.access.declared import DOORS

    found: dict[str, list[tuple[Door, Thing | None]]] = {}
    for door in DOORS:
        keys = [key for group in matching(door.of, world.things) for key in group]
        for thing in [world.things[key] for key in keys] if door.of else [None]:
            kwargs = {**(thing.kwargs if thing else {}), **door.more}
            found.setdefault(reverse(door.name, kwargs=kwargs), []).append((door, thing))
    return found
