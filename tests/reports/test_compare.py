"""Authorities beside boards: only what may honestly be said, and only to members."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypcc_portal.reports.compare import CompareTable, Line, Recorded, breaks, lines, reading, verdict
from network.counts import Count
from tests import foi_factories as foi


def recorded(*counts, part=()):
    return [Recorded(f"Authority {place}", count, place in part) for place, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("returned", "counts", "part", "says"),
    [
        (
            Count.exact(40),
            [Count.exact(25), Count.exact(30)],
            (),
            "Authorities recorded more … by at least 15.",
        ),
        (Count.exact(60), [Count.exact(25), Count.exact(30)], (), "The board returned more … by at least 5."),
        (
            Count.between(50, 60),
            [Count.exact(25), Count.exact(30)],
            (),
            "The two can both be right within their bounds.",
        ),
        (
            Count.exact(40),
            [Count.exact(25), Count.exact(30)],
            (1,),
            "The two can both be right within their bounds.",
        ),
        (
            Count.exact(60),
            [Count.exact(25), Count.state("not_recorded")],
            (),
            "Can't be told: 1 authority gave no figure.",
        ),
        (
            Count.exact(20),
            [Count.exact(25), Count.state("not_recorded")],
            (),
            "Authorities recorded more … by at least 5.",
        ),
        (
            Count.refused("12"),
            [Count.exact(25)],
            (),
            "Can't be told: the board's figure is refused (section 12).",
        ),
        (Count.exact(20), [Count.state("declined")], (), "Can't be told: no authority gave a figure."),
    ],
)
def test_what_is_said_holds_whatever_the_true_numbers_are(returned, counts, part, says):
    begins, _, ends = says.partition(" … ")
    said = verdict(returned, recorded(*counts, part=part))
    assert said.startswith(begins)
    assert said.endswith(ends)


def test_a_board_s_figure_for_some_places_only_is_never_called_too_small():
    said = verdict(Count.exact(20), recorded(Count.exact(25)), part="given for some places only")
    assert "more than" not in said


@given(
    board=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    authorities=st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), min_size=1, max_size=4
    ),
    data=st.data(),
)
def test_a_difference_is_only_called_certain_if_no_true_numbers_could_agree(board, authorities, data):
    low, width = board
    returned = Count.between(low, low + width)
    rows, truth = [], 0
    for place, (least, more, part) in enumerate(authorities):
        rows.append(Recorded(f"A{place}", Count.between(least, least + more), part))
        own = data.draw(st.integers(least, least + more))
        truth += data.draw(st.integers(0, own)) if part else own
    said = verdict(returned, rows)
    if "recorded more" in said:
        assert truth > returned.bounds[1]
    if "returned more" in said:
        assert truth < returned.bounds[0]


@pytest.mark.django_db
def test_a_board_s_figure_that_counts_something_else_is_shown_and_compared_with_nothing(people, orgs, at):
    round = foi.sent_round(people.admin)
    at("2026-09-21")
    foi.record(
        foi.request_to(round, orgs["kent-and-medway"]),
        people.admin,
        "1.1",
        "174",
        flags="referrals_not_children",
    )
    [line] = [line for line in lines(people.lead, "2025/26") if "Kent" in line.board]
    assert CompareTable([]).render_returned(line) == "174, not comparable"
    assert (
        line.says == "Can't be told: the board's figure is not comparable (counts referrals, not children)."
    )


def test_the_reading_counts_what_can_be_compared():
    told = Line("A", "", Count.exact(4), "", recorded(Count.exact(9)))
    untold = Line("B", "", Count.refused("12"), "", recorded(Count.exact(9)))
    assert reading([told, untold]).startswith(
        "For 1 of 2 boards the two sides can be compared; for 1 of these"
    )
    assert reading([untold]) == "For none of 1 boards can the two sides be compared."


@pytest.mark.django_db
def test_the_page_is_for_members(people, sign_in, client):
    found = {
        name for name, user in people.items() if sign_in(user).get("/reports/compare/").status_code == 200
    }
    assert found == {
        "admin",
        "cochair_one",
        "cochair_two",
        "lead",
        "deputy",
        "contributor",
        "director",
        "stranger",
    }
    assert client.get("/reports/compare/").status_code == 302
    assert "There is nothing to compare yet" in sign_in(people.lead).get("/reports/compare/").content.decode()
    assert (
        "nothing to compare for" in sign_in(people.lead).get("/reports/compare/?year=1999").content.decode()
    )


@pytest.mark.django_db
def test_a_break_since_the_year_began_is_told_and_an_earlier_one_is_not(orgs):
    line = Line("Sussex", "", Count.exact(4), "", [], (orgs["sussex"], orgs["kent"]))
    (one,) = breaks([line], "2025/26")
    assert one.says.startswith("On 1 April 2026 ")
    assert "Sussex" in one.says
    assert breaks([line], "2026/27") == []
