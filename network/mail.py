"""The outbox: a mail is a row in the transaction that caused it, sent after it, once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates


class OutboxMail(models.Model):
    """One mail to one address. Its key says what it is about, so that nothing is ever announced twice."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being handed over"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Perhaps sent"
        FAILED = "failed", "Not sent"

    key = models.CharField(max_length=200, unique=True)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="mails"
    )
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    secret = models.BooleanField(default=False)  # carries a sign-in link: its words are wiped once it is sent
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=dates.now)
    not_before = models.DateTimeField(null=True, blank=True)  # by the wall clock: the next try
    claimed_at = models.DateTimeField(null=True, blank=True)  # by the wall clock
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="sent_mail_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="mail_being_sent_is_claimed"
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=("waiting", "sending")), name="mail_open"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"
