"""When the network meets, and which authorities came."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from network import dates
from network.audience import Audience, Scoped
from network.dates import Period
from network.people.models import Organisation, User
from network.roles import Permission

if TYPE_CHECKING:
    from network.meetings.models.agenda import Agenda
    from network.meetings.models.notes import Notes


class CycleRule(Scoped):
    """Which day of a two-month cycle's first month the network meets on; one row for the network.

    Source of the two months: terms of reference 2.2. The day and hours are the co-chairs' to set.
    """

    week = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    weekday = models.PositiveSmallIntegerField(
        default=3, choices=list(enumerate(dates.WEEKDAYS))
    )  # Monday is 0
    starts_at = models.TimeField(default=time(10))  # Europe/London
    ends_at = models.TimeField(default=time(12))
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="cycle_rule_once"),
            models.CheckConstraint(condition=Q(week__range=(1, 4)), name="cycle_rule_week_in_every_month"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="cycle_rule_weekday"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="cycle_rule_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        nth = ("first", "second", "third", "fourth")[self.week - 1]
        return f"{nth} {dates.WEEKDAYS[self.weekday]} of the cycle's first month"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return Q() if user.may(Permission.READ_NETWORK) else Q(pk__in=[])

    def day(self, cycle: Period) -> date:
        """The day on which a cycle's meeting is to be."""
        return dates.nth_weekday(cycle.year, cycle.number, self.weekday, self.week)

    def next_cycle(self, today: date) -> Period:
        """The first cycle whose day by this rule has not gone by."""
        cycle = Period.cycle(today)
        return cycle if self.day(cycle) >= today else cycle.next()


class StandingItem(models.Model):
    """What stands on every agenda."""

    title = models.CharField(max_length=200, unique=True)
    note = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(unique=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.NETWORK)

    class Meta:
        ordering = ["position"]
        constraints = [
            # Nobody is named for an item that does not exist yet.
            models.CheckConstraint(condition=~Q(audience=Audience.LEGAL), name="standing_item_not_legal"),
        ]

    def __str__(self) -> str:
        return self.title


FIRST_YEAR, LAST_YEAR = 2020, 2100
"""A meeting's day lies in one of these years; anything else is a slip of the keyboard."""


def within_reach(on: date) -> None:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValidationError(f"Year must be between {FIRST_YEAR} and {LAST_YEAR}")


class Meeting(Scoped):
    """One meeting, known to every member. A regular one belongs to its cycle even if its day is moved."""

    class Kind(models.TextChoices):
        REGULAR = "regular", "Regular meeting"

    on = models.DateField("date", unique=True, validators=[within_reach])
    starts_at = models.TimeField("starts at", default=time(10))  # Europe/London
    ends_at = models.TimeField("ends at", default=time(12))
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField("link to join", blank=True)
    chair = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="chaired")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REGULAR)
    cycle = models.CharField(max_length=7, editable=False)  # Period.key: "2027-01"

    agenda: Agenda
    notes: Notes

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(kind="regular"), name="meeting_once_a_cycle"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            # From the first year of the portal's periods.
            models.CheckConstraint(
                condition=Q(on__range=(date(2000, 1, 1), date(LAST_YEAR, 12, 31))), name="meeting_in_reach"
            ),
        ]

    def __str__(self) -> str:
        return f"Meeting on {dates.long_date(self.on)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """That the network meets is known to its members."""
        return Q() if user.may(Permission.READ_NETWORK) else Q(pk__in=[])

    def get_absolute_url(self) -> str:
        return reverse("meeting_detail", args=[self.on])

    def has_come(self) -> bool:
        return self.on <= dates.today()

    def hours(self) -> str:
        return f"{self.starts_at:%H:%M} to {self.ends_at:%H:%M}"


class Attendance(Scoped):
    """One authority was represented at one meeting. An authority without a row was not.

    Quorum and attendance count authorities, not heads, so there is one row however many came.
    """

    class Capacity(models.TextChoices):
        LEAD = "lead", "Lead"
        DEPUTY = "deputy", "Deputy"
        SUBSTITUTE = "substitute", "Substitute"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="attendance")
    capacity = models.CharField(max_length=10, choices=Capacity)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    substitute = models.CharField(max_length=120, blank=True)  # who came instead, by role

    class Meta:
        ordering = ["organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "organisation"], name="attendance_once_an_authority"),
            models.CheckConstraint(
                condition=(Q(capacity="substitute") & ~Q(substitute=""))
                | (~Q(capacity="substitute") & Q(substitute="")),
                name="attendance_substitute_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.who()}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return Q() if user.may(Permission.READ_NETWORK) else Q(pk__in=[])

    def who(self) -> str:
        """ "Lead", or "Substitute: Service manager, disabled children"."""
        word = self.Capacity(self.capacity).label
        return f"{word}: {self.substitute}" if self.substitute else word
