"""No small number comes back, by subtraction across items, rounds, refusals, later answers or predecessors.

The attacker (tests/foi/attacker.py) reads what partners' pages show at every moment and tries all numbers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foi import casework
from foi.compare import compare
from foi.models import FoiRound, Item, Outcome, Request
from foi.models.outcomes import FOR_A_PART, NOT_AS_ASKED, Code
from foi.protection import Sheet, Tie, hidden_items, tells_all
from foi.sums import Rule
from network.counts import Count
from tests import foi_factories as make
from tests.foi import attacker
from tests.foi.attacker import NEEDS, PLACES, SMALL

DATA = json.loads((Path(casework.__file__).parent / "data" / "foi_items.json").read_text(encoding="utf-8"))
RULES = [Rule.from_json(each) for each in DATA["sum_rules"]]
COUNTS = [each["id"] for each in DATA["items"] if each["value_type"] == "count"]
FUNDED, NEEDED = (
    {"in_year": "1.4", "snapshot": "1.7"},
    {"referred": "1.1", "assessed": "1.3", "eligible": "1.4"},
)
YEAR = "2025/26"
LIVING = {"1.7": "60", "5.1": "30", "5.2": "8", "5.3": "9", "5.4": "6", "5.5": "5", "5.6": "2"}
LIVING_BUT_TWO = {code: text for code, text in LIVING.items() if code not in ("1.7", "5.6")}

Seen = dict[str, set[str]]


# Whole replies, decided without a database

few = st.integers(0, 4) | st.integers(0, 12)


@st.composite
def truths(draw: st.DrawFn, funded_on: str, needs_of: str) -> dict[str, int]:
    """A body's year of numbers that belong together."""
    year = {code: draw(few) for code in (*PLACES, "1.4", "1.5", "1.6", "6.2")}
    year["1.7"] = sum(year[code] for code in PLACES)
    year["1.3"] = year["1.4"] + year["1.5"] + year["1.6"] + draw(few)
    year["1.1"] = year["1.3"] + draw(few)
    year["1.2"] = year["1.1"] + draw(few)
    year["4.2"] = min(year["1.4"] + year["1.5"], draw(st.integers(0, 24)))
    year["6.1"], year["6.3"] = draw(few), year["6.2"] + draw(few)
    whole = year[FUNDED[funded_on]]
    year["2.1"] = min(whole, draw(few))
    year["2.2"] = whole - year["2.1"]
    left = year[NEEDED[needs_of]]
    for code in NEEDS[:3]:
        year[code] = min(left, draw(few))
        left -= year[code]
    year["3.4"] = left
    return year


class Partners:
    """What partners see of one body's year while replies are recorded and shared, and all they ever saw."""

    def __init__(
        self, truth: Mapping[str, int], bases: Mapping[str, str], ties: tuple[Tie, ...] = ()
    ) -> None:
        self.truth, self.bases, self.ties = truth, bases, ties
        self.replies: dict[int, dict[str, Count]] = defaultdict(dict)
        self.hidden: frozenset[str] = frozenset()
        self.known: dict[tuple[int, str], Count] = {}
        self.seen: Seen = defaultdict(set)
        self.marks: dict[tuple[int, str], str] = {}

    def record(
        self, reply: int, codes: list[str], blurred: bool, flagged: Mapping[str, tuple[str, int]]
    ) -> None:
        """`flagged`: what the reply gives instead of some numbers, and how it is marked."""
        for code in codes:
            how, number = flagged.get(code, ("", self.truth[code]))
            number = min(number, self.truth[code]) if how == PART else number
            small = blurred and number in SMALL and how != PART
            self.replies[reply][code] = Count.less_than(5) if small else Count.exact(number)
            self.marks[reply, code] = how
        sheets = [
            Sheet(
                body=1,
                figures=figures,
                bases={code: self.bases[code[0]] for code in figures if code[0] in self.bases},
                unlike=frozenset(code for code in figures if self.marks[each, code] == UNLIKE),
                part=frozenset(code for code in figures if self.marks[each, code] == PART),
                seen={code: count for (of, code), count in self.known.items() if of == each},
            )
            for each, figures in self.replies.items()
        ]
        self.hidden = hidden_items(sheets, RULES, before=self.hidden)
        for each, figures in self.replies.items():
            for code, count in figures.items():
                known = self.known.get((each, code))
                if code not in self.hidden or (known and tells_all(known, count)):
                    self.known[each, code] = known if known and tells_all(known, count) else count
                    self.seen[code].add(read_as(str(count), self.marks[each, code]))


UNLIKE, PART = "unlike", "part"


def read_as(text: str, mark: str) -> str:
    """A figure as a reader takes it who heeds how it is marked."""
    if mark == UNLIKE:
        return "not comparable"
    number = "0" if text == "nil" else text
    return f"{number}{attacker.OR_MORE}" if mark == PART and number.isdigit() else text


codes = st.sets(st.sampled_from(COUNTS), max_size=6)
flagged = st.dictionaries(
    st.sampled_from(COUNTS), st.tuples(st.sampled_from([UNLIKE, PART]), few | st.integers(0, 60)), max_size=4
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_small_number_of_a_body_s_year_comes_back_from_all_its_replies(data: st.DataObject) -> None:
    """Two rounds, each missing some figures, recorded in several goes while shared, in any order."""
    funded_on, needs_of = data.draw(st.sampled_from(list(FUNDED))), data.draw(st.sampled_from(list(NEEDED)))
    truth = data.draw(truths(funded_on, needs_of))
    partners = Partners(truth, {"2": funded_on, "3": needs_of})
    for reply in data.draw(st.lists(st.sampled_from([1, 2]), min_size=1, max_size=3)):
        missing = data.draw(codes)
        later = data.draw(codes) if reply in partners.replies else set()
        answered = [code for code in COUNTS if code not in missing | later]
        partners.record(reply, answered, data.draw(st.booleans()), data.draw(flagged))
    every = attacker.laws(FUNDED[funded_on], NEEDED[needs_of])
    ranges = attacker.ranges_of(partners.seen, COUNTS)
    for code, number in truth.items():
        told = attacker.told(ranges, every, code)
        if number in SMALL:
            assert told == SMALL, (code, number, partners.seen)
        else:
            assert not told or told == SMALL or code in partners.seen, (code, number, partners.seen)


def test_the_control_the_attacker_succeeds_where_only_small_cells_are_hidden() -> None:
    seen = {code: {text} for code, text in LIVING.items() if code != "5.6"}
    assert attacker.told(attacker.ranges_of(seen, COUNTS), attacker.laws(), "5.6") == {2}


# Bodies that came from others

SUCCESSOR, FIRST, SECOND = 1, 2, 3
MERGED = (Tie(SUCCESSOR, whole=(FIRST, SECOND)),)


def sheets_of(**rows: Mapping[str, int | str]) -> list[Sheet]:
    """Replies by body; a text is a state such as refused, which is no figure."""
    bodies = {"successor": SUCCESSOR, "first": FIRST, "second": SECOND}
    return [
        Sheet(bodies[name], {code: Count.exact(n) for code, n in row.items() if isinstance(n, int)})
        for name, row in rows.items()
    ]


def test_a_merged_body_s_figure_less_its_predecessor_s_is_not_the_other_predecessor_s_small_number() -> None:
    sheets = sheets_of(successor={"5.6": 12}, first={"5.6": 10}, second={"5.6": "refused"})
    assert "5.6" in hidden_items(sheets, RULES, MERGED)
    assert "5.6" in hidden_items(sheets_of(successor={"5.6": 12}, first={"5.6": 10}), RULES, MERGED)
    assert not hidden_items(sheets_of(successor={"5.6": 30}, first={"5.6": 10}), RULES, MERGED)


def test_what_is_hidden_of_a_predecessor_is_hidden_of_its_successor() -> None:
    sheets = sheets_of(successor={"6.1": 12}, first={"6.1": 10}, second={"6.1": 2})
    assert hidden_items(sheets, RULES, MERGED) == {"6.1"}
    assert "6.1" in hidden_items(sheets_of(successor={"6.1": 12}, second={"6.1": 2}), RULES, MERGED)


@pytest.mark.parametrize("pending", ["1", "2", "3", "4"])
def test_a_small_number_that_could_fill_what_a_whole_leaves_over_is_not_hidden_alone(pending: str) -> None:
    """1.4, 1.5 and 1.6 are at most 1.3. A reader subtracts all the same; whether they would be right shows
    nowhere, since the same is hidden whatever the small number is."""

    def hidden(assessed: str) -> frozenset[str]:
        figures = {"1.3": assessed, "1.4": "53", "1.5": "57", "1.6": pending, "1.7": "60"}
        return hidden_items([Sheet(1, {code: Count.parse(text) for code, text in figures.items()})], RULES)

    assert hidden("114") == {"1.5", "1.6"}
    assert hidden("115") == {"1.6"}


def test_a_newer_figure_that_counts_something_else_does_not_cover_an_older_comparable_one() -> None:
    """12 of the successor less the 10 of the older reply: 2, whatever the newer reply counts."""
    newer = Sheet(FIRST, {"5.6": Count.exact(50)}, unlike=frozenset({"5.6"}))
    sheets = [newer, *sheets_of(successor={"5.6": 12}, first={"5.6": 10})]
    assert "5.6" in hidden_items(sheets, RULES, MERGED)


def test_nor_does_a_total_that_only_the_successor_gives_finish_a_predecessor_s_sum() -> None:
    parts = {"5.1": 30, "5.2": 8, "5.3": 9, "5.4": 6, "5.5": 5, "5.6": 2}
    sheets = sheets_of(successor={"1.7": 100}, first={"1.7": 40}, second=parts)
    assert {"5.5", "5.6"} <= hidden_items(sheets, RULES, MERGED)


# The pages

BODY = "bedfordshire-luton-and-milton-keynes"


def rounds(people: Any, orgs: Any, *slugs: str) -> list[Request]:
    """Requests to one body for the same years, in rounds after each other."""
    asked = []
    for slug in slugs or ("foi-2026",):
        round = make.foi_round(people.admin, slug=slug)
        asked.append(make.sent(make.request_to(round, orgs[BODY]), people.admin))
    return asked


def record(request: Request, people: Any, figures: Mapping[str, str]) -> None:
    for code, text in figures.items():
        make.record(request, people.admin, code, text)


def read(people: Any, seen: Seen) -> None:
    """What a partner of another body reads now, added to what they read before."""
    for round in FoiRound.objects.visible_to(people.partner):
        for item in Item.objects.filter(code__in=COUNTS, version=round.version_id):
            for line in compare(round, item, people.partner, YEAR).lines:
                each = line.cells[0]
                mark = UNLIKE if each.summed.unlike else PART if each.summed.part else ""
                seen[item.code].add(read_as(each.text, mark))


def told(people: Any, code: str, seen: Seen | None = None) -> set[int]:
    seen = defaultdict(set) if seen is None else seen
    read(people, seen)
    return attacker.told(attacker.ranges_of(seen, COUNTS), attacker.laws(), code)


# Two replies of one year: what the flags say to skip in each, the other gives

GIVEN_IN_TWO: tuple[dict[str, str], dict[str, str]] = (
    {"1.7": "90", "5.1": "30", "5.2": "8", "5.3": "9", "5.4": "6", "5.5": "5"},
    {"1.7": "60", "5.1": "11"},
)
OTHERWISE = ("1.7", "5.1")  # in the first and in the second: not what was asked for


def share_both(people: Any, orgs: Any, order: tuple[int, int], marks: Mapping[str, str]) -> list[Request]:
    asked = rounds(people, orgs, "foi-2026", "foi-2025")
    for place in order:
        for code, text in GIVEN_IN_TWO[place].items():
            more = marks if code == OTHERWISE[place] else {}
            make.record(asked[place], people.admin, code, text, **more)
        for code in LIVING.keys() - GIVEN_IN_TWO[place].keys():
            make.record(asked[place], people.admin, code, outcome=Code.REFUSED, sections="12")
        casework.share(asked[place], by=people.admin)
    return asked


MARKS = [{"flags": flag} for flag in NOT_AS_ASKED]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
@pytest.mark.parametrize(
    "marks", [*MARKS, {"outcome": Code.NOT_COMPARABLE}], ids=lambda each: "".join(each.values())
)
def test_a_figure_that_a_flag_says_to_skip_does_not_hide_what_two_replies_together_tell(
    people, orgs, order, marks
) -> None:
    """60 − (30 + 8 + 9 + 6 + 5) = 2, which the board refused in both."""
    share_both(people, orgs, order, marks)
    assert told(people, "5.6") == SMALL


def test_a_flag_that_is_set_later_decides_anew(people, orgs) -> None:
    """The figures stay as they are; the page before sharing says what is hidden then."""
    first, second = rounds(people, orgs, "foi-2026", "foi-2025")
    record(first, people, GIVEN_IN_TWO[0])
    casework.share(first, by=people.admin)
    record(second, people, GIVEN_IN_TWO[1])
    hidden = Outcome.objects.filter(withheld=True).order_by("pk").values_list("pk", flat=True)
    before = set(hidden.all())
    make.record(second, people.admin, "5.1", "11", flags="calendar_year")
    now = set(hidden.all())
    assert now > before
    casework.share(second, by=people.admin)
    assert set(hidden.all()) == now


def test_the_largest_figure_for_a_part_bounds_what_is_left_whichever_reply_gave_it(people, orgs) -> None:
    """At least 30 of 60 lived at home, 28 elsewhere: of the place that was refused, 2 at most are left."""
    asked = rounds(people, orgs, "foi-2026", "foi-2025")
    first = {**GIVEN_IN_TWO[0], "1.7": "200"}
    for request, figures in zip(asked, (first, {"1.7": "60", "5.1": "22"}), strict=True):
        for code, text in figures.items():
            apart = {"1.7": "calendar_year"} if figures is first else {}
            flag = apart.get(code, "") or ("part_year" if code == "5.1" else "")
            make.record(request, people.admin, code, text, flags=flag)
    for request in reversed(asked):
        casework.share(request, by=people.admin)
    assert told(people, "5.6") == SMALL


def test_what_is_recorded_into_a_reply_that_is_shared_already_hides_its_neighbours(people, orgs) -> None:
    [request] = rounds(people, orgs)
    casework.share(request, by=people.admin)
    record(request, people, {"1.7": LIVING["1.7"]})
    record(request, people, {code: text for code, text in LIVING.items() if code != "1.7"})
    assert told(people, "5.6") == SMALL


def test_a_shared_reply_that_is_completed_later_gives_nothing_away_at_any_moment(people, orgs) -> None:
    [request] = rounds(people, orgs)
    record(request, people, LIVING_BUT_TWO)
    casework.share(request, by=people.admin)
    seen: Seen = defaultdict(set)
    for code in ("5.6", "1.7"):
        read(people, seen)
        record(request, people, {code: LIVING[code]})
    assert told(people, "5.6", seen) == SMALL


def test_a_number_that_was_first_given_as_fewer_than_five_is_no_easier_to_tell(people, orgs) -> None:
    """Partners don't forget what they read: '<5' three times, then exact numbers and their total."""
    [request] = rounds(people, orgs)
    casework.share(request, by=people.admin)
    seen: Seen = defaultdict(set)
    needs = {"3.1": "3", "3.2": "4", "3.3": "3", "3.4": "19"}
    for figures in (dict.fromkeys(NEEDS[:3], "<5") | {"3.4": "19"}, needs, {"1.4": "29"}):
        for code, text in figures.items():
            make.record(request, people.admin, code, text, basis="eligible" if code in NEEDS else "")
        make.record(request, people.admin, "6.1", "nil")  # so that '<5' is at least 1
        read(people, seen)
    for code in NEEDS[:3]:
        assert told(people, code, seen) == SMALL


def test_a_figure_that_is_taken_back_is_still_known(people, orgs) -> None:
    [request] = rounds(people, orgs)
    record(request, people, LIVING_BUT_TWO)
    casework.share(request, by=people.admin)
    seen: Seen = defaultdict(set)
    read(people, seen)
    make.record(request, people.admin, "5.5", outcome=Code.NOT_ANSWERED)
    record(request, people, {"5.6": "2", "1.7": "60"})
    assert told(people, "5.6", seen) == SMALL


def test_partners_do_not_forget_a_reply_that_is_taken_back(people, orgs) -> None:
    """What they read of the one while it was shared and what the other gives must not make a small number."""
    requests = rounds(people, orgs, "foi-2026", "foi-2025")
    record(requests[0], people, LIVING_BUT_TWO)
    casework.share(requests[0], by=people.admin)
    seen: Seen = defaultdict(set)
    read(people, seen)
    casework.take_back(requests[0], by=people.admin)
    after: Seen = defaultdict(set)
    read(people, after)
    assert not any(text not in ("", "not due") for texts in after.values() for text in texts)
    record(requests[1], people, {"5.6": "2", "1.7": "60"})
    casework.share(requests[1], by=people.admin)
    assert told(people, "5.6", seen) == SMALL


def test_a_reply_that_is_taken_back_and_shared_again_hides_what_it_hid(people, orgs) -> None:
    [request] = rounds(people, orgs)
    record(request, people, LIVING)
    casework.share(request, by=people.admin)
    seen: Seen = defaultdict(set)
    read(people, seen)
    hidden = set(Outcome.objects.filter(request=request, withheld=True).values_list("pk", flat=True))
    casework.take_back(request, by=people.admin)
    record(request, people, {"1.7": LIVING["1.7"], "5.1": LIVING["5.1"]})
    casework.share(request, by=people.admin)
    assert hidden <= set(Outcome.objects.filter(request=request, withheld=True).values_list("pk", flat=True))
    assert told(people, "5.6", seen) == SMALL


def test_what_was_recorded_after_it_was_taken_back_changes_nothing_that_partners_read(people, orgs) -> None:
    requests = rounds(people, orgs, "foi-2026", "foi-2025")
    record(requests[0], people, {"5.1": "30", "5.5": "12"})
    casework.share(requests[0], by=people.admin)
    casework.share(requests[1], by=people.admin)
    casework.take_back(requests[1], by=people.admin)
    before: Seen = defaultdict(set)
    read(people, before)
    record(requests[1], people, LIVING)
    record(requests[0], people, {"1.1": "50"})
    assert not Outcome.objects.filter(request=requests[1]).exclude(read=[]).exists()
    after: Seen = defaultdict(set)
    read(people, after)
    assert {code: texts for code, texts in after.items() if code != "1.1"} == {
        code: texts for code, texts in before.items() if code != "1.1"
    }


PLACED = {"1.7": 67, "5.1": 7, "5.2": 10, "5.3": 11, "5.4": 12, "5.5": 13, "5.6": 14}
LATER = {**PLACED, "5.2": 3, "1.7": 60}
SLIPS = [{}, *({code: PLACED[code] + 30} for code in PLACES if code != "5.2")]


@pytest.mark.parametrize("slips", [[], SLIPS], ids=["none", "each"])
@pytest.mark.parametrize("back", [True, False], ids=["back", "shared"])
def test_partners_do_not_forget_a_figure_that_was_mistyped_afterwards(people, orgs, slips, back) -> None:
    [request] = rounds(people, orgs)
    answer(request, people, PLACED)
    casework.share(request, by=people.admin)
    seen: Seen = defaultdict(set)
    read(people, seen)
    if back:
        casework.take_back(request, by=people.admin)
    for slip in slips:
        answer(request, people, slip)
    answer(request, people, LATER)
    casework.share(request, by=people.admin)
    for changed in ("5.2", "1.7"):
        seen[changed].clear()  # another number since; the others partners know
    assert told(people, "5.2", seen) == SMALL


def test_what_is_mistyped_while_it_is_taken_back_leaves_another_reply_as_careful(people, orgs) -> None:
    requests = rounds(people, orgs, "foi-2026", "foi-2025")
    record(requests[0], people, LIVING_BUT_TWO)
    casework.share(requests[0], by=people.admin)
    seen: Seen = defaultdict(set)
    read(people, seen)
    casework.take_back(requests[0], by=people.admin)
    record(requests[0], people, dict.fromkeys(LIVING_BUT_TWO, "99"))
    record(requests[1], people, {"5.6": "2", "1.7": "60"})
    casework.share(requests[1], by=people.admin)
    assert told(people, "5.6", seen) == SMALL


def test_a_slip_while_it_is_taken_back_hides_nothing_for_good(people, orgs) -> None:
    [request] = rounds(people, orgs)
    casework.share(request, by=people.admin)
    casework.take_back(request, by=people.admin)
    record(request, people, {"6.1": "3"})
    record(request, people, {"6.1": "30"})
    casework.share(request, by=people.admin)
    assert not Outcome.objects.get(request=request, item__code="6.1", year=YEAR).withheld


def test_a_sum_over_two_wholes_gives_no_small_number_away(people, orgs) -> None:
    [request] = rounds(people, orgs)
    figures = {"1.1": "60", "1.2": "66", "1.3": "40", "1.4": "4", "1.5": "10", "1.6": "5", "4.2": "14"}
    record(request, people, figures)
    casework.share(request, by=people.admin)
    assert told(people, "1.4") == SMALL


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_rounds_that_ask_for_the_same_year_do_not_complete_each_other(people, orgs, order) -> None:
    requests = rounds(people, orgs, "foi-2026", "foi-2025")
    record(requests[0], people, LIVING)
    record(requests[1], people, LIVING_BUT_TWO)
    seen: Seen = defaultdict(set)
    for place in order:
        casework.share(requests[place], by=people.admin)
        read(people, seen)
    assert told(people, "5.6", seen) == SMALL


@pytest.mark.parametrize("outcome", [Code.REFUSED, Code.NOT_ANSWERED, Code.NOT_HELD, Code.NOT_COMPARABLE])
def test_a_part_that_was_not_given_does_not_come_back_by_subtraction(people, orgs, outcome) -> None:
    [request] = rounds(people, orgs)
    record(request, people, {code: text for code, text in LIVING.items() if code != "5.6"})
    sections = "40" if outcome == Code.REFUSED else ""
    make.record(request, people.admin, "5.6", outcome=outcome, sections=sections)
    casework.share(request, by=people.admin)
    assert told(people, "5.6") == SMALL


def test_figures_given_for_some_places_only_are_protected_among_themselves(people, orgs) -> None:
    [request] = rounds(people, orgs)
    for code, text in LIVING.items():
        make.record(request, people.admin, code, text, outcome=Code.PARTLY_HELD)
    casework.share(request, by=people.admin)
    assert told(people, "5.6") == SMALL


def test_a_reply_that_is_not_shared_changes_nothing_that_partners_read(people, orgs) -> None:
    requests = rounds(people, orgs, "foi-2026", "foi-2025")
    record(requests[0], people, {"5.1": "30", "5.5": "12"})
    casework.share(requests[0], by=people.admin)
    before: Seen = defaultdict(set)
    read(people, before)
    record(requests[1], people, LIVING)
    after: Seen = defaultdict(set)
    read(people, after)
    assert after == before


@pytest.mark.once
@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_small_number_comes_back_from_the_pages_of_several_rounds(people, orgs, data) -> None:
    """The same attack on the pages: one body, two rounds, shared and completed in any order."""
    truth = data.draw(truths("snapshot", "eligible"))
    with transaction.atomic():
        asked = rounds(people, orgs, "foi-2026", "foi-2025")
        seen: Seen = defaultdict(set)
        for act, place in data.draw(st.permutations(STEPS)):
            if act == "share":
                casework.share(asked[place], by=people.admin)
            elif act == "take back":
                casework.take_back(asked[place], by=people.admin)
            else:
                missing = data.draw(codes)
                if not Request.objects.get(pk=asked[place].pk).is_shared:  # a slip that nobody outside reads
                    slips = data.draw(st.dictionaries(st.sampled_from(COUNTS), st.integers(0, 99)))
                    corrected = truth.keys() - missing
                    answer(asked[place], people, {code: n for code, n in slips.items() if code in corrected})
                marks = data.draw(flagged)
                given = {code: n for code, n in truth.items() if code not in missing}
                answer(asked[place], people, given, marks)
            read(people, seen)
        transaction.set_rollback(True)
    ranges = attacker.ranges_of(seen, COUNTS)
    for code, number in truth.items():
        if number in SMALL:
            assert attacker.told(ranges, attacker.laws(), code) == SMALL, (code, seen)


STEPS = [
    *(("share", 0), ("share", 1), ("record", 0), ("record", 1)),
    *(("record", 0), ("take back", 0), ("record", 0), ("share", 0)),
]


def answer(
    request: Request,
    people: Any,
    figures: Mapping[str, int],
    marks: Mapping[str, tuple[str, int]] | None = None,
) -> None:
    """Much of a reply at one stroke, on the bases of `attacker.laws()`; `marks` as for `Partners.record`."""
    rows = Outcome.objects.filter(request=request, year=YEAR, item__code__in=figures).select_related("item")
    outcomes = list(rows)
    for row in outcomes:
        how, number = (marks or {}).get(row.item.code, ("", figures[row.item.code]))
        number = min(number, figures[row.item.code]) if how == PART else number
        row.flags = {UNLIKE: NOT_AS_ASKED[0], PART: FOR_A_PART[0]}.get(how, "")
        row.outcome, row.written = Code.ANSWERED, str(number)
        row.basis = {"2": "snapshot", "3": "eligible"}.get(row.item.code[0], "")
        row.set_count(Count.exact(number))
    casework.save_outcomes(request, outcomes, by=people.admin)
