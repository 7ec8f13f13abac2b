"""The instrument as it is loaded, and what the database keeps true of rounds, returns and answers."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from network import dates
from questionnaires.models import Answer, Frozen, Question, Return, Round, Section
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db


def test_the_instrument_has_45_questions_in_7_sections(reference: None) -> None:
    version = make.version()
    assert [section.code for section in version.sections.all()] == list("ABCDEFG")
    assert version.questions.count() == 45
    assert make.question("D5a").show_if == {"D5": ["Standing percentage split"]}
    assert make.question("B1").repeated
    assert not make.question("C7").repeated
    assert make.question("C7").visibility == "coordinator"
    assert make.question("A2").options_from == "icbs"


def test_loading_it_again_changes_nothing(reference: None) -> None:
    before = list(Question.objects.order_by("pk").values())
    call_command("seed_network", verbosity=0)
    assert list(Question.objects.order_by("pk").values()) == before


def test_a_question_may_change_until_a_round_that_asks_it_has_opened(people) -> None:
    question = make.question("B1")
    question.guidance = "Draft wording"
    question.save()
    make.round_(opens=1, closes=20)
    question.save()


def test_a_version_is_frozen_once_a_round_on_it_has_opened(people) -> None:
    make.round_()
    question = make.question("B1")
    question.text = "Changed afterwards?"
    with pytest.raises(Frozen, match="can no longer be changed"):
        question.save()
    with pytest.raises(Frozen):
        question.delete()
    with pytest.raises(Frozen):
        Section.objects.get(code="A").save()


def test_every_authority_in_force_gets_one_return(people) -> None:
    asking = make.round_()
    assert asking.returns.count() == 19
    assert asking.ensure_returns() == 0


def test_a_round_closes_after_it_opens(people) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.round_(opens=5, closes=5)


def test_a_round_cannot_take_the_name_of_a_page(people) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.round_("manage")


def test_an_authority_has_one_return_in_a_round(people, orgs) -> None:
    asking = make.round_()
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.create(round=asking, authority=orgs["kent"])


@pytest.mark.parametrize("icb", ["", "QKS"])
def test_a_question_has_one_answer_for_each_icb_or_one_alone(people, orgs, icb) -> None:
    row = make.return_of(make.round_(), orgs["kent"])
    code = "B1" if icb else "A3"
    first = make.answer(row, code, "Yes", by=people.lead, icb=icb)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(
            for_return=row, question=first.question, icb=first.icb, value="No", changed_by=people.lead
        )


def test_a_submitted_return_says_when_and_who(people, orgs) -> None:
    row = make.return_of(make.round_(), orgs["kent"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(pk=row.pk).update(submitted_at=dates.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(pk=row.pk).update(approved=True)


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-10-31", "planned"), ("2026-11-01", "open"), ("2026-12-13", "open"), ("2026-12-14", "closed")],
)
def test_a_round_is_open_from_its_first_to_its_last_day(people, at, day, state) -> None:
    asking = make.round_()
    at(day)
    assert asking.state == state
    assert Round.objects.open().filter(pk=asking.pk).exists() is (state == "open")
