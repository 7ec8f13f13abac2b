"""A reorganisation of bodies: who ends, what comes after, who moves where, what becomes of each open thing.

It is written down as a draft, prepared (from then on the directory knows the dates), and comes into force by
itself on its first day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import dates
from network.audience import Scoped, ScopedManager
from network.people.history import listed
from network.people.models import Footprint, Membership, Organisation, User
from network.roles import Permission
from network.workflow import Stateful, Transition, Workflow


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    PREPARED = "prepared", "Prepared"
    IN_FORCE = "in force", "In force"
    WITHDRAWN = "withdrawn", "Withdrawn"


COLOURS = {
    Status.DRAFT: "grey",
    Status.PREPARED: "blue",
    Status.IN_FORCE: "green",
    Status.WITHDRAWN: "orange",
}
MANAGE = Permission.ORGANISATION_MANAGE


def _day_has_come(row: Reorganisation) -> str:
    return "" if row.on <= dates.today() else f"It comes into force on {dates.long_date(row.on)}."


class Reorganisation(Stateful, Scoped):
    workflow: ClassVar[Workflow] = Workflow(
        transitions=(
            Transition(
                name="prepare",
                sources=frozenset({Status.DRAFT}),
                target=Status.PREPARED,
                says="Prepare it",
                permission=MANAGE,
            ),
            Transition(
                name="reopen",
                sources=frozenset({Status.PREPARED}),
                target=Status.DRAFT,
                says="Take it back to draft",
                permission=MANAGE,
            ),
            Transition(
                name="withdraw",
                sources=frozenset({Status.DRAFT, Status.PREPARED}),
                target=Status.WITHDRAWN,
                says="Withdraw it",
                permission=MANAGE,
            ),
            Transition(
                name="come into force",
                sources=frozenset({Status.PREPARED}),
                target=Status.IN_FORCE,
                says="Its first day has come",
                permission=None,
                check=_day_has_come,
            ),
        )
    )

    on = models.DateField("first day")  # of what comes after; the last day of what ends is the day before
    title = models.CharField(
        max_length=300
    )  # made from the bodies: "Surrey becomes East Surrey and West Surrey"
    note = models.TextField(blank=True)  # the law or decision behind it
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    failed = models.TextField(blank=True)  # why it could not come into force when it was tried last
    failed_on = models.CharField(max_length=120, blank=True)  # the key of the one thing that was why
    did = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )  # what preparing wrote, and what stood there
    again_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=dates.now, editable=False)
    in_force_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="in force", in_force_at__isnull=False)
                | (~Q(status="in force") & Q(in_force_at__isnull=True)),
                name="reorganisation_in_force_says_when",
            ),
            models.UniqueConstraint(
                fields=["again_of"],
                condition=Q(status__in=["draft", "prepared"]),
                name="reorganisation_again_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return Q() if user.may(MANAGE) else Q(pk__in=[])

    def get_absolute_url(self) -> str:
        return reverse("reorganisation_detail", args=[self.pk])

    @property
    def last_day(self) -> date:
        """The last day of what ends."""
        return self.on - timedelta(days=1)

    @property
    def colour(self) -> str:
        return COLOURS[Status(self.status)]

    def words(self) -> str:
        """Its title, from the bodies as they are written down now."""
        ends = [str(one.body) for one in self.endings.select_related("body")]
        after = [one.name for one in self.successors.all()]
        one = len(ends) == 1
        if after:
            verb = "becomes" if one else "become"
            return f"{listed(ends)} {verb} {listed(after)}"[:300]
        return f"{listed(ends)} {'ends' if one else 'end'}"[:300]


class Ending(models.Model):
    """A body that ends by a reorganisation."""

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, related_name="endings")
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    live = models.BooleanField(default=False)  # prepared or in force

    class Meta:
        ordering = ["body__name"]
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "body"], name="ending_once"),
            models.UniqueConstraint(fields=["body"], condition=Q(live=True), name="body_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.body} ends"


class Successor(models.Model):
    """What comes after: a body that goes on, or one that preparing makes as it is described here."""

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, related_name="successors")
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    new = models.BooleanField(default=True)  # made by this reorganisation; else it exists without it
    after = models.ManyToManyField(Organisation, related_name="+")  # of the bodies that end, those it follows
    name = models.CharField(max_length=120)  # as the network says it: "East Surrey"
    full_name = models.CharField(max_length=160)
    short = models.CharField("letters on the map", max_length=4, blank=True)
    authority_type = models.CharField("type of authority", max_length=20, blank=True)
    gss_code = models.CharField("ONS code", max_length=12, blank=True)
    dfe_code = models.CharField("DfE code", max_length=4, blank=True)
    ods_code = models.CharField("ODS code", max_length=8, blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True)
    tile_column = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "name"], name="successor_once"),
            models.CheckConstraint(condition=Q(new=True) | Q(body__isnull=False), name="successor_is_a_body"),
        ]

    def __str__(self) -> str:
        return self.name


class Cover(models.Model):
    """Who covers whom from the first day: a successor and the board or authority on the other side."""

    successor = models.ForeignKey(Successor, on_delete=models.CASCADE, related_name="covers")
    other = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    coverage = models.CharField(max_length=5, choices=Footprint.Coverage)

    class Meta:
        ordering = ["other__name"]
        constraints = [models.UniqueConstraint(fields=["successor", "other"], name="cover_once")]

    def __str__(self) -> str:
        return f"{self.successor}: {self.other} ({self.coverage})"


class Move(models.Model):
    """What becomes of one role at a body that ends: a seat at each of `to`; with none the role ends."""

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, related_name="moves")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    to = models.ManyToManyField(Successor, related_name="+")
    said = models.CharField(max_length=300, blank=True)  # what was done on the day

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["reorganisation", "membership"], name="move_once")]

    def __str__(self) -> str:
        return f"{self.membership}"


class Settlement(models.Model):
    """What becomes of one open thing of a body that ends."""

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, related_name="settlements")
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # registry.Holding.key
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    fate = models.CharField(max_length=40)
    words = models.CharField(max_length=300, blank=True)  # what the fate says, with its successor
    successor = models.ForeignKey(Successor, on_delete=models.CASCADE, null=True, related_name="+")
    unforeseen = models.BooleanField(default=False)  # it turned up after preparing
    said = models.CharField(max_length=500, blank=True)  # what was done on the day

    class Meta:
        ordering = ["kind", "title", "pk"]
        constraints = [models.UniqueConstraint(fields=["reorganisation", "key"], name="settlement_once")]

    def __str__(self) -> str:
        return f"{self.title}: {self.fate}"

    @property
    def outcome(self) -> str:
        """What was done, or is to be done, with the thing named once."""
        named = self.title.rpartition(":")[0] or self.title
        return self.said if named in self.said else f"{self.title}: {self.said or self.words}"
