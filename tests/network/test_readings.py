"""Each reading of something kept to named people is written down: page, list, PDF, file, export."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from actions.models import Action, Update
from network import audit, dates, files, naming
from network import readings as readings_of
from network.audit import AuditEntry
from network.library.models import LibraryItem
from network.meetings.models import Decision, NoteAction, NoteEntry
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


def trail(client, query=""):
    answer = client.get(f"/network/audit/{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def in_trail():
    rows = AuditEntry.objects.filter(verb="read in the audit trail").order_by("pk")
    return list(rows.values_list("actor__name", "label", "object_id", "audience", "title"))


def test_entries_of_the_trail_about_it_are_a_reading_of_the_thing_once_a_day(people, sign_in, paper, at):
    naming.name_people(paper, [people.lead, people.admin], by=people.cochair_one)
    expected = (people.admin.name, "network.libraryitem", paper.pk, "legal", "")
    admin = sign_in(people.admin)
    for query in ("", "?page=1", "?export=csv"):
        trail(admin, query)
    assert in_trail() == [expected]
    assert b"Read of it in the audit trail" in trail(admin)
    at((dates.today() + timedelta(days=1)).isoformat())
    trail(sign_in(people.admin))
    assert in_trail() == [expected, expected]
    assert not AuditEntry.objects.filter(label="network.auditentry").exclude(object_id=0).exists()


def test_the_trail_does_not_fill_with_readings_of_itself(people, sign_in, paper, at):
    naming.name_people(paper, [people.admin], by=people.cochair_one)
    trail(sign_in(people.admin))
    AuditEntry.objects.filter(audience="legal").exclude(verb="read in the audit trail").delete()
    at((dates.today() + timedelta(days=1)).isoformat())
    assert b"Read of it in the audit trail" in trail(sign_in(people.admin))
    assert len(in_trail()) == 1


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
    item = make.legal_item(meeting, "Counsel’s opinion", people.lead, people.admin, by=people.cochair_one)
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


def under(item, owner, **more):
    """An action with readers of its own, under the agenda item."""
    return Action.objects.create(
        text="Brief counsel",
        origin_item=item,
        origin_key="note-action:99",
        audience="network",
        owner=owner,
        due_on=dates.today(),
        **more,
    )


def test_home_reads_the_legal_item_above_an_action_that_is_due(people, sign_in, topic):
    under(topic, people.lead)
    assert "Brief counsel" in sign_in(people.lead).get("/").content.decode()
    assert ("Lead, Kent", "network.agendaitem", topic.pk) in readings()


def kinds_under_something():
    return [model for model in apps.get_models() if getattr(model, "stands_under", ())]


@pytest.mark.parametrize("model", kinds_under_something(), ids=lambda model: model._meta.label)
def test_a_row_fetched_alone_tells_what_is_legal_above_it(people, model, topic, sent_under):
    """However a provider of home, changes, panels or follow-ups fetches its rows, with what stands above
    them or without: the reading of the legal item is noted."""
    rows = sent_under(model)
    with readings_of.noted() as seen:
        found = list(model.objects.visible_to(people.lead).filter(pk__in=[row.pk for row in rows]))
    assert found, f"{model._meta.label}: the test made none that the lead reads"
    assert (type(topic), topic.pk) in seen


@pytest.fixture
def sent_under(people, topic):
    """One row of a kind that stands under the legal item, directly or by what lies between."""

    def make_one(model):
        if model is Update:
            action = under(topic, people.lead)
            return [Update.objects.create(action=action, text="Begun", by=people.lead)]
        if model is Action:
            return [under(topic, people.lead)]
        made = {
            NoteEntry: lambda: NoteEntry.objects.create(item=topic, text="Said"),
            Decision: lambda: Decision.objects.create(item=topic, text="Appeal"),
            NoteAction: lambda: NoteAction.objects.create(
                item=topic, text="Write", owner=people.lead, due_on=dates.today()
            ),
        }
        if model in made:
            NoteEntry.objects.filter(item=topic).delete()
            return [made[model]()]
        pytest.skip("it stands under no agenda item")

    return make_one


def test_an_older_entry_about_what_is_legal_today_is_a_reading_too(people, sign_in, at):
    """The entry was written while everybody read the thing, and says its name."""
    item = LibraryItem.objects.create(
        title="Counsel’s opinion", kind="guidance", link="https://example.org/", added_by=people.admin
    )
    audit.record(by=people.admin, verb="added", on=item)
    entry = AuditEntry.objects.get(verb="added")
    naming.name_people(item, [people.lead, people.admin], by=people.cochair_one)
    expected = (people.admin.name, "network.libraryitem", item.pk, "legal", "")
    for number, path in enumerate(
        (f"?about=network.libraryitem:{item.pk}&what=", f"entries/{entry.digest}/")
    ):
        at((dates.today() + timedelta(days=number)).isoformat())
        AuditEntry.objects.exclude(pk=entry.pk).exclude(verb="read in the audit trail").delete()
        assert "Counsel’s opinion" in trail(sign_in(people.admin), path).decode()
        assert in_trail() == [expected] * (number + 1)
    admin = sign_in(people.admin)
    for number in (1, 2):
        assert "Counsel’s opinion" in trail(admin, "?export=csv&kind=network.libraryitem").decode("utf-8-sig")
        exported = AuditEntry.objects.filter(verb="exported a list", label="network.libraryitem")
        assert exported.filter(object_id=item.pk, audience="legal").count() == number


def test_an_entry_about_an_action_of_a_legal_item_is_a_reading_of_the_item(people, sign_in, topic):
    naming.name_people(topic, [people.lead, people.admin], by=people.cochair_one)
    action = under(topic, people.admin)
    audit.record(by=people.admin, verb="changed", on=action)
    AuditEntry.objects.exclude(verb="changed").delete()
    AuditEntry.objects.update(audience="network", title="Brief counsel")
    trail(sign_in(people.admin), f"?about=actions.action:{action.pk}")
    assert in_trail() == [(people.admin.name, "network.agendaitem", topic.pk, "legal", "")]
