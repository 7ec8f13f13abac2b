"""Honest totals, and what leaves the network."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from foi import casework
from foi.compare import compare
from foi.models import FoiRound, Item
from foi.models.outcomes import Code
from foi.reading import Reader
from network import dates
from network.people.models import Succession
from tests import foi_factories as make

PRODUCT = ["12", "<5", "20–25", "nil"]


@pytest.fixture
def round_(people, orgs, at) -> FoiRound:
    """Sent on 1 September, due on 29 September; it is the 21st."""
    round = make.sent_round(people.admin)
    at("2026-09-21")
    return round


def item(code: str) -> Item:
    return Item.objects.get(code=code)


def record(round, people, orgs, slug: str, code: str, written: str = "", **more) -> None:
    make.record(make.request_to(round, orgs[slug]), people.admin, code, written, **more)


@pytest.fixture
def as_the_product_words_it(round_, people, orgs) -> FoiRound:
    """12, <5, 20–25, nil, refused (section 12), not held, not due."""
    for slug, written in zip(make.ASKED, PRODUCT, strict=False):
        record(round_, people, orgs, slug, "1.1", written)
    record(round_, people, orgs, make.ASKED[1], "1.2", "0")  # it shows noughts: its <5 is 1 to 4
    record(round_, people, orgs, make.ASKED[4], "1.1", outcome=Code.REFUSED, sections="12")
    record(round_, people, orgs, make.ASKED[5], "1.1", outcome=Code.NOT_HELD)
    return round_


def test_a_total_is_worded_exactly_as_the_product_words_it(as_the_product_words_it, people):
    found = compare(as_the_product_words_it, item("1.1"), people.lead)
    assert found.years == ("2024/25", "2025/26")
    assert found.totals[1] == "33 to 41, from 4 of 7; 1 refused (section 12), 1 not held, 1 not due"
    assert found.totals[0] == "no figure, from 0 of 7; 7 not due"


def test_what_has_not_come_though_its_day_is_past_is_awaited_and_late(as_the_product_words_it, people, at):
    """The day itself is in time still; the day after, silence is named as what it is."""
    at("2026-09-29")
    assert compare(as_the_product_words_it, item("1.1"), people.lead).totals[1].endswith(", 1 not due")
    at("2026-09-30")
    found = compare(as_the_product_words_it, item("1.1"), people.lead)
    assert found.totals[1] == "33 to 41, from 4 of 7; 1 refused (section 12), 1 not held, 1 awaited (late)"
    assert found.totals[0] == "no figure, from 0 of 7; 7 awaited (late)"
    assert found.lines[-1].cells[1].text == "awaited (late)"


def test_silence_stays_late_while_a_review_or_a_complaint_of_it_runs(round_, people, orgs, at):
    at("2026-10-05")
    request = make.request_to(round_, orgs["sussex"])
    casework.record(request, "ask_review", by=people.admin, on=dates.today())
    assert "7 awaited (late)" in compare(round_, item("1.1"), people.lead).totals[1]
    at("2026-11-10")
    casework.record(request, "complain", by=people.admin, on=dates.today())
    assert "7 awaited (late)" in compare(round_, item("1.1"), people.lead).totals[1]


@pytest.mark.parametrize(
    ("move", "on", "says"),
    [
        ("ask_clarification", "2026-09-22", "not due"),  # no clock runs
        ("extend", "2026-09-22", "not due"),  # twenty days more
        ("answer_part", "2026-09-22", "awaited (late)"),  # what the part passed over is owed still
        ("acknowledge", "2026-09-22", "awaited (late)"),
    ],
)
def test_what_happened_to_the_clock_decides_whether_it_is_late(round_, people, orgs, at, move, on, says):
    at(on)
    request = make.request_to(round_, orgs["sussex"])
    casework.record(request, move, by=people.admin, on=dates.today())
    at("2026-10-05")
    lines = {line.body.slug: line for line in compare(round_, item("1.1"), people.lead).lines}
    assert lines["sussex"].cells[1].text == says


def test_what_was_asked_of_a_dissolved_body_is_lapsed_and_not_still_to_come(people, orgs, at):
    at("2026-03-02")
    round_ = make.foi_round(people.admin, year="2024/25")
    for slug in ("sussex", "kent-and-medway"):
        request = make.request_to(round_, orgs[slug])
        request.sent_to = orgs[slug]
        request.save()
        make.sent(request, people.admin, date(2026, 3, 2))
    at("2026-03-20")
    assert compare(round_, item("1.1"), people.lead).totals[-1] == "no figure, from 0 of 2; 2 not due"
    at("2026-04-02")
    casework.lapse_dissolved()
    found = compare(round_, item("1.1"), people.lead)
    assert found.totals[-1] == "no figure, from 0 of 2; 1 awaited (late), 1 lapsed (body dissolved)"
    assert {line.body.slug: line.cells[-1].text for line in found.lines}[
        "sussex"
    ] == "lapsed (body dissolved)"


def test_a_reply_page_and_what_a_partner_reads_say_the_same_of_silence(round_, people, orgs, at, sign_in):
    request = make.request_to(round_, orgs["kent-and-medway"])
    record(round_, people, orgs, "kent-and-medway", "1.1", "40")
    casework.share(request, by=people.admin)
    at("2026-10-05")
    for user in (people.lead, people.partner, people.other_partner):
        page = sign_in(user).get(request.get_absolute_url()).content.decode()
        assert "awaited (late)" in page
        assert "not due" not in page


def test_a_figure_on_another_basis_is_shown_and_stays_out_of_the_total(round_, people, orgs):
    record(round_, people, orgs, "kent-and-medway", "1.1", "40")
    record(round_, people, orgs, "sussex", "1.1", "99", outcome=Code.NOT_COMPARABLE, flags="calendar_year")
    found = compare(round_, item("1.1"), people.lead)
    assert found.totals[1] == "40, from 1 of 7; 1 not comparable, 5 not due"
    sussex = next(line for line in found.lines if line.body.slug == "sussex")
    assert sussex.cells[1].text == "99, not comparable [x]"
    assert "calendar year, not financial year" in found.notes
    assert dict(found.symbols).keys() == {"x"}


def test_a_figure_for_some_places_only_is_a_lower_bound(round_, people, orgs):
    record(round_, people, orgs, "kent-and-medway", "1.1", "40")
    record(round_, people, orgs, "sussex", "1.1", "10", outcome=Code.PARTLY_HELD)
    assert compare(round_, item("1.1"), people.lead).totals[1] == "at least 50, from 2 of 7; 5 not due"


def test_figures_counted_on_different_bases_are_not_added(round_, people, orgs):
    for slug in ("kent-and-medway", "sussex"):
        record(round_, people, orgs, slug, "2.1", "10", basis="in_year")
    record(round_, people, orgs, "frimley", "2.1", "70", basis="snapshot")
    found = compare(round_, item("2.1"), people.lead)
    assert found.totals[1] == "20, from 2 of 7; 1 not comparable, 4 not due"
    assert found.total_basis == "decided in the year"
    assert "70" not in found.reading


def test_money_and_words_say_what_they_leave_out(round_, people, orgs):
    record(round_, people, orgs, "kent-and-medway", "2.3", "£1.5 million")
    record(round_, people, orgs, "sussex", "2.3", outcome=Code.REFUSED, sections="43")
    assert compare(round_, item("2.3"), people.lead).totals[1] == (
        "£1,500,000, from 1 of 7; 1 refused (section 43), 5 not due"
    )
    record(round_, people, orgs, "kent-and-medway", "7.1", "yes", year="")
    assert compare(round_, item("7.1"), people.lead).totals == ["1 yes, from 1 of 7; 6 not due"]


def test_a_break_in_the_series_is_marked(round_, people):
    lines = {line.body.slug: line for line in compare(round_, item("1.1"), people.lead).lines}
    assert lines["sussex"].breaks == ("Break: succeeded on 1 April 2026 by NHS Surrey and Sussex ICB",)
    assert lines["frimley"].breaks[0].count("ICB") == 3
    assert lines["kent-and-medway"].breaks == ()


def test_a_year_in_which_the_body_began_says_so(people, orgs):
    round = make.sent_round(people.admin, years=["2022/23", "2025/26"])
    record(round, people, orgs, "kent-and-medway", "1.1", "40", year="2022/23")
    assert any("began on 1 July 2022" in note for note in compare(round, item("1.1"), people.lead).notes)


def test_the_download_holds_the_pages_values(as_the_product_words_it, people):
    found = compare(as_the_product_words_it, item("1.1"), people.lead)
    headers, rows = found.download()
    assert headers == ["Body", "2024/25", "2025/26", "Notes"]
    assert rows[0][2] == 12  # a real number
    assert rows[1][2] == "<5"
    assert rows[-1][2] == found.totals[1]


# Partners

LIVING = {"5.1": 60, "5.2": 3, "5.3": 9, "5.4": 7, "5.5": 2, "5.6": 6}


@pytest.fixture
def shared(round_, people, orgs) -> FoiRound:
    """Three bodies, of which one is shared with partners, one more is, and one is not."""
    for slug in ("kent-and-medway", "hampshire-and-isle-of-wight", "sussex"):
        for code, number in LIVING.items():
            record(round_, people, orgs, slug, code, str(number))
        record(round_, people, orgs, slug, "1.7", str(sum(LIVING.values())))
    for slug in ("kent-and-medway", "hampshire-and-isle-of-wight"):
        casework.share(make.request_to(round_, orgs[slug]), by=people.admin)
    return round_


def seen_by(user, round) -> dict[str, dict[str, str]]:
    """What a person sees for 2025/26: body → item → text."""
    found: dict[str, dict[str, str]] = {}
    for code in [*LIVING, "1.7"]:
        for line in compare(round, item(code), user).lines:
            found.setdefault(line.body.slug, {})[code] = line.cells[-1].text
    return found


def test_a_partner_sees_their_own_row_in_full_and_the_others_without_small_numbers(shared, people):
    seen = seen_by(people.partner, shared)
    assert set(seen) == {"kent-and-medway", "hampshire-and-isle-of-wight"}  # what is not shared is not there
    assert seen["kent-and-medway"] == {code: str(n) for code, n in LIVING.items()} | {"1.7": "87"}
    assert seen["hampshire-and-isle-of-wight"]["5.2"] == "hidden"
    assert seen["hampshire-and-isle-of-wight"]["5.5"] == "hidden"


def test_no_subtraction_brings_a_hidden_number_back(shared, people):
    """Try every way of filling the hidden cells that fits the shown ones: each of 1 to 4 remains possible."""
    row = seen_by(people.partner, shared)["hampshire-and-isle-of-wight"]
    hidden = [code for code in LIVING if row[code] == "hidden"]
    rest = int(row["1.7"]) - sum(int(row[code]) for code in LIVING if code not in hidden)
    fits = [fill for fill in product(range(rest + 1), repeat=len(hidden)) if sum(fill) == rest]
    for code in ("5.2", "5.5"):
        possible = {fill[hidden.index(code)] for fill in fits}
        assert {1, 2, 3, 4} <= possible


def test_totals_for_partners_are_made_of_what_they_see(shared, people):
    found = compare(shared, item("5.2"), people.other_partner)
    assert found.totals[1] == "no figure, from 0 of 2; 2 hidden"
    assert "3" not in found.totals[1]
    assert compare(shared, item("5.2"), people.lead).totals[1] == "9, from 3 of 7; 4 not due"


def test_a_partner_reads_the_bodies_that_theirs_came_from(people, orgs):
    own = Reader.of(people.other_partner).own
    assert own == {
        orgs[slug].pk
        for slug in ("thames-valley", "frimley", "buckinghamshire-oxfordshire-and-berkshire-west")
    }
    assert Reader.of(people.lead).member


def test_what_partners_have_seen_is_not_hidden_in_vain_nor_shown_later(shared, people, orgs):
    """A correction after sharing keeps hidden what was hidden."""
    record(shared, people, orgs, "hampshire-and-isle-of-wight", "5.3", "10")
    row = seen_by(people.partner, shared)["hampshire-and-isle-of-wight"]
    assert row["5.2"] == row["5.5"] == "hidden"


def test_a_partner_sees_no_note_and_no_course(shared, people, orgs, sign_in):
    request = make.request_to(shared, orgs["kent-and-medway"])
    make.record(request, people.admin, "1.1", "55", note="Counsel should see this")
    casework.record(request, "acknowledge", by=people.admin, on=make.SENT, note="Chased by telephone")
    page = sign_in(people.partner).get(request.get_absolute_url()).content.decode()
    assert "55" in page
    assert "Counsel should see this" not in page
    assert "Chased by telephone" not in page
    assert "replies@example.org" not in page


def test_a_body_that_took_over_a_part_of_another_shows_a_break_too(round_, people, orgs, at):
    kent, frimley = orgs["kent-and-medway"], orgs["frimley"]
    Succession.objects.create(
        predecessor=frimley,
        successor=kent,
        on=dates.parse_now("2026-09-10").date(),
        kind="split",
        state="in force",
    )
    lines = {line.body.slug: line for line in compare(round_, item("1.1"), people.lead).lines}
    assert lines["kent-and-medway"].breaks == ("Break: took over from NHS Frimley ICB on 10 September 2026",)


def test_the_chart_draws_a_range_from_where_it_begins_to_where_it_may_reach(round_, people, orgs):
    make.record(make.request_to(round_, orgs["kent-and-medway"]), people.admin, "1.1", "101–150")
    found = compare(round_, item("1.1"), people.lead)
    drawn = {label: (value, note) for label, value, note in found.bars}
    assert drawn[orgs["kent-and-medway"].name] == ((101, 150), "")
