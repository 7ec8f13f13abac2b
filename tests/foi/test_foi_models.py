"""What the database itself refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foi import seed
from foi.models import FoiRound, Item, ItemVersion, Outcome, Request
from foi.models.outcomes import FLAGS, SECTIONS, Code
from foi.models.requests import Status
from network.counts import Count
from tests import foi_factories as make


@pytest.fixture
def request_(people, orgs) -> Request:
    return make.sent(make.request_to(make.foi_round(people.admin), orgs["sussex"]), people.admin)


def changed(outcome_: Outcome, /, **columns: Any) -> None:
    with transaction.atomic():
        Outcome.objects.filter(pk=outcome_.pk).update(**columns)


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_the_thirty_items_are_loaded_once_however_often_it_is_asked(reference):
    before = list(Item.objects.values_list("pk", "code"))
    assert len(before) == 30
    seed.load_items()
    assert list(Item.objects.values_list("pk", "code")) == before
    assert {item.question for item in Item.objects.all()} == set(range(1, 8))
    version = ItemVersion.objects.get()
    assert all(version.question(number) for number in range(1, 8))


def test_the_law_and_the_marks_of_quality_are_those_of_the_reference_data():
    import json

    data = json.loads(seed.DATA.read_text(encoding="utf-8"))
    assert {entry["section"] for entry in data["sections"]} == set(SECTIONS)
    assert set(data["quality_flags"]) == set(FLAGS)
    assert {entry["code"] for entry in data["outcome_codes"]} == set(Code.values)
    stored = {status.split(" ")[0] for status in data["status"]} - {"overdue"}
    assert stored == set(Status.values)


def test_every_item_is_asked_for_each_year_and_what_is_current_once(request_):
    rows = request_.outcomes.all()
    assert rows.count() == 27 * 2 + 3
    assert set(rows.filter(item__code="7.1").values_list("year", flat=True)) == {""}
    assert set(rows.values_list("outcome", flat=True)) == {Code.NOT_DUE}


def test_an_item_has_one_outcome_a_year(request_):
    first = request_.outcomes.first()
    with refused("foi_outcome_once|UNIQUE"), transaction.atomic():
        Outcome.objects.create(request=request_, item=first.item, year=first.year)


def test_only_a_refusal_cites_sections(request_):
    outcome = request_.outcomes.get(item__code="1.1", year="2025/26")
    with refused("foi_outcome_sections_of_a_refusal"):
        changed(outcome, outcome=Code.NOT_HELD, sections="12")
    changed(outcome, outcome=Code.REFUSED, sections="12,40")
    changed(outcome, outcome=Code.REFUSED, sections="")  # no valid notice, but it happens


@pytest.mark.parametrize("code", [Code.REFUSED, Code.NOT_HELD, Code.NOT_DUE, Code.NOT_ANSWERED])
def test_an_outcome_without_a_figure_has_none(request_, code):
    outcome = request_.outcomes.get(item__code="1.1", year="2025/26")
    with refused("foi_outcome_figure_if_given"):
        changed(outcome, outcome=code, count_kind="exact", low=12, high=12)
    with refused("foi_outcome_figure_if_given"):
        changed(outcome, outcome=code, written="12")


def test_a_figure_runs_from_low_to_high(request_):
    outcome = request_.outcomes.get(item__code="1.1", year="2025/26")
    with refused("foi_outcome_low_to_high"):
        changed(outcome, outcome=Code.ANSWERED, count_kind="range", low=9, high=5)
    with refused("foi_outcome_low_to_high"):
        changed(outcome, outcome=Code.ANSWERED, count_kind="", low=5, high=9)
    with refused("foi_outcome_low_to_high"):
        changed(outcome, outcome=Code.ANSWERED, count_kind="exact")


def test_a_rounded_figure_and_no_other_has_a_base(request_):
    outcome = request_.outcomes.get(item__code="1.1", year="2025/26")
    with refused("foi_outcome_rounded_has_base"):
        changed(outcome, outcome=Code.ANSWERED, count_kind="rounded", low=38, high=42)
    with refused("foi_outcome_rounded_has_base"):
        changed(outcome, outcome=Code.ANSWERED, count_kind="exact", low=40, high=40, base=5)


def test_days_run_from_short_to_long_and_money_from_nought(request_):
    outcome = request_.outcomes.get(item__code="4.1", year="2025/26")
    with refused("foi_outcome_days_low_to_high"):
        changed(outcome, outcome=Code.ANSWERED, days_low=40, days_high=20)
    with refused("foi_outcome_days_low_to_high"):
        changed(outcome, outcome=Code.ANSWERED, days_low=40)
    with refused("foi_outcome_money_from_nought"):
        changed(outcome, outcome=Code.ANSWERED, money=-1)


def test_a_body_is_asked_once_in_a_round(request_):
    with refused("foi_request_once_a_body|UNIQUE"), transaction.atomic():
        Request.objects.create(
            round=request_.round,
            body=request_.body,
            sent_to=request_.sent_to,
            made_for=request_.made_for,
            audience="coordinator",
        )


def test_a_sent_request_has_a_named_applicant_and_both_days(request_):
    for columns, name in (
        ({"applicant": ""}, "foi_request_names_its_applicant"),
        ({"received_on": None}, "foi_request_sent_then_received"),
        ({"received_on": date(2026, 8, 31)}, "foi_request_sent_then_received"),
        ({"audience": "coordinator"}, "foi_request_draft_is_kept"),
        ({"audience": "partners"}, "foi_request_shared_says_when"),
        (
            {"audience": "partners", "shared_on": date(2026, 11, 2), "taken_back_on": date(2026, 11, 3)},
            "foi_request_shared_or_taken_back",
        ),
    ):
        with refused(name), transaction.atomic():
            Request.objects.filter(pk=request_.pk).update(**columns)


def test_no_round_takes_the_address_of_another_page(reference):
    with refused("foi_round_slug_is_free"), transaction.atomic():
        FoiRound.objects.create(
            slug="new", title="New", reporting_year="2025/26", version=ItemVersion.objects.get()
        )


def test_less_than_five_depends_on_whether_the_reply_shows_noughts(request_, people):
    small = make.record(request_, people.admin, "5.2", "<5")
    assert small.count == Count.less_than(5, shows_noughts=False)
    make.record(request_, people.admin, "5.5", "nil")
    small.refresh_from_db()
    assert small.count == Count.less_than(5)
