"""What Django and allauth tell of sign-ins and passwords, written into the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth

from network import audit
from network.people.models import User


def listen() -> None:
    auth.user_logged_in.connect(_signed_in, dispatch_uid="audit")
    auth.user_logged_out.connect(_signed_out, dispatch_uid="audit")
    auth.user_login_failed.connect(_failed, dispatch_uid="audit")
    account.password_changed.connect(_password_changed, dispatch_uid="audit")
    account.password_set.connect(_password_changed, dispatch_uid="audit")
    account.password_reset.connect(_password_reset, dispatch_uid="audit")
    mfa.authenticator_reset.connect(_codes_made, dispatch_uid="audit")


def _signed_in(sender: object, user: User, **kwargs: Any) -> None:
    audit.record(by=user, verb="signed in", on=user)


def _signed_out(sender: object, user: User | None, **kwargs: Any) -> None:
    if user is not None:  # a session that had ended already
        audit.record(by=user, verb="signed out", on=user)


def _failed(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Of an address that nobody has, only that it was tried: what was typed may be a password in the wrong
    field. Either way the same is asked of the database, so that the answer takes as long."""
    address = str(credentials.get("email") or credentials.get("username") or "")
    person = User.objects.filter(email__iexact=address).first()
    audit.record(by=None, verb="failed to sign in", on=person or User)


def _password_changed(sender: object, user: User, **kwargs: Any) -> None:
    audit.record(by=user, verb="changed the password", on=user)


def _password_reset(sender: object, user: User, **kwargs: Any) -> None:
    audit.record(by=user, verb="chose a new password by a mailed link", on=user)


def _codes_made(sender: object, user: User, **kwargs: Any) -> None:
    audit.record(by=user, verb="made new recovery codes", on=user)
