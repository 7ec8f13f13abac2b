"""Who reads which answer: of a draft, a submitted return, a shared one, and what is the coordinator's."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from network import files
from questionnaires.models import Answer, Question, Return
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db

OWN = ("lead", "deputy", "contributor", "director")
MEMBERS = ("stranger", "cochair_one")
OUTSIDE = ("partner", "other_partner", "observer", "former")
SECRET = "What only the coordinator may know"
SHARED = "A tracker that all can copy"
URL = "/questionnaires/autumn-2026/kent/"


@pytest.fixture
def asking(people):
    return make.round_()


def read(sign_in: Any, user: Any, url: str = URL) -> tuple[int, str]:
    answer = sign_in(user).get(url)
    return answer.status_code, unescape(answer.content.decode())


def submitted(asking: Any, orgs: Any, people: Any, approved: bool) -> Return:
    contact = {"name": SECRET, "job_title": "Manager", "email": "lead@example.org"}
    return make.submitted(asking, orgs["kent"], by=people.lead, approved=approved, A1=contact, G5=SHARED)


@pytest.mark.parametrize("who", [*MEMBERS, *OUTSIDE, "admin"])
def test_a_draft_does_not_exist_for_others(asking, orgs, people, sign_in, who) -> None:
    make.fill(make.return_of(asking, orgs["kent"]), by=people.lead, G5=SHARED)
    assert read(sign_in, getattr(people, who))[0] == 404
    for page in ("", "results/G5/"):
        assert SHARED not in read(sign_in, getattr(people, who), f"/questionnaires/autumn-2026/{page}")[1]


@pytest.mark.parametrize("who", OWN)
def test_the_authoritys_own_people_read_their_draft(asking, orgs, people, sign_in, who) -> None:
    make.fill(make.return_of(asking, orgs["kent"]), by=people.lead, G5=SHARED)
    assert read(sign_in, getattr(people, who), f"{URL}check/")[0] == 200
    assert SHARED in read(sign_in, getattr(people, who), f"{URL}check/")[1]


def test_a_submitted_return_is_read_by_the_admin_with_the_answers_kept_to_the_coordinator(
    asking, orgs, people, sign_in
) -> None:
    submitted(asking, orgs, people, approved=False)
    status, page = read(sign_in, people.admin)
    assert status == 200
    assert SHARED in page
    assert SECRET in page


@pytest.mark.parametrize("who", [*MEMBERS, *OUTSIDE])
def test_a_return_without_approval_counts_as_submitted_and_shows_no_answer(
    asking, orgs, people, sign_in, who
) -> None:
    submitted(asking, orgs, people, approved=False)
    assert read(sign_in, getattr(people, who))[0] == 404
    assert SHARED not in read(sign_in, getattr(people, who), "/questionnaires/autumn-2026/results/G5/")[1]
    if who in MEMBERS:
        assert "1 of 19 submitted" in read(sign_in, getattr(people, who), "/questionnaires/autumn-2026/")[1]


@pytest.mark.parametrize("who", MEMBERS)
def test_a_shared_return_is_read_by_members_without_what_is_kept_to_the_coordinator(
    asking, orgs, people, sign_in, who
) -> None:
    submitted(asking, orgs, people, approved=True)
    status, page = read(sign_in, getattr(people, who))
    assert status == 200
    assert SHARED in page
    assert SECRET not in page
    assert "A1." not in page
    assert "G2." not in page
    assert SHARED in read(sign_in, getattr(people, who), "/questionnaires/autumn-2026/results/G5/")[1]


@pytest.mark.parametrize("who", OUTSIDE)
def test_partners_observers_and_former_members_read_nothing_of_a_shared_return(
    asking, orgs, people, sign_in, who
) -> None:
    submitted(asking, orgs, people, approved=True)
    user = getattr(people, who)
    for url in (
        URL,
        "/questionnaires/autumn-2026/",
        "/questionnaires/autumn-2026/results/G5/",
        f"{URL}receipt/",
    ):
        assert read(sign_in, user, url)[0] == 404
    status, page = read(sign_in, user, "/questionnaires/")
    assert status == (200 if "partner" in who else 403)
    assert "Autumn" not in page


def test_a_partner_reads_an_answer_only_if_its_question_is_for_partners(
    asking, orgs, people, sign_in
) -> None:
    Question.objects.filter(code="G5").update(visibility="partners")
    submitted(asking, orgs, people, approved=True)
    status, page = read(sign_in, people.partner)
    assert status == 200
    assert SHARED in page
    assert "E4." not in page
    assert read(sign_in, people.partner, "/questionnaires/autumn-2026/results/G5/")[0] == 200
    assert read(sign_in, people.partner, "/questionnaires/autumn-2026/results/E4/")[0] == 404
    assert read(sign_in, people.observer)[0] == 404


@pytest.mark.parametrize("code", ["A1", "C7", "G2"])
def test_results_of_a_question_kept_to_the_coordinator_exist_for_the_admin_alone(
    asking, orgs, people, sign_in, code
) -> None:
    submitted(asking, orgs, people, approved=True)
    url = f"/questionnaires/autumn-2026/results/{code}/"
    assert read(sign_in, people.admin, url)[0] == 200
    for who in (*OWN, *MEMBERS, *OUTSIDE):
        for export in ("", "?export=csv", "?export=xlsx"):
            assert sign_in(getattr(people, who)).get(url + export).status_code == 404


def test_evidence_goes_where_its_answer_goes(asking, orgs, people, sign_in) -> None:
    row = make.return_of(asking, orgs["kent"])
    make.fill(row, by=people.lead)
    answer = Answer.objects.get(for_return=row, question__code="B7")
    answer.evidence = files.store(SimpleUploadedFile("Policy.txt", b"The policy"), by=people.lead)
    answer.save()
    url = f"{URL}evidence/{answer.pk}/"
    assert [sign_in(getattr(people, who)).get(url).status_code for who in ("lead", "stranger", "admin")] == [
        200,
        404,
        404,
    ]
    make.submit(row, by=people.lead)
    for who, status in {"admin": 200, "stranger": 200, "partner": 404, "observer": 404}.items():
        assert sign_in(getattr(people, who)).get(url).status_code == status
    assert (
        sign_in(people.lead).get(f"/questionnaires/autumn-2026/medway/evidence/{answer.pk}/").status_code
        == 404
    )


def test_a_shared_return_is_read_and_not_touched_by_another_authority(asking, orgs, people, sign_in) -> None:
    submitted(asking, orgs, people, approved=True)
    client = sign_in(people.stranger)
    assert client.get(f"{URL}A/").status_code == 403
    assert client.post(f"{URL}A/", {"A3": "Legal"}).status_code == 403
    assert client.get(f"{URL}check/").status_code == 403
    assert client.post(f"{URL}check/").status_code == 403
    assert client.post(f"{URL}reopen/").status_code == 403


def test_a_planned_round_is_seen_by_whoever_sets_rounds_up(people, sign_in) -> None:
    make.round_("winter-2027", opens=10, closes=40)
    url = "/questionnaires/winter-2027/"
    assert read(sign_in, people.admin, url)[0] == 200
    assert read(sign_in, people.lead, url)[0] == 404
    assert read(sign_in, people.lead, f"{url}kent/")[0] == 404
    assert "winter-2027" not in read(sign_in, people.lead, "/questionnaires/")[1]
