"""What is asked: an instrument, its versions, and each version's sections and questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from network import dates
from network.audience import RESTRICTED, Audience, Scoped, levels
from questionnaires.conditions import Asked

if TYPE_CHECKING:
    from network.people.models import User


class Instrument(models.Model):
    """A questionnaire that the network asks again and again."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=160)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title


class InstrumentVersion(models.Model):
    """The questions as they stood; frozen once a round that asks them has opened."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField(max_length=12)
    provenance = models.TextField(blank=True)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="instrument_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument}, version {self.number}"

    @property
    def frozen(self) -> bool:
        return self.rounds.filter(opens_on__lte=dates.today()).exists()


class Frozen(ValidationError):
    """Somebody tried to change a question that has been asked already."""


class PartOfVersion(models.Model):
    """A section or a question: it may change until a round that asks it has opened."""

    version: Any

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.version.frozen:
            raise Frozen(f"{self.version} has been asked: it can no longer be changed. Make a new version.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.version.frozen:
            raise Frozen(f"{self.version} has been asked: nothing can be taken out of it.")
        return super().delete(*args, **kwargs)


class Section(PartOfVersion):
    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="sections")
    code = models.CharField(max_length=4)
    title = models.CharField(max_length=160)
    theme = models.CharField(max_length=160, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="section_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="section_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class Question(PartOfVersion, Scoped):
    """One question. Its `visibility` is the audience of its answers, and of any page or file about them.

    `options` of a single or multi choice; `rows` and `scale` of a matrix; `show_if` as `conditions` reads it.
    """

    class Type(models.TextChoices):
        SINGLE = "single", "One of several"
        MULTI = "multi", "Any of several"
        SHORT_TEXT = "short_text", "A line of text"
        LONG_TEXT = "long_text", "Text"
        MONTH_YEAR = "month_year", "Month and year"
        COUNT = "count", "A number, or why there is none"
        PERCENT_PAIR = "percent_pair", "Two percentages"
        CONTACT = "contact", "A person to contact"
        MATRIX = "matrix", "One choice for each statement"

    class OptionsFrom(models.TextChoices):
        GIVEN = "", "The options listed"
        ICBS = "icbs", "The ICBs of the reporting year"

    class Repeat(models.TextChoices):
        ONCE = "", "Asked once"
        ICB = "icb", "Asked for each ICB"

    VISIBILITIES = (Audience.PARTNERS, Audience.NETWORK, Audience.COORDINATOR)

    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="questions")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="questions")
    code = models.CharField(max_length=8)
    text = models.TextField()
    type = models.CharField(max_length=12, choices=Type)
    options = models.JSONField(default=list, blank=True)
    options_from = models.CharField(max_length=8, choices=OptionsFrom, blank=True, default="")
    guidance = models.TextField(blank=True)
    required = models.BooleanField(default=False)
    show_if = models.JSONField(default=dict, blank=True)
    repeat = models.CharField(max_length=4, choices=Repeat, blank=True, default="")
    visibility = models.CharField(
        max_length=12, choices=[(one.value, one.label) for one in VISIBILITIES], default=Audience.NETWORK
    )
    evidence_upload = models.BooleanField(default=False)
    unit = models.CharField(max_length=20, blank=True)
    rows = models.JSONField(default=list, blank=True)
    scale = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="question_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="question_position_once"),
            models.CheckConstraint(
                condition=Q(visibility__in=["partners", "network", "coordinator"]),
                name="question_visibility_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.text}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Whose answers of all authorities the person may read together: results, charts, exports.

        An authority's own form asks every question of it, by way of its return.
        """
        return Q(visibility__in=levels(user))

    @classmethod
    def restricted(cls) -> Q:
        return Q(visibility__in=RESTRICTED)

    @property
    def repeated(self) -> bool:
        return self.repeat == self.Repeat.ICB

    @property
    def asked(self) -> Asked:
        """What the pure conditions need to know."""
        return Asked(self.code, self.repeated, self.show_if)
