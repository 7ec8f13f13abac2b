"""Adding and removing one's own second factors: with recovery codes, a line in the audit and a mail."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import flows as totp
from allauth.mfa.webauthn.internal import flows as webauthn
from django.contrib import messages
from django.db import transaction

from network import audit
from network.account import second_factor
from network.guards import SignedIn
from network.people.models import User
from network.workflow import Refused

WHAT = {
    Authenticator.Type.TOTP: ("an authenticator app", "mfa/email/totp_deactivated"),
    Authenticator.Type.WEBAUTHN: ("a passkey", "mfa/email/webauthn_removed"),
}


def add_app(request: SignedIn, form: Any) -> bool:
    """True if recovery codes were made, which the person is to see now."""
    with transaction.atomic():
        _one_at_a_time(request.user)
        _nobody_was_quicker(request)
        if Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            return False  # the same page was sent twice
        factor, codes = totp.activate_totp(request, form)
        _added(request, factor)
    return codes is not None


def add_passkey(request: SignedIn, form: Any) -> bool:
    with transaction.atomic():
        _one_at_a_time(request.user)
        _nobody_was_quicker(request)
        factor, codes = webauthn.add_authenticator(
            request, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
        )
        _added(request, factor)
    return codes is not None


def remove(request: SignedIn, factor: Authenticator) -> None:
    """Removes one of somebody's own factors; two at the same moment don't take the last one."""
    what, letter = WHAT[Authenticator.Type(factor.type)]
    with transaction.atomic():
        _one_at_a_time(request.user)
        if not second_factor.may_go(factor):
            raise Refused(second_factor.NEEDED + ".")
        delete_and_cleanup(request, factor)
        audit.record(by=request.user, verb=f"removed {what} from their sign-in", on=request.user)
    messages.success(request, "It is removed: you no longer sign in with it.")
    get_adapter().send_notification_mail(letter, request.user)


def _added(request: SignedIn, factor: Authenticator) -> None:
    what, _ = WHAT[Authenticator.Type(factor.type)]
    second_factor.show(request, request.user, factor.type, factor)
    audit.record(by=request.user, verb=f"added {what} to their sign-in", on=request.user)


def _nobody_was_quicker(request: SignedIn) -> None:
    """Asked again under the lock: since the gate, another session may have set up the first factor."""
    if second_factor.missing(request) == "show":
        raise Refused("A second step was set up meanwhile. Show that one first.")


def _one_at_a_time(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)
