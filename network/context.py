"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from network import registry
from network.account.sessions import lasting


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.PORTAL_DEMO,
        "network_name": settings.NETWORK_NAME,
        "nav": _navigation(request),
        "session": _session(request),
        "organisation_sign_in": settings.OIDC_NAME if settings.OIDC_CLIENT_ID else "",
    }


def _session(request: HttpRequest) -> dict[str, int] | None:
    """Seconds until the session ends, for the script that warns of it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    warn = int(60 * settings.SESSION_WARN_MINUTES)
    return lasting.seconds(request) | {"warn": warn, "hours": settings.SESSION_HOURS}


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "at_the_gate", False):
        return []
    items = sorted(registry.nav_for(user), key=lambda item: item.order)
    here = max((item.url for item in items if request.path.startswith(item.url)), key=len, default="")
    return [{"label": item.label, "url": item.url, "current": item.url == here} for item in items]
