"""The agenda of a meeting and its items."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import agreements, audience, dates
from network.agreements import Agreeable
from network.audience import Readable, Scoped
from network.meetings.models.schedule import Meeting
from network.people.models import User, cochairs_with_account
from network.roles import Permission
from network.workflow import Workflow

if TYPE_CHECKING:
    from network.meetings.models.notes import NoteEntry


def when_agreed(user: User, *paths: str) -> Q:
    """What is still being worked on is read by co-chairs and the coordinator, what is agreed by members.

    `paths` lead to the statuses of which one at least must be agreed.
    """
    if user.may(Permission.READ_CHAIRS):
        return Q()
    if not user.may(Permission.READ_NETWORK):
        return Q(pk__in=[])
    agreed = Q()
    for path in paths:
        agreed |= Q(**{path: Agreeable.Status.AGREED})
    return agreed


class Agenda(Agreeable, Scoped):
    """What both co-chairs agree (terms of reference 2.2); its items hang on the meeting."""

    workflow: ClassVar[Workflow] = agreements.moves(
        offer=Permission.MEETING_MANAGE, agree=Permission.AGENDA_AGREE, says="the agenda"
    )

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="agenda")

    def __str__(self) -> str:
        return f"Agenda for {dates.long_date(self.meeting.on)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return when_agreed(user, "status")

    @classmethod
    def restricted(cls) -> Q:
        return ~Q(status=Agreeable.Status.AGREED)

    def agreers(self) -> list[User]:
        return cochairs_with_account()

    def get_absolute_url(self) -> str:
        return reverse("agenda_detail", args=[self.meeting.on])


class AgendaItem(Readable):
    """One thing to talk about. Its number is not kept: each reader counts the items that they see."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(editable=False)
    title = models.CharField(max_length=200)
    body = models.TextField("what it is about", blank=True)  # Markdown
    presenter = models.CharField(max_length=120, blank=True)  # a role, as a rule
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    standing = models.BooleanField(default=False, editable=False)  # came with the meeting

    entry: NoteEntry

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_item_position_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """By its audience, once the agenda or the notes in which it stands are agreed."""
        agreed = when_agreed(user, "meeting__agenda__status", "meeting__notes__status")
        return audience.rule(user, "network.agendaitem") & agreed

    @classmethod
    def restricted(cls) -> Q:
        """What is still being worked on is read by so few, too."""
        agreed = Q(meeting__agenda__status=Agreeable.Status.AGREED)
        agreed |= Q(meeting__notes__status=Agreeable.Status.AGREED)
        return super().restricted() | ~agreed

    def seen_at(self, user: User) -> str:
        """Its place on the agenda's page, by the number that this reader sees there."""
        before = AgendaItem.objects.visible_to(user).filter(
            meeting=self.meeting_id, position__lte=self.position
        )
        return f"{self.meeting.agenda.get_absolute_url()}#item-{before.count()}"
