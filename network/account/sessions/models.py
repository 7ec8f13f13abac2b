"""Where somebody is signed in, and what they had typed when they were signed out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates
from network.audience import Scoped, ScopedManager
from network.people.models import User


class SignIn(Scoped):
    """One browser in which somebody is signed in. No address of the network is kept, only what the browser
    calls itself, in words. One that was signed out from elsewhere is remembered until its hours are over, so
    that what happened is said there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True)  # the session's
    device = models.CharField(max_length=60)  # "Firefox on Windows"
    since = models.DateTimeField(default=dates.now)
    seen_at = models.DateTimeField(default=dates.now)  # to the minute
    ended_at = models.DateTimeField(null=True, blank=True)  # from elsewhere; it signs nobody in any more

    objects: ClassVar[ScopedManager[SignIn]] = ScopedManager()

    class Meta:
        ordering = ["-seen_at", "-pk"]
        indexes = [models.Index(fields=["user", "-seen_at"], name="sign_in_of_a_person")]

    def __str__(self) -> str:
        return f"{self.device}, since {dates.long_datetime(self.since)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Nobody's but one's own."""
        return Q(user=user)


class Kept(Scoped):
    """A form that arrived when the session was over: sealed, for the person who sent it, for half a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=dates.now)
    sealed = models.TextField()

    objects: ClassVar[ScopedManager[Kept]] = ScopedManager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"typed on {dates.long_datetime(self.at)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Nobody's but one's own."""
        return Q(user=user)
