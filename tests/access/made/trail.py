"""An entry of the audit trail about a thing of each audience, and one about a draft of an authority; a
removal that awaits its confirmation; a copy of everybody's own data."""

from __future__ import annotations

from network import audit
from network.account import own_data
from network.account.models import OwnCopy
from network.account.sealing import box
from network.files import archive
from network.oversight.models import Removal
from tests.access.who import ADMIN, NOBODY, READERS
from tests.access.world import World, planted


def make(world: World) -> None:
    _entries(world)
    for role, person in world.people.items():
        key = f"owncopy {role}"
        sealed = box(own_data.PURPOSE).encrypt(archive({"your-data.json": planted(key).encode()}))
        copy = OwnCopy.objects.create(user=person, rests_on=own_data.rests_on(person), sealed=sealed)
        world.add(key, copy, frozenset({role}))


def _entries(world: World) -> None:
    Removal.objects.create(year=2026)
    about = {level: world.things[f"library {level}"].row for level in READERS}
    for level, row in (about | {"draft": world.things["return owndraft"].row}).items():
        readers = ADMIN & READERS.get(level, NOBODY)
        key = f"trail {level}"
        entry = audit.record(by=world.people["lead"], verb="changed", on=row, note=planted(key))
        world.add(key, entry, readers, label=entry.label, pk=row.pk)
        shown = f"trailentry {level}"
        listed = audit.record(by=None, verb="changed", on=row, note=planted(shown))
        world.add(shown, listed, readers, digest=listed.digest)
