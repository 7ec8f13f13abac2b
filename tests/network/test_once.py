"""A form that is sent twice makes one thing, script or no script; two forms make two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from actions.models import Action, Update
from network import dates, once
from network.files import StoredFile
from network.library.models import LibraryItem
from network.meetings.models import AgendaItem, Decision, NoteAction
from network.once import Sent
from network.roles import Role
from tests import actions_factories, factories
from tests import meetings_factories as make
from tests.browsing import opened

ON = "/meetings/2026-11-12/"
DUE = {"due_on-day": "18", "due_on-month": "12", "due_on-year": "2026"}


@pytest.fixture
def held(people):
    return make.held(people)


def forms(held, people, orgs):
    item = held.items.first()
    action = actions_factories.action(people.admin)
    return {
        "action": ("/actions/new/", {"text": "Compare forms", "audience": "network"}, Action),
        "update": (f"/actions/{action.pk}/update/", {"text": "We met"}, Update),
        "item": (f"{ON}agenda/add/", {"title": "Data", "audience": "network"}, AgendaItem),
        "decision": (f"{ON}notes/{item.pk}/decision/", {"text": "To go on"}, Decision),
        "note action": (
            f"{ON}notes/{item.pk}/action/",
            {"text": "Write", "owner_organisation": orgs["kent"].pk} | DUE,
            NoteAction,
        ),
        "library": (
            "/library/add/",
            {"title": "Tracker", "kind": "other", "link": "https://example.org", "audience": "network"},
            LibraryItem,
        ),
    }


CASES = ("action", "update", "item", "decision", "note action", "library")


@pytest.mark.parametrize("case", CASES)
def test_a_form_sent_twice_makes_one_and_leads_both_times_to_it(held, people, orgs, sign_in, case):
    address, typed, model = forms(held, people, orgs)[case]
    client = sign_in(people.admin)
    before = model.objects.count()
    sent = opened(client, address) | typed
    first, second = client.post(address, sent), client.post(address, sent)
    assert model.objects.count() == before + 1
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize("case", CASES)
def test_the_same_words_in_a_new_form_make_a_second_one(held, people, orgs, sign_in, case):
    address, typed, model = forms(held, people, orgs)[case]
    client = sign_in(people.admin)
    before = model.objects.count()
    for _ in range(2):
        client.post(address, opened(client, address) | typed)
    assert model.objects.count() == before + 2


def test_other_words_in_the_same_form_are_not_dropped(people, sign_in):
    client = sign_in(people.admin)
    sent = opened(client, "/actions/new/") | {"audience": "network"}
    for text in ("The first", "Gone back and typed another"):
        client.post("/actions/new/", sent | {"text": text})
    assert Action.objects.count() == 2


def test_a_form_that_was_refused_can_be_put_right_and_sent(people, sign_in):
    client = sign_in(people.admin)
    sent = opened(client, "/actions/new/") | {"audience": "network"}
    assert client.post("/actions/new/", sent | {"text": ""}).status_code == 200
    assert client.post("/actions/new/", sent | {"text": "Compare"}).status_code == 302
    assert Action.objects.count() == 1


def test_a_file_sent_twice_is_kept_once(people, sign_in):
    client = sign_in(people.admin)
    sent = opened(client, "/library/add/") | {"title": "Notes", "kind": "other", "audience": "network"}
    for _ in range(2):
        client.post("/library/add/", sent | {"upload": SimpleUploadedFile("a.txt", b"Plain words.")})
    assert LibraryItem.objects.count() == StoredFile.objects.count() == 1


def test_another_person_is_not_led_to_what_somebody_made(people, sign_in):
    sent = opened(sign_in(people.admin), "/library/add/")
    sent |= {"title": "Notes", "kind": "other", "link": "https://example.org", "audience": "network"}
    sign_in(people.admin).post("/library/add/", sent)
    sign_in(people.cochair_one).post("/library/add/", sent)
    assert LibraryItem.objects.count() == 2


def test_a_making_that_fails_leaves_no_trace_and_may_be_tried_again(people, sign_in, monkeypatch):
    client = sign_in(people.admin)
    sent = opened(client, "/actions/new/") | {"audience": "network", "text": "Compare"}
    with monkeypatch.context() as patch:
        patch.setattr("actions.plan.add", lambda **fields: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.post("/actions/new/", sent)
    assert not Sent.objects.exists()
    client.post("/actions/new/", sent)
    assert Action.objects.count() == 1


def test_the_database_keeps_one_row_for_each_form_of_a_person(people):
    Sent.objects.create(user=people.admin, key="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Sent.objects.create(user=people.admin, key="x")


def test_what_was_sent_yesterday_is_forgotten(people, sign_in):
    Sent.objects.create(user=people.admin, key="old", at=dates.wall_clock() - once.REMEMBERED * 2)
    client = sign_in(people.admin)
    client.post("/actions/new/", opened(client, "/actions/new/") | {"audience": "network", "text": "Compare"})
    assert [one.key == "old" for one in Sent.objects.all()] == [False]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_at_the_same_moment_make_one(reference, sign_in):
    admin = factories.person("Coordinator", Role.ADMIN)
    client = sign_in(admin)
    sent = opened(client, "/actions/new/") | {"audience": "network", "text": "Compare"}
    clients = [sign_in(admin) for _ in range(4)]

    def send(one):
        try:
            return one.post("/actions/new/", sent)["Location"]
        finally:
            connection.close()

    hours = [copy_context() for _ in clients]  # the test's clock goes with each of them
    with ThreadPoolExecutor(4) as pool:
        led = set(pool.map(lambda hour, one: hour.run(send, one), hours, clients))
    assert Action.objects.count() == 1
    assert led == {Action.objects.get().get_absolute_url()}
