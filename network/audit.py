"""Who did what to which thing, when, on whose behalf: rows written in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from network import dates

if TYPE_CHECKING:
    from network.people.models import User


class AuditEntry(models.Model):
    at = models.DateTimeField(default=dates.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # none: the calendar did it
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verb = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    object_id = models.PositiveBigIntegerField()
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [models.Index(fields=["label", "object_id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.label} {self.object_id}"


def record(
    *, by: User | None, verb: str, on: models.Model, on_behalf_of: User | None = None, **detail: Any
) -> AuditEntry:
    """Write down one act. `detail` holds what changed, never the content of a legal item."""
    return AuditEntry.objects.create(
        actor=by,
        on_behalf_of=on_behalf_of,
        verb=verb,
        label=on._meta.label_lower,
        object_id=on.pk,
        detail=detail,
    )


def read(*, by: User, on: models.Model | Iterable[models.Model], verb: str = "read") -> None:
    """Write down that the person is shown these rows, one entry for each that is legal; of others nothing.

    Call it in each view (page, PDF, file, download) with the rows that carry the audience of what it shows,
    before it answers: one query for any number of them, none if no row is legal.
    """
    from network.audience import Audience  # late: who may read stands above what was read

    rows = [on] if isinstance(on, models.Model) else list(on)
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=by, verb=verb, label=row._meta.label_lower, object_id=row.pk)
        for row in rows
        if getattr(row, "audience", None) == Audience.LEGAL
    )
