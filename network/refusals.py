"""What somebody reads who may not do something: what it is, whose it is, and which role they hold.

Whom to ask stands on the page itself (403.html).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from network.roles import GRANTS, ORGANISATION_ROLES, Permission, Role

if TYPE_CHECKING:
    from network.people.models import Organisation, User

MANY = {
    Role.LEAD: "leads",
    Role.DEPUTY: "deputies",
    Role.CONTRIBUTOR: "contributors",
    Role.DIRECTOR: "directors",
    Role.CO_CHAIR: "co-chairs",
    Role.ADMIN: "the network’s coordinator",
    Role.PARTNER: "health partners",
    Role.OBSERVER: "observers",
}


def refusal(user: User, permission: Permission, at: Organisation | None = None) -> str:
    """ "You can’t submit the return for Kent: that is for leads and deputies there. Your role is lead." """
    may = [role for role in Role if permission in GRANTS[role]]
    where = f" for {at}" if at else ""
    there = " there" if at and ORGANISATION_ROLES.issuperset(may) else ""
    whose = _listed(MANY[role] for role in may)
    return f"You can’t {permission}{where}: that is for {whose}{there}. {_held(user)}"


def _held(user: User) -> str:
    roles = [role.label.lower() for role in Role if role in user.standing.roles]
    if not roles:
        return "You hold no role today."
    return f"Your {'role is' if len(roles) == 1 else 'roles are'} {_listed(roles)}."


def _listed(words: Iterable[str]) -> str:
    """ "leads, deputies and contributors"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
