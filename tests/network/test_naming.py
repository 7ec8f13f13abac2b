"""Legal: named people only. Naming is one co-chair's act, seen by the other."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import plan
from foi.models import Outcome, Request
from network import naming, registry
from network.audience import Audience, Naming
from network.audit import AuditEntry
from network.governance.models import TermsOfReference
from network.library.models import LibraryItem
from network.mail import OutboxMail
from network.meetings import acts
from network.meetings.models import Agenda, AgendaItem
from network.people.models import Membership, Organisation, User
from network.workflow import NotAllowed
from tests import meetings_factories as make
from tests.browsing import change, filled, opened

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


def test_as_the_guides_say_words_are_for_the_named_alone_from_the_first_one_on(people, sign_in, meeting):
    """Added empty for the chairs, named by a co-chair, then written: nobody else ever reads a word of it."""
    change(
        sign_in(people.admin), f"{AGENDA}add/", {"title": "Reserved item", "audience": Audience.CHAIRS.value}
    )
    topic = AgendaItem.objects.get(title="Reserved item")
    named_by(sign_in(people.cochair_one), f"{AGENDA}{topic.pk}/names/", [people.admin, people.lead])
    acts.offer(meeting.agenda, by=people.admin)
    version = Agenda.objects.get(meeting=meeting).version

    change(
        sign_in(people.admin),
        f"{AGENDA}{topic.pk}/change/",
        {"title": "Counsel’s opinion", "body": "We may win."},
    )

    topic.refresh_from_db()
    assert (topic.audience, topic.body) == (Audience.LEGAL, "We may win.")
    assert "We may win" in sign_in(people.admin).get(AGENDA).content.decode()
    for person in (people.cochair_one, people.cochair_two, people.stranger, people.partner, people.observer):
        seen = sign_in(person).get(AGENDA).content.decode()
        assert "Counsel" not in seen
        assert "Reserved" not in seen
    assert Agenda.objects.get(meeting=meeting).version == version
    told = [str(entry.detail) for entry in AuditEntry.objects.all()]
    told += [mail.subject + mail.text for mail in OutboxMail.objects.all()]
    assert not [one for one in told if "Counsel" in one or "win" in one]


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


# -- Finding people on the page -----------------------------------------------------------------------------


def page_of(client, row):
    answer = client.get(reverse("library_names", args=[row.pk]))
    return BeautifulSoup(answer.content, "html.parser")


def heading(details):
    return details.select_one(".govuk-details__summary-text").get_text()


def test_people_stand_under_their_authority_once_each_and_the_named_come_first(people, sign_in, item):
    naming.name_people(item, [people.director, people.cochair_one], by=people.cochair_two)
    soup = page_of(sign_in(people.cochair_one), item)
    found = soup.select("details.app-choices")
    headings = [heading(one) for one in found]
    assert headings[:3] == ["Named today (2, 2 chosen)", "Co-chairs and coordinator (2)", "Kent (3)"]
    assert [one.has_attr("open") for one in found[:3]] == [True, False, False]
    assert "Director, Kent (director, Kent)" in found[0].get_text()
    kent = found[2].get_text()
    assert "Lead, Kent (lead)" in kent
    assert "Director, Kent" not in kent
    values = [one["value"] for one in soup.select("input[name=people]")]
    assert len(values) == len(set(values))
    assert "Partner" not in soup.get_text()


def test_a_group_in_which_somebody_is_ticked_stays_open_when_the_form_comes_back(people, sign_in, item):
    client, address = sign_in(people.cochair_one), reverse("library_names", args=[item.pk])
    answer = client.post(address, {"loaded": "x", "people": [people.lead.pk, "999999"]})
    found = BeautifulSoup(answer.content, "html.parser").select("details.app-choices")
    assert [heading(one) for one in found if one.has_attr("open")] == ["Kent (4, 1 chosen)"]


def test_somebody_of_several_roles_is_offered_once_with_all_of_them(people, sign_in, item, orgs):
    Membership.objects.create(user=people.lead, role="director", organisation=orgs["medway"])
    text = page_of(sign_in(people.cochair_one), item).get_text()
    assert text.count("Lead, Kent (") == 1
    assert "Lead, Kent (director, Medway; lead)" in text


def test_with_five_hundred_people_the_page_asks_no_more_and_stays_small(people, sign_in, item, orgs):
    client, address = sign_in(people.cochair_one), reverse("library_names", args=[item.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    bodies = list(Organisation.objects.authorities())
    many = User.objects.bulk_create(
        User(name=f"Person {n}", email=f"p{n}@example.org", password="!") for n in range(500)
    )
    Membership.objects.bulk_create(
        Membership(user=one, role="contributor", organisation=bodies[n % len(bodies)])
        for n, one in enumerate(many)
    )
    with CaptureQueriesContext(connection) as lots:
        answer = client.get(address)
    assert len(lots) == len(few) <= 20
    assert answer.content.decode().count('name="people"') > 500
    assert len(gzip.compress(answer.content)) < 40_000


def test_before_an_item_of_an_agreed_agenda_is_kept_to_few_the_page_says_what_that_undoes(
    people, sign_in, meeting
):
    topic = make.item(meeting, "Advice")
    client = sign_in(people.cochair_one)
    page = f"{AGENDA}{topic.pk}/names/"
    assert "becomes void" not in client.get(page).content.decode()
    make.agree_agenda(meeting, people)
    asked = client.get(page).content.decode()
    assert "Agenda for 14 January 2027: what is agreed of it becomes void" in asked
    assert "Members no longer read it until it is agreed again" in asked

    done = change(client, page, {"people": [people.lead.pk]}, follow=True).content.decode()

    assert Agenda.objects.get().status == Agenda.Status.OFFERED
    assert "Agenda for 14 January 2027: has to be agreed again" in done
    for chair in (people.cochair_one, people.cochair_two):
        home = sign_in(chair).get("/").content.decode()
        assert "Agenda for 14 January 2027 awaits your agreement again" in home
    assert "becomes void" not in sign_in(people.lead).get("/").content.decode()


def test_whoever_opened_the_page_before_the_agenda_was_agreed_is_asked_once(people, sign_in, meeting):
    topic = make.item(meeting, "Advice")
    client = sign_in(people.cochair_one)
    page = f"{AGENDA}{topic.pk}/names/"
    begun = opened(client, page) | {"people": [people.lead.pk]}
    make.agree_agenda(meeting, people)
    asked = client.post(page, begun)
    assert "Nobody has been named yet" in asked.content.decode()
    assert Agenda.objects.get().status == Agenda.Status.AGREED
    assert client.post(page, filled(asked) | {"people": [people.lead.pk]}).status_code == 302
    topic.refresh_from_db()
    assert topic.audience == Audience.LEGAL


def test_naming_others_for_a_legal_item_undoes_no_agreement_and_warns_of_none(people, sign_in, meeting):
    topic = make.legal_item(meeting, "Advice", people.cochair_one, by=people.cochair_two)
    make.agree_agenda(meeting, people)
    page = sign_in(people.cochair_one).get(f"{AGENDA}{topic.pk}/names/").content.decode()
    assert "becomes void" not in page


# -- Whoever is named is told -------------------------------------------------------------------------------


def mails_to(person):
    return OutboxMail.objects.filter(to_user=person, key__startswith="named:")


def test_whoever_is_newly_named_gets_a_mail_and_a_line_at_home_that_say_that_and_never_what(
    people, sign_in, item, meeting
):
    naming.name_people(item, [people.lead, people.cochair_one], by=people.cochair_one)
    mail = mails_to(people.lead).get()
    assert mail.subject.endswith("Something was shared with you by name: read it in the portal")
    assert "/governance/named/\n" in mail.text
    for words in (mail.subject, mail.text, mail.html):
        assert "Counsel" not in words
        assert "library" not in words.lower()
    home = sign_in(people.lead).get("/").content.decode()
    line = "Co-chair one shared something with you by name"
    assert line in home
    assert not mails_to(people.cochair_one).exists(), "they did it themselves"
    assert line not in sign_in(people.cochair_one).get("/").content.decode()
    for person in (people.stranger, people.admin, people.director, people.partner, people.observer):
        assert not mails_to(person).exists()
        assert line not in sign_in(person).get("/").content.decode()


def test_the_link_of_the_mail_asks_for_a_sign_in_and_leads_on_to_the_exact_place(
    people, sign_in, client, item, meeting
):
    topic = make.item(meeting, "Advice")
    make.agree_agenda(meeting, people)
    naming.name_people(item, [people.lead], by=people.cochair_one)
    acts.name_people(topic, [people.lead], by=people.cochair_one)
    assert client.get("/governance/named/").url == "/accounts/login/?next=/governance/named/"
    mine = sign_in(people.lead)
    page = mine.get("/governance/named/").content.decode()
    assert "Counsel’s opinion" in page
    assert "Not open yet" in page, "the agenda has to be agreed again"
    assert "Advice" not in page
    link = re.search(r'href="(/governance/named/[-0-9a-f]+/)"', page)
    assert link
    assert mine.get(link[1]).url == item.get_absolute_url()
    for person in (people.stranger, people.admin, people.cochair_two):
        theirs = sign_in(person)
        assert theirs.get(link[1]).status_code == 404
        assert "Counsel" not in theirs.get("/governance/named/").content.decode()
    for person in (people.partner, people.observer):
        assert sign_in(person).get("/governance/named/").status_code == 403
    meeting.agenda.refresh_from_db()
    for chair in (people.cochair_one, people.cochair_two):
        acts.agree(meeting.agenda, version=meeting.agenda.version, by=chair)
    page = mine.get("/governance/named/").content.decode()
    assert "Advice" in page
    assert "Not open yet" not in page


def test_somebody_whose_name_is_taken_off_is_told_nothing_and_nobody_is_told_twice(people, item):
    naming.name_people(item, [people.lead, people.director], by=people.cochair_one)
    before = OutboxMail.objects.count()
    naming.name_people(item, [people.lead], by=people.cochair_one)
    assert OutboxMail.objects.count() == before
    assert naming.tell_the_rest() == "naming: 0 told"
    assert OutboxMail.objects.count() == before


def test_a_mail_comes_once_a_day_and_what_comes_later_is_told_the_next_day(people, item, at):
    other = LibraryItem.objects.create(
        title="More advice", kind="guidance", link="https://example.org/", added_by=people.admin
    )
    naming.name_people(item, [people.lead], by=people.cochair_one)
    at("2026-11-22T15:00")
    naming.name_people(other, [people.lead, people.director], by=people.cochair_one)
    naming.tell_the_rest()
    assert mails_to(people.lead).count() == 1
    assert mails_to(people.director).count() == 1
    at("2026-11-23T08:00")
    assert naming.tell_the_rest() == "naming: 1 told"
    assert naming.tell_the_rest() == "naming: 0 told"
    assert mails_to(people.lead).count() == 2
    at("2026-11-24T08:00")
    assert naming.tell_the_rest() == "naming: 0 told"


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


# -- Partners and observers are never named ------------------------------------------------------------------


@pytest.mark.parametrize("role", ["partner", "observer"])
def test_whoever_is_a_partner_or_an_observer_too_is_never_named(role, people, sign_in, item, orgs):
    where = orgs["kent-and-medway"] if role == "partner" else None
    Membership.objects.create(user=people.contributor, role=role, organisation=where)
    address = reverse("library_names", args=[item.pk])
    client = sign_in(people.cochair_one)
    assert people.contributor.name not in client.get(address).content.decode()
    assert "Select a valid choice" in named_by(client, address, [people.contributor]).content.decode()
    with pytest.raises(NotAllowed):
        naming.name_people(item, [people.contributor], by=people.cochair_one)
    item.refresh_from_db()
    assert item.audience == "network"


@pytest.mark.parametrize("role", ["partner", "observer"])
def test_whoever_becomes_a_partner_or_an_observer_reads_what_they_are_named_for_no_more(
    role, people, sign_in, meeting, item, orgs
):
    named = {}
    for kind, (address, page, row) in kinds(people, meeting, item).items():
        named_by(sign_in(people.cochair_one), address, [people.contributor])
        named[kind] = (page, row)
    assert sign_in(people.contributor).get(item.get_absolute_url()).status_code == 200
    where = orgs["kent-and-medway"] if role == "partner" else None
    Membership.objects.create(user=people.contributor, role=role, organisation=where)
    client, person = sign_in(people.contributor), User.objects.get(pk=people.contributor.pk)
    for page, row in named.values():
        assert "Counsel" not in client.get(page).content.decode()
        assert not type(row).objects.visible_to(person).filter(pk=row.pk).exists()
    assert not Naming.objects.visible_to(person).exists()
    assert "Counsel" not in client.get("/governance/named/").content.decode()


def test_an_item_that_is_removed_is_shared_with_nobody_any_more_and_its_readings_stay(
    people, sign_in, meeting
):
    topic = make.item(meeting, "Counsel’s opinion")
    named_by(sign_in(people.cochair_one), f"{AGENDA}{topic.pk}/names/", [people.lead, people.admin])
    named = Naming.objects.get(person=people.lead)
    assert "Not open yet" in sign_in(people.lead).get("/governance/named/").content.decode()
    acts.remove_item(topic, by=people.admin)
    assert "Not open yet" not in sign_in(people.lead).get("/governance/named/").content.decode()
    assert "one agenda item" not in sign_in(people.cochair_two).get("/governance/namings/").content.decode()
    assert "shared something" not in sign_in(people.lead).get("/").content.decode()
    address = reverse("named_open", args=[named.reference])
    assert sign_in(people.lead).get(address).status_code == 404
    entries = AuditEntry.objects.filter(label="network.agendaitem", object_id=topic.pk, audience="legal")
    assert entries.exists()
    assert entries.visible_to(people.admin).count() == entries.count()


def test_the_address_of_a_naming_tells_of_no_other(people, sign_in, item):
    named_by(sign_in(people.cochair_one), reverse("library_names", args=[item.pk]), [people.lead])
    page = sign_in(people.lead).get("/governance/named/").content.decode()
    assert re.search(r"/governance/named/[0-9a-f]{8}-[0-9a-f-]{27}/", page)
    assert not re.search(r"/governance/named/\d+/", page)


def test_what_nobody_named_may_read_any_more_a_co_chair_names_people_for_anew_without_seeing_it(
    people, sign_in, item
):
    naming.name_people(item, [people.contributor], by=people.cochair_one)
    reference = Naming.objects.get().reference
    address = reverse("naming_anew", args=[reference])
    assert sign_in(people.cochair_two).get(address).status_code == 404, "somebody reads it"
    for person in (people.admin, people.lead, people.contributor):
        assert sign_in(person).get(address).status_code == 403, "and whoever names nobody is not told that"
    assert "Name people anew" not in sign_in(people.cochair_two).get("/governance/namings/").content.decode()
    Membership.objects.filter(user=people.contributor).update(ends_on=date(2026, 11, 1))
    client = sign_in(people.cochair_two)
    assert address in client.get("/governance/namings/").content.decode()
    page = client.get(address).content.decode()
    assert "One library item" in page
    assert "Counsel" not in page
    for person in (people.admin, people.lead, people.partner, people.observer, people.contributor):
        assert sign_in(person).get(address).status_code == 403
    assert named_by(client, address, [people.deputy]).status_code == 302
    assert sign_in(people.deputy).get(item.get_absolute_url()).status_code == 200
    assert client.get(address).status_code == 404
    entry = AuditEntry.objects.filter(verb="named people").order_by("pk").last()
    assert (entry.actor, entry.detail["before"], entry.title) == (people.cochair_two, "legal", "")
    assert "Name people anew" not in client.get("/governance/namings/").content.decode()
