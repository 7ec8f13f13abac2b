"""What goes wrong at a desk: two people at once, a form sent twice, a finger on a key, a wrong year."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from foi import answers, casework
from foi.forms import RoundForm
from foi.models import FoiRound, Outcome, Request
from foi.models.outcomes import FLAGS, SECTIONS
from foi.models.requests import Status
from network.people.models import BankHoliday
from network.workflow import Changed, Refused
from tests import foi_factories as make
from tests.browsing import filled, opened


@pytest.fixture
def request_(people, orgs) -> Request:
    return make.sent(make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"]), people.admin)


@pytest.fixture
def admin(people, sign_in):
    return sign_in(people.admin)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def day(name: str, value: str) -> dict[str, str]:
    year, month, of = value.split("-")
    return {f"{name}-day": of, f"{name}-month": month, f"{name}-year": year}


def figure(request: Request, code: str) -> str:
    return Outcome.objects.get(request=request, item__code=code, year="2025/26").written


# Two people at once


def test_a_colleague_s_newer_answer_is_never_overwritten_and_both_are_shown(request_, people, admin) -> None:
    address = request_.url("foi_reply_question", 1)
    older = opened(admin, address)
    make.record(request_, people.admin, "1.1", "77")
    mine = {"1.2-2025-26-outcome": "answered", "1.2-2025-26-value": "88"}
    met = admin.post(address, older | mine)
    assert met.status_code == 409
    assert "1.1, 2025/26" in text(met)
    assert "Answered; 77" in text(met)
    assert (figure(request_, "1.1"), figure(request_, "1.2")) == ("77", "")
    again = filled(met)
    assert again["1.2-2025-26-value"] == "88"  # what was typed is kept
    both = again | {"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "77"}
    assert admin.post(address, both).status_code == 302
    assert (figure(request_, "1.1"), figure(request_, "1.2")) == ("77", "88")


def test_two_people_at_different_questions_do_not_meet(request_, people, admin) -> None:
    address = request_.url("foi_reply_question", 5)
    older = opened(admin, address)
    make.record(request_, people.admin, "1.1", "77")
    assert (
        admin.post(address, older | {"5.1-2025-26-outcome": "answered", "5.1-2025-26-value": "9"}).status_code
        == 302
    )


def test_the_rest_that_was_recorded_meanwhile_stays(request_, people, admin) -> None:
    older = opened(admin, request_.url("foi_reply_question", 1))
    admin.post(request_.url("foi_reply_rest"), {"outcome": "not_held"})
    assert admin.post(request_.url("foi_reply_question", 1), older).status_code == 409
    assert not Outcome.objects.filter(request=request_, outcome="not_due").exists()


def test_a_question_sent_twice_is_saved_once_and_without_its_mark_not_at_all(request_, admin) -> None:
    address = request_.url("foi_reply_question", 1)
    sent = opened(admin, address) | {"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "12"}
    assert [admin.post(address, sent).status_code for _ in range(2)] == [302, 302]
    sent["1.1-2025-26-value"] = "13"
    assert admin.post(address, {**sent, "loaded": ""}).status_code == 409
    assert figure(request_, "1.1") == "12"


def test_a_colleague_s_newer_particulars_are_never_overwritten(people, orgs, admin) -> None:
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    address = draft.url("foi_request_edit")
    older = opened(admin, address)
    Request.objects.filter(pk=draft.pk).update(address="theirs@example.org")
    met = admin.post(address, older | {"applicant": "Mine"})
    assert met.status_code == 409
    assert "theirs@example.org" in text(met)
    draft.refresh_from_db()
    assert (draft.address, draft.applicant) == ("theirs@example.org", "Jo Applicant")
    again = filled(met)
    assert again["applicant"] == "Mine"
    assert admin.post(address, again | {"address": "theirs@example.org"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.address, draft.applicant) == ("theirs@example.org", "Mine")


# Sent twice


def test_what_happened_is_recorded_once_however_often_the_form_is_sent(request_, admin) -> None:
    posted = {"move": "answer_part", **day("on", "2026-09-25"), "note": "The first two questions"}
    answered = [admin.post(request_.url("foi_request_move"), posted).status_code for _ in range(3)]
    assert answered == [302, 409, 409]
    assert request_.events.filter(kind=Status.PART_RESPONSE).count() == 1
    admin.post(request_.url("foi_request_move"), {**posted, **day("on", "2026-09-28")})  # the second part
    assert request_.events.filter(kind=Status.PART_RESPONSE).count() == 2


def test_a_move_that_is_recorded_already_is_refused_under_the_lock(request_, people) -> None:
    casework.record(request_, "answer_part", by=people.admin, on=make.SENT)
    with pytest.raises(Changed, match="recorded already"):
        casework.record(request_, "answer_part", by=people.admin, on=make.SENT)


def test_two_rounds_of_one_title_at_the_same_moment_are_one(people, admin, monkeypatch) -> None:
    """The second was checked before the first was there."""
    posted = {"title": "FOI autumn", "reporting_year": "2025/26", "number": "1", "applicant": "Jo"}
    posted["reply_to"] = "jo@example.org"
    monkeypatch.setattr(RoundForm, "clean_title", lambda form: form.cleaned_data["title"])
    assert admin.post(reverse("foi_round_new"), posted).status_code == 302
    again = admin.post(reverse("foi_round_new"), posted)
    assert again.status_code == 200
    assert "There is a round with this title already" in text(again)
    assert FoiRound.objects.filter(slug="foi-autumn").count() == 1


def test_a_holiday_added_twice_at_the_same_moment_is_one(people) -> None:
    with pytest.raises(IntegrityError):
        casework.add_holiday(on=BankHoliday.objects.latest("on").on, title="Again", by=people.admin)


# Slips of the keyboard


@pytest.mark.parametrize("code", ["1.1", "2.3", "4.1"])
@pytest.mark.parametrize(
    "typed", ["9" * 4000, "9" * 3900 + " million", "1." + "9" * 3000, "9" * 40 + " weeks"]
)
def test_four_thousand_nines_are_told_and_not_kept(request_, admin, code, typed) -> None:
    address = request_.url("foi_reply_question", int(code[0]))
    wrong = {f"{code}-2025-26-outcome": "answered", f"{code}-2025-26-value": typed}
    answer = admin.post(address, opened(admin, address) | wrong)
    assert answer.status_code == 200
    assert "There is a problem" in text(answer)
    assert figure(request_, code) == ""


def test_every_mark_of_quality_and_every_section_can_be_ticked(request_, admin) -> None:
    """On PostgreSQL a column has a width."""
    address = request_.url("foi_reply_question", 1)
    all_flags = {
        "1.1-2025-26-outcome": "answered",
        "1.1-2025-26-value": "9",
        "1.1-2025-26-flags": list(FLAGS),
    }
    all_sections = {"1.2-2025-26-outcome": "refused", "1.2-2025-26-sections": list(SECTIONS)}
    assert admin.post(address, opened(admin, address) | all_flags | all_sections).status_code == 302
    kept = Outcome.objects.get(request=request_, item__code="1.1", year="2025/26")
    assert kept.flag_list == list(FLAGS)
    for name, all_of in (("flags", FLAGS), ("sections", SECTIONS)):
        assert len(",".join(all_of)) <= (Outcome._meta.get_field(name).max_length or 0)


def test_a_control_character_is_told(request_, admin) -> None:
    address = request_.url("foi_reply_question", 7)
    wrong = {"7.3-now-outcome": "answered", "7.3-now-value": "March\x0b2026"}
    answer = admin.post(address, opened(admin, address) | wrong)
    assert answer.status_code == 200
    assert "can’t be stored" in text(answer)


@pytest.mark.parametrize("on", ["1999-12-31", "1900-01-01", "2026-11-23", "2100-01-01"])
def test_nothing_was_sent_before_the_act_nor_in_the_future(people, orgs, admin, on) -> None:
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    posted = {**day("sent_on", on), **day("received_on", on)}
    answer = admin.post(draft.url("foi_request_send"), posted)
    says = "is before the Freedom of Information Act 2000" if on < "2000" else "is in the future"
    assert says in text(answer)
    draft.refresh_from_db()
    assert draft.is_draft
    with pytest.raises(Refused):
        casework.send(draft, by=people.admin, sent_on=make.SENT.replace(year=1999), received_on=make.SENT)


@pytest.mark.parametrize(
    ("on", "added"), [("2036-12-29", True), ("2037-01-05", False), ("2015-01-05", False)]
)
def test_a_bank_holiday_lies_within_ten_years(admin, reference, on, added) -> None:
    answer = admin.post(reverse("foi_holiday_list"), {**day("on", on), "title": "A day"})
    assert ("more than 10 years away" in text(answer)) is not added
    assert BankHoliday.objects.filter(on=on).exists() is added


# Who is told what


def test_the_directory_tells_partners_of_whose_figures_there_are_and_not_for_whom_they_were_asked(
    people, orgs
) -> None:
    draft = make.request_to(make.foi_round(people.admin), orgs["sussex"])  # answered by its successor
    request = make.sent(draft, people.admin)
    casework.share(request, by=people.admin)

    def panels(body, user):
        return [line.title for line in answers.organisation_panels(body, user)]

    assert panels(request.body, people.partner) == ["FOI request to NHS Sussex ICB"]
    for body in (request.made_for, request.sent_to):
        assert panels(body, people.partner) == []
        assert panels(body, people.lead) != []


def test_the_coordinator_records_what_happened_on_a_page_of_its_own(request_, people, admin, sign_in) -> None:
    address = request_.url("foi_request_move")
    assert address in text(admin.get(request_.get_absolute_url()))
    assert address not in text(sign_in(people.lead).get(request_.get_absolute_url()))
    assert "What happened?" in text(admin.get(address))
