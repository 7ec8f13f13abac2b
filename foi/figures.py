"""What the FOI rounds tell a report: requests and replies of the period, and the newest round's figures.

Everything is computed from dated events: a request counts as answered from the day of its reply on, so that
a report of an earlier period does not change when a later reply comes. Figures are exact here; a report that
leaves the network is protected where it is built, with the same cells hidden as on the portal's own pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from foi import clock, deadlines
from foi.models import FoiRound, Item, Outcome, Request
from foi.models.outcomes import GIVING, Code
from foi.models.requests import REPLIED, RequestEvent, Status
from foi.totals import Addend, addend, beyond_break, on_one_basis, remarks
from network import dates
from network.counts import Count, Kind
from network.dates import Holidays, Period
from network.disclosure import Shown
from network.figures import Chapter, Figure, Row, Source, Table
from network.people.history import Break, both_sides, breaks_between, never_added, series_note
from network.people.models import BankHoliday, Succession

TABLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("referred", "Referred and found eligible", {"1.1": "Referred", "1.4": "Found eligible"}),
    ("funded", "Fully and part funded by the board", {"2.1": "Fully funded", "2.2": "Part funded"}),
    ("needs", "Presenting need", {"3.1": "Physical health", "3.2": "Mental ill health"}),
    ("six-weeks", "Decided within six weeks of referral", {"4.2": "Within six weeks"}),
    (
        "living",
        "Where eligible children lived on 31 March",
        {
            "5.1": "At home",
            "5.2": "Tier 4",
            "5.3": "Children’s home or residential school",
            "5.4": "Foster care",
            "5.5": "Hospital or hospice",
            "5.6": "Other or not known",
        },
    ),
    (
        "adults",
        "Young people and adult continuing healthcare",
        {"6.1": "Not eligible as a child, eligible later", "6.2": "Moved to adult care at 18"},
    ),
)

AWAITED_LATE = "Awaited, late"
LAPSED = "Lapsed"
OVERVIEW: dict[str, frozenset[str]] = {
    "Given": frozenset(GIVING - {Code.NOT_COMPARABLE}),
    "On another basis": frozenset({Code.NOT_COMPARABLE}),
    "Refused": frozenset({Code.REFUSED}),
    "Not held": frozenset({Code.NOT_HELD}),
    "Not answered": frozenset({Code.NOT_ANSWERED}),
    "Not due": frozenset({Code.NOT_DUE}),
    AWAITED_LATE: frozenset(),
    LAPSED: frozenset(),
    "Not applicable": frozenset({Code.NOT_APPLICABLE}),
}

UNDATED = "Day not recorded"  # a column only where it is needed
HEADINGS: dict[Kind | None, str] = {
    Kind.LATE: AWAITED_LATE,
    Kind.LAPSED: LAPSED,
    Kind.NOT_RECORDED: UNDATED,
}


def chapters(period: Period) -> Iterator[Chapter]:
    last = min(period.last, dates.today())
    course = _course(period, last)
    newest = _newest_round(last)
    if newest is None and not course.sent:
        return
    tables = tuple(_round_tables(newest, last, course.waiting)) if newest else ()
    yield Chapter(
        key="foi",
        title="Freedom of Information requests",
        order=30,
        figures=_figures(course),
        tables=tables,
        words=_words(course, newest),
    )


# The course of requests in the period


@dataclass(frozen=True)
class _Course:
    period: Period
    sent: list[RequestEvent]
    answered: list[RequestEvent]
    refused: list[RequestEvent]
    on_time: int
    overdue: int
    running: list[RequestEvent]  # one of each request whose clock ran on the last day
    undated: frozenset[int]  # requests with answers recorded, and not their day: neither answered nor overdue
    waiting: Mapping[int, Kind]  # by request why it has no answer, where that is not that it is not due yet


def _course(period: Period, last: date) -> _Course:
    events = list(
        RequestEvent.objects.filter(on__lte=last)
        .select_related("request__round", "request__body")
        .order_by("request", "pk")
    )
    within = [event for event in events if event.on in period]
    replies = [event for event in within if event.kind in REPLIED]
    holidays = BankHoliday.known()
    clocks = deadlines.clocks(events, last, holidays)
    undated = frozenset(deadlines.undated(clocks))
    running = (clock.State.RUNNING, clock.State.OVERDUE)
    ran = {request for request, each in clocks.items() if each.state in running}
    return _Course(
        period=period,
        sent=[event for event in within if event.kind == Status.SENT],
        answered=[event for event in replies if event.kind == Status.RESPONDED],
        refused=[event for event in replies if event.kind == Status.REFUSED],
        on_time=sum(_in_twenty_days(clocks[event.request_id], holidays) for event in replies),
        overdue=sum(
            each.state is clock.State.OVERDUE and request not in undated for request, each in clocks.items()
        ),
        running=[
            one for request, one in {event.request_id: event for event in events}.items() if request in ran
        ],
        undated=frozenset(request for request in undated if clocks[request].responded is None),
        waiting=dict(_without_answer(clocks, undated)),
    )


def _without_answer(clocks: Mapping[int, clock.Clock], undated: frozenset[int]) -> Iterator[tuple[int, Kind]]:
    for request, each in clocks.items():
        if each.state is clock.State.LAPSED:
            yield request, Kind.LAPSED
        elif each.owed:
            yield request, Kind.NOT_RECORDED if request in undated else Kind.LATE


def _in_twenty_days(one: clock.Clock, holidays: Holidays) -> bool:
    """Within 20 working days of receipt, or of the clarification; an extended request is not."""
    if one.started is None or one.responded is None:
        return False
    return one.responded <= clock.due(one.started, clock.ANSWER_DAYS, holidays)


def _figures(course: _Course) -> tuple[Figure, ...]:
    label = course.period.label
    replied = course.answered + course.refused
    return (
        _figure("foi.sent", "FOI requests sent", course.sent, f"Requests sent in {label}"),
        _figure("foi.answered", "FOI requests answered", course.answered, f"Answers received in {label}"),
        _figure(
            "foi.refused", "FOI requests refused as a whole", course.refused, f"Refusals received in {label}"
        ),
        Figure(
            key="foi.on_time",
            label="FOI replies within 20 working days",
            value=f"{course.on_time} of {len(replied)}",
            source=Source(says=f"Replies received in {label}", url=_url(replied), rows=len(replied)),
        ),
        Figure(
            key="foi.overdue",
            label="FOI replies overdue at the end",
            value=course.overdue,
            source=Source(
                says="Requests whose clock ran on the last day",
                url=_url(course.running),
                rows=len(course.running),
            ),
        ),
    )


def _figure(key: str, label: str, events: Sequence[RequestEvent], says: str) -> Figure:
    source = Source(says=says, url=_url(events), rows=len(events))
    return Figure(key=key, label=label, value=len(events), source=source)


def _url(events: Sequence[RequestEvent]) -> str:
    """The requests of the one round that the events belong to, else the list of rounds."""
    rounds = {event.request.round for event in events}
    if len(rounds) != 1:
        return reverse("foi_round_list")
    of = ",".join(sorted({event.request.body.slug for event in events}))
    return f"{rounds.pop().get_absolute_url()}?of={of}"


# The newest round's figures


def _newest_round(last: date) -> FoiRound | None:
    """The round sent last of those with a reply up to that day."""
    replied = RequestEvent.objects.filter(kind__in=REPLIED, on__lte=last).values("request_id")
    latest = (
        Request.objects.filter(pk__in=replied)
        .select_related("round__version")
        .order_by("-round__created_at", "-round_id")
        .first()
    )
    return latest.round if latest else None


def _round_tables(round: FoiRound, last: date, waiting: Mapping[int, Kind]) -> Iterator[Table]:
    replied = set(
        RequestEvent.objects.filter(request__round=round, kind__in=REPLIED, on__lte=last).values_list(
            "request_id", flat=True
        )
    )
    asked = list(
        Request.objects.filter(round=round, sent_on__lte=last).select_related("body").order_by("body__name")
    )
    yield _overview(round, asked, replied, waiting)
    broken = series_note(_breaks(round, asked, last))
    codes = [code for _, _, columns in TABLES for code in columns]
    replies = _Replies(
        round=round,
        asked=asked,
        items={item.code: item for item in Item.objects.filter(version=round.version_id, code__in=codes)},
        cells=_counts(round, asked, replied, codes),
        waiting=waiting,
        sides=both_sides([request.body for request in asked]),
    )
    shared = replies.shared()
    for key, caption, columns in TABLES:
        inside, outside = (_table(each, key, caption, columns, broken) for each in (replies, shared))
        yield replace(inside, outside=outside)


def _breaks(round: FoiRound, asked: Sequence[Request], last: date) -> list[Break]:
    """What became of the boards that were asked, from the year that is shown to the report's last day."""
    return breaks_between([request.body for request in asked], round.period.first, last)


def _overview(
    round: FoiRound, asked: Sequence[Request], replied: set[int], waiting: Mapping[int, Kind]
) -> Table:
    """How many answers of each question were given, refused and so on: counts of answers, not of children."""
    import pandas as pd

    rows = list(
        Outcome.objects.filter(request__in=asked).values_list("request_id", "item__question", "outcome")
    )
    heading = {code: name for name, codes in OVERVIEW.items() for code in codes}
    frame = pd.DataFrame(
        [
            (
                question,
                HEADINGS.get(waiting.get(request))
                or heading[outcome if request in replied else Code.NOT_DUE],
            )
            for request, question, outcome in rows
        ],
        columns=["question", "heading"],
    )
    columns = (*OVERVIEW, UNDATED) if UNDATED in set(frame["heading"]) else tuple(OVERVIEW)
    counted = pd.crosstab(frame["question"], frame["heading"]).reindex(columns=list(columns), fill_value=0)
    return Table(
        key=f"foi.overview.{round.slug}",
        caption=f"What came back, question by question: {round.title}",
        label_heading="Question",
        columns=columns,
        rows=tuple(
            Row(label=f"{number}. {round.version.question(number)}", cells=tuple(map(int, cells)))
            for number, cells in zip(counted.index.tolist(), counted.to_numpy().tolist(), strict=True)
        ),
        source=Source(
            says=f"Outcomes recorded for each item and year of {len(asked)} requests",
            url=round.get_absolute_url(),
            rows=len(rows),
        ),
        reading=_overview_reading(Counter(frame["heading"].tolist()), len(rows)),
    )


def _overview_reading(counted: Mapping[str, int], asked: int) -> str:
    given, refused = counted.get("Given", 0), counted.get("Refused", 0)
    not_held = counted.get("Not held", 0)
    late = counted.get(AWAITED_LATE, 0)
    words = f"Of {asked} answers asked for, {given} were given, {refused} refused and {not_held} not held"
    return f"{words}; {late} {'is' if late == 1 else 'are'} awaited and late." if late else f"{words}."


_Cells = dict[tuple[int, str], Outcome]


def _counts(round: FoiRound, asked: Sequence[Request], replied: set[int], codes: Sequence[str]) -> _Cells:
    rows = Outcome.objects.filter(
        request__in=[request for request in asked if request.pk in replied],
        item__code__in=codes,
        item__value_type=Item.Type.COUNT,
        year=round.reporting_year,
    ).select_related("item")
    return {(row.request_id, row.item.code): row for row in rows}


@dataclass(frozen=True, kw_only=True)
class _Replies:
    """What one round's requests came to by the report's last day."""

    round: FoiRound
    asked: Sequence[Request]
    items: Mapping[str, Item]
    cells: _Cells
    waiting: Mapping[int, Kind]
    sides: Sequence[Succession]

    def addend(self, request: Request, code: str) -> Addend:
        outcome = self.cells.get((request.pk, code))
        if outcome:
            return addend(outcome)
        return Addend(Shown(Count.state(self.waiting.get(request.pk, Kind.NOT_DUE))))

    def shared(self) -> _Replies:
        """As readers outside know them: of a reply that is not shared nothing, whatever it holds."""
        known = {request.pk for request in self.asked if request.is_shared}
        return replace(
            self,
            cells={key: cell for key, cell in self.cells.items() if key[0] in known},
            waiting={request: kind for request, kind in self.waiting.items() if request in known},
        )


def _column(replies: _Replies, code: str) -> list[Addend]:
    """One item's cells as a total takes them.

    Of a body and what came after it, only one is in the sum: nothing is added across a break.
    """
    column = [(request.body_id, replies.addend(request, code)) for request in replies.asked]
    given = {body for body, each in column if each.given}
    apart = never_added(replies.sides, given, replies.round.period.last)
    addends = [each.apart(beyond_break(apart[body])) if body in apart else each for body, each in column]
    item = replies.items.get(code)  # a round on another version of the items may not have asked it
    return on_one_basis(item, addends) if item else addends


def _table(replies: _Replies, key: str, caption: str, columns: Mapping[str, str], broken: str) -> Table:
    round = replies.round
    names = [request.body.full_name for request in replies.asked]
    addends = {code: _column(replies, code) for code in columns}
    rows, withheld = [], set()
    for place, request in enumerate(replies.asked):
        request.round = round
        row = {code: addends[code][place] for code in columns}
        shown = tuple(each.as_returned for each in row.values())
        rows.append(Row(label=names[place], cells=shown, url=request.get_absolute_url()))
        withheld |= {(names[place], columns[code]) for code in _withheld(request, replies.cells, row)}
    first = next(iter(columns))
    return Table(
        key=f"foi.{key}.{round.slug}",
        caption=f"{caption}, {round.reporting_year}",
        label_heading="Integrated care board",
        columns=tuple(columns.values()),
        rows=tuple(rows),
        source=Source(
            says=f"Items {', '.join(columns)} of {round.title}, for {round.reporting_year}",
            url=f"{reverse('foi_item_compare', args=[round.slug])}?item={first}&year={round.reporting_year}",
            rows=len(rows) * len(columns),
        ),
        reading=f"What the boards gave under the Freedom of Information Act for {round.reporting_year}. "
        f"{broken}".strip(),
        about_children=True,
        total=True,
        chart=key == "referred",
        withheld=frozenset(withheld),
        unshared=frozenset(
            name for name, request in zip(names, replies.asked, strict=True) if not request.is_shared
        ),
        remarks=tuple(each for code in columns for each in remarks(names, columns[code], addends[code])),
    )


def _withheld(request: Request, cells: _Cells, row: Mapping[str, Addend]) -> Iterator[str]:
    """The items whose cell no reader outside sees: small numbers, and a reply not yet shared with partners.

    A published report is read by partners too: it must not be the door to what they are not shown elsewhere.
    Where a state stands in the place of a figure there is none to hide.
    """
    for code, each in row.items():
        outcome = cells.get((request.pk, code))
        if not request.is_shared or (outcome and outcome.withheld and each.given):
            yield code


def _words(course: _Course, newest: FoiRound | None) -> str:
    replies = len(course.answered) + len(course.refused)
    during = course.period.during
    words = (
        f"{during[0].upper()}{during[1:]}, "
        f"{_many(len(course.sent), 'request was sent', 'requests were sent')}, "
        f"{_of_them(course.answered)} answered and {_of_them(course.refused)} refused as a whole."
    )
    if replies:
        words += f" {course.on_time} of {replies} replies came within 20 working days."
    if course.undated:
        words += (
            f" Of {_many(len(course.undated), 'request', 'requests')} answers are recorded, and not the day "
            "on which they came: so nothing is said of their time."
        )
    if newest:
        words += f" The figures below are those of “{newest.title}”, as replied by then."
    return words


def _of_them(requests: Sized) -> str:
    number = len(requests)
    return f"{number or 'none'} {'was' if number < 2 else 'were'}"


def _many(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"
