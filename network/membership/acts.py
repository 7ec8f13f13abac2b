"""Roles over time: given, ended, reviewed; each act in one transaction, told to the person by mail.

Locks: first the person's own row, then those of the network's few seats, in one order. They are of the kind
that a row which only refers to them does not wait for, so that two admins who end each other's role do not
hold each other up.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from network import audit, dates, mail
from network.account.alarm import raise_alarm
from network.mail_kinds import Kind
from network.marks import Loaded
from network.membership import rules
from network.membership.models import seat_words
from network.membership.rules import Days, Unfit
from network.people.models import Membership, Organisation, User, people_with
from network.roles import Permission, Role
from network.workflow import Changed, NotAllowed

A_YEAR = timedelta(days=365)
FEW_SEATS = (Role.ADMIN, Role.CO_CHAIR)
TERMS_APART = "membership_terms_apart"
"""The database's own promise: see the migration of that name."""


@contextmanager
def holding(person: User) -> Iterator[User]:
    """A transaction in which nobody else changes this person or the network's few seats; their fresh row."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        seats = Membership.objects.select_for_update(no_key=True, of=("self",)).filter(role__in=FEW_SEATS)
        list(seats.order_by("pk"))
        yield locked


def _manages(by: User | None) -> bool:
    """None is whoever runs the portal, on its command line."""
    return by is None or by.may(Permission.PEOPLE_MANAGE)


# -- Giving a role ------------------------------------------------------------------------------------


def give_role(
    person: User,
    role: Role,
    where: Organisation | None,
    *,
    by: User | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    on_behalf_of: User | None = None,
    tell: bool = True,
) -> Membership:
    """The role from that day on; without one from today, or from the body's first day. Raises Unfit.

    That `by` may is for the caller to know: a form of the admin's, or an invitation that stands.
    """
    rules.check_seat(role, where)
    first = starts_on or first_day(where)
    days = Days(first, ends_on)
    rules.check_days(days, where)
    with holding(person) as locked:
        rules.check_overlap(locked, role, where, days)
        if role == Role.CO_CHAIR:
            rules.check_office(locked, days)
        term = Membership(
            user=locked,
            role=role,
            organisation=where,
            starts_on=first,
            ends_on=ends_on or (where.ends_on if where else None),
            review_on=first + A_YEAR if role == Role.CO_CHAIR else None,
        )
        _save_apart(term, at="starts_on")
        _record(by, "gave a role", term, on_behalf_of=on_behalf_of, first_day=first, last_day=term.ends_on)
        if tell:
            _tell_of_role(term, on_behalf_of or by)
    return term


def _save_apart(term: Membership, *, at: str, **how: Any) -> None:
    """Saves the term. The database keeps it apart from others too, should the rules not have seen them."""
    try:
        with transaction.atomic():
            term.save(**how)
    except IntegrityError as error:
        if TERMS_APART not in str(error):
            raise
        seat = seat_words(term.role, term.organisation)
        raise Unfit(at, f"{term.user.name} is {seat} already on some of these days.") from None


def _tell_of_role(term: Membership, by: User | None) -> None:
    seat, days = seat_words(term.role, term.organisation), Days(term.starts_on, term.ends_on)
    _tell(term.user, f"You are {seat}", [f"{_who(by, term.user)} made you {seat}, {days}."])


MADE, CLAIMED, KNOWN = "made", "claimed", "known"


def add_person(
    *,
    email: str,
    name: str,
    role: Role,
    where: Organisation | None,
    by: User | None,
    job_title: str = "",
) -> tuple[User, str]:
    """A person with an account, but no password yet, and a role. Raises Unfit.

    Says whether they were made, had been known without an account, or had one.
    """
    email, name = rules.address(email), rules.full_name(name)
    rules.check_seat(role, where)
    with transaction.atomic():
        person, what = _person(email, name, job_title)
        if holds(person, role, where):
            if what == KNOWN:
                raise Unfit("role", f"{name} is {seat_words(role, where)} already.")
        else:
            give_role(person, role, where, by=by, tell=what == KNOWN)
        body = where.slug if where else ""
        audit.record(by=by, verb="added a person", on=person, role=role, organisation=body)
    return person, what


def _person(email: str, name: str, job_title: str) -> tuple[User, str]:
    known = User.objects.filter(email__iexact=email).first()
    if known:
        if known.name != name:
            raise Unfit(
                "name", f"{email} is the account of {known.name}. Give that name to add a role to it."
            )
        return known, KNOWN
    person = without_account(name)
    if person is None:
        return User.objects.create_user(email, name, job_title=job_title), MADE
    person.email = email
    person.job_title = job_title or person.job_title
    person.set_unusable_password()
    person.save(update_fields=["email", "job_title", "password"])
    return person, CLAIMED


def without_account(name: str) -> User | None:
    """The one person of that name whom the portal knows without an address: a co-chair of the terms of
    reference. Raises Unfit if there are several."""
    found = list(User.objects.filter(email__isnull=True, is_active=True, name=name))
    if len(found) > 1:
        raise Unfit("name", f"{len(found)} people without an account are called {name}.")
    return found[0] if found else None


def first_day(where: Organisation | None) -> date:
    """Today, or the day on which the body begins."""
    today = dates.today()
    return max(today, where.starts_on) if where and where.starts_on else today


def holds(person: User, role: Role, where: Organisation | None) -> bool:
    """Whether they hold the role today or will."""
    terms = Membership.objects.filter(user=person, role=role, organisation=where)
    return any((term.ends_on or date.max) >= dates.today() and not term.ended_at for term in terms)


# -- Ending a role ------------------------------------------------------------------------------------


def end_role(
    term: Membership,
    *,
    by: User | None,
    last_day: date | None = None,
    follows: User | None = None,
    loaded: Loaded | None = None,
) -> Membership:
    """Sets the last day; without one the role ends now. What the person did stays, with their name.

    An admin ends any role, everybody their own: from today on, and not beyond an end that stands already. A
    lead who is their authority's only one says who follows. Raises Unfit, Changed, NotAllowed.
    """
    if not (_manages(by) or by == term.user):
        raise NotAllowed("Only an admin ends somebody else’s role.")
    with holding(term.user) as person:
        locked: Membership = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=term.pk)
        locked.user = person
        if loaded:
            loaded.check_row(locked)
        if locked.ends_on and (locked.ended_at or locked.ends_on < dates.today()):
            raise Changed(f"This role ended on {dates.long_date(locked.ends_on)} already.")
        last = last_day or dates.today()
        rules.check_days(Days(locked.starts_on, last), locked.organisation)
        _check_end_moves(locked, last, by)
        if locked.role == Role.ADMIN:
            rules.check_an_admin_stays(locked, last if last_day else last - rules.ONE_DAY)
        handed = _check_seat_is_left(locked, last, by, follows)
        locked.ends_on, locked.ended_at = last, None if last_day else dates.now()
        locked.review_on = locked.review_on or _first_review(locked)
        _save_apart(locked, at="ends_on", update_fields=["ends_on", "ended_at", "review_on"])
        _record(by, "ended a role", locked, last_day=last, at_once=last_day is None)
        _tell_of_end(locked, by)
        if handed:
            _hand_on(locked, handed, by)
    return locked


def _check_end_moves(term: Membership, last: date, by: User | None) -> None:
    """An admin sets any end, also a later one that fits beside other terms; who gives up their own role says
    neither that it ended before today nor that it lasts beyond the end that stands."""
    stands = term.ends_on or date.max
    if not _manages(by):
        if last < dates.today():
            raise Unfit(
                "ends_on", "The last day can’t be in the past. If it is to be, ask the coordinator to set it."
            )
        if last > stands:
            raise Unfit(
                "ends_on",
                f"This role ends on {dates.long_date(stands)}. You can end it earlier; only the "
                "coordinator can let it last longer.",
            )
    elif last > stands:
        days = Days(term.starts_on, last)
        rules.check_overlap(term.user, Role(term.role), term.organisation, days, without=term, at="ends_on")
        if term.role == Role.CO_CHAIR:
            rules.check_office(term.user, days, at="ends_on")


def _check_seat_is_left(term: Membership, last: date, by: User | None, follows: User | None) -> User | None:
    """Whoever follows a lead who leaves by their own act. An admin may leave a seat empty."""
    if term.role != Role.LEAD or term.organisation is None or _manages(by):
        return follows
    if not rules.is_only_lead(term, last):
        return follows
    if follows is None:
        raise Unfit(
            "follows",
            f"You are the only lead of {term.organisation.full_name}: say who follows you, "
            "or ask the coordinator to end your role.",
        )
    return follows


def _hand_on(term: Membership, follows: User, by: User | None) -> None:
    assert term.ends_on is not None
    where = term.organisation
    assert where is not None
    if not Membership.objects.in_force().filter(user=follows, organisation=where).exists():
        raise Unfit("follows", f"{follows.name} holds no role at {where.full_name}.")
    starts = dates.today() if term.ended_at else max(dates.today(), term.ends_on + rules.ONE_DAY)
    beside = [seat_words(one.role, None) for one in rules.earlier_roles(follows, Role.LEAD, where, starts)]
    give_role(follows, Role.LEAD, where, by=by, starts_on=starts)
    for admin in people_with(Permission.PEOPLE_MANAGE):
        _tell(
            admin,
            f"{where.name} has a new lead: {follows.name}",
            [
                f"{term.user.name} gives up the role of lead at {where.full_name}. Their last day is "
                f"{dates.long_date(term.ends_on)}; {follows.name} follows on {dates.long_date(starts)}.",
                *(
                    f"{follows.name} stays {role} there as well. If that is not meant, end that role on "
                    "their page."
                    for role in beside
                ),
            ],
        )


def _tell_of_end(term: Membership, by: User | None) -> None:
    seat = seat_words(term.role, term.organisation)
    assert term.ends_on is not None
    when = "now" if term.ended_at else f"on {dates.long_date(term.ends_on)}"
    _tell(
        term.user,
        f"Your role as {seat} ends {when}",
        [
            f"{_who(by, term.user)} set the end of your role as {seat}. "
            + (
                "It has ended."
                if term.ended_at or term.ends_on < dates.today()
                else f"Its last day is {dates.long_date(term.ends_on)}."
            ),
            "What you did stays on record with your name.",
        ],
    )


# -- A co-chair's yearly review (terms of reference 2.4) -------------------------------------------------


def _first_review(term: Membership) -> date | None:
    """Of a term of office without a day for its review: the next full year from its start."""
    if term.role != Role.CO_CHAIR or term.starts_on is None:
        return None
    day = term.starts_on + A_YEAR
    while day < dates.today():
        day += A_YEAR
    return day


def record_review(term: Membership, *, by: User) -> Membership:
    """The term of office was reviewed today; the next review is in a year."""
    if not _manages(by):
        raise NotAllowed("Only an admin records a review.")
    with holding(term.user):
        locked: Membership = Membership.objects.select_related("user", "organisation").get(pk=term.pk)
        if locked.role != Role.CO_CHAIR:
            raise Unfit("role", "Only a co-chair’s term of office is reviewed.")
        if locked.ends_on and (locked.ended_at or locked.ends_on < dates.today()):
            raise Changed(f"This term of office ended on {dates.long_date(locked.ends_on)}.")
        locked.review_on = dates.today() + A_YEAR
        locked.save(update_fields=["review_on"])
        _record(by, "reviewed a term of office", locked, next=locked.review_due)
    return locked


# -- Name, job title, address ---------------------------------------------------------------------------


def change_person(person: User, *, by: User, loaded: Loaded, **fields: Any) -> User:
    """Changes what an admin may of somebody. Raises Unfit, Changed, NotAllowed.

    Of a new address the old one is told as well, and the co-chairs: it may not have been meant.
    """
    if not by.may(Permission.PEOPLE_MANAGE):
        raise NotAllowed("Only an admin changes somebody else’s details.")
    with holding(person) as locked:
        loaded.check_row(locked)
        old = locked.email
        if "email" in fields:
            fields["email"] = _free(rules.address(fields["email"] or ""), locked)
        if "name" in fields:
            fields["name"] = rules.full_name(fields["name"])
        changed = sorted(name for name, value in fields.items() if getattr(locked, name) != value)
        for name in changed:
            setattr(locked, name, fields[name])
        if changed:
            locked.save(update_fields=changed)
            entry = audit.record(by=by, verb="changed a person", on=locked, changed=changed)
            _tell_of_change(locked, by, changed)
            if "email" in changed and old:
                _tell_of_address(locked, by, entry, old)
    return locked


def _free(email: str, person: User) -> str:
    if User.objects.filter(email__iexact=email).exclude(pk=person.pk).exists():
        raise Unfit("email", f"{email} is somebody else’s address in the portal.")
    return email


def _tell_of_change(person: User, by: User, changed: list[str]) -> None:
    words = {"email": "e-mail address", "name": "name", "job_title": "job title"}
    what = " and ".join(words[name] for name in changed)
    said = [f"{_who(by, person)} changed your {what} in the portal."]
    _tell(person, f"Your {what} in the portal has changed", said)


def _tell_of_address(person: User, by: User, entry: audit.AuditEntry, old: str) -> None:
    """Beyond the new address, which may be a stranger's."""
    who = person.name if by == person else by.name
    raise_alarm(
        person,
        entry,
        what=f"{who} changed the e-mail address with which {person.name} signs in to the portal.",
        old=old,
        says=f"The new address is {person.email}; this address no longer works.",
    )


# -- Words that all of them share ---------------------------------------------------------------------


def _record(
    by: User | None, verb: str, term: Membership, *, on_behalf_of: User | None = None, **detail: Any
) -> None:
    body = term.organisation.slug if term.organisation else ""
    audit.record(
        by=by,
        verb=verb,
        on=term.user,
        on_behalf_of=on_behalf_of,
        role=term.role,
        organisation=body,
        membership=term.pk,
        **detail,
    )


def _who(by: User | None, person: User) -> str:
    return "You" if by == person else by.name if by else "Whoever runs the portal"


def _tell(person: User, subject: str, paragraphs: list[str]) -> None:
    """A mail at once, each its own: it is about somebody's account."""
    mail.queue(
        f"membership:{uuid.uuid4().hex}",
        person,
        subject=subject,
        template="notice",
        kind=Kind.ACCOUNT,
        context={
            "paragraphs": [*paragraphs, "If this is a surprise, write to the network’s coordinator."],
            "link": reverse("home"),
            "link_label": "Open the portal",
        },
    )
