"""Files that people give the network: checked, kept where no URL leads, handed out by whoever may read
them."""

from __future__ import annotations

import hashlib
import logging
import lzma
import math
import secrets
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import FileResponse, Http404
from django.template.defaultfilters import filesizeformat
from django.utils.datastructures import MultiValueDict

from network import dates
from network.files.responses import private_file

if TYPE_CHECKING:
    from network.people.models import User

logger = logging.getLogger(__name__)

MOST_PARTS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
"""An office file is a zip archive. One with more parts, or more bytes when unpacked, is refused unopened."""

LONGEST_NAME = 150


def _random_path(stored: StoredFile, filename: str) -> str:
    """A path under MEDIA_ROOT that nobody can guess and that keeps nothing of the person's file name."""
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:]}"


class StoredFile(models.Model):
    """A file somebody gave the network.

    No URL leads to it and it has no audience of its own: the view of the row that it belongs to checks the
    reader and answers with `download`.
    """

    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.FileField(upload_to=_random_path, max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    at = models.DateTimeField(default=dates.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Accepted:
    """What an upload is kept as: a clean name and the type that its content has."""

    name: str
    content_type: str


def check_upload(uploaded: UploadedFile[Any]) -> Accepted:
    """Accepts the upload or raises ValidationError, saying in plain words what to do instead."""
    name = _clean_name(uploaded.name or "")
    size = uploaded.size or 0
    if not size:
        raise ValidationError(f"“{name}” is empty. Check that it opens on your computer.", code="empty")
    if size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(
            f"“{name}” is {megabytes(size)}; the limit is {megabytes()}.",
            code="too_large",
        )
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    kind = _KINDS.get(extension)
    if kind is None:
        raise ValidationError(f"“{name}” can’t be uploaded. Use {ALLOWED}.", code="type")
    problem = _problem(uploaded, kind)
    if problem:
        raise ValidationError(f"“{name}” {problem}", code="content")
    return Accepted(name, kind.content_type)


def told_apart(uploads: MultiValueDict[str, UploadedFile[Any]]) -> list[tuple[str, str | None, int | None]]:
    """What tells the uploads of one sending of a form from those of another: field, name and size."""
    return [(field, one.name, one.size) for field in sorted(uploads) for one in uploads.getlist(field)]


def store(uploaded: UploadedFile[Any], *, by: User | None) -> StoredFile:
    """Checks and keeps the upload. Raises ValidationError."""
    accepted = check_upload(uploaded)
    digest = hashlib.sha256()
    for chunk in uploaded.chunks():
        digest.update(chunk)
    uploaded.seek(0)
    stored = StoredFile(
        name=accepted.name,
        content_type=accepted.content_type,
        size=uploaded.size or 0,
        sha256=digest.hexdigest(),
        uploaded_by=by,
    )
    stored.blob.save("", uploaded, save=True)
    return stored


def download(stored: StoredFile) -> FileResponse:
    """The file as an attachment. Call it only after the reader's right to the row that owns it is checked."""
    try:
        opened = stored.blob.open("rb")
    except FileNotFoundError:
        logger.error("stored file %s has lost its content", stored.pk)
        raise Http404("The file is missing from the store.") from None
    response = FileResponse(opened, content_type=stored.content_type)
    private_file(response, stored.name)
    return response


def discard(stored: StoredFile) -> None:
    """Gives a file up: its row goes with the transaction, its content once that is committed.

    Take it out of the row that held it first. A file that another row still holds stays.
    """
    blob = stored.blob
    try:
        stored.delete()
    except models.ProtectedError:
        return
    transaction.on_commit(partial(_remove, blob.storage, str(blob.name)))


def _remove(storage: Storage, name: str) -> None:
    try:
        storage.delete(name)
    except OSError:
        logger.exception("a discarded file could not be removed; the sweep will try again")


KEPT_WITHOUT_A_ROW = 24 * 60 * 60
"""Seconds. Longer than any transaction: afterwards no row will come for the file any more."""


def _written(path: Path) -> float:
    """When; a file that is removed meanwhile counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def sweep() -> int:
    """Removes files whose row never came, because the transaction or the process ended; how many.

    Where more files lack a row than have one, the folder belongs to another database or to one that is
    being restored: then nothing is removed.
    """
    storage = StoredFile._meta.get_field("blob").storage
    before = dates.wall_clock().timestamp() - KEPT_WITHOUT_A_ROW
    folder = Path(storage.path(""))
    old = {
        entry.relative_to(folder).as_posix()
        for entry in folder.glob("[0-9a-f][0-9a-f]/" + "[0-9a-f]" * 38)
        if _written(entry) < before
    }
    held = set(StoredFile.objects.values_list("blob", flat=True)) if old else set()
    lost = old - held
    if len(lost) > len(held):
        logger.error("%s files have no row and %s have: nothing was removed", len(lost), len(held))
        return 0
    for name in lost:
        _remove(storage, name)
    return len(lost)


# -- What an upload may be --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    words: str  # "a PDF"
    content_type: str
    problem: Callable[[IO[bytes]], str]  # what is wrong with the content, "" if nothing


def _problem(uploaded: UploadedFile[Any], kind: _Kind) -> str:
    uploaded.seek(0)
    try:
        problem = kind.problem(cast(IO[bytes], uploaded))
    except _UNREADABLE:
        problem = _NOT_THAT
    uploaded.seek(0)
    return problem.format(words=kind.words)


_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError
)  # fmt: skip
"""What a broken archive can raise (an unknown compression or a wanted password is a RuntimeError)."""

_NOT_THAT = "does not have the content of {words}. Open it, save it again as {words} and upload that."
_LOCKED = "is protected by a password. Remove the password and upload it again."


def _starts(*beginnings: bytes, within: int = 0) -> Callable[[IO[bytes]], str]:
    """Content that has one of the beginnings, at the start or within the first bytes."""

    def problem(content: IO[bytes]) -> str:
        head = content.read(within + max(len(beginning) for beginning in beginnings))
        found = any(beginning in head if within else head.startswith(beginning) for beginning in beginnings)
        return "" if found else _NOT_THAT

    return problem


def _archive(content: IO[bytes]) -> tuple[zipfile.ZipFile | None, str]:
    """The office file's archive, its directory checked and nothing unpacked; or what is wrong with it."""
    if (
        content.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    ):  # an encrypted file, or one of Office before 2007
        return (
            None,
            "is protected by a password or in an old format. Save it in today’s format without a password.",
        )
    archive = zipfile.ZipFile(content)
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return None, "unpacks to more than the portal takes in. Upload a smaller file or a PDF of it."
    if any(part.flag_bits & 0x1 for part in parts):
        return None, _LOCKED
    return archive, ""


def _open_xml(folder: str) -> Callable[[IO[bytes]], str]:
    """Word, Excel or PowerPoint, told by the folder in the archive; without macros."""

    def problem(content: IO[bytes]) -> str:
        archive, wrong = _archive(content)
        if archive is None:
            return wrong
        names = archive.namelist()
        if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
            return _NOT_THAT
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            return "contains macros. Save it without them and upload it again."
        return ""

    return problem


def _open_document(content_type: str) -> Callable[[IO[bytes]], str]:
    """Open Document text or sheet, told by the archive's own first entry."""

    def problem(content: IO[bytes]) -> str:
        archive, wrong = _archive(content)
        if archive is None:
            return wrong
        if "mimetype" not in archive.namelist():
            return _NOT_THAT
        with archive.open("mimetype") as said:
            return "" if said.read(100) == content_type.encode() else _NOT_THAT

    return problem


def _plain_text(content: IO[bytes]) -> str:
    """Text in UTF-8 or in Excel's Windows code page: no control characters but tabs and line ends."""
    while chunk := content.read(64 * 1024):
        if any(byte < 32 and byte not in b"\t\n\r\f" for byte in chunk):
            return _NOT_THAT
    return ""


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OASIS = "application/vnd.oasis.opendocument"

_KINDS: dict[str, _Kind] = {
    "pdf": _Kind("a PDF", "application/pdf", _starts(b"%PDF-", within=1024)),
    "docx": _Kind("a Word document", f"{_OFFICE}.wordprocessingml.document", _open_xml("word/")),
    "xlsx": _Kind("an Excel workbook", f"{_OFFICE}.spreadsheetml.sheet", _open_xml("xl/")),
    "pptx": _Kind("a PowerPoint presentation", f"{_OFFICE}.presentationml.presentation", _open_xml("ppt/")),
    "odt": _Kind("an Open Document text", f"{_OASIS}.text", _open_document(f"{_OASIS}.text")),
    "ods": _Kind("an Open Document sheet", f"{_OASIS}.spreadsheet", _open_document(f"{_OASIS}.spreadsheet")),
    "csv": _Kind("a CSV file", "text/csv; charset=utf-8", _plain_text),
    "txt": _Kind("a plain text file", "text/plain; charset=utf-8", _plain_text),
    "png": _Kind("a PNG picture", "image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": _Kind("a JPEG picture", "image/jpeg", _starts(b"\xff\xd8\xff")),
}
_KINDS["jpeg"] = _KINDS["jpg"]


def type_words(content_type: str) -> str:
    """What kind of file it is, for a reader: "Word document"."""
    found = next((kind.words for kind in _KINDS.values() if kind.content_type == content_type), "a file")
    words = found.partition(" ")[2]
    return words[:1].upper() + words[1:]


ALLOWED = (
    "PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), Open Document (odt, ods), "
    "CSV, plain text, PNG or JPEG"
)
ACCEPT = ",".join(f".{extension}" for extension in _KINDS)
"""For the `accept` attribute of a file field."""


def _clean_name(name: str) -> str:
    """The last part of a path in either notation, without control or direction-changing characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(letter for letter in last if not unicodedata.category(letter).startswith("C"))
    visible = " ".join(visible.split()).strip(". ") or "file"
    stem, dot, extension = visible.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{extension[:20]}" if stem else visible[:LONGEST_NAME]


def megabytes(size: int | None = None) -> str:
    """30 MB, 1.5 MB, 800 KB, with an ordinary space; without a size, the largest upload."""
    return (
        filesizeformat(settings.UPLOAD_MAX_BYTES if size is None else size)
        .replace("\xa0", " ")
        .replace(".0 ", " ")
    )
