"""What a demonstration promises."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from foi import demo
from foi.deadlines import Deadline
from foi.models import FoiRound, Outcome, Request, RequestEvent
from foi.models.outcomes import Code
from foi.models.requests import Status
from network import dates
from network.demo import DOMAIN, World
from network.people.models import BankHoliday
from network.roles import Role
from tests import factories

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 22)


def lay_down(day: date, seed: int = 1) -> World:
    factories.person("Network coordinator", Role.ADMIN, email=f"admin@{DOMAIN}")
    world = World(seed=seed, as_of=day)
    with dates.at(day):
        for tell in demo.demonstration(world):
            tell()
    return world


@pytest.fixture(scope="class")
def laid(django_db_setup, django_db_blocker):
    """One for all that look at it; the database is as before afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), dates.at(DAY):
        call_command("seed_network", stdout=StringIO())
        yield lay_down(DAY)
        transaction.set_rollback(True)


@pytest.mark.once
@pytest.mark.parametrize("day", ["2026-08-31", "2027-01-31", "2028-02-29"])
def test_any_day_has_its_history_and_none_of_it_lies_ahead(reference, day):
    as_of = date.fromisoformat(day)
    world = lay_down(as_of)
    main = FoiRound.objects.get(slug=world.says["foi_round"])
    assert main.requests.exclude(status=Status.DRAFT).exists()
    for request in Request.objects.prefetch_related("events"):
        days = [event.on for event in request.events.all()]
        assert days == sorted(days)
        assert all(each <= as_of for each in days)


class TestOneDay:
    def test_there_are_requests_in_every_state_and_one_is_overdue(self, laid, db):
        world = laid
        assert set(Request.objects.values_list("status", flat=True)) == set(Status)
        holidays = BankHoliday.known()
        late = [each for each in Request.objects.all() if Deadline.of(each, holidays).overdue]
        assert late
        assert FoiRound.objects.get(slug=world.says["foi_round"]).requests.count() == 7
        in_part = Request.objects.filter(status=Status.PART_RESPONSE)
        assert in_part
        for request in in_part:  # what came of it is recorded, the rest is awaited
            recorded = request.outcomes.exclude(outcome=Code.NOT_DUE)
            assert 0 < recorded.count() < request.outcomes.count()

    def test_the_replies_show_what_replies_look_like(self, laid, db):
        world = laid
        rows = Outcome.objects.filter(request__round__slug=world.says["foi_round"])
        assert {"exact", "nil", "less_than", "range", "rounded"} <= set(
            rows.values_list("count_kind", flat=True)
        )
        assert set(rows.values_list("outcome", flat=True)) == set(Code)
        assert len(set(rows.filter(outcome=Code.REFUSED).values_list("sections", flat=True))) >= 4
        assert rows.exclude(flags="").exists()
        assert rows.exclude(page="").exists()
        refusing = [
            request
            for request in Request.objects.filter(round__slug=world.says["foi_round"])
            if set(request.outcomes.values_list("outcome", "sections")) == {(Code.REFUSED, "12")}
        ]
        assert len(refusing) == 1
        assert Request.objects.filter(audience="partners").exists()

    def test_the_same_seed_and_day_give_the_same_figures(self, laid, db):
        rows = Outcome.objects.order_by("request__round__slug", "request__body__slug", "item__code", "year")
        first = list(rows.values_list("item__code", "year", "outcome", "written", "sections"))
        for model in (Outcome, RequestEvent, Request, FoiRound):
            model.objects.all().delete()
        world = World(seed=1, as_of=DAY)
        with dates.at(world.as_of):
            demo.demonstration(world)[0]()
        assert list(rows.values_list("item__code", "year", "outcome", "written", "sections")) == first
