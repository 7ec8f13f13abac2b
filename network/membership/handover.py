"""Somebody leaves: everything that is theirs gets a successor, in one transaction.

Roles are dated, so they end on the last day and a successor's begin on the day after, by themselves.
Everything else changes hands at once: whoever leaves can still explain it, and nothing waits for a day on
which its heir may have gone as well. What was done until then keeps the name of whoever did it.

An admin is shown what they read. The entry about the person tells of roles only: each other thing has an
entry of its own, for whoever may read the thing, also once it is for fewer eyes. That the person is named for
something legal is nothing that a handover tells of: the two co-chairs hear of every leaver alike, and see to
namings on their own page.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from network import audit, dates, mail, registry
from network.mail_kinds import Kind
from network.membership import acts, earlier, rules
from network.membership.models import seat_words
from network.people.models import Membership, Organisation, User, cochairs_with_account
from network.registry import Belonging
from network.roles import Permission, Role
from network.workflow import Changed, NotAllowed, Refused

ROLE = "Role"
SEAT = Membership._meta.label_lower


class Stuck(Refused):
    """One thing can't go to whom it was to go; `key` says which, "" for the last day."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


@dataclass(frozen=True)
class Leaving:
    """What is somebody's, as the admin sees it: roles of today and to come, and all else."""

    person: User
    terms: list[Membership]
    things: list[Belonging]
    earlier: dict[str, list[Membership]]  # by a role's key, those of its heirs whose place it would take

    def term(self, key: str) -> Membership | None:
        return next((term for term in self.terms if key == f"{SEAT}:{term.pk}"), None)

    def marks(self) -> list[str]:
        """By which a form knows that nothing came, went or changed since its page was opened."""
        terms = [f"{SEAT}:{term.pk}:{term.starts_on}:{term.ends_on}" for term in self.terms]
        return sorted([*terms, *(thing.key for thing in self.things)])


def leaving(person: User, by: User, last_day: date | None = None) -> Leaving:
    today = dates.today()
    terms = list(
        Membership.objects.filter(user=person, ended_at__isnull=True)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .select_related("organisation")
        .order_by("pk")
    )
    held = list(_others(person, terms)) if terms else []
    seats = list(_seats(terms, held, last_day))
    return Leaving(person, terms, [*seats, *registry.belongings_of(person, by)], _earlier(terms, held))


def _earlier(terms: list[Membership], held: list[Membership]) -> dict[str, list[Membership]]:
    found = {
        f"{SEAT}:{term.pk}": [
            one for one in held if earlier.may_take_the_place(one, term.role, term.organisation)
        ]
        for term in terms
    }
    return {key: seats for key, seats in found.items() if seats}


# -- Roles as belongings --------------------------------------------------------------------------------


def _seats(terms: list[Membership], held: list[Membership], last_day: date | None) -> Iterator[Belonging]:
    for term in terms:
        words = seat_words(term.role, term.organisation)
        first = first_day(term, last_day)
        yield Belonging(
            key=f"{SEAT}:{term.pk}",
            kind=ROLE,
            title=words[:1].upper() + words[1:],
            url=term.organisation.get_absolute_url() if term.organisation else reverse("governance_home"),
            heirs=tuple(_heirs(term, held)),
            hand_over=partial(_follow, Role(term.role), term.organisation, first),
            named=f"{words}, from {dates.long_date(first)}",
            hint="" if term.ends_on is None else f"It ends on {dates.long_date(term.ends_on)} in any case.",
        )


def first_day(term: Membership, last_day: date | None) -> date:
    """When a successor begins: the day after the last one, but never in the past."""
    ends = min(last_day or date.max, term.ends_on or date.max)
    return dates.today() if ends == date.max else max(ends + rules.ONE_DAY, dates.today())


ANYWHERE = frozenset({Role.LEAD, Role.DEPUTY, Role.DIRECTOR, Role.CO_CHAIR, Role.ADMIN})
"""Roles from which somebody comes to a role of the whole network."""


def _others(person: User, terms: Iterable[Membership]) -> Iterable[Membership]:
    """The seats of those who might follow in one of the terms."""
    near = Q(pk__in=[])
    for term in terms:
        if term.role == Role.OBSERVER:
            continue
        there = Q(organisation=term.organisation) if term.organisation else Q(role__in=sorted(ANYWHERE))
        same = Membership.objects.in_force().filter(role=term.role, organisation=term.organisation)
        near |= there & ~Q(user__in=same.values("user_id"))
    return (
        Membership.objects.in_force()
        .filter(near, user__email__isnull=False, user__is_active=True)
        .exclude(user=person)
        .select_related("user")
    )


NEAREST = (Role.DEPUTY, Role.LEAD, Role.CONTRIBUTOR, Role.DIRECTOR)


def _heirs(term: Membership, held: list[Membership]) -> list[User]:
    """Who holds another role that leads to this one, the nearest first: at the authority or board itself;
    for a co-chair or an admin one of any authority; an observer's chair is nobody's to inherit."""
    role = Role(term.role)
    if role == Role.OBSERVER:
        return []
    same = {seat.user_id for seat in held if (seat.role, seat.organisation_id) == _place(term)}
    found: dict[int, tuple[int, User]] = {}
    for seat in held:
        at_home = seat.organisation_id == term.organisation_id and term.organisation_id is not None
        anywhere = term.organisation_id is None and seat.role in ANYWHERE
        if (at_home or anywhere) and seat.user_id not in same:
            near = NEAREST.index(Role(seat.role)) if seat.role in NEAREST else len(NEAREST)
            found[seat.user_id] = min(
                found.get(seat.user_id, (near, seat.user)), (near, seat.user), key=_first
            )
    return [user for _, user in sorted(found.values(), key=lambda one: (one[0], one[1].name, one[1].pk))]


def _first(one: tuple[int, User]) -> int:
    return one[0]


def _place(term: Membership) -> tuple[str, int | None]:
    return term.role, term.organisation_id


def _follow(role: Role, where: Organisation | None, first: date, to: User, by: User) -> None:
    acts.give_role(to, role, where, by=by, starts_on=first, tell=False)


# -- The act --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handed:
    thing: Belonging
    to: User


def hand_over(
    person: User,
    *,
    by: User,
    last_day: date | None,
    to: Mapping[str, User],
    loaded: Iterable[str],
    ending: Collection[str] = (),
) -> list[Handed]:
    """Ends the person's roles with the last day and gives each thing to whom `to` names by its key; a thing
    that is not in it stays as it is. Of the roles in `ending` the heirs' own, whose place they take, end as
    well. Raises Changed, Stuck, NotAllowed."""
    if not by.may(Permission.PEOPLE_MANAGE):
        raise NotAllowed("Only an admin hands over for somebody who leaves.")
    with _holding_all(person, to.values()) as locked:
        now = leaving(locked, by, last_day)
        if sorted(loaded) != now.marks():
            raise Changed("Something of theirs changed while you were choosing. Nothing is handed over yet.")
        handed = [Handed(thing, to[thing.key]) for thing in now.things if thing.key in to]
        _check(handed, locked)
        ends = _to_end(now, handed, set(ending), last_day)
        # A new admin comes before the old one goes: there is always one. A co-chair's seat has to be free.
        before = [one for one in handed if _is_admin(one, now)]
        for one in before:
            _give(one, by)
        if last_day:
            _end_roles(now.terms, last_day, by)
        for one in handed:
            if one not in before:
                _give(one, by)
        _end_earlier(ends, by)
        audit.record(
            by=by,
            verb="handed over",
            on=locked,
            last_day=last_day,
            to={one.thing.key: one.to.pk for one in handed if one.thing.kind == ROLE},
        )
        _tell_successors(locked, handed, last_day)
        _tell_cochairs(locked, last_day)
    return handed


@contextmanager
def _holding_all(person: User, heirs: Iterable[User]) -> Iterator[User]:
    """Whoever leaves and whoever follows are held in one order, so that two handovers never wait for each
    other."""
    concerned = {person.pk, *(heir.pk for heir in heirs)}
    with transaction.atomic():
        list(User.objects.select_for_update(no_key=True).filter(pk__in=concerned).order_by("pk"))
        with acts.holding(person) as locked:
            yield locked


def _check(handed: Iterable[Handed], person: User) -> None:
    for one in handed:
        if one.to.pk == person.pk:
            raise Stuck(one.thing.key, f"{person.name} is leaving. Choose somebody else.")
        if one.to.pk not in {heir.pk for heir in one.thing.heirs}:
            raise Stuck(one.thing.key, not_an_heir(one.to))


def not_an_heir(person: User) -> str:
    return (
        f"{person.name} can’t take this over: they hold no role that goes with it, or could not read it. "
        "Choose one of those in the list."
    )


def _is_admin(one: Handed, now: Leaving) -> bool:
    admin = {f"{SEAT}:{term.pk}" for term in now.terms if term.role == Role.ADMIN}
    return one.thing.key in admin


def _give(one: Handed, by: User) -> None:
    try:
        one.thing.hand_over(one.to, by)
    except Refused as refusal:
        raise Stuck(one.thing.key, str(refusal)) from None


@dataclass(frozen=True)
class _Ends:
    term: Membership
    first: date  # of the role that takes its place
    key: str


def _to_end(now: Leaving, handed: Iterable[Handed], ending: set[str], last_day: date | None) -> list[_Ends]:
    """What the heirs hold before anything is given, where the admin has chosen that it ends; each once, with
    the first role that takes its place."""
    terms = {f"{SEAT}:{term.pk}": term for term in now.terms}
    found: dict[int, _Ends] = {}
    for one in handed:
        if one.thing.key in ending and (taken := terms.get(one.thing.key)):
            first = first_day(taken, last_day)
            for term in rules.earlier_roles(one.to, Role(taken.role), taken.organisation, first):
                if term.pk not in found or first < found[term.pk].first:
                    found[term.pk] = _Ends(term, first, one.thing.key)
    return list(found.values())


def _end_earlier(ends: Iterable[_Ends], by: User) -> None:
    for one in ends:
        try:
            earlier.end_earlier([one.term], one.first, by=by)
        except Refused as refusal:
            raise Stuck(one.key, str(refusal)) from None


def _end_roles(terms: Iterable[Membership], last_day: date, by: User) -> None:
    for term in terms:
        if term.ends_on and term.ends_on <= last_day:
            continue
        if term.starts_on and term.starts_on > max(last_day, dates.today()):
            earlier.withdraw_role(term, by=by)
            continue
        try:
            acts.end_role(term, by=by, last_day=last_day)
        except Refused as refusal:
            raise Stuck("", str(refusal)) from None


# -- Who is told ----------------------------------------------------------------------------------------


def _tell_successors(person: User, handed: Iterable[Handed], last_day: date | None) -> None:
    """One mail to each, with all that is now theirs; what is for few eyes is told by its kind alone."""
    gone = f"{person.name} leaves; their last day is {dates.long_date(last_day)}." if last_day else ""
    for successor in {one.to.pk: one.to for one in handed}.values():
        own = [one.thing for one in handed if one.to.pk == successor.pk]
        said = [f"- {thing.kind}: {thing.named}" if thing.named else f"- {thing.kind}" for thing in own]
        mail.queue(
            f"handover:{uuid.uuid4().hex}",
            successor,
            subject=f"You take over from {person.name}",
            template="notice",
            context={
                "paragraphs": [*([gone] if gone else []), "What is yours now:", *said],
                "link": reverse("home"),
                "link_label": "See what there is to do",
            },
            kind=Kind.HANDOVER,
        )


def _tell_cochairs(person: User, last_day: date | None) -> None:
    """The same words whoever leaves: they don't tell whether the person is named for anything."""
    when = f": their last day is {dates.long_date(last_day)}" if last_day else ""
    for chair in cochairs_with_account():
        if chair.pk == person.pk:
            continue
        mail.queue(
            f"handover:{uuid.uuid4().hex}",
            chair,
            subject=f"{person.name} leaves{when}",
            template="notice",
            context={
                "paragraphs": [
                    f"{person.name} leaves the network{when}. What was theirs has been handed over.",
                    "What is kept to named people is not part of that, and the coordinator does not learn of "
                    "it. If the person is named for anything, see who should be named in their place.",
                ],
                "link": reverse("naming_list"),
                "link_label": "See who was named",
            },
            kind=Kind.HANDOVER,
        )
