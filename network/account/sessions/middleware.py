"""Ends a session when its time is over, whatever it then asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from network import dates
from network.account.sessions import kept, lasting
from network.guards import is_by_itself
from network.people.models import User


class SessionLimits:
    """After the check against forged forms, so that a stranger's form is never kept; before the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400 and kept.SENT_ON in request.POST:
            user = getattr(request, "user", None)
            if isinstance(user, User):
                kept.sent_on(request, user)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User):
            return None
        if lasting.left(request) <= timedelta(0):
            if is_by_itself(view):  # nobody is there to read why
                return HttpResponse(status=204)
            public = not getattr(view, "login_required", True)
            return _over(request, user, public=public)
        if request.method == "POST" and kept.ONLY_KEEP in request.POST:
            held = kept.keep(request, user)  # another page of the same browser has prolonged the session
            return HttpResponseRedirect(_back(request) if held else kept.page_of(request))
        if not is_by_itself(view):
            lasting.seen(request)
        return None


def _over(request: HttpRequest, user: User, *, public: bool) -> HttpResponse | None:
    """Signed out; a page for everybody goes on for a visitor."""
    total = lasting.total_end(request)
    held = None if public else kept.keep(request, user)
    files = bool(held and (found := kept.typed(held)) and found.files)
    logout(request)
    if public:
        return None
    messages.info(request, _why(total, bool(held), files))
    read_only = request.method in ("GET", "HEAD")
    to = _back(request) if held else request.get_full_path() if read_only else kept.page_of(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': to})}")


def _back(request: HttpRequest) -> str:
    return f"{reverse('account_kept')}?{urlencode({'next': kept.page_of(request)})}"


def _why(total: datetime, held: bool, files: bool) -> str:
    if dates.now() >= total:
        says = f"You were signed out, because a session ends after {settings.SESSION_HOURS} hours."
    else:
        says = f"You were signed out after {settings.IDLE_MINUTES} minutes in which nothing happened."
    if held:
        says += " What you typed is kept: sign in and you can send it on."
    if files:
        says += " Files are not kept: choose them again."
    return says
