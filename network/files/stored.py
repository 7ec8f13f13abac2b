"""Files that people give the network: checked, kept where no URL leads, handed out by whoever may read them."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from network import dates


def _random_path(stored: StoredFile, filename: str) -> str:
    """A path under MEDIA_ROOT that nobody can guess and that keeps nothing of the person's file name."""
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:]}"


class StoredFile(models.Model):
    """A file somebody gave the network. No URL leads to it: whoever may read its owner row gets it by `download`."""

    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.FileField(upload_to=_random_path, max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    at = models.DateTimeField(default=dates.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
