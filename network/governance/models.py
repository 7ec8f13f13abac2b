"""What the network has agreed about itself."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from network import dates
from network.audience import Readable, never_legal


class TermsOfReference(Readable):
    """One version of the terms of reference, in the network's own words; the newest one holds."""

    version = models.PositiveSmallIntegerField(unique=True)
    text = models.TextField()  # Markdown
    adopted_on = models.DateField(null=True, blank=True)  # none: not recorded
    review_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "terms of reference"
        ordering = ["-version"]
        constraints = [
            never_legal("terms_never_legal"),
            models.CheckConstraint(condition=~Q(text=""), name="terms_not_empty"),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True)
                | Q(review_on__isnull=True)
                | Q(review_on__gt=F("adopted_on")),
                name="terms_reviewed_after_adoption",
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of reference, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("terms_detail", args=[self.version])

    def adopted_words(self) -> str:
        return dates.long_date(self.adopted_on) if self.adopted_on else "not recorded"
