"""The plan in a report: how it stood when the period ended."""

from datetime import date

import pytest

from actions import figures, plan
from network import dates
from network.audience import Audience
from network.dates import Period
from tests import actions_factories as make

pytestmark = pytest.mark.django_db
H1 = Period.parse("2026-H1")


def numbers(period=H1):
    [chapter] = figures.chapters(period)
    return {figure.key.removeprefix("actions."): figure.value for figure in chapter.figures}


def test_the_plan_is_told_as_it_stood_at_the_periods_end_whatever_happened_since(people):
    due = date(2026, 8, 1)
    late = make.action(people.admin, "Late then, done since", on=date(2026, 5, 1), due_on=due)
    make.moved(late, "start", people.admin, on=date(2026, 5, 2))
    make.moved(late, "finish", people.admin, on=date(2026, 10, 2))
    make.action(people.admin, "Not there yet", on=date(2026, 10, 1))
    early = make.action(people.admin, "Done before", on=date(2026, 1, 5))
    make.moved(early, "finish", people.admin, on=date(2026, 3, 31))
    within = make.action(people.admin, "Done within", on=date(2026, 1, 5))
    make.moved(within, "finish", people.admin, on=date(2026, 9, 30))

    assert numbers() == {"total": 3, "done": 2, "in_progress": 1, "overdue": 1, "done_within": 1}


def test_a_due_date_put_off_after_the_period_does_not_make_it_look_in_time(people):
    action = make.action(people.admin, on=date(2026, 5, 1), due_on=date(2026, 9, 1))
    with dates.at(date(2026, 10, 5)):
        plan.edit(action, {"due_on": date(2027, 1, 1)}, version=1, by=people.admin)
    assert numbers()["overdue"] == 1
    assert numbers(Period.parse("2026-H2"))["overdue"] == 1  # due 1 January, not done by 31 March
    with dates.at(date(2026, 11, 1)):
        plan.move(action, "finish", by=people.admin)
    assert numbers(Period.parse("2026-H2"))["overdue"] == 0


@pytest.mark.parametrize("audience", [Audience.CHAIRS, Audience.COORDINATOR, Audience.LEGAL])
def test_an_action_that_not_every_member_reads_is_not_even_a_number(people, audience):
    make.action(people.admin, on=date(2026, 5, 1), audience=audience, due_on=date(2026, 6, 1))
    assert set(numbers().values()) == {0}
    [chapter] = figures.chapters(H1)
    assert all(cell == 0 for row in chapter.tables[0].rows for cell in row.cells)


def test_the_rows_of_the_table_add_up_and_name_an_action_without_a_theme(people):
    make.action(people.admin, on=date(2026, 5, 1))
    make.action(people.admin, on=date(2026, 5, 1), theme=None)
    [chapter] = figures.chapters(H1)
    [table] = chapter.tables
    everything = table.columns.index("All")
    assert sum(int(str(row.cells[everything])) for row in table.rows) == 2
    assert table.rows[-1].label == "Not yet under a theme"
    assert table.chart
    assert table.columns[0] == "Done"


def test_the_page_behind_each_figure_shows_as_many_rows_as_the_figure_says(people, sign_in):
    for number in range(3):
        action = make.action(people.admin, f"Action {number}", on=date(2026, 1, 5), due_on=date(2026, 6, 1))
        if number:
            make.moved(action, "finish", people.admin, on=date(2026, 2 + 2 * number, 1))
    make.action(people.admin, "For chairs", on=date(2026, 5, 1), audience=Audience.CHAIRS)
    client = sign_in(people.admin)
    [chapter] = figures.chapters(H1)
    for figure in chapter.figures:
        table = client.get(figure.source.url).context["table"]
        assert len(table.rows) == figure.value == figure.source.rows, figure.key


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            (43, 26, 6, 10),
            "26 of the plan's 43 actions were done, 10 of them finished in this period. "
            "Of those not done, 6 were overdue.",
        ),
        (
            (3, 1, 1, 0),
            "1 of the plan's 3 actions were done, none of them finished in this period. "
            "Of those not done, 1 was overdue.",
        ),
        ((2, 0, 0, 0), "0 of the plan's 2 actions were done. Of those not done, none was overdue."),
        ((2, 2, 0, 2), "2 of the plan's 2 actions were done, 2 of them finished in this period."),
    ],
)
def test_what_was_overdue_is_never_said_of_what_was_done(numbers, said):
    total, done, overdue, within = numbers
    assert figures._words(total, done, overdue, within, H1) == f"At the end of 30 September 2026, {said}"
