"""What a removed thing stood under: a decision under its agenda item.

The entries about it stay, and whoever may not read the item today may not read them either. So that is
written down in the transaction of the removal, whichever act removes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.signals import pre_delete

from network.audience import Scoped


class StoodUnder(models.Model):
    """One thing that a removed one stood under; a row without it says that it stood under nothing."""

    label = models.CharField(max_length=80)
    object_id = models.PositiveBigIntegerField()
    above = models.CharField(max_length=80, blank=True)
    above_id = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "stood under"
        indexes = [models.Index(fields=["label", "object_id"])]

    def __str__(self) -> str:
        return f"{self.label} {self.object_id} stood under {self.above or 'nothing'} {self.above_id or ''}"


def listen() -> None:
    for model in apps.get_models():
        if issubclass(model, Scoped) and model.stands_under:
            pre_delete.connect(_note, sender=model, dispatch_uid=f"audit.removed.{model._meta.label_lower}")


def _note(sender: type[models.Model], instance: Scoped, **kwargs: Any) -> None:
    known = {"label": instance._meta.label_lower, "object_id": instance.pk}
    above = [StoodUnder(**known, above=row._meta.label_lower, above_id=row.pk) for row in _above(instance)]
    StoodUnder.objects.bulk_create(above or [StoodUnder(**known)])


def _above(row: Scoped) -> Iterator[models.Model]:
    for path in row.stands_under:
        found: Any = row
        for step in path.split("__"):
            found = getattr(found, step, None)
        if found is not None:
            yield found
