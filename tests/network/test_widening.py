"""A wider audience is asked once, on a page that says who will read the thing; a narrower one never."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from actions import plan
from network import widening
from network.audience import Audience
from network.audit import AuditEntry
from network.library.models import LibraryItem
from network.roles import Role
from network.workflow import Changed, Refused
from tests import factories
from tests import meetings_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(people):
    return make.meeting()


def of_kind(kind: str, people: Any, meeting: Any) -> tuple[str, Any, dict[str, str]]:
    """Address of the form, the thing, and what its form sends besides the readers."""
    row: Any
    if kind == "agenda":
        row = make.item(meeting, "A topic")
        return reverse("agenda_item_edit", args=[meeting.on, row.pk]), row, {"title": "Another title"}
    if kind == "library":
        row = LibraryItem.objects.create(
            title="A paper", kind="guidance", link="https://example.org/", added_by=people.admin
        )
        return reverse("library_edit", args=[row.pk]), row, {"title": "Another title", "kind": "guidance"}
    row = plan.add(by=people.admin, text="A thing to do", audience="network")
    return reverse("action_edit", args=[row.pk]), row, {"text": "Another thing to do"}


def hidden(page: str) -> dict[str, str]:
    found = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))
    yes = re.search(r'name="widen" value="([^"]+)"', page)
    return {**{name: unescape(value) for name, value in found.items()}, **({"widen": yes[1]} if yes else {})}


@pytest.fixture(params=["agenda", "library", "action"])
def form(request, people, meeting, sign_in):
    """The form of each kind as the coordinator opens it; `send(audience)` sends it with other words."""
    address, row, words = of_kind(request.param, people, meeting)
    client = sign_in(people.admin)
    opened = {
        name: value
        for name, value in hidden(client.get(address).content.decode()).items()
        if name in ("loaded", "version")
    }
    marks = opened or dict(
        re.findall(r'name="(version|loaded)" value="(\w+)"', client.get(address).content.decode())
    )

    def send(audience, **more):
        return client.post(address, {**marks, **words, "audience": audience, **more})

    return client, row, send, address


def stands(row):
    row.refresh_from_db()
    return row.audience, str(row)


def test_a_wider_audience_is_asked_on_a_page_of_its_own_and_nothing_is_saved_before(form):
    _, row, send, _ = form
    before = stands(row)
    answer = send("partners")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Let more people read this?" in page
    assert "2 more people" in page
    assert "2 partners: Kent and Medway, Thames Valley" in page
    assert stands(row) == before


def test_yes_saves_all_that_was_typed_and_is_written_down_from_to_and_by(form, people):
    client, row, send, address = form
    sent = hidden(send("partners").content.decode())
    assert client.post(address, sent).status_code == 302
    assert stands(row) == ("partners", str(row))
    assert "nother t" in str(row)
    entry = AuditEntry.objects.get(verb="let more people read")
    assert (entry.actor, entry.label, entry.object_id) == (people.admin, row._meta.label_lower, row.pk)
    assert (entry.detail["before"], entry.detail["after"]) == ("network", "partners")


def test_going_back_keeps_what_was_typed_and_saves_nothing(form):
    client, row, send, address = form
    before = stands(row)
    sent = hidden(send("partners").content.decode())
    sent.pop("widen")
    page = client.post(address, {**sent, "widen-back": "1"}).content.decode()
    assert "Another t" in page
    assert stands(row) == before


def test_whoever_skips_the_page_is_asked_all_the_same(form, people, sign_in):
    client, row, send, address = form
    sent = hidden(send("partners").content.decode())
    before = stands(row)
    for forged in ("1", "yes", "partners", sent["widen"][:-3] + "abc"):
        assert send("partners", widen=forged).status_code == 200
    # A yes to partners is no yes to everybody, and one person's yes is not another's.
    everybody = client.post(address, {**sent, "audience": "published"}).content.decode()
    offered = row._meta.label_lower != "actions.action"  # an observer has no way to the plan
    assert ("Let more people read this?" if offered else "Select a valid choice") in everybody
    other = factories.person("Second coordinator", Role.ADMIN)
    assert "Let more people read this?" in sign_in(other).post(address, sent).content.decode()
    assert stands(row) == before


def test_a_yes_grows_old(form, at):
    client, row, send, address = form
    sent = hidden(send("partners").content.decode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widening, "AN_HOUR", -1)
        assert client.post(address, sent).status_code == 200
    assert stands(row)[0] == "network"


def test_a_yes_is_good_for_one_change(form):
    client, row, send, address = form
    sent = hidden(send("partners").content.decode())
    assert client.post(address, sent).status_code == 302
    words = {name: value for name, value in sent.items() if name not in ("widen", "audience")}
    narrow = {**words, **opened(client, address), "audience": "network"}
    assert client.post(address, narrow).status_code == 302
    again = client.post(address, {**sent, **opened(client, address)}).content.decode()
    assert "Let more people read this?" in again
    assert stands(row)[0] == "network"
    assert client.post(address, hidden(again)).status_code == 302
    assert stands(row)[0] == "partners"


def test_a_yes_that_came_to_nothing_is_still_good(form, people):
    """The act refuses since a colleague was quicker: nothing has been widened by it."""
    client, row, send, address = form
    sent = hidden(send("partners").content.decode())
    newer = {"text": "Newer", "version": 2} if hasattr(row, "text") else {"title": "Newer"}
    type(row).objects.filter(pk=row.pk).update(**newer)
    assert client.post(address, sent).status_code == 409
    assert stands(row)[0] == "network"
    assert client.post(address, sent | opened(client, address)).status_code == 302
    assert stands(row)[0] == "partners"


def opened(client, address):
    """The mark of what stands there now, as the form's page carries it."""
    page = client.get(address).content.decode()
    fields = re.findall(r'<input[^>]*name="(?:version|loaded)"[^>]*>', page)
    return {
        re.search(r'name="(\w+)"', one)[1]: re.search(r'value="(\w+)"', one)[1]  # type: ignore[index]
        for one in fields
    }


def test_a_yes_that_two_requests_have_looked_at_is_used_by_one(people):
    row = LibraryItem.objects.create(
        title="A paper", kind="guidance", link="https://example.org/", added_by=people.admin
    )
    first, second = two_asked(people.admin, row)
    with first.once():
        pass
    with pytest.raises(Changed, match="used already"), second.once():
        raise AssertionError("nothing is done")


def two_asked(admin, row):
    said = widening.yes(admin, row, before="network", after="partners")
    request: Any = RequestFactory().post("/", {"widen": said})
    request.user = admin
    asked = [widening.ask(request, row, before="network", after="partners") for _ in range(2)]
    assert [one.page for one in asked] == [None, None]
    return asked


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_yes_at_the_same_moment_one_is_asked_anew(at):
    admin = factories.person("Coordinator", Role.ADMIN)
    row = LibraryItem.objects.create(
        title="A paper", kind="guidance", link="https://example.org/", added_by=admin
    )
    asked = two_asked(admin, row)
    both, done = Barrier(2), []

    def change(one):
        try:
            both.wait(5)
            with one.once():
                LibraryItem.objects.filter(pk=row.pk).update(audience="partners")
                sleep(0.3)
            done.append("widened")
        except Changed:
            done.append("asked anew")
        finally:
            connection.close()

    threads = [Thread(target=change, args=[one]) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == ["asked anew", "widened"]


def test_narrowing_is_never_asked_and_is_written_down(form):
    _, row, send, _ = form
    assert send("coordinator").status_code == 302
    assert stands(row)[0] == "coordinator"
    entry = AuditEntry.objects.get(verb="let fewer people read")
    assert (entry.detail["before"], entry.detail["after"]) == ("network", "coordinator")


def test_changing_words_alone_asks_nothing_and_writes_no_change_of_readers(form):
    _, _, send, _ = form
    assert send("network").status_code == 302
    assert not AuditEntry.objects.filter(verb__startswith="let ").exists()


def test_telling_a_decision_outside_is_widening(people, meeting, sign_in, at):
    held = make.held(people)
    item = make.item(held, "A topic")
    decision = make.decide(item, "To go on", by=people.admin)
    address = reverse("decision_edit", args=[held.on, decision.pk])
    client = sign_in(people.admin)
    mark = re.findall(r'name="loaded" value="(\w+)"', client.get(address).content.decode())[0]
    page = client.post(address, {"loaded": mark, "text": "To go on", "published": "on"}).content.decode()
    assert "3 more people" in page
    assert "1 observer" in page
    decision.refresh_from_db()
    assert not decision.published
    assert client.post(address, hidden(page)).status_code == 302
    decision.refresh_from_db()
    assert decision.published


def test_each_person_is_counted_once_and_those_without_a_role_today_not_at_all(people, orgs):
    factories.membership(people.partner, Role.PARTNER, orgs["frimley"])
    factories.membership(people.lead, Role.PARTNER, orgs["frimley"])
    factories.person("Gone partner", Role.PARTNER, orgs["frimley"], ends_on=date(2026, 1, 1))
    assert widening.gains("network", "partners").people == 2
    gained = widening.gains("coordinator", "published")
    assert gained.says == "10 more people"
    assert "2 co-chairs" in gained.groups
    assert widening.gains("partners", "network").people == 0


def test_where_there_are_many_places_their_number_says_enough(people, orgs):
    for slug in ("surrey", "hampshire", "medway", "reading", "slough", "portsmouth"):
        factories.person(f"Deputy, {slug}", Role.DEPUTY, orgs[slug])
    factories.person("Second deputy, Surrey", Role.DEPUTY, orgs["surrey"])
    assert "8 deputies at 7 authorities" in widening.gains("chairs", "network").groups
    assert "2 leads: Kent, Medway" in widening.gains("chairs", "network").groups


def test_nobody_gives_a_library_item_readers_among_whom_they_are_not(people, sign_in):
    row = LibraryItem.objects.create(
        title="A paper", kind="guidance", link="https://example.org/", added_by=people.lead
    )
    page = sign_in(people.lead).get(reverse("library_edit", args=[row.pk])).content.decode()
    select = re.search(r'(?s)<select[^>]*name="audience".*?</select>', page)
    assert select
    assert re.findall(r'value="(\w+)"', select[0]) == ["published", "partners", "network"]
    assert sign_in(people.deputy).get(reverse("library_edit", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("before", [level for level in Audience if level != Audience.LEGAL])
@pytest.mark.parametrize("after", [level for level in Audience if level != Audience.LEGAL])
def test_wider_means_that_somebody_could_read_it_who_could_not(before, after):
    order = ["published", "partners", "network", "chairs", "coordinator"]
    assert widening.wider(before, after) == (order.index(after) < order.index(before))


# An action from notes has never more readers than its agenda item


@pytest.fixture
def noted(people, orgs, meeting):
    from actions.models import Action
    from network import registry
    from network.meetings.models import NoteAction

    item = make.item(meeting, "Budgets", audience="chairs")
    NoteAction.objects.create(
        item=item, text="Ask the other regions", owner_organisation=orgs["kent"], due_on=meeting.on
    )
    registry.notes_agreed(meeting, people.cochair_one)
    return item, Action.objects.get(text="Ask the other regions")


def test_an_action_is_given_no_more_readers_than_its_agenda_item_has(noted, people, sign_in):
    _, action = noted
    url = reverse("action_edit", args=[action.pk])
    sent = {"text": action.text, "version": "1", "audience": "partners"}
    page = unescape(sign_in(people.admin).post(url, sent).content.decode())
    assert "comes from the agenda item “Budgets”, which is for: co-chairs and coordinator" in page
    assert "Change who reads that item first" in page
    assert "Let more people read this?" not in page
    with pytest.raises(Refused, match="Change who reads that item first"):
        plan.edit(action, {"audience": "partners"}, version=1, by=people.admin)
    action.refresh_from_db()
    assert action.audience == "chairs"


def test_who_would_read_an_action_is_counted_by_its_real_readers(noted, people, sign_in):
    item, action = noted
    type(item).objects.filter(pk=item.pk).update(audience="network")
    type(action).objects.filter(pk=action.pk).update(audience="partners")
    url = reverse("action_edit", args=[action.pk])
    sent = {"text": "Other words", "version": "1", "audience": "network"}
    assert sign_in(people.admin).post(url, sent).status_code == 302, "nobody gains: nothing is asked"
    assert not AuditEntry.objects.filter(verb__startswith="let ").exists()


def test_the_question_about_an_item_names_the_actions_that_open_with_it(noted, people, sign_in):
    item, action = noted
    type(action).objects.filter(pk=action.pk).update(audience="network")
    client, url = sign_in(people.admin), reverse("agenda_item_edit", args=[item.meeting.on, item.pk])
    marks = dict(re.findall(r'name="(loaded)" value="(\w+)"', client.get(url).content.decode()))
    page = client.post(url, {**marks, "title": item.title, "audience": "network"}).content.decode()
    assert "Let more people read this?" in page
    assert "open with it" in page
    assert action.text in page
    type(action).objects.filter(pk=action.pk).update(audience="chairs")
    page = client.post(url, {**marks, "title": item.title, "audience": "network"}).content.decode()
    assert "open with it" not in page


def test_no_form_offers_an_action_to_observers_who_have_no_way_to_the_plan(people, sign_in):
    assert 'value="published"' not in sign_in(people.admin).get(reverse("action_add")).content.decode()


def test_a_partner_has_the_way_to_the_plan_once_something_is_shared(people):
    from actions import answers

    assert list(answers.nav_for(people.partner)) == []
    plan.add(by=people.admin, text="With the boards", audience="partners")
    assert [one.label for one in answers.nav_for(people.partner)] == ["Action plan"]
    assert list(answers.nav_for(people.observer)) == []


def test_a_change_of_readers_is_told_in_plain_words(people):
    action = plan.add(by=people.admin, text="A thing", audience="network")
    plan.edit(action, {"audience": "chairs"}, version=1, by=people.admin)
    assert action.updates.first().moved == "Changed: who may read it"


def test_a_partner_finds_questionnaires_only_once_answers_are_shared(people, sign_in):
    from questionnaires import providers

    assert providers.nav_for(people.partner) == []
    page = sign_in(people.partner).get(reverse("round_list")).content.decode()
    assert "No answers to a questionnaire are shared with partners yet." in page
    assert "members answer it there" not in page
