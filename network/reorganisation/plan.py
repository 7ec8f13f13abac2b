"""What a reorganisation would do: decided by the admin where they did, proposed where they did not.

The steps, the preview, preparing and the day itself all read this one plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from network import registry
from network.people.models import Footprint, Membership, Organisation
from network.registry import Fate, Holding
from network.reorganisation.models import Move, Reorganisation, Settlement, Successor

WHOLE, PART = Footprint.Coverage.WHOLE, Footprint.Coverage.PART
AUTHORITY, ICB = Organisation.Kind.AUTHORITY, Organisation.Kind.ICB


@dataclass(frozen=True)
class Seat:
    """One role at a body that ends. `to` None: not decided yet; (): the role ends."""

    membership: Membership
    options: tuple[Successor, ...]
    to: tuple[Successor, ...] | None
    decided: bool  # by the admin; else proposed

    @property
    def person(self) -> str:
        return self.membership.user.display()

    @property
    def role(self) -> str:
        return f"{self.membership.get_role_display()}, {self.membership.organisation}"

    @property
    def says(self) -> str:
        if self.to is None:
            return "Not decided yet"
        if not self.to:
            return "The role ends"
        return "becomes " + " and ".join(f"{self.membership.get_role_display()}, {one}" for one in self.to)


@dataclass(frozen=True)
class Thing:
    """One open thing of a body that ends, and what becomes of it. `fate` None: not decided yet."""

    holding: Holding
    body: Organisation
    options: tuple[tuple[Fate, Successor | None], ...]
    fate: Fate | None
    successor: Successor | None
    decided: bool

    @property
    def says(self) -> str:
        return fate_words(self.fate, self.successor) if self.fate else "Not decided yet"


@dataclass(frozen=True)
class Line:
    """Who covers whom from the first day: one successor and one body on the other side."""

    successor: Successor
    other: Organisation
    coverage: str  # "": does not cover it, or not known
    known: bool = True


@dataclass
class Plan:
    row: Reorganisation
    endings: list[Organisation]
    successors: list[Successor]

    @property
    def kind(self) -> str:
        return self.endings[0].kind if self.endings else ""

    def after(self, body: Organisation) -> tuple[Successor, ...]:
        return tuple(one for one in self.successors if body in one.after.all())

    @cached_property
    def seats(self) -> list[Seat]:
        moves = {
            move.membership_id: tuple(move.to.all())
            for move in Move.objects.filter(reorganisation=self.row).prefetch_related("to")
        }
        return [self._seat(one, moves) for one in seats_at(self.endings, self.row.last_day)]

    def _seat(self, membership: Membership, moves: dict[int, tuple[Successor, ...]]) -> Seat:
        body = next(one for one in self.endings if one.pk == membership.organisation_id)
        options = self.after(body)
        if (to := moves.get(membership.pk)) is not None and set(to) <= set(options):
            return Seat(membership, options, to, decided=True)
        return Seat(membership, options, options if len(options) == 1 else None, decided=False)

    @cached_property
    def things(self) -> list[Thing]:
        stored = {one.key: one for one in Settlement.objects.filter(reorganisation=self.row)}
        return [
            self._thing(holding, body, stored.get(holding.key))
            for body in self.endings
            for holding in registry.holdings_of(body)
        ]

    def _thing(self, holding: Holding, body: Organisation, stored: Settlement | None) -> Thing:
        after = self.after(body)
        options = tuple(
            (fate, successor)
            for fate in holding.fates
            for successor in (after if fate.to_successor else (None,))
        )
        for fate, successor in options:
            if stored and stored.fate == fate.name and stored.successor_id == (successor and successor.pk):
                return Thing(holding, body, options, fate, successor, decided=True)
        first = [option for option in options if option[0] == holding.fates[0]]
        usual = first[0] if len(first) == 1 else (None, None)
        return Thing(holding, body, options, usual[0], usual[1], decided=False)

    @cached_property
    def lines(self) -> list[Line]:
        """Each successor with each body that it might cover, or be covered by, as decided or proposed."""
        if self.kind not in (AUTHORITY, ICB):
            return []
        footprint = _footprint(self.row, [*self.endings, *(one.body for one in self.successors if one.body)])
        found = []
        for successor in self.successors:
            decided = {cover.other_id: cover.coverage for cover in successor.covers.all()}
            for other in self._others(successor, footprint):
                coverage, known = self._proposed(successor, other, footprint)
                if decided:
                    coverage, known = decided.get(other.pk, ""), True
                found.append(Line(successor, other, coverage, known))
        return found

    def _others(self, successor: Successor, footprint: Sequence[Footprint]) -> list[Organisation]:
        own = {body.pk for body in (*successor.after.all(), *([successor.body] if successor.body else []))}
        pairs = [_sides(row, self.kind) for row in footprint]
        return sorted(
            {other for mine, other in pairs if mine.pk in own}, key=lambda body: (body.name, body.pk)
        )

    def _proposed(
        self, successor: Successor, other: Organisation, footprint: Sequence[Footprint]
    ) -> tuple[str, bool]:
        """From what the bodies cover that it follows, and what it covers itself; and whether that is known.

        Boards that a board's area is divided among don't all cover the whole of it: that is asked.
        """
        rows = {mine.pk: row for row in footprint for mine, its in [_sides(row, self.kind)] if its == other}
        own = rows.get(successor.body_id or 0)
        before = [rows[body.pk] for body in successor.after.all() if body.pk in rows]
        if self.kind == ICB and any(len(self.after(body)) > 1 for body in successor.after.all()):
            return (own.coverage if own else ""), False
        together = [*before, *([own] if own else [])]
        if any(row.coverage == WHOLE for row in together):
            return WHOLE, True
        all_of_it = len(together) > 1 and len(together) == self._boards_of(other, footprint)
        return (WHOLE if self.kind == ICB and all_of_it else PART if together else ""), True

    def _boards_of(self, authority: Organisation, footprint: Sequence[Footprint]) -> int:
        return Footprint.objects.in_force(self.row.last_day).filter(authority=authority).count()

    @cached_property
    def uncovered(self) -> list[str]:
        """Authorities that no board would cover from the first day, by name."""
        covered = [line for line in self.lines if line.coverage]
        if self.kind == AUTHORITY:
            have = {line.successor.pk for line in covered}
            return [one.name for one in self.successors if one.pk not in have]
        if self.kind != ICB:
            return []
        lost = {line.other for line in self.lines} - {line.other for line in covered}
        ends = [body.pk for body in self.endings]
        kept = Footprint.objects.in_force(self.row.on).filter(authority__in=lost).exclude(icb__in=ends)
        others = kept.exclude(icb__in=[one.body_id for one in self.successors if one.body_id])
        held = set(others.values_list("authority_id", flat=True))
        return sorted(body.name for body in lost if body.pk not in held)

    def missing(self) -> list[str]:
        """What has still to be decided before it can be prepared, as sentences."""
        found = [f"Say what comes after {body}." for body in self.endings if not self.after(body)]
        if self.uncovered:
            found.append(f"No board would cover {', '.join(self.uncovered)}. Say who covers whom.")
        if waiting := sum(seat.to is None for seat in self.seats):
            found.append(f"Say where {waiting} {'person goes' if waiting == 1 else 'people go'}.")
        if open_ := sum(thing.fate is None for thing in self.things):
            found.append(f"Say what becomes of {open_} open {'thing' if open_ == 1 else 'things'}.")
        return found


def plan_of(row: Reorganisation) -> Plan:
    successors = row.successors.select_related("body").prefetch_related("after", "covers__other")
    endings = row.endings.select_related("body").order_by("body__name", "body_id")
    return Plan(row, [one.body for one in endings], list(successors))


def seats_at(bodies: Iterable[Organisation], last_day: date) -> QuerySet[Membership]:
    """The roles at the bodies that are in force on their last day, or were to begin later."""
    seats: QuerySet[Membership] = (
        Membership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=last_day), organisation__in=list(bodies)
        )
        .select_related("user", "organisation")
        .order_by("organisation__name", "user__name", "pk")
    )
    return seats


def fate_words(fate: Fate, successor: Successor | None) -> str:
    return f"{fate.says}: {successor}" if successor else fate.says


def _footprint(row: Reorganisation, bodies: Sequence[Organisation]) -> list[Footprint]:
    """Who covers whom on the last day, as far as one of these bodies is a side of it."""
    rows = Footprint.objects.in_force(row.last_day).filter(Q(authority__in=bodies) | Q(icb__in=bodies))
    return list(rows.select_related("authority", "icb").order_by("pk"))


def _sides(row: Footprint, kind: str) -> tuple[Organisation, Organisation]:
    """The side of the kind, and the other side."""
    return (row.authority, row.icb) if kind == AUTHORITY else (row.icb, row.authority)
