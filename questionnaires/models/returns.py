"""One authority's answers in one round: a draft that its people share, then what was submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import dates
from network.audience import RESTRICTED, Audience, Scoped, levels
from network.files import StoredFile
from network.people.history import came_before
from network.people.models import Organisation
from network.roles import Permission
from network.workflow import Stateful, Transition, Workflow
from questionnaires.models.instrument import Question, Section
from questionnaires.models.rounds import Round

if TYPE_CHECKING:
    from network.people.models import User


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    CLOSED = "closed", "Closed unanswered"


@dataclass(frozen=True)
class Told:
    """How a return stands, as lists and maps say it to everybody: in words, a letter and a colour."""

    words: str
    letter: str
    colour: str


SUBMITTED = Told("Submitted", "S", "green")
NOT_YET = Told("Not submitted yet", "–", "yellow")
MISSED = Told("Did not submit", "N", "orange")
UNANSWERED = Told("Closed unanswered", "C", "grey")


def _while_open(row: Return) -> str:
    return row.round.why_not_open()


def _has_ended(row: Return) -> str:
    last = row.authority.ends_on
    return "" if last and last < dates.today() else f"{row.authority.name} still exists."


class Return(Stateful, Scoped):
    """One authority's return in one round.

    `approved` says that the director (or someone acting for them) approved what was submitted for sharing:
    the answer to the question that asks so (A4), taken over in the moment of submission. Only then do other
    members read it; see `readable_by`.

    An authority that ends while a round is open leaves its return to a successor, which finishes it for the
    authority (`answered_by`), or it is closed unanswered. Whose return it is never changes.
    """

    Status = Status

    workflow: ClassVar[Workflow] = Workflow(
        transitions=(
            Transition(
                name="submit",
                sources=frozenset({Status.DRAFT}),
                target=Status.SUBMITTED,
                says="Submit the return",
                permission=Permission.RETURN_SUBMIT,
                check=_while_open,
            ),
            Transition(
                name="reopen",
                sources=frozenset({Status.SUBMITTED}),
                target=Status.DRAFT,
                says="Reopen the return to change answers",
                permission=Permission.RETURN_SUBMIT,
                check=_while_open,
            ),
            Transition(
                name="close",
                sources=frozenset({Status.DRAFT}),
                target=Status.CLOSED,
                says="Close it unanswered: the authority has ended",
                permission=Permission.ROUND_MANAGE,
                check=_has_ended,
            ),
        ),
        organisation="answering",
    )

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="returns")
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="returns")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved = models.BooleanField(default=False, editable=False)
    submissions = models.PositiveSmallIntegerField(default=0, editable=False)
    answered_by = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )  # of few returns: the index is of those alone
    closed_on = models.DateField(null=True, editable=False)

    inherited: bool  # where a fetch says so: read because the reader's authority came after this one

    class Meta:
        ordering = ["authority__name"]
        indexes = [
            models.Index(
                fields=["answered_by"], condition=Q(answered_by__isnull=False), name="return_answered_by"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "authority"], name="return_once_a_round"),
            models.CheckConstraint(
                condition=Q(
                    status="submitted",
                    submitted_at__isnull=False,
                    submitted_by__isnull=False,
                    submissions__gte=1,
                    closed_on__isnull=True,
                )
                | Q(
                    status="draft",
                    submitted_at__isnull=True,
                    submitted_by__isnull=True,
                    approved=False,
                    closed_on__isnull=True,
                )
                | Q(
                    status="closed",
                    submitted_at__isnull=True,
                    submitted_by__isnull=True,
                    approved=False,
                    closed_on__isnull=False,
                ),
                name="return_submitted_says_when_and_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority}, {self.round}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """One's own authority from the opening on, and whoever came after it once submitted; the overseer
        once submitted; others once it is shared."""
        own = user.standing.organisations(Permission.RETURN_READ)
        readable = Q(Q(authority_id__in=own) | Q(answered_by__in=own), round__opens_on__lte=dates.today())
        readable |= cls.inherited_by(user)
        if user.may(Permission.RETURN_OVERSEE):
            readable |= Q(status=Status.SUBMITTED)
        shared = Q(status=Status.SUBMITTED, approved=True)
        if user.may(Permission.READ_NETWORK):
            readable |= shared
        elif user.may(Permission.READ_PARTNERS):
            asked = Question.objects.filter(visibility=Audience.PARTNERS).values("version_id")
            readable |= shared & Q(round__version_id__in=asked)
        return readable

    @classmethod
    def inherited_by(cls, user: User) -> Q:
        """What an authority submitted that has ended, for the people of each that came after it."""
        own = user.standing.organisations(Permission.RETURN_READ)
        if not own:
            return Q(pk__in=[])
        return Q(status=Status.SUBMITTED, authority__in=came_before(own))

    @classmethod
    def restricted(cls) -> Q:
        return ~Q(status=Status.SUBMITTED, approved=True)

    def get_absolute_url(self) -> str:
        return reverse("return_detail", args=[self.round.slug, self.authority.slug])

    @property
    def is_submitted(self) -> bool:
        return self.status == Status.SUBMITTED

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def told(self) -> Told:
        """Whether a draft can still be submitted makes the difference; how far it is, nobody is told."""
        if self.is_submitted:
            return SUBMITTED
        if self.is_closed:
            return UNANSWERED
        return MISSED if self.round.is_closed else NOT_YET

    @property
    def answering(self) -> Organisation:
        """Whose people fill it in and submit it."""
        return self.answered_by or self.authority

    @property
    def answering_id(self) -> int:
        return self.answered_by_id or self.authority_id

    @property
    def reference(self) -> str:
        """What the receipt carries: round, authority, and which submission it was."""
        return f"{self.round.slug}/{self.authority.slug}/{self.submissions}".upper()


class SectionState(models.Model):
    """What an authority's people say of a section: completed or not yet."""

    for_return = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="section_states")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    completed = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=dates.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["for_return", "section"], name="section_state_once"),
        ]

    def __str__(self) -> str:
        return f"{self.section}: {'completed' if self.completed else 'in progress'}"


class Answer(Scoped):
    """One answer, about one ICB where the question repeats.

    `value` has the shape of the question's type (see `answers`), null when it was cleared. `submitted`
    marks what the last submission held: an answer to a question that is no longer asked stays in the draft
    without it.
    """

    for_return = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    icb = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    value = models.JSONField(null=True)
    evidence = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=dates.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["for_return", "question", "icb"],
                condition=Q(icb__isnull=False),
                name="answer_once_for_an_icb",
            ),
            models.UniqueConstraint(
                fields=["for_return", "question"], condition=Q(icb__isnull=True), name="answer_once"
            ),
        ]
        indexes = [
            models.Index(fields=["question"], condition=Q(submitted=True), name="answer_submitted"),
            models.Index(
                fields=["for_return"], condition=Q(evidence__isnull=False), name="answer_with_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} of {self.for_return_id}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """One's own authority's, drafts too; what an authority submitted, for whoever came after it and for
        the overseer; for others what is shared."""
        own = user.standing.organisations(Permission.RETURN_READ)
        readable = Q(for_return__authority_id__in=own) | Q(for_return__answered_by__in=own)
        submitted = Q(submitted=True, for_return__status=Status.SUBMITTED)
        if own:
            readable |= submitted & Q(for_return__authority__in=came_before(own))
        if user.may(Permission.RETURN_OVERSEE):
            readable |= submitted
        if user.may(Permission.READ_PARTNERS):
            readable |= submitted & Q(for_return__approved=True, question__visibility__in=levels(user))
        return readable

    @classmethod
    def restricted(cls) -> Q:
        """What is not shared, or never will be beyond a few."""
        shared = Q(submitted=True, for_return__status=Status.SUBMITTED, for_return__approved=True)
        return ~shared | Q(question__visibility__in=RESTRICTED)
