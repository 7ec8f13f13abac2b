"""How a file leaves: under its name, for one reader, never guessed at and never kept by a cache."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header


def private_file(response: HttpResponseBase, filename: str, *, attachment: bool = True) -> None:
    """Sets the headers of a file for one reader; the name may hold any letters (RFC 5987)."""
    disposition = content_disposition_header(attachment, filename)
    if disposition:
        response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"


def bytes_response(
    content: bytes, filename: str, content_type: str, *, attachment: bool = True
) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    private_file(response, filename, attachment=attachment)
    return response


def is_download(response: HttpResponseBase) -> bool:
    """Whether the answer is a file that leaves the portal, and no page."""
    return response.headers.get("Content-Disposition", "").startswith("attachment")
