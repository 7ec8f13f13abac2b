"""What home promises: what is urgent, in which order, and what happened lately."""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup

from network.meetings import acts
from network.registry import Task
from tests import meetings_factories as make

pytestmark = pytest.mark.django_db


def task(title: str, due: date | None) -> Task:
    return Task(title=title, url="/", due=due)


def test_urgent_is_what_is_overdue_or_due_within_five_working_days_and_nothing_else(at):
    at("2026-11-16")  # a Monday
    for day in (date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 23)):
        assert task("One", day).urgent
    assert not task("One", date(2026, 11, 24)).urgent
    assert not task("One", None).urgent


def test_tasks_stand_in_the_order_of_their_due_dates_and_those_without_one_last(at):
    at("2026-11-23")
    given = [task("none", None), task("far", date(2027, 1, 14)), task("near", date(2026, 11, 25))]
    assert [one.title for one in sorted(given, key=lambda one: one.order)] == ["near", "far", "none"]


def test_what_is_broken_stands_first_and_is_urgent_without_a_date(at):
    broken = Task(title="Broken", url="/", at_once=True)
    assert broken.urgent
    assert sorted([task("late", date(2020, 1, 1)), broken], key=lambda one: one.order)[0] is broken


def test_an_agenda_that_is_far_ahead_is_not_urgent(people, sign_in, at):
    acts.offer(make.meeting(date(2027, 1, 14)).agenda, by=people.admin)
    at("2026-11-22")
    tasks = BeautifulSoup(sign_in(people.cochair_one).get("/").content, "html.parser").find(id="tasks")
    assert "awaits your agreement" in tasks.get_text()
    assert "Urgent" not in tasks.get_text()


def test_what_changed_in_the_last_seven_days_is_there_still_after_a_sign_in_on_another_device(
    people, sign_in, at
):
    at("2026-11-20")
    make.agree_agenda(make.meeting(date(2027, 1, 14)), people)
    sign_in(people.lead).get("/")
    at("2026-11-22")
    page = sign_in(people.lead).get("/").content.decode()
    assert "Changed since 15 November 2026" in page
    assert "Agenda for 14 January 2027: agreed" in page


def test_who_was_away_for_longer_sees_what_changed_since_then(people, sign_in, at):
    at("2026-10-01")
    sign_in(people.lead).get("/")
    at("2026-11-22")
    assert "Changed since 1 October 2026" in sign_in(people.lead).get("/").content.decode()
