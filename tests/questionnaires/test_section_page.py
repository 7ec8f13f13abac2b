"""Filling in a section: what is typed is saved as it was meant, or shown again with a clear reason."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from network.files import StoredFile
from questionnaires.models import Answer, Return, Section, SectionState
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(people, orgs) -> Return:
    return make.return_of(make.round_(), orgs["kent"])


@pytest.fixture
def client(sign_in: Any, people: Any) -> Any:
    return sign_in(people.lead)


def url(row: Return, section: str) -> str:
    return f"/questionnaires/{row.round.slug}/{row.authority.slug}/{section}/"


def loaded(client: Client, row: Return, section: str) -> str:
    """The list of marks that the page's form carries."""
    page = client.get(url(row, section)).content.decode()
    found = re.search(r'name="loaded" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def save(client: Client, row: Return, section: str, marks: str | None = None, **data: Any) -> Any:
    sent = {name.replace("_", "-"): value for name, value in data.items() if name != "next_"}
    marks = loaded(client, row, section) if marks is None else marks
    return client.post(url(row, section), {"loaded": marks, "next": data.get("next_", "continue"), **sent})


def stored(row: Return, code: str, icb: str = "") -> Any:
    rows = Answer.objects.filter(for_return=row, question__code=code)
    found = (rows.filter(icb__ods_code=icb) if icb else rows.filter(icb=None)).first()
    return found.value if found else None


# Every type of the instrument


@pytest.mark.parametrize(
    ("section", "code", "typed", "kept"),
    [
        ("E", "E1", {"E1": "No"}, "No"),
        ("A", "A3", {"A3": ["Legal", "SEND"]}, ["SEND", "Legal"]),
        ("A", "A2", {"A2": ["QKS"]}, ["QKS"]),
        ("E", "E5", {"E5": "A half day\r\nwith the ICB"}, "A half day\nwith the ICB"),
        ("F", "F3", {"F3-state": "exact", "F3-value": "1,234"}, {"state": "exact", "value": 1234}),
        ("F", "F3", {"F3-state": "exact", "F3-value": "0"}, {"state": "nil"}),
        ("F", "F3", {"F3-state": "declined", "F3-value": ""}, {"state": "declined"}),
        (
            "A",
            "A1",
            {"A1-name": "Lead, Kent", "A1-email": "lead@example.org"},
            {"name": "Lead, Kent", "email": "lead@example.org"},
        ),
    ],
)
def test_an_answer_asked_once_is_kept_as_it_was_meant(client, row, section, code, typed, kept) -> None:
    answer = client.post(url(row, section), {"loaded": loaded(client, row, section), **typed})
    assert answer.status_code == 302
    assert stored(row, code) == kept


@pytest.mark.parametrize(
    ("section", "code", "typed", "kept"),
    [
        ("B", "B1", {"B1-QKS": "In development"}, "In development"),
        ("B", "B2", {"B2-QKS-month": "3", "B2-QKS-year": "2025"}, "2025-03"),
        ("C", "C2", {"C2-QKS": "3; the directors"}, "3; the directors"),
        ("D", "D5a", {"D5a-QKS-authority": "40", "D5a-QKS-icb": "50%"}, {"authority": 40, "icb": 50}),
        ("D", "D6", {"D6-QKS-state": "exact", "D6-QKS-value": "12"}, {"state": "exact", "value": 12}),
        ("G", "G1", {"G1-QKS-1": "Always"}, {"Referrals are accepted when threshold appears met": "Always"}),
    ],
)
def test_an_answer_for_each_icb_is_kept_with_its_icb(client, row, section, code, typed, kept) -> None:
    answer = client.post(url(row, section), {"loaded": loaded(client, row, section), **typed})
    assert answer.status_code == 302
    assert stored(row, code, "QKS") == kept


def test_who_comes_back_later_finds_it_as_it_was(client, row) -> None:
    save(client, row, "F", F3_state="exact", F3_value="12", F1=["Outcome", "Disputes"])
    page = client.get(url(row, "f")).content.decode()
    assert re.search(r'name="F3-value"[^>]*value="12"', page)
    assert len(re.findall(r'name="F1"[^>]* checked', page)) == 2


def test_a_draft_may_be_incomplete(client, row) -> None:
    assert save(client, row, "A").headers["Location"] == url(row, "B")


def test_a_section_with_missing_answers_is_not_completed_and_says_which_are(client, row) -> None:
    """What was typed is saved; the section stays in progress, and each missing answer is a link."""
    answer = save(client, row, "F", F1=["Outcome"], completed="yes")
    assert stored(row, "F1") == ["Outcome"]
    assert SectionState.objects.get(for_return=row).completed is False
    page = client.get(answer.headers["Location"]).content.decode()
    assert "This section is not completed yet" in page
    assert "<title>Error: " in page
    assert 'href="#F3"' in page
    assert 'href="#F1"' not in page
    assert "0 of 7 sections completed" in client.get(row.get_absolute_url()).content.decode()
    plain = client.get(url(row, "F")).content.decode()
    assert "not completed yet" not in plain


def test_who_leaves_an_incomplete_section_for_later_is_told_what_is_missing(client, row) -> None:
    answer = save(client, row, "F", F1=["Outcome"], completed="yes", next_="later")
    assert answer.headers["Location"] == row.get_absolute_url()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "stays in progress: required answers are missing (" in page
    assert "F3" in page


def test_a_completed_section_is_in_progress_again_when_an_answer_elsewhere_asks_for_more(
    client, row, people
) -> None:
    """Another board is ticked in A: section B has not been answered about it."""
    make.fill(row, by=people.lead)
    for section in Section.objects.filter(version=row.round.version):
        SectionState.objects.create(for_return=row, section=section, completed=True, changed_by=people.lead)
    boards = [*stored(row, "A2"), "QNX"]
    answer = save(client, row, "A", A2=boards)
    assert answer.status_code == 302
    assert not SectionState.objects.get(for_return=row, section__code="B").completed
    assert SectionState.objects.get(for_return=row, section__code="E").completed
    assert "B. " in client.get(answer.headers["Location"]).content.decode()


def test_the_buttons_lead_on_or_back_to_the_task_list(client, row) -> None:
    assert save(client, row, "A").headers["Location"] == url(row, "B")
    assert save(client, row, "A", next_="later").headers["Location"] == "/questionnaires/autumn-2026/kent/"
    assert save(client, row, "G").headers["Location"] == "/questionnaires/autumn-2026/kent/check/"


# What cannot be what it says


@pytest.mark.parametrize(
    ("section", "typed", "says"),
    [
        ("F", {"F3-state": "exact", "F3-value": "about ten"}, "whole number"),
        ("F", {"F3-state": "exact", "F3-value": "-3"}, "whole number"),
        ("F", {"F3-state": "not_recorded", "F3-value": "3"}, "also entered “3”"),
        ("F", {"F3-value": "3"}, "You entered “3”"),
        ("B", {"B2-QKS-month": "13", "B2-QKS-year": "2025"}, "“13” is not a month"),
        ("D", {"D5a-QKS-authority": "60", "D5a-QKS-icb": "60"}, "add to 120%"),
        ("A", {"A1-email": "not an address"}, "e-mail address in the right form"),
        ("E", {"E1": "Perhaps"}, "Select a valid choice"),
        ("E", {"E5": "x" * 5_001}, "E5: Enter 5,000 characters or fewer. It has 5001"),
        ("C", {"C2-QKS": "x" * 251}, "Enter 250 characters or fewer. It has 251"),
        ("B", {"B2-QKS-month": "1", "B2-QKS-year": "2027"}, "January 2027 is in the future"),
        ("F", {"F1": ["Referrals made", "Nothing routinely"]}, "Choose “Nothing routinely” alone"),
        ("D", {"D4-QKS": ["None", "Short breaks / respite"]}, "Choose “None” alone"),
        ("C", {"C7": ["No", "Judicial review"]}, "Choose “No” alone"),
    ],
)
def test_bad_input_is_told_at_the_top_and_everything_typed_is_shown_again(
    client, row, section, typed, says
) -> None:
    beside = {
        "A": {"A3": "Legal"},
        "B": {"B5-QKS": "Kept text"},
        "D": {"D7": "Joint post"},
        "E": {"E4": "Very confident"},
    }
    beside["F"] = {} if "F1" in typed else {"F1": "Outcome"}
    beside["C"] = {"C3-QKS": "Split"}
    answer = client.post(
        url(row, section), {"loaded": loaded(client, row, section), **typed, **beside[section]}
    )
    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "<title>Error:" in page
    assert "There is a problem" in page
    assert says in page
    for value in [*typed.values(), *beside[section].values()]:
        for one in value if isinstance(value, list) else [value]:
            assert one in page or one == "Perhaps"
    assert not Answer.objects.filter(for_return=row).exists(), "nothing is half-saved"


@pytest.mark.parametrize(
    ("section", "name", "beside"),
    [
        ("A", "A1-name", {}),
        ("A", "A1-job_title", {}),
        ("A", "A1-team", {}),
        ("A", "A1-email", {}),
        ("E", "E5", {}),
        ("C", "C2-QKS", {}),
        ("F", "F3-value", {"F3-state": "exact"}),
        ("F", "F3-state", {}),
        ("B", "B2-QKS-month", {"B2-QKS-year": "2025"}),
        ("D", "D5a-QKS-icb", {"D5a-QKS-authority": "40"}),
        ("G", "G1-QKS-1", {}),
    ],
)
def test_a_character_that_the_database_cannot_hold_is_refused_in_every_input(
    client, row, section, name, beside
) -> None:
    typed = {**beside, name: "a\x00b"}
    answer = client.post(url(row, section), {"loaded": loaded(client, row, section), **typed})
    assert answer.status_code == 200
    assert "contains a character that can’t be stored" in answer.content.decode()
    assert not Answer.objects.filter(for_return=row).exists()


@pytest.mark.parametrize(("section", "name"), [("E", "E1"), ("A", "A3"), ("A", "A2")])
def test_such_a_character_in_a_choice_is_no_choice(client, row, section, name) -> None:
    answer = client.post(url(row, section), {"loaded": loaded(client, row, section), name: "\x00"})
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()


@pytest.mark.parametrize("name", ["loaded", "next", "completed", "E5-seen", "E5-keep", "unheard-of"])
def test_such_a_character_in_what_the_page_sends_besides_is_no_failure(row, sign_in, people, name) -> None:
    mine, theirs = two(row, sign_in, people)
    marks = loaded(mine, row, "E")
    save(theirs, row, "E", E5="From the contributor")
    sent = {"loaded": marks, "E5": "From the lead", "E5-keep": "mine", name: "\x00"}
    answer = mine.post(url(row, "E"), sent)
    assert answer.status_code == 200
    assert stored(row, "E5") == "From the contributor"


# A form whose list of marks is missing or damaged


BROKEN = ["", "[" * 200_000, "[" * 20_000, "{", "[]", "null", '"\\ud800"', "1" * 5_000, '{"a":' * 9_000]


@pytest.mark.parametrize("marks", BROKEN)
def test_a_damaged_list_of_marks_overwrites_nothing_says_so_and_keeps_what_was_typed(
    client, row, people, marks
) -> None:
    make.answer(row, "E5", "Stored before", by=people.contributor)
    answer = save(client, row, "E", marks, E5="Typed now", E1="No")
    page = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "did not arrive whole" in page
    assert "Typed now" in page
    assert "Stored before" in page, "what the answer would take the place of is shown beside it"
    assert re.search(r'value="No" checked', page)
    assert stored(row, "E5") == "Stored before"
    assert stored(row, "E1") is None


def test_after_a_damaged_list_the_page_saves_what_the_person_chooses(client, row, people) -> None:
    make.answer(row, "E5", "Stored before", by=people.contributor)
    page = save(client, row, "E", "[" * 200_000, E5="Typed now", E1="No").content.decode()
    marks = re.search(r'name="loaded" value="([^"]*)"', page)
    seen = re.search(r'name="E5-seen" value="(\w+)"', page)
    assert marks
    assert seen
    sent = {"E5": "Typed now", "E1": "No"}
    undecided = save(client, row, "E", unescape(marks[1]), **sent)
    assert undecided.status_code == 200
    assert stored(row, "E5") == "Stored before"
    chosen = save(client, row, "E", unescape(marks[1]), E5_seen=seen[1], E5_keep="mine", **sent)
    assert chosen.status_code == 302
    assert (stored(row, "E5"), stored(row, "E1")) == ("Typed now", "No")


def test_a_field_that_the_list_leaves_out_is_neither_dropped_nor_overwrites(client, row, people) -> None:
    make.answer(row, "E5", "Stored before", by=people.contributor)
    page = save(client, row, "E", "{}", E5="Typed now", E1="No").content.decode()
    assert "Typed now" in page
    assert stored(row, "E5") == "Stored before"


def test_the_summary_leads_to_the_input_and_says_which_question(client, row) -> None:
    answer = save(client, row, "F", F3_state="exact", F3_value="ten")
    page = answer.content.decode()
    assert 'href="#id_F3-value"' in page
    assert 'id="id_F3-value"' in page
    assert "F3: " in page


def test_an_upload_of_30_mb_is_refused_and_what_was_typed_stays(client, row) -> None:
    big = SimpleUploadedFile("policy.pdf", b"%PDF-1.7\n" + b"x" * 30 * 1024 * 1024)
    answer = client.post(
        url(row, "B"), {"loaded": loaded(client, row, "B"), "B7": "Yes, attached", "B7-file": big}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "30 MB" in page
    assert re.search(r'value="Yes, attached" checked', page)
    assert stored(row, "B7") is None


def test_a_file_of_another_kind_than_its_name_says_is_refused(client, row) -> None:
    fake = SimpleUploadedFile("policy.pdf", b"<script>alert(1)</script>")
    page = client.post(url(row, "B"), {"loaded": loaded(client, row, "B"), "B7-file": fake}).content.decode()
    assert "There is a problem" in page


def test_evidence_is_kept_with_its_answer_and_can_be_removed(client, row) -> None:
    file = SimpleUploadedFile("Policy.txt", b"1. Who this is for\n")
    client.post(url(row, "B"), {"loaded": loaded(client, row, "B"), "B7": "Yes, attached", "B7-file": file})
    kept = Answer.objects.get(for_return=row, question__code="B7")
    assert kept.evidence is not None
    got = client.get(f"/questionnaires/autumn-2026/kent/evidence/{kept.pk}/")
    assert b"".join(got.streaming_content) == b"1. Who this is for\n"
    save(client, row, "B", B7="Yes, attached", B7_remove="on")
    kept.refresh_from_db()
    assert not kept.evidence_id
    assert kept.value == "Yes, attached"


def test_evidence_that_is_removed_or_replaced_is_not_kept_anywhere(
    client, row, django_capture_on_commit_callbacks
) -> None:
    def attach(name: str, content: bytes) -> StoredFile:
        file = SimpleUploadedFile(name, content)
        marks = loaded(client, row, "B")
        with django_capture_on_commit_callbacks(execute=True):
            client.post(url(row, "B"), {"loaded": marks, "B7": "Yes, attached", "B7-file": file})
        kept = Answer.objects.get(for_return=row, question__code="B7").evidence
        assert kept is not None
        return kept

    first = attach("First.txt", b"1. Children's names, by mistake\n")
    second = attach("Second.txt", b"1. Who this is for\n")
    assert list(StoredFile.objects.all()) == [second]
    assert not Path(first.blob.path).exists()
    assert Path(second.blob.path).exists()
    with django_capture_on_commit_callbacks(execute=True):
        save(client, row, "B", B7="Yes, attached", B7_remove="on")
    assert not StoredFile.objects.exists()
    assert not Path(second.blob.path).exists()


# Two at once


def two(row: Return, sign_in: Any, people: Any) -> tuple[Client, Client]:
    return sign_in(people.lead), sign_in(people.contributor)


def test_a_colleagues_newer_answer_is_never_overwritten(row, sign_in, people) -> None:
    mine, theirs = two(row, sign_in, people)
    marks = loaded(mine, row, "E")
    save(theirs, row, "E", E5="From the contributor")
    page = save(mine, row, "E", marks, E5="From the lead").content.decode()
    assert stored(row, "E5") == "From the contributor"
    assert "From the contributor" in page
    assert "From the lead" in page
    assert "Contributor, Kent saved" in page


@pytest.mark.parametrize(("keep", "kept"), [("mine", "From the lead"), ("theirs", "From the contributor")])
def test_the_person_chooses_which_answer_is_kept(row, sign_in, people, keep, kept) -> None:
    mine, theirs = two(row, sign_in, people)
    marks = loaded(mine, row, "E")
    save(theirs, row, "E", E5="From the contributor")
    page = save(mine, row, "E", marks, E5="From the lead").content.decode()
    seen = re.search(r'name="E5-seen" value="(\w+)"', page)
    assert seen
    assert save(mine, row, "E", marks, E5="From the lead", E5_seen=seen[1], E5_keep=keep).status_code == 302
    assert stored(row, "E5") == kept


def test_a_choice_made_about_an_older_answer_is_asked_again(row, sign_in, people) -> None:
    mine, theirs = two(row, sign_in, people)
    marks = loaded(mine, row, "E")
    save(theirs, row, "E", E5="First")
    seen = re.search(r'name="E5-seen" value="(\w+)"', save(mine, row, "E", marks, E5="Mine").content.decode())
    assert seen
    save(theirs, row, "E", E5="Second")
    again = save(mine, row, "E", marks, E5="Mine", E5_seen=seen[1], E5_keep="mine")
    assert again.status_code == 200
    assert stored(row, "E5") == "Second"


def test_a_field_that_was_not_touched_keeps_the_colleagues_answer_without_asking(
    row, sign_in, people
) -> None:
    mine, theirs = two(row, sign_in, people)
    save(mine, row, "E", E5="Old", E1="No")
    marks = loaded(mine, row, "E")
    save(theirs, row, "E", E5="New", E1="No")
    assert save(mine, row, "E", marks, E5="Old", E1="Do not know").status_code == 302
    assert stored(row, "E5") == "New"
    assert stored(row, "E1") == "Do not know"


def test_answers_of_an_icb_that_was_ticked_meanwhile_are_not_touched(row, sign_in, people) -> None:
    mine, _ = two(row, sign_in, people)
    marks = loaded(mine, row, "B")
    make.answer(row, "A2", ["QKS", "QNX"], by=people.contributor)
    make.answer(row, "B5", "About Sussex", by=people.contributor, icb="QNX")
    save(mine, row, "B", marks, **{"B5-QKS": "About Kent"})
    assert stored(row, "B5", "QNX") == "About Sussex"
    assert stored(row, "B5", "QKS") == "About Kent"


# ICBs and conditions


def test_questions_repeat_for_the_icbs_that_are_ticked(client, row) -> None:
    save(client, row, "A", A2=["QKS", "QNX"])
    marks = json.loads(loaded(client, row, "B"))
    assert {"B1-QKS", "B1-QNX", "B7"} <= set(marks)
    assert "B1-QU9" not in marks


def test_until_an_icb_is_ticked_those_that_cover_the_authority_are_asked_about(client, row) -> None:
    page = client.get(url(row, "B")).content.decode()
    assert "B1-QKS" in json.loads(loaded(client, row, "B"))
    assert "You have not said yet which integrated care boards" in page


def test_the_icbs_of_the_reporting_year_are_offered_those_that_cover_first(client, row) -> None:
    page = client.get(url(row, "A")).content.decode()
    offered = re.findall(r'name="A2"[^>]* value="(\w+)"', page)
    assert offered[0] == "QKS"
    assert len(offered) == 7
    assert "Covers all of Kent" in page


def test_without_script_a_conditional_question_stands_there_with_its_condition(client, row) -> None:
    page = unescape(client.get(url(row, "C")).content.decode())
    assert "Only if your answer to C4" in page
    assert 'data-question="C5-QKS"' in page


def test_last_rounds_answer_stands_beside_the_field(client, row, people, orgs) -> None:
    before = make.round_("spring-2026", opens=-21, closes=20, reporting_year="2024/25")
    make.submitted(before, orgs["kent"], by=people.lead, E5="What we said in spring")
    type(before).objects.filter(pk=before.pk).update(
        opens_on=make.day("2026-03-12"), closes_on=make.day("2026-04-23")
    )
    page = client.get(url(row, "E")).content.decode()
    assert "What we said in spring" in page
    assert "Last time" in page


def test_a_board_that_is_gone_is_named_in_last_rounds_answer(client, row, people, orgs) -> None:
    from network.people.models import Organisation

    before = make.round_("spring-2026", opens=-21, closes=20, reporting_year="2024/25")
    gone = Organisation.objects.create(
        slug="gone", name="Gone", full_name="NHS Gone ICB", kind="icb", ods_code="QZ9",
        starts_on=make.day("2022-07-01"), ends_on=make.day("2025-03-31"),
    )  # fmt: skip
    make.submitted(before, orgs["kent"], by=people.lead)
    then = Answer.objects.filter(for_return__round=before, question__code="A2")
    assert then.update(value=["QKS", gone.ods_code]) == 1
    type(before).objects.filter(pk=before.pk).update(
        opens_on=make.day("2026-03-12"), closes_on=make.day("2026-04-23")
    )
    page = client.get(url(row, "A")).content.decode()
    assert "NHS Gone ICB" in page
    assert "QZ9" not in page


# Who may not


def test_a_section_of_a_submitted_return_is_not_changed_and_what_was_typed_is_shown(
    client, row, people, orgs
) -> None:
    marks = loaded(client, row, "E")
    make.fill(row, by=people.lead)
    make.submit(row, by=people.lead)
    answer = save(client, row, "E", marks, E5="Too late")
    assert answer.status_code == 409
    assert "Too late" in answer.content.decode()
    assert stored(row, "E5") != "Too late"


def test_saving_after_the_round_has_closed_says_so_and_shows_what_was_typed(
    client, row, at, sign_in, people
) -> None:
    marks = loaded(client, row, "E")
    at("2026-12-14")
    answer = save(sign_in(people.lead), row, "E", marks, E5="A day late")
    assert answer.status_code == 409
    assert "This round closed on 13 December 2026" in answer.content.decode()
    assert "A day late" in answer.content.decode()
    assert stored(row, "E5") is None


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("director", 403),
        ("stranger", 404),
        ("admin", 404),
        ("partner", 404),
        ("observer", 404),
        ("former", 404),
    ],
)
def test_only_the_authoritys_own_people_fill_it_in(row, sign_in, people, who, status) -> None:
    client = sign_in(getattr(people, who))
    assert client.get(url(row, "A")).status_code == status
    assert client.post(url(row, "A"), {"A3": "Legal"}).status_code == status
    assert stored(row, "A3") is None


def test_a_section_that_does_not_exist_is_404(client, row) -> None:
    assert client.get(url(row, "Z")).status_code == 404
