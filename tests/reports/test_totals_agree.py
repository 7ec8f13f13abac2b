"""One rule for what adds up: the comparison and the reports give one total, in number and words."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from cypcc_portal.reports import build
from cypcc_portal.reports.models import Kind
from foi import casework
from foi.compare import compare
from foi.models import Item
from foi.models.outcomes import FLAGS, FOR_A_PART, NOT_AS_ASKED, Code
from foi.totals import NOT_STATED
from network.dates import Period
from tests import foi_factories as make

pytestmark = pytest.mark.django_db

SUSSEX = "NHS Sussex ICB"


@pytest.fixture
def round_(people, orgs, at):
    """Every board answered 1.1 and 2.1, with numbers that none needs protection for; all is shared."""
    round = make.sent_round(people.admin)
    at("2026-09-21")
    for place, slug in enumerate(make.ASKED):
        request = make.request_to(round, orgs[slug])
        make.record(request, people.admin, "1.1", str(100 + place))
        make.record(request, people.admin, "2.1", str(40 + place), basis="in_year")
        casework.record(request, "answer", by=people.admin, on=date(2026, 9, 20))
    return round


@pytest.fixture
def sussex(round_, people, orgs):
    """Records what Sussex says instead, and shares all."""

    def record(code, written, **more):
        make.record(make.request_to(round_, orgs["sussex"]), people.admin, code, written, **more)
        for slug in make.ASKED:
            casework.share(make.request_to(round_, orgs[slug]), by=people.admin)

    return record


def compared(round_, code, user):
    found = compare(round_, Item.objects.get(code=code), user, "2025/26")
    return found.totals[0], found.left_out


def reported(kind, period, column):
    """Total and notes of the report's column, the year taken off the comparison's words by the caller."""
    made = build.draft(kind, Period.parse(period), {}).built
    [table] = [table for table in made.tables() if column in table.columns and table.total]
    return table.total.cells[table.columns.index(column)].text, table.notes


def all_say(round_, people, code, column):
    """Total and words that every door gives; the words name the year in one place, the column in another."""
    said = [compared(round_, code, user) for user in (people.lead, people.admin, people.partner)]
    said += [reported(Kind.AD_SAFEGUARDING, "2026-H1", column), reported(Kind.BI_MONTHLY, "2026-09", column)]
    same = {(total, tuple(one.replace(f"({column})", "(2025/26)") for one in notes)) for total, notes in said}
    assert len(same) == 1, same
    return same.pop()


def test_where_all_count_the_same_every_door_gives_the_whole_sum_and_leaves_nothing_out(
    round_, people, sussex
):
    sussex("1.1", "106")
    assert all_say(round_, people, "1.1", "Referred") == ("721, from 7 of 7", ())


@pytest.mark.parametrize("flag", NOT_AS_ASKED)
def test_a_figure_that_counts_something_else_is_in_no_total_and_every_door_says_why(
    flag, round_, people, sussex
):
    sussex("1.1", "9000", flags=flag)
    assert all_say(round_, people, "1.1", "Referred") == (
        "615, from 6 of 7; 1 not comparable",
        (f"Left out of the total, as not comparable: {SUSSEX} (2025/26): {FLAGS[flag]}.",),
    )


def test_an_answer_that_is_recorded_as_not_comparable_is_left_out_the_same_way(round_, people, sussex):
    sussex("1.1", "9000", outcome=Code.NOT_COMPARABLE)
    total, notes = all_say(round_, people, "1.1", "Referred")
    assert total == "615, from 6 of 7; 1 not comparable"
    assert notes == (f"Left out of the total, as not comparable: {SUSSEX} (2025/26): on another basis.",)


@pytest.mark.parametrize(("basis", "words"), [("snapshot", "on the caseload at 31 March"), ("", NOT_STATED)])
def test_what_is_counted_on_another_basis_than_most_is_left_out_and_both_bases_are_named(
    basis, words, round_, people, sussex
):
    sussex("2.1", "9000", basis=basis)
    total, notes = all_say(round_, people, "2.1", "Fully funded")
    assert total == "255, from 6 of 7; 1 not comparable"
    assert f"{SUSSEX} (2025/26): {words}, while most count decided in the year." in notes[0]
    found = compare(round_, Item.objects.get(code="2.1", version=round_.version), people.admin, "2025/26")
    row = next(line for line in found.lines if line.body.full_name == SUSSEX)
    assert row.cells[0].text == "9,000, not comparable [x]"
    assert "9,000" not in found.reading
    assert not [value for label, value, _ in found.bars if value == 9000]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        *(({"flags": flag}, FLAGS[flag]) for flag in FOR_A_PART),
        ({"outcome": Code.PARTLY_HELD}, "given for some places only"),
    ],
)
def test_a_figure_for_a_part_is_a_lower_bound_at_every_door(more, why, round_, people, sussex):
    sussex("1.1", "50", **more)
    assert all_say(round_, people, "1.1", "Referred") == (
        "at least 665, from 7 of 7",
        (f"In the total as a lower bound, so that it says “at least”: {SUSSEX} (2025/26): {why}.",),
    )


@pytest.mark.parametrize("flag", sorted(FLAGS.keys() - {*NOT_AS_ASKED, *FOR_A_PART}))
def test_a_flag_that_changes_nothing_of_what_is_counted_keeps_the_figure_in(flag, round_, people, sussex):
    sussex("1.1", "106", flags=flag)
    assert all_say(round_, people, "1.1", "Referred") == ("721, from 7 of 7", ())


def test_a_break_leaves_one_side_out_with_the_same_reason_at_every_door(round_, people, orgs, sussex):
    from network.people.models import Succession

    Succession.objects.create(
        predecessor=orgs["frimley"],
        successor=orgs["kent-and-medway"],
        on=date(2026, 1, 1),
        kind="split",
        state="in force",
    )
    sussex("1.1", "106")
    total, notes = all_say(round_, people, "1.1", "Referred")
    assert total == "619, from 6 of 7; 1 not comparable"
    assert notes[0].endswith("NHS Frimley ICB (2025/26): break: NHS Kent and Medway ICB gave a figure too.")


def test_page_and_downloads_of_the_comparison_say_the_same(round_, people, sussex, sign_in):
    sussex("1.1", "9000", flags="calendar_year")
    total, (why,) = compared(round_, "1.1", people.lead)
    client = sign_in(people.lead)
    address = f"/foi/{round_.slug}/compare/?item=1.1&year=2025/26"
    page = client.get(address).content.decode()
    assert total in page
    assert why in page
    assert "9,000, not comparable [x]" in page
    sheet = load_workbook(io.BytesIO(client.get(f"{address}&export=xlsx").content)).active
    cells = [str(cell) for row in sheet.values for cell in row if cell is not None]
    assert {total, why} <= set(cells)
    assert "9,000, not comparable [x]" in cells
    csv = client.get(f"{address}&export=csv").content.decode()
    assert f'"{total}"' in csv
    assert why in csv


def test_the_reports_page_and_workbook_say_what_their_totals_leave_out(round_, people, sussex, sign_in):
    from tests import reports_factories as reports

    sussex("1.1", "9000", flags="calendar_year")
    reports.report(Kind.AD_SAFEGUARDING)
    client = sign_in(people.admin)
    words = f"Left out of the total, as not comparable: {SUSSEX} (Referred): {FLAGS['calendar_year']}."
    page = client.get("/reports/ad-safeguarding/2026-H1/").content.decode()
    assert words in page
    assert "9,000" not in page
    book = load_workbook(io.BytesIO(client.get("/reports/ad-safeguarding/2026-H1.xlsx").content))
    assert any(
        words in str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
    )


def test_nothing_is_said_of_a_reply_that_is_not_shared(round_, people, orgs):
    make.record(make.request_to(round_, orgs["sussex"]), people.admin, "1.1", "9000", flags="calendar_year")
    total, notes = reported(Kind.AD_SAFEGUARDING, "2026-H1", "Referred")
    assert total == "no figure, from 0 of 7; 7 not shared"
    assert notes == ()
    assert reported(Kind.BI_MONTHLY, "2026-09", "Referred")[1] != ()


def test_a_total_says_at_least_where_a_part_is_in_it_and_not_where_a_state_stands_in_its_place(
    round_, people, sussex
):
    sussex("1.1", "", outcome=Code.REFUSED, sections="12", flags="")
    assert all_say(round_, people, "1.1", "Referred") == ("615, from 6 of 7; 1 refused (section 12)", ())


# Hidden, and not comparable or for a part as well


@pytest.mark.parametrize(
    ("code", "column", "more", "total"),
    [
        ("1.1", "Referred", {"flags": "calendar_year"}, "615, from 6 of 7; 1 not comparable"),
        ("1.1", "Referred", {"outcome": Code.NOT_COMPARABLE}, "615, from 6 of 7; 1 not comparable"),
        ("2.1", "Fully funded", {"basis": "snapshot"}, "255, from 6 of 7; 1 not comparable"),
        ("1.1", "Referred", {"flags": "part_year"}, "at least 615, from 6 of 7; 1 hidden"),
        ("1.1", "Referred", {}, "at least 615, from 6 of 7; 1 hidden"),
    ],
)
def test_a_hidden_figure_is_in_one_state_and_outside_every_door_gives_it_the_same(
    code, column, more, total, round_, people, sussex
):
    """Not comparable comes before hidden, and hidden before a part."""
    sussex(code, "3", **more)
    found, words = reported(Kind.AD_SAFEGUARDING, "2026-H1", column)
    assert compared(round_, code, people.other_partner) == (
        found,
        tuple(one.replace(f"({column})", "(2025/26)") for one in words),
    )
    assert found == total
    assert bool(words) == ("not comparable" in total)


def test_the_total_beside_a_hidden_figure_is_the_same_whatever_it_is(round_, people, sussex):
    said = set()
    for number in "1234":
        sussex("1.1", number, flags="calendar_year")
        said.add((*compared(round_, "1.1", people.other_partner), *whole_table("Referred")))
    assert len(said) == 1


# Replies that are not shared


def whole_table(column):
    """All that the published report says in the table that has this column."""
    made = build.draft(Kind.AD_SAFEGUARDING, Period.parse("2026-H1"), {}).built
    return [repr(table) for table in made.tables() if column in table.columns and table.total]


SHARED, UNSHARED = make.ASKED[4:], make.ASKED[:4]
CONTENTS = (
    {"written": "9000", "basis": "snapshot"},
    {"written": "9000", "basis": "in_year"},
    {"written": "9000", "basis": ""},
    {"written": "3", "basis": "snapshot"},
    {"written": "nil", "basis": "snapshot"},
    {"written": "50", "basis": "snapshot", "flags": "calendar_year"},
    {"written": "50", "basis": "snapshot", "flags": "part_year"},
    {"written": "50", "basis": "snapshot", "outcome": Code.NOT_COMPARABLE},
    {"written": "50", "basis": "snapshot", "outcome": Code.PARTLY_HELD},
    {"outcome": Code.REFUSED, "sections": "12", "basis": ""},
    {"outcome": Code.NOT_HELD, "basis": ""},
    {"outcome": Code.NOT_ANSWERED, "basis": ""},
)


@pytest.fixture
def few_shared(round_, people, orgs):
    """Three boards' replies are shared. Of two pairs across a break one is shared as a whole, one in half."""
    from network.people.models import Succession

    for predecessor, successor in (("frimley", "sussex"), ("surrey-heartlands", "kent-and-medway")):
        Succession.objects.create(
            predecessor=orgs[predecessor],
            successor=orgs[successor],
            on=date(2026, 1, 1),
            kind="split",
            state="in force",
        )
    for slug in SHARED:
        casework.share(make.request_to(round_, orgs[slug]), by=people.admin)
    return round_


def test_a_published_table_is_the_same_to_the_byte_whatever_is_in_the_replies_that_are_not_shared(
    few_shared, people, orgs
):
    said: dict[str, set[tuple[str, ...]]] = {"1.1": set(), "2.1": set()}
    for content in CONTENTS:
        for slug in UNSHARED:
            for code in said:
                make.record(
                    make.request_to(few_shared, orgs[slug]),
                    people.admin,
                    code,
                    **{"sections": "", "flags": ""} | content | ({"basis": ""} if code == "1.1" else {}),
                )
        said["1.1"].add(tuple(whole_table("Referred")))
        said["2.1"].add(tuple(whole_table("Fully funded")))
    assert {code: len(tables) for code, tables in said.items()} == {"1.1": 1, "2.1": 1}


@pytest.mark.parametrize(("code", "column"), [("1.1", "Referred"), ("2.1", "Fully funded")])
def test_basis_breaks_and_reasons_outside_rest_on_shared_replies_alone_at_every_door(
    code, column, few_shared, people, orgs
):
    for slug in UNSHARED:
        request = make.request_to(few_shared, orgs[slug])
        make.record(request, people.admin, "2.1", "50", basis="snapshot")
    found, words = reported(Kind.AD_SAFEGUARDING, "2026-H1", column)
    total, notes = compared(few_shared, code, people.other_partner)
    assert found.split(", from")[0] == f"at least {total.split(', from')[0]}"  # some are not shared
    assert found.endswith("; 1 not comparable, 4 not shared") or found.endswith(
        "4 not shared, 1 not comparable"
    )
    assert tuple(one.replace(f"({column})", "(2025/26)") for one in words) == notes
    assert ["NHS Surrey Heartlands ICB" in one for one in notes] == [True]
    assert "while most count" not in notes[0]
    assert "Frimley" not in notes[0]


def test_the_networks_own_report_rests_on_all_replies(few_shared, people, orgs):
    for slug in UNSHARED:
        make.record(make.request_to(few_shared, orgs[slug]), people.admin, "2.1", "50", basis="snapshot")
    total, notes = reported(Kind.BI_MONTHLY, "2026-09", "Fully funded")
    assert total.startswith("150, from 3 of 7")
    assert "decided in the year, while most count on the caseload at 31 March" in notes[0]
