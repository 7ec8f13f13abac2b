"""The plan: an action of each audience, led by Kent, with an update."""

from __future__ import annotations

from datetime import timedelta

from actions.models import Action, Theme, Update
from network import dates
from network.audience import Naming
from tests.access.who import MEMBERS, READERS
from tests.access.world import World, planted


def make(world: World) -> None:
    theme = Theme.objects.order_by("position").first()
    assert theme is not None
    theme.about = f"About {planted('theme')}"
    theme.save()
    world.add("theme", theme, MEMBERS, slug=theme.slug)
    for level, readers in READERS.items():
        key = f"action {level}"
        action = Action.objects.create(
            theme=theme,
            text=f"Compare {planted(key)}",
            owner_organisation=world.bodies["kent"],
            due_on=dates.today() + timedelta(days=5),
            audience=level,
        )
        Update.objects.create(
            action=action,
            text=f"Compared {planted(f'update {level}')}",
            status=action.status,
            percent=20,
            due_on=action.due_on,
            by=world.people["lead"],
        )
        if level == "legal":
            world.name(action)
        world.add(key, action, readers, pk=action.pk)
        world.add(f"update {level}", action, readers, pk=action.pk)
    _whose_readers_have_left(world)


def _whose_readers_have_left(world: World) -> None:
    lost = Action.objects.create(text="Action whose readers have left", audience="legal")
    left = Naming.objects.create(
        label=lost._meta.label_lower,
        object_id=lost.pk,
        person=world.people["former"],
        named_by=world.people["cochair_two"],
    )
    world.add("lost naming", lost, frozenset(), reference=left.reference)
