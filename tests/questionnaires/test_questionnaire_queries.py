"""A page asks the database as often for one board as for seven, and at most 20 times."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db
MOST = 20
BOARDS = ["QKS", "QNX", "QU9", "QRL", "QXU", "QNQ", "QHG"]


def asked(client: Any, url: str) -> tuple[int, str]:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(url)
    assert page.status_code == 200, url
    return len(queries), page.content.decode()


@pytest.mark.parametrize("page", ["B/", "D/", "G/", "check/", ""])
def test_a_page_of_a_return_costs_the_same_for_one_board_and_for_seven(people, orgs, sign_in, page) -> None:
    before = make.round_("spring-2026", opens=-21, closes=20, reporting_year="2024/25")
    make.submitted(before, orgs["kent"], by=people.lead)
    type(before).objects.filter(pk=before.pk).update(
        opens_on=make.day("2026-03-12"), closes_on=make.day("2026-04-23")
    )
    row = make.return_of(make.round_(), orgs["kent"])
    client, url = sign_in(people.lead), f"/questionnaires/autumn-2026/kent/{page}"
    numbers = []
    for many in (1, 3, 7):
        make.answer(row, "A2", BOARDS[:many], by=people.lead)
        for board in BOARDS[:many]:
            make.answer(row, "B5", f"About {board}", by=people.lead, icb=board)
            make.answer(row, "D6", {"state": "exact", "value": 7}, by=people.lead, icb=board)
            make.answer(row, "G4", "Good", by=people.lead, icb=board)
        number, text = asked(client, url)
        numbers.append(number)
        if page in ("B/", "check/"):
            assert f"About {BOARDS[many - 1]}" in text
    assert len(set(numbers)) == 1, numbers
    assert numbers[0] <= MOST


@pytest.mark.parametrize("who", ["lead", "admin"])
@pytest.mark.parametrize("page", ["", "autumn-2026/", "autumn-2026/results/B1/", "autumn-2026/results/F3/"])
def test_a_page_about_all_returns_costs_the_same_for_one_and_for_three(
    people, orgs, sign_in, page, who
) -> None:
    asking = make.round_()
    client, numbers = sign_in(getattr(people, who)), []
    for slug, lead in (("kent", people.lead), ("medway", people.stranger)):
        make.submitted(asking, orgs[slug], by=lead)
        number, text = asked(client, f"/questionnaires/{page}")
        numbers.append(number)
        if "results" in page:
            assert orgs[slug].name in text
    assert len(set(numbers)) == 1, numbers
    assert numbers[0] <= MOST


def test_reading_a_shared_return_stays_within_twenty(people, orgs, sign_in) -> None:
    make.submitted(make.round_(), orgs["kent"], by=people.lead)
    assert asked(sign_in(people.stranger), "/questionnaires/autumn-2026/kent/")[0] <= MOST
