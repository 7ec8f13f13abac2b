"""The door for gunicorn."""

from __future__ import annotations

import codecs
import gc
import os
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cypcc_portal.settings")
_portal = get_wsgi_application()

from network.checks import refuse_invented_figures  # noqa: E402 - the settings must be ready first

refuse_invented_figures()

# All that pages need is there before the first one is asked for, and stays: a collector that walked through
# it again and again would make somebody wait a tenth of a second. A page makes tens of thousands of objects
# and hardly a circle among them, so it looks for circles once in several pages, not some fifty times in each.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 10, 10)

READ = {"utf-8", "ascii", "iso8859-1", "cp1252"}
"""The encodings in which browsers send forms, by their names in Python."""


def readable_charset(content_type: str) -> bool:
    """Whether a form in the declared encoding can be read.

    Python knows codecs that are no encoding of text (hex, idna); Django would take them and stumble.
    """
    try:
        said = parse_header_parameters(content_type)[1].get("charset")
        return said is None or codecs.lookup(said).name in READ
    except (LookupError, ValueError):
        return False


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if readable_charset(environ.get("CONTENT_TYPE", "")):
        answer: Iterable[bytes] = _portal(environ, start_response)
        return answer
    start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"This request is in an encoding that the portal does not read.\n"]
