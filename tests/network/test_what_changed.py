"""Who agrees again reads which item was changed and how, and what the other co-chair had asked for."""

from __future__ import annotations

import pytest

from network import agreements
from network.audience import Audience
from network.meetings import acts
from network.meetings.models import Agenda
from tests import meetings_factories as make

pytestmark = pytest.mark.django_db

PAGE = "/meetings/2027-01-14/agenda/"


@pytest.fixture
def meeting(people):
    made = make.meeting()
    make.item(made, "Data")
    make.item(made, "Training")
    make.agree_agenda(made, people)
    return made


def titled(meeting, title):
    return meeting.items.get(title=title)


def changes(sign_in, person):
    page = sign_in(person).get(PAGE)
    return [one.says for one in page.context["standing"].changed]


def test_who_agrees_again_reads_which_item_was_changed_and_how_the_newest_first(meeting, people, sign_in, at):
    at("2026-11-23")
    acts.change_item(titled(meeting, "Data"), by=people.admin, presenter="Lead, Kent", body="More")
    at("2026-11-24")
    acts.add_item(meeting, by=people.admin, title="Budget")
    at("2026-11-25")
    acts.move_item(titled(meeting, "Training"), by=people.admin, up=True)
    at("2026-11-26")
    acts.remove_item(titled(meeting, "Training"), by=people.admin)
    said = ["“Training”: removed", "“Budget”: added", "“Data”: words, presenter"]
    for chair in (people.cochair_one, people.cochair_two):
        assert changes(sign_in, chair) == said
        assert "“Data”: words, presenter" in sign_in(chair).get(PAGE).content.decode()


def test_once_it_is_agreed_again_no_change_is_listed_and_no_request_stands(meeting, people, sign_in):
    acts.change_item(titled(meeting, "Data"), by=people.admin, presenter="Lead, Kent")
    agenda = Agenda.objects.get()
    for chair in (people.cochair_one, people.cochair_two):
        acts.agree(agenda, version=agenda.version, by=chair)
    assert changes(sign_in, people.cochair_one) == []


def test_an_item_that_became_legal_is_named_in_no_change_nor_one_that_no_co_chair_read(
    meeting, people, sign_in
):
    acts.change_item(titled(meeting, "Data"), by=people.admin, presenter="Lead, Kent")
    acts.name_people(titled(meeting, "Data"), [people.lead], by=people.cochair_one)
    hidden = acts.add_item(meeting, by=people.admin, title="Only mine", audience=Audience.COORDINATOR)
    acts.remove_item(hidden, by=people.admin)
    for chair in (people.cochair_one, people.cochair_two):
        assert changes(sign_in, chair) == []
        assert "Data" not in sign_in(chair).get(PAGE).content.decode()


def test_a_legal_item_that_is_changed_or_removed_stands_in_no_change(meeting, people, sign_in):
    topic = make.legal_item(meeting, "Advice", people.admin, by=people.cochair_two)
    acts.change_item(topic, by=people.admin, presenter="Counsel")
    acts.remove_item(topic, by=people.admin)
    acts.change_item(titled(meeting, "Data"), by=people.admin, presenter="Lead, Kent")
    assert changes(sign_in, people.cochair_one) == ["“Data”: presenter"]


def test_a_request_for_a_change_stays_with_who_and_when_until_it_is_agreed(people, sign_in, at):
    meeting = make.meeting()
    acts.offer(meeting.agenda, by=people.admin)
    agenda = Agenda.objects.get()
    agreements.ask_change(agenda, version=agenda.version, by=people.cochair_two, why="Put data first")
    at("2026-11-24")
    acts.add_item(meeting, by=people.admin, title="Data")
    acts.offer(Agenda.objects.get(), by=people.admin)
    page = sign_in(people.cochair_one).get(PAGE).content.decode()
    assert "Co-chair two asked for a change" in page
    assert "on 22 November 2026" in page
    assert "Put data first" in page
    agenda = Agenda.objects.get()
    for chair in (people.cochair_one, people.cochair_two):
        acts.agree(agenda, version=agenda.version, by=chair)
    assert "Put data first" not in sign_in(people.cochair_one).get(PAGE).content.decode()


def test_what_was_asked_for_is_not_read_any_more_once_people_are_named_for_an_item(people, sign_in):
    meeting = make.meeting()
    make.item(meeting, "Data")
    acts.offer(meeting.agenda, by=people.admin)
    agenda = Agenda.objects.get()
    agreements.ask_change(agenda, version=agenda.version, by=people.cochair_two, why="Say what counsel said")
    acts.change_item(titled(meeting, "Data"), by=people.admin, presenter="Lead, Kent")
    assert "Say what counsel said" in sign_in(people.admin).get(PAGE).content.decode()
    acts.name_people(titled(meeting, "Data"), [people.lead], by=people.cochair_two)
    for person in (people.admin, people.cochair_one):
        assert "Say what counsel said" not in sign_in(person).get(PAGE).content.decode()


def test_of_notes_the_item_is_named_under_which_something_was_written(people, sign_in):
    held = make.held(people)
    make.agree_notes(held, people)
    first = held.items.order_by("position").first()
    assert first
    make.decide(first, "To wait", by=people.admin)
    page = sign_in(people.cochair_one).get("/meetings/2026-11-12/notes/")
    assert [one.says for one in page.context["standing"].changed] == [f"“{first.title}”: a decision written"]
