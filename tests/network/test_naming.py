"""Legal: named people only. Naming is one co-chair's act, seen by the other."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from actions import plan
from foi.models import Outcome, Request
from network import registry
from network.audience import Audience, Naming
from network.audit import AuditEntry
from network.governance.models import TermsOfReference
from network.library.models import LibraryItem
from network.mail import OutboxMail
from network.meetings import acts
from tests import meetings_factories as make

pytestmark = pytest.mark.django_db

DAY = "2027-01-14"
FLEETING = re.compile(r'name="(csrfmiddlewaretoken|once)" value="[^"]*"')
AGENDA = f"/meetings/{DAY}/agenda/"


@pytest.fixture
def meeting(people):
    return make.meeting()


@pytest.fixture
def item(people):
    return LibraryItem.objects.create(
        title="Counsel’s opinion", kind="guidance", link="https://example.org/", added_by=people.admin
    )


def named_by(client, address, people):
    mark = re.search(r'name="loaded" value="(\w+)"', client.get(address).content.decode())
    assert mark
    return client.post(address, {"loaded": mark[1], "people": [person.pk for person in people]})


def kinds(people, meeting, item):
    """One of each kind that can be kept to named people: its naming page, and a page that shows it."""
    topic = make.item(meeting, "Counsel’s opinion")
    action = plan.add(by=people.admin, text="Counsel’s opinion", audience="network")
    return {
        "agenda": (f"{AGENDA}{topic.pk}/names/", AGENDA, topic),
        "library": (reverse("library_names", args=[item.pk]), item.get_absolute_url(), item),
        "action": (reverse("action_names", args=[action.pk]), action.get_absolute_url(), action),
    }


@pytest.mark.parametrize("kind", ["agenda", "library", "action"])
def test_a_co_chair_keeps_each_kind_of_thing_to_named_people(kind, people, sign_in, meeting, item):
    address, page, row = kinds(people, meeting, item)[kind]
    assert named_by(sign_in(people.cochair_one), address, [people.lead, people.admin]).status_code == 302
    row.refresh_from_db()
    assert row.audience == Audience.LEGAL
    for person in (people.lead, people.admin):
        assert type(row).objects.visible_to(person).filter(pk=row.pk).exists() or kind == "agenda"
    for person in (people.cochair_one, people.cochair_two, people.stranger, people.partner, people.observer):
        assert not type(row).objects.visible_to(person).filter(pk=row.pk).exists()
        assert "Counsel" not in sign_in(person).get(page).content.decode()
    entry = AuditEntry.objects.get(verb="named people")
    assert (entry.actor, entry.object_id, entry.detail["before"]) == (people.cochair_one, row.pk, "network")


@pytest.mark.parametrize("kind", ["agenda", "library", "action"])
def test_only_a_co_chair_names_and_only_people_who_may_be_named(kind, people, sign_in, meeting, item):
    address, _, row = kinds(people, meeting, item)[kind]
    assert sign_in(people.admin).post(address, {"people": [people.lead.pk]}).status_code == 403
    answer = named_by(sign_in(people.cochair_one), address, [people.partner])
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    row.refresh_from_db()
    assert row.audience == "network"


def test_the_other_co_chair_sees_the_naming_and_neither_the_thing_nor_where_it_stands(
    people, sign_in, meeting, item, at
):
    for address, _, _ in kinds(people, meeting, item).values():
        named_by(sign_in(people.cochair_one), address, [people.lead, people.director])
    page = sign_in(people.cochair_two).get("/governance/namings/").content.decode()
    assert page.count("Lead, Kent; Director, Kent") + page.count("Director, Kent; Lead, Kent") == 3
    assert all(f"one {kind}" in page for kind in ("agenda item", "library item", "action"))
    assert "Co-chair one" in page
    assert "Counsel" not in page
    assert "January" not in page
    home = sign_in(people.cochair_two).get("/").content.decode()
    assert "Kept to named people by Co-chair one: one action" in home
    assert "Kept to named people" not in sign_in(people.cochair_one).get("/").content.decode()
    for person in (people.admin, people.lead, people.stranger, people.partner, people.observer):
        assert sign_in(person).get("/governance/namings/").status_code == 403
        assert "Kept to named people" not in sign_in(person).get("/").content.decode()


def test_an_action_of_a_meeting_is_kept_through_its_agenda_item(people, sign_in, meeting):
    topic = make.item(meeting, "A topic")
    action = plan.add(by=people.admin, text="Do it", origin_item=topic, origin_key="x")
    answer = sign_in(people.cochair_one).get(reverse("action_names", args=[action.pk]))
    assert answer.status_code == 409
    assert "follows its agenda item" in answer.content.decode()


@pytest.mark.parametrize("model", [Request, Outcome, TermsOfReference])
def test_what_can_not_be_kept_to_named_people_refuses_to_be(model):
    assert any(rule.name.endswith("never_legal") for rule in model._meta.constraints)
    if model is TermsOfReference:
        with pytest.raises(IntegrityError), transaction.atomic():
            TermsOfReference.objects.create(version=90, text="Words", source="A test", audience="legal")


# -- What an act on a legal item gives away ---------------------------------------------------------------


@pytest.fixture
def walled(meeting, people):
    make.item(meeting, "Open one")
    make.legal_item(
        meeting, "Counsel’s opinion", people.lead, people.admin, people.cochair_one, by=people.cochair_two
    )
    make.item(meeting, "Open two")
    make.agree_agenda(meeting, people)
    return meeting


def legal(meeting):
    return meeting.items.get(audience="legal")


ACTS = {
    "change": lambda meeting, admin: acts.change_item(legal(meeting), by=admin, title="Other advice"),
    "move": lambda meeting, admin: acts.move_item(legal(meeting), by=admin, up=True),
    "pass": lambda meeting, admin: acts.move_item(meeting.items.get(title="Open two"), by=admin, up=True),
    "remove": lambda meeting, admin: acts.remove_item(legal(meeting), by=admin),
    "write": lambda meeting, admin: acts.save_entries(
        meeting, {legal(meeting).pk: acts.Written("It was said", acts.mark_of(""))}, by=admin
    ),
    "decide": lambda meeting, admin: make.decide(legal(meeting), "Appeal", by=admin),
    "task": lambda meeting, admin: make.task(legal(meeting), "Appeal", admin, by=admin),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_no_version_no_agreement_no_mail_and_no_page_tells_of_an_act_on_a_legal_item(
    act, walled, people, sign_in
):
    """Also where one of the co-chairs is named for it: the other would learn of it."""

    clients = [sign_in(who) for who in (people.cochair_two, people.stranger)]

    def outside() -> list[object]:
        walled.agenda.refresh_from_db()
        walled.notes.refresh_from_db()
        paths = ("/", f"/meetings/{DAY}/", AGENDA, "/meetings/")
        pages = [FLEETING.sub("", client.get(path).content.decode()) for client in clients for path in paths]
        return [walled.agenda.version, walled.agenda.status, walled.notes.version, *pages]

    before, mails = outside(), OutboxMail.objects.count()
    ACTS[act](walled, people.admin)
    assert outside() == before
    assert OutboxMail.objects.count() == mails
    meetings = AuditEntry.objects.filter(label="network.meeting", detail__has_key="items")
    assert legal_pk(walled) not in [pk for entry in meetings for pk in entry.detail["items"]]


def legal_pk(meeting):
    return Naming.objects.filter(label="network.agendaitem").first().object_id


def test_what_becomes_legal_after_it_was_agreed_is_asked_again(meeting, people):
    topic = make.item(meeting, "A topic")
    make.agree_agenda(meeting, people)
    acts.name_people(topic, [people.lead], by=people.cochair_one)
    meeting.agenda.refresh_from_db()
    assert meeting.agenda.status == "offered"


def test_a_new_item_goes_before_any_other_business_whatever_hides_after_it(meeting, people):
    make.legal_item(meeting, "Counsel’s opinion", people.lead, by=people.cochair_one)
    acts.add_item(meeting, by=people.admin, title="A new item")
    titles = [item.title for item in meeting.items.exclude(audience="legal").order_by("position")]
    assert titles[-2:] == ["A new item", acts.CLOSING]


def test_notes_are_not_ready_because_of_something_that_only_the_named_can_read(people, at):
    held = make.meeting(date(2026, 11, 12), chair=people.cochair_one)
    topic = make.legal_item(held, "Counsel’s opinion", people.admin, by=people.cochair_one)
    make.write(held, topic, "It was said", by=people.admin)
    assert held.notes.not_ready() == "Nothing has been written yet."


def test_what_agreed_notes_brought_into_the_plan_is_told_without_what_is_legal(people):
    held = make.held(people)
    topic = make.legal_item(held, "Counsel’s opinion", people.admin, by=people.cochair_one)
    make.task(topic, "Appeal", people.admin, by=people.admin)
    assert registry.notes_agreed(held, people.cochair_one) == []
    assert registry.notes_agreed(held, people.cochair_one) == []
