"""Each reading of something kept to named people is written down: page, list, PDF, file, export."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from network import files, naming
from network.audit import AuditEntry
from network.library.models import LibraryItem
from tests import meetings_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(people):
    upload = SimpleUploadedFile("opinion.txt", b"Counsel says\n")
    item = LibraryItem.objects.create(
        title="Counsel’s opinion",
        kind="guidance",
        file=files.store(upload, by=people.admin),
        added_by=people.admin,
    )
    naming.name_people(item, [people.lead], by=people.cochair_one)
    return item


@pytest.fixture
def topic(people):
    meeting = make.held(people)
    item = make.legal_item(meeting, "Counsel’s opinion", people.lead, by=people.cochair_one)
    make.agree_notes(meeting, people)
    return item


def readings():
    return list(AuditEntry.objects.filter(verb="read").values_list("actor__name", "label", "object_id"))


@pytest.mark.parametrize("door", ["", "file/", "names/"])
def test_a_library_item_is_read_on_its_page_and_as_a_file(people, sign_in, paper, door):
    client = sign_in(people.lead)
    answer = client.get(f"/library/{paper.pk}/{door}")
    b"".join(answer.streaming_content) if answer.streaming else answer.content
    expected = [] if door == "names/" else [("Lead, Kent", "network.libraryitem", paper.pk)]
    assert readings() == expected  # the naming page is not the lead's


@pytest.mark.parametrize("query", ["", "?export=csv", "?export=xlsx", "?q=opinion"])
def test_a_list_and_its_downloads_are_readings_of_what_they_hold(people, sign_in, paper, query):
    sign_in(people.lead).get(f"/library/{query}")
    assert ("Lead, Kent", "network.libraryitem", paper.pk) in readings()


def test_what_does_not_reach_the_reader_is_no_reading(people, sign_in, paper):
    lead = sign_in(people.lead)
    lead.get("/library/?q=something-else")
    lead.head(f"/library/{paper.pk}/")
    for person in (people.admin, people.cochair_one, people.stranger, people.partner, people.observer):
        client = sign_in(person)
        for path in ("/", "/library/", f"/library/{paper.pk}/", f"/library/{paper.pk}/file/"):
            client.get(path)
    assert readings() == []


@pytest.mark.parametrize("page", ["agenda/", "agenda.pdf", "notes/", "notes.pdf"])
def test_an_item_of_a_meeting_is_read_on_page_and_pdf(people, sign_in, topic, page):
    sign_in(people.lead).get(f"/meetings/{topic.meeting.on.isoformat()}/{page}")
    assert readings() == [("Lead, Kent", "network.agendaitem", topic.pk)]


def test_a_decision_in_a_list_is_a_reading_of_its_item(people, sign_in):
    meeting = make.held(people)
    item = make.legal_item(meeting, "Counsel’s opinion", people.lead, by=people.cochair_one)
    make.decide(item, "Appeal", by=people.admin)
    make.agree_notes(meeting, people)
    assert "Appeal" in sign_in(people.lead).get("/governance/decisions/").content.decode()
    assert readings() == [("Lead, Kent", "network.agendaitem", item.pk)]


def test_no_page_without_its_entry(people, sign_in, paper, monkeypatch):
    """If the reading can't be written down, nothing is shown."""

    def full(**_: object) -> None:
        raise RuntimeError("The disk is full")

    monkeypatch.setattr("network.middleware.audit.read", full)
    client = sign_in(people.lead)
    client.raise_request_exception = False
    answer = client.get(f"/library/{paper.pk}/")
    assert answer.status_code == 500
    assert "Counsel" not in answer.content.decode()
