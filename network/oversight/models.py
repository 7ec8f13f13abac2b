"""The yearly removal of what is kept no longer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates


class Removal(models.Model):
    """One year's removal: proposed by the calendar, confirmed by an admin who has seen the lists, carried out
    kind by kind."""

    year = models.PositiveSmallIntegerField(unique=True)
    proposed_at = models.DateTimeField(default=dates.now)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    removed = models.JSONField(default=dict)  # number by kind, of those that are done
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "yearly removal"
        verbose_name_plural = "yearly removals"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="removal_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="removal_finished_after_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"Removal of {self.year}"
