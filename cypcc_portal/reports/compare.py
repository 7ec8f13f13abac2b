"""What authorities recorded beside what boards returned: referrals of one reporting year.

Authorities answer question F3 of the questionnaire, boards item 1.1 of the FOI request. A board is compared
with the authorities that it covered on the last day of the year. Where an authority is covered in part, its
children are not all the board's, so its number only bounds the sum from above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_tables2 as tables
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foi.deadlines import mark_awaited
from foi.models import Outcome
from foi.models.outcomes import Code
from network import dates
from network.counts import Count, Kind, Total, total
from network.dates import Period
from network.guards import SignedIn
from network.people.history import Break, breaks_between
from network.people.models import Footprint, Organisation, User
from network.tables import PortalTable, respond_table
from questionnaires import answers
from questionnaires.models import Answer

QUESTION, ITEM = "F3", "1.1"
NOT_ASKED = Count.state(Kind.NOT_ASKED)


@dataclass(frozen=True)
class Recorded:
    """One authority's number; `part` if the board covers only some of its children."""

    authority: str
    count: Count
    part: bool


@dataclass(frozen=True)
class Line:
    """One board and the authorities that it covered."""

    board: str
    url: str
    returned: Count
    part: str  # why the true figure may be larger; "" if it can't be
    recorded: list[Recorded] = field(default_factory=list)
    bodies: tuple[Organisation, ...] = ()
    unlike: str = ""  # why the board's figure is no answer to what was asked; "" if it is one
    written: str = ""  # the figure that is no answer

    @property
    def together(self) -> Total:
        """What its authorities recorded, with coverage; a part covered counts with its whole number."""
        return total(each.count for each in self.recorded)

    @property
    def authorities(self) -> str:
        return ", ".join(f"{each.authority}{' (part)' if each.part else ''}" for each in self.recorded)

    @property
    def says(self) -> str:
        return verdict(self.returned, self.recorded, unlike=self.unlike, part=self.part)


def verdict(returned: Count, recorded: Sequence[Recorded], *, unlike: str = "", part: str = "") -> str:
    """What may honestly be said of the two numbers, whatever the true ones within their bounds are."""
    if unlike:
        return f"Can't be told: the board's figure is {returned} ({unlike})."
    if not returned.given:
        return f"Can't be told: the board's figure is {returned}."
    given = [each for each in recorded if each.count.given]
    if not given:
        return "Can't be told: no authority gave a figure."
    least = sum(each.count.bounds[0] for each in given if not each.part)
    most = sum(each.count.bounds[1] for each in given)
    low, high = returned.bounds
    if least > high and not part:
        return f"Authorities recorded more than the board returned, by at least {least - high:,}."
    missing = len(recorded) - len(given)
    if missing:
        gave = "1 authority" if missing == 1 else f"{missing} authorities"
        return f"Can't be told: {gave} gave no figure."
    if low > most:
        return f"The board returned more than authorities recorded, by at least {low - most:,}."
    return "The two can both be right within their bounds."


def years(user: User) -> list[str]:
    """The reporting years for which the person reads something of both sides, the latest first."""
    boards = Outcome.objects.visible_to(user).filter(item__code=ITEM).values_list("year", flat=True)
    authorities = _answers(user).values_list("for_return__round__reporting_year", flat=True)
    return sorted(set(boards.order_by().distinct()) & set(authorities.order_by().distinct()), reverse=True)


def _answers(user: User) -> Any:
    """What was shared in rounds that have closed: while one is open, its returns may still change."""
    return Answer.objects.visible_to(user).filter(
        question__code=QUESTION,
        submitted=True,
        for_return__approved=True,
        for_return__round__closes_on__lt=dates.today(),
    )


def lines(user: User, year: str) -> list[Line]:
    """Every board of the year, with the authorities that it covered on the year's last day."""
    day = Period.parse(year).last
    outcomes = _returned(user, year)
    numbers = _recorded(user, year)
    covered: dict[Organisation, list[Recorded]] = defaultdict(list)
    bodies: dict[Organisation, list[Organisation]] = {}
    footprint = Footprint.objects.in_force(day).select_related("icb", "authority")
    for row in footprint.order_by("icb__name", "authority__name"):
        count = numbers.get(row.authority_id, Count.state(Kind.NOT_ANSWERED))
        part = row.coverage == Footprint.Coverage.PART
        covered[row.icb].append(Recorded(row.authority.name, count, part))
        bodies.setdefault(row.icb, [row.icb]).append(row.authority)
    return [
        _line(board, outcomes.get(board.pk), recorded, tuple(bodies[board]))
        for board, recorded in covered.items()
    ]


def breaks(compared: Iterable[Line], year: str) -> list[Break]:
    """What became of these boards and authorities since the year began: later years are of other bodies."""
    bodies = {body for line in compared for body in line.bodies}
    return breaks_between(bodies, Period.parse(year).first, dates.today())


def _line(
    board: Organisation, outcome: Outcome | None, recorded: list[Recorded], bodies: tuple[Organisation, ...]
) -> Line:
    return Line(
        board=board.full_name,
        url=outcome.request.get_absolute_url() if outcome else board.get_absolute_url(),
        returned=outcome.counted if outcome else NOT_ASKED,
        unlike=outcome.unlike if outcome else "",
        written=str(outcome.count or "") if outcome and outcome.unlike else "",
        part=outcome.part if outcome else "",
        recorded=recorded,
        bodies=bodies,
    )


def _returned(user: User, year: str) -> dict[int, Outcome]:
    """Each board's newest outcome for the year; one that is not due yet gives way to any other."""
    rows = Outcome.objects.visible_to(user).filter(item__code=ITEM, year=year)
    newest = rows.select_related("request__round", "request__body").order_by(
        "request__round__created_at", "pk"
    )
    waiting_first = sorted(newest, key=lambda row: row.outcome != Code.NOT_DUE)
    found = {row.request.body_id: row for row in waiting_first}
    mark_awaited(found.values())
    return found


def _recorded(user: User, year: str) -> dict[int, Count]:
    """Each authority's newest answer about the year."""
    rows = _answers(user).filter(for_return__round__reporting_year=year)
    newest = rows.select_related("for_return").order_by("for_return__round__opens_on", "pk")
    return {row.for_return.authority_id: answers.count(row.value) for row in newest}


def reading(compared: Iterable[Line]) -> str:
    """The table in one sentence."""
    said = [line.says for line in compared]
    told = [words for words in said if not words.startswith("Can't")]
    apart = sum("more than" in words for words in told)
    if not told:
        return f"For none of {len(said)} boards can the two sides be compared."
    return (
        f"For {len(told)} of {len(said)} boards the two sides can be compared; "
        f"for {apart} of these they differ for certain."
    )


class CompareTable(PortalTable):
    noun = ("board", "boards")
    board = tables.Column(verbose_name="Integrated care board", orderable=False)
    returned = tables.Column(verbose_name="Board returned (FOI 1.1)", orderable=False)
    together = tables.Column(verbose_name="Authorities recorded (F3)", orderable=False)
    authorities = tables.Column(verbose_name="Authorities covered", orderable=False)
    says = tables.Column(verbose_name="What can be said", orderable=False)

    class Meta(PortalTable.Meta):
        empty_text = (
            "There is nothing to compare yet: it needs shared returns and recorded replies of the same year."
        )

    def render_board(self, record: Line) -> SafeString:
        return format_html('<a class="govuk-link" href="{}">{}</a>', record.url, record.board)

    def value_board(self, record: Line) -> str:
        return record.board

    def render_returned(self, record: Line) -> str:
        written = f"{record.written}, " if record.written else ""
        return f"{written}{record.returned}{f', {record.part}' if record.part else ''}"

    def render_together(self, record: Line) -> str:
        return str(record.together)


def page(request: SignedIn) -> HttpResponse:
    choice = years(request.user)
    wanted = request.GET.get("year", "")
    year = wanted if wanted in choice else next(iter(choice), "")
    compared = lines(request.user, year) if year else []
    unknown = f"There is nothing to compare for “{wanted[:20]}”." if wanted and wanted != year else ""
    return respond_table(
        request,
        "reports/report_compare.html",
        CompareTable(compared, caption=f"Referrals in {year}" if year else "Referrals"),
        {
            "year": year,
            "years": choice,
            "unknown": unknown,
            "reading": reading(compared) if compared else "",
            "breaks": breaks(compared, year) if compared else [],
            "address": reverse("report_compare"),
        },
        filename="referrals-compared",
    )
