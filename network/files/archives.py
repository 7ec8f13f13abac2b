"""Several files as one: a ZIP archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from django.http import HttpResponse

from network.files.responses import bytes_response

ZIP = "application/zip"
_STARTS = (1980, 1, 1, 0, 0, 0)  # the format's first moment: when it was made stands inside the files


def archive(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in files.items():
            packed.writestr(zipfile.ZipInfo(name, _STARTS), body, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def archive_response(filename: str, content: bytes) -> HttpResponse:
    return bytes_response(content, filename, ZIP)
