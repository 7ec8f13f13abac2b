"""A number as reported: what it may be, and what may honestly be said of a sum."""

import json
from contextlib import suppress
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.counts import FIGURES, LARGEST, STATES, Count, Kind, Total, total

numbers = st.integers(0, 20_000)
sections = st.sampled_from(["12", "14", "21", "36(2)(b)", "40", "40(2)", "40A", "43"])
figures = st.one_of(
    st.builds(Count.exact, st.integers(0, LARGEST)),
    st.just(Count.nil()),
    st.builds(Count.less_than, st.integers(2, 50), shows_noughts=st.booleans()),
    st.builds(Count.between, numbers, st.integers(20_000, 50_000)),
    st.builds(lambda n, base: Count.rounded(n * base, base), numbers, st.sampled_from([2, 3, 5, 10, 100])),
)
states = st.one_of(
    st.lists(sections, max_size=3).map(lambda cited: Count.refused(*cited)),
    st.sampled_from([kind for kind in STATES if kind is not Kind.REFUSED]).map(Count.state),
)
counts = st.one_of(figures, states)


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("12", Kind.EXACT, 12, 12),
        ("1,204", Kind.EXACT, 1204, 1204),
        ("nil", Kind.NIL, 0, 0),
        ("None", Kind.NIL, 0, 0),
        ("0", Kind.NIL, 0, 0),
        ("<5", Kind.LESS_THAN, 1, 4),
        ("< 5", Kind.LESS_THAN, 1, 4),
        ("fewer than 5", Kind.LESS_THAN, 1, 4),
        ("Less than 5", Kind.LESS_THAN, 1, 4),
        ("1-5", Kind.RANGE, 1, 5),
        ("20\u201325", Kind.RANGE, 20, 25),
        ("20-25", Kind.RANGE, 20, 25),
        ("20 to 25", Kind.RANGE, 20, 25),
        ("between 20 and 25", Kind.RANGE, 20, 25),
        ("40 (to the nearest 5)", Kind.ROUNDED, 38, 42),
        ("40 to the nearest 10", Kind.ROUNDED, 35, 45),
        ("0 (to the nearest 5)", Kind.ROUNDED, 0, 2),
    ],
)
def test_a_figure_is_read_with_its_bounds(text: str, kind: Kind, low: int, high: int) -> None:
    count = Count.parse(text)
    assert (count.kind, count.low, count.high, count.given) == (kind, low, high, True)


def test_less_than_five_may_be_nought_from_a_body_that_shows_no_noughts() -> None:
    assert Count.parse("<5", shows_noughts=False).bounds == (0, 4)
    assert Count.parse("<5").bounds == (1, 4)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("refused", set()),
        ("refused (no section cited)", set()),
        ("Refused (section 12)", {"12"}),
        ("refused (sections 12 and 40)", {"12", "40"}),
        ("refused s12, s40", {"12", "40"}),
        ("refused under section 40(2)", {"40(2)"}),
        ("refused (sections 12, 40(2) and 43)", {"12", "40(2)", "43"}),
    ],
)
def test_a_refusal_keeps_its_set_of_sections(text: str, cited: set[str]) -> None:
    count = Count.parse(text)
    assert (count.kind, set(count.sections), count.given) == (Kind.REFUSED, cited, False)


@pytest.mark.parametrize("kind", [kind for kind in STATES if kind is not Kind.REFUSED])
def test_every_state_is_read_by_its_own_words(kind: Kind) -> None:
    assert Count.parse(kind.words.capitalize()) == Count.state(kind)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "A blank is not nought"),
        ("  ", "A blank is not nought"),
        ("-3", "below nought"),
        ("3.5", "not a whole number"),
        ("about 20", "cannot be read as a count"),
        ("20 and 25", "cannot be read as a count"),
        ("5+", "cannot be read as a count"),
        ("12%", "cannot be read as a count"),
        ("1,2", "cannot be read as a count"),
        ("=1+1", "cannot be read as a count"),
        ("٣", "cannot be read as a count"),
        ("25-20", "runs backwards"),
        ("<1", "Write nil"),
        ("41 (to the nearest 5)", "not a figure rounded"),
        ("<5 (0 to 9)", "contradicts itself"),
        ("99999999", "too large"),
        ("refused to tell us", "which sections"),
        ("refused 1234", "which sections"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_never_guessed(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Count.parse(text)


def test_a_count_that_cannot_be_is_not_made() -> None:
    for wrong in [
        {"kind": Kind.EXACT, "low": 3},
        {"kind": Kind.EXACT, "low": 3, "high": 4},
        {"kind": Kind.RANGE, "low": 5, "high": 4},
        {"kind": Kind.RANGE, "low": -1, "high": 4},
        {"kind": Kind.NOT_HELD, "low": 0, "high": 0},
        {"kind": Kind.NIL, "low": 0, "high": 0, "sections": frozenset({"12"})},
        {"kind": Kind.REFUSED, "sections": frozenset({"twelve"})},
        {"kind": Kind.ROUNDED, "low": 38, "high": 42},
        {"kind": Kind.ROUNDED, "low": 38, "high": 43, "base": 5},
    ]:
        with pytest.raises(ValueError, match=r"\w"):
            Count(**wrong)  # type: ignore[arg-type]


@given(counts)
def test_what_is_written_reads_back_and_so_does_what_is_stored(count: Count) -> None:
    assert Count.parse(str(count), shows_noughts=True) == count
    assert Count.from_json(json.loads(json.dumps(count.to_json()))) == count


@given(st.text(max_size=40))
def test_any_text_is_a_count_or_a_plain_refusal(text: str) -> None:
    with suppress(ValueError):
        count = Count.parse(text)
        assert Count.parse(str(count)) == count


@given(st.integers(0, 20_000), st.sampled_from([2, 3, 5, 10, 20]), st.booleans())
def test_a_rounded_figure_holds_every_number_that_rounds_to_it_whichever_way_a_half_goes(
    true: int, base: int, up: bool
) -> None:
    rest = true % base
    goes_up = 2 * rest > base or (2 * rest == base and up)
    low, high = Count.rounded(true - rest + (base if goes_up else 0), base).bounds
    assert low <= true <= high


# Totals


@pytest.mark.parametrize("written", ["awaited (late)", "Awaited, late", "overdue"])
def test_what_is_owed_and_late_is_a_state_of_its_own(written: str) -> None:
    count = Count.parse(written)
    assert count == Count.state(Kind.LATE)
    assert str(count) == "awaited (late)"
    assert str(total([Count.exact(12), count])) == "12, from 1 of 2; 1 awaited (late)"


EXAMPLE = ["12", "<5", "20\u201325", "nil", "refused (section 12)", "not held", "not due"]


def test_the_total_says_what_it_covers_in_every_order() -> None:
    for order in list(permutations(EXAMPLE))[::97]:
        said = str(total(Count.parse(text) for text in order))
        assert said == "33 to 41, from 4 of 7; 1 refused (section 12), 1 not held, 1 not due"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "no figure, from 0 of 0"),
        (["12", "nil"], "12, from 2 of 2"),
        (["nil", "nil"], "0, from 2 of 2"),
        (["1,200", "12"], "1,212, from 2 of 2"),
        (["not held", "not held"], "no figure, from 0 of 2; 2 not held"),
        (["3", "refused"], "3, from 1 of 2; 1 refused (no section cited)"),
        (
            ["refused s12, s40", "refused s12", "refused s12", "5"],
            "5, from 1 of 4; 2 refused (section 12), 1 refused (sections 12 and 40)",
        ),
    ],
)
def test_totals_in_words(texts: list[str], said: str) -> None:
    assert str(total(Count.parse(text) for text in texts)) == said


def test_who_was_not_asked_is_named_and_is_not_among_those_asked() -> None:
    said = str(total(Count.parse(text) for text in ["5", "not held", "not asked", "not applicable"]))
    assert said == "5, from 1 of 2; 1 not held; besides these 1 not asked, 1 not applicable"


@given(st.lists(counts, max_size=8), st.data())
def test_the_bounds_hold_whatever_the_true_numbers_are(listed: list[Count], data: st.DataObject) -> None:
    true = sum(data.draw(st.integers(*count.bounds)) for count in listed if count.given)
    found = total(listed)
    assert found.high is not None
    assert found.low <= true <= found.high


@given(st.lists(counts, max_size=8), st.randoms())
def test_order_does_not_matter(listed: list[Count], chance) -> None:
    shuffled = list(listed)
    chance.shuffle(shuffled)
    assert total(shuffled) == total(listed)
    assert str(total(shuffled)) == str(total(listed))


@given(st.lists(counts, max_size=5), st.lists(counts, max_size=5), st.lists(counts, max_size=5))
def test_totals_of_parts_add_up_to_the_total_however_they_are_grouped(
    one: list[Count], two: list[Count], three: list[Count]
) -> None:
    whole = total(one + two + three)
    assert (total(one) + total(two)) + total(three) == whole
    assert total(one) + (total(two) + total(three)) == whole
    assert Total() + whole == whole


@given(st.lists(figures, max_size=5), st.lists(states, max_size=5))
def test_a_state_never_adds_to_the_sum_and_never_vanishes(
    with_figure: list[Count], without: list[Count]
) -> None:
    found = total(with_figure + without)
    assert (found.low, found.high) == (total(with_figure).low, total(with_figure).high)
    assert found.given == len(with_figure)
    assert sum(number for _, number in found.states) == len(without)
    assert all(str(state) in str(found) for state in without)


@given(st.lists(counts, max_size=6))
def test_a_total_is_stored_and_read_back(listed: list[Count]) -> None:
    found = total(listed)
    assert Total.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_every_kind_is_a_figure_or_a_state() -> None:
    assert set(Kind) == FIGURES | set(STATES)
