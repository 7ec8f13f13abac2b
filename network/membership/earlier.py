"""A role that takes the place of another at the same authority: whoever becomes lead was perhaps its deputy.

Nobody has to give the earlier one up; whoever gives the new one is asked, and told what will be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from network import audit, dates
from network.membership import acts, rules
from network.membership.models import seat_words
from network.membership.rules import Unfit
from network.people.models import Membership, Organisation, User
from network.roles import Role


def may_take_the_place(earlier: Membership, role: str, where: Organisation | None) -> bool:
    there = where is not None and earlier.organisation_id == where.pk
    return there and earlier.role in rules.TAKES_THE_PLACE_OF.get(Role(role), ())


def replaceable(person: User) -> list[Membership]:
    """The roles of today and to come whose place another could take."""
    roles = {role for taken in rules.TAKES_THE_PLACE_OF.values() for role in taken}
    live = Q(ends_on__isnull=True) | Q(ends_on__gte=dates.today())
    rows = Membership.objects.filter(live, user=person, role__in=roles, ended_at__isnull=True)
    return list(rows.select_related("organisation").order_by("pk"))


def not_for_a_while(last: date) -> str:
    """Why a role with a last day ends no earlier one."""
    return (
        f"The new role has a last day, {dates.long_date(last)}, and the earlier one would not come back "
        "afterwards. Leave this empty: until then they hold both"
    )


def end_earlier(terms: Iterable[Membership], first: date, *, by: User) -> None:
    """They end on the day before the new one begins; what would have begun later never does."""
    last = first - rules.ONE_DAY
    for term in terms:
        if term.starts_on and term.starts_on > max(last, dates.today()):
            withdraw_role(term, by=by)
        elif term.starts_on and term.starts_on > last:  # it began today, and so does the new one
            acts.end_role(term, by=by)
        else:
            acts.end_role(term, by=by, last_day=last)


@transaction.atomic
def give_role(
    person: User, role: Role, where: Organisation | None, *, by: User, ends_earlier: bool, **days: Any
) -> None:
    """The role, and with it the end of those whose place it takes, if that was chosen: only for good, so not
    with a last day. Raises Unfit."""
    given = acts.give_role(person, role, where, by=by, **days)
    if not ends_earlier or not given.starts_on:
        return
    terms = rules.earlier_roles(person, role, where, given.starts_on)
    if terms and given.ends_on:
        raise Unfit("ends_earlier", f"{not_for_a_while(given.ends_on)}.")
    end_earlier(terms, given.starts_on, by=by)


def becomes(term: Membership, *, ends: bool) -> str:
    words = seat_words(term.role, term.organisation)
    return f"{term.user.name}’s role as {words} {'ends with that' if ends else 'stays beside it'}."


def withdraw_role(term: Membership, *, by: User) -> None:
    """A role that would have begun later never comes into force."""
    body = term.organisation.slug if term.organisation else ""
    audit.record(
        by=by,
        verb="withdrew a role",
        on=term.user,
        role=term.role,
        organisation=body,
        first_day=term.starts_on,
    )
    term.delete()


@dataclass(frozen=True)
class Beside:
    """Two roles of one person at one authority, of which one takes the place of the other."""

    earlier: Membership
    says: str


def beside(terms: Iterable[Membership]) -> list[Beside]:
    """Of somebody's roles those that stand beside a fuller one, today or later."""
    today = dates.today()
    live = [one for one in terms if not one.ended_at and (one.ends_on is None or one.ends_on >= today)]
    found = []
    for earlier in live:
        fuller = [
            one
            for one in live
            if may_take_the_place(earlier, one.role, one.organisation)
            and rules.days_of(one).overlaps(rules.days_of(earlier))
        ]
        if fuller and earlier.organisation:
            role = Role(fuller[0].role).label.lower()
            words = seat_words(earlier.role, earlier.organisation)
            found.append(Beside(earlier, f"{role} and {words} at the same time"))
    return found
