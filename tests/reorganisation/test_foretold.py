"""Members whose role is planned to go on at another body are told when that is prepared, and when not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from network.mail import OutboxMail
from network.people.models import Membership, Organisation, User
from network.reorganisation import acts, answers
from network.reorganisation.models import Reorganisation
from network.roles import Role
from network.tick import tick
from tests import factories
from tests.conftest import People
from tests.reorganisation.test_reorganisation_pages import text
from tests.reorganisation.test_reorganising import moved
from tests.reorganisation_factories import reorganisation

Bodies = dict[str, Organisation]
PLANNED = (
    "On 1 April 2027 Surrey becomes East Surrey and West Surrey: you are planned to be lead of East Surrey"
)


def home_of(user: User) -> list[str]:
    return [one.title for one in answers.tasks_for(User.objects.get(pk=user.pk)) if "planned" in one.title]


def mails_to(user: User) -> list[str]:
    return [one.text for one in OutboxMail.objects.filter(to_user=user).order_by("pk")]


@pytest.fixture
def surrey(people: People, orgs: Bodies, surrey_lead: User) -> Reorganisation:
    return reorganisation(people.admin, [orgs["surrey"]])


def test_whoever_is_planned_to_go_on_elsewhere_is_told_by_mail_and_at_home_once_it_is_prepared(
    surrey: Reorganisation, surrey_lead: User, people: People, sign_in: Callable
) -> None:
    moved(surrey, "East Surrey", by=people.admin)
    assert not home_of(surrey_lead)
    acts.prepare(surrey, by=people.admin)
    assert home_of(surrey_lead) == [PLANNED]
    (mail,) = mails_to(surrey_lead)
    assert PLANNED in " ".join(mail.split())
    client = sign_in(surrey_lead)
    assert PLANNED in text(client.get("/"))
    (link,) = [one.url for one in answers.tasks_for(surrey_lead)]
    assert "East Surrey" in text(client.get(link))
    assert not home_of(people.lead)
    assert not mails_to(people.lead)


def test_they_are_told_when_it_is_withdrawn_and_again_when_another_is_prepared(
    surrey: Reorganisation, surrey_lead: User, people: People
) -> None:
    moved(surrey, "East Surrey", by=people.admin)
    for _ in range(2):
        acts.prepare(surrey, by=people.admin)
        acts.reopen(surrey, by=people.admin)
    acts.prepare(surrey, by=people.admin)
    acts.withdraw(surrey, by=people.admin)
    assert not home_of(surrey_lead)
    said = mails_to(surrey_lead)
    assert ["no longer planned" in one for one in said] == [False, True] * 3


def test_that_a_role_is_to_end_is_told_on_the_day_alone(
    surrey: Reorganisation, surrey_lead: User, people: People, at: Callable
) -> None:
    moved(surrey, by=people.admin)
    acts.prepare(surrey, by=people.admin)
    assert not home_of(surrey_lead)
    assert not mails_to(surrey_lead)
    at("2027-04-01")
    tick()
    assert len(mails_to(surrey_lead)) == 1


def test_who_reads_no_roles_of_others_is_told_on_the_day_alone(
    surrey: Reorganisation, people: People, orgs: Bodies
) -> None:
    partner = factories.person("Partner, board", Role.PARTNER, orgs["thames-valley"])
    row = reorganisation(people.admin, [orgs["thames-valley"]], ["Thames"])
    acts.prepare(row, by=people.admin)
    assert not home_of(partner)
    assert not mails_to(partner)


def test_on_the_day_the_line_at_home_is_gone_and_a_role_that_ends_before_is_not_foretold(
    surrey: Reorganisation, surrey_lead: User, people: People, at: Callable
) -> None:
    moved(surrey, "East Surrey", by=people.admin)
    acts.prepare(surrey, by=people.admin)
    Membership.objects.filter(user=surrey_lead).update(ends_on="2027-02-01")
    assert not home_of(surrey_lead)
    Membership.objects.filter(user=surrey_lead).update(ends_on=None)
    at("2027-04-01")
    assert not home_of(surrey_lead)


def test_a_day_gone_by_is_told_of_once(
    surrey: Reorganisation, surrey_lead: User, people: People, at: Callable
) -> None:
    moved(surrey, "East Surrey", by=people.admin)
    at("2027-04-02")
    acts.prepare(surrey, by=people.admin)
    tick()
    assert len(mails_to(surrey_lead)) == 1
