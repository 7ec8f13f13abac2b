"""How every view begins: the fetch is the check.

A row that the person may not read does not exist (404); a row that they read but may not touch is 403.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from network import dates
from network.audience import RESTRICTED, ScopedQuerySet
from network.people.models import Organisation, User
from network.refusals import refusal
from network.roles import Permission

_Row = TypeVar("_Row", bound=models.Model)


_View = TypeVar("_View", bound=Callable[..., Any])


class SignedIn(HttpRequest):
    """A request behind the closed-by-default login middleware."""

    user: User


def visible_or_404(rows: type[_Row] | models.QuerySet[_Row], user: User, **lookup: Any) -> _Row:
    """The one row that matches, if the person may read it; otherwise 404, as if it had never been."""
    queryset = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    if not isinstance(queryset, ScopedQuerySet):
        raise TypeError(f"{queryset.model.__name__} does not say who may read it")
    row: _Row = get_object_or_404(queryset.visible_to(user), **lookup)
    return row


def require(user: User, permission: Permission, at: Organisation | None = None) -> None:
    """403 unless the person holds the permission (at the organisation, if one is concerned)."""
    if not user.may(permission, at=at):
        raise PermissionDenied(refusal(user, permission, at))


SIGNED_IN_AT = "signed_in_at"
"""Where the session keeps when the person last showed who they are: by signing in, or when asked again."""


def note_sign_in(request: HttpRequest) -> None:
    """The person has shown who they are, this moment."""
    request.session[SIGNED_IN_AT] = dates.now().isoformat()


def forget_sign_in(request: HttpRequest) -> None:
    """The person is signed in, but nobody says that they showed who they are just now."""
    request.session.pop(SIGNED_IN_AT, None)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has shown who they are within the last minutes (`FRESH_SIGN_IN_MINUTES`)."""
    at = request.session.get(SIGNED_IN_AT)
    if not at:
        return False
    since = dates.now() - datetime.fromisoformat(at)
    return since < timedelta(minutes=settings.FRESH_SIGN_IN_MINUTES)


class FreshSignInNeeded(ReauthenticationRequired):
    """What was asked for is handed out once the person has shown again who they are."""


def fresh_sign_in(request: HttpRequest) -> None:
    """Before what is restricted leaves the portal, the person shows again who they are, and is led back.

    Call it after the row is fetched and the permission asked: who may not have it is not asked anything.
    """
    if not is_fresh(request):
        raise FreshSignInNeeded


def fresh_for(request: HttpRequest, *audiences: str) -> None:
    """A fresh sign-in, if anything that leaves is for so few readers that it asks for one."""
    if RESTRICTED.intersection(audiences):
        fresh_sign_in(request)


def by_itself(view: _View) -> _View:
    """A page's script asks this without anybody doing anything: it does not prolong the session."""
    view.by_itself = True  # type: ignore[attr-defined]
    return view


def is_by_itself(view: Callable[..., Any]) -> bool:
    return getattr(view, "by_itself", False)
