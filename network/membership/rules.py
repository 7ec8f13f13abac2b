"""What may not be of people, addresses, roles and terms; each said in one sentence.

The acts ask these under lock. `Unfit.field` names the field of a form which the sentence is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from network import dates
from network.demo import DOMAIN
from network.membership.models import seat_words
from network.people.models import Membership, Organisation, User
from network.people.names import address_as_kept, name_as_kept, why_no_name
from network.roles import AUTHORITY_ROLES, ORGANISATION_ROLES, Role
from network.workflow import Refused

ONE_DAY = timedelta(days=1)


class Unfit(Refused):
    """What was asked for can't be; `field` is where."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


# -- Addresses and names ------------------------------------------------------------------------------


def address(text: str) -> str:
    """The address as the portal keeps it."""
    email = address_as_kept(text)
    try:
        validate_email(email)
    except ValidationError:
        raise Unfit("email", f"“{text}” is not an e-mail address.") from None
    if email.endswith(f"@{DOMAIN}") and not settings.PORTAL_DEMO:
        raise Unfit(
            "email", f"Addresses at {DOMAIN} belong to a demonstration: the portal would no longer start."
        )
    return email


def full_name(text: str) -> str:
    name = name_as_kept(text)
    if not name or len(name) > 120:
        raise Unfit("name", "Give the person’s name, up to 120 characters.")
    if says := why_no_name(name):
        raise Unfit("name", f"{says}.")
    return name


# -- Roles that take the place of others ----------------------------------------------------------------

TAKES_THE_PLACE_OF: dict[Role, tuple[Role, ...]] = {
    Role.LEAD: (Role.DEPUTY, Role.CONTRIBUTOR),
    Role.DEPUTY: (Role.CONTRIBUTOR,),
}
"""At one authority: a lead needs no other role there to do what a deputy or a contributor does."""


def earlier_roles(person: User, role: Role, where: Organisation | None, first: date) -> list[Membership]:
    """Those that would stand beside the new one on its first day or later."""
    rows = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first),
        user=person,
        organisation=where,
        role__in=TAKES_THE_PLACE_OF.get(role, ()),
        ended_at__isnull=True,
    )
    return list(rows.select_related("organisation", "user").order_by("pk")) if where else []


# -- A role and its body ------------------------------------------------------------------------------


def check_seat(role: Role, where: Organisation | None) -> None:
    """A role of an authority at a member authority, a partner at a board, the others in the network."""
    if where is None:
        if role in ORGANISATION_ROLES:
            raise Unfit(
                "organisation", f"The role {role.label.lower()} is held at an organisation: choose one."
            )
        return
    if role not in ORGANISATION_ROLES:
        raise Unfit(
            "organisation",
            f"The role {role.label.lower()} is held in the network as a whole: choose no organisation.",
        )
    is_member = where.kind == Organisation.Kind.AUTHORITY and where.member
    if (role in AUTHORITY_ROLES) != is_member:
        fits = (
            "a member authority" if role in AUTHORITY_ROLES else "an integrated care board or another partner"
        )
        raise Unfit("organisation", f"{role.label} is a role at {fits}; {where.full_name} is not one.")


@dataclass(frozen=True)
class Days:
    """From a first to a last day; none of either is open."""

    first: date | None
    last: date | None

    def overlaps(self, other: Days) -> bool:
        return (other.last or date.max) >= (self.first or date.min) and (self.last or date.max) >= (
            other.first or date.min
        )

    def holds(self, day: date) -> bool:
        return (self.first or date.min) <= day <= (self.last or date.max)

    def __str__(self) -> str:
        first = f"from {dates.long_date(self.first)}" if self.first else "from a day that is not recorded"
        return f"{first} to {dates.long_date(self.last)}" if self.last else first


def days_of(term: Membership) -> Days:
    """The days of a term; one that was ended at once leaves its last day free for the next."""
    return Days(term.starts_on, term.ends_on - ONE_DAY if term.ended_at and term.ends_on else term.ends_on)


def check_days(days: Days, where: Organisation | None) -> None:
    """The end not before the beginning, and the body in force on both."""
    if days.first and days.last and days.last < days.first:
        raise Unfit(
            "ends_on",
            f"The role would end on {dates.long_date(days.last)}, before it began on "
            f"{dates.long_date(days.first)}.",
        )
    if where is None:
        return
    if where.never_in_force:
        raise Unfit("organisation", f"{where.full_name} never came into force.")
    if where.ends_on and (days.first or date.min) > where.ends_on:
        raise Unfit(
            "organisation" if days.first == dates.today() else "starts_on",
            f"{where.full_name} existed until {dates.long_date(where.ends_on)}.",
        )
    if where.starts_on and days.first and days.first < where.starts_on:
        raise Unfit("starts_on", f"{where.full_name} exists from {dates.long_date(where.starts_on)} on.")
    if where.ends_on and days.last and days.last > where.ends_on:
        raise Unfit(
            "ends_on",
            f"{where.full_name} exists until {dates.long_date(where.ends_on)}: the role can't last longer.",
        )


# -- Terms beside each other --------------------------------------------------------------------------


def check_overlap(
    person: User,
    role: Role,
    where: Organisation | None,
    days: Days,
    *,
    without: Membership | None = None,
    at: str = "starts_on",
) -> None:
    """Nobody holds one role at one place twice on one day. `without`: the term whose days these are."""
    terms = Membership.objects.filter(user=person, role=role, organisation=where)
    for term in terms.exclude(pk=without.pk) if without else terms:
        held = days_of(term)
        if held.overlaps(days):
            raise Unfit(at, f"{person.name} is {seat_words(role, where)} already, {held}.")


def check_office(person: User, days: Days, *, at: str = "starts_on") -> None:
    """Not more co-chairs in office on any day than agree agendas (terms of reference 2.2: two)."""
    most: int = settings.CO_CHAIRS_WHO_AGREE
    others = [term for term in _cochairs() if term.user_id != person.pk and days_of(term).overlaps(days)]
    starts = {max(days_of(term).first or date.min, days.first or date.min) for term in others}
    for day in sorted(starts):
        there = [term for term in others if days_of(term).holds(day)]
        if len(there) >= most:
            names = " and ".join(f"{term.user.name} ({days_of(term)})" for term in there)
            raise Unfit(
                at,
                f"There are {most} co-chairs, and on {dates.long_date(max(day, dates.today()))} these are "
                f"in office: {names}. End a term of office first, or begin this one later.",
            )


def _cochairs() -> Iterable[Membership]:
    """In a demonstration invented co-chairs stand in for those of the terms of reference, who have no
    account."""
    terms = Membership.objects.filter(role=Role.CO_CHAIR).select_related("user")
    return terms.filter(user__email__isnull=False) if settings.PORTAL_DEMO else terms


def check_an_admin_stays(without: Membership, last: date) -> None:
    """From the day after on there is always somebody else who is admin and can sign in."""
    others = [
        days_of(term)
        for term in Membership.objects.filter(
            role=Role.ADMIN, user__is_active=True, user__email__isnull=False
        ).exclude(pk=without.pk)
    ]
    if gap := first_gap(others, max(last + ONE_DAY, dates.today())):
        raise Unfit(
            "ends_on",
            f"From {dates.long_date(gap)} on nobody would be admin. Make somebody else an admin first, "
            "without a last day.",
        )


def first_gap(held: Iterable[Days], day: date) -> date | None:
    """The first day from `day` on that none of them holds."""
    terms = list(held)
    while True:
        covering = [term for term in terms if term.holds(day)]
        if not covering:
            return day
        if any(term.last is None for term in covering):
            return None
        day = max(term.last for term in covering if term.last) + ONE_DAY


def is_only_lead(term: Membership, last: date) -> bool:
    """Whether the authority has no other lead on the day after."""
    others = Membership.objects.filter(role=Role.LEAD, organisation=term.organisation, user__is_active=True)
    after = last + ONE_DAY
    return not (
        others.exclude(user=term.user)
        .filter(Q(starts_on__isnull=True) | Q(starts_on__lte=after))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=after), ended_at__isnull=True)
        .exists()
    )
