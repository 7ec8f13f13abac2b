"""What the sign-in remembers: codes that were used, codes that were mailed, and how often somebody tried; and
copies that people had made of their own data."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates
from network.audience import Scoped, ScopedManager
from network.people.models import User


class Attempts(models.Model):
    """How often something was tried since `began_at`: one row for each limit and whoever it counts.

    The key is a digest: which addresses were tried is nobody's business.
    """

    key = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField(default=dates.wall_clock)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "attempts"
        indexes = [models.Index(fields=["began_at"])]

    def __str__(self) -> str:
        return f"{self.count} since {self.began_at}"


class UsedCode(models.Model):
    """A code of an authenticator app that has let somebody in; the constraint lets it do so once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=dates.wall_clock)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="code_used_once")]

    def __str__(self) -> str:
        return f"a code of {self.user_id}"


class MailedCode(models.Model):
    """A request for a code by mail, from one browser; a worker finds out whether anybody gets one.

    Until then, and for an address that gets none, it holds no code and no code fits. The code itself is in
    the mail only: here lies its digest.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=dates.now)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"])]

    def __str__(self) -> str:
        return f"asked at {self.asked_at}"


class OwnCopy(Scoped):
    """A copy of somebody's own data: sealed, for that person, for some days; a newer one takes its place.

    `rests_on` is the mark of their roles and of all narrowings when it was begun: see `own_data.rests_on`.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=dates.now)
    rests_on = models.CharField(max_length=64)
    legal = models.JSONField(default=list)  # label and number of what in it is kept to named people
    sealed = models.BinaryField()

    objects: ClassVar[ScopedManager[OwnCopy]] = ScopedManager()

    class Meta:
        verbose_name_plural = "own copies"

    def __str__(self) -> str:
        return f"made on {dates.long_datetime(self.made_at)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Nobody's but one's own."""
        return Q(user=user)
