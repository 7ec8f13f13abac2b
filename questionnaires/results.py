"""What the authorities answered to one question: the rows, their sum, and one sentence to read them by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from network import charts, dates
from network.counts import Count, Total, total
from network.people.history import Break, both_sides, breaks_between, listed, never_added
from network.people.models import Organisation, User
from network.roles import Permission
from questionnaires import answers
from questionnaires.conditions import is_blank
from questionnaires.models import Answer, Question, Return, Round

Type = Question.Type


@dataclass(frozen=True)
class Row:
    """One authority's answer, about one ICB where the question repeats."""

    authority: Organisation
    icb: Organisation | None
    value: Any
    text: str


@dataclass(frozen=True)
class Bar:
    label: str
    number: int


@dataclass
class Results:
    """`asked` is the number of authorities in the round; `shared` whether only shared answers are counted."""

    question: Question
    rows: list[Row]
    asked: int
    shared: bool
    icb_names: dict[str, str]
    breaks: list[Break]  # since the year that was asked about, of the bodies in these rows
    other_side: frozenset[int] = frozenset()  # bodies whose answers are never added to those of the others

    @cached_property
    def counted(self) -> list[Row]:
        """The rows that are added up: of a body and what came after it only the one or the other."""
        return [row for row in self.rows if not self._apart(row)]

    @cached_property
    def apart(self) -> list[Row]:
        """The rows on the other side of a break, which are shown and not added."""
        return [row for row in self.rows if self._apart(row)]

    def _apart(self, row: Row) -> bool:
        return bool(self.other_side & {row.authority.pk, row.icb.pk if row.icb else 0})

    @property
    def apart_names(self) -> str:
        return listed(dict.fromkeys(_label(row) for row in self.apart))

    @cached_property
    def authorities(self) -> int:
        """How many authorities answered."""
        return len({row.authority.pk for row in self.rows})

    @cached_property
    def bars(self) -> list[Bar]:
        """How often each option was given, in the question's order; none for free text and numbers."""
        if self.question.type not in (Type.SINGLE, Type.MULTI):
            return []
        counted = Counter(one for row in self.counted for one in _chosen(row.value))
        return [Bar(label, counted[value]) for value, label in self.options]

    @property
    def options(self) -> list[tuple[str, str]]:
        if self.question.options_from:
            return list(self.icb_names.items())
        return [(one, one) for one in self.question.options]

    @cached_property
    def matrix(self) -> list[tuple[str, list[int]]]:
        """For each statement, how often each choice of the scale was made."""
        if self.question.type != Type.MATRIX:
            return []
        found = []
        for statement in self.question.rows:
            counted = Counter(row.value.get(statement) for row in self.counted)
            found.append((statement, [counted[choice] for choice in self.question.scale]))
        return found

    @cached_property
    def counts(self) -> list[Count]:
        return [answers.count(row.value) for row in self.rows] if self.question.type == Type.COUNT else []

    @cached_property
    def total(self) -> Total | None:
        """What the counts add up to, with its coverage; None for other types."""
        return self._total(self.counted)

    @cached_property
    def total_apart(self) -> Total | None:
        """What the counts on the other side of a break add up to among themselves."""
        return self._total(self.apart) if self.apart else None

    def _total(self, rows: Sequence[Row]) -> Total | None:
        is_count = self.question.type == Type.COUNT
        return total(answers.count(row.value) for row in rows) if is_count else None

    @property
    def unit(self) -> str:
        """What a bar counts."""
        return "answers" if self.question.repeated else "authorities"

    @property
    def counted_in(self) -> str:
        """What the total counts, if that can be said."""
        unit = answers.counted_in(self.question)
        return f" {unit}" if unit else ""

    @property
    def base(self) -> int:
        return (
            len(self.counted) if self.question.repeated else len({row.authority.pk for row in self.counted})
        )

    @cached_property
    def reading(self) -> str:
        """One sentence that says what the chart or table shows."""
        if not self.rows:
            verb = "shared an answer to" if self.shared else "answered"
            return f"None of {_many(self.asked, 'authority', 'authorities')} {verb} this question."
        verb = "shared an answer" if self.shared else "answered"
        said = f"{self.authorities} of {_many(self.asked, 'authority', 'authorities')} {verb}"
        if self.question.repeated:
            said += f", with {_many(len(self.rows), 'answer', 'answers')} about single boards"
        if self.total is not None:
            return f"{said}; together {self.total.figure}{self.counted_in}, {self.total.coverage}."
        if self.bars:
            return f"{said}; {self._most()}."
        if self.matrix:
            return f"{said}; {self._least_good()}."
        return f"{said}."

    def _most(self) -> str:
        most = max(bar.number for bar in self.bars)
        labels = [f"“{bar.label}”" for bar in self.bars if bar.number == most]
        if len(labels) > 2:
            return f"no answer was given by more than {most}"
        verb = "was the most frequent answer" if len(labels) == 1 else "were the most frequent answers"
        each = ", with" if len(labels) == 1 else ", each with"
        return f"{' and '.join(labels)} {verb}{each} {most} of {self.base}"

    def _least_good(self) -> str:
        """The statement for which the last real choices of the scale ("Rarely", "Never") were made most."""
        scale = self.question.scale
        poor = [scale.index(choice) for choice in ("Rarely", "Never") if choice in scale]
        if not poor:
            return "the table shows each statement"
        said = [(statement, sum(numbers[i] for i in poor)) for statement, numbers in self.matrix]
        most = max(often for _, often in said)
        named = [f"“{statement}”" for statement, often in said if often == most]
        if not most:
            return "“Rarely” or “Never” was said of no statement"
        if len(named) > 2:
            return f"“Rarely” or “Never” was said of no statement in more than {most} of {len(self.counted)}"
        each = "" if len(named) == 1 else "each "
        said_most = f"“Rarely” or “Never” was said most of {' and '.join(named)}"
        return f"{said_most}, {each}in {most} of {len(self.counted)}"

    @property
    def chart(self) -> list[charts.Row]:
        """What is drawn: options, each authority's number, or how often a statement is mostly true."""
        if self.bars:
            return [(bar.label, bar.number, f"of {self.base}") for bar in self.bars]
        if self.counts:
            return [self._count_bar(row, count) for row, count in zip(self.rows, self.counts, strict=True)]
        return [(line, sum(numbers[:2]), f"of {len(self.counted)}") for line, numbers in self.matrix]

    def _count_bar(self, row: Row, count: Count) -> charts.Row:
        label = _label(row)
        value, words = charts.of_count(count)
        return (label, None, row.text.lower()) if value is None else (label, value, words)

    @property
    def chart_title(self) -> str:
        if self.matrix:
            return f"How often “{self.question.scale[0]}” or “{self.question.scale[1]}” was said"
        return self.question.text

    @property
    def chart_maximum(self) -> int | None:
        """The full length of a bar, where a bar is a part of all answers."""
        return None if self.counts else self.base


def _label(row: Row) -> str:
    return f"{row.authority.name}, {row.icb.name}" if row.icb else row.authority.name


def _chosen(value: Any) -> Sequence[str]:
    return value if isinstance(value, list) else [value]


def _many(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def returns_read(asking: Round, user: User) -> Any:
    """The submitted returns that the person reads together: all for the overseer, else the shared ones."""
    submitted = Return.objects.visible_to(user).filter(round=asking, status=Return.Status.SUBMITTED)
    return submitted if user.may(Permission.RETURN_OVERSEE) else submitted.filter(approved=True)


def answers_read(asking: Round, question: Question, user: User) -> Any:
    """The submitted answers to the question that the person reads together."""
    returns = returns_read(asking, user).values("pk")
    return Answer.objects.visible_to(user).filter(question=question, for_return__in=returns, submitted=True)


def of(asking: Round, question: Question, user: User, icb_names: dict[str, str]) -> Results:
    """All submitted answers to the question that the person may read, by authority and ICB."""
    found = (
        answers_read(asking, question, user)
        .select_related("for_return__authority", "icb")
        .order_by("for_return__authority__name", "icb__name")
    )
    rows = [
        Row(one.for_return.authority, one.icb, one.value, answers.words(question, one.value, icb_names))
        for one in found
        if not is_blank(one.value)
    ]
    shared = not user.may(Permission.RETURN_OVERSEE)
    bodies = _bodies(rows)
    breaks = breaks_between(bodies, asking.year.first, dates.today())
    given = _bodies([row for row in rows if answers.gives(question, row.value)])
    apart = never_added(both_sides(given), {body.pk for body in given}, asking.year.last)
    return Results(question, rows, asking.returns.count(), shared, icb_names, breaks, frozenset(apart))


def _bodies(rows: Sequence[Row]) -> set[Organisation]:
    return {row.authority for row in rows} | {row.icb for row in rows if row.icb}
