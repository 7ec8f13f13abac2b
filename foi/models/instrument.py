"""What is asked: the data items under the network's seven questions, in versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models
from django.db.models import Q

from network.audience import Scoped
from network.people.models import User
from network.roles import Permission


def readers_of_questions(user: User) -> Q:
    """What is asked is no secret: a letter carries it out of the network. An observer reads reports only."""
    return Q() if user.may(Permission.READ_PARTNERS) else Q(pk__in=[])


class ItemVersion(Scoped):
    """One wording of the whole request; never changed once a round has used it."""

    number = models.PositiveSmallIntegerField(unique=True)
    title = models.CharField(max_length=120)
    questions = models.JSONField(default=dict)  # "1" → how the network words the question
    rules = models.JSONField(default=list)  # see foi.sums.Rule

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return readers_of_questions(user)

    def question(self, number: int) -> str:
        return str(self.questions.get(str(number), ""))


class Item(Scoped):
    """One figure or statement that is asked for."""

    class Type(models.TextChoices):
        COUNT = "count", "A count"
        MONEY = "money", "An amount of money"
        DURATION = "duration", "A length of time"
        YES_NO = "yes_no", "Yes or no"
        MULTI = "multi", "One or more of a list"
        TEXT = "text", "A date or some words"

    CURRENT = "current"  # asked once, as things stand, and not for each year

    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=6)  # "1.4"
    question = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=160)
    unit = models.CharField(max_length=30)
    value_type = models.CharField(max_length=10, choices=Type)
    period_basis = models.CharField(max_length=80)
    choices = models.JSONField(default=list)  # of a list: what may be chosen
    bases = models.JSONField(default=list)  # where a reply must say on which basis it counts
    definition = models.TextField(blank=True)
    slips = models.JSONField(default=list)  # how replies typically miss the question
    core = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="foi_item_code_once"),
            models.CheckConstraint(condition=Q(question__gte=1), name="foi_item_has_a_question"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return readers_of_questions(user)

    def years_of(self, years: Sequence[str]) -> list[str]:
        """For which of a round's years the item is asked; "" stands for "as things are now"."""
        return [""] if self.period_basis == self.CURRENT else list(years)

    @property
    def is_count(self) -> bool:
        return self.value_type == self.Type.COUNT


def asked_in(items: Iterable[Item], years: Sequence[str]) -> list[tuple[Item, str]]:
    """Every item with every year that it is asked for."""
    return [(item, year) for item in items for year in item.years_of(years)]
