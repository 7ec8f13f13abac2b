"""The whole thread, played by its people in a browser against a real server, worker and database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.people import Person, step
from tests.browser.portal import Portal
from tests.browser.story import foi, meeting, plan, questionnaire, report

AFTER_THE_MEETING = "2027-01-15T09:00"
AFTER_THE_HALF_YEAR = "2027-04-01T07:00"

Enter = Callable[..., Person]


@pytest.mark.slow
def test_the_whole_thread(make_portal: Callable[..., Portal], enter: Enter, tmp_path: Path) -> None:
    portal = make_portal("web", "worker")
    names = ("lead.kent", "contributor.kent", "lead.medway", "admin", "cochair.one", "cochair.two")
    with step("Everybody signs in by e-mail and password"):
        lead, contributor, stranger, admin, one, two = (enter(portal, name).sign_in() for name in names)
        observer = enter(portal, "observer").sign_in()
        partner = enter(portal, "partner.kent-and-medway").sign_in()

    play_the_questionnaire(portal, enter, lead, contributor, stranger, admin, observer)
    play_the_agenda(lead, admin, one, two)
    with step("It is the day after the meeting"):
        portal.at(AFTER_THE_MEETING)
        sign_in_again(lead, stranger, admin, one, two, partner, observer)
    play_the_notes(lead, stranger, admin, one, two)
    play_the_requests(lead, admin, partner)
    with step("It is the morning after the half-year"):
        portal.at(AFTER_THE_HALF_YEAR)
        sign_in_again(admin, one, two, observer)
    play_the_report(portal, admin, one, two, observer, tmp_path)
    portal.stop()
    assert not portal.failures()


def sign_in_again(*people: Person) -> None:
    """A session ends after twelve hours."""
    for person in people:
        person.sign_in()


def play_the_questionnaire(
    portal: Portal,
    enter: Enter,
    lead: Person,
    contributor: Person,
    stranger: Person,
    admin: Person,
    observer: Person,
) -> None:
    with step("The demonstration starts with one return", admin):
        admin.go(questionnaire.ROUND).sees("1 of 19 submitted")
    questionnaire.begins(lead)
    questionnaire.conditions_follow(lead)
    later = enter(portal, "lead.kent").sign_in()
    questionnaire.comes_back(later)
    questionnaire.mistypes(later)
    questionnaire.answers_the_rest(later)
    questionnaire.changes_a_condition(later)
    questionnaire.contributor_cannot_submit(contributor)
    questionnaire.is_not_there_for(stranger)
    questionnaire.submits(later)
    questionnaire.is_read_by(stranger)
    questionnaire.is_counted_for(admin)
    questionnaire.is_not_there_for_an_observer(observer)


def play_the_agenda(lead: Person, admin: Person, one: Person, two: Person) -> None:
    meeting.is_prepared(admin)
    meeting.agenda_is_hidden_from(lead)
    meeting.is_agreed_by(one, "Still awaited: Co-chair two")
    meeting.is_agreed_by(two, "Members can read it now")
    meeting.is_edited_later(admin)
    meeting.agenda_is_hidden_from(lead)
    meeting.is_agreed_by(two, "Still awaited: Co-chair one")
    meeting.is_agreed_by(one, "Members can read it now")
    meeting.agenda_is_read_by(lead)


def play_the_notes(lead: Person, stranger: Person, admin: Person, one: Person, two: Person) -> None:
    meeting.notes_are_written(admin, chair="Co-chair one")
    meeting.notes_are_agreed(one, other=two)
    meeting.notes_are_read_by(lead)
    plan.holds_the_action(lead)
    plan.is_updated_by(lead)
    plan.is_read_by(stranger)


def play_the_requests(lead: Person, admin: Person, partner: Person) -> None:
    foi.is_opened(admin)
    for body in (foi.KENT, foi.HAMPSHIRE):
        foi.is_sent(admin, body)
    foi.has_its_clock(admin)
    for body in (foi.KENT, foi.HAMPSHIRE):
        foi.is_answered(admin, body)
    foi.is_compared(lead)
    foi.is_not_shared_with(partner)


def play_the_report(
    portal: Portal, admin: Person, one: Person, two: Person, observer: Person, folder: Path
) -> None:
    report.is_drafted_once(portal, admin)
    report.is_hidden_from(observer)
    report.cannot_be_exported(portal, admin, folder)
    report.is_edited(admin)
    report.is_agreed_by(one, "It still awaits Co-chair two")
    report.is_agreed_by(two, "The report is agreed")
    report.is_exported(portal, admin, folder)
    report.is_read_by(observer)
