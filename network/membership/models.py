"""Invitations: how somebody comes to an account and a role."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse

from network import dates
from network.audience import Scoped, ScopedQuerySet
from network.people.models import Membership, Organisation, User
from network.roles import GRANTS, INVITED_BY_LEADS, ORGANISATION_ROLES, Permission, Role
from network.workflow import Stateful, Transition, Workflow

GOOD_FOR = timedelta(days=7)


def may_invite(user: User, role: str, where: Organisation | None) -> bool:
    """An admin invites anybody; a lead to their own authority, and no other lead."""
    if user.may(Permission.PEOPLE_MANAGE):
        return True
    return where is not None and role in INVITED_BY_LEADS and user.may(Permission.PEOPLE_INVITE, at=where)


def digest(token: str) -> str:
    """What is kept of a token: whoever reads the database can't make a link of it."""
    return sha256(token.encode()).hexdigest()


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    def with_standing(self) -> Self:
        """Says of each whether its sender may still invite to it: `sender_may`."""
        held = Membership.objects.in_force().filter(user=OuterRef("invited_by"))
        anybody = held.filter(role__in=_roles_with(Permission.PEOPLE_MANAGE))
        own = held.filter(
            role__in=_roles_with(Permission.PEOPLE_INVITE), organisation=OuterRef("organisation")
        )
        may = Exists(anybody) | (Q(role__in=sorted(INVITED_BY_LEADS)) & Exists(own))
        return self.annotate(sender_may=models.ExpressionWrapper(may, models.BooleanField()))

    def with_others(self, reader: User) -> Self:
        """Says of each that can be accepted how many others to its address this reader sees: `others`."""
        same = Invitation.objects.visible_to(reader).good().filter(email=OuterRef("email"))
        others = same.exclude(pk=OuterRef("pk")).order_by().values("email")
        number = Subquery(others.values(number=Count("pk")), output_field=models.IntegerField())
        stands = Q(status=Invitation.Status.OPEN, expires_at__gt=dates.now(), sender_may=True)
        return self.with_standing().annotate(others=Case(When(stands, then=Coalesce(number, 0)), default=0))

    def good(self) -> Self:
        """Those that can be accepted now."""
        return self.with_standing().filter(
            status=Invitation.Status.OPEN, expires_at__gt=dates.now(), sender_may=True
        )


def _roles_with(permission: Permission) -> list[Role]:
    return [role for role, grants in GRANTS.items() if permission in grants]


InvitationManager = models.Manager.from_queryset(InvitationQuerySet)


class Invitation(Scoped, Stateful):
    """One person at one address is asked to take one role. The link in the mail works once.

    It is worth what its sender may do on the day on which it is accepted: a lead whose role has ended leaves
    no open doors behind.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        REVOKED = "revoked", "Withdrawn"

    email = models.EmailField("e-mail address")  # in small letters
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=Role)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    for_person = models.ForeignKey(  # somebody known without an account, whom an admin meant
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN, editable=False)
    made_at = models.DateTimeField(default=dates.now)
    expires_at = models.DateTimeField()
    sendings = models.PositiveSmallIntegerField(default=1)
    token = models.CharField(max_length=64, blank=True)  # its digest, once the mail is written
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)

    objects: ClassVar[InvitationManager[Invitation]] = InvitationManager()

    workflow: ClassVar[Workflow] = Workflow(
        transitions=(
            Transition(
                name="send again",
                sources=frozenset({"open"}),
                target="open",
                says="Send it again",
                permission=Permission.PEOPLE_MANAGE,
                also=lambda row, user: may_invite(user, row.role, row.organisation),
            ),
            Transition(
                name="withdraw",
                sources=frozenset({"open"}),
                target="revoked",
                says="Withdraw it",
                permission=Permission.PEOPLE_MANAGE,
                also=lambda row, user: may_invite(user, row.role, row.organisation),
            ),
            Transition(  # by whoever holds the link, under the conditions of `accepting`
                name="accept",
                sources=frozenset({"open"}),
                target="accepted",
                says="Accept it",
                permission=None,
            ),
        )
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role", "organisation"],
                condition=Q(status="open", organisation__isnull=False),
                name="invitation_open_once_at_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["email", "role"],
                condition=Q(status="open", organisation__isnull=True),
                name="invitation_open_once_in_the_network",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ORGANISATION_ROLES), organisation__isnull=False)
                | (~Q(role__in=sorted(ORGANISATION_ROLES)) & Q(organisation__isnull=True)),
                name="invitation_role_fits_organisation",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", accepted_by__isnull=False, accepted_at__isnull=False)
                | (~Q(status="accepted") & Q(accepted_by__isnull=True, accepted_at__isnull=True)),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(token=""), name="invitation_link_only_while_open"
            ),
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="invitation_link_once"),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))), name="invitation_email_in_small_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.seat}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """An admin sees all, a lead those to their own authority."""
        if user.may(Permission.PEOPLE_MANAGE):
            return Q()
        return Q(organisation__in=user.standing.organisations(Permission.PEOPLE_INVITE))

    def get_absolute_url(self) -> str:
        return reverse("invitation_detail", args=[self.pk])

    def address_for(self, reader: User) -> str:
        """The address to which it went; once accepted it is that person's, and shown to whom they chose."""
        shown = self.accepted_by is None or self.accepted_by.contact_for(reader)
        return self.email if shown else ""

    def others_for(self, reader: User) -> list[Invitation]:
        """Other open invitations to the address that the reader sees; none once this one is over."""
        if self.status != self.Status.OPEN or self.is_late:
            return []
        return [one for one in waiting_for(self.email, reader) if one.pk != self.pk]

    @property
    def seat(self) -> str:
        return seat_words(self.role, self.organisation)

    @property
    def is_late(self) -> bool:
        return self.status == self.Status.OPEN and self.expires_at <= dates.now()


def waiting_for(email: str, reader: User) -> list[Invitation]:
    """The open invitations to the address that the reader sees: a lead those to their own authority, and of
    another one's nothing."""
    rows = Invitation.objects.visible_to(reader).good().filter(email=email)
    return list(rows.select_related("organisation", "invited_by").order_by("expires_at", "pk"))


def seat_words(role: str, where: Organisation | None) -> str:
    """ "deputy at Kent County Council", "co-chair"."""
    label = Role(role).label.lower()
    return f"{label} at {where.full_name}" if where else label
