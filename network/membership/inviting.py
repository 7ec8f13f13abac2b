"""Invitations: sent, sent again, withdrawn, accepted.

Whoever invites learns nothing of an address: the page writes one row and one job, the same for any address.
The worker makes the link; only its digest is kept.
"""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import is_password_usable
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from network import audit, dates, jobs, mail, workflow
from network.jobs import Job, Progress
from network.mail_kinds import Kind
from network.membership import acts, rules
from network.membership.models import GOOD_FOR, Invitation, digest, may_invite, seat_words
from network.membership.rules import Days, Unfit
from network.people.models import Organisation, User
from network.roles import Permission, Role
from network.workflow import Changed, NotAllowed, Refused

KIND = "membership.invitation"
GONE = "This invitation can no longer be accepted."


# -- By the person who invites ------------------------------------------------------------------------


def invite(*, by: User, email: str, name: str, role: Role, organisation: Organisation | None) -> Invitation:
    """An invitation with its mail on the way. Raises Unfit, NotAllowed."""
    if not may_invite(by, role, organisation):
        raise NotAllowed(
            "You can’t invite to this role. A lead invites deputies, contributors and directors of their own "
            "authority; everybody else is invited by the network’s coordinator."
        )
    email, name = rules.address(email), rules.full_name(name)
    rules.check_seat(role, organisation)
    rules.check_days(Days(acts.first_day(organisation), None), organisation)
    person = _meant(by, email, name, role, organisation)
    same = {"email": email, "role": role, "organisation": organisation}
    if there := Invitation.objects.filter(**same, status="open").first():
        if not there.is_late:
            raise Unfit("email", _already(email, role, organisation))
        with transaction.atomic():
            Invitation.objects.filter(pk=there.pk).update(name=name, for_person=person)
            return send_again(there, by=by)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                **same, name=name, for_person=person, invited_by=by, expires_at=dates.now() + GOOD_FOR
            )
            audit.record(by=by, verb="invited", on=invitation, role=role, organisation=_slug(invitation))
            _send(invitation)
    except IntegrityError:  # somebody else's, a moment ago
        raise Unfit("email", _already(email, role, organisation)) from None
    return invitation


def _meant(by: User, email: str, name: str, role: Role, where: Organisation | None) -> User | None:
    """Somebody known without an account whom an admin invites by name: a co-chair of the terms of reference.

    A lead's invitation never looks: it would give away who is known, and whose roles come with the name.
    """
    if not by.may(Permission.PEOPLE_MANAGE):
        return None
    known = User.objects.filter(email__iexact=email).first()
    person = known or acts.without_account(name)
    if role == Role.CO_CHAIR and not (person and acts.holds(person, role, where)):
        rules.check_office(person or User(), Days(dates.today(), None))
    if known is None:
        return person
    if acts.holds(known, role, where):
        raise Unfit("email", f"{known.name} is {seat_words(role, where)} already.")
    if not known.is_active:
        raise Unfit("email", f"The account of {known.name} is closed.")
    return None


def _already(email: str, role: str, where: Organisation | None) -> str:
    return (
        f"{email} has an open invitation to be {seat_words(role, where)}. "
        "You can send it again from the list of invitations."
    )


def send_again(invitation: Invitation, *, by: User) -> Invitation:
    """A new link for seven new days, from now on by this sender; the old link is dead at once."""
    return workflow.move(
        invitation,
        "send again",
        by=by,
        then=_send,
        invited_by=by,
        token="",
        expires_at=dates.now() + GOOD_FOR,
        sendings=F("sendings") + 1,
    )


def withdraw(invitation: Invitation, *, by: User) -> Invitation:
    return workflow.move(invitation, "withdraw", by=by, token="")


def _slug(invitation: Invitation) -> str:
    return invitation.organisation.slug if invitation.organisation else ""


# -- The mail, by a worker ----------------------------------------------------------------------------


def _send(invitation: Invitation) -> None:
    invitation.refresh_from_db(fields=["sendings"])
    key = f"{invitation.pk}:{invitation.sendings}"
    sending = {"invitation": invitation.pk, "sending": invitation.sendings}
    jobs.request(KIND, key, payload=sending, title="An invitation by mail")


@jobs.handler(KIND)
def write(job: Job, progress: Progress) -> None:
    """Makes the link and the mail together; a sending that a newer one has replaced makes nothing."""
    with progress.finishing():
        waiting = Invitation.objects.select_for_update(of=("self",)).select_related(
            "organisation", "invited_by"
        )
        invitation = waiting.filter(
            pk=job.payload["invitation"], sendings=job.payload["sending"], status="open"
        ).first()
        if invitation is None:
            return
        token = secrets.token_urlsafe(32)
        invitation.token = digest(token)
        invitation.save(update_fields=["token"])
        last = dates.long_date(dates.local(invitation.expires_at).date())
        mail.queue(
            f"invitation:{job.key}",
            invitation.email,
            subject=f"{invitation.invited_by.name} invites you to the CYPCC portal: accept by {last}",
            template="notice",
            context={
                "paragraphs": [
                    f"{invitation.name},",
                    f"{invitation.invited_by.name} invites you to the portal of the network on Children and "
                    f"Young People’s Continuing Care, as {invitation.seat}.",
                    f"The link below works once, until {last}. Please don’t pass this mail on.",
                    "If you did not expect it, you need do nothing.",
                ],
                "link": reverse("invitation_follow", args=[token]),
                "link_label": "Accept the invitation",
            },
            kind=Kind.ACCOUNT,
            secret=True,
        )


# -- By the person who is invited ---------------------------------------------------------------------


def good(kept: str) -> Invitation | None:
    """The invitation behind a link's digest, if it can be accepted now."""
    if not kept:
        return None
    found: Invitation | None = (
        Invitation.objects.good()
        .filter(token=kept)
        .select_related("organisation", "invited_by", "for_person")
        .first()
    )
    return found


def account(invitation: Invitation) -> User | None:
    """The account of the address, if somebody can sign in to it."""
    known = User.objects.filter(email__iexact=invitation.email).first()
    return known if known and has_way_in(known) else None


def known(invitation: Invitation) -> User | None:
    """Somebody without a way in whom the portal knows by this address, or whom the admin meant."""
    person = User.objects.filter(email__iexact=invitation.email).first()
    return person or invitation.for_person


def has_way_in(person: User) -> bool:
    """Whether they have chosen a password, or have been in by their organisation's own account."""
    return is_password_usable(person.password) or person.last_login is not None


def accept_as(invitation: Invitation, person: User) -> None:
    """The role, for somebody who is signed in with that address. Raises Refused."""
    if (person.email or "").lower() != invitation.email:
        raise Refused("This invitation is for another address than the one with which you are signed in.")
    _accept(invitation, person)


def accept_new(invitation: Invitation, *, name: str, hashed: str) -> User:
    """An account with that password, and the role. Raises Changed if somebody was quicker, Refused."""
    try:
        with transaction.atomic():
            person = _newcomer(invitation)
            person.email, person.password = invitation.email, hashed
            if person._state.adding:  # the network's own record of a name stays as it is
                person.name = rules.full_name(name)
            person.save()
            _accept(invitation, person)
    except IntegrityError:
        raise Changed("There is an account with this address meanwhile. Sign in to accept.") from None
    return person


def _newcomer(invitation: Invitation) -> User:
    """The person without a way in whom the portal knows, or a new one."""
    person = known(invitation)
    if person is None:
        return User()
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if has_way_in(locked) or (locked.email and locked.email.lower() != invitation.email):
        raise Changed("There is an account with this address. Sign in to accept.")
    return locked


def _accept(invitation: Invitation, person: User) -> None:
    """The link works once: of two who follow it at once the second finds another status."""
    if not person.is_active:
        raise Refused("This account is closed. Write to the network’s coordinator.")
    role, where, sender = Role(invitation.role), invitation.organisation, invitation.invited_by
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        if good(invitation.token) is None:  # sent again, withdrawn or used since the page was opened
            raise Refused(GONE)
        workflow.move(invitation, "accept", by=None, accepted_by=person, accepted_at=dates.now(), token="")
        audit.record(by=person, verb="accepted an invitation", on=invitation, on_behalf_of=sender)
        if not acts.holds(person, role, where):
            acts.give_role(person, role, where, by=person, on_behalf_of=sender)
