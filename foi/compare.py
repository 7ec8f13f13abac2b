"""One item across the bodies of a round: figures, honest totals, breaks, and a sentence that reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from foi.deadlines import mark_awaited
from foi.models import FoiRound, Item, Outcome, Request
from foi.models.outcomes import BASES, pounds
from foi.reading import SYMBOL_KEY, Cell, Reader, cell, not_comparable
from foi.totals import Addend, beyond_break, common_basis, on_one_basis, remarks, together
from network import charts, dates
from network.charts import Row as Bar
from network.counts import Count, Kind
from network.dates import Period
from network.disclosure import Shown
from network.figures import in_words
from network.people.history import both_sides, never_added
from network.people.models import Organisation, Succession, User

NOW = "Now"
ABSENT = Cell("not asked", Addend(Shown(Count.state(Kind.NOT_ASKED))))


@dataclass(frozen=True)
class Line:
    """One body's figures, a cell for each year; `breaks` says where its series starts anew or ends."""

    body: Organisation
    url: str
    cells: tuple[Cell, ...]
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    item: Item
    years: tuple[str, ...]  # as headings
    lines: tuple[Line, ...]

    @property
    def totals(self) -> list[str]:
        """For each year what may honestly be said of all bodies together, in one sentence."""
        return [self._total(index) for index in range(len(self.years))]

    @property
    def notes(self) -> list[str]:
        """The footnotes, in the order in which the cells need them."""
        seen = [note for line in self.lines for each in line.cells for note in each.notes]
        return list(dict.fromkeys(seen))

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the totals leave out or count as a lower bound only, and why."""
        names = [line.body.full_name for line in self.lines]
        return in_words(
            remark
            for index, year in enumerate(self.years)
            for remark in remarks(names, year, self._summed(index))
        )

    @property
    def symbols(self) -> list[tuple[str, str]]:
        used = {each.symbol for line in self.lines for each in line.cells}
        return [(symbol, words) for symbol, words in SYMBOL_KEY.items() if symbol in used]

    @property
    def total_basis(self) -> str:
        """On what the totals count, where bodies may count differently; "" if they all count the same."""
        if not (self.item.is_count and self.item.bases):
            return ""
        return BASES.get(common_basis(self._summed(self.latest)), "not stated")

    @property
    def anything_hidden(self) -> bool:
        return any(each.hidden for line in self.lines for each in line.cells)

    def _column(self, index: int) -> list[Cell]:
        return [line.cells[index] for line in self.lines]

    def _summed(self, index: int) -> list[Addend]:
        return [each.summed for each in self._column(index)]

    def _total(self, index: int) -> str:
        return total_words(self.item, self._column(index))

    @property
    def latest(self) -> int:
        """The last year for which anything was given, as an index; the last at all if nothing was."""
        given = [i for i in range(len(self.years)) if any(each.given for each in self._column(i))]
        return given[-1] if given else len(self.years) - 1

    @property
    def reading(self) -> str:
        """The table in one sentence."""
        column = self._column(self.latest)
        when = "" if self.years[self.latest] == NOW else f"In {self.years[self.latest]}: "
        words = f"{when}{total_words(self.item, column)}."
        numbers = [
            (each.number, line)
            for line, each in zip(self.lines, column, strict=True)
            if each.number is not None and each.given
        ]
        if len(numbers) > 1:
            highest, line = max(numbers, key=lambda pair: pair[0])
            lowest, other = min(numbers, key=lambda pair: pair[0])
            if highest != lowest:
                words += (
                    f" The largest exact figure, {_said(self.item, highest)}, is from {line.body.full_name}; "
                    f"the smallest, {_said(self.item, lowest)}, from {other.body.full_name}."
                )
        return words[0].upper() + words[1:]

    @property
    def bars(self) -> list[Bar]:
        """The latest year as a chart's rows."""
        return [_bar(line.body.name, line.cells[self.latest], self.item) for line in self.lines]

    @property
    def has_chart(self) -> bool:
        return self.item.value_type in (Item.Type.COUNT, Item.Type.MONEY, Item.Type.DURATION)

    def download(self) -> tuple[list[str], list[list[object]]]:
        """Headings and rows, with the values that the page shows."""
        headers = ["Body", *self.years, "Notes"]
        rows: list[list[object]] = [
            [line.body.full_name, *(each.value for each in line.cells), _notes_of(line, self.years)]
            for line in self.lines
        ]
        return headers, [*rows, ["All together", *self.totals, " ".join(self.left_out)]]


def compare(round: FoiRound, item: Item, user: User, year: str = "") -> Comparison:
    """The item across all requests of the round that the person reads; one year, or all that were asked."""
    years = [year] if year else item.years_of(round.years)
    requests = list(
        Request.objects.visible_to(user)
        .filter(round=round, sent_on__isnull=False)
        .select_related("body")
        .order_by("body__name")
    )
    outcomes = {
        (outcome.request_id, outcome.year): outcome
        for outcome in Outcome.objects.visible_to(user)
        .filter(request__in=[request.pk for request in requests], item=item, year__in=years)
        .order_by()
    }
    mark_awaited(outcomes.values())
    reader = Reader.of(user)
    bodies = [request.body for request in requests]
    breaks, sides = _breaks(bodies), both_sides(bodies)
    lines = []
    for request in requests:
        request.round = round
        found = [outcomes.get((request.pk, each)) for each in years]
        known = reader.knows(request.body_id)
        cells = [ABSENT if one is None else cell(one, item, known=known) for one in found]
        marked = [_marked(each, request.body, of) for each, of in zip(cells, years, strict=True)]
        lines.append(
            Line(request.body, request.get_absolute_url(), tuple(marked), tuple(breaks[request.body_id]))
        )
    apart = _on_one_basis(item, _set_apart(lines, years, sides))
    return Comparison(item, tuple(each or NOW for each in years), tuple(apart))


def total_words(item: Item, cells: Sequence[Cell]) -> str:
    """The honest total in one sentence."""
    coverage = together(each.summed for each in cells)
    given = [each for each in cells if each.given]
    if item.is_count:
        return str(coverage)
    if not coverage.given:
        return f"no figure, {coverage.coverage}" if item.value_type == Item.Type.MONEY else coverage.coverage
    if item.value_type == Item.Type.MONEY:
        amount = sum((Decimal(each.number) for each in given if each.number is not None), Decimal(0))
        return f"{'at least ' if coverage.high is None else ''}{pounds(amount)}, {coverage.coverage}"
    if item.value_type == Item.Type.YES_NO:
        said = Counter(each.text for each in given)
        return f"{', '.join(f'{n} {text.lower()}' for text, n in said.most_common())}, {coverage.coverage}"
    if item.value_type == Item.Type.DURATION:
        return f"averages and longest times are not added up; {coverage.coverage}"
    return f"given {coverage.coverage}"


def _said(item: Item, number: int | Decimal) -> str:
    if item.value_type == Item.Type.MONEY:
        return pounds(Decimal(number))
    if item.value_type == Item.Type.DURATION:
        return f"{Decimal(number).normalize():f} days"
    return f"{number:,}"


def _bar(label: str, each: Cell, item: Item) -> Bar:
    """The figure or its range; none for "<5" or a state."""
    part = "part only" if each.summed.part else ""
    if each.number is not None:
        return label, float(each.number), part
    count = each.summed.count.count if item.is_count else None
    value, words = charts.of_count(count) if count else (None, "")
    if value is None:
        return label, None, each.text
    return label, value, ", ".join(each for each in (words, part) if each)


def _notes_of(line: Line, years: Sequence[str]) -> str:
    notes = [
        f"{year}: {', '.join(each.notes)}" for year, each in zip(years, line.cells, strict=True) if each.notes
    ]
    return "; ".join([*notes, *line.breaks])


# Breaks in a series


def _breaks(bodies: Sequence[Organisation]) -> dict[int, list[str]]:
    """What became of each body, as sentences."""
    found: dict[int, list[str]] = {body.pk: [] for body in bodies}
    after = Succession.objects.filter(predecessor__in=bodies).select_related("successor").order_by("on", "pk")
    by_day: dict[tuple[int, date], list[str]] = {}
    for succession in after:
        by_day.setdefault((succession.predecessor_id, succession.on), []).append(
            succession.successor.full_name
        )
    for (body, on), names in by_day.items():
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        found[body].append(f"Break: succeeded on {dates.long_date(on)} by {listed}")
    for succession in _joined(bodies):
        came = succession.predecessor.full_name
        found[succession.successor_id].append(
            f"Break: took over from {came} on {dates.long_date(succession.on)}"
        )
    return found


def _joined(bodies: Sequence[Organisation]) -> Iterable[Succession]:
    """What a body took over that existed before; one that began then says so at each year's figure."""
    began = {body.pk: body.starts_on for body in bodies}
    rows = Succession.objects.filter(successor__in=bodies, on__lte=dates.today())
    return [
        row
        for row in rows.select_related("predecessor").order_by("on", "pk")
        if (first := began[row.successor_id]) is None or first < row.on
    ]


def _set_apart(lines: Sequence[Line], years: Sequence[str], sides: Sequence[Succession]) -> list[Line]:
    """Where a body and what came after it both gave a figure for a year, one of them is in no total."""
    if not sides:
        return list(lines)
    columns = list(zip(*(line.cells for line in lines), strict=True))
    counted = []
    for year, column in zip(years, columns, strict=True):
        given = {line.body.pk for line, each in zip(lines, column, strict=True) if each.given}
        last = Period.parse(year).last if year else dates.today()
        counted.append(never_added(sides, given, last))
    return [
        replace(
            line,
            cells=tuple(
                _apart(each, others.get(line.body.pk))
                for each, others in zip(line.cells, counted, strict=True)
            ),
        )
        for line in lines
    ]


def _on_one_basis(item: Item, lines: Sequence[Line]) -> Iterator[Line]:
    """A figure on another basis than most is marked in its row, as it is left out of the total."""
    rows = [list(line.cells) for line in lines]
    for year in range(len(rows[0]) if rows else 0):
        for row, one in zip(rows, on_one_basis(item, [row[year].summed for row in rows]), strict=True):
            if one != row[year].summed:
                row[year] = replace(not_comparable(row[year]), summed=one)
    for line, row in zip(lines, rows, strict=True):
        yield replace(line, cells=tuple(row))


def _apart(each: Cell, other: Organisation | None) -> Cell:
    if other is None:
        return each
    why = beyond_break(other)
    note = f"{why}, so this one is not added to any total"
    return replace(each, summed=each.summed.apart(why), notes=(*each.notes, note))


def _marked(each: Cell, body: Organisation, year: str) -> Cell:
    """A figure of a year in which the body did not exist throughout says so."""
    if not year or not each.given or body.starts_on is None:
        return each
    period = Period.parse(year)
    if body.starts_on <= period.first:
        return each
    began = dates.long_date(body.starts_on)
    note = f"break: the body began on {began}, so this year is not a whole year of it"
    if body.starts_on > period.last:
        note = f"break: the body began on {began}, so this is a figure of what it came from"
    return replace(each, notes=(*each.notes, note))
