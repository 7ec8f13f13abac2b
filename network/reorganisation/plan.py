"""What a reorganisation would do: decided by the admin where they did, proposed where they did not.

The steps, the preview, preparing and the day itself all read this one plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from network import dates, registry
from network.people.history import listed
from network.people.models import Footprint, Membership, Organisation, Succession
from network.registry import Fate, Holding
from network.reorganisation.models import Cover, Move, Reorganisation, Settlement, Status, Successor
from network.reorganisation.rules import Problem
from network.roles import Role

ONE_EACH: dict[str, str] = {Role.LEAD: "leads", Role.DEPUTY: "deputies"}
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

    def with_fate(self, name: str, successor: Successor | None) -> Thing | None:
        """The same with this decided, if it is among what can become of it."""
        for fate, to in self.options:
            if (fate.name, to) == (name, successor):
                return replace(self, fate=fate, successor=to, decided=True)
        return None


@dataclass(frozen=True)
class Spared:
    """An open thing of which there is nothing to decide, and why."""

    holding: Holding
    body: Organisation
    why: str  # "closes on 3 March 2027, before this comes into force"

    @property
    def taken_back(self) -> Thing:
        first = self.holding.fates[0]
        return Thing(self.holding, self.body, ((first, None),), first, None, decided=True)


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
    def _held(self) -> list[tuple[Holding, Organisation, str]]:
        """What stands open for what ends, each with the reason why nothing is decided of it, or ""."""
        return [
            (holding, body, self._spares(holding, body))
            for body in self.endings
            for holding in registry.holdings_of(body)
        ]

    def _spares(self, holding: Holding, body: Organisation) -> str:
        """By the dates as they stand today: a round may still be made longer. What is still open on the day
        itself is settled, whatever its dates say."""
        closes, opens, today = holding.closes_on, holding.opens_on, dates.today()
        if closes and today <= closes < self.row.on:
            return f"closes on {dates.long_date(closes)}, before this comes into force"
        if opens and opens > self.row.last_day:
            verb = "opens" if opens > today else "opened"
            return f"{verb} on {dates.long_date(opens)}, after {body} has ended: it is taken back on the day"
        return ""

    @cached_property
    def things(self) -> list[Thing]:
        stored = {one.key: one for one in Settlement.objects.filter(reorganisation=self.row)}
        return [
            self._thing(holding, body, stored.get(holding.key))
            for holding, body, spared in self._held
            if not spared
        ]

    @cached_property
    def spared(self) -> list[Spared]:
        """What closes before the day, or opens only after the last one."""
        return [Spared(holding, body, why) for holding, body, why in self._held if why]

    @cached_property
    def late(self) -> list[Thing]:
        """Of what is prepared: the things that turned up since, or are open for longer by now. They take the
        usual course."""
        return [usual(thing) for thing in self.things if not thing.decided]

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
        near = self._nearby
        draft = self.row.status == Status.DRAFT
        found = []
        for successor in self.successors:
            covers = [] if draft and self._lapsed(successor) else list(successor.covers.all())
            decided = {cover.other_id: cover.coverage for cover in covers}
            for other in self._others(successor, near, [cover.other for cover in covers]):
                coverage, known = self._proposed(successor, other, near)
                if decided or not draft:
                    coverage, known = decided.get(other.pk, ""), True
                found.append(Line(successor, other, coverage, known))
        return found

    @cached_property
    def _nearby(self) -> list[Near]:
        return _near(self.row, self.endings, [one.body for one in self.successors if one.body], self.kind)

    @cached_property
    def lapsed(self) -> list[Cover]:
        """What was decided of a body that by now is not in force on the first day: it is asked once more."""
        return [cover for successor in self.successors for cover in self._lapsed(successor)]

    def _lapsed(self, successor: Successor) -> list[Cover]:
        return [one for one in successor.covers.all() if not stands_on(one.other, self.row.on)]

    def covered(self, successor: Successor) -> list[tuple[Organisation, str]]:
        """The other side's bodies from the first day: of what is prepared, as the directory has it by now."""
        if self.row.status not in (Status.PREPARED, Status.IN_FORCE):
            return [
                (one.other, one.coverage) for one in self.lines if one.successor == successor and one.coverage
            ]
        rows = [(_sides(row, self.kind), row) for row in self._standing]
        return [(its, row.coverage) for (mine, its), row in rows if mine.pk == successor.body_id]

    @cached_property
    def _standing(self) -> list[Footprint]:
        bodies = [one.body for one in self.successors if one.body]
        rows = Footprint.objects.in_force(self.row.on).filter(Q(authority__in=bodies) | Q(icb__in=bodies))
        return list(rows.select_related("authority", "icb").order_by("authority__name", "icb__name", "pk"))

    def _others(
        self, successor: Successor, near: Sequence[Near], decided: Sequence[Organisation]
    ) -> list[Organisation]:
        own = {body.pk for body in (*successor.after.all(), *([successor.body] if successor.body else []))}
        return sorted(
            {*decided, *(one.other for one in near if one.mine.pk in own)},
            key=lambda body: (body.name, body.pk),
        )

    def _proposed(self, successor: Successor, other: Organisation, near: Sequence[Near]) -> tuple[str, bool]:
        """From what the bodies cover that it follows, and what it covers itself; and whether that is known.

        Boards that a board's area is divided among don't all cover the whole of it: that is asked.
        """
        rows = {one.mine.pk: one for one in near if one.other == other}
        own = rows.get(successor.body_id or 0)
        before = [rows[body.pk] for body in successor.after.all() if body.pk in rows]
        if self.kind == ICB and any(len(self.after(body)) > 1 for body in successor.after.all()):
            return (own.coverage if own else ""), False
        together = [*before, *([own] if own else [])]
        if any(not row.coverage for row in together):
            return "", False
        if any(row.coverage == WHOLE for row in together):
            return WHOLE, True
        all_of_it = len(together) > 1 and len(together) == self._boards_of(other)
        return (WHOLE if self.kind == ICB and all_of_it else PART if together else ""), True

    def _boards_of(self, authority: Organisation) -> int:
        """How many boards cover it, each in part or whole, if this reorganisation were not."""
        ends = {body.pk for body in self.endings}
        rows = _around(self.row).filter(authority=authority).select_related("icb")
        return len({row.icb_id for row in rows if row.icb_id in ends or stands_on(row.icb, self.row.on)})

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

    @cached_property
    def leaderless(self) -> list[str]:
        """Authorities that would begin, or go on, without anybody who leads them, by name."""
        if self.kind != AUTHORITY:
            return []
        leads = Membership.objects.in_force(self.row.on).filter(role=Role.LEAD, user__is_active=True)
        bodies = [one.body for one in self.successors if one.body]
        led = set(leads.filter(organisation__in=bodies).values_list("organisation_id", flat=True))
        come = {one.pk for seat in self.seats if seat.membership.role == Role.LEAD for one in seat.to or ()}
        return [one.name for one in self.successors if one.pk not in come and one.body_id not in led]

    @cached_property
    def doubled(self) -> list[str]:
        """Roles of lead and deputy that several people would hold at one authority, as sentences."""
        if self.kind != AUTHORITY:
            return []
        people: dict[tuple[str, str], set[str]] = defaultdict(set)
        stay = Membership.objects.in_force(self.row.on).filter(role__in=ONE_EACH, user__is_active=True)
        bodies = {one.body_id: one.name for one in self.successors if one.body_id}
        for seat in stay.filter(organisation__in=bodies).select_related("user"):
            people[bodies[seat.organisation_id], seat.role].add(seat.user.display())
        for one in self.seats:
            if one.membership.role in ONE_EACH:
                for successor in one.to or ():
                    people[successor.name, one.membership.role].add(one.person)
        return [
            f"{name} would have {len(who)} {ONE_EACH[role]}: {listed(sorted(who))}."
            for (name, role), who in sorted(people.items())
            if len(who) > 1
        ]

    def missing(self) -> list[Problem]:
        """What has still to be decided before it can be prepared, as sentences."""
        row = self.row
        found = [
            Problem.at("successors", row, f"Say what comes after {body}.")
            for body in self.endings
            if not self.after(body)
        ]
        if found:
            return found  # all else follows from that
        if self.uncovered:
            words = f"No board would cover {', '.join(self.uncovered)}. Say who covers whom."
            found.append(Problem.at("footprint", row, words))
        if waiting := sum(seat.to is None for seat in self.seats):
            words = f"Say where {waiting} {'person goes' if waiting == 1 else 'people go'}."
            found.append(Problem.at("people", row, words))
        if open_ := sum(thing.fate is None for thing in self.things):
            words = f"Say what becomes of {open_} open {'thing' if open_ == 1 else 'things'}."
            found.append(Problem.at("things", row, words))
        return found


def plan_of(row: Reorganisation) -> Plan:
    successors = row.successors.select_related("body").prefetch_related("after", "covers__other")
    endings = row.endings.select_related("body").order_by("body__name", "body_id")
    return Plan(row, [one.body for one in endings], list(successors))


def seats_at(bodies: Iterable[Organisation], last_day: date) -> QuerySet[Membership]:
    """The roles at the bodies that are in force on their last day, or were to begin later."""
    seats: QuerySet[Membership] = (
        Membership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=last_day),
            organisation__in=list(bodies),
            ended_at__isnull=True,  # on the last day at once: over
        )
        .select_related("user", "organisation")
        .order_by("organisation__name", "user__name", "pk")
    )
    return seats


def usual(thing: Thing) -> Thing:
    """What becomes of a thing that nobody decided on: the first fate that leaves nothing to choose, else the
    first of all."""
    if thing.fate or not thing.options:
        return thing
    plain = next((option for option in thing.options if option[1] is None), thing.options[0])
    return replace(thing, fate=plain[0], successor=plain[1])


def fate_words(fate: Fate, successor: Successor | None) -> str:
    return f"{fate.says}: {successor}" if successor else fate.says


def stands_on(body: Organisation, day: date) -> bool:
    began = body.starts_on is None or body.starts_on <= day
    return began and (body.ends_on is None or body.ends_on >= day) and not body.never_in_force


def _around(row: Reorganisation) -> QuerySet[Footprint]:
    """In force on the last day or on the first: other reorganisations prepared for the same day count."""
    pks = Footprint.objects.in_force(row.last_day).values("pk")
    return Footprint.objects.filter(Q(pk__in=pks) | Q(pk__in=Footprint.objects.in_force(row.on).values("pk")))


@dataclass(frozen=True)
class Near:
    """Who covers whom around the day: a body of the reorganisation, and the other side on the first day."""

    mine: Organisation
    other: Organisation
    coverage: str  # "": not known, because the other side is divided


def _near(
    row: Reorganisation, endings: Sequence[Organisation], going_on: Sequence[Organisation], kind: str
) -> list[Near]:
    """As it stands around the day; for another body that has ended by then, what comes after it."""
    bodies, ends = [*endings, *going_on], {body.pk for body in endings}
    rows = _around(row).filter(Q(authority__in=bodies) | Q(icb__in=bodies))
    stands, over = [], []
    for one in rows.select_related("authority", "icb").order_by("starts_on", "pk"):
        mine, other = _sides(one, kind)
        if stands_on(other, row.on):
            if one.ends_on is None or one.ends_on >= row.on or mine.pk in ends:
                stands.append(Near(mine, other, one.coverage))
        else:
            over.append(Near(mine, other, one.coverage))
    return [*_carried_over(over, row.on, kind), *stands]


def _carried_over(over: Sequence[Near], day: date, kind: str) -> list[Near]:
    if not over:
        return []
    after: dict[int, list[Organisation]] = defaultdict(list)
    for one in Succession.objects.filter(on__lte=day).select_related("successor"):
        after[one.predecessor_id].append(one.successor)
    found = []
    for near in over:
        heirs = _heirs(near.other, after, day)
        sure = len(heirs) == 1 or (kind == ICB and near.coverage == WHOLE)
        found += [Near(near.mine, body, near.coverage if sure else "") for body in heirs]
    return found


def _heirs(body: Organisation, after: dict[int, list[Organisation]], day: date) -> list[Organisation]:
    """What came after it, directly or through others, and is in force on the day."""
    found: list[Organisation] = []
    waiting, seen = [body], {body.pk}
    while waiting:
        for one in after.get(waiting.pop().pk, []):
            if one.pk not in seen:
                seen.add(one.pk)
                (found if stands_on(one, day) else waiting).append(one)
    return found


def _sides(row: Footprint, kind: str) -> tuple[Organisation, Organisation]:
    """The side of the kind, and the other side."""
    return (row.authority, row.icb) if kind == AUTHORITY else (row.icb, row.authority)
