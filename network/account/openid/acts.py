"""Whose an organisation's account is: tied and untied by the person, never found by an address."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst

from network import audit, dates, mail
from network.account import second_factor
from network.account.openid.models import OrganisationAccount
from network.account.openid.provider import Identity
from network.guards import forget_sign_in
from network.mail_kinds import Kind
from network.people.models import User
from network.workflow import Refused

WAITING = "organisation_waiting"
"""Where the session keeps who came back until the person says that it is theirs."""

WAITS = timedelta(minutes=10)


# -- Until the person says so -----------------------------------------------------------------------------


def wait(request: HttpRequest, identity: Identity) -> None:
    """Keeps who came back, for the person who is signed in now, or for nobody yet."""
    request.session[WAITING] = {
        "identity": asdict(identity),
        "for": request.user.pk,
        "at": dates.now().isoformat(),
    }


def waiting(request: HttpRequest) -> Identity | None:
    """Who came back a short while ago, for whoever it is now."""
    held = request.session.get(WAITING)
    if not held or held["for"] != request.user.pk:
        return None
    if dates.now() - datetime.fromisoformat(held["at"]) > WAITS:
        return None
    return Identity(**held["identity"])


def wait_no_more(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)


# -- Tied and untied --------------------------------------------------------------------------------------


def owner(identity: Identity) -> User | None:
    """Whose it is: by issuer, tenant and object id."""
    found = OrganisationAccount.objects.select_related("user").filter(**identity.key).first()
    return found.user if found else None


def connect(*, person: User, identity: Identity) -> None:
    """From now on this account signs the person in. Raises Refused if it is somebody's already."""
    try:
        with transaction.atomic():
            OrganisationAccount.objects.create(user=person, **identity.key)
            entry = audit.record(
                by=person, verb="connected an organisation's account", on=person, tenant=identity.tenant
            )
            _tell(person, entry.pk, f"{capfirst(settings.OIDC_NAME)} now signs you in to the portal.")
    except IntegrityError:
        raise Refused(
            "This account is connected with somebody already, or you have connected another one."
        ) from None


def disconnect(*, person: User) -> None:
    """Raises Refused if they would have no way in any more."""
    if not person.has_usable_password():
        raise Refused("Choose a password first: otherwise you could not sign in any more.")
    with transaction.atomic():
        gone, _ = OrganisationAccount.objects.filter(user=person).delete()
        if gone:
            entry = audit.record(by=person, verb="disconnected an organisation's account", on=person)
            _tell(person, entry.pk, f"{capfirst(settings.OIDC_NAME)} no longer signs you in to the portal.")


def _tell(person: User, number: int, what: str) -> None:
    mail.queue(
        f"account:organisation:{number}",
        person,
        subject="How you sign in to the portal has changed",
        template="notice",
        context={
            "paragraphs": [what, "If this was not you, tell the network’s coordinator now."],
            "link": "/",
            "link_label": "Open the portal",
        },
        kind=Kind.ACCOUNT,
    )


# -- Signing in -------------------------------------------------------------------------------------------


def enter(request: HttpRequest, person: User, identity: Identity, to: str) -> HttpResponse:
    """Signs the person in. Where the provider asked for a second step, the portal asks for no other.

    It is a fresh sign-in only if the provider says that it asked just now: most let in whoever was signed in
    there already.
    """
    wait_no_more(request)
    OrganisationAccount.objects.filter(user=person).update(used_at=dates.now())
    record_authentication(request, person, "organisation")
    answer = _sign_in(request, person, identity, to)
    if not identity.fresh:
        forget_sign_in(request)
    return answer


def _sign_in(request: HttpRequest, person: User, identity: Identity, to: str) -> HttpResponse:
    if not identity.second_factor:
        answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=to))
        return answer
    second_factor.show(request, person, second_factor.ELSEWHERE)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(to)


def show_again(request: HttpRequest, person: User, identity: Identity) -> None:
    """Who was asked again has shown who they are. Raises Refused if it is somebody else's account."""
    if owner(identity) != person:
        raise Refused("This is another account than the one with which you sign in to the portal.")
    record_authentication(request, person, "organisation", reauthenticated=True)
    if identity.second_factor:
        second_factor.show(request, person, second_factor.ELSEWHERE)
