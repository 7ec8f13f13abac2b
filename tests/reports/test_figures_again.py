"""Every figure of the demonstration's reports, worked out again from the tables by other code.

Nothing here knows the apps' figure modules: plain rows, plain sums. What a report for outside readers hides
is then attacked with all that the stored report shows.
"""

import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction

from actions.models import Action, Theme, Update
from cypcc_portal.reports import acts
from cypcc_portal.reports.models import Kind, Report
from foi.models import Outcome, Request, RequestEvent
from network.dates import Period
from network.meetings.models import Attendance, Decision, Meeting
from network.people.models import BankHoliday
from questionnaires.models import Answer, Return

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

AS_OF = "2026-11-22"
NOW = Period.parse("2026-11")
LONDON = ZoneInfo("Europe/London")
OTHER = {"referrals_not_children", "calendar_year", "adults_included", "snapshot_date_differs"}  # as seeded
STATES = {"not_held": "not held", "not_recorded": "not recorded", "declined": "declined"}


@pytest.fixture(scope="module")
def reports(django_db_setup, django_db_blocker):
    """The demonstration's reports as JSON, by kind and period; the database is as it was afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", "--seed", "7", "--as-of", AS_OF, verbosity=0)
        yield {(one.kind, one.period): one for one in Report.objects.all()}
        transaction.set_rollback(True)


def span(period):
    """First and last day of a period, by its key."""
    year = int(period[:4])
    if period.endswith("H1"):
        return date(year, 4, 1), date(year, 9, 30)
    if period.endswith("H2"):
        return date(year, 10, 1), date(year + 1, 3, 31)
    month = int(period[5:])
    after = date(year + (month == 11), (month + 2) % 12, 1)
    return date(year, month, 1), after - timedelta(days=1)


def figures(report):
    return {one["key"]: one for chapter in report.figures["chapters"] for one in chapter["figures"]}


def tables(report):
    return {one["key"]: one for chapter in report.figures["chapters"] for one in chapter["tables"]}


def texts(table):
    return [(row["label"], [cell["text"] for cell in row["cells"]]) for row in table["rows"]]


def long(day):
    return f"{day.day} {day:%B %Y}"


def each(reports):
    assert len(reports) == 5
    return [(report, *span(report.period)) for report in reports.values()]


def test_meetings_and_attendance(reports):
    for report, first, last in each(reports):
        held = [one for one in Meeting.objects.order_by("on") if first <= one.on <= last]
        came = {one.pk: {row.organisation.name for row in one.attendance.all()} for one in held}
        shown, listed = figures(report), tables(report)
        assert shown["meetings.held"]["cell"]["number"] == len(held)
        assert shown["meetings.represented"]["cell"]["number"] == len(set().union(*came.values()))
        assert [(label, cells[0]) for label, cells in texts(listed["meetings.by_meeting"])] == [
            (long(one.on), str(len(came[one.pk]))) for one in held
        ]
        times = Counter(name for names in came.values() for name in names)
        for label, (number, _) in texts(listed["meetings.by_authority"]):
            assert int(number) == times[label]
        rows = Attendance.objects.filter(meeting__in=held).count()
        assert shown["meetings.represented"]["source"]["rows"] == rows > 0


def test_decisions(reports):
    for report, first, last in each(reports):
        decided = [
            one
            for one in Decision.objects.select_related("item__meeting__notes")
            if first <= one.item.meeting.on <= last and one.item.meeting.notes.status == "agreed"
        ]
        counted = [
            one
            for one in decided
            if one.item.audience in ("published", "partners", "network")
            or (one.published and one.item.audience != "legal")
        ]
        assert figures(report)["decisions.made"]["cell"]["number"] == len(counted)
        told = {one.text for one in counted if one.published}
        stored = json.dumps(report.figures, ensure_ascii=False)
        for one in decided:
            may_stand = one.text in told or (report.kind == "bi-monthly" and one in counted)
            assert (json.dumps(one.text, ensure_ascii=False)[1:-1] in stored) == may_stand


def test_the_action_plan_as_it_stood(reports):
    for report, first, last in each(reports):
        end = datetime.combine(last + timedelta(days=1), time(), tzinfo=LONDON)
        begin = datetime.combine(first, time(), tzinfo=LONDON)
        states = {moment: stood(moment) for moment in (begin, end)}
        now = states[end]
        numbers = Counter(state for state, _, _ in now.values())
        late = {
            pk for pk, (state, due, _) in now.items()
            if state in ("not_started", "in_progress") and due is not None and due < last
        }  # fmt: skip
        finished = {
            pk for pk, (state, _, _) in now.items()
            if state == "done" and states[begin].get(pk, ("",))[0] != "done"
        }  # fmt: skip
        shown = {key: one["cell"]["number"] for key, one in figures(report).items()}
        assert shown["actions.total"] == len(now) > 0
        assert shown["actions.done"] == numbers["done"]
        assert shown["actions.in_progress"] == numbers["in_progress"]
        assert shown["actions.overdue"] == len(late)
        assert shown["actions.done_within"] == len(finished)
        table = tables(report)["actions.by_theme"]
        for label, cells in texts(table):
            theme = Theme.objects.filter(title=label).values_list("pk", flat=True).first()
            own = {pk: row for pk, row in now.items() if row[2] == theme}
            by_state = Counter(state for state, _, _ in own.values())
            expected = [by_state[state] for state in ("done", "in_progress", "not_started", "stopped")]
            assert [int(cell) for cell in cells] == [*expected, len(own), len(late & own.keys())]
        assert [cell["number"] for cell in table["total"]["cells"]] == [
            sum(int(cells[place]) for _, cells in texts(table)) for place in range(6)
        ]


def stood(moment):
    """State, due date and theme of each action that all members read, replayed update by update."""
    plan = {}
    for update in Update.objects.order_by("at", "pk").select_related("action"):
        if update.at < moment and update.action.audience in ("published", "partners", "network"):
            plan[update.action_id] = (update.status, update.due_on, update.action.theme_id)
    assert Action.objects.count() >= len(plan)
    return plan


def test_the_course_of_foi_requests(reports):
    for report, first, last in each(reports):
        events = [one for one in RequestEvent.objects.all() if first <= one.on <= last]
        kinds = Counter(one.kind for one in events)
        shown = figures(report)
        assert shown["foi.sent"]["cell"]["number"] == kinds["sent"]
        assert shown["foi.answered"]["cell"]["number"] == kinds["responded"]
        assert shown["foi.refused"]["cell"]["number"] == kinds["refused"]
        assert shown["foi.on_time"]["cell"]["text"].endswith(f" of {kinds['responded'] + kinds['refused']}")


def foi_tables(report):
    return {
        key: table for key, table in tables(report).items()
        if key.startswith("foi.") and table["about_children"]
    }  # fmt: skip


def foi_truth(table, last):
    """Low, high, basis and whether it counts something else, or None, for each board and item of a table,
    straight from the outcomes."""
    named = re.search(r"Items? (.*) of ", table["source"]["says"])
    assert named
    codes = named[1].split(", ")
    year = table["source"]["says"].rsplit("for ", 1)[1]
    slug = table["key"].split(".")[2]
    truth = {}
    for request in Request.objects.filter(round__slug=slug, sent_on__lte=last).select_related("body"):
        replied = request.events.filter(kind__in=("responded", "refused"), on__lte=last).exists()
        row = []
        for code in codes:
            outcome = Outcome.objects.filter(request=request, item__code=code, year=year).first()
            counts = (
                outcome and outcome.outcome in ("answered", "answered_in_reply") and outcome.low is not None
            )
            other = counts and bool(OTHER & set(outcome.flags.split(",")))
            row.append((outcome.low, outcome.high, outcome.basis, other) if replied and counts else None)
        truth[request.body.full_name] = row
    return truth


def due_on(request, last):
    """The day on which the answer was due as things stood on `last`; None while no clock ran."""
    free = set(BankHoliday.objects.values_list("on", flat=True))
    start, days = None, 20
    for event in request.events.filter(on__lte=last).order_by("on", "pk"):
        if event.kind in ("received", "clarified"):
            start, days = event.on, 20
        elif event.kind == "clarification_requested":
            start = None
        elif event.kind == "public_interest_extension":
            days = 40
        elif event.kind == "lapsed_body_dissolved":
            return None
    if start is None:
        return None
    while days:
        start += timedelta(days=1)
        days -= start.weekday() < 5 and start not in free
    return start


def test_what_has_not_come_says_whether_it_is_late(reports):
    """In the stored reports, and in one drawn up today, when one of the demonstration's boards is late."""
    said: Counter[str] = Counter()
    today = Report(kind="bi-monthly", figures=acts.gather(Kind.BI_MONTHLY, NOW).built.to_json())
    for report, _, last in [*each(reports), (today, None, date.fromisoformat(AS_OF))]:
        for table in foi_tables(report).values():
            slug = table["key"].split(".")[2]
            for request in Request.objects.filter(round__slug=slug, sent_on__lte=last).select_related("body"):
                if request.events.filter(kind__in=("responded", "refused"), on__lte=last).exists():
                    continue
                due = due_on(request, last)
                expected = "awaited (late)" if due and last > due else "not due"
                row = next(row for row in table["rows"] if row["label"] == request.body.full_name)
                for cell in row["cells"]:
                    assert cell["hidden"] or cell["text"] == expected, (table["key"], row["label"])
                    said[cell["text"]] += 1
    assert said["not due"]
    assert said["awaited (late)"]


def test_foi_figures_and_their_totals(reports):
    """Each figure as recorded; one on another basis than those beside it is not comparable and not summed."""
    seen = 0
    for report, _, last in each(reports):
        for table in foi_tables(report).values():
            truth = foi_truth(table, last)
            assert {row["label"] for row in table["rows"]} == set(truth)
            for place in range(len(table["columns"])):
                seen += check_column(
                    [(row["cells"][place], truth[row["label"]][place]) for row in table["rows"]], table["key"]
                )
            check_totals(table)
    assert seen > 50


def check_column(pairs, key):
    shown = [(cell, true) for cell, true in pairs if cell["count"] and cell["count"]["low"] is not None]
    for cell, true in shown:
        assert true is not None, key
        assert (cell["count"]["low"], cell["count"]["high"]) == true[:2], key
    bases = {true[2] for _, true in shown}
    assert len(bases) <= 1
    assert not any(true[3] for _, true in shown)
    for cell, true in pairs:
        if true is not None and not cell["hidden"] and (cell, true) not in shown:
            assert cell["text"] == "not comparable"
            assert true[3] or true[2] not in bases
    return len(shown)


def check_totals(table):
    """The total of each column, from what is shown: bounds, and how many of how many."""
    for place, cell in enumerate(table["total"]["cells"]):
        column = [row["cells"][place] for row in table["rows"]]
        given = [one["count"] for one in column if one["count"] and one["count"]["low"] is not None]
        hidden = sum(one["hidden"] for one in column)
        left_out = sum(
            bool(one["count"]) and one["count"]["kind"] in ("not_asked", "not_applicable") for one in column
        )
        low, high = sum(one["low"] for one in given), sum(one["high"] for one in given)
        figure = (
            "no figure"
            if not given
            else f"at least {low:,}"
            if hidden
            else f"{low:,}"
            if low == high
            else f"{low:,} to {high:,}"
        )
        assert cell["text"].startswith(f"{figure}, from {len(given)} of {len(column) - left_out}"), table[
            "key"
        ]


def test_small_numbers_of_children_stand_nowhere_in_a_report_for_outside_readers(reports):
    attacked = 0
    for report, _, last in each(reports):
        if report.kind != "ad-safeguarding":
            continue
        for table in foi_tables(report).values():
            truth = foi_truth(table, last)
            for row in table["rows"]:
                for cell, expected in zip(row["cells"], truth[row["label"]], strict=True):
                    if expected and expected[0] == expected[1] and 1 <= expected[0] <= 4:
                        assert cell["hidden"]
                        assert cell["number"] is None
                        assert cell["count"] is None
                        attacked += 1
    assert attacked > 0


def test_totals_are_made_of_shown_cells_alone_and_leave_every_hidden_one_open(reports):
    """Who takes from a total all that is shown, their own row too, is left with nought and no upper end."""
    attacked = 0
    for report, _, _ in each(reports):
        if report.kind != "ad-safeguarding":
            continue
        for table in foi_tables(report).values():
            check_totals(table)
            for place, total in enumerate(table["total"]["cells"]):
                column = [row["cells"][place] for row in table["rows"]]
                if not any(cell["hidden"] for cell in column):
                    continue
                shown = [cell["count"]["low"] or 0 for cell in column if cell["count"]]
                at_least = re.match(r"at least ([\d,]+),", total["text"])
                left = (int(at_least[1].replace(",", "")) if at_least else 0) - sum(shown)
                assert left == 0
                assert total["number"] is None
                attacked += 1
    assert attacked > 0


def answer_text(value):
    if value["state"] == "exact":
        return f"{int(value['value']):,}" if int(value["value"]) else "nil"
    return "nil" if value["state"] == "nil" else STATES[value["state"]]


def test_questionnaire_figures(reports):
    seen: Counter[str] = Counter()
    for report, _, last in each(reports):
        for key, table in tables(report).items():
            if not key.startswith("questionnaire."):
                continue
            _, slug, code = key.split(".")
            shared = Return.objects.filter(round__slug=slug, status="submitted", approved=True)
            ours = [one.pk for one in shared if one.submitted_at.astimezone(LONDON).date() <= last]
            rows = Answer.objects.filter(for_return__in=ours, question__code=code, submitted=True)
            values = [
                (row, row.value) for row in rows.select_related("for_return__authority", "icb") if row.value
            ]
            assert table["source"]["rows"] == len(values)
            if table["about_children"]:
                seen["children"] += children_again(report, table, values)
            else:
                counted = Counter(
                    one for _, value in values for one in (value if isinstance(value, list) else [value])
                )
                assert texts(table) == [(label, [str(counted[label])]) for label, _ in texts(table)]
                assert sum(counted.values()) == sum(int(cells[0]) for _, cells in texts(table))
                seen["options"] += 1
    assert seen["children"] > 1
    assert seen["options"] > 5


def children_again(report, table, values):
    truth = defaultdict(str)
    for row, value in values:
        icb = f": {row.icb.full_name}" if row.icb else ""
        truth[f"{row.for_return.authority.name}{icb}"] = answer_text(value)
    outside = report.kind == "ad-safeguarding"
    if not outside:
        assert {label: cells[0] for label, cells in texts(table)} == truth
        check_totals(table)
        return 1
    assert table["rows"] == []  # which authority returned what is for members
    given = [int(text.replace(",", "")) for text in truth.values() if text[0].isdigit()]
    nought = sum(text == "nil" for text in truth.values())
    shown = [number for number in given if number > 4]
    whose = {
        label.split(": ")[0]
        for label, text in truth.items()
        if text == "nil" or (text[0].isdigit() and int(text.replace(",", "")) > 4)
    }
    if 0 < len(whose) < 3:  # a total of one or two is that authority's own figure
        assert table["total"]["cells"][0]["text"].startswith("not shown: fewer than three")
        return 1
    assert f"from {len(shown) + nought} of {len(truth)}" in table["total"]["cells"][0]["text"]
    if len(shown) < len(given):
        assert table["total"]["cells"][0]["text"].startswith(
            f"at least {sum(shown):,}" if shown or nought else "no figure"
        )
    return 1


def test_a_reply_that_is_not_shared_with_partners_is_no_row_of_a_report_that_they_read(reports):
    """A published report is read by partners and observers: it is a door like any other."""
    kept = {(one.round.slug, one.body.full_name) for one in Request.objects.filter(shared_on__isnull=True)}
    told = set()
    for (kind, _), report in reports.items():
        for key, table in tables(report).items():
            if kind != "ad-safeguarding" or not key.startswith("foi.") or not table["about_children"]:
                continue
            for label, cells in texts(table):
                about = (key.split(".")[2], label)
                told.add(about)
                assert about not in kept or set(cells) == {"not shared"}, (key, label, cells)
    assert kept & told, "the demonstration has a reply that is not shared"
    assert told - kept, "and one that is"
