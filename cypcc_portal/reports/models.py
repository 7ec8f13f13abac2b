"""A report: one for each kind and period, with its figures frozen inside it.

Source: terms of reference 2.3 (feedback to the South East AD Safeguarding Network every six months).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import agreements, dates
from network.agreements import Agreeable
from network.audience import Audience, Scoped, ScopedManager, levels
from network.dates import Period, PeriodKind
from network.people.models import User, cochairs_with_account
from network.roles import Permission
from network.workflow import Workflow


class Kind(models.TextChoices):
    AD_SAFEGUARDING = "ad-safeguarding", "Feedback to the AD Safeguarding Network"
    BI_MONTHLY = "bi-monthly", "Two-monthly report"


PERIODS = {Kind.AD_SAFEGUARDING: PeriodKind.HALF_YEAR, Kind.BI_MONTHLY: PeriodKind.CYCLE}
READERS = {Kind.AD_SAFEGUARDING: Audience.PUBLISHED, Kind.BI_MONTHLY: Audience.NETWORK}
"""Who reads a report of the kind once it is agreed; before that, co-chairs and coordinator."""


def report_period(kind: str, text: str) -> Period:
    """The period of a report of this kind. Raises ValueError, which says what is accepted."""
    period = Period.parse(text)
    wanted = PERIODS[Kind(kind)]
    if period.kind is not wanted or period.key != text.strip():
        example = "2026-H1" if wanted is PeriodKind.HALF_YEAR else "2026-05"
        raise ValueError(
            f"A report of the kind {kind} is for a {wanted.value.replace('-', ' ')}, such as {example}."
        )
    return period


class Report(Agreeable, Scoped):
    workflow: ClassVar[Workflow] = agreements.moves(
        offer=Permission.REPORT_EDIT, agree=Permission.REPORT_AGREE, says="the report"
    )

    kind = models.CharField(max_length=20, choices=Kind)
    period = models.CharField(max_length=7)  # Period.key
    ends_on = models.DateField()  # the period's last day, for order
    figures = models.JSONField(encoder=DjangoJSONEncoder)  # view.Built as JSON, already protected
    figures_at = models.DateTimeField(default=dates.now)
    drafted_at = models.DateTimeField(default=dates.now)

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()

    class Meta:
        ordering = ["-ends_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "period"], name="report_once_a_period"),
            models.CheckConstraint(
                condition=Q(status="agreed", agreed_at__isnull=False)
                | (~Q(status="agreed") & Q(agreed_at__isnull=True)),
                name="report_agreed_says_when",
            ),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="report_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.of.label}"

    @property
    def of(self) -> Period:
        return Period.parse(self.period)

    @property
    def audience(self) -> Audience:
        """Who reads it once it is agreed."""
        return READERS[Kind(self.kind)]

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """A draft is for co-chairs and the coordinator; an agreed report for the readers of its kind."""
        if user.may(Permission.READ_CHAIRS):
            return Q()
        reads = levels(user)
        kinds = [kind.value for kind, audience in READERS.items() if audience in reads]
        return Q(kind__in=kinds, status=Agreeable.Status.AGREED)

    @classmethod
    def restricted(cls) -> Q:
        """A draft is read by so few."""
        return ~Q(status=Agreeable.Status.AGREED)

    @property
    def readers(self) -> Audience:
        """Who reads it today."""
        return self.audience if self.status == Agreeable.Status.AGREED else Audience.CHAIRS

    def agreers(self) -> list[User]:
        return cochairs_with_account()

    def get_absolute_url(self) -> str:
        return reverse("report_detail", args=[self.kind, self.period])


class ReportSection(Scoped):
    """Words of a report that people write; the portal only makes a first draft of them."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=40)  # "summary", a chapter's key, "asks"
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)  # Markdown
    position = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "key"], name="report_section_once"),
            models.CheckConstraint(
                condition=Q(edited_by__isnull=True, edited_at__isnull=True)
                | Q(edited_by__isnull=False, edited_at__isnull=False),
                name="report_section_edit_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return Q(report__in=Report.objects.filter(Report.readable_by(user)).values("pk"))

    @classmethod
    def restricted(cls) -> Q:
        return ~Q(report__status=Agreeable.Status.AGREED)


class Edition(models.Model):
    """What left with an agreement, kept for ever: a later report must not undo what this one hid."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="editions")
    version = models.PositiveIntegerField()
    figures = models.JSONField(encoder=DjangoJSONEncoder)
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["agreed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "version"], name="edition_once_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.report}, version {self.version}"
