"""What authorities and partners share with each other: guidance, templates, practice, legal updates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import dates
from network.audience import Readable
from network.files import StoredFile
from network.people.models import Organisation, User
from network.roles import Permission


class LibraryItem(Readable):
    """One thing worth keeping: a file, a link, or both."""

    class Kind(models.TextChoices):
        GUIDANCE = "guidance", "Guidance"
        TEMPLATE = "template", "Template"
        PRACTICE = "practice", "Practice example"
        LEGAL = "legal", "Legal update"
        OTHER = "other", "Other"

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)  # Markdown
    kind = models.CharField(max_length=10, choices=Kind)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link = models.URLField("link", max_length=500, blank=True)
    authority = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="library_items"
    )  # whose practice it is
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="library_items")
    added_at = models.DateTimeField(default=dates.now)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(link=""), name="library_item_has_file_or_link"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="library_item_has_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("library_detail", args=[self.pk])

    def may_be_changed_by(self, user: User) -> bool:
        """By whoever added it, the co-chairs and the coordinator; a person who lost the right to add, no."""
        own = self.added_by_id == user.pk and user.may(Permission.LIBRARY_ADD)
        return own or user.standing.everywhere(Permission.LIBRARY_ADD)
