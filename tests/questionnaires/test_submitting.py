"""Checking, submitting once, the receipt, and reopening."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from network.audit import AuditEntry
from network.workflow import Changed, allowed
from questionnaires import filling, saving
from questionnaires.models import Answer, Return
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db
CHECK = "/questionnaires/autumn-2026/kent/check/"
RECEIPT = "/questionnaires/autumn-2026/kent/receipt/"


@pytest.fixture
def row(people, orgs) -> Return:
    return make.return_of(make.round_(), orgs["kent"])


@pytest.fixture
def full(row: Return, people: Any) -> Return:
    make.fill(row, by=people.lead)
    return row


def mark(client: Client) -> str:
    found = re.search(r'name="mark" value="(\w+)"', client.get(CHECK).content.decode())
    assert found, "the page has no button to submit"
    return found[1]


def submit(client: Client, with_mark: str | None = None) -> Any:
    return client.post(CHECK, {"mark": mark(client) if with_mark is None else with_mark})


def test_the_page_to_check_lists_what_is_missing_and_links_to_the_field(row, sign_in, people) -> None:
    page = unescape(sign_in(people.lead).get(CHECK).content.decode())
    assert "26 required answers are missing" in page
    assert 'href="/questionnaires/autumn-2026/kent/B/#B1-QKS"' in page
    assert "Submit the return" not in page


def test_every_answer_has_a_link_that_changes_it(full, sign_in, people) -> None:
    page = sign_in(people.lead).get(CHECK).content.decode()
    for place in ("A/#A1", "B/#B4-QKS", "D/#D6-QKS", "G/#G1-QKS"):
        assert f"/questionnaires/autumn-2026/kent/{place}" in page


def test_submitting_with_answers_missing_is_refused(row, sign_in, people) -> None:
    held = filling.load(row, people.lead).mark()
    answer = sign_in(people.lead).post(CHECK, {"mark": held})
    assert answer.status_code == 400
    assert "Some answers are missing" in answer.content.decode()
    row.refresh_from_db()
    assert not row.is_submitted


@pytest.mark.parametrize("who", ["lead", "deputy"])
def test_a_lead_or_deputy_submits_and_gets_a_receipt(full, sign_in, people, who) -> None:
    client = sign_in(getattr(people, who))
    assert submit(client).headers["Location"] == RECEIPT
    page = client.get(RECEIPT).content.decode()
    full.refresh_from_db()
    assert full.is_submitted
    assert full.reference in page
    assert "22 November 2026 at 09:00" in page
    assert getattr(people, who).display() in page


def test_submitting_twice_leads_to_the_same_receipt_and_counts_once(full, sign_in, people) -> None:
    client = sign_in(people.lead)
    held = mark(client)
    assert submit(client, held).headers["Location"] == RECEIPT
    assert submit(client, held).headers["Location"] == RECEIPT
    full.refresh_from_db()
    assert full.submissions == 1
    assert AuditEntry.objects.filter(verb="submit", object_id=full.pk).count() == 1


def test_of_two_who_submit_at_once_one_does(full, people) -> None:
    held = filling.load(full, people.lead).mark()
    late = Return.objects.select_related("round__version", "authority").get(pk=full.pk)
    saving.submit(full, by=people.lead, mark=held)
    with pytest.raises(Changed):
        saving.submit(late, by=people.deputy, mark=held)
    late.refresh_from_db()
    assert late.submitted_by == people.lead


def test_an_answer_changed_since_the_page_was_shown_asks_to_check_again(full, sign_in, people) -> None:
    client = sign_in(people.lead)
    held = mark(client)
    make.answer(full, "E5", "Changed by a colleague", by=people.contributor)
    answer = submit(client, held)
    assert answer.status_code == 409
    assert "changed after you opened this page" in answer.content.decode()
    assert "Changed by a colleague" in answer.content.decode()
    full.refresh_from_db()
    assert not full.is_submitted
    assert submit(client).headers["Location"] == RECEIPT


@pytest.mark.parametrize("who", ["contributor", "director"])
def test_others_of_the_authority_read_the_page_and_cannot_submit(full, sign_in, people, who) -> None:
    client = sign_in(getattr(people, who))
    page = client.get(CHECK).content.decode()
    assert "Your lead or deputy can submit" in page
    assert client.post(CHECK, {"mark": filling.load(full, people.lead).mark()}).status_code == 403
    full.refresh_from_db()
    assert not full.is_submitted


def test_submitting_to_a_round_that_has_closed_says_so_and_keeps_the_draft(full, sign_in, people, at) -> None:
    held = mark(sign_in(people.lead))
    at("2026-12-14")
    answer = submit(sign_in(people.lead), held)
    assert answer.status_code == 409
    assert "This round closed on 13 December 2026. Your draft is kept" in answer.content.decode()
    full.refresh_from_db()
    assert not full.is_submitted
    assert Answer.objects.filter(for_return=full).exists()


def test_answers_hidden_by_a_changed_condition_stay_in_the_draft_and_are_not_submitted(full, people) -> None:
    make.answer(full, "B1", "No", by=people.lead, icb="QKS")
    make.submit(full, by=people.lead)
    hidden = Answer.objects.get(for_return=full, question__code="B4")
    assert hidden.value == "Works well"
    assert not hidden.submitted
    assert Answer.objects.get(for_return=full, question__code="B1").submitted


def test_an_icb_that_was_unticked_keeps_its_draft_and_is_not_submitted(full, people) -> None:
    make.answer(full, "B5", "About Sussex", by=people.lead, icb="QNX")
    make.submit(full, by=people.lead)
    kept = Answer.objects.get(for_return=full, question__code="B5", icb__ods_code="QNX")
    assert kept.value == "About Sussex"
    assert not kept.submitted


def test_every_icb_that_is_ticked_must_be_answered_about(full, people) -> None:
    make.answer(full, "A2", ["QKS", "QNX"], by=people.lead)
    with pytest.raises(saving.Incomplete) as lacking:
        make.submit(full, by=people.lead)
    assert {one.key[1] for one in lacking.value.missing} == {"QNX"}


@pytest.mark.parametrize(("said", "approved"), [("Yes", True), ("Not yet", False)])
def test_the_directors_approval_is_what_a4_says(full, people, said, approved) -> None:
    make.answer(full, "A4", said, by=people.lead)
    make.submit(full, by=people.lead)
    full.refresh_from_db()
    assert full.is_submitted
    assert full.approved is approved


def test_a_lead_reopens_while_the_round_is_open_and_submits_again(full, sign_in, people) -> None:
    client = sign_in(people.lead)
    submit(client)
    client.post("/questionnaires/autumn-2026/kent/reopen/")
    full.refresh_from_db()
    assert not full.is_submitted
    assert not Answer.objects.filter(for_return=full, submitted=True).exists()
    assert client.get(RECEIPT).headers["Location"] == "/questionnaires/autumn-2026/kent/"
    submit(client)
    full.refresh_from_db()
    assert full.reference.endswith("/2")


def test_nobody_reopens_after_the_round_has_closed(full, sign_in, people, at) -> None:
    make.submit(full, by=people.lead)
    at("2026-12-14")
    answer = sign_in(people.lead).post("/questionnaires/autumn-2026/kent/reopen/")
    assert answer.status_code == 409
    full.refresh_from_db()
    assert full.is_submitted


def test_the_task_list_says_how_far_each_section_is(row, sign_in, people) -> None:
    client = sign_in(people.lead)
    client.post(
        "/questionnaires/autumn-2026/kent/E/",
        {"loaded": "{}", "E1": "No", "E4": "Fairly confident", "completed": "yes"},
    )
    client.post("/questionnaires/autumn-2026/kent/F/", {"loaded": "{}", "F1": "Outcome"})
    page = client.get("/questionnaires/autumn-2026/kent/").content.decode()
    assert "1 of 7 sections completed" in page
    assert re.search(r"E\. Training.*?Completed", page, re.DOTALL)
    assert re.search(r"F\. Existing data collection.*?In progress", page, re.DOTALL)
    assert re.search(r"G\. Practice.*?Not started", page, re.DOTALL)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200),
        ("contributor", 200),
        ("director", 200),
        ("admin", 200),
        ("stranger", 403),
        ("cochair_one", 403),
    ],
)
def test_the_receipt_is_for_the_authority_and_the_admin(full, sign_in, people, who, status) -> None:
    make.submit(full, by=people.lead)
    assert sign_in(getattr(people, who)).get(RECEIPT).status_code == status


@pytest.mark.parametrize("state", ["draft", "submitted"])
@pytest.mark.parametrize("move", ["submit", "reopen"])
def test_each_move_is_for_the_authoritys_lead_and_deputy_and_from_one_state(
    full, people, state, move
) -> None:
    if state == "submitted":
        make.submit(full, by=people.lead)
    starts = {"submit": "draft", "reopen": "submitted"}[move]
    for name, user in people.items():
        offered = {one.name for one in allowed(full, user)}
        assert (move in offered) is (state == starts and name in ("lead", "deputy")), name
