"""What bodies came from and what became of them, and where that breaks a series of figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from network import dates
from network.people.models import Organisation, Succession


@dataclass(frozen=True)
class Break:
    """One day on which one or several bodies gave way to others: figures before and after do not compare."""

    on: date  # the first day of what came after
    predecessors: tuple[Organisation, ...]
    successors: tuple[Organisation, ...]

    @property
    def concerns(self) -> frozenset[int]:
        """The ids of all bodies whose series it breaks."""
        return frozenset(body.pk for body in (*self.predecessors, *self.successors))

    @property
    def says(self) -> str:
        """ "On 1 April 2027 Surrey became East Surrey and West Surrey", or "becomes" while it is to come."""
        one, to_come = len(self.predecessors) == 1, self.on > dates.today()
        verb = ("becomes" if one else "become") if to_come else "became"
        return f"On {dates.long_date(self.on)} {self.what(verb)}"

    def what(self, verb: str) -> str:
        return f"{listed(map(str, self.predecessors))} {verb} {listed(map(str, self.successors))}"


def breaks_between(bodies: Iterable[Organisation], first: date, last: date) -> list[Break]:
    """The breaks in the series of these bodies after the first day and up to the last, in order.

    A break concerns the body that ended, what came after it, and a body that went on with a part of another.
    Bodies that gave way to the same successors on one day are one break. One query, however many bodies.
    """
    concerned = [body.pk for body in bodies]
    between = Succession.objects.filter(on__gt=first, on__lte=last)
    after = between.filter(predecessor__in=concerned).values("successor")
    came_before = between.filter(Q(successor__in=concerned) | Q(successor__in=after)).values("predecessor")
    rows = (
        between.filter(
            Q(predecessor__in=concerned) | Q(predecessor__in=came_before)
        )  # with all that it became
        .select_related("predecessor", "successor")
        .order_by("on", "predecessor__name", "successor__name", "pk")
    )
    return [one for one in _grouped(list(rows)) if one.concerns.intersection(concerned)]


GENERATIONS = 4
"""A body is followed back over so many reorganisations, one after the other: more than it will see."""


def came_before(bodies: Collection[int]) -> QuerySet[Succession, Any]:
    """The ids of the bodies that have ended and that these came after, at once or by way of others that have
    ended too. In a split each part comes after the whole. A condition for another query: it asks nothing."""
    today = dates.today()
    gone = Succession.objects.filter(on__lte=today, predecessor__ends_on__lt=today)
    after = Q(successor__in=bodies)
    for _ in range(GENERATIONS - 1):
        after = Q(successor__in=bodies) | Q(successor__in=gone.filter(after).values("predecessor"))
    return gone.filter(after).values("predecessor")


def both_sides(bodies: Iterable[Organisation]) -> list[Succession]:
    """The successions of which both bodies are among these; one query."""
    these = {body.pk for body in bodies}
    rows = Succession.objects.filter(predecessor__in=these, successor__in=these)
    return list(rows.select_related("predecessor", "successor").order_by("on", "pk"))


def never_added(sides: Iterable[Succession], given: Collection[int], last: date) -> dict[int, Organisation]:
    """Which bodies a sum about a time up to `last` leaves out, so that nothing is added across a break: where
    a body and what came after it both gave a figure, the one that was not in force at the end of that time.

    By id, each with the body that is counted instead.
    """
    found: dict[int, Organisation] = {}
    for one in sides:
        if one.predecessor_id not in given or one.successor_id not in given:
            continue
        if one.on <= last:
            found[one.predecessor_id] = one.successor
        elif one.successor.starts_on and one.successor.starts_on > last:
            found[one.successor_id] = one.predecessor
    return found


def series_note(breaks: Sequence[Break]) -> str:
    """ "Break in the series: the bodies changed on 1 April 2027.", or "" where nothing did."""
    days = sorted({one.on for one in breaks})
    return f"Break in the series: the bodies changed on {listed(map(dates.long_date, days))}." if days else ""


@dataclass(frozen=True)
class Chapter:
    """One day in a body's history, as its page tells it."""

    on: date
    says: str
    others: tuple[Organisation, ...]  # the other bodies that it names, each with a page
    notes: tuple[str, ...]
    to_come: bool


def history_of(body: Organisation) -> list[Chapter]:
    """What the body came from and what became of it, in order; two queries, however long the story."""
    breaks = breaks_between([body], date.min, date.max)
    rows = Succession.objects.filter(Q(predecessor=body) | Q(successor=body)).exclude(note="")
    notes = [(row, f"{row.predecessor} to {row.successor}: {row.note}") for row in rows.select_related()]
    return [
        Chapter(
            on=one.on,
            says=one.says,
            others=tuple(other for other in (*one.predecessors, *one.successors) if other != body),
            notes=tuple(
                note for row, note in notes if row.on == one.on and row.predecessor in one.predecessors
            ),
            to_come=one.on > dates.today(),
        )
        for one in breaks
    ]


def _grouped(rows: Sequence[Succession]) -> list[Break]:
    after: dict[tuple[date, Organisation], list[Organisation]] = {}
    for row in rows:
        after.setdefault((row.on, row.predecessor), []).append(row.successor)
    together: dict[tuple[date, tuple[Organisation, ...]], list[Organisation]] = {}
    for (on, predecessor), successors in after.items():
        together.setdefault((on, tuple(successors)), []).append(predecessor)
    return [Break(on, tuple(predecessors), successors) for (on, successors), predecessors in together.items()]


def listed(names: Iterable[str]) -> str:
    """ "A", "A and B", "A, B and C"; "Surrey and Sussex, and Kent" where a name has an "and" of its own."""
    *others, last = [*names] or [""]
    pause = "," if any(" and " in name for name in (*others, last)) else ""
    return f"{', '.join(others)}{pause} and {last}" if others else last
