"""People, the organisations they come from, and the roles they hold over time."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from network import dates
from network.audience import Scoped, ScopedQuerySet
from network.people.contact import Contact, ShownTo, choices_open_to
from network.roles import (
    GRANTS,
    NOBODY,
    ORGANISATION_ROLES,
    Permission,
    Role,
    Seat,
    Standing,
    forbidden_by,
)


class PersonQuerySet(ScopedQuerySet["User"]):
    """People; views reach them by `visible_to`."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None, name: str, password: str | None = None, **more: Any) -> User:
        """A person; without an address or password they have no account and can't sign in."""
        user = self.model(email=self.normalize_email(email).lower() if email else None, name=name, **more)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def with_account(self) -> models.QuerySet[User]:
        return self.filter(email__isnull=False, is_active=True)

    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def visible_to(self, user: User) -> PersonQuerySet:
        return self.get_queryset().visible_to(user)


class User(AbstractBaseUser):
    """A person whom the network knows.

    With an address and a password they sign in; the co-chairs named in the terms of reference are people
    before they have either. What a person may do follows from `memberships` alone.
    """

    email = models.EmailField("e-mail address", null=True, blank=True, unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    phone = models.CharField("telephone number", max_length=40, blank=True)
    contact_shown_to = models.CharField(max_length=12, choices=ShownTo, default=ShownTo.NETWORK)
    mail_declined = models.JSONField(default=list, blank=True)  # kinds of mail (network.mail) not wanted
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=dates.now, editable=False)
    seen_home_at = models.DateTimeField(null=True, editable=False)  # for "changed since last time"

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                condition=Q(contact_shown_to__in=ShownTo.values), name="user_contact_shown_to"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """Those who hold a role today, for members of the network; an admin knows everybody."""
        if user.may(Permission.PEOPLE_MANAGE):
            return Q()
        if not user.may(Permission.PEOPLE_READ):
            return Q(pk=user.pk)
        return Q(pk=user.pk) | Q(pk__in=Membership.objects.in_force().values("user_id"))

    @classmethod
    def restricted(cls) -> Q:
        """Who is in the network is no secret in it; an address is shown to whom its owner chose."""
        return Q(pk__in=[])

    def get_absolute_url(self) -> str:
        return reverse("person_detail", args=[self.pk])

    def display(self) -> str:
        """How pages and documents name the person."""
        return self.name

    def named_for(self, reader: User) -> str:
        """The name, for those who may read who holds which role; outside the network nobody is named."""
        known = reader.pk == self.pk or reader.may(Permission.PEOPLE_READ)
        return self.name if known else "A member of the network"

    def contact_for(self, reader: User) -> Contact:
        """The e-mail address and telephone number, as far as this reader is among those they are shown to."""
        if reader.pk != self.pk and self.contact_shown_to not in choices_open_to(reader):
            return Contact()
        return Contact(email=self.email or "", phone=self.phone)

    @cached_property
    def standing(self) -> Standing:
        """The roles in force today; asked once for each request's user object."""
        if not self.is_active:
            return NOBODY
        seats = Membership.objects.filter(user=self).in_force().values_list("role", "organisation_id")
        return Standing(frozenset(Seat(Role(role), organisation) for role, organisation in seats))

    def may(self, permission: Permission, at: Organisation | None = None) -> bool:
        return self.standing.may(permission, at=at)


class DatedQuerySet(ScopedQuerySet[Any]):
    """Rows with `starts_on` and `ends_on` (the last day); either may be open."""

    def in_force(self, on: date | None = None) -> Self:
        day = on or dates.today()
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        )


class OrganisationQuerySet(DatedQuerySet):
    def in_force(self, on: date | None = None) -> Self:
        return super().in_force(on).filter(never_in_force=False)

    def authorities(self) -> Self:
        """The member authorities of the network."""
        return self.filter(kind=Organisation.Kind.AUTHORITY, member=True, never_in_force=False)

    def icbs(self) -> Self:
        return self.filter(kind=Organisation.Kind.ICB, never_in_force=False)


OrganisationManager = models.Manager.from_queryset(OrganisationQuerySet)


class Organisation(Scoped):
    """A body with a first and a last day; what came of it stands in `Succession`."""

    class Kind(models.TextChoices):
        AUTHORITY = "authority", "Local authority"
        ICB = "icb", "Integrated care board"
        OTHER = "other", "Other body"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120)  # as the network says it: "Kent", "Kent and Medway"
    full_name = models.CharField(max_length=160)  # "Kent County Council", "NHS Kent and Medway ICB"
    slug = models.SlugField(max_length=80, unique=True)
    short = models.CharField(max_length=4, blank=True)  # two or three letters for the tile map
    member = models.BooleanField(default=False)  # an authority of this network
    authority_type = models.CharField(max_length=20, blank=True)  # county, unitary
    gss_code = models.CharField("ONS code", max_length=12, blank=True)
    dfe_code = models.CharField("DfE code", max_length=4, blank=True)
    ods_code = models.CharField("ODS code", max_length=8, blank=True)
    region = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    reorganisation_state = models.CharField(max_length=30, blank=True)
    note = models.TextField(blank=True)
    tile_row = models.PositiveSmallIntegerField(null=True)
    tile_column = models.PositiveSmallIntegerField(null=True)
    never_in_force = models.BooleanField(default=False)  # its reorganisation was withdrawn before its day

    objects: ClassVar[OrganisationManager[Organisation]] = OrganisationManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="organisation_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["ods_code"], condition=~Q(ods_code=""), name="organisation_ods_once"
            ),
            models.UniqueConstraint(
                fields=["gss_code"],
                condition=Q(kind="authority") & ~Q(gss_code=""),
                name="organisation_gss_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """The directory is open to members and partners; an observer reads reports only."""
        return Q() if user.may(Permission.DIRECTORY_READ) else Q(pk__in=[])

    def get_absolute_url(self) -> str:
        return reverse("organisation_detail", args=[self.slug])


class Succession(models.Model):
    """What came after a body: a merger, one part of a split, or another body in its place."""

    class Kind(models.TextChoices):
        MERGER = "merger", "Merger"
        SPLIT = "split", "Split"
        REPLACED = "replaced", "Replacement"

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="precessions")
    on = models.DateField()  # the successor's first day for this part
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=20)  # in force, law made, prepared
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_not_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Footprint(models.Model):
    """Which integrated care board covers which authority, wholly or in part, from when to when."""

    class Coverage(models.TextChoices):
        WHOLE = "whole", "Whole"
        PART = "part", "Part"

    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="covered_by")
    icb = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="covers")
    coverage = models.CharField(max_length=5, choices=Coverage)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Footprint]] = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "icb", "starts_on"], name="footprint_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="footprint_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.icb} covers {self.authority} ({self.coverage})"


class MembershipQuerySet(DatedQuerySet):
    def in_force(self, on: date | None = None) -> Self:
        """On a day. Today means now: a role that was ended at once is over, be its last day today."""
        rows = super().in_force(on)
        return rows if on and on < dates.today() else rows.exclude(ended_at__lte=dates.now())


class Membership(models.Model):
    """One role that one person holds, from a day to a day; an open end means still."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    starts_on = models.DateField(null=True, blank=True)  # none: not recorded
    ends_on = models.DateField(null=True, blank=True)  # the last day
    ended_at = models.DateTimeField(null=True, blank=True)  # the moment on the last day, if ended at once
    review_on = models.DateField(null=True, blank=True)  # co-chairs are reviewed yearly (ToR 2.4)
    source = models.CharField(max_length=120, blank=True)  # where the network wrote it down

    objects: ClassVar[Any] = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ORGANISATION_ROLES), organisation__isnull=False)
                | (~Q(role__in=sorted(ORGANISATION_ROLES)) & Q(organisation__isnull=True)),
                name="membership_role_fits_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ends_on__isnull=False),
                name="membership_ended_at_on_a_last_day",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "organisation"],
                condition=Q(ends_on__isnull=True, organisation__isnull=False),
                name="membership_once_at_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(ends_on__isnull=True, organisation__isnull=True),
                name="membership_once_in_the_network",
            ),
        ]

    def __str__(self) -> str:
        where = f", {self.organisation}" if self.organisation else ""
        return f"{self.user}: {self.get_role_display()}{where}"

    @property
    def review_due(self) -> date | None:
        """The day of its review; none if it is over by then. The day is kept: a term may be extended."""
        over = self.review_on and self.ends_on and self.ends_on < self.review_on
        return None if over else self.review_on


class BankHoliday(models.Model):
    """A day that is a bank holiday somewhere in the UK; none counts as a working day (FOIA 2000 s10(6))."""

    on = models.DateField(unique=True)
    title = models.CharField(max_length=120)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.title}, {dates.long_date(self.on)}"

    @classmethod
    def known(cls) -> dict[date, str]:
        """Every bank holiday that the portal knows, for the clock."""
        return dict(cls.objects.values_list("on", "title"))


def cochairs_with_account() -> list[User]:
    """The co-chairs in office today who can sign in, by name: those whose agreement counts."""
    seats = Membership.objects.in_force().filter(role=Role.CO_CHAIR).values("user_id")
    return list(User.objects.with_account().filter(pk__in=seats).order_by("name", "pk"))


def people_with(permission: Permission) -> list[User]:
    """Everybody with an account whose roles give the permission today; for mails to a role."""
    people = User.objects.with_account().filter(pk__in=holders(permission).values("user_id"))
    return list(people.order_by("name", "pk"))


def holders(permission: Permission) -> models.QuerySet[Membership]:
    """The roles in force that give the permission, of people of whom no other role takes it away."""
    roles = [role for role, grants in GRANTS.items() if permission in grants]
    held = Membership.objects.in_force()
    if barring := forbidden_by(permission):
        barred = Membership.objects.in_force().filter(role__in=barring).values("user_id")
        held = held.exclude(user__in=barred)
    return held.filter(role__in=roles)


def active_icbs(first: date, last: date) -> models.QuerySet[Organisation]:
    """The ICBs that existed at some time between two days."""
    return Organisation.objects.icbs().filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=last), Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    )
