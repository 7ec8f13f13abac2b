"""The notes of a meeting: what was said on each item, what was decided, who does what by when.

Everything here follows the audience of the agenda item under which it stands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import agreements, audience, dates
from network.agreements import Agreeable
from network.audience import Audience, Scoped
from network.meetings.models.agenda import AgendaItem, when_agreed
from network.meetings.models.schedule import Meeting
from network.people.models import Organisation, User, cochairs_with_account
from network.roles import Permission
from network.workflow import Workflow


def _not_ready(notes: Notes) -> str:
    """Why the notes can't be offered for agreement yet; "" if they can."""
    if not notes.meeting.has_come():
        return "The meeting has not taken place yet."
    if notes.meeting.chair_id is None and not settings.NOTES_NEED_BOTH_CO_CHAIRS:
        return "Say first who chaired the meeting: that co-chair agrees the notes."
    written = NoteEntry.objects.filter(item__meeting=notes.meeting_id)
    if not written.exclude(item__audience=Audience.LEGAL).exists():
        return "Nothing has been written yet."
    return ""


def _moves() -> Workflow:
    moves = agreements.moves(offer=Permission.MEETING_MANAGE, agree=Permission.NOTES_AGREE, says="the notes")
    return Workflow(
        transitions=tuple(
            replace(move, check=_not_ready) if move.name == "offer" else move for move in moves.transitions
        )
    )


class Notes(Agreeable, Scoped):
    """What the co-chair who chaired agrees, or both co-chairs where the network has set that."""

    workflow: ClassVar[Workflow] = _moves()
    awaits: ClassVar[str] = "await"

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="notes")

    class Meta:
        verbose_name_plural = "notes"

    def __str__(self) -> str:
        return f"Notes of {dates.long_date(self.meeting.on)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return when_agreed(user, "status")

    @classmethod
    def restricted(cls) -> Q:
        return ~Q(status=Agreeable.Status.AGREED)

    def not_ready(self) -> str:
        """Why these notes can't be offered yet, as a sentence; "" if they can."""
        return _not_ready(self)

    def agreers(self) -> list[User]:
        cochairs = cochairs_with_account()
        if settings.NOTES_NEED_BOTH_CO_CHAIRS:
            return cochairs
        return [person for person in cochairs if person.pk == self.meeting.chair_id]

    def asks(self, user: User) -> bool:
        """Whether this co-chair's yes is among those needed."""
        return settings.NOTES_NEED_BOTH_CO_CHAIRS or self.meeting.chair_id == user.pk

    def agreers_needed(self) -> int:
        return settings.CO_CHAIRS_WHO_AGREE if settings.NOTES_NEED_BOTH_CO_CHAIRS else 1

    def get_absolute_url(self) -> str:
        return reverse("notes_detail", args=[self.meeting.on])


def _with_item(user: User) -> Q:
    return audience.rule(user, "network.agendaitem", "item__") & when_agreed(
        user, "item__meeting__notes__status"
    )


class UnderItem(Scoped):
    """What the notes say under an agenda item: for the readers of the item, once the notes are agreed."""

    stands_under: ClassVar[tuple[str, ...]] = ("item",)

    class Meta:
        abstract = True

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return _with_item(user)

    @classmethod
    def restricted(cls) -> Q:
        return super().restricted() | ~Q(item__meeting__notes__status=Agreeable.Status.AGREED)


class NoteEntry(UnderItem):
    """What was said on one item."""

    item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="entry")
    text = models.TextField()  # Markdown

    class Meta:
        verbose_name_plural = "note entries"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_entry_not_empty")]

    def __str__(self) -> str:
        return f"Notes on {self.item}"


class Decision(UnderItem):
    """What was decided on one item.

    Whoever reads the item reads it; `published` lets everybody who signs in read it as well, and so the
    report to the AD Safeguarding Network, once the notes are agreed. What was decided
    on a legal item is never published.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    text = models.TextField()
    published = models.BooleanField("may be told to the AD Safeguarding Network", default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="decision_not_empty")]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def readable_by(cls, user: User) -> Q:
        if not user.may(Permission.READ_PUBLISHED):
            return Q(pk__in=[])
        told = Q(published=True, item__meeting__notes__status=Agreeable.Status.AGREED)
        return _with_item(user) | (told & ~Q(item__audience=Audience.LEGAL))

    @classmethod
    def restricted(cls) -> Q:
        told = Q(published=True, item__meeting__notes__status=Agreeable.Status.AGREED)
        return super().restricted() & ~(told & ~Q(item__audience=Audience.LEGAL))


class NoteAction(UnderItem):
    """Who is to do what by when. When the notes are agreed, the plan takes it over."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="note_actions")
    text = models.CharField(max_length=300)
    owner_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_action_not_empty"),
            models.CheckConstraint(
                condition=Q(owner_organisation__isnull=False) | Q(owner__isnull=False),
                name="note_action_has_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def owner_words(self) -> str:
        """ "Lead, Kent (Kent)", "Kent" or "Coordinator"."""
        names = [str(owner) for owner in (self.owner, self.owner_organisation) if owner]
        return f"{names[0]} ({names[1]})" if len(names) > 1 and names[1] not in names[0] else names[0]
