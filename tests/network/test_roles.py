"""Roles are dated memberships; code asks for permissions."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from network.people.models import Membership, Organisation, User
from network.roles import AUTHORITY_ROLES, GRANTS, Permission, Role
from tests import factories
from tests.conftest import People


def fresh(user: User) -> User:
    """The same person at their next request."""
    return User.objects.get(pk=user.pk)


def test_every_permission_is_given_to_somebody_and_every_role_has_its_line() -> None:
    assert set(GRANTS) == set(Role)
    assert set(Permission) == set().union(*GRANTS.values())


def test_a_contributor_answers_but_does_not_submit(people: People, orgs: dict[str, Organisation]) -> None:
    assert people.contributor.may(Permission.RETURN_EDIT, at=orgs["kent"])
    assert not people.contributor.may(Permission.RETURN_SUBMIT, at=orgs["kent"])


@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES))
def test_a_role_at_one_authority_gives_nothing_at_another(role: Role, orgs: dict[str, Organisation]) -> None:
    user = factories.person("Somebody", role, orgs["kent"])
    held_at_kent = {permission for permission in Permission if user.may(permission, at=orgs["kent"])}
    assert held_at_kent == GRANTS[role]
    assert not any(user.may(permission, at=orgs["medway"]) for permission in Permission)


def test_the_admin_reads_neither_drafts_nor_legal_items_by_role() -> None:
    assert Permission.RETURN_READ not in GRANTS[Role.ADMIN]
    assert not any(
        "legal" in permission and permission != Permission.BE_NAMED for permission in GRANTS[Role.ADMIN]
    )


def test_partners_and_observers_can_never_be_named_for_a_legal_item() -> None:
    assert {role for role, grants in GRANTS.items() if Permission.BE_NAMED in grants} == set(Role) - {
        Role.PARTNER,
        Role.OBSERVER,
    }


def test_an_observer_reads_what_is_published_and_nothing_else() -> None:
    assert GRANTS[Role.OBSERVER] == {Permission.READ_PUBLISHED}


def test_a_role_that_ended_yesterday_gives_nothing_today(people: People) -> None:
    assert people.former.standing.roles == frozenset()
    assert not any(people.former.may(permission) for permission in Permission)


def test_a_role_ends_at_the_next_request(people: People) -> None:
    assert people.lead.may(Permission.RETURN_SUBMIT)
    Membership.objects.filter(user=people.lead).update(ends_on=date(2026, 11, 21))
    assert not fresh(people.lead).may(Permission.RETURN_SUBMIT)


def test_a_role_begins_on_its_first_day(orgs: dict[str, Organisation]) -> None:
    tomorrow = factories.person("Somebody", Role.LEAD, orgs["kent"], starts_on=date(2026, 11, 23))
    today = factories.person("Somebody else", Role.LEAD, orgs["kent"], starts_on=date(2026, 11, 22))
    assert not tomorrow.may(Permission.RETURN_EDIT)
    assert today.may(Permission.RETURN_EDIT)


def test_a_closed_account_holds_nothing(people: People) -> None:
    User.objects.filter(pk=people.admin.pk).update(is_active=False)
    assert not any(fresh(people.admin).may(permission) for permission in Permission)


def test_a_person_may_hold_several_roles(people: People) -> None:
    factories.membership(people.lead, Role.CO_CHAIR)
    both = fresh(people.lead)
    assert both.may(Permission.RETURN_SUBMIT)
    assert both.may(Permission.AGENDA_AGREE)


def refused(**values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**values)


def test_the_database_refuses_a_role_that_ends_before_it_starts(people: People) -> None:
    refused(user=people.observer, role=Role.ADMIN, starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 31))


def test_the_database_refuses_a_lead_of_nowhere_and_an_admin_of_one_authority(
    people: People, orgs: dict[str, Organisation]
) -> None:
    refused(user=people.observer, role=Role.LEAD)
    refused(user=people.observer, role=Role.ADMIN, organisation=orgs["kent"])


def test_the_database_refuses_the_same_open_role_twice(people: People, orgs: dict[str, Organisation]) -> None:
    refused(user=people.lead, role=Role.LEAD, organisation=orgs["kent"])
    refused(user=people.admin, role=Role.ADMIN)


def test_a_person_with_a_role_is_never_deleted(people: People) -> None:
    with pytest.raises(ProtectedError):
        people.lead.delete()


def test_two_people_never_share_an_address_in_any_case(people: People) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=(people.lead.email or "").upper(), name="Twin")
