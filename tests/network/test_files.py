"""Every byte in and out: what is refused and why, who gets what, and what a spreadsheet makes of a text."""

from __future__ import annotations

import base64
import csv
import io
import os
import subprocess
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import Http404
from django.template import engines
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from network import dates, files
from network.files import Sheet, StoredFile, printing, stored, workbooks
from network.library.models import LibraryItem
from network.people.models import User
from network.roles import Role
from network.tick import tick
from tests import factories

PDF = b"%PDF-1.7\n%\xe2\xe3\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
DEMONSTRATION = "Demonstration: invented figures"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def archive(*names: str, mimetype: str = "", content: bytes = b"x") -> bytes:
    """An office file, as far as its outside goes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        if mimetype:
            parts.writestr("mimetype", mimetype)
        for name in names:
            parts.writestr(name, content)
    return made.getvalue()


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        files.check_upload(upload(name, content))
    return str(refused.value.messages[0])


def aged(*paths: Path) -> None:
    """As if they had been written two days ago."""
    then = time.time() - 2 * 24 * 3600
    for path in paths:
        os.utime(path, (then, then))


WORD = archive("[Content_Types].xml", "word/document.xml")


class TestWhatIsTakenIn:
    @pytest.mark.parametrize(
        ("name", "content", "content_type"),
        [
            ("reply.pdf", PDF, "application/pdf"),
            ("REPLY.PDF", b"\n" + PDF, "application/pdf"),
            ("a.docx", WORD, f"{stored._OFFICE}.wordprocessingml.document"),
            ("a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml"), workbooks.XLSX),
            (
                "a.pptx",
                archive("[Content_Types].xml", "ppt/presentation.xml"),
                f"{stored._OFFICE}.presentationml.presentation",
            ),
            ("a.odt", archive(mimetype=f"{stored._OASIS}.text"), f"{stored._OASIS}.text"),
            ("a.ods", archive(mimetype=f"{stored._OASIS}.spreadsheet"), f"{stored._OASIS}.spreadsheet"),
            ("a.csv", "Name;Zahl\nMüller;3\n".encode("cp1252"), "text/csv; charset=utf-8"),
            ("a.txt", "Notes – £5".encode(), "text/plain; charset=utf-8"),
            ("a.png", PNG, "image/png"),
            ("a.jpg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
            ("a.jpeg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ],
    )
    def test_each_kind_by_name_and_by_content(self, name: str, content: bytes, content_type: str) -> None:
        assert files.check_upload(upload(name, content)).content_type == content_type

    def test_a_30_mb_upload_is_refused_with_both_sizes(self) -> None:
        said = refusal("minutes.pdf", PDF + b"\0" * (30 * 1024 * 1024))
        assert said == "“minutes.pdf” is 30 MB; the limit is 10 MB."

    def test_an_empty_file(self) -> None:
        assert refusal("a.pdf", b"") == "“a.pdf” is empty. Check that it opens on your computer."

    @pytest.mark.parametrize("name", ["setup.exe", "a.pdf.exe", "page.html", "a.svg", "a.docm", "pdf", "a."])
    def test_a_kind_that_is_not_taken_names_those_that_are(self, name: str) -> None:
        said = refusal(name, PDF)
        assert "can’t be uploaded" in said
        assert "Word (docx)" in said

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.pdf", b"MZ\x90\0 a program"),
            ("a.pdf", b"<html>"),
            ("a.png", b"\xff\xd8\xff a JPEG"),
            ("a.docx", archive("[Content_Types].xml", "xl/workbook.xml")),
            ("a.docx", archive("readme.txt")),
            ("a.docx", PDF),
            ("a.docx", WORD[:40]),
            ("a.odt", archive(mimetype=f"{stored._OASIS}.spreadsheet")),
            ("a.ods", WORD),
            ("a.csv", WORD),
            ("a.txt", b"text\0with nothing"),
        ],
        # Not by the bytes: an archive's hold the second in which it was made, another in each test process.
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_content_that_is_not_what_the_name_says(self, name: str, content: bytes) -> None:
        assert "does not have the content of" in refusal(name, content)

    def test_a_zip_bomb_is_refused_without_unpacking_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bomb = archive("[Content_Types].xml", "word/document.xml", content=b"\0" * 120 * 1024 * 1024)
        assert len(bomb) < settings.UPLOAD_MAX_BYTES
        monkeypatch.setattr(zipfile.ZipFile, "open", None)
        assert "unpacks to more than the portal takes in" in refusal("a.docx", bomb)

    def test_so_is_one_of_very_many_parts(self) -> None:
        parts = archive("[Content_Types].xml", *(f"word/{n}" for n in range(stored.MOST_PARTS)))
        assert "unpacks to more" in refusal("a.docx", parts)

    def test_macros(self) -> None:
        macros = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
        assert "contains macros" in refusal("a.docx", macros)

    def test_a_password(self) -> None:
        assert "password" in refusal("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)

    @pytest.mark.parametrize(
        ("given_name", "kept"),
        [
            ("../../etc/passwd.txt", "passwd.txt"),
            ("C:\\Users\\me\\Reply to FOI.txt", "Reply to FOI.txt"),
            ("a\u202egpj.txt", "agpj.txt"),
            ("two\r\nlines.txt", "twolines.txt"),
            ("…/Réponse n° 4.txt", "Réponse n° 4.txt"),
            ("x" * 300 + ".txt", "x" * 150 + ".txt"),
            (".txt", "txt"),
        ],
    )
    def test_the_name_is_kept_without_paths_and_tricks(self, given_name: str, kept: str) -> None:
        assert stored._clean_name(given_name) == kept

    @given(st.text())
    def test_no_name_gets_a_path_or_a_control_character(self, name: str) -> None:
        kept = stored._clean_name(name)
        assert kept
        assert len(kept) <= 200
        assert not set(kept) & set("/\\\r\n\0")


@pytest.mark.django_db
class TestStoringAndHandingOut:
    def test_what_was_given_comes_back_as_an_attachment_for_one_reader(self) -> None:
        lead = factories.person("Lead")
        kept = files.store(upload("Réponse “4”.pdf", PDF), by=lead)
        kept.refresh_from_db()
        assert (kept.name, kept.size, kept.uploaded_by, kept.at) == (
            "Réponse “4”.pdf",
            len(PDF),
            lead,
            dates.now(),
        )
        answer = files.download(kept)
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[arg-type]
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''R%C3%A9ponse")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Type"] == "application/pdf"

    def test_the_path_on_disk_says_nothing_and_cannot_be_guessed(self) -> None:
        first = files.store(upload("legal advice.pdf", PDF), by=None)
        second = files.store(upload("legal advice.pdf", PDF), by=None)
        assert "legal" not in str(first.blob.name)
        assert first.blob.name != second.blob.name
        assert first.sha256 == second.sha256

    def test_what_is_refused_leaves_no_row_and_no_file(self) -> None:
        with pytest.raises(ValidationError):
            files.store(upload("a.pdf", b"not one"), by=None)
        assert not StoredFile.objects.exists()
        assert not list(Path(settings.MEDIA_ROOT).rglob("*"))

    def test_what_is_discarded_is_gone_when_the_change_is_committed(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        kept = files.store(upload("a.pdf", PDF), by=None)
        with django_capture_on_commit_callbacks() as then:
            files.discard(kept)
        assert not StoredFile.objects.exists()
        assert Path(kept.blob.path).exists(), "the change may still come to nothing"
        for callback in then:
            callback()
        assert not Path(kept.blob.path).exists()

    def test_a_discarding_that_comes_to_nothing_leaves_the_file(self) -> None:
        kept = files.store(upload("a.pdf", PDF), by=None)
        with transaction.atomic():
            files.discard(kept)
            transaction.set_rollback(True)
        assert b"".join(files.download(StoredFile.objects.get()).streaming_content) == PDF  # type: ignore[arg-type]

    def test_a_file_that_another_row_still_holds_is_not_discarded(self, people: Any) -> None:
        kept = files.store(upload("a.pdf", PDF), by=None)
        LibraryItem.objects.create(title="Guide", kind="guidance", file=kept, added_by=people.admin)
        files.discard(kept)
        assert StoredFile.objects.filter(pk=kept.pk).exists()

    def test_a_file_whose_row_never_came_is_removed_after_a_day(self) -> None:
        held = [files.store(upload(f"{n}.pdf", PDF), by=None) for n in range(3)]
        with transaction.atomic():
            lost = Path(files.store(upload("lost.pdf", PDF), by=None).blob.path)
            transaction.set_rollback(True)
        assert files.sweep() == 0
        assert lost.exists(), "its transaction may still be open"
        aged(lost, *(Path(one.blob.path) for one in held))
        assert "1 file without a row removed" in tick().said
        assert not lost.exists()
        assert all(Path(one.blob.path).exists() for one in held)
        assert files.sweep() == 0

    def test_the_folder_of_another_database_is_left_alone(self) -> None:
        """A tick in the middle of a restore finds all files and no rows."""
        kept = files.store(upload("a.pdf", PDF), by=None)
        aged(Path(kept.blob.path))
        kept.delete()
        assert files.sweep() == 0
        assert Path(kept.blob.path).exists()

    def test_a_file_that_is_lost_is_a_404(self) -> None:
        kept = files.store(upload("a.pdf", PDF), by=None)
        Path(kept.blob.path).unlink()
        with pytest.raises(Http404):
            files.download(kept)

    def test_no_address_leads_to_the_folder_of_uploads(self, sign_in: Callable[[User], Client]) -> None:
        kept = files.store(upload("a.pdf", PDF), by=None)
        coordinator = sign_in(factories.person("Coordinator", Role.ADMIN))
        for prefix in ("/media/", "/static/", "/static/../media/", "/var/media/", "/"):
            answer = coordinator.get(f"{prefix}{kept.blob.name}")
            assert answer.status_code == 404
            assert PDF not in answer.content
        assert not settings.MEDIA_URL.strip("/")


class TestWorkbooks:
    def sheet(self, *values: object, note: str = "") -> Any:
        content = files.workbook([Sheet("Answers", [f"H{n}" for n in range(len(values))], [values], note)])
        return load_workbook(io.BytesIO(content)).active

    @pytest.mark.parametrize(
        "text", ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", "#REF!", "=HYPERLINK()"]
    )
    def test_no_text_starts_a_formula(self, text: str) -> None:
        cell = self.sheet(text)["A3"]
        assert cell.data_type in ("s", "inlineStr")
        assert cell.value.strip() == text.strip()

    @pytest.mark.parametrize("text", ["=1+1", "+44 20", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
    def test_no_text_in_a_csv_file_starts_a_formula(self, text: str) -> None:
        assert self.csv([text])[2] == [f"'{text}"]

    def test_numbers_and_dates_stay_what_they_are(self) -> None:
        moment = datetime(2026, 7, 14, 13, 0, tzinfo=UTC)
        row = next(self.sheet(-5, 2.5, Decimal("1.25"), date(2027, 1, 14), moment).iter_rows(min_row=3))
        assert [cell.value for cell in row] == [
            -5,
            2.5,
            1.25,
            datetime(2027, 1, 14),
            datetime(2026, 7, 14, 14, 0),  # the reader's own time, London
        ]
        assert row[3].number_format == "d mmmm yyyy"

    def test_a_negative_number_in_a_csv_file_stays_a_number(self) -> None:
        assert self.csv([-5, date(2027, 1, 14), None])[2] == ["-5", "2027-01-14", ""]

    def test_headings_stay_in_sight_and_columns_fit(self) -> None:
        sheet = self.sheet("A rather long answer in words", 1, note="12 of 19 submitted")
        assert sheet.freeze_panes == "A4"
        assert [sheet[f"A{n}"].value for n in (1, 2, 3)] == [DEMONSTRATION, "12 of 19 submitted", "H0"]
        assert sheet["A3"].font.bold
        assert sheet.column_dimensions["A"].width > 25 > sheet.column_dimensions["B"].width

    def test_a_demonstration_says_so_on_each_sheet_and_a_real_workbook_does_not(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def first_cells() -> list[object]:
            content = files.workbook([Sheet("A", ["H"], []), Sheet("B", ["H"], [])])
            return [sheet["A1"].value for sheet in load_workbook(io.BytesIO(content))]

        assert first_cells() == [DEMONSTRATION, DEMONSTRATION]
        monkeypatch.setattr(settings, "PORTAL_DEMO", False)
        assert first_cells() == ["H", "H"]

    def test_characters_that_no_file_may_hold_are_left_out(self) -> None:
        assert self.sheet("a\x00b\x0bc\ud800d\ne")["A3"].value == "abcd\ne"

    @pytest.mark.parametrize(
        ("titles", "kept"),
        [
            (["B1: a/b [c]?", "'quoted'"], ["B1 a b c", "quoted"]),
            (["History", ""], ["History of", "Sheet"]),
            (["Same", "same"], ["Same", "same (2)"]),
            (["x" * 40, "x" * 50], ["x" * 31, "x" * 27 + " (2)"]),
        ],
    )
    def test_sheet_titles_are_such_as_excel_opens(self, titles: list[str], kept: list[str]) -> None:
        content = files.workbook([Sheet(title, ["H"], []) for title in titles])
        assert load_workbook(io.BytesIO(content)).sheetnames == kept

    @given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
    def test_any_text_survives_as_text(self, texts: list[str]) -> None:
        row = next(self.sheet(*texts).iter_rows(min_row=3))
        for cell, text in zip(row, texts, strict=True):
            assert cell.data_type != "f"
            assert workbooks._CONTROL.sub("", text).split() == str(cell.value or "").split()

    def test_the_answers_are_downloads(self) -> None:
        book = files.workbook_response("answers.xlsx", [Sheet("A", ["H"], [])])
        text = files.csv_response("answers.csv", ["H"], [])
        assert book["Content-Disposition"] == 'attachment; filename="answers.xlsx"'
        assert text["Content-Disposition"] == 'attachment; filename="answers.csv"'
        assert text.content.startswith(b"\xef\xbb\xbf")

    def csv(self, row: list[object]) -> list[list[str]]:
        content = files.csv_response("a.csv", ["H"], [row]).content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(content, newline="")))


# -- PDF --------------------------------------------------------------------------------------------

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

PAGE = """{% extends "pdf_base.html" %}{% block content %}<h1>Agenda</h1><h2>Items</h2>
<table><thead><tr><th scope="col">Item</th></tr></thead><tbody><tr><td>Welcome</td></tr></tbody></table>
{{ more|safe }}{% endblock %}"""


def page(more: str = "", **context: Any) -> str:
    words = {"title": "Agenda for 14 January 2027", "demo": True, "draft": False, "more": more, **context}
    return engines["django"].from_string(PAGE).render(words)


def rendered(more: str = "", **context: Any) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(files.pdf(page(more, **context), title="Agenda")))


def words_of(content: bytes) -> list[str]:
    """The words of each page, as a reader copies them."""
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return text.stdout.decode().split("\f")[:-1]


@pytest.fixture(autouse=True)
def _own_pdf_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)


@pytest.mark.slow
class TestPdf:
    def test_it_is_pdf_ua(self, tmp_path: Path) -> None:
        made = tmp_path / "made.pdf"
        made.write_bytes(files.pdf(page(draft=True), title="Agenda"))
        check = Path(settings.BASE_DIR) / "tests" / "tools" / "check-pdf"
        done = subprocess.run([check, made], capture_output=True, text=True, check=False)
        assert "PDF/UA-1 yes" in done.stdout, done.stdout + done.stderr

    def test_it_is_tagged_and_has_title_language_and_bookmarks(self) -> None:
        made = rendered()
        assert made.docinfo["/Title"] == "Agenda"
        assert made.Root.Lang == "en-GB"
        assert made.Root.MarkInfo.Marked
        with made.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Agenda"]
            assert [item.title for item in outline.root[0].children] == ["Items"]

    def test_every_page_says_its_number_and_that_it_is_a_draft_of_a_demonstration(self) -> None:
        content = files.pdf(page('<p class="new-page">Two</p>', draft=True), title="Agenda")
        pages = words_of(content)
        for number, text in enumerate(pages, start=1):
            assert f"Page {number} of 2" in text
            assert "DRAFT, not agreed" in text
            assert DEMONSTRATION in text
        assert len(pages) == 2

    def test_an_agreed_document_of_a_real_network_says_neither(self) -> None:
        [text] = words_of(files.pdf(page(demo=False), title="Agenda"))
        assert "DRAFT" not in text
        assert "emonstration" not in text

    def test_nothing_from_the_disk_or_the_network_gets_into_it(self, tmp_path: Path) -> None:
        (tmp_path / "secret.png").write_bytes(base64.b64decode(PIXEL))
        made = rendered(
            f'<img alt="a" src="file://{tmp_path}/secret.png"><img alt="b" src="http://127.0.0.1:9/x.png">'
            f'<img alt="c" src="{settings.PORTAL_URL}/static/../network/roles.py">'
            f'<link rel="attachment" href="file://{tmp_path}/secret.png">'
        )
        assert not made.pages[0].get_images()
        assert not made.attachments

    def test_a_picture_in_the_page_itself_does(self) -> None:
        made = rendered(f'<img alt="a" src="data:image/png;base64,{PIXEL}">')
        assert len(made.pages[0].get_images()) == 1

    def test_the_same_page_is_never_rendered_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = files.pdf(page(), title="Agenda")
        monkeypatch.setattr(printing, "_render", None)
        assert files.pdf(page(), title="Agenda") == first

    def test_it_opens_in_the_browser_under_its_name(self) -> None:
        answer = files.pdf_response(b"%PDF-", "agenda.pdf")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'inline; filename="agenda.pdf"'
        assert answer["Cache-Control"] == "private, no-store"


class TestPdfTrouble:
    def test_one_that_takes_too_long_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(printing, "LONGEST", 0.01)
        with pytest.raises(files.PdfFailed, match="took longer than"):
            files.pdf(page(), title="Agenda")

    def test_one_that_needs_too_much_memory_ends_its_own_process_only(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(printing, "MEMORY", 50 * 1024 * 1024)
        with pytest.raises(files.PdfFailed, match="could not be turned into a PDF"):
            files.pdf(page(), title="Agenda")

    def test_old_pages_are_purged_and_the_oldest_beyond_the_limit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(printing, "KEPT_BYTES", 25)
        now = dates.wall_clock().timestamp()
        for name, age in (
            ("new", 0),
            ("second", 60),
            ("third", 120),
            ("old", printing.KEPT_FOR.total_seconds()),
        ):
            file = printing._folder() / f"{name}.pdf"
            file.write_bytes(b"x" * 10)
            os.utime(file, (now - age, now - age))
        assert printing.purge() == 2
        assert sorted(file.stem for file in printing._folder().glob("*.pdf")) == ["new", "second"]
