"""HTML to tagged PDF (PDF/UA-1), in a child process, and never twice for the same page.

WeasyPrint does not give memory back, so each page is rendered by a process that ends with it. What comes out
is kept in `var/pdf` under the hash of all that went in; who may have it is the caller's question, asked
before.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse

from network import dates
from network.files.responses import bytes_response

logger = logging.getLogger(__name__)

LONGEST = 120  # seconds for one document; gunicorn waits a little longer for its page (Procfile)
MEMORY = 2 * 1024**3  # bytes of address space: about 500 pages
KEPT_FOR = timedelta(days=7)
KEPT_BYTES = 200 * 1024 * 1024


class PdfFailed(Exception):
    """The PDF could not be made; the words say why and may be shown."""


def pdf(html: str, *, title: str) -> bytes:
    """The page as PDF; `html` is a whole document that extends `pdf_base.html`. Raises PdfFailed."""
    order = json.dumps(_order(html, title), sort_keys=True)
    name = hashlib.sha256(order.encode()).hexdigest()
    kept = _folder() / f"{name}.pdf"
    with _one_at_a_time(name):
        if kept.exists():
            os.utime(kept)
            return kept.read_bytes()
        made = _render(order)
        _keep(kept, made)
    return made


def pdf_response(content: bytes, filename: str, *, attachment: bool = False) -> HttpResponse:
    """A PDF that opens in the browser under its name."""
    return bytes_response(content, filename, "application/pdf", attachment=attachment)


def purge() -> int:
    """Removes rendered pages that nobody asked for in a week, and the oldest beyond 200 MB; how many."""
    oldest_kept = (dates.wall_clock() - KEPT_FOR).timestamp()
    removed = total = 0
    files = [(file.stat(), file) for file in _folder().glob("*.pdf")]
    for stat, file in sorted(files, key=lambda one: -one[0].st_mtime):
        total += stat.st_size
        if stat.st_mtime < oldest_kept or total > KEPT_BYTES:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _order(html: str, title: str) -> dict[str, Any]:
    """All that decides what the PDF looks like."""
    css = finders.find("css/pdf.css")
    if not isinstance(css, str):
        raise PdfFailed("The style of PDF pages is missing.")
    folders = [*settings.STATICFILES_DIRS, settings.STATIC_ROOT]
    return {
        "html": html,
        "title": title,
        "css": Path(css).read_text(encoding="utf-8"),
        "base_url": f"{settings.PORTAL_URL}/",
        "static_url": f"{settings.PORTAL_URL}{settings.STATIC_URL}",
        "static_folders": [str(folder) for folder in folders if folder],
        "memory": MEMORY,
    }


def _render(order: str) -> bytes:
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    command = [sys.executable, "-I", str(Path(__file__).with_name("render_pdf.py"))]
    try:
        done = subprocess.run(
            command, input=order.encode(), capture_output=True, timeout=LONGEST, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise PdfFailed(
            f"The document took longer than {LONGEST} seconds. Make it shorter and try again."
        ) from None
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        logger.error("rendering a PDF failed (%s): %s", done.returncode, said[-2000:])
        raise PdfFailed("The document could not be turned into a PDF. If it is very long, split it.")
    if said:
        logger.warning("rendering a PDF: %s", said[-2000:])
    return done.stdout


def _keep(kept: Path, made: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as half:
        half.write(made)
    Path(half.name).replace(kept)


def _folder() -> Path:
    folder: Path = settings.VAR_DIR / "pdf"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    """Two who ask for the same page at once: the second waits for the first and finds it kept."""
    with (_folder() / f"lock-{name[:2]}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
