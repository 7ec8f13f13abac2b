"""Each question's answers across authorities: a sentence, a chart, a table, a download."""

from __future__ import annotations

from html import unescape

import pytest

from questionnaires import filling, results
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db
URL = "/questionnaires/autumn-2026/results/"


@pytest.fixture
def asking(people, orgs):
    """Kent and Medway shared their returns, Surrey submitted without approval."""
    asking = make.round_()
    few, none = {"state": "exact", "value": 3}, {"state": "not_recorded"}
    make.submitted(
        asking, orgs["kent"], by=_lead(people, orgs, "kent"), F3=few, E1="No", G3=["Delay", "Other"]
    )
    make.submitted(asking, orgs["medway"], by=people.stranger, F3=none, G3=["Delay"])
    make.submitted(asking, orgs["surrey"], by=_lead(people, orgs, "surrey"), approved=False, F3=few)
    return asking


def _lead(people, orgs, slug):
    if slug == "kent":
        return people.lead
    from network.roles import Role
    from tests import factories

    return factories.person(f"Lead, {slug}", Role.LEAD, orgs[slug])


def of(asking, code, user):
    names = {icb.ods_code: icb.full_name for icb in filling.icbs_of(asking)}
    return results.of(asking, make.question(code), user, names)


def test_the_admin_and_a_member_are_told_of_which_returns_the_results_are(asking, people, sign_in):
    said = {
        reader.name: sign_in(reader).get(f"{URL}B1/").content.decode()
        for reader in (people.admin, people.lead)
    }
    assert "From every submitted return" in said[people.admin.name]
    assert "From returns that are submitted and approved for sharing" in said[people.lead.name]


def test_results_of_a_round_that_has_not_opened_exist_for_whoever_sets_it_up_alone(people, sign_in):
    make.round_("spring-2027", opens=30, closes=60)
    page = "/questionnaires/spring-2027/results/B1/"
    assert {reader.name: sign_in(reader).get(page).status_code for reader in (people.admin, people.lead)} == {
        people.admin.name: 200,
        people.lead.name: 404,
    }


def test_members_read_what_is_shared_and_the_admin_all_that_is_submitted(asking, people) -> None:
    assert {row.authority.name for row in of(asking, "F3", people.lead).rows} == {"Kent", "Medway"}
    assert {row.authority.name for row in of(asking, "F3", people.admin).rows} == {"Kent", "Medway", "Surrey"}


def test_a_count_is_added_up_with_its_coverage_and_nothing_is_guessed(asking, people) -> None:
    assert str(of(asking, "F3", people.lead).total) == "3, from 1 of 2; 1 not recorded"


def test_the_reading_says_how_many_of_all_authorities_asked_answered(asking, people) -> None:
    asked = asking.returns.count()
    assert asked > 3  # most have not answered, and the sentence does not hide it
    most = "“Delay” was the most frequent answer, with 2 of 2."
    assert of(asking, "G3", people.lead).reading == f"2 of {asked} authorities shared an answer; {most}"
    assert of(asking, "F3", people.admin).reading.startswith(f"3 of {asked} authorities answered; ")


def test_a_repeated_question_counts_answers_by_authority_and_icb(asking, people) -> None:
    found = of(asking, "B1", people.admin)
    assert found.authorities == 3
    assert len(found.rows) == 4  # Surrey answered about the two boards that cover it
    assert "with 4 answers about single boards" in found.reading


def test_the_bars_are_the_answers_of_the_table(asking, people) -> None:
    found = of(asking, "G3", people.lead)
    for bar in found.bars:
        assert bar.number == sum(bar.label in row.value for row in found.rows)


def test_the_matrix_holds_each_answer_once(asking, people) -> None:
    found = of(asking, "G1", people.admin)
    assert all(sum(numbers) == len(found.rows) for _, numbers in found.matrix)


def test_the_page_shows_chart_sentence_and_rows(asking, people, sign_in) -> None:
    page = unescape(sign_in(people.lead).get(f"{URL}G3/").content.decode())
    assert "<svg" in page
    assert f"2 of {asking.returns.count()} authorities shared an answer" in page
    assert "Delay; Other" in page


def test_a_download_holds_the_rows_of_the_page_and_numbers_as_numbers(asking, people, sign_in) -> None:
    text = sign_in(people.lead).get(f"{URL}F3/?export=csv").content.decode()
    assert "Kent,3" in text
    assert "Medway,Not recorded" in text
    assert "Surrey" not in text


def test_results_can_be_narrowed_to_one_icb(asking, people, sign_in) -> None:
    text = sign_in(people.admin).get(f"{URL}B1/?icb=QXU&export=csv").content.decode()
    assert "Surrey" in text
    assert "Kent" not in text


def test_an_unknown_question_is_404(asking, people, sign_in) -> None:
    assert sign_in(people.admin).get(f"{URL}Z9/").status_code == 404


def test_a_page_without_answers_says_what_will_be_there(people, sign_in) -> None:
    asking = make.round_()
    page = sign_in(people.lead).get(f"{URL}B1/").content.decode()
    assert f"None of {asking.returns.count()} authorities shared an answer to this question" in page
    assert "Answers appear when returns are shared" in page


def test_a_count_is_drawn_for_each_authority_and_a_state_stands_in_the_place_of_a_bar(asking, people) -> None:
    found = of(asking, "F3", people.lead)
    assert found.chart == [("Kent", 3, ""), ("Medway", None, "not recorded")]


def test_each_question_with_options_or_numbers_has_a_chart(asking, people, sign_in) -> None:
    client = sign_in(people.admin)
    for code in ("B1", "D6", "G1"):
        page = client.get(f"{URL}{code}/").content.decode()
        assert "<svg" in page, code


def test_statements_that_were_said_equally_often_to_be_rare_are_all_named(asking, people) -> None:
    found = of(asking, "G1", people.admin)
    poor = {
        statement: sum(numbers[found.question.scale.index(word)] for word in ("Rarely", "Never"))
        for statement, numbers in found.matrix
    }
    most = max(poor.values())
    ties = [statement for statement, often in poor.items() if often == most]
    if len(ties) <= 2 and most:
        assert all(f"“{statement}”" in found.reading for statement in ties)
    else:
        assert not any(f"“{statement}”" in found.reading for statement in poor)
