"""How every view begins: the fetch is the check.

A row that the person may not read does not exist (404); a row that they read but may not touch is 403.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from network.audience import ScopedQuerySet
from network.people.models import Organisation, User
from network.roles import Permission

_Row = TypeVar("_Row", bound=models.Model)


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
        raise PermissionDenied(f"This needs permission to {permission}.")
