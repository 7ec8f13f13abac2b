"""What a report's pages ask of the database, however large the report."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cypcc_portal.reports.models import Kind
from network.dates import Period
from tests import reports_factories as make

pytestmark = pytest.mark.django_db


def cost(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_the_list_costs_the_same_with_many_reports_and_leaves_the_frozen_figures_where_they_are(
    chapters, people, sign_in
):
    client = sign_in(people.cochair_one)
    costs, cycle = [], Period.parse("2020-01")
    for wanted in (1, 3, 30):
        while cycle.year * 6 + cycle.number // 2 - 2020 * 6 < wanted:
            make.report(Kind.BI_MONTHLY, cycle)
            cycle = cycle.next()
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/reports/").status_code == 200
        costs.append(len(asked))
        assert not any('"reports_report"."figures",' in query["sql"] for query in asked)
    assert costs[0] == costs[1] == costs[2] <= 20


def test_a_report_costs_the_same_with_many_figures(chapters, people, sign_in):
    client = sign_in(people.cochair_one)
    costs = []
    for number, period in ((1, make.H1), (30, make.H2)):
        chapters[:] = [make.chapter(make.figure(1), key=f"chapter-{place}") for place in range(number)]
        made = make.report(Kind.AD_SAFEGUARDING, period)
        costs.append(cost(client, made.get_absolute_url()))
    assert costs[0] == costs[1] <= 20
