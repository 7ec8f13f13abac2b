"""The one place where the second factor is demanded: before any page, download or act of the portal."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import resolve, reverse
from django.utils.http import urlencode

from network.account import second_factor

OUT = frozenset({"account_sign_in_again", "account_logout", "organisation_again"})
"""The organisation may vouch for a second step, and it is how those without a password show who they are."""

OPEN = {
    "set up": OUT | {"mfa_set_up", "account_reauthenticate"},
    "show": OUT | second_factor.SHOWN_AT,
}
"""What stays open besides the public pages, by what is missing: the way through, and the way out. Whoever has
a factor to show sets up no other meanwhile: it would be shown by being set up."""

WANTED = "second_step_next"
"""Where the session keeps the page that somebody wanted before they were sent to set up their second step."""


class SecondFactorGate:
    """Middleware: whoever needs or has a second factor and has not shown one gets no further than to show it.

    Asked before the view is reached, of every address, also of one that does not exist.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        missing = second_factor.missing(request)
        request.at_the_gate = bool(missing)  # type: ignore[attr-defined]
        if missing and not _is_open(request, missing):
            return _turned_to(request, missing)
        return self.get_response(request)


def _is_open(request: HttpRequest, missing: str) -> bool:
    try:
        found = resolve(request.path_info)
    except Http404:
        return False
    return found.url_name in OPEN[missing] or not getattr(found.func, "login_required", True)


def _turned_to(request: HttpRequest, missing: str) -> HttpResponse:
    """A page is led to the way through; what a script asks for is refused and told where that is."""
    name = "mfa_set_up" if missing == "set up" else _way_to_show(request)
    to = reverse(name)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"second_step": to}, status=403)
    wanted = request.get_full_path() if request.method == "GET" else "/"
    if missing == "set up":
        request.session[WANTED] = wanted
        return HttpResponseRedirect(to)
    return HttpResponseRedirect(f"{to}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")


def _way_to_show(request: HttpRequest) -> str:
    has_app = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    return "mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn"
