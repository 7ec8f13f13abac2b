"""A body that ends, or has ended, without a plan is no dead end for the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from network.mail import OutboxMail
from network.people.models import Footprint, Membership, Organisation, Succession, User
from network.registry import Task
from network.reorganisation import acts, answers
from network.reorganisation.models import MANAGE, Reorganisation, Status
from network.roles import Role
from questionnaires.models import Return
from tests import factories
from tests import questionnaires_factories as make
from tests.browsing import change
from tests.conftest import People
from tests.reorganisation.test_reorganisation_pages import text
from tests.reorganisation.test_reorganising import moved
from tests.reorganisation_factories import APRIL, reorganisation

At = Callable[[str], None]
Bodies = dict[str, Organisation]
SignIn = Callable[[User], Client]
ADD = "/network/reorganisations/add/"


def lines(user: User) -> list[Task]:
    fresh = User.objects.get(pk=user.pk)
    return [one for one in answers.tasks_for(fresh) if "Surrey e" in one.title]


@pytest.fixture
def surrey(orgs: Bodies, surrey_lead: User) -> Organisation:
    """With a lead and an open round."""
    return orgs["surrey"]


def test_home_says_what_is_left_at_a_body_that_has_ended_and_where_to_prepare_for_it(
    people: People, orgs: Bodies, surrey: Organisation, at: At, sign_in: SignIn
) -> None:
    at("2027-03-20")
    asking = make.round_(closes=42)
    assert asking.returns.filter(authority=surrey).exists()
    at("2027-04-02")
    (task,) = lines(people.admin)
    assert task.title == (
        "Surrey ended on 31 March 2027 and no reorganisation is prepared: 1 role, 1 open thing, "
        "no board covers what comes after it"
    )
    assert task.url == f"{ADD}?body=surrey"
    assert task.due == date(2027, 3, 31)
    assert task.urgent
    assert task.title in text(sign_in(people.admin).get("/"))
    assert not lines(people.lead)


def test_home_says_so_sixty_days_before_and_not_earlier(people: People, surrey: Organisation, at: At) -> None:
    at("2027-01-29")
    assert not lines(people.admin)
    at("2027-01-30")
    (task,) = lines(people.admin)
    assert task.title.startswith("Surrey ends on 31 March 2027 and no reorganisation is prepared: 1 role")
    assert not task.urgent


def test_once_one_is_prepared_home_is_silent_and_after_it_is_withdrawn_it_says_so_again(
    people: People, surrey: Organisation, at: At
) -> None:
    at("2027-03-01")
    row = reorganisation(people.admin, [surrey])
    moved(row, "East Surrey", by=people.admin)
    acts.prepare(row, by=people.admin)
    assert not lines(people.admin)
    acts.withdraw(row, by=people.admin)
    assert len(lines(people.admin)) == 1


def test_a_draft_of_it_is_one_line_and_not_two(people: People, surrey: Organisation, at: At) -> None:
    at("2027-02-10")
    row = reorganisation(people.admin, [surrey])
    (far,) = lines(people.admin)
    assert far.url == row.get_absolute_url()
    at("2027-03-20")
    assert not lines(people.admin)
    assert [one.url for one in answers.tasks_for(people.admin)] == [row.get_absolute_url()]


def test_a_body_that_left_nothing_behind_is_no_task(people: People, orgs: Bodies, at: At) -> None:
    at("2027-04-02")
    assert not [one for one in answers.tasks_for(people.admin) if "Frimley" in one.title]
    for slug in ("east-surrey", "west-surrey"):
        Footprint.objects.create(
            authority=orgs[slug], icb=orgs["surrey-and-sussex"], coverage="whole", starts_on=APRIL
        )
    assert not lines(people.admin)


@pytest.mark.parametrize("number", [1, 12])
def test_however_many_bodies_ended_home_asks_as_often(
    people: People, surrey: Organisation, at: At, number: int, django_assert_max_num_queries: Any
) -> None:
    at("2027-03-20")
    for one in range(number):
        body = factories.organisation(f"Old {one}", ends_on=date(2027, 3, 31))
        factories.person(f"Lead, Old {one}", Role.LEAD, body)
        make.round_(f"round-{one}", closes=42)
    at("2027-04-02")
    admin = User.objects.get(pk=people.admin.pk)
    assert admin.may(MANAGE)
    with django_assert_max_num_queries(1):
        found = list(answers.tasks_for(admin))
    assert len([one for one in found if "no reorganisation" in one.title]) == number + 1


def test_a_reorganisation_of_a_body_that_has_ended_settles_its_roles_and_things_at_once(
    people: People, surrey: Organisation, surrey_lead: User, orgs: Bodies, at: At, sign_in: SignIn
) -> None:
    at("2027-03-20")
    asking = make.round_(closes=42)
    at("2027-04-02")
    admin = sign_in(people.admin)
    offered = admin.get(f"{ADD}?body=surrey")
    assert "Surrey County Council (ended on 31 March 2027)" in text(offered)
    assert offered.context["form"].initial == {"bodies": [str(surrey.pk)], "on": APRIL}
    assert "Frimley" not in text(offered)
    change(admin, f"{ADD}?body=surrey", {}, follow=True)
    row = Reorganisation.objects.get()
    assert str(row) == "Surrey becomes East Surrey and West Surrey"
    moved(row, "East Surrey", by=people.admin)
    home = row.get_absolute_url()
    thing = admin.get(f"{home}things/").context["form"]
    name = next(one for one in thing.fields if one != "loaded")
    fate = next(value for value, _ in thing.fields[name].choices if value.startswith("finish"))
    change(admin, f"{home}things/", {name: fate}, follow=True)
    said = text(admin.post(f"{home}prepare/", follow=True))
    row.refresh_from_db()
    assert row.status == Status.IN_FORCE, said
    assert "It is in force" in said
    surrey.refresh_from_db()
    assert surrey.ends_on == date(2027, 3, 31)
    old, new = Membership.objects.filter(user=surrey_lead).order_by("pk")
    assert (old.organisation, old.ends_on) == (surrey, date(2027, 3, 31))
    assert (new.organisation, new.starts_on) == (orgs["east-surrey"], APRIL)
    assert Return.objects.get(round=asking, authority=surrey).answered_by is not None
    assert Footprint.objects.in_force(APRIL).filter(authority=orgs["west-surrey"]).exists()
    assert Succession.objects.filter(predecessor=surrey, state="in force").count() == 2
    assert OutboxMail.objects.filter(key=f"reorganisation:{row.pk}:moved:{surrey_lead.pk}").exists()
    assert not lines(people.admin)


def test_another_day_than_the_one_after_it_ended_is_refused_with_the_day_to_choose(
    people: People, surrey: Organisation, at: At, sign_in: SignIn
) -> None:
    at("2027-04-20")
    answer = change(
        sign_in(people.admin), f"{ADD}?body=surrey", {"on-day": "20", "on-month": "4", "on-year": "2027"}
    )
    assert "Surrey has ended already, on 31 March 2027. Choose the day after, 1 April 2027" in text(answer)
    assert not Reorganisation.objects.exists()
