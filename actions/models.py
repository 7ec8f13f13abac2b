"""The network's one action plan: themes, what they aim at, and who does what by when.

Source: the regional action plan, section 3, which names theme, objective, detail, lead and timeline.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from network import dates
from network.audience import Audience, Readable, Scoped, ScopedQuerySet, narrowest, rule
from network.people.models import Organisation, User
from network.roles import Permission
from network.workflow import Stateful, Transition, Workflow

OPEN_PLAN = (Audience.PUBLISHED, Audience.PARTNERS, Audience.NETWORK)
"""Only actions that every member reads are ever counted in a figure."""


def _members_only(user: User) -> Q:
    return Q() if user.may(Permission.READ_NETWORK) else Q(pk__in=[])


class Theme(Scoped):
    """One part of the plan."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    about = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return _members_only(user)

    def get_absolute_url(self) -> str:
        return reverse("theme_detail", args=[self.slug])


class Objective(Scoped):
    """What a theme is to achieve."""

    slug = models.SlugField(max_length=60, unique=True)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="objectives")
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["theme__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "position"], name="objective_position_once"),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return _members_only(user)


class DetailItem(Scoped):
    """One piece of work that the plan names under an objective."""

    slug = models.SlugField(max_length=60, unique=True)
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="details")
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["objective__theme__position", "objective__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["objective", "position"], name="detail_position_once"),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return _members_only(user)


class Status(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"


OPEN = (Status.NOT_STARTED, Status.IN_PROGRESS)


def may_update(action: Action, user: User) -> bool:
    """The coordinator, whoever may post for the owning authority, and the owner in person."""
    if user.may(Permission.ACTION_MANAGE):
        return True
    if action.owner_id == user.pk and user.may(Permission.READ_NETWORK):
        return True
    at = action.owner_organisation
    return at is not None and user.may(Permission.ACTION_UPDATE, at=at)


class ActionQuerySet(ScopedQuerySet[Any]):
    def counted(self) -> Self:
        """The actions that may enter a figure: those that every member of the network reads."""
        item = Q(origin_item__isnull=True) | Q(origin_item__audience__in=OPEN_PLAN)
        return self.filter(item, audience__in=OPEN_PLAN)

    def as_at(self, moment: datetime) -> Self:
        """The plan as it stood: only actions that were in it, with `state_then` and `due_then`.

        Both come from the last dated update before the moment, so that a past period is never told by
        what was changed after it.
        """
        last = Update.objects.filter(action=OuterRef("pk"), at__lt=moment).order_by("-at", "-pk")
        return self.filter(created_at__lt=moment).annotate(
            state_then=Subquery(last.values("status")[:1]), due_then=Subquery(last.values("due_on")[:1])
        )

    def overdue(self, on: date | None = None) -> Self:
        return self.filter(status__in=OPEN, due_on__lt=on or dates.today())


ActionManager = models.Manager.from_queryset(ActionQuerySet)


class Action(Stateful, Readable):
    """One thing that somebody does by some day."""

    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )  # none: taken over from a meeting and not yet put under a theme
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    text = models.TextField()
    owner_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.NOT_STARTED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=dates.now, editable=False)
    origin_key = models.CharField(max_length=80, null=True, unique=True, editable=False)  # noqa: DJ001
    origin_item = models.ForeignKey(
        "network.AgendaItem",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )  # the agenda item whose agreed notes this was taken over from

    objects: ClassVar[ActionManager[Any]] = ActionManager()
    stands_under: ClassVar[tuple[str, ...]] = ("origin_item",)

    workflow = Workflow(
        transitions=(
            Transition(
                name="start",
                sources=frozenset({Status.NOT_STARTED}),
                target=Status.IN_PROGRESS,
                says="Mark as started",
                permission=Permission.ACTION_MANAGE,
                also=may_update,
            ),
            Transition(
                name="finish",
                sources=frozenset(OPEN),
                target=Status.DONE,
                says="Mark as done",
                permission=Permission.ACTION_MANAGE,
                also=may_update,
            ),
            Transition(
                name="stop",
                sources=frozenset(OPEN),
                target=Status.STOPPED,
                says="Stop this action",
                permission=Permission.ACTION_MANAGE,
            ),
            Transition(
                name="reopen",
                sources=frozenset({Status.DONE, Status.STOPPED}),
                target=Status.IN_PROGRESS,
                says="Open it again",
                permission=Permission.ACTION_MANAGE,
                also=may_update,
            ),
        )
    )

    class Meta:
        ordering = ["theme__position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="action_says_what"),
            models.CheckConstraint(
                condition=Q(objective__isnull=True) | Q(theme__isnull=False), name="action_objective_in_theme"
            ),
            models.CheckConstraint(
                condition=Q(origin_key__isnull=True, origin_item__isnull=True)
                | Q(origin_key__isnull=False, origin_item__isnull=False),
                name="action_origin_whole",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"])]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """By its own audience and by that of the agenda item it came from, as that is today.

        Who is named for a legal item is asked of the item alone: an action is never named for apart from it.
        That the item's notes are being agreed anew takes nothing out of the plan.
        """
        return cls.readable_through(user)

    @classmethod
    def readable_through(cls, user: User, prefix: str = "") -> Q:
        """The same rule, reached from what stands under an action: `prefix` is the path to it."""
        item = f"{prefix}origin_item"
        of_item = rule(user, "network.agendaitem", f"{item}__")
        own = rule(user, "actions.action", prefix)
        own |= Q(**{f"{prefix}audience": Audience.LEGAL, f"{item}__isnull": False})
        return own & (Q(**{f"{item}__isnull": True}) | of_item)

    @property
    def readers(self) -> Audience:
        """Who reads it: the narrower of its own audience and its agenda item's."""
        return self.read_as(self.audience)

    def read_as(self, audience: str) -> Audience:
        """Who would read it, had it this audience of its own."""
        item = self.origin_item
        return narrowest(audience, item.audience) if item else Audience(audience)

    def why_not_read_by(self, audience: str) -> str:
        """Why the action can't be given these readers, or "": it has never more than its agenda item."""
        item = self.origin_item
        if item is None or narrowest(audience, self.audience) == audience:
            return ""
        if narrowest(audience, item.audience) == audience:
            return ""
        return (
            f"This action comes from the agenda item “{item.title}”, which is for: "
            f"{Audience(item.audience).label.lower()}. Change who reads that item first"
        )

    def get_absolute_url(self) -> str:
        return reverse("action_detail", args=[self.pk])

    @property
    def is_overdue(self) -> bool:
        return self.status in OPEN and self.due_on is not None and self.due_on < dates.today()

    def lead(self, *, names: bool) -> str:
        """Who leads, as the plan says it: "Kent", "Lead, Kent", or nobody yet.

        `names` False for a reader outside the network, who learns the authority and no person.
        """
        if self.owner and names:
            return self.owner.display()
        if self.owner_organisation:
            return self.owner_organisation.name
        return "A member of the network" if self.owner else "Nobody yet"


class Update(Scoped):
    """What happened to an action on a day: the state, the due date and the progress from then on."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="updates")
    text = models.TextField(blank=True)
    status = models.CharField(max_length=12, choices=Status)
    due_on = models.DateField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    moved = models.CharField(max_length=40, blank=True)  # what the portal noted: "Added to the plan"
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=dates.now)

    stands_under: ClassVar[tuple[str, ...]] = ("action", "action__origin_item")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["action", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100), name="update_percent"
            ),
            models.CheckConstraint(condition=~Q(text="", moved=""), name="update_says_something"),
        ]

    def __str__(self) -> str:
        return self.text or self.moved

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Whoever reads the action."""
        return Action.readable_through(user, "action__")
