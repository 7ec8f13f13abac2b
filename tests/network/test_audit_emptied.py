"""An admin removes the text of one entry of the trail under data law; what makes that lawful stays."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from network import agreements, audit
from network.audience import Audience, Naming
from network.audit import AuditEntry
from network.library.models import LibraryItem
from network.meetings import acts
from network.meetings.models import AgendaItem
from network.people.models import Membership, User
from tests import meetings_factories as make

pytestmark = pytest.mark.django_db
CANARY = "somebody’s private affairs"
WHY = {"reason": "Article 17, asked for on 3 March"}


def item(people, title, **more):
    return LibraryItem.objects.create(
        title=title, kind="other", link="https://example.org", added_by=people.admin, **more
    )


@pytest.fixture
def entry(people):
    return audit.record(by=people.lead, verb="changed", on=item(people, CANARY), note="and more of it")


def page_of(client, entry, name="audit_entry"):
    return unescape(client.get(reverse(name, args=[entry.digest])).content.decode())


def test_from_the_trail_an_admin_opens_an_entry_and_removes_its_text(entry, people, sign_in):
    client = sign_in(people.admin)
    assert reverse("audit_entry", args=[entry.digest]) in client.get("/network/audit/").content.decode()
    page = page_of(client, entry)
    assert CANARY in page
    assert "Remove its text" in page
    asked = page_of(client, entry, "audit_erase")
    for stays in ("who did what to which thing and when", "digests", "who removed the text, when and why"):
        assert stays in asked
    answer = client.post(reverse("audit_erase", args=[entry.digest]), WHY)
    assert answer.url == reverse("audit_entry", args=[entry.digest])
    entry.refresh_from_db()
    assert (entry.title, entry.detail, entry.salt) == ("", {}, "")
    page = page_of(client, entry)
    assert CANARY not in page
    assert "Remove its text" not in page
    assert "Article 17, asked for on 3 March" in page
    assert re.search(r"Removed by.*?Coordinator", page, re.S)
    assert entry.digest in page
    assert "Lead, Kent" in page, "who did it stays"


@pytest.mark.parametrize("sealed", [True, False])
def test_the_chain_still_verifies_and_the_removal_is_itself_in_it(entry, people, sign_in, sealed):
    if sealed:
        audit.seal()
    sign_in(people.admin).post(reverse("audit_erase", args=[entry.digest]), WHY)
    audit.seal()
    assert not list(audit.faults())
    said = AuditEntry.objects.get(verb=audit.ERASED)
    assert (said.actor, said.detail["entries"]) == (people.admin, [entry.pk])
    assert said.detail["why"] == WHY["reason"]


def test_without_a_reason_nothing_is_removed(entry, people, sign_in):
    client = sign_in(people.admin)
    for typed in ("", "   "):
        answer = client.post(reverse("audit_erase", args=[entry.digest]), {"reason": typed})
        assert answer.content.decode().count("There is a problem") == 1
        assert "Enter why its text is removed" in answer.content.decode()
    entry.refresh_from_db()
    assert entry.title == CANARY


def test_it_asks_for_a_fresh_sign_in(entry, people, sign_in, at):
    client = sign_in(people.admin, ageing=True)
    at("2026-11-22T09:20")
    for send in (client.get, client.post):
        assert "/accounts/" in send(reverse("audit_erase", args=[entry.digest]))["Location"]
    entry.refresh_from_db()
    assert entry.title == CANARY


def test_sent_twice_it_is_done_once(entry, people, sign_in):
    client = sign_in(people.admin)
    for _ in range(2):
        assert client.post(reverse("audit_erase", args=[entry.digest]), WHY).status_code == 302
    assert AuditEntry.objects.filter(verb=audit.ERASED).count() == 1


def test_the_entry_about_a_removal_keeps_its_words(entry, people, sign_in):
    client = sign_in(people.admin)
    client.post(reverse("audit_erase", args=[entry.digest]), WHY)
    said = AuditEntry.objects.get(verb=audit.ERASED)
    assert "Remove its text" not in page_of(client, said)
    assert client.post(reverse("audit_erase", args=[said.digest]), WHY).status_code == 409
    said.refresh_from_db()
    assert said.detail["why"] == WHY["reason"]


@pytest.mark.parametrize("role", ["cochair_one", "lead", "contributor", "partner", "observer"])
def test_nobody_but_an_admin_opens_an_entry(entry, people, sign_in, role):
    client = sign_in(getattr(people, role))
    for name in ("audit_entry", "audit_erase"):
        assert client.get(reverse(name, args=[entry.digest])).status_code == 403
    assert client.post(reverse("audit_erase", args=[entry.digest]), WHY).status_code == 403
    entry.refresh_from_db()
    assert entry.title == CANARY


def test_an_entry_about_what_an_admin_may_not_know_is_not_there(people, sign_in):
    legal = item(people, "A claim", audience=Audience.LEGAL)
    entry = audit.record(by=people.lead, verb="changed", on=legal, note="of the claim")
    client, never = sign_in(people.admin), "0" * 64
    for name in ("audit_entry", "audit_erase"):
        hidden = client.get(reverse(name, args=[entry.digest]))
        absent = client.get(reverse(name, args=[never]))
        assert hidden.status_code == absent.status_code == 404
    assert client.post(reverse("audit_erase", args=[entry.digest]), WHY).status_code == 404
    Naming.objects.create(
        label="network.libraryitem", object_id=legal.pk, person=people.admin, named_by=people.cochair_one
    )
    assert client.post(reverse("audit_erase", args=[entry.digest]), WHY).status_code == 302
    entry.refresh_from_db()
    assert entry.detail == {}


def test_what_the_operator_removed_says_so(entry, people, sign_in):
    audit.erase([entry], by=None, why="A court order")
    page = page_of(sign_in(people.admin), entry)
    assert "Whoever runs the portal" in page
    assert "A court order" in page


def test_that_the_text_of_a_legal_entry_was_removed_is_told_to_nobody_who_is_not_named(people, sign_in):
    another = User.objects.create_user("second@demo.example", "Second admin")
    Membership.objects.create(user=another, role="admin")
    legal = item(people, "Advice", audience=Audience.LEGAL)
    Naming.objects.create(
        label="network.libraryitem", object_id=legal.pk, person=people.admin, named_by=people.cochair_one
    )
    entry = audit.record(by=people.cochair_one, verb="named people", on=legal, people=[people.admin.pk])
    sign_in(people.admin).post(reverse("audit_erase", args=[entry.digest]), WHY)
    said = AuditEntry.objects.get(verb=audit.ERASED)
    for client, told in ((sign_in(people.admin), True), (sign_in(another), False)):
        for query in ("", "?export=csv", f"?about={entry.label}:{entry.object_id}"):
            assert (WHY["reason"] in client.get(f"/network/audit/{query}").content.decode()) == told
        assert client.get(reverse("audit_entry", args=[said.digest])).status_code == (200 if told else 404)
    assert WHY["reason"] in page_of(sign_in(people.admin), entry)
    audit.seal()
    assert not list(audit.faults())


def test_that_an_agreement_became_void_is_still_said_when_the_entry_has_lost_its_text(people, sign_in):
    meeting = make.meeting()
    make.agree_agenda(meeting, people)
    version, item = meeting.agenda.version, AgendaItem.objects.filter(meeting=meeting)[0]
    for title in ("Changed after the yes", "Changed again"):
        acts.change_item(item, by=people.admin, title=title)
        meeting.agenda.refresh_from_db()
        for person in (people.cochair_one, people.cochair_two):
            acts.agree(meeting.agenda, version=meeting.agenda.version, by=person)
    acts.change_item(item, by=people.admin, title="And again")
    meeting.agenda.refresh_from_db()
    page = f"/meetings/{meeting.on}/agenda/"
    whole = agreements.voided(meeting.agenda)
    assert [one.version for one in whole] == [version + 2, version + 1, version]
    void = AuditEntry.objects.filter(verb="voided agreements", label="network.agenda").order_by("pk")
    for emptied in (void[1], *void):
        audit.erase([emptied], by=people.admin, why="Asked for")
        assert agreements.voided(meeting.agenda) == whole
    said = sign_in(people.cochair_one).get(page).content.decode()
    assert said.count("became void.") == 3
