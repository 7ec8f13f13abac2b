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
from network.account.sessions.models import Kept
from network.guards import is_by_itself
from network.people.models import User


class SessionLimits:
    """After the check against forged forms, so that a stranger's form is never kept; before the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400 and kept.arrived(request):
            user = getattr(request, "user", None)
            if isinstance(user, User):
                kept.sent_on(request, user)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User):
            return _out(request, view)
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
        if request.method == "POST" and kept.must_be_looked_at(request):
            messages.info(request, f"Look at it first, and tick “{kept.MINE}”.")
            return HttpResponseRedirect(_back(request))
        return None


def _out(request: HttpRequest, view: Any) -> HttpResponse | None:
    """A visitor; if they were signed out from elsewhere, that is said. What is sent from there is not kept:
    whoever was signed out may be somebody whom the owner wanted out."""
    ended = lasting.ended_here(request)
    sends = request.method == "POST"
    if not getattr(view, "login_required", True) or (ended is None and not sends):
        return None
    if is_by_itself(view):
        return HttpResponse(status=204) if ended else None
    why = "You were signed out here from somewhere else." if ended else "You are not signed in here any more."
    if sends:
        why += " What you sent was not saved, and it is not kept."
    return _sign_in_again(request, None, why)


def _over(request: HttpRequest, user: User, *, public: bool) -> HttpResponse | None:
    """Signed out; a page for everybody goes on for a visitor."""
    total = lasting.total_end(request)
    held = None if public else kept.keep(request, user)
    logout(request)
    return None if public else _sign_in_again(request, held, _why(total))


def _sign_in_again(request: HttpRequest, held: Kept | None, why: str) -> HttpResponse:
    """To the sign-in page, which says why, and what became of what was typed."""
    if held:
        why += " What you typed is kept: sign in and you can send it on."
        if (found := kept.typed(held)) and found.files:
            why += " Files are not kept: choose them again."
    messages.info(request, why)
    read_only = request.method in ("GET", "HEAD")
    to = _back(request) if held else request.get_full_path() if read_only else kept.page_of(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': to})}")


def _back(request: HttpRequest) -> str:
    return f"{reverse('account_kept')}?{urlencode({'next': kept.page_of(request)})}"


def _why(total: datetime) -> str:
    if dates.now() >= total:
        return f"You were signed out, because a session ends after {settings.SESSION_HOURS} hours."
    return f"You were signed out after {settings.IDLE_MINUTES} minutes in which nothing happened."
