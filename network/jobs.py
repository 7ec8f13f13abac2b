"""Long work. The row is the truth, the message to a worker only a doorbell.

A worker may be killed at any moment and a message may be lost or come twice, so a job is claimed by compare-and-set
on its row, kept by a lease that is renewed, and rung again by each tick until it is done.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates


class Job(models.Model):
    """One piece of long work; `kind` names its handler, `key` says which one: there is never a second of a pair."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Under way"
        DONE = "done", "Ready"
        FAILED = "failed", "Did not work"

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)  # what is being made, in people's words
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    claim = models.CharField(max_length=32, blank=True)  # the token of the worker that has it
    lease_until = models.DateTimeField(null=True, blank=True)  # by the wall clock, whatever PORTAL_NOW says
    rung_at = models.DateTimeField(null=True, blank=True)  # by the wall clock: the latest message to a worker
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    step = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    made_at = models.DateTimeField(default=dates.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    result_url = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_job_for_each_key"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_at_most_100"),
            models.CheckConstraint(
                condition=~Q(state="running") | (Q(lease_until__isnull=False) & ~Q(claim="")),
                name="running_job_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "failed"), finished_at__isnull=False)
                | Q(state__in=("queued", "running"), finished_at__isnull=True),
                name="job_finished_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(state__in=("queued", "running")), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
