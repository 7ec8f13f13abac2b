"""Where somebody may be led: within the portal; and from where within it they come."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def within(request: HttpRequest, address: str) -> str:
    """The address if it is one of ours, else the home page."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else "/"


def came_from(request: HttpRequest) -> str:
    """The page before, as the browser tells it, if it is one of ours; "" else."""
    try:
        before = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    if before.netloc != request.get_host() or not before.path:
        return ""
    return f"{before.path}?{before.query}" if before.query else before.path
