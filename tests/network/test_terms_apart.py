"""The database itself keeps terms of one person in one role at one place apart, whatever asks it to write."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import IntegrityError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from network import dates
from network.membership import acts, rules
from network.membership.rules import Days, Unfit
from network.people.models import Membership
from network.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 30)


@pytest.fixture
def term(orgs):
    person = factories.person("Somebody")
    return Membership.objects.create(
        user=person, role=Role.LEAD, organisation=orgs["kent"], starts_on=MARCH, ends_on=JUNE
    )


@pytest.fixture
def migration():
    return import_module("network.migrations.0018_terms_apart")


def beside(term, starts_on, ends_on, **other):
    words = {"user": term.user, "role": term.role, "organisation": term.organisation, **other}
    with transaction.atomic():
        return Membership.objects.create(**words, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (MARCH, JUNE),
        (JUNE, None),
        (None, MARCH),
        (None, None),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2025, 1, 1), date(2027, 1, 1)),
    ],
)
def test_two_terms_that_share_a_day_are_refused(term, starts_on, ends_on):
    with pytest.raises(IntegrityError, match="membership_terms_apart"):
        beside(term, starts_on, ends_on)
    assert Membership.objects.filter(user=term.user).count() == 1


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(date(2026, 7, 1), None), (None, date(2026, 2, 28)), (date(2027, 1, 1), date(2027, 1, 1))],
)
def test_terms_that_follow_each_other_are_not(term, starts_on, ends_on):
    assert beside(term, starts_on, ends_on).pk


def test_another_role_another_place_and_another_person_are_other_terms(term, orgs):
    assert beside(term, MARCH, JUNE, role=Role.DEPUTY).pk
    assert beside(term, MARCH, JUNE, organisation=orgs["medway"]).pk
    assert beside(term, MARCH, JUNE, user=factories.person("Somebody else")).pk


def test_in_the_network_as_a_whole_too(orgs):
    person = factories.person("Somebody")
    office = Membership.objects.create(user=person, role=Role.CO_CHAIR, starts_on=MARCH)
    with pytest.raises(IntegrityError):
        beside(office, JUNE, date(2027, 1, 1))


def test_a_term_that_is_moved_onto_another_is_refused(term):
    later = beside(term, date(2026, 7, 1), date(2026, 12, 31))
    for change in ({"starts_on": JUNE}, {"starts_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=later.pk).update(**change)
    Membership.objects.filter(pk=later.pk).update(starts_on=date(2026, 8, 1), ends_on=None)


def test_the_last_day_of_a_term_that_was_ended_at_once_is_the_next_ones_first(term):
    Membership.objects.filter(pk=term.pk).update(ended_at=dates.now())
    following = beside(term, JUNE, None)
    Membership.objects.filter(pk=following.pk).update(ended_at=dates.now(), ends_on=JUNE)
    assert beside(term, JUNE, None).pk, "begun and ended on one day, it holds none"


DAYS = [None, *(MARCH + timedelta(days=number) for number in range(3))]


@pytest.mark.parametrize("ended", [False, True])
def test_database_and_form_agree_about_every_pair_of_terms(orgs, ended):
    person = factories.person("Somebody")
    spans = [(one, two) for one in DAYS for two in DAYS if not (one and two and two < one)]
    for first in [span for span in spans if span[1] or not ended]:
        for second in spans:
            with transaction.atomic():
                held = Membership.objects.create(
                    user=person,
                    role=Role.ADMIN,
                    starts_on=first[0],
                    ends_on=first[1],
                    ended_at=dates.now() if ended else None,
                )
                empty = ended and first[0] == first[1]
                meets = rules.days_of(held).overlaps(Days(*second)) and not empty
                try:
                    beside(held, *second)
                    assert not meets, (first, second)
                except IntegrityError:
                    assert meets, (first, second)
                transaction.set_rollback(True)


def test_whoever_asks_past_the_rule_gets_the_forms_own_answer(term, people, monkeypatch):
    monkeypatch.setattr(rules, "check_overlap", lambda *args, **kwargs: None)
    with pytest.raises(
        Unfit, match="is lead at Kent County Council already on some of these days"
    ) as refusal:
        acts.give_role(term.user, Role.LEAD, term.organisation, by=people.admin, starts_on=date(2026, 6, 1))
    assert refusal.value.field == "starts_on"
    Membership.objects.filter(pk=term.pk).update(ends_on=date(2026, 12, 31))
    beside(term, date(2027, 2, 1), None)
    with pytest.raises(Unfit, match="on some of these days") as refusal:
        acts.end_role(term, by=people.admin, last_day=date(2027, 2, 1))
    assert refusal.value.field == "ends_on"
    assert Membership.objects.filter(user=term.user).count() == 2


@pytest.mark.once
def test_a_migration_that_makes_the_table_anew_does_not_take_the_promise_with_it(term, migration):
    """On SQLite, where the promise goes with the table."""
    migration.forget(None, connection.schema_editor())
    assert beside(term, JUNE, None).delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    with pytest.raises(IntegrityError, match="membership_terms_apart"):
        beside(term, JUNE, None)


@pytest.mark.once
def test_before_the_migration_that_promises_it_nothing_is_put_into_the_database(term, migration):
    migration.forget(None, connection.schema_editor())
    MigrationRecorder(connection).record_unapplied("network", "0018_terms_apart")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert beside(term, JUNE, None)


# The migration, where PostgreSQL does not let it


def ask(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.postgres
def test_where_the_extension_may_not_be_added_the_migration_says_what_to_do(migration):
    ask("DROP EXTENSION btree_gist CASCADE", "CREATE ROLE without_rights", "SET LOCAL ROLE without_rights")
    with pytest.raises(RuntimeError, match="Have a superuser run “CREATE EXTENSION btree_gist”"):
        migration.promise(None, connection.schema_editor())


@pytest.mark.postgres
def test_where_there_are_overlapping_terms_the_migration_says_so(migration, term):
    ask("SET CONSTRAINTS ALL IMMEDIATE")  # a table with something pending can't be altered
    migration.forget(None, connection.schema_editor())
    beside(term, JUNE, None)
    with pytest.raises(RuntimeError, match="There are overlapping terms"), transaction.atomic():
        migration.promise(None, connection.schema_editor())
    Membership.objects.filter(user=term.user, starts_on=JUNE).delete()
    migration.promise(None, connection.schema_editor())
    with pytest.raises(IntegrityError):
        beside(term, JUNE, None)
