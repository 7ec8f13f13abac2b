"""Who may do what, on one screen.

A role is a dated membership (`network.people.models.Membership`), never a flag on the person. Code asks for
a permission, never for a role. A role held at an organisation gives its permissions at that organisation
only; a role of the network as a whole (admin, co-chair, observer) gives them everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from network.people.models import Organisation


class Role(models.TextChoices):
    LEAD = "lead", "Lead"
    DEPUTY = "deputy", "Deputy"
    CONTRIBUTOR = "contributor", "Contributor"
    DIRECTOR = "director", "Director"
    CO_CHAIR = "co_chair", "Co-chair"
    ADMIN = "admin", "Admin"
    PARTNER = "partner", "Partner"
    OBSERVER = "observer", "Observer"


AUTHORITY_ROLES = frozenset({Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR, Role.DIRECTOR})
"""Roles that a person holds at a local authority."""

SECOND_FACTOR_ROLES = frozenset({Role.ADMIN, Role.CO_CHAIR, Role.LEAD, Role.DEPUTY})
"""Roles that see nothing before a second factor is set up."""

MAILED_CODE_ROLES = frozenset({Role.DIRECTOR})
"""Whoever has no other role may sign in with a code that is mailed to them."""

ORGANISATION_ROLES = AUTHORITY_ROLES | {Role.PARTNER}
"""Roles that are held at an organisation; the others are held in the network as a whole."""


INVITED_BY_LEADS = frozenset({Role.DEPUTY, Role.CONTRIBUTOR, Role.DIRECTOR})
"""Roles to which a lead invites at their own authority. Another lead is the coordinator's to invite."""


class Permission(StrEnum):
    # What is readable by audience level (network.audience maps level to permission).
    READ_PUBLISHED = "read published"
    READ_PARTNERS = "read what is shared with partners"
    READ_NETWORK = "read what is shared in the network"
    READ_CHAIRS = "read what is kept to the chairs"
    READ_COORDINATOR = "read what is kept to the coordinator"
    BE_NAMED = "be named as a reader"
    PEOPLE_NAME = "name the people who read something"

    DIRECTORY_READ = "read the directory of organisations"
    PEOPLE_READ = "read who holds which role"
    PEOPLE_INVITE = "invite people"  # a lead: to their own authority
    PEOPLE_MANAGE = "manage people and their roles"
    ORGANISATION_MANAGE = "change organisations and prepare reorganisations"
    AUDIT_READ = "read who did what"
    RETENTION_MANAGE = "remove what is kept no longer"

    RETURN_READ = "read a return before it is shared"  # of one's own authority
    RETURN_EDIT = "answer the questionnaire"
    RETURN_SUBMIT = "submit the return"
    RETURN_OVERSEE = "see who has submitted and read what was submitted"
    ROUND_MANAGE = "set up rounds"

    MEETING_MANAGE = "write agendas and notes and record attendance"
    AGENDA_AGREE = "agree agendas"
    NOTES_AGREE = "agree notes"

    FOI_MANAGE = "send FOI requests and record replies"
    FOI_READ_OWN = "read the figures recorded for one's own body"

    ACTION_MANAGE = "add and change actions"
    ACTION_UPDATE = "post progress on an action"  # of one's own authority

    REPORT_EDIT = "edit the words of a report"
    REPORT_AGREE = "agree reports"
    REPORT_EXPORT = "export reports for the AD Safeguarding Network"

    LIBRARY_ADD = "add to the library"
    JOB_OVERSEE = "see all running jobs"


P = Permission

_MEMBER = frozenset(
    {P.READ_PUBLISHED, P.READ_PARTNERS, P.READ_NETWORK, P.BE_NAMED, P.DIRECTORY_READ, P.PEOPLE_READ}
)
_CONTRIBUTOR = _MEMBER | {P.RETURN_READ, P.RETURN_EDIT}
_LEAD = _CONTRIBUTOR | {P.RETURN_SUBMIT, P.ACTION_UPDATE, P.LIBRARY_ADD}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.LEAD: _LEAD | {P.PEOPLE_INVITE},
    Role.DEPUTY: _LEAD,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.DIRECTOR: _MEMBER | {P.RETURN_READ},
    Role.CO_CHAIR: _MEMBER
    | {P.READ_CHAIRS, P.PEOPLE_NAME, P.AGENDA_AGREE, P.NOTES_AGREE}
    | {P.REPORT_EDIT, P.REPORT_AGREE, P.LIBRARY_ADD},
    Role.ADMIN: _MEMBER
    | {P.READ_CHAIRS, P.READ_COORDINATOR, P.RETURN_OVERSEE, P.ROUND_MANAGE, P.MEETING_MANAGE}
    | {P.FOI_MANAGE, P.ACTION_MANAGE, P.ACTION_UPDATE, P.REPORT_EDIT, P.REPORT_EXPORT}
    | {P.LIBRARY_ADD, P.JOB_OVERSEE, P.PEOPLE_INVITE, P.PEOPLE_MANAGE}
    | {P.ORGANISATION_MANAGE, P.AUDIT_READ, P.RETENTION_MANAGE},
    Role.PARTNER: frozenset({P.READ_PUBLISHED, P.READ_PARTNERS, P.DIRECTORY_READ, P.FOI_READ_OWN}),
    Role.OBSERVER: frozenset({P.READ_PUBLISHED}),
}


FORBIDS: dict[Role, frozenset[Permission]] = {
    Role.PARTNER: frozenset({P.BE_NAMED}),
    Role.OBSERVER: frozenset({P.BE_NAMED}),
}
"""What nobody may while they hold the role, whatever their other roles give."""


def forbidden_by(permission: Permission) -> list[Role]:
    return [role for role, forbids in FORBIDS.items() if permission in forbids]


@dataclass(frozen=True)
class Seat:
    """One role in force today, at an organisation or in the network as a whole."""

    role: Role
    organisation_id: int | None


@dataclass(frozen=True)
class Standing:
    """All that a person is today; worked out once a request from their memberships."""

    seats: frozenset[Seat]

    def may(self, permission: Permission, at: Organisation | None = None) -> bool:
        """Whether any role gives the permission, and none takes it away; `at` an organisation, if the act
        concerns one."""
        return self._allows(permission) and any(
            permission in GRANTS[seat.role] and (at is None or seat.organisation_id in (None, at.pk))
            for seat in self.seats
        )

    def organisations(self, permission: Permission) -> frozenset[int]:
        """Ids of the organisations at which an organisation's role gives the permission."""
        return frozenset(
            seat.organisation_id
            for seat in self.seats
            if seat.organisation_id is not None and permission in GRANTS[seat.role]
            if self._allows(permission)
        )

    def everywhere(self, permission: Permission) -> bool:
        """Whether a role of the network as a whole gives the permission."""
        given = any(seat.organisation_id is None and permission in GRANTS[seat.role] for seat in self.seats)
        return given and self._allows(permission)

    def _allows(self, permission: Permission) -> bool:
        return not any(permission in FORBIDS.get(role, ()) for role in self.roles)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(seat.role for seat in self.seats)

    @property
    def needs_second_factor(self) -> bool:
        return bool(self.roles & SECOND_FACTOR_ROLES)

    @property
    def signs_in_by_mail(self) -> bool:
        """Whether a mailed code is enough: no role asks for more."""
        return bool(self.roles) and self.roles <= MAILED_CODE_ROLES


NOBODY = Standing(frozenset())
