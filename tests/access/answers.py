"""An answer of the portal with everything in it that somebody could read."""

from __future__ import annotations

import html
import io
import re
import subprocess
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import Any

TOKEN = re.compile(r"zq[a-z0-9]+qz")
"""What a planted word looks like (see `World.token`)."""

MADE = b"%PDF-made-for-a-test "
"""How a PDF begins that was not rendered: its HTML follows."""

FLEETING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: str
    content: bytes
    content_type: str
    location: str
    failure: str = ""  # the exception behind a 500

    @classmethod
    def of(cls, response: Any) -> Answer:
        streamed = getattr(response, "streaming", False)
        content = b"".join(response.streaming_content) if streamed else response.content
        response.close()
        failure = repr(response.exc_info[1]) if getattr(response, "exc_info", None) else ""
        headers = f"{dict(response.headers)} {response.cookies}"
        kind = response.headers.get("Content-Type", "")
        return cls(
            response.status_code, headers, content, kind, response.headers.get("Location", ""), failure
        )

    @cached_property
    def text(self) -> str:
        """The body as words: a workbook's cells, a PDF's text, a page without its entities."""
        if "spreadsheetml" in self.content_type and self.content:
            return _cells(self.content)
        if self.content_type == "application/zip" and self.content:
            return _unpacked(self.content)
        if self.content.startswith(MADE):
            return html.unescape(self.content.decode())
        if self.content.startswith(b"%PDF-"):
            return _printed(self.content)
        return html.unescape(self.content.decode(errors="replace"))

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every planted word in body and headers."""
        return frozenset(TOKEN.findall(f"{self.headers} {self.text}"))

    @cached_property
    def lasting(self) -> str:
        """The body without what differs from one answer to the next."""
        return FLEETING.sub("", self.text)


def _cells(content: bytes) -> str:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    titles = [sheet.title for sheet in book.worksheets]
    return "\n".join([*titles, *("\t".join(str(cell) for cell in row if cell is not None) for row in rows)])


def _unpacked(content: bytes) -> str:
    """What stands in an archive: the names of its files and what each of them says."""
    said = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            body = archive.read(name)
            said += [name, _cells(body) if name.endswith(".xlsx") else body.decode(errors="replace")]
    return "\n".join(said)


def _printed(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()
