"""A library item of each audience, with a file."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from network import files
from network.audience import Naming
from network.governance.models import TermsOfReference
from network.library.models import LibraryItem
from tests.access.who import READERS
from tests.access.world import World, planted


def make(world: World) -> None:
    admin = world.people["admin"]
    for level, readers in READERS.items():
        key = f"library {level}"
        content = f"A file that says {planted(f'file {level}')}\n".encode()
        item = LibraryItem.objects.create(
            title=f"Item {planted(key)}",
            kind=LibraryItem.Kind.GUIDANCE,
            audience=level,
            file=files.store(SimpleUploadedFile("guidance.txt", content), by=admin),
            added_by=admin,
        )
        world.add(key, item, readers, pk=item.pk)
        world.add(f"file {level}", item, readers, pk=item.pk)
        if level == "legal":
            world.name(item)
            naming = Naming.objects.get(
                object_id=item.pk, label=item._meta.label_lower, person__name="Lead, Kent"
            )
            world.add("naming of lead", naming, frozenset({"lead"}), reference=naming.reference)
    for version, level in enumerate(("chairs", "coordinator", "network", "partners"), start=101):
        terms = TermsOfReference.objects.create(
            version=version,
            text=f"These terms say {planted(f'terms {level}')}.",
            source="A test",
            audience=level,
        )
        world.add(f"terms {level}", terms, READERS[level], version=version)
