"""What a person is named for, as they read it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from network.audience import NEVER, Naming, Readable
from network.guards import visible_or_404
from network.people.models import User


@dataclass(frozen=True)
class Shared:
    """One thing that a person is named for, as they read it."""

    naming: Naming
    title: str  # empty while it is not open to them yet

    @property
    def kind(self) -> str:
        return kind_of(self.naming.label)


def shared_with(user: User, namings: Sequence[Naming]) -> list[Shared]:
    """What these namings of the person's are for; one query for each kind of thing, whatever they are."""
    shown = Naming.objects.filter(pk__in=[naming.pk for naming in namings])
    titles = {
        (model._meta.label_lower, thing.pk): str(thing)
        for model in _kinds()
        for thing in model.objects.visible_to(user).filter(
            pk__in=shown.filter(label=model._meta.label_lower).values("object_id")
        )
    }
    return [Shared(naming, titles.get((naming.label, naming.object_id), "")) for naming in namings]


def address_of(naming: Naming, user: User) -> str:
    """Where the thing stands, for whoever may read it today."""
    thing: Any = visible_or_404(_model(naming.label), user, pk=naming.object_id)
    return str(thing.seen_at(user) if hasattr(thing, "seen_at") else thing.get_absolute_url())


def kind_of(label: str) -> str:
    """What kind of thing it is: "agenda item"."""
    return str(_model(label)._meta.verbose_name)


def _kinds() -> list[type[Readable]]:
    """The kinds of things that can be kept to named people."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Readable)
        and not any(rule.name.endswith(NEVER) for rule in model._meta.constraints)
    ]


def _model(label: str) -> Any:
    return apps.get_model(label)
