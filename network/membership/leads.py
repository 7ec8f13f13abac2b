"""Who leads an authority already, said before somebody else is made or invited to be its lead.

It is a remark and no refusal: an authority may have two leads. A form that was sent without having shown the
remark shows it, saves nothing yet, and keeps what was typed; sent once more, it is meant.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q

from network import dates
from network.forms import SaidFirst
from network.membership.models import Invitation
from network.membership.rules import Days, days_of
from network.people.models import Membership, Organisation, User
from network.roles import Role

SO_MANY = {1: "Two", 2: "Three"}


class Remark(NamedTuple):
    who: str  # "Kent has a lead already: …"
    what: str  # what follows from it


class LeadsRemark(SaidFirst):
    """A form that gives the role of lead; `place` is its field of the authority."""

    place = "organisation"
    remark: Remark | None = None

    def look_for_leads(self, person: User | None = None) -> None:
        """At the end of `__init__`. `person`: who is to be lead; their own term is no remark."""
        self.person = person
        mark = ""
        if not self.is_bound:
            asked = self.initial.get("role"), self._initial()
            self.remark, mark = self._said(*asked, Days(dates.today(), None))
        self.look_out("leads", mark)

    def remarks(self) -> bool:
        """Whether there is something to say that the page which was sent had not said; then it is shown."""
        given = self.cleaned_data
        days = Days(given.get("starts_on") or dates.today(), given.get("ends_on"))
        words, mark = self._said(given["role"], given[self.place], days)
        if self.had_said("leads", mark):
            return False
        self.remark = words
        return words is not None

    def _initial(self) -> Organisation | None:
        """The authority that a link to the form has chosen, if it is one."""
        try:
            found: Organisation | None = self.fields[self.place].clean(self.initial.get(self.place))
        except ValidationError:
            return None
        return found

    def _said(self, role: Any, where: Organisation | None, days: Days) -> tuple[Remark | None, str]:
        """The remark, and a mark of whom it names; empty if there is nothing to remark."""
        if role != Role.LEAD or where is None:
            return None, ""
        terms, asked = _terms(where, self.person, days), _asked(where)
        mark = [f"t{term.pk}" for term in terms] + [f"i{one.pk}" for one in asked]
        return _words(where, terms, asked), f"{where.pk}:{','.join(mark)}" if mark else ""


def _terms(where: Organisation, without: User | None, days: Days) -> list[Membership]:
    """Those who are its leads on any of these days."""
    terms = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=dates.today()),
        role=Role.LEAD,
        organisation=where,
        ended_at__isnull=True,
        user__is_active=True,
    )
    others = (terms.exclude(user=without) if without else terms).select_related("user")
    return [term for term in others.order_by("user__name", "pk") if days_of(term).overlaps(days)]


def _asked(where: Organisation) -> list[Invitation]:
    waiting = Invitation.objects.filter(role=Role.LEAD, organisation=where, status="open")
    return list(waiting.filter(expires_at__gt=dates.now()).order_by("name", "pk"))


def _words(where: Organisation, terms: list[Membership], asked: list[Invitation]) -> Remark | None:
    said = []
    if terms:
        number = "a lead" if len(terms) == 1 else f"{len(terms)} leads"
        names = "; ".join(f"{term.user.name}, {days_of(term)}" for term in terms)
        said.append(f"{where.name} has {number} already: {names}.")
    if asked:
        names = "; ".join(f"{one.name}, until {dates.long_date(one.expires_at)}" for one in asked)
        said.append(f"Invited to be lead of {where.name}, and not yet accepted: {names}.")
    if said:
        who = " ".join(said)
        many = SO_MANY.get(len(terms) + len(asked), "More")
        return Remark(
            who,
            f"{many} leads are allowed. Each gets the authority’s mails, and each may submit its return. "
            "If somebody new is to take over instead, end the role of the one before.",
        )
    return None
