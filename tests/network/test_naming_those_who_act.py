"""Whoever has to do something is not shut out of it unawares: a co-chair is asked once, and never forced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import plan
from actions.models import Action
from network.audience import Audience, Naming
from network.people.models import Organisation, User
from network.roles import Role
from tests import factories
from tests import meetings_factories as make
from tests.browsing import opened
from tests.conftest import People

SignIn = Callable[[User], Client]
ASKED = "Whoever has to do it would no longer see it."


def action(people: People, **more: Any) -> tuple[Action, str]:
    row = plan.add(by=people.admin, text="Ask counsel", audience="network", **more)
    return row, reverse("action_names", args=[row.pk])


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def sent(client: Client, page: str, named: list[User], shown: Any = None) -> Any:
    """The form of a page, the first or the one that asks, with these people ticked."""
    typed = shown or opened(client, page)
    return client.post(page, typed | {"people": [str(one.pk) for one in named]})


def fields(answer: Any) -> dict[str, str]:
    soup = BeautifulSoup(answer.content, "html.parser")
    return {str(one["name"]): str(one.get("value", "")) for one in soup.select("main input[type=hidden]")}


def test_naming_others_than_the_owner_is_asked_first_and_names_nobody_yet(
    people: People, sign_in: SignIn
) -> None:
    row, page = action(people, owner=people.lead)
    client = sign_in(people.cochair_one)
    assert "Lead, Kent leads this action. Unless you tick them, they will not see it any more." in words(
        client.get(page)
    )
    asked = sent(client, page, [people.cochair_one])
    assert asked.status_code == 200
    assert ASKED in words(asked)
    assert "Lead, Kent leads this action, and is not ticked." in words(asked)
    row.refresh_from_db()
    assert (row.audience, Naming.objects.count()) == (Audience.NETWORK, 0)
    kept = BeautifulSoup(asked.content, "html.parser").select("input[name=people][checked]")
    assert [one["value"] for one in kept] == [str(people.cochair_one.pk)]


def test_whoever_means_it_presses_once_more_and_it_is_done(people: People, sign_in: SignIn) -> None:
    row, page = action(people, owner=people.lead)
    client = sign_in(people.cochair_one)
    asked = sent(client, page, [people.cochair_one])
    assert sent(client, page, [people.cochair_one], fields(asked)).status_code == 302
    row.refresh_from_db()
    assert row.audience == Audience.LEGAL
    assert [one.person for one in Naming.objects.all()] == [people.cochair_one]


def test_with_the_owner_ticked_nothing_is_asked(people: People, sign_in: SignIn) -> None:
    row, page = action(people, owner=people.lead)
    assert sent(sign_in(people.cochair_one), page, [people.lead]).status_code == 302
    row.refresh_from_db()
    assert row.audience == Audience.LEGAL


def test_of_an_authority_that_leads_one_person_who_could_do_it_is_enough(
    people: People, sign_in: SignIn, orgs: dict[str, Organisation]
) -> None:
    contributor = factories.person("Newcomer, Kent", Role.CONTRIBUTOR, orgs["kent"])
    _, page = action(people, owner_organisation=orgs["kent"])
    client = sign_in(people.cochair_one)
    asked = words(sent(client, page, [people.cochair_one, contributor]))
    assert "Kent leads this action, and nobody there who could do it is ticked." in asked
    assert sent(client, page, [people.lead]).status_code == 302


def test_an_item_says_whose_actions_under_it_go_out_of_sight(people: People, sign_in: SignIn) -> None:
    """In notes that are not agreed, and in the plan."""
    meeting = make.held(people)
    item = make.item(meeting, "Advice")
    make.task(item, "Write it down", people.lead, by=people.admin)
    page = reverse("agenda_item_names", args=[meeting.on, item.pk])
    client = sign_in(people.cochair_one)
    first = words(sent(client, page, [people.cochair_one]))
    assert "Lead, Kent leads the action “Write it down”, and is not ticked." in first
    make.agree_notes(meeting, people)
    again = words(sent(client, page, [people.cochair_one]))
    assert again.count("leads the action “Write it down”") == 1


def test_what_is_done_already_asks_for_nobody(people: People, sign_in: SignIn) -> None:
    row, page = action(people, owner=people.lead)
    Action.objects.filter(pk=row.pk).update(status="stopped")
    assert sent(sign_in(people.cochair_one), page, [people.cochair_one]).status_code == 302


def test_whoever_changes_the_names_later_is_asked_as_well(people: People, sign_in: SignIn) -> None:
    _, page = action(people, owner=people.lead)
    client = sign_in(people.cochair_one)
    sent(client, page, [people.lead, people.cochair_one])
    assert ASKED in words(sent(client, page, [people.cochair_one]))


def test_a_co_chair_who_is_not_named_learns_of_nobody_who_has_to_do_it(
    people: People, sign_in: SignIn
) -> None:
    _, page = action(people, owner=people.lead)
    sent(sign_in(people.cochair_one), page, [people.lead])
    assert sign_in(people.cochair_two).get(page).status_code == 404


def test_the_page_asks_the_same_however_many_have_something_to_do(
    people: People, sign_in: SignIn, orgs: dict[str, Organisation]
) -> None:
    meeting = make.held(people)
    item = make.item(meeting, "Advice")
    page = reverse("agenda_item_names", args=[meeting.on, item.pk])
    client, counts = sign_in(people.cochair_one), set()
    for number in (1, 3, 10):
        for one in range(number):
            more = {"owner_organisation": orgs["kent"]} if one % 2 or number == 1 else {"owner": people.lead}
            Action.objects.create(
                text="Ask", origin_item=item, origin_key=f"{number}:{one}", audience="network", **more
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counts.add(len(queries))
    assert len(counts) == 1
    assert max(counts) <= 20
