"""Long work. The row is the truth, the message to a worker only a doorbell.

A worker may be killed at any moment and a message may be lost or come twice. So a job is claimed by
compare-and-set on its row, kept by a lease that is renewed, and rung again by each tick until it is over. A
handler may therefore run more than once, up to `JOB_MAX_ATTEMPTS` times: it does its slow part first, then
writes its result inside `progress.finishing()`, where the result and "done" stand or fall together. That is
how a handler that was killed, or that was overtaken by another worker, leaves one result and not two.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, ClassVar, Self

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from network import dates, mail
from network.audience import Scoped, ScopedQuerySet
from network.doorbell import ring
from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User

logger = logging.getLogger(__name__)

RING_AGAIN = timedelta(seconds=30)
"""A job that waits this long after its latest message is rung again: the message may be lost."""

LONGEST_STEP = timedelta(minutes=10)
"""The lease is renewed in the background for this long after a handler's latest sign of life; then it may
lapse, so that a handler that hangs does not keep its job for ever."""


class JobQuerySet(ScopedQuerySet["Job"]):
    def claimable(self, at: datetime) -> Self:
        """Jobs that a worker may take: nobody has them, or whoever had them stopped renewing the lease."""
        return self.filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=at))


JobManager = models.Manager.from_queryset(JobQuerySet)


class Job(Scoped):
    """One piece of long work; `kind` names its handler, `key` says which one: there is never a second of a
    pair.

    What stands in `title`, `step` and `error` is read by whoever oversees jobs: it names no restricted
    content.
    """

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
    rung_at = models.DateTimeField(default=dates.wall_clock)  # the latest message to a worker
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

    objects: ClassVar[JobManager[Job]] = JobManager()

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
            models.Index(fields=["rung_at"], condition=Q(state__in=("queued", "running")), name="job_open"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.kind} {self.key}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """A job is seen by the person who asked for it and by whoever oversees jobs."""
        return Q() if user.may(Permission.JOB_OVERSEE) else Q(asked_by=user)

    @property
    def is_over(self) -> bool:
        return self.state in (Job.State.DONE, Job.State.FAILED)

    @property
    def step_now(self) -> str:
        """What is happening, for a reader."""
        return self.step if self.step and self.state == Job.State.RUNNING else self.get_state_display()


class LostLease(Exception):
    """Another worker has claimed the job meanwhile: stop, and leave the result to it."""


class Progress:
    """A handler's hold on its job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.last_sign = dates.wall_clock()

    def at(self, percent: int, step: str) -> None:
        """Says how far the work is and renews the lease. Raises LostLease."""
        self.last_sign = dates.wall_clock()
        if not self.renew(progress=max(0, min(percent, 100)), step=step[:200]):
            raise LostLease(str(self.job))

    def renew(self, **changes: Any) -> bool:
        """Renews the lease; False if another worker has the job or it is over."""
        return self._held().update(lease_until=dates.wall_clock() + _lease(), **changes) == 1

    @contextmanager
    def finishing(self, result_url: str = "") -> Iterator[None]:
        """A transaction in which the handler writes its result; the job is done with it. Raises LostLease.

        Keep it short: on SQLite nobody else can write meanwhile.
        """
        with transaction.atomic():
            if self._held().select_for_update().first() is None:
                raise LostLease(str(self.job))
            yield
            self._over(Job.State.DONE, progress=100, result_url=result_url)

    def _held(self) -> JobQuerySet:
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, claim=self.job.claim)

    def _over(self, state: Job.State, **changes: Any) -> bool:
        over = self._held().update(
            state=state, finished_at=dates.now(), lease_until=None, claim="", **changes
        )
        return over == 1

    def settle(self) -> None:
        """Marks the job done for a handler that returned without `finishing`."""
        self._over(Job.State.DONE, progress=100)

    def stumble(self, error: str, *, again: bool) -> None:
        """Puts the job back for another try, or gives it up and tells whoever oversees jobs."""
        if again:
            self._held().update(
                state=Job.State.QUEUED, lease_until=None, claim="", error=error, rung_at=dates.wall_clock()
            )
            return
        with transaction.atomic():
            if self._over(Job.State.FAILED, error=error):
                _tell_overseers(self.job)


Handler = Callable[[Job, Progress], None]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Registers the function that does jobs of this kind; put it in the app's `tasks.py`, where workers find
    it."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def request(
    kind: str, key: str, *, by: User | None = None, payload: dict[str, Any] | None = None, title: str = ""
) -> Job:
    """The job of this kind and key, made if there is none; a worker hears of it once the transaction is
    committed.

    An existing job is returned as it is, also a failed one (`retry` starts it again) and another person's: a
    job that only its asker may see has the asker in its key.
    """
    job, made = Job.objects.get_or_create(
        kind=kind, key=key, defaults={"asked_by": by, "payload": payload or {}, "title": title}
    )
    if made:
        transaction.on_commit(partial(_ring, job.pk))
    return job


def retry(job: Job) -> None:
    """Starts a failed job again, with all its attempts; does nothing to any other."""
    put_back = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
        state=Job.State.QUEUED, attempts=0, progress=0, step="", finished_at=None, rung_at=dates.wall_clock()
    )
    if put_back:
        transaction.on_commit(partial(_ring, job.pk))


def run(job_id: int) -> bool:
    """Claims the job and does it; False if there was nothing to claim. A handler's error is kept in the
    row."""
    job = _claim(job_id)
    if job is None:
        return False
    progress = Progress(job)
    most = settings.JOB_MAX_ATTEMPTS
    if job.attempts > most:
        progress.stumble(f"Started {most} times and never finished. {job.error}".strip(), again=False)
        return True
    try:
        with _heartbeat(progress):
            _handlers[job.kind](job, progress)
        progress.settle()
    except LostLease:
        logger.info("job %s was taken over by another worker", job_id)
    except Exception as error:
        logger.exception("job %s (%s) stumbled, attempt %s of %s", job_id, job, job.attempts, most)
        progress.stumble(f"{type(error).__name__}: {error}"[:2000], again=job.attempts < most)
    return True


def sweep() -> int:
    """Rings again for each job whose message or worker may be lost; how many.

    A job under way is rung for the moment its lease would lapse: if it is renewed meanwhile, that message
    claims nothing; if the worker is dead, the next one takes over within a lease.
    """
    now = dates.wall_clock()
    rung = 0
    for job_id, state, lease_until, rung_at in Job.objects.filter(
        state__in=(Job.State.QUEUED, Job.State.RUNNING)
    ).values_list("pk", "state", "lease_until", "rung_at"):
        if state == Job.State.QUEUED and rung_at > now - RING_AGAIN:
            continue
        if Job.objects.filter(pk=job_id, rung_at=rung_at).update(rung_at=now):  # another tick may be first
            wait = max(0.0, (lease_until - now).total_seconds() + 1) if lease_until else 0.0
            _ring(job_id, wait)
            rung += 1
    return rung


def run_waiting() -> int:
    """Does every job that can be claimed, here and now; how many. For a machine without a worker."""
    waiting = Job.objects.claimable(dates.wall_clock()).order_by("pk").values_list("pk", flat=True)
    return sum(run(job_id) for job_id in list(waiting))


@shared_task(name="network.tasks.run_job")
def run_job(job_id: int) -> None:
    run(job_id)


def _ring(job_id: int, wait: float = 0) -> None:
    ring(run_job, job_id, wait=wait)


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _claim(job_id: int) -> Job | None:
    now = dates.wall_clock()
    token = uuid.uuid4().hex
    Job.objects.claimable(now).filter(pk=job_id).update(
        state=Job.State.RUNNING,
        claim=token,
        lease_until=now + _lease(),
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", dates.now()),
        progress=0,
        step="",
    )
    return Job.objects.filter(pk=job_id, claim=token).first()


@contextmanager
def _heartbeat(progress: Progress) -> Iterator[None]:
    """Renews the lease from a thread with a database connection of its own, while a handler is in a long
    step.

    Inside somebody's transaction (a test) there is none: another connection could not see the row.
    """
    if connection.in_atomic_block:
        yield
        return
    stop = Event()
    thread = Thread(target=_beat, args=(progress, stop), name=f"lease of job {progress.job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(progress: Progress, stop: Event) -> None:
    try:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
            if dates.wall_clock() - progress.last_sign > LONGEST_STEP:
                return
            try:
                if not progress.renew():
                    return
            except DatabaseError:  # busy: two more beats fit into the lease
                logger.warning("lease of job %s not renewed this time", progress.job.pk, exc_info=True)
    finally:
        connections.close_all()  # this thread's own


def _tell_overseers(job: Job) -> None:
    mail.queue_to_overseers(
        f"system:job-failed:{job.pk}:{dates.wall_clock():%Y%m%d%H%M%S}",
        subject=f"Did not work: {job}",
        template="notice",
        context={
            "paragraphs": [
                f"“{job}” was tried {settings.JOB_MAX_ATTEMPTS} times and did not work. "
                "The page below says what went wrong and lets you try again."
            ],
            "link": f"/jobs/{job.pk}/",
            "link_label": "See what happened",
        },
    )
