"""Answers are recorded, and nobody has said on which day they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foi import answers, casework, tasks
from foi.figures import chapters
from foi.models import FoiRound, Request
from foi.models.outcomes import Code
from foi.models.requests import Status
from network.dates import Period
from network.mail import OutboxMail
from tests import foi_factories as make

PASSED = "2026-10-30"  # the answer was due on 29 September
DAY = {"on-day": "20", "on-month": "9", "on-year": "2026"}


@pytest.fixture
def request_(people: Any, orgs: Any, at: Callable[[str], None]) -> Request:
    request = make.sent(make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"]), people.admin)
    at(PASSED)
    return request


@pytest.fixture
def admin(people: Any, sign_in: Callable[..., Client]) -> Client:
    return sign_in(people.admin)


def text(response: Any) -> str:
    return unescape(" ".join(response.content.decode().split()))


def record_all(request: Request, people: Any) -> None:
    make.record(request, people.admin, "1.1", "40")
    casework.fill_rest(request, Code.NOT_ANSWERED, by=people.admin)


def test_once_everything_is_recorded_the_day_is_asked_where_it_was_saved(request_, people, admin):
    saved = admin.post(request_.url("foi_reply_rest"), {"outcome": "not_answered"}, follow=True)
    page = text(saved)
    assert "All 57 answers are recorded, but not the day on which they came" in page
    assert "On which day did they answer?" in page
    assert 'value="2026"' not in page  # no day is guessed
    assert "They answered in part" not in page  # nothing is left to come
    posted = admin.post(request_.url("foi_request_move"), {"move": "answer", **DAY}, follow=True)
    assert "Recorded: answered." in text(posted)
    request_.refresh_from_db()
    assert request_.status == Status.RESPONDED
    assert request_.events.get(kind=Status.RESPONDED).on == date(2026, 9, 20)
    assert "On which day did they answer?" not in text(admin.get(request_.url("foi_reply_detail")))


def test_while_the_reply_is_half_recorded_the_way_to_its_day_is_shown(request_, people, admin):
    before = text(admin.get(request_.url("foi_reply_detail")))
    assert "the day on which they came" not in before
    make.record(request_, people.admin, "1.1", "40")
    page = text(admin.get(request_.url("foi_reply_detail")))
    assert "Answers are recorded, but not the day on which they came" in page
    assert f'href="{request_.url("foi_request_move")}"' in page


def test_a_reply_that_is_recorded_is_not_called_late_on_any_page(request_, people, admin, sign_in):
    record_all(request_, people)
    for url in (request_.get_absolute_url(), request_.round.get_absolute_url(), "/"):
        page = text(admin.get(url))
        assert "working days overdue" not in page, url
        assert "Overdue by" not in page, url
    page = text(sign_in(people.lead).get(request_.get_absolute_url()))
    assert "whether they were in time is not known" in page
    assert "Record on which day they answered" not in page


def test_home_asks_for_the_day_and_not_for_the_reply(request_, people):
    record_all(request_, people)
    [task] = [task for task in answers.tasks_for(people.admin) if "Kent and Medway" in task.title]
    reply = "NHS Kent and Medway ICB’s reply in “FOI round 2026”"
    assert task.title == f"{reply}: answers are recorded, say on which day they came"
    assert (task.urgent, task.due, task.url) == (False, None, request_.url("foi_request_move"))


def test_neither_mail_nor_agenda_calls_a_body_late_whose_answers_are_recorded(request_, people):
    record_all(request_, people)
    assert tasks.tell_overdue() == ""
    assert not OutboxMail.objects.filter(key__startswith="foi-overdue").exists()
    assert list(answers.agenda_lines(SimpleNamespace())) == []  # type: ignore[arg-type]


def test_a_report_counts_it_neither_as_answered_nor_as_overdue_and_says_why(request_, people, orgs):
    other = make.sent(make.request_to(request_.round, orgs["sussex"]), people.admin, date(2026, 9, 1))
    casework.record(other, "answer", by=people.admin, on=date(2026, 9, 20))
    before = next(iter(chapters(Period.parse("2026-H2"))))
    assert {each.key: each.value for each in before.figures}["foi.overdue"] == 1
    record_all(request_, people)
    after = next(iter(chapters(Period.parse("2026-H2"))))
    figures = {each.key: each.value for each in after.figures}
    assert (figures["foi.overdue"], figures["foi.answered"]) == (0, 0)
    assert "Of 1 request answers are recorded, and not the day on which they came" in after.words
    overview = next(table for table in after.tables if table.key.startswith("foi.overview"))
    counted: Counter[str] = Counter()
    for row in overview.rows:
        counted.update({name: int(str(cell)) for name, cell in zip(overview.columns, row.cells, strict=True)})
    assert (counted["Awaited, late"], counted["Day not recorded"]) == (0, 57)
    assert counted.total() == 2 * 57


def test_after_a_part_of_an_answer_the_rest_is_awaited_until_it_is_recorded(request_, people):
    make.record(request_, people.admin, "1.1", "40")
    casework.record(request_, "answer_part", by=people.admin, on=date(2026, 9, 20))
    assert "overdue" in " ".join(task.title for task in answers.tasks_for(people.admin))
    casework.fill_rest(request_, Code.NOT_ANSWERED, by=people.admin)
    said = " ".join(task.title for task in answers.tasks_for(people.admin))
    assert "overdue" not in said
    assert "say on which day they came" in said


def test_home_asks_the_same_of_the_database_for_one_reply_and_for_seven(people, orgs, at):
    round: FoiRound = make.sent_round(people.admin)
    at(PASSED)
    asked: list[int] = []
    for request in round.requests.select_related("round__version", "body", "sent_to"):
        record_all(request, people)
        with CaptureQueriesContext(connection) as queries:
            answers.tasks_for(people.admin)
            list(tasks.running())
        asked.append(len(queries))
    assert len(asked) == 7
    assert len(set(asked)) == 1
