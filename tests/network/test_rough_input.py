"""Whatever a browser sends gets a clear answer: a page, a sentence beside the field, or a refusal, never a
fault."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from cypcc_portal.wsgi import application, readable_charset
from network import files
from network.files import printing
from network.meetings.models import AgendaItem, Meeting
from tests import meetings_factories as make

MOVE = {"starts_at": "10:00", "ends_at": "12:00", "place": "", "link": "", "chair": ""}


@pytest.mark.parametrize("asked", ["-1", "0", "1000000", "x", "-1&page=7"])
@pytest.mark.parametrize("page", ["/meetings/", "/network/", "/library/", "/actions/"])
def test_a_list_has_its_own_length_whatever_the_address_asks(people, sign_in, page, asked):
    assert sign_in(people.lead).get(f"{page}?per_page={asked}").status_code == 200


def test_a_list_does_not_grow_by_its_address(people, sign_in):
    text = sign_in(people.lead).get("/network/?per_page=2&state=any").content.decode()
    assert "Bodies 1 to 25 of" in text


@pytest.mark.parametrize("year", ["1900", "2019", "2101"])
def test_a_meeting_lies_between_2020_and_2100(people, sign_in, year):
    make.meeting()
    sent = MOVE | {"on-day": "14", "on-month": "1", "on-year": year}
    page = sign_in(people.admin).post("/meetings/2027-01-14/change/", sent).content.decode()
    assert "Year must be between" in page
    assert Meeting.objects.get().on == date(2027, 1, 14)


def test_the_database_keeps_a_meeting_within_the_years_that_periods_know(people):
    make.meeting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.update(on=date(1900, 1, 14))


@pytest.mark.parametrize("on", [date(2020, 1, 1), date(2100, 12, 31)])
def test_every_period_that_the_list_of_meetings_offers_can_be_chosen(people, sign_in, on):
    meeting = make.meeting()
    Meeting.objects.filter(pk=meeting.pk).update(on=on)
    client = sign_in(people.lead)
    for period in (str(on.year), "1900", "0000", "99999"):
        assert client.get(f"/meetings/?period={period}").status_code == 200
    offered = client.get("/meetings/").context["filter"].form.fields["period"].choices
    for _, group in [choice for choice in offered if isinstance(choice[1], list)]:
        for value, _ in group:
            page = client.get(f"/meetings/?period={value}").content.decode()
            assert "Error:" not in page
            assert "1 meeting" in page


@pytest.mark.parametrize("page", ["agenda.pdf", "notes.pdf"])
def test_a_pdf_that_can_not_be_made_is_told_in_plain_words(people, sign_in, monkeypatch, page):
    meeting = make.held(people)

    def fail(html, *, title):
        raise files.PdfFailed("The document took longer than 120 seconds. Make it shorter and try again.")

    monkeypatch.setattr("network.files.pdf", fail)
    answer = sign_in(people.admin).get(f"/meetings/{meeting.on}/{page}")
    assert answer.status_code == 503
    text = answer.content.decode()
    assert "The PDF could not be made" in text
    assert "longer than 120 seconds" in text


def test_an_upload_whose_archive_is_broken_inside_is_refused_in_words():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 9)
    broken = bytearray(made.getvalue())
    start = 30 + len("mimetype")
    broken[start : start + 8] = b"\xff" * 8
    with pytest.raises(ValidationError, match="does not have the content of an Open Document text"):
        files.check_upload(SimpleUploadedFile("a.odt", bytes(broken)))


@pytest.mark.parametrize("error", [EOFError, RuntimeError])
def test_an_archive_that_ends_early_or_can_not_be_opened_is_refused_in_words(monkeypatch, error):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "x")

    def stumble(*args, **kwargs):
        raise error

    monkeypatch.setattr(zipfile.ZipFile, "open", stumble)
    with pytest.raises(ValidationError, match="does not have the content"):
        files.check_upload(SimpleUploadedFile("a.odt", made.getvalue()))


def test_a_text_beyond_its_limit_is_refused_with_both_numbers_and_kept(people, sign_in):
    make.meeting()
    sent = {"title": "Long", "body": "x" * 20_001, "audience": "network"}
    page = sign_in(people.admin).post("/meetings/2027-01-14/agenda/add/", sent).content.decode()
    assert "“What it is about” must be 20,000 characters or fewer. It has 20001" in page
    assert "x" * 20_001 in page
    assert not AgendaItem.objects.filter(title="Long").exists()


# At the door for gunicorn


@pytest.mark.parametrize(
    "said", ["x; charset=hex", "x; charset=idna", "text/html; charset=undefined", "x; charset*=hex''x"]
)
def test_a_request_in_an_encoding_that_is_none_is_refused_before_it_is_read(said):
    assert not readable_charset(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "text/html",
        "application/x-www-form-urlencoded; charset=UTF-8",
        "multipart/form-data; boundary=x",
        "x; charset=iso-8859-1",
    ],
)
def test_what_browsers_send_is_read(said):
    assert readable_charset(said)


def test_such_a_request_is_answered_400_and_never_reaches_the_portal():
    told: list[Any] = []
    start: Any = lambda status, headers: told.append(status)  # noqa: E731
    body = application({"CONTENT_TYPE": "x; charset=hex"}, start)
    assert told == ["400 Bad Request"]
    assert b"encoding" in b"".join(body)


def test_gunicorn_waits_longer_than_the_longest_pdf_may_take():
    (waits,) = re.findall(r"gunicorn .*--timeout (\d+)", (settings.BASE_DIR / "Procfile").read_text())
    assert int(waits) > printing.LONGEST
