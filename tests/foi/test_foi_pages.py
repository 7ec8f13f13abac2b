"""The pages as people play them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from foi import casework
from foi.models import FoiRound, Outcome, Request, RequestEvent
from foi.models.outcomes import Code
from foi.models.requests import Status
from network.people.models import BankHoliday
from network.workflow import Changed
from tests import foi_factories as make

SignIn = Callable[[Any], Client]


def text(response: Any) -> str:
    return unescape(" ".join(response.content.decode().split()))


def day(name: str, value: str) -> dict[str, str]:
    year, month, of = value.split("-")
    return {f"{name}-day": of, f"{name}-month": month, f"{name}-year": year}


@pytest.fixture
def request_(people, orgs) -> Request:
    return make.sent(make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"]), people.admin)


@pytest.fixture
def admin(people, sign_in: SignIn) -> Client:
    return sign_in(people.admin)


# The clock


@pytest.mark.parametrize(
    ("received", "due", "review_days_later"),
    [
        ("2025-02-24", "25 March 2025", "24 April 2025"),
        ("2025-12-12", "15 January 2026", "12 February 2026"),
        ("2026-05-22", "23 June 2026", "22 July 2026"),
        ("2026-07-06", "5 August 2026", "3 September 2026"),
    ],
)
def test_the_due_date_is_right_and_is_shown_with_the_holidays_that_it_skipped(
    people, orgs, admin, at, received, due, review_days_later
):
    on = date.fromisoformat(received)
    at(received)
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    request = make.sent(draft, people.admin, on)
    page = text(admin.get(request.get_absolute_url()))
    assert f"Due {due}: 20 working days after {on.day}" in page
    for holiday in BankHoliday.objects.filter(on__gt=on, on__lte=request.clock().due):
        assert holiday.title in page
    casework.record(request, "extend", by=people.admin, on=on)
    page = text(admin.get(request.get_absolute_url()))
    assert f"Due {review_days_later}: 40 working days after {on.day}" in page


def test_the_date_of_a_running_clock_stands_there_once(request_, admin, at):
    at("2026-09-10")
    assert text(admin.get(request_.get_absolute_url())).count("Due 29 September 2026") == 1
    assert "Due on 29 September 2026" not in text(admin.get(request_.get_absolute_url()))


def test_a_round_of_one_year_names_it_in_the_singular(people, admin):
    page = text(admin.get(make.foi_round(people.admin, years=["2025/26"]).get_absolute_url()))
    assert "Asked for the reporting year 2025/26." in page


def test_the_skipped_holidays_are_named_each_with_its_day(people, orgs, admin, at):
    at("2026-05-22")
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    request = make.sent(draft, people.admin, date(2026, 5, 22))
    page = text(admin.get(request.get_absolute_url()))
    assert (
        "Due 23 June 2026: 20 working days after 22 May 2026, not counting "
        "25 May 2026 (Spring bank holiday) and "
        "15 June 2026 (Scotland World Cup bank holiday (Royal Proclamation))." in page
    )


def test_a_holiday_that_is_added_moves_each_due_date(request_, admin, people):
    before = request_.clock(holidays=BankHoliday.known()).due
    posted = {**day("on", "2026-09-14"), "title": "A day of mourning"}
    admin.post(reverse("foi_holiday_list"), posted)
    holiday = BankHoliday.objects.get(on="2026-09-14")
    assert holiday.added_by == people.admin
    page = text(admin.get(request_.get_absolute_url()))
    assert "A day of mourning" in page
    after = request_.clock(holidays=BankHoliday.known()).due
    assert (before, after) == (date(2026, 9, 29), date(2026, 9, 30))
    admin.post(reverse("foi_holiday_remove", args=[holiday.pk]))
    assert not BankHoliday.objects.filter(on="2026-09-14").exists()


def test_a_holiday_is_listed_once_and_the_portals_own_list_stays(admin, reference):
    answer = admin.post(reverse("foi_holiday_list"), {**day("on", "2026-12-25"), "title": "Christmas again"})
    assert "25 December 2026 is in the list already" in text(answer)
    own = BankHoliday.objects.get(on="2026-12-25")
    assert admin.post(reverse("foi_holiday_remove", args=[own.pk])).status_code == 404


def test_the_list_says_who_is_overdue_and_by_how_much(request_, admin):
    page = text(admin.get(request_.round.get_absolute_url()))
    assert "1 overdue" in page
    assert "working days overdue" in page
    only = text(admin.get(request_.round.get_absolute_url(), {"state": "overdue"}))
    assert "1 of 7 requests" in only
    assert "NHS Sussex ICB" not in only.split("Requests", 1)[1]
    rows = admin.get(request_.round.get_absolute_url(), {"export": "csv"}).content.decode("utf-8-sig")
    assert "NHS Kent and Medway ICB,Kent,Overdue" in rows


# A round and its letters


def test_a_round_is_opened_with_a_draft_to_each_of_the_seven(admin, reference):
    posted = {
        "title": "FOI round autumn",
        "reporting_year": "2025/26",
        "number": "4",
        "applicant": "Jo Applicant",
        "reply_to": "jo@example.org",
    }
    admin.post(reverse("foi_round_new"), posted)
    round = FoiRound.objects.get(slug="foi-round-autumn")
    assert round.years == ["2022/23", "2023/24", "2024/25", "2025/26"]
    assert round.requests.filter(status=Status.DRAFT).count() == 7
    again = admin.post(reverse("foi_round_new"), posted)
    assert "There is a round with this title already" in text(again)
    assert FoiRound.objects.count() == 1


def test_the_letter_names_applicant_authority_and_all_thirty_items(request_, admin):
    page = text(admin.get(request_.url("foi_request_letter")))
    for item in request_.round.version.items.all():
        assert item.label in page
    assert "Jo Applicant" in page
    assert request_.made_for.full_name in page


def test_the_letter_of_a_dissolved_body_goes_to_its_successor(people, orgs, admin):
    draft = make.request_to(make.foi_round(people.admin), orgs["sussex"])
    page = text(admin.get(draft.url("foi_request_letter")))
    assert (
        "The information concerns NHS Sussex ICB. We understand that NHS Surrey and Sussex ICB holds" in page
    )


@pytest.mark.slow
def test_the_letter_is_a_pdf(request_, admin):
    try:
        answer = admin.get(request_.url("foi_request_letter_pdf"))
    except ImproperlyConfigured as missing:  # a machine without Pango
        pytest.skip(str(missing))
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer).startswith(b"%PDF")


def test_a_request_is_sent_with_both_its_days(people, orgs, admin):
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    wrong = admin.post(
        draft.url("foi_request_send"), {**day("sent_on", "2026-11-20"), **day("received_on", "2026-11-19")}
    )
    assert "It can’t be received before it was sent" in text(wrong)
    admin.post(
        draft.url("foi_request_send"), {**day("sent_on", "2026-11-20"), **day("received_on", "2026-11-20")}
    )
    draft.refresh_from_db()
    assert (draft.status, draft.received_on) == (Status.SENT, date(2026, 11, 20))
    twice = admin.post(
        draft.url("foi_request_send"), {**day("sent_on", "2026-11-20"), **day("received_on", "2026-11-20")}
    )
    assert twice.status_code == 409
    assert RequestEvent.objects.filter(request=draft, kind=Status.SENT).count() == 1


# What happened


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("2026-09-31", "30|not a date"),
        ("2026-08-30", "before 1 September 2026"),
        ("2026-11-23", "in the future"),
        ("--", "Answer “On which day?”"),
    ],
)
def test_a_wrong_date_is_told_and_nothing_is_recorded(request_, admin, on, says):
    parts = on.split("-") if on != "--" else ["", "", ""]
    posted = {
        "move": "answer",
        "on-year": parts[0],
        "on-month": parts[1],
        "on-day": parts[2],
        "note": "Their letter",
    }
    answer = admin.post(request_.url("foi_request_move"), posted)
    page = text(answer)
    assert any(words in page for words in says.split("|"))
    assert "Their letter" in page  # what was typed is kept
    request_.refresh_from_db()
    assert request_.status == Status.SENT


def test_a_move_is_recorded_with_its_day_and_note(request_, admin):
    admin.post(
        request_.url("foi_request_move"), {"move": "answer", **day("on", "2026-09-25"), "note": "Six pages"}
    )
    page = text(admin.get(request_.get_absolute_url()))
    assert "25 September 2026" in page
    assert "Six pages" in page
    assert "Answered." in page


def test_a_double_submit_records_one_event(request_, admin):
    posted = {"move": "answer", **day("on", "2026-09-25")}
    admin.post(request_.url("foi_request_move"), posted)
    again = admin.post(request_.url("foi_request_move"), posted)
    assert again.status_code in (200, 409)
    assert request_.events.filter(kind=Status.RESPONDED).count() == 1


# Recording a reply


def question(request: Request, number: int, **typed: Any) -> dict[str, Any]:
    """The page of a question as the browser sends it: every field as it stands, with some typed anew."""
    outcomes = Outcome.objects.filter(request=request, item__question=number).select_related("item")
    posted: dict[str, Any] = {"loaded": casework.mark_of_answers(outcomes)}
    for outcome in outcomes:
        posted[f"{outcome.item.code}-{outcome.year.replace('/', '-') or 'now'}-outcome"] = outcome.outcome
    return {**posted, **typed}


def test_all_of_a_question_is_recorded_item_by_item_and_year_by_year(request_, admin):
    typed = {
        "1.1-2024-25-outcome": "answered",
        "1.1-2024-25-value": "20–25",
        "1.1-2024-25-flags": ["calendar_year"],
        "1.1-2024-25-page": "3",
        "1.1-2025-26-outcome": "refused",
        "1.1-2025-26-sections": ["12", "40"],
        "1.2-2025-26-outcome": "not_held",
    }
    answer = admin.post(request_.url("foi_reply_question", 1), question(request_, 1, **typed), follow=True)
    assert "Question 1 is saved." in text(answer)
    kept = {(o.item.code, o.year): o for o in Outcome.objects.filter(request=request_).select_related("item")}
    first = kept["1.1", "2024/25"]
    assert (first.count_kind, first.low, first.high, first.page) == ("range", 20, 25, "3")
    assert (first.written, first.flag_list) == ("20–25", ["calendar_year"])
    assert kept["1.1", "2025/26"].section_list == ["12", "40"]
    assert kept["1.2", "2025/26"].outcome == Code.NOT_HELD
    assert kept["1.3", "2025/26"].outcome == Code.NOT_DUE


def test_every_kind_of_answer_is_recorded(request_, admin):
    money = {"2.3-2025-26-outcome": "answered", "2.3-2025-26-value": "£1.2 million"}
    admin.post(request_.url("foi_reply_question", 2), question(request_, 2, **money))
    time = {
        "4.1-2025-26-outcome": "answered",
        "4.1-2025-26-value": "4–12 weeks",
        "4.1-2025-26-basis": "median",
    }
    admin.post(request_.url("foi_reply_question", 4), question(request_, 4, **time))
    now: dict[str, Any] = {
        "7.1-now-outcome": "answered",
        "7.1-now-value": "yes",
        "7.2-now-outcome": "answered",
        "7.2-now-chosen": ["family feedback", "external review"],
        "7.3-now-outcome": "answered",
        "7.3-now-value": "March 2026: =good",
    }
    admin.post(request_.url("foi_reply_question", 7), question(request_, 7, **now))
    page = text(admin.get(request_.get_absolute_url()))
    for words in (
        "£1,200,000",
        "28 to 84 days",
        "median",
        "Yes",
        "family feedback; external review",
        "March 2026",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (
            {"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "about a dozen"},
            "cannot be read as a count",
        ),
        ({"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "-3"}, "below nought"),
        ({"1.1-2025-26-outcome": "answered"}, "A blank is not nought"),
        ({"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "not held"}, "is no figure"),
        (
            {"1.1-2025-26-outcome": "refused", "1.1-2025-26-value": "12"},
            "You entered “12” and chose “Refused”",
        ),
        ({"1.1-2025-26-outcome": "not_due", "1.1-2025-26-value": "12"}, "Nothing recorded yet"),
        (
            {"1.1-2025-26-outcome": "not_held", "1.1-2025-26-sections": "12"},
            "Only a refusal relies on sections",
        ),
        ({"1.1-2025-26-outcome": "perhaps"}, "Choose one of the answers"),
        ({"1.1-2025-26-outcome": "refused", "1.1-2025-26-sections": "99"}, "Choose among the answers"),
        ({"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "25–20"}, "25 to 20"),
        ({"1.1-2025-26-outcome": "answered", "1.1-2025-26-value": "99999999999"}, "too large"),
    ],
)
def test_bad_input_is_told_and_nothing_is_half_saved(request_, admin, typed, says):
    good = {"1.2-2025-26-outcome": "answered", "1.2-2025-26-value": "17"}
    answer = admin.post(request_.url("foi_reply_question", 1), question(request_, 1, **good, **typed))
    page = text(answer)
    assert answer.status_code == 200
    assert "There is a problem" in page
    assert "<title>Error:" in page
    assert says in page
    assert 'value="17"' in page  # what was typed is kept
    assert not Outcome.objects.filter(request=request_).exclude(outcome=Code.NOT_DUE).exists()


def test_each_error_at_the_top_begins_with_the_item_and_year_that_it_is_about(request_, admin):
    wrong = {"1.1-2025-26-outcome": "answered", "1.2-2024-25-outcome": "answered"}
    page = admin.post(request_.url("foi_reply_question", 1), question(request_, 1, **wrong))
    summary = [
        link.get_text()
        for link in BeautifulSoup(page.content, "html.parser").select(".govuk-error-summary__list a")
    ]
    assert [words.split(":")[0] for words in summary] == ["1.1, 2025/26", "1.2, 2024/25"]
    now = admin.post(
        request_.url("foi_reply_question", 7), question(request_, 7, **{"7.1-now-outcome": "no"})
    )
    assert "7.1, As things are now: Choose one of the answers" in text(now)


def test_a_refusal_names_its_sections_or_somebody_says_that_it_names_none(request_, admin):
    address = request_.url("foi_reply_question", 1)
    refused: dict[str, Any] = {"1.1-2025-26-outcome": "refused"}
    asked = text(admin.post(address, question(request_, 1, **refused)))
    assert "1.1, 2025/26: Tick the sections that the refusal relies on, or that they named none" in asked
    refused["1.1-2025-26-sections"] = ["12", "none"]
    assert "untick one of them" in text(admin.post(address, question(request_, 1, **refused)))
    assert Outcome.objects.get(request=request_, item__code="1.1", year="2025/26").outcome == Code.NOT_DUE
    refused["1.1-2025-26-sections"] = ["none"]
    admin.post(address, question(request_, 1, **refused))
    kept = Outcome.objects.get(request=request_, item__code="1.1", year="2025/26")
    assert (kept.outcome, kept.section_list) == (Code.REFUSED, [])
    assert "Sections, quality and note: no section named" in text(admin.get(address))
    assert "refused (no section cited)" in text(admin.get(request_.get_absolute_url()))
    again = {"1.1-2025-26-outcome": "not_held", "1.1-2025-26-sections": ["none"]}
    assert admin.post(address, question(request_, 1, **again)).status_code == 302


def test_a_refusal_of_the_rest_names_its_sections_or_that_there_are_none(request_, admin):
    address = request_.url("foi_reply_rest")
    asked = text(admin.post(address, {"outcome": "refused"}))
    assert "Tick the sections that the refusal relies on, or that they named none" in asked
    assert Outcome.objects.filter(request=request_, outcome=Code.NOT_DUE).count() == 57
    admin.post(address, {"outcome": "refused", "sections": ["none"]})
    assert Outcome.objects.filter(request=request_, outcome=Code.REFUSED, sections="").count() == 57


def test_sums_that_do_not_add_up_are_warned_of_and_kept(request_, admin):
    typed = {
        "1.1-2025-26-outcome": "answered",
        "1.1-2025-26-value": "20",
        "1.3-2025-26-outcome": "answered",
        "1.3-2025-26-value": "30",
    }
    answer = admin.post(request_.url("foi_reply_question", 1), question(request_, 1, **typed), follow=True)
    assert "2025/26: 1.3 is 30, which is more than 1.1 (20), unless children were carried over" in text(
        answer
    )
    assert Outcome.objects.filter(request=request_, outcome=Code.ANSWERED).count() == 2


def test_what_the_letter_passes_over_is_recorded_only_when_somebody_says_so(request_, admin):
    page = text(admin.get(request_.url("foi_reply_detail")))
    assert "0 of 57 answers recorded" in page
    wrong = admin.post(request_.url("foi_reply_rest"), {})
    assert "Choose what the letter says of the rest" in text(wrong)
    wrong = admin.post(request_.url("foi_reply_rest"), {"outcome": "not_held", "sections": ["12"]})
    assert "Only a refusal relies on sections" in text(wrong)
    assert Outcome.objects.filter(request=request_, outcome=Code.NOT_DUE).count() == 57
    back = admin.get(request_.url("foi_reply_rest"))  # who loads the page of a refused form again
    assert back.headers["Location"] == request_.url("foi_reply_detail")
    admin.post(request_.url("foi_reply_rest"), {"outcome": "not_answered"})
    assert Outcome.objects.filter(request=request_, outcome=Code.NOT_ANSWERED).count() == 57


@pytest.mark.parametrize(
    "form", ["foi_request_send", "foi_request_edit", "foi_request_move", "foi_reply_rest", "new", "holidays"]
)
def test_what_is_wrong_with_a_form_is_said_once_at_the_top(people, orgs, admin, form):
    draft = make.request_to(make.foi_round(people.admin), orgs["kent-and-medway"])
    if form in ("foi_request_move", "foi_reply_rest"):
        draft = make.sent(draft, people.admin)
    rooms = {"new": reverse("foi_round_new"), "holidays": reverse("foi_holiday_list")}
    answer = admin.post(rooms.get(form) or draft.url(form), {"loaded": "x", "sent_to": "nobody"})
    assert text(answer).count("There is a problem") == 1


def test_sharing_asks_once_and_says_who_will_see(request_, admin, people):
    page = text(admin.get(request_.url("foi_request_share")))
    assert people.partner.name in page
    assert people.other_partner.name in page
    request_.refresh_from_db()
    assert not request_.is_shared  # asking shares nothing
    admin.post(
        request_.url("foi_request_share"), {"widen": yes_on(admin.get(request_.url("foi_request_share")))}
    )
    request_.refresh_from_db()
    assert request_.is_shared


def yes_on(answer):
    found = re.search(r'name="widen" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def test_a_yes_to_sharing_is_good_for_one_sharing(request_, admin, people):
    url = request_.url("foi_request_share")
    said = {"widen": yes_on(admin.get(url))}
    assert admin.post(url).status_code == 200  # whoever skips the page is asked all the same
    assert admin.post(url, {"widen": "1"}).status_code == 200
    request_.refresh_from_db()
    assert not request_.is_shared
    assert admin.post(url, said).status_code == 302
    assert admin.post(request_.url("foi_request_take_back")).status_code == 302
    assert admin.post(url, said).status_code == 200
    request_.refresh_from_db()
    assert not request_.is_shared


def test_a_yes_to_sharing_is_to_the_figures_that_stood_there(request_, admin, people):
    url = request_.url("foi_request_share")
    make.record(request_, people.admin, "6.1", "30")
    said = {"widen": yes_on(admin.get(url))}
    make.record(request_, people.admin, "6.1", "777")
    asked = admin.post(url, said)
    assert asked.status_code == 409
    assert "6.1, 2025/26" in text(asked)
    assert "777" in text(asked)
    assert "5.1, 2025/26" not in text(asked)
    request_.refresh_from_db()
    assert not request_.is_shared
    assert admin.post(url, said).status_code == 409  # the older yes never becomes good
    assert admin.post(url, {"widen": yes_on(asked)}).status_code == 302
    request_.refresh_from_db()
    assert request_.is_shared


def test_a_figure_recorded_at_the_moment_of_sharing_is_not_shared_unasked(request_, people):
    marks = casework.marks_shown(Outcome.objects.filter(request=request_))
    make.record(request_, people.admin, "6.1", "777")
    with pytest.raises(Changed):
        casework.share(request_, by=people.admin, shown=marks)
    request_.refresh_from_db()
    assert not request_.is_shared


def test_whoever_shared_figures_finds_the_way_to_take_them_back(request_, admin, people, sign_in):
    url = request_.url("foi_request_take_back")
    assert "Take back from partners" not in text(admin.get(request_.get_absolute_url()))
    assert admin.get(url).status_code == 302  # nothing to take back
    casework.share(request_, by=people.admin)
    assert "Take back from partners" in text(admin.get(request_.get_absolute_url()))
    page = text(admin.get(url))
    assert people.partner.name in page
    assert "can’t be called back" in page
    assert sign_in(people.partner).post(url).status_code == 403
    assert sign_in(people.cochair_one).post(url).status_code == 403
    request_.refresh_from_db()
    assert request_.is_shared
    assert admin.post(url).status_code == 302
    assert sign_in(people.partner).get(request_.get_absolute_url()).status_code == 404
    page = text(admin.get(request_.get_absolute_url()))
    assert "partners read them until" in page
    assert "Share with partners" in page


# Who finds what


def test_partners_are_not_told_how_many_requests_of_a_round_were_sent_and_answered(request_, people, sign_in):
    make.record(request_, people.admin, "1.1", "40")
    casework.share(request_, by=people.admin)
    told = {
        reader.name: "Answered" in text(sign_in(reader).get(reverse("foi_round_list")))
        for reader in (people.lead, people.partner)
    }
    assert told == {people.lead.name: True, people.partner.name: False}


def test_a_round_with_a_draft_is_downloaded_after_a_fresh_sign_in_only(request_, people, sign_in, at):
    admin, lead = sign_in(people.admin, ageing=True), sign_in(people.lead, ageing=True)
    at("2026-11-22T09:20")
    file = f"{request_.round.get_absolute_url()}?export=csv"
    assert (admin.get(file).status_code, lead.get(file).status_code) == (302, 200)


def test_an_observer_finds_nothing(request_, people, sign_in):
    client = sign_in(people.observer)
    rows = [request_.round.get_absolute_url(), request_.get_absolute_url()]
    for url in [*rows, reverse("foi_item_compare", args=[request_.round.slug])]:
        assert client.get(url).status_code == 404
    for room in (reverse("foi_round_list"), reverse("foi_round_new")):
        assert client.get(room).status_code == 403


def test_a_partner_finds_only_what_is_shared(request_, people, sign_in):
    client = sign_in(people.partner)
    assert "There is no FOI round here yet" in text(client.get(reverse("foi_round_list")))
    assert client.get(request_.get_absolute_url()).status_code == 404
    casework.share(request_, by=people.admin)
    assert request_.round.title in text(client.get(reverse("foi_round_list")))
    page = text(client.get(request_.round.get_absolute_url()))
    assert "NHS Kent and Medway ICB" in page
    assert "NHS Sussex ICB" not in page
    assert "overdue" not in page.lower()
    for name in ("foi_request_letter", "foi_request_move", "foi_reply_detail", "foi_request_share"):
        assert client.get(request_.url(name)).status_code == 403


def test_a_member_reads_and_does_not_touch(request_, people, sign_in):
    client = sign_in(people.lead)
    page = text(client.get(request_.get_absolute_url()))
    assert "What happened" in page
    assert "Record what happened next" not in page
    assert client.post(request_.url("foi_request_move"), {"move": "answer"}).status_code == 403
    assert client.post(request_.url("foi_reply_rest"), {"outcome": "not_answered"}).status_code == 403


@pytest.mark.parametrize("who", ["admin", "lead", "partner"])
def test_a_comparison_of_four_years_asks_few_questions_of_the_database(
    people, orgs, sign_in, django_assert_max_num_queries, who
):
    round = make.sent_round(people.admin, years=["2022/23", "2023/24", "2024/25", "2025/26"])
    for request in round.requests.all():
        casework.share(request, by=people.admin)
    client = sign_in(getattr(people, who))
    with django_assert_max_num_queries(20):
        page = text(client.get(reverse("foi_item_compare", args=[round.slug])))
    assert page.count("awaited (late)") >= 28
