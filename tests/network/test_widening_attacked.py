"""Who may not, can't: forged sendings, another one's yes, a yes to another thing, two at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse

from actions import plan
from network import dates, naming, widening
from network.audience import Naming
from network.library.models import LibraryItem
from network.meetings.models import Agenda
from network.workflow import Changed
from tests import meetings_factories as make
from tests.network.test_widening import of_kind, opened

pytestmark = pytest.mark.django_db
KINDS = ["agenda", "library", "action"]
NAMES = {"agenda": "agenda_item_names", "library": "library_names", "action": "action_names"}


@pytest.fixture
def meeting(people):
    made = make.meeting()
    Agenda.objects.filter(meeting=made).update(status="agreed", agreed_at=dates.now())
    return made


@pytest.fixture(params=KINDS)
def thing(request, people, meeting) -> tuple[str, Any, str, dict[str, str]]:
    address, row, words = of_kind(request.param, people, meeting)
    return request.param, row, address, words


def names_of(kind: str, row: Any) -> str:
    return reverse(NAMES[kind], args=[row.meeting.on, row.pk] if kind == "agenda" else [row.pk])


def audience_of(row: Any) -> str:
    row.refresh_from_db()
    return str(row.audience)


@pytest.mark.parametrize("role", ["contributor", "deputy", "director", "stranger", "partner", "observer"])
def test_nobody_else_changes_who_reads_a_thing_not_even_with_a_true_yes(thing, people, sign_in, role):
    _, row, address, words = thing
    marks = opened(sign_in(people.admin), address)
    person = getattr(people, role)
    client = sign_in(person)
    for to in ("partners", "published", "coordinator", "legal"):
        said = widening.yes(person, row, before="network", after=to)
        answer = client.post(address, {**marks, **words, "audience": to, "widen": said})
        assert answer.status_code in (403, 404)
        assert audience_of(row) == "network"


@pytest.mark.parametrize("role", ["contributor", "lead", "stranger", "admin", "partner", "observer"])
def test_nobody_but_a_co_chair_names_people_not_even_themselves(thing, people, sign_in, role):
    kind, row, _, _ = thing
    person = getattr(people, role)
    answer = sign_in(person).post(names_of(kind, row), {"people": [str(person.pk)], "loaded": "x"})
    assert answer.status_code in (403, 404)
    assert audience_of(row) == "network"
    assert not Naming.objects.exists()


@pytest.mark.parametrize("role", ["partner", "observer", "former"])
def test_a_co_chair_names_nobody_from_outside(thing, people, sign_in, role):
    kind, row, _, _ = thing
    client = sign_in(people.cochair_one)
    mark = {"loaded": naming.mark_of_named(row)}
    client.post(names_of(kind, row), {**mark, "people": [str(getattr(people, role).pk)]})
    assert audience_of(row) == "network"
    assert not Naming.objects.exists()


@pytest.mark.parametrize("to", ["legal", "chairs", "coordinator", "everybody", ""])
def test_a_lead_gives_their_library_item_no_readers_that_the_form_does_not_offer(people, sign_in, to):
    row = LibraryItem.objects.create(
        title="A paper", kind="guidance", link="https://example.org/", added_by=people.lead
    )
    client, address = sign_in(people.lead), reverse("library_edit", args=[row.pk])
    sent = {**opened(client, address), "title": "A paper", "kind": "guidance", "audience": to}
    assert client.post(address, sent).status_code == 200
    assert audience_of(row) == "network"


@pytest.mark.parametrize("to", ["partners", "network", "published"])
def test_a_thing_that_is_kept_to_named_people_is_let_out_by_no_form(thing, people, sign_in, to):
    _, row, address, words = thing
    client = sign_in(people.admin)
    marks = opened(client, address)
    naming.name_people(row, [people.admin, people.lead], by=people.cochair_one)
    for loaded in (marks, opened(client, address)):
        said = widening.yes(people.admin, row, before="legal", after=to)
        client.post(address, {**loaded, **words, "audience": to, "widen": said})
        assert audience_of(row) == "legal"
    naming.name_people(row, [people.lead], by=people.cochair_one)
    assert client.post(address, {**marks, **words, "audience": to}).status_code == 404
    assert audience_of(row) == "legal"


def test_a_yes_to_one_thing_is_none_to_another(thing, people, meeting, sign_in):
    _, row, address, words = thing
    client = sign_in(people.admin)
    for other in KINDS:
        _, twin, _ = of_kind(other, people, meeting)
        said = widening.yes(people.admin, twin, before="network", after="partners")
        sent = {**opened(client, address), **words, "audience": "partners", "widen": said}
        assert "Let more people read this?" in client.post(address, sent).content.decode()
    assert audience_of(row) == "network"


# Between the question and the act


def test_whoever_sends_the_mark_of_a_change_that_is_still_to_come_skips_no_question(people, rf, sign_in):
    """The form counts as an older one, so that nothing is asked; then the change comes, and the mark fits."""
    request: Any = RequestFactory().post("/")
    request.user = people.admin
    row = plan.add(by=people.admin, text="A thing to do", audience="network")
    asked = widening.ask(request, row, before="network", after="partners", stale=True)
    assert asked.page is None
    plan.edit(row, {"text": "Newer"}, version=1, by=people.admin)
    with pytest.raises(Changed), asked.once():
        plan.edit(row, {"audience": "partners"}, version=2, by=people.admin)
    assert audience_of(row) == "network"


def test_an_edit_that_began_before_people_were_named_lets_nothing_out(people, meeting):
    row = plan.add(by=people.admin, text="A thing to do", audience="network")
    before = type(row).objects.get(pk=row.pk)
    naming.name_people(row, [people.lead], by=people.cochair_one)
    with pytest.raises(Changed):
        plan.edit(before, {"text": "Other words", "audience": "network"}, version=1, by=people.admin)
    with pytest.raises(Changed):
        plan.edit(before, {"text": "Other words"}, version=1, by=people.admin)
    row.refresh_from_db()
    assert (row.audience, row.text) == ("legal", "A thing to do")
