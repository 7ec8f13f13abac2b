"""What a report stores: every figure with its source, and nothing that readers outside may not know."""

import itertools
import json
from dataclasses import replace

import pytest

from cypcc_portal.reports.build import seen_before
from cypcc_portal.reports.models import Kind
from cypcc_portal.reports.view import Built
from network.counts import Count, total
from network.disclosure import Relation
from network.figures import Row
from tests.reports_factories import built, chapter, children, figure, table

AD, CYCLES = Kind.AD_SAFEGUARDING, Kind.BI_MONTHLY


def one_table(made):
    [only] = made.tables()
    return only


def words(made):
    return json.dumps(made.to_json())


def test_figures_and_tables_are_each_numbered_from_1_in_reading_order_and_the_appendix_names_them_so():
    made = built(
        CYCLES,
        chapter(
            figure(3), table({"a": (1,)}, key="t2"), table({"a": (1,)}, key="t3"), key="second", order=20
        ),
        chapter(figure(1), figure(2, key="made.other"), table({"a": (1,)}, key="t1"), key="first", order=10),
    )
    assert [one.key for one in made.chapters] == ["first", "second"]
    assert [(table.key, table.number) for table in made.tables()] == [("t1", 1), ("t2", 2), ("t3", 3)]
    assert [one.number for chapter in made.chapters for one in chapter.figures] == [1, 2, 3]
    named = ["Figure 1", "Figure 2", "Figure 3", "Table 1", "Table 2", "Table 3"]
    for read in (made, Built.from_json(json.loads(json.dumps(made.to_json())))):
        assert [line.name for line in read.lines()] == named
        assert len({line.anchor for line in read.lines()}) == 6
        assert all(line.says and line.rows == 3 for line in read.lines())


def test_an_edition_of_before_keeps_the_numbers_that_were_agreed():
    """Its figures and tables were counted in one row, and its sources did not say which they are of."""
    stored = json.loads(json.dumps(built(CYCLES, chapter(figure(1), table({"a": (1,)}))).to_json()))
    [one] = stored["chapters"]
    for number, part in enumerate([*one["figures"], *one["tables"]], start=1):
        part["number"] = part["source"]["number"] = number
        del part["source"]["of"]
    assert [line.name for line in Built.from_json(stored).lines()] == ["Figure 1", "Table 2"]


def test_what_is_stored_comes_back_as_it_was():
    relation = Relation(parts=("a", "b"), total="all")
    made = built(
        AD,
        chapter(
            figure("4 of 6"),
            children(
                {"X": (Count.exact(20), Count.less_than(), Count.exact(30))},
                ("a", "b", "all"),
                relations=(relation,),
            ),
            table({"Y": ("words",)}, key="other", chart=True),
        ),
    )
    assert Built.from_json(json.loads(words(made))) == made


def test_members_get_every_figure_as_returned_with_bounds_and_coverage():
    shown = [Count.exact(12), Count.less_than(), Count.between(20, 25), Count.nil()]
    states = [Count.refused("12"), Count.state("not_held"), Count.state("not_due")]
    rows = {f"Board {place}": (count,) for place, count in enumerate([*shown, *states])}
    made = one_table(built(CYCLES, chapter(children(rows))))
    assert [row.cells[0].text for row in made.rows][:4] == ["12", "<5", "20–25", "nil"]
    assert made.total.cells[0].text == "33 to 41, from 4 of 7; 1 refused (section 12), 1 not held, 1 not due"


def test_a_small_number_leaves_the_network_nowhere_in_the_stored_report():
    exact = built(CYCLES, chapter(children({"A": (Count.exact(3),), "B": (Count.exact(977),)})))
    assert one_table(exact).rows[0].cells[0].number == 3
    made = built(AD, chapter(children({"A": (Count.exact(3),), "B": (Count.exact(977),)})))
    hidden = one_table(made).rows[0].cells[0]
    assert (hidden.text, hidden.number, hidden.count) == ("hidden", None, None)
    assert one_table(made).total.cells[0].text == "at least 977, from 1 of 2; 1 hidden"
    assert "980" not in words(made)


def test_a_single_figure_about_children_stays_inside_the_network():
    parts = (figure(Count.exact(980), about_children=True), figure(2, key="made.meetings"))
    assert [one.key for one in built(AD, chapter(*parts)).chapters[0].figures] == ["made.meetings"]
    assert len(built(CYCLES, chapter(*parts)).chapters[0].figures) == 2


def test_a_total_that_an_app_made_of_children_itself_is_not_shown_outside():
    whole = total([Count.exact(3), Count.exact(40)])
    made = built(AD, chapter(children({"All": (whole,), "A": (Count.exact(40),)})))
    assert one_table(made).rows[0].cells[0].text == "not shown"
    assert "43" not in words(made)


FIGURES = {"Kent": 40, "Medway": 50, "Surrey": 60}
NOT_HELD, SMALL = Count.state("not_held"), Count.exact(3)
TOO_FEW = "not shown: fewer than three authorities gave a figure"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"Kent": Count.exact(40), "Medway": NOT_HELD, "Surrey": NOT_HELD}, TOO_FEW),
        ({"Kent": Count.exact(40), "Medway": Count.exact(50)}, TOO_FEW),
        ({"Kent": Count.exact(40), "Medway": Count.exact(50), "Surrey": SMALL}, TOO_FEW),  # hidden: not in it
        ({"Kent: A": Count.exact(40), "Kent: B": Count.exact(50), "Kent: C": Count.exact(6)}, TOO_FEW),
        ({"Kent": NOT_HELD, "Medway": NOT_HELD}, "no figure, from 0 of 2; 2 not held"),
        ({name: Count.exact(number) for name, number in FIGURES.items()}, "150, from 3 of 3"),
    ],
)
def test_where_rows_are_withheld_a_total_of_fewer_than_three_is_not_shown(cells, says):
    rows = {label: (count,) for label, count in cells.items()}
    made = built(AD, chapter(children(rows, rows_audience="network")))
    assert one_table(made).total.cells[0].text == says
    assert one_table(made).rows == ()
    if says == TOO_FEW:
        assert not any(number in words(made) for number in ("40", "90", "50", "96"))
    members = one_table(built(CYCLES, chapter(children(rows, rows_audience="network"))))
    assert members.total.cells[0].text != TOO_FEW


def test_where_rows_are_shown_a_total_of_two_may_be_too():
    rows = {"A": (Count.exact(40),), "B": (Count.exact(50),)}
    assert one_table(built(AD, chapter(children(rows)))).total.cells[0].text == "90, from 2 of 2"


def test_figures_and_rows_go_only_into_a_report_whose_readers_may_see_them():
    parts = (
        table({"Secret row": (1,)}, key="members.only", audience="network"),
        children({name: (Count.exact(n),) for name, n in FIGURES.items()}, rows_audience="network"),
        figure(7, audience="network"),
        figure(8, key="made.open"),
    )
    made = built(AD, chapter(*parts, words="Words that name the secret row."))
    assert [one.key for one in made.tables()] == ["made.up"]
    assert one_table(made).rows == ()
    assert one_table(made).total.cells[0].text == "150, from 3 of 3"
    assert not any(name in words(made) for name in ("Secret", *FIGURES))
    inside = built(CYCLES, chapter(*parts))
    assert [len(one.rows) for one in inside.tables()] == [1, 3]
    assert len(inside.chapters[0].figures) == 2


def test_a_chapter_with_nothing_left_for_its_readers_is_left_out():
    made = built(AD, chapter(figure(1, audience="chairs")), chapter(figure(2), key="other"))
    assert [one.key for one in made.chapters] == ["other"]
    assert [line.number for line in made.lines()] == [1]


def test_counts_of_authorities_are_not_counts_of_children_and_stay_as_they_are():
    made = one_table(built(AD, chapter(table({"Yes": (3,), "No": (16,)}, total=True))))
    assert [row.cells[0].number for row in made.rows] == [3, 16]
    assert made.total.cells[0].number == 19


def test_what_an_app_withholds_outside_is_hidden_in_the_report_as_well():
    rows = {"A": (Count.exact(40),), "B": (Count.exact(50),)}
    made = one_table(built(AD, chapter(children(rows, withheld=frozenset({("B", "Number")})))))
    assert [row.cells[0].text for row in made.rows] == ["40", "hidden"]


def test_a_row_that_is_not_shared_says_so_and_only_small_numbers_are_called_hidden():
    rows = {"A": (Count.exact(40),), "B": (Count.exact(3),), "C": (Count.exact(50),), "D": (Count.exact(60),)}
    made = one_table(built(AD, chapter(children(rows, unshared=frozenset({"C", "D"})))))
    assert [row.cells[0].text for row in made.rows] == ["40", "hidden", "not shared", "not shared"]
    assert made.total.cells[0].text == "at least 40, from 1 of 4; 1 hidden, 2 not shared"
    inside = one_table(built(CYCLES, chapter(children(rows, unshared=frozenset({"C", "D"})))))
    assert [row.cells[0].text for row in inside.rows] == ["40", "3", "50", "60"]


@pytest.mark.parametrize(
    "held", [Count.exact(3), Count.exact(777), Count.nil(), Count.refused("12"), Count.state("late"), "words"]
)
def test_what_is_stored_of_a_row_that_is_not_shared_is_the_same_whatever_it_holds(held):
    """Also where a single cell of it would be hidden anyway, and where two rows have one name."""

    def stored(value):
        rows = (("A", Count.exact(40)), ("B", value), ("B", value))
        asked = children({})
        return words(
            built(
                AD,
                chapter(
                    replace(
                        asked,
                        rows=tuple(Row(label=label, cells=(cell,)) for label, cell in rows),
                        unshared=frozenset({"B"}),
                        withheld=frozenset({("B", "Number")}),
                    )
                ),
            )
        )

    assert json.loads(stored(held))["chapters"] == json.loads(stored(Count.exact(55)))["chapters"]


def test_what_one_report_did_not_share_a_later_one_does_not_show():
    """As before there were two words for it: what is shared later stays hidden in this table."""
    rows = {"A": (Count.exact(40),), "B": (Count.exact(50),)}
    first = built(AD, chapter(children(rows, unshared=frozenset({"B"}))))
    later = one_table(built(AD, chapter(children(rows)), before=seen_before([first.to_json()])))
    assert [row.cells[0].text for row in later.rows] == ["40", "hidden"]


# The attacker

PARTS = ("home", "foster", "other")
LIVING = Relation(parts=PARTS, total="all")
ROWS = {
    "A": (20, 3, 9, 32),
    "B": (1, 2, 30, 33),
    "C": (0, 4, 0, 4),
    "D": (40, 25, 12, 77),
    "E": (2, 2, 2, 6),
}


def living(rows):
    cells = {label: tuple(Count.exact(number) for number in row) for label, row in rows.items()}
    return chapter(children(cells, (*PARTS, "all"), relations=(LIVING,)))


def fitting(row):
    """Every whole row of numbers that fits what the stored report shows of it."""
    ranges = []
    for cell in row.cells:
        shown = cell.shown_count
        ranges.append(range(shown.bounds[0], shown.bounds[1] + 1) if shown else range(0, 60))
    return [numbers for numbers in itertools.product(*ranges[:3]) if sum(numbers) in ranges[3]]


@pytest.mark.parametrize("label", ROWS)
def test_nobody_recovers_a_hidden_small_number_from_its_row(label):
    made = Built.from_json(json.loads(words(built(AD, living(ROWS)))))
    row = next(row for row in one_table(made).rows if row.label == label)
    possible = [(*numbers, sum(numbers)) for numbers in fitting(row)]
    assert ROWS[label] in possible
    for place, true in enumerate(ROWS[label]):
        if 1 <= true <= 4:
            assert row.cells[place].hidden
            assert {1, 2, 3, 4} <= {numbers[place] for numbers in possible}


@pytest.mark.parametrize("own", ROWS)
def test_nobody_recovers_a_hidden_number_from_the_totals_by_knowing_their_own_row(own):
    """The totals are the same whatever the hidden cells hold: so they tell nothing of them."""
    made = one_table(built(AD, living(ROWS)))
    hidden = [
        (row.label, place)
        for row in made.rows
        for place, cell in enumerate(row.cells)
        if cell.hidden and row.label != own
    ]
    assert hidden
    for place, column in enumerate(made.columns):
        shown = [row.cells[place].shown_count for row in made.rows if not row.cells[place].hidden]
        unseen = sum(row.cells[place].hidden for row in made.rows)
        expected = sum(count.bounds[0] for count in shown)
        words = made.total.cells[place].text
        assert words.startswith(
            f"at least {expected}" if unseen and shown else "no figure" if unseen else str(expected)
        ), column


def test_a_later_report_does_not_undo_what_an_earlier_one_hid():
    first = built(AD, living(ROWS))
    later_rows = ROWS | {"A": (20, 13, 9, 42)}  # what was small has grown
    before = seen_before([first.to_json()])
    later = one_table(built(AD, living(later_rows), before=before))
    for old, new in zip(one_table(first).rows, later.rows, strict=True):
        for was, now in zip(old.cells, new.cells, strict=True):
            assert now.hidden or not was.hidden


def test_the_difference_of_two_reports_tells_no_hidden_number():
    """One body's figure comes in between two reports: the totals' difference is only what is shown of it."""
    first = one_table(built(AD, living({name: ROWS[name] for name in "ABC"})))
    before = seen_before([built(AD, living({name: ROWS[name] for name in "ABC"})).to_json()])
    second = one_table(built(AD, living(ROWS), before=before))
    for label in "ABC":
        old = next(row for row in first.rows if row.label == label)
        new = next(row for row in second.rows if row.label == label)
        assert [cell.text for cell in old.cells] == [cell.text for cell in new.cells]
