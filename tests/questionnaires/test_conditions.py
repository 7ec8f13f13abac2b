"""Which questions are asked, given the answers so far."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.conditions import Asked, hint, is_blank, meets, shown

ICBS = ["QKS", "QNX"]
COUNT = {"state": "exact", "value": 3}


@pytest.mark.parametrize(
    ("wanted", "value", "met"),
    [
        (["Yes", "In development"], "In development", True),
        (["Yes"], "No", False),
        (["Delay"], ["Other", "Delay"], True),
        (["Delay"], ["Other"], False),
        ("gt:0", COUNT, True),
        ("gt:3", COUNT, False),
        ("gt:0", {"state": "nil"}, False),
        ("gt:0", {"state": "not_recorded"}, False),
        ("not_blank", "A tracker", True),
        ("not_only:Nothing routinely", ["Nothing routinely"], False),
        ("not_only:Nothing routinely", ["Outcome", "Nothing routinely"], True),
    ],
)
def test_each_operator_means_what_the_instrument_says(wanted: Any, value: Any, met: bool) -> None:
    assert meets(wanted, value) is met


@pytest.mark.parametrize("wanted", [["Yes"], "gt:0", "not_blank", "not_only:Nothing routinely"])
@pytest.mark.parametrize("blank", [None, "", [], {}])
def test_a_blank_answer_meets_no_condition(wanted: Any, blank: Any) -> None:
    assert not meets(wanted, blank)


def test_an_unknown_operator_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(ValueError, match="not a condition"):
        meets("about:3", "x")


def test_all_conditions_must_match() -> None:
    both = Asked("X", show_if={"A": ["Yes"], "B": "not_blank"})
    asked = [Asked("A"), Asked("B"), both]
    assert ("X", "") in shown(asked, {("A", ""): "Yes", ("B", ""): "text"}, [])
    assert ("X", "") not in shown(asked, {("A", ""): "Yes"}, [])


REPEATED = Asked("C4", repeated=True)


def test_a_repeated_question_looks_at_the_same_icb() -> None:
    asked = [REPEATED, Asked("C5", repeated=True, show_if={"C4": "gt:0"})]
    found = shown(asked, {("C4", "QKS"): COUNT, ("C4", "QNX"): {"state": "nil"}}, ICBS)
    assert ("C5", "QKS") in found
    assert ("C5", "QNX") not in found


def test_a_question_asked_once_shows_if_any_icb_meets_its_condition() -> None:
    asked = [REPEATED, Asked("C7", show_if={"C4": "gt:0"})]
    assert ("C7", "") in shown(asked, {("C4", "QNX"): COUNT}, ICBS)
    assert ("C7", "") not in shown(asked, {("C4", "QNX"): {"state": "nil"}}, ICBS)


def test_an_icb_that_is_not_ticked_decides_nothing() -> None:
    asked = [REPEATED, Asked("C7", show_if={"C4": "gt:0"})]
    assert ("C7", "") not in shown(asked, {("C4", "QNX"): COUNT}, ["QKS"])


def test_a_repeated_question_may_hang_on_one_asked_once() -> None:
    asked = [Asked("F1"), Asked("F4", repeated=True, show_if={"F1": "not_blank"})]
    assert shown(asked, {("F1", ""): ["Outcome"]}, ICBS) >= {("F4", "QKS"), ("F4", "QNX")}


def test_what_hangs_on_a_hidden_answer_is_hidden_with_it() -> None:
    chain = [Asked("A"), Asked("B", show_if={"A": ["Yes"]}), Asked("C", show_if={"B": ["Yes"]})]
    answers = {("A", ""): "No", ("B", ""): "Yes"}  # B was answered before A was changed
    assert shown(chain, answers, []) == {("A", "")}


def test_a_circle_of_conditions_shows_nothing_and_ends() -> None:
    circle = [Asked("A", show_if={"B": "not_blank"}), Asked("B", show_if={"A": "not_blank"})]
    assert shown(circle, {("A", ""): "x", ("B", ""): "x"}, []) == frozenset()


CODES = ["A", "B", "C", "D"]
values = st.one_of(
    st.none(), st.sampled_from(["Yes", "No"]), st.lists(st.sampled_from(["Yes", "No"]), unique=True)
)
wanteds = st.one_of(st.just("not_blank"), st.just(["Yes"]), st.just("not_only:No"))


@st.composite
def questionnaires(draw: st.DrawFn) -> tuple[list[Asked], dict[tuple[str, str], Any], list[str]]:
    asked = []
    for place, code in enumerate(CODES):
        before = CODES[:place]
        show_if = draw(st.dictionaries(st.sampled_from(before), wanteds, max_size=2)) if before else {}
        asked.append(Asked(code, draw(st.booleans()), show_if))
    icbs = draw(st.lists(st.sampled_from(ICBS), unique=True))
    keys = [(one.code, icb) for one in asked for icb in (icbs if one.repeated else [""])]
    return asked, {key: draw(values) for key in keys}, icbs


@given(questionnaires())
def test_every_question_without_a_condition_is_asked_once_or_for_each_icb(given_: Any) -> None:
    asked, answers, icbs = given_
    found = shown(asked, answers, icbs)
    for one in asked:
        keys = {(one.code, icb) for icb in icbs} if one.repeated else {(one.code, "")}
        if not one.show_if:
            assert keys <= found
        assert {key for key in found if key[0] == one.code} <= keys


@given(questionnaires())
def test_hidden_answers_change_nothing_that_is_asked(given_: Any) -> None:
    asked, answers, icbs = given_
    found = shown(asked, answers, icbs)
    without = {key: value for key, value in answers.items() if key in found}
    assert shown(asked, without, icbs) == found


@given(questionnaires())
def test_the_order_of_the_questions_does_not_matter(given_: Any) -> None:
    asked, answers, icbs = given_
    assert shown(list(reversed(asked)), answers, list(reversed(icbs))) == shown(asked, answers, icbs)


@given(questionnaires())
def test_a_shown_conditional_question_has_an_answered_one_behind_it(given_: Any) -> None:
    asked, answers, icbs = given_
    for code, icb in shown(asked, answers, icbs):
        one = next(each for each in asked if each.code == code)
        for other in one.show_if:
            assert any(not is_blank(value) for (name, _), value in answers.items() if name == other), (
                code,
                icb,
            )


def test_the_condition_is_told_in_words_for_who_reads_without_script() -> None:
    said = hint({"C4": "gt:0"}, {"C4": "How many?"})
    assert said == "Only if your answer to C4 (“How many?”) is more than 0."
    assert "“Yes” or “Split”" in hint({"B1": ["Yes", "Split"]}, {})
