"""Letting more people read something is asked once, on a page of its own that says who they are.

    if widening.sent(request) and form.is_valid():
        wanted = form.cleaned_data["audience"]
        asked = widening.ask(request, thing, before=stands, after=wanted, stale=form.stale)
        if asked.page:
            return asked.page
        with asked.once():
            acts.change(thing, ...)      # which calls widening.note(...) in its transaction

The page carries everything that was typed, and a signed yes to just this change, which is good once: without
it, whatever is sent is asked first. Narrowing is never asked.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network import audit, once, registry
from network.audience import PERMISSION_FOR, Audience
from network.people.models import Membership, User, people_with
from network.roles import AUTHORITY_ROLES, GRANTS, Role
from network.workflow import Changed

if TYPE_CHECKING:
    from network.guards import SignedIn

YES, BACK = "widen", "widen-back"
SALT = "widening"
AN_HOUR = 3600
ORDER = tuple(Audience)


def wider(before: str, after: str) -> bool:
    """Whether people read it afterwards who did not before."""
    return ORDER.index(Audience(after)) < ORDER.index(Audience(before))


def sent(request: HttpRequest) -> bool:
    """Whether a form came to be saved; not if the person went back from the question to the form."""
    return request.method == "POST" and BACK not in request.POST


@dataclass(frozen=True)
class Asked:
    """The page that asks; none where nothing is to be asked, or the person has said yes to just this."""

    user: User
    page: HttpResponse | None = None
    key: str = ""  # of their yes
    stale: bool = False

    @contextmanager
    def once(self) -> Iterator[None]:
        """One transaction in which the yes is used up; raises Changed if it has been, a moment ago too.

        Of a form that counts as an older one nothing is saved, even if the act finds it new by then.
        """
        with transaction.atomic():
            if self.key and not once.first(self.user, self.key):
                raise Changed("Your yes to more readers has been used already. Look at how it stands now.")
            yield
            if self.stale:
                raise Changed(
                    "A colleague changed this while you were writing. Nothing of theirs is overwritten."
                )


def ask(request: SignedIn, row: models.Model, *, before: str, after: str, stale: bool = False) -> Asked:
    """Whether the person is to be asked, and the page that does.

    `stale`: the form was opened before a colleague's change. Then the act says so, and nothing is asked yet.
    """
    if stale or not wider(before, after):
        return Asked(request.user, stale=stale)
    if key := said_yes(request, row, before=before, after=after):
        return Asked(request.user, key=key)
    return Asked(request.user, _page(request, row, before, after))


def _page(request: SignedIn, row: models.Model, before: str, after: str) -> HttpResponse:
    context = {
        "what": str(row),
        "before": Audience(before),
        "after": Audience(after),
        "gains": gains(before, after),
        "of_meeting": hasattr(row, "meeting_id") or hasattr(row, "item_id"),
        "yes": yes(request.user, row, before=before, after=after),
        "typed": _typed(request),
        "with_it": registry.opens_with(row, before, after, request.user),
    }
    return render(request, "network/widen_form.html", context)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    left = (YES, BACK, "csrfmiddlewaretoken")
    return [(name, one) for name in request.POST if name not in left for one in request.POST.getlist(name)]


Shown = Mapping[str, str]
"""Marks of what a page showed that may change meanwhile, by the key of each."""


def _change(user: User, row: models.Model, before: str, after: str) -> list[str]:
    return [str(user.pk), row._meta.label_lower, str(row.pk), str(before), str(after)]


def yes(user: User, row: models.Model, *, before: str, after: str, shown: Shown | None = None) -> str:
    """What the button of the page sends: this person's yes to this change, no two alike.

    `shown`: the yes is to what the page showed; whoever acts on it asks `shown_then` whether it still stands.
    """
    said = [*_change(user, row, before, after), dict(shown or {}), secrets.token_hex(8)]
    return signing.dumps(said, salt=SALT, compress=True)


def said_yes(request: SignedIn, row: models.Model, *, before: str, after: str) -> str:
    """The key of the yes that was sent, if it is to just this change and is not used; else ""."""
    said = _said(request)
    if said[:-2] != _change(request.user, row, before, after):
        return ""
    key = sha256(f"{SALT}:{said[-1]}".encode()).hexdigest()
    return "" if once.was_sent(request.user, key) else key


def shown_then(request: SignedIn) -> Shown:
    """What the page showed to which the yes that was sent is given. Ask it after `said_yes`."""
    found: Shown = _said(request)[-2]
    return found


def _said(request: SignedIn) -> list[Any]:
    try:
        said = signing.loads(request.POST.get(YES, ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        return []
    return said if isinstance(said, list) else []


def note(row: models.Model, *, before: str, after: str, by: User) -> None:
    """Writes a change of readers down: from, to, by. Call it in the transaction of the act, once the row is
    saved: who keeps copies of what fewer people read lets go of them."""
    if before != after:
        verb = "let more people read" if wider(before, after) else "let fewer people read"
        audit.record(by=by, verb=verb, on=row, before=str(before), after=str(after))
        if not wider(before, after):
            registry.fewer_readers(row)


# -- Who they are -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gains:
    """The people who will read it and did not before."""

    people: int
    groups: list[str]  # "3 partners: Frimley, Kent and Medway (2)"

    @property
    def says(self) -> str:
        return f"{self.people} more {'person' if self.people == 1 else 'people'}" if self.people else ""


def gains(before: str, after: str) -> Gains:
    """Counted once each, as the roles stand today; a person of several roles under the first of them."""
    knew = {person.pk for person in _readers(before)}
    new = {person.pk for person in _readers(after)} - knew
    roles = [role for role in Role if PERMISSION_FOR[Audience(after)] in GRANTS[role]]
    seats = Membership.objects.in_force().filter(user__in=new, role__in=roles).select_related("organisation")
    by_role: dict[Role, Counter[str]] = {role: Counter() for role in roles}
    told: set[int] = set()
    for seat in sorted(seats, key=lambda seat: (roles.index(Role(seat.role)), seat.pk)):
        if seat.user_id not in told:
            told.add(seat.user_id)
            by_role[Role(seat.role)][seat.organisation.name if seat.organisation else ""] += 1
    return Gains(len(new), [_words(role, where) for role, where in by_role.items() if where])


def _readers(audience: str) -> list[User]:
    level = Audience(audience)
    return people_with(PERMISSION_FOR[level]) if level in PERMISSION_FOR else []


MANY = {Role.DEPUTY: "deputies"}
PLACES_NAMED = 6
"""Where there are more, their number says enough."""


def _words(role: Role, where: Counter[str]) -> str:
    """ "3 partners: Frimley, Kent and Medway (2)", "19 leads at 19 authorities", "2 co-chairs"."""
    number, one = where.total(), role.label.lower()
    said = f"{number} {one if number == 1 else MANY.get(role, f'{one}s')}"
    places = sorted(place for place in where if place)
    if len(places) > PLACES_NAMED:
        return f"{said} at {len(places)} {'authorities' if role in AUTHORITY_ROLES else 'bodies'}"
    named = [f"{place} ({where[place]})" if where[place] > 1 else place for place in places]
    return f"{said}: {', '.join(named)}" if named else said
