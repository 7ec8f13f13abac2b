"""One asking of one version, with an opening and a closing date; its state follows from the dates."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from network import dates
from network.audience import Audience, Scoped, ScopedQuerySet
from network.dates import Period
from network.people.models import Organisation
from network.roles import Permission
from questionnaires.models.instrument import InstrumentVersion, Question

if TYPE_CHECKING:
    from network.people.models import User


class RoundQuerySet(ScopedQuerySet[Any]):
    def open(self, on: date | None = None) -> Self:
        day = on or dates.today()
        return self.filter(opens_on__lte=day, closes_on__gte=day)

    def opened(self, on: date | None = None) -> Self:
        return self.filter(opens_on__lte=on or dates.today())


RoundManager = models.Manager.from_queryset(RoundQuerySet)


class Round(Scoped):
    """`opens_on` and `closes_on` are the first and the last day on which authorities answer."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="rounds")
    reporting_year = models.CharField(max_length=7)  # 2025/26: the financial year asked about
    opens_on = models.DateField()
    closes_on = models.DateField()
    made_at = models.DateTimeField(default=dates.now, editable=False)

    objects: ClassVar[RoundManager[Any]] = RoundManager()

    class Meta:
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gt=F("opens_on")), name="round_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=["manage", "results", "check", "receipt"]), name="round_slug_not_a_page"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Members see a round from its opening, whoever sets rounds up sees it before.

        Partners see a round only if some of its answers are shared with partners.
        """
        if user.may(Permission.ROUND_MANAGE):
            return Q()
        opened = Q(opens_on__lte=dates.today())
        if user.may(Permission.READ_NETWORK):
            return opened
        if user.may(Permission.READ_PARTNERS):
            shared = Question.objects.filter(visibility=Audience.PARTNERS).values("version_id")
            return opened & Q(version_id__in=shared)
        return Q(pk__in=[])

    def get_absolute_url(self) -> str:
        return reverse("round_detail", args=[self.slug])

    @property
    def year(self) -> Period:
        return Period.parse(self.reporting_year)

    @property
    def is_open(self) -> bool:
        return self.opens_on <= dates.today() <= self.closes_on

    @property
    def is_closed(self) -> bool:
        return dates.today() > self.closes_on

    @property
    def state(self) -> str:
        """planned, open or closed."""
        if self.is_open:
            return "open"
        return "closed" if self.is_closed else "planned"

    @property
    def days_left(self) -> int:
        """Days after today until the last one."""
        return (self.closes_on - dates.today()).days

    def why_not_open(self) -> str:
        """The sentence for who wants to answer now, or "" while the round is open."""
        if self.is_closed:
            return (
                f"This round closed on {dates.long_date(self.closes_on)}. Your draft is kept as it was. "
                "Ask the network’s coordinator if you still need to submit."
            )
        if not self.is_open:
            return f"This round opens on {dates.long_date(self.opens_on)}."
        return ""

    def authorities_asked(self) -> models.QuerySet[Organisation]:
        """The member authorities in force when the round opens. One that begins later is not asked."""
        return Organisation.objects.authorities().in_force(self.opens_on)

    def ensure_returns(self) -> int:
        """Gives each authority asked its (empty) return; how many were made."""
        from questionnaires.models.returns import Return

        have = set(self.returns.values_list("authority_id", flat=True))
        missing = [one for one in self.authorities_asked() if one.pk not in have]
        Return.objects.bulk_create(
            [Return(round=self, authority=one) for one in missing], ignore_conflicts=True
        )
        return len(missing)

    def match_returns(self) -> None:
        """After a change of dates: returns for those asked now, none for those who no longer are."""
        if not self.opens_on <= dates.today():
            self.returns.exclude(authority__in=self.authorities_asked()).delete()
        self.ensure_returns()
