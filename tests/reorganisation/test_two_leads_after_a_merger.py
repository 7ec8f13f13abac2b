"""Whoever merges two authorities is told that the new one would have two leads and two deputies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from network.people.models import Organisation, User
from network.reorganisation import drafts
from network.reorganisation.models import Reorganisation
from network.roles import Role
from tests import factories
from tests.conftest import People
from tests.reorganisation.test_reorganisation_pages import text
from tests.reorganisation.test_reorganising import moved
from tests.reorganisation_factories import reorganisation

Bodies = dict[str, Organisation]
LEADS = "Wokeading would have 2 leads: Lead, Reading and Lead, Wokingham."
DEPUTIES = "Wokeading would have 2 deputies: Deputy, Reading and Deputy, Wokingham."


@pytest.fixture
def merger(people: People, orgs: Bodies) -> Reorganisation:
    for slug in ("reading", "wokingham"):
        factories.person(f"Lead, {orgs[slug]}", Role.LEAD, orgs[slug])
        factories.person(f"Deputy, {orgs[slug]}", Role.DEPUTY, orgs[slug])
        factories.person(f"Director, {orgs[slug]}", Role.DIRECTOR, orgs[slug])
    return reorganisation(people.admin, [orgs["reading"], orgs["wokingham"]], ["Wokeading"])


def test_plan_and_preview_of_a_merger_warn_of_two_leads_and_two_deputies(
    merger: Reorganisation, people: People, sign_in: Callable[[User], Client]
) -> None:
    admin = sign_in(people.admin)
    for step in ("", "people/", "preview/"):
        page = text(admin.get(f"{merger.get_absolute_url()}{step}"))
        assert LEADS in page, step
        assert DEPUTIES in page, step
        assert "Director, Reading and" not in page
    assert "would have" not in text(admin.get(f"{merger.get_absolute_url()}things/"))


def test_nothing_is_warned_of_once_one_of_the_two_roles_ends(
    merger: Reorganisation, people: People, sign_in: Callable[[User], Client]
) -> None:
    moved(merger, by=people.admin)
    assert "would have 2" not in text(sign_in(people.admin).get(f"{merger.get_absolute_url()}preview/"))


def test_whoever_leads_the_authority_that_goes_on_counts_too(
    people: People, orgs: Bodies, sign_in: Callable[[User], Client]
) -> None:
    factories.person("Lead, Slough", Role.LEAD, orgs["slough"])
    factories.person("Lead, Reading", Role.LEAD, orgs["reading"])
    row = reorganisation(people.admin, [orgs["reading"]])
    drafts.join(row, orgs["slough"], [orgs["reading"]], by=people.admin)
    page = text(sign_in(people.admin).get(f"{row.get_absolute_url()}preview/"))
    assert "Slough would have 2 leads: Lead, Reading and Lead, Slough." in page
