"""What holds for every answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from network import audit, readings
from network.account import again
from network.account.addresses import came_from
from network.account.sealing import Unreadable
from network.files import PdfFailed, is_download
from network.guards import FreshSignInNeeded
from network.workflow import Changed, Refused

_NO_ADDRESS = re.compile("[\x00\ud800-\udfff]")


class StorableAddresses:
    """No database looks for a NUL or half a character: an address or a cookie with one is refused before any
    page. What a form sends is told beside its field instead (network.forms.storable)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = [one for name, values in request.GET.lists() for one in (name, *values)]
        if any(map(_NO_ADDRESS.search, (request.path_info, *asked, *request.COOKIES.values()))):
            raise BadRequest("The address holds a character that can't be stored.")
        return self.get_response(request)


class CompressedPages(GZipMiddleware):
    """Pages travel compressed, with random padding against guesses by length; files have their own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class PrivatePages:
    """Pages behind sign-in are kept by no cache; a race, a refusal or a PDF that could not
    be made is told in plain words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, FreshSignInNeeded):
            return again.ask(request)  # type: ignore[arg-type]
        if isinstance(exception, Changed | Refused):
            context = {"reason": str(exception), "back": _came_from(request)}
            return render(request, "409.html", context, status=409)
        if isinstance(exception, Unreadable):
            return render(request, "mfa/unreadable.html", {"reason": exception.message}, status=503)
        if isinstance(exception, PdfFailed):
            return render(request, "network/pdf_failed.html", {"reason": str(exception)}, status=503)
        return None


def _came_from(request: HttpRequest) -> str:
    """The page with the button that was pressed, if it is one of ours; else the address itself."""
    return came_from(request).partition("?")[0] or request.path


class LegalReadings:
    """Each reading of something that is kept to named people is written down, by whatever door it left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with readings.noted() as seen:
            response = self.get_response(request)
        shown = request.method != "HEAD" and response.status_code in (200, 206, 409)
        if seen and shown and request.user.is_authenticated:
            audit.read(by=request.user, on=seen.values(), leaves=is_download(response))
        return response
