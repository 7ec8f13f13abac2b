"""Small numbers stay hidden, from a reader who knows all that is shown, the sums, one row and the method.

The attackers here are written without the code that they attack: they try every table there could be.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.counts import Count, Total, total
from network.disclosure import Relation, Shown, is_small, protect, publish_count, published_total

SMALL = {1, 2, 3, 4}
ABC = Relation(("a", "b", "c"), "t")
Numbers = Mapping[str, int]


def counted(row: Numbers) -> dict[str, Count]:
    return {column: Count.exact(number) for column, number in row.items()}


def texts(row: Mapping[str, Shown]) -> dict[str, str]:
    return {column: str(cell) for column, cell in row.items()}


def shown(row: Mapping[str, str], *relations: Relation, **known: Mapping[str, Shown]) -> dict[str, str]:
    counts = {column: Count.parse(text) for column, text in row.items()}
    return texts(protect({"R": counts}, relations, before={"R": known.get("before", {})})["R"])


def holds(row: Numbers, relations: Iterable[Relation]) -> bool:
    for relation in relations:
        parts = sum(row[part] for part in relation.parts)
        whole = row[relation.total] + sum(row[more] for more in relation.more)
        if parts > whole or (relation.exact and parts != whole):
            return False
    return True


def rows_that_fit(
    cells: Mapping[str, Shown], relations: list[Relation], most: int
) -> Iterator[dict[str, int]]:
    """Every row that shows the same cells and keeps the sums: what a reader can work out by trying."""
    choices = [
        range(cell.count.bounds[0], cell.count.bounds[1] + 1)
        if cell.count is not None and cell.count.given
        else range(most + 1)
        for cell in cells.values()
    ]
    # Part of a row is given up as soon as a sum of which all is there does not hold.
    columns = list(cells)
    rows: Iterable[dict[str, int]] = [{}]
    for place, (column, choice) in enumerate(zip(columns, choices, strict=True), 1):
        due = [one for one in relations if column in one.columns and set(one.columns) <= {*columns[:place]}]
        rows = _longer(rows, column, choice, due)
    yield from rows


def _longer(
    rows: Iterable[dict[str, int]], column: str, choice: range, due: list[Relation]
) -> Iterator[dict[str, int]]:
    for row in rows:
        for number in choice:
            longer = {**row, column: number}
            if holds(longer, due):
                yield longer


def learned(cells: Mapping[str, Shown], relations: list[Relation], most: int = 30) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for row in rows_that_fit(cells, relations, most):
        for column, number in row.items():
            found[column].add(number)
    return found


# One number


@pytest.mark.parametrize("text", ["1", "4", "2-4", "3-5", "0 (to the nearest 5)", "<4"])
def test_a_number_of_1_to_4_or_as_good_as_that_is_hidden(text: str) -> None:
    assert str(publish_count(Count.parse(text))) == "hidden"


@pytest.mark.parametrize("text", ["nil", "5", "1,204", "<5", "1\u20135", "not held", "refused (section 12)"])
def test_nil_five_and_what_a_body_blurred_itself_is_shown(text: str) -> None:
    assert str(publish_count(Count.parse(text))) == text


# One row


def test_without_neighbours_hidden_subtraction_brings_a_small_number_back() -> None:
    row = {"a": 20, "b": 3, "c": 12, "t": 35}
    alone = {column: publish_count(count) for column, count in counted(row).items()}
    assert learned(alone, [ABC])["b"] == {3}  # the control: this attacker succeeds


def test_with_neighbours_hidden_it_does_not() -> None:
    row = {"a": 20, "b": 3, "c": 12, "t": 35}
    cells = protect({"R": counted(row)}, [ABC])["R"]
    assert texts(cells) == {"a": "20", "b": "hidden", "c": "hidden", "t": "35"}
    assert learned(cells, [ABC])["b"] >= SMALL


def test_a_row_without_small_numbers_is_shown_whole() -> None:
    row = {"a": 20, "b": 5, "c": 0, "t": 25}
    assert "hidden" not in texts(protect({"R": counted(row)}, [ABC])["R"]).values()


def test_a_body_s_own_less_than_five_stays_and_cannot_be_narrowed() -> None:
    found = shown({"a": "20", "b": "<5", "c": "12", "t": "35"}, ABC)
    assert found == {"a": "20", "b": "<5", "c": "hidden", "t": "35"}


def test_a_small_total_hides_its_parts() -> None:
    assert set(shown({"a": "3", "b": "nil", "c": "nil", "t": "3"}, ABC).values()) == {"hidden"}


def test_a_part_that_was_refused_does_not_serve_as_a_hiding_place() -> None:
    found = shown({"a": "20", "b": "3", "c": "refused (section 40)", "t": "23"}, ABC)
    assert found["c"] == "refused (section 40)"
    assert found["b"] == found["a"] == "hidden"  # who guesses that c is nought would have b


def test_a_sum_that_the_reply_contradicts_is_hidden_whole() -> None:
    assert set(shown({"a": "20", "b": "3", "c": "12", "t": "36"}, ABC).values()) == {"hidden"}
    assert "hidden" not in shown({"a": "20", "b": "6", "c": "12", "t": "36"}, ABC).values()


def test_a_total_of_one_sum_that_is_a_part_of_another_is_no_back_door() -> None:
    chain = [Relation(("a", "b"), "s"), Relation(("s", "c"), "t")]
    row = {"a": 1, "b": 1, "s": 2, "c": 9, "t": 11}
    cells = protect({"R": counted(row)}, chain)["R"]
    found = learned(cells, chain)
    assert all(found[column] >= SMALL for column in "abs")


def test_parts_of_at_most_a_total_are_not_squeezed_by_it() -> None:
    decided = [Relation(("yes", "no", "pending"), "assessed", exact=False)]
    row = {"yes": 20, "no": 8, "pending": 2, "assessed": 30}
    cells = protect({"R": counted(row)}, decided)["R"]
    assert learned(cells, decided)["pending"] >= SMALL
    assert texts(cells)["yes"] == "20"


def test_what_was_published_before_is_known_and_something_else_is_hidden() -> None:
    row = {"a": "20", "b": "3", "c": "12", "t": "35"}
    already = {"c": Shown(Count.exact(12))}
    found = shown(row, ABC, before=already)
    assert (found["c"], found["b"], found["a"]) == ("12", "hidden", "hidden")


def test_what_was_hidden_before_stays_hidden() -> None:
    row = {"a": "20", "b": "6", "c": "12", "t": "38"}
    assert shown(row, ABC, before={"b": Shown(None)})["b"] == "hidden"
    assert shown(row, ABC, before={"b": Shown(None)})["c"] == "hidden"


def test_a_refused_part_does_not_come_back_by_subtraction() -> None:
    found = shown({"a": "30", "b": "8", "c": "refused (section 40)", "t": "40"}, ABC)
    assert found == {"a": "30", "b": "hidden", "c": "refused (section 40)", "t": "40"}
    assert "hidden" not in shown({"a": "30", "b": "8", "c": "not held", "t": "50"}, ABC).values()


def test_nor_does_one_whose_total_is_missing_but_known_by_another_sum() -> None:
    row = {"a": "30", "b": "20", "c": "2", "d": "40", "e": "12", "t": "not answered"}
    sums = [ABC, Relation(("d", "e"), "t")]
    cells = protect({"R": {column: Count.parse(text) for column, text in row.items()}}, sums)["R"]
    assert texts(cells)["c"] == "hidden"
    assert learned(cells, sums, most=60)["c"] >= SMALL


TWO_WHOLES = [Relation(("x",), "a", exact=False, more=("b",)), Relation(("a", "b"), "t", exact=False)]


def test_what_is_at_most_two_wholes_together_gives_neither_away() -> None:
    row = {"a": 4, "b": 10, "x": 14, "t": 40}
    alone = {column: publish_count(count) for column, count in counted(row).items()}
    assert learned(alone, TWO_WHOLES)["a"] & SMALL == {4}  # the control: this attacker succeeds
    cells = protect({"R": counted(row)}, TWO_WHOLES)["R"]
    assert learned(cells, TWO_WHOLES)["a"] >= SMALL


figures = st.one_of(
    st.integers(0, 12).map(Count.exact),
    st.integers(1, 4).map(Count.exact),
    st.just(Count.less_than(5)),
    st.just(Count.nil()),
)
CHAIN = [Relation(("a", "b"), "s"), Relation(("s", "c"), "t", exact=False)]
LEAST = Relation(("a", "b"), "t", exact=False)


def exact_rows(sums: list[Relation]) -> st.SearchStrategy[dict[str, int]]:
    """Rows of true numbers that keep the sums."""
    part = st.integers(0, 9) | st.integers(1, 4)

    def complete(row: dict[str, int], extra: int) -> dict[str, int]:
        for relation in sums:
            more = 0 if relation.exact else extra
            row[relation.total] = sum(row[part] for part in relation.parts) + more
        return row

    columns = {part for relation in sums for part in relation.parts} - {r.total for r in sums}
    return st.builds(complete, st.fixed_dictionaries(dict.fromkeys(sorted(columns), part)), st.integers(0, 6))


@pytest.mark.parametrize("sums", [[ABC], [LEAST], CHAIN], ids=["exact", "at most", "chain"])
def test_no_small_number_can_be_told_by_trying_every_row(sums: list[Relation]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(exact_rows(sums))
    def attack(row: dict[str, int]) -> None:
        cells = protect({"R": counted(row)}, sums)["R"]
        found = learned(cells, sums, most=max([*row.values(), 8]) + 5)
        for column, number in row.items():
            assert number in found[column]  # what is shown is true
            if number in SMALL:
                assert cells[column].hidden
                assert found[column] >= SMALL
            if cells[column].hidden:
                assert len(found[column]) > 1

    attack()


THROUGH = [Relation(("a", "b"), "t"), Relation(("c", "d"), "t")]


@pytest.mark.parametrize("sums", [[ABC], CHAIN, THROUGH, TWO_WHOLES], ids=["exact", "chain", "two", "wholes"])
def test_nor_where_some_figures_were_refused_and_those_do_not_come_back_either(sums: list[Relation]) -> None:
    """A figure that wasn't given is some number too; it may come out as 5 or as nought, never as 1 to 4."""
    columns = sorted({column for relation in sums for column in relation.columns})

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def attack(data: st.DataObject) -> None:
        row = data.draw(st.fixed_dictionaries(dict.fromkeys(columns, st.integers(0, 9))).map(fitted(sums)))
        refused = data.draw(st.sets(st.sampled_from(columns), max_size=2))
        counts = counted(row) | dict.fromkeys(refused, Count.refused("40"))
        cells = protect({"R": counts}, sums)["R"]
        most = max([*row.values(), 8]) + 5
        for column, found in learned(cells, sums, most).items():
            if column in refused:
                assert not found & SMALL or found >= SMALL, (column, cells)
            elif row[column] in SMALL:
                assert found >= SMALL, (column, cells)

    attack()


def fitted(sums: list[Relation]) -> Callable[[dict[str, int]], dict[str, int]]:
    """A row of any numbers, made to keep the sums by enlarging or lessening them."""

    def fit(row: dict[str, int]) -> dict[str, int]:
        for relation in [*sums, *sums]:
            parts = sum(row[part] for part in relation.parts)
            whole = sum(row[each] for each in relation.wholes)
            if parts < whole and relation.exact:
                row[relation.parts[0]] += whole - parts
            elif parts > whole:
                row[relation.total] += parts - whole
        return row if holds(row, sums) else dict.fromkeys(row, 0)

    return fit


@pytest.mark.parametrize("sums", [[ABC], [LEAST]], ids=["exact", "at most"])
def test_nor_by_who_knows_the_method_and_tries_it_on_every_row(sums: list[Relation]) -> None:
    """All rows there could be, grouped by what would be shown of them: no group gives a hidden cell away."""
    most = 14
    groups: dict[tuple[tuple[str, str], ...], list[Numbers]] = defaultdict(list)
    parts = sums[0].parts
    for numbers in product(range(most + 1), repeat=len(parts)):
        for more in range(1 if sums[0].exact else most + 1):
            row = {**dict(zip(parts, numbers, strict=True)), "t": sum(numbers) + more}
            groups[tuple(texts(protect({"R": counted(row)}, sums)["R"]).items())].append(row)
    assert len(groups) > 100
    for cells, alike in groups.items():
        largest = "abc" if sums[0].exact or dict(cells)["t"] == "hidden" else "abt"
        if any(row.get(column, 0) >= most for row in alike for column in largest):
            continue  # this group goes on beyond the numbers tried
        for column, text in cells:
            if text == "hidden":
                assert len({row[column] for row in alike}) >= 4, (cells, column)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abct"), figures, min_size=1), st.randoms())
def test_the_same_cells_are_hidden_in_whatever_order_the_table_is_given(
    row: dict[str, Count], chance
) -> None:
    columns = list(row)
    chance.shuffle(columns)
    first = protect({"R": row, "S": row}, [ABC])
    assert first == protect({"S": row, "R": {column: row[column] for column in columns}}, [ABC])
    assert first["R"] == protect({"R": row}, [ABC])["R"]  # other rows make no difference


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcst"), figures | st.just(Count.refused("12")), min_size=1))
def test_whatever_is_shown_is_what_was_returned_and_nothing_small_is(row: dict[str, Count]) -> None:
    """Rows that contradict their own sums too: no row is too odd to be protected."""
    for column, cell in protect({"R": row}, [ABC, *CHAIN])["R"].items():
        if cell.count is None:
            assert row[column].given
        else:
            assert cell.count == row[column]
            assert not is_small(cell.count)


# Totals

tables = st.lists(exact_rows([ABC]), min_size=1, max_size=4)


def test_a_total_with_a_hidden_cell_says_no_more_than_is_shown() -> None:
    listed = [Count.parse(text) for text in ["12", "3", "21", "refused (section 12)", "not due"]]
    said = str(published_total(publish_count(count) for count in listed))
    assert said == "at least 33, from 2 of 5; 1 hidden, 1 refused (section 12), 1 not due"
    assert str(published_total([Shown(None), Shown(None)])) == "no figure, from 0 of 2; 2 hidden"
    assert published_total([Shown(Count.exact(5)), Shown(Count.nil())]) == Total(5, 5, 2)


@settings(deadline=None)
@given(tables)
def test_a_published_total_is_true(rows: list[dict[str, int]]) -> None:
    cells = protect(dict(enumerate(map(counted, rows))), [ABC])
    for column in "abct":
        found = published_total(row[column] for row in cells.values())
        true = sum(row[column] for row in rows)
        assert found.low <= true
        assert found.high is None or true <= found.high


@settings(max_examples=40, deadline=None)
@given(tables, st.data())
def test_totals_of_every_filter_and_one_s_own_row_tell_nothing_about_another_s(
    rows: list[dict[str, int]], data: st.DataObject
) -> None:
    """Any other row that fits what is shown gives every total, of every choice of bodies, unchanged.

    So a body that knows its own row, or its predecessor's as well, learns nothing by subtracting it.
    """
    cells = protect(dict(enumerate(map(counted, rows))), [ABC])
    victim = data.draw(st.sampled_from(sorted(cells)))
    for column, number in rows[victim].items():
        if number not in SMALL:
            continue
        for other in SMALL:
            fits = rows_that_fit(cells[victim], [ABC], most=max(rows[victim].values()) + 8)
            twin = next(row for row in fits if row[column] == other)
            assert holds(twin, [ABC])
            for chosen in product([False, True], repeat=len(rows)):
                real = published_total(cells[n][column] for n, taken in enumerate(chosen) if taken)
                with_twin = [
                    counted(twin)[column] if n == victim else counted(rows[n])[column]
                    for n, taken in enumerate(chosen)
                    if taken
                ]
                true = total(with_twin)
                assert real.low <= true.low
                assert real.high is None or true.low <= real.high


def test_the_control_a_total_made_from_what_members_see_gives_the_small_number_away() -> None:
    own, other = Count.exact(30), Count.exact(2)
    inside = total([own, other])
    assert inside.low - own.bounds[0] == 2
    outside = published_total([publish_count(own), publish_count(other)])
    assert (outside.low - own.bounds[0], outside.high) == (0, None)


def test_a_whole_reply_is_protected_quickly_and_keeps_its_large_numbers() -> None:
    places = Relation(("5.1", "5.2", "5.3", "5.4", "5.5", "5.6"), "1.7")
    funding = Relation(("2.1", "2.2"), "1.7")
    decided = Relation(("1.4", "1.5", "1.6"), "1.3", exact=False)
    numbers = {"5.1": 41, "5.2": 3, "5.3": 12, "5.4": 7, "5.5": 2, "5.6": 1, "1.7": 66, "2.1": 26, "2.2": 40}
    reply = counted(numbers | {"1.3": 36, "1.4": 20, "1.5": 8, "1.6": 6})
    cells = protect(dict.fromkeys(range(153), reply), [places, funding, decided])
    hidden = [column for column, cell in cells[0].items() if cell.hidden]
    assert hidden == ["5.2", "5.4", "5.5", "5.6"]
