"""What a period's report says of the questionnaire.

One round speaks for a period: the latest that closed in it, else the latest that was open in it. Only
returns that were submitted by the period's last day and that their director approved for sharing enter the
tables, and only questions whose answers members may read: never those kept to the coordinator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from network import dates
from network.audience import Audience
from network.counts import Count, Kind
from network.dates import Period
from network.figures import Chapter, Figure, Row, Source, Table, thing
from network.people.history import Break, both_sides, breaks_between, never_added, series_note
from network.people.models import Organisation, Succession, active_icbs
from questionnaires import answers
from questionnaires.models import Answer, Question, Return, Round

if TYPE_CHECKING:
    import pandas as pd

CHOICES = ("B1", "B4", "C1", "D1", "D2", "D7", "E1", "E2", "E4", "F5", "G3", "G4")
COUNTS = ("C4", "D6", "F3")
READABLE = (Audience.PARTNERS, Audience.NETWORK)
KEY, TITLE, ORDER = "questionnaire", "What authorities report", 30


def chapters(period: Period) -> Iterable[Chapter]:
    asking = round_for(period)
    if asking is None:
        return [
            Chapter(
                key=KEY,
                title=TITLE,
                order=ORDER,
                words="No round of the questionnaire was open in this period.",
            )
        ]
    returns = submitted_by(asking, period)
    shared = returns.filter(approved=True)
    asked = asking.returns.count()
    told = frozenset(thing(row) for row in shared.only("pk"))
    frame = _frame(asking, shared)
    questions = Question.objects.filter(
        version=asking.version_id, code__in=[*CHOICES, *COUNTS], visibility__in=READABLE
    )
    bodies = _bodies(asking)
    broken, sides = _breaks(asking, period, bodies), both_sides(bodies)
    tables = []
    for question in questions:
        answered = _with_sides(frame[frame["code"] == question.code], question, sides, asking)
        tables.append(_with_breaks(_table(asking, question, answered, asked), question, broken))
    return [
        Chapter(
            key=KEY,
            title=TITLE,
            order=ORDER,
            figures=_figures(asking, period, returns.count(), shared.count(), asked),
            tables=tuple(replace(table, of=told) for table in tables if table.source.rows),
            words=_words(asking, returns.count(), shared.count(), asked, _closed(asking, period)),
        )
    ]


def round_for(period: Period) -> Round | None:
    """The round that speaks for the period."""
    begun = Round.objects.filter(opens_on__lte=min(period.last, dates.today()))
    closed = begun.filter(closes_on__range=(period.first, min(period.last, dates.today())))
    open_in = begun.filter(closes_on__gte=period.first)
    return closed.order_by("-closes_on", "-pk").first() or open_in.order_by("-opens_on", "-pk").first()


def submitted_by(asking: Round, period: Period) -> QuerySet[Return]:
    """The returns that stood as submitted at the end of the period's last day, as far as is known today."""
    return asking.returns.filter(status=Return.Status.SUBMITTED, submitted_at__date__lte=period.last)


def _figures(asking: Round, period: Period, returned: int, shared: int, asked: int) -> tuple[Figure, ...]:
    url = reverse("round_detail", args=[asking.slug])
    submitted = Return.objects.filter(
        status=Return.Status.SUBMITTED, submitted_at__date__range=(period.first, period.last)
    ).count()
    return (
        Figure(
            key="questionnaire.submitted",
            label=f"Authorities that submitted in {asking}",
            value=f"{returned} of {asked}",
            source=Source(
                says=f"Returns submitted in {asking} by {dates.long_date(period.last)}",
                url=url,
                rows=returned,
            ),
        ),
        Figure(
            key="questionnaire.shared",
            label="Of these, approved for sharing by their director",
            value=shared,
            source=Source(
                says=f"Returns in {asking} whose director approved them for sharing", url=url, rows=shared
            ),
        ),
        Figure(
            key="questionnaire.submitted_in_period",
            label="Returns submitted within the period, to any round (earlier ones do not count)",
            value=submitted,
            source=Source(
                says=f"Returns submitted between {dates.long_date(period.first)} and "
                f"{dates.long_date(period.last)}",
                url=url,
                rows=submitted,
            ),
        ),
    )


def _closed(asking: Round, period: Period) -> int:
    """How many returns were closed unanswered by the period's last day: their authority had ended."""
    return asking.returns.filter(closed_on__lte=period.last).count()


def _words(asking: Round, returned: int, shared: int, asked: int, closed: int) -> str:
    was = "was" if closed == 1 else "were"
    ended = f" {closed} of them {was} closed unanswered, as the authority had ended." if closed else ""
    return (
        f"In {asking}, about {asking.reporting_year}, {returned} of {asked} authorities submitted their "
        f"return, and {shared} of these were approved by their director for sharing. The tables rest on the "
        f"approved ones.{ended}"
    )


def _frame(asking: Round, shared: QuerySet[Return]) -> pd.DataFrame:
    """One row for each answer: code, authority, icb, value."""
    import pandas as pd

    rows = (
        Answer.objects.filter(for_return__in=shared.values("pk"), submitted=True, value__isnull=False)
        .filter(question__code__in=[*CHOICES, *COUNTS], question__visibility__in=READABLE)
        .order_by("for_return__authority__name", "icb__full_name")
        .values_list("question__code", "for_return__authority__name", "icb__full_name", "value")
    )
    named = [(code, authority, icb or "", value) for code, authority, icb, value in rows]
    return pd.DataFrame.from_records(named, columns=["code", "authority", "icb", "value"])


def _table(asking: Round, question: Question, frame: pd.DataFrame, asked: int) -> Table:
    authorities = frame["authority"].nunique()
    source = Source(
        says=f"Answers to {question.code} in returns of {asking} that are approved for sharing",
        url=reverse("question_results", args=[asking.slug, question.code]),
        rows=len(frame),
    )
    answered = f"{authorities} of {asked} {'authority' if asked == 1 else 'authorities'} shared an answer"
    if question.repeated:
        answered += f", with {len(frame)} {'answer' if len(frame) == 1 else 'answers'} about single boards"
    common: dict[str, Any] = {
        "key": f"questionnaire.{asking.slug}.{question.code}",
        "caption": f"{question.code}. {question.text}",
        "source": source,
    }
    if question.type == Question.Type.COUNT:
        return Table(
            columns=(answers.counted_in(question).capitalize() or "Number",),
            rows=_count_rows(frame),
            label_heading="Authority and board" if question.repeated else "Authority",
            reading=f"{answered}.",
            about_children=True,
            rows_audience=question.visibility,
            total=True,
            **common,
        )
    frame = frame[~frame["apart"]]
    return Table(
        columns=("Answers" if question.repeated else "Authorities",),
        rows=_option_rows(question, frame),
        label_heading="Answer",
        reading=f"{answered}; {_most(question, frame)}.",
        chart=True,
        **common,
    )


def _bodies(asking: Round) -> list[Organisation]:
    authorities = [row.authority for row in asking.returns.select_related("authority")]
    return [*authorities, *active_icbs(asking.year.first, asking.year.last)]


def _breaks(asking: Round, period: Period, bodies: list[Organisation]) -> list[Break]:
    """What became of authorities and boards, from the year that was asked about to the report's last day."""
    return breaks_between(bodies, asking.year.first, min(period.last, dates.today()))


def _with_sides(
    frame: pd.DataFrame, question: Question, sides: list[Succession], asking: Round
) -> pd.DataFrame:
    """Marks the answers that are added to no other, as they are of the other side of a break."""
    known = {_written(body): body.pk for one in sides for body in (one.predecessor, one.successor)}
    rows = zip(frame["authority"], frame["icb"], frame["value"], strict=True)
    gave = {name for *names, value in rows if answers.gives(question, value) for name in names}
    given = {known[name] for name in gave if name in known}
    left = never_added(sides, given, asking.year.last)
    names = {name for name, pk in known.items() if pk in left}
    return frame.assign(apart=frame["authority"].isin(names) | frame["icb"].isin(names))


def _written(body: Organisation) -> str:
    """As the frame names it."""
    return body.full_name if body.kind == Organisation.Kind.ICB else body.name


def _with_breaks(table: Table, question: Question, broken: list[Break]) -> Table:
    """Boards are rows only where a question repeats for each."""
    concerned = [
        one for one in broken if question.repeated or one.predecessors[0].kind == Organisation.Kind.AUTHORITY
    ]
    return replace(table, reading=f"{table.reading} {series_note(concerned)}".strip())


def _option_rows(question: Question, frame: pd.DataFrame) -> tuple[Row, ...]:
    counted = frame["value"].explode().value_counts()
    return tuple(Row(label=option, cells=(int(counted.get(option, 0)),)) for option in question.options)


def _most(question: Question, frame: pd.DataFrame) -> str:
    counted = frame["value"].explode().value_counts()
    if counted.empty:
        return "no answer was given"
    most = int(counted.max())
    labels = [f"“{option}”" for option in question.options if counted.get(option, 0) == most]
    if len(labels) > 2:
        return f"no answer was given by more than {most}"
    return f"most often {' and '.join(labels)}, {'each ' if len(labels) > 1 else ''}in {most} of {len(frame)}"


def _count_rows(frame: pd.DataFrame) -> tuple[Row, ...]:
    return tuple(
        Row(
            label=f"{authority}: {icb}" if icb else authority,
            cells=(Count.state(Kind.NOT_COMPARABLE) if apart else answers.count(value),),
        )
        for authority, icb, value, apart in zip(
            frame["authority"], frame["icb"], frame["value"], frame["apart"], strict=True
        )
    )
