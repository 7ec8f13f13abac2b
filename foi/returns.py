"""One body's reply as a whole: what is recorded, what doesn't add up, and what may not leave the network.

Which cells are hidden from readers outside is decided here, once for all replies about a body's year, and
kept in `Outcome.withheld`; foi.protection says how. Every page, download and report then hides the same
cells, so that no two of them can be put together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from foi.models import Item, ItemVersion, Outcome, Request
from foi.models.outcomes import Code
from foi.protection import Sheet, Tie, hidden_items
from foi.sums import Rule, breaches
from network.audience import Audience
from network.counts import Count, Kind
from network.dates import Period
from network.disclosure import is_small
from network.people.models import Succession

APART = frozenset({Code.NOT_COMPARABLE, Code.PARTLY_HELD})
"""Their figures are no part of the reply's sums: another basis, or some places only."""


@dataclass(frozen=True)
class Warning:
    """A sum of one year that can't be right."""

    year: str
    says: str

    def __str__(self) -> str:
        return f"{self.year}: {self.says}"


def rules_of(version: ItemVersion) -> list[Rule]:
    return [Rule.from_json(entry) for entry in version.rules]


def warnings(version: ItemVersion, outcomes: Iterable[Outcome]) -> list[Warning]:
    """What doesn't add up in one reply. Outcomes come with their items."""
    rules = rules_of(version)
    return [
        Warning(year, says)
        for year, rows in sorted(_by_year(outcomes).items())
        for says in breaches(rules, _figures(rows), _bases(rows))
    ]


def settle_bounds(outcomes: Sequence[Outcome]) -> None:
    """'<5' is 1 to 4 in a reply that shows a nought elsewhere, else 0 to 4."""
    shows_noughts = any(outcome.count_kind == Kind.NIL for outcome in outcomes)
    changed = []
    for outcome in outcomes:
        if outcome.count_kind == Kind.LESS_THAN:
            count = Count.parse(outcome.written, shows_noughts=shows_noughts)
            if count != outcome.count:
                outcome.set_count(count)
                changed.append(outcome)
    Outcome.objects.bulk_update(changed, ["low"])


Seen = Mapping[int, Count]
"""What partners could read before a change: the figure by the outcome's id."""


def seen(outcomes: Iterable[Outcome]) -> dict[int, Count]:
    """What partners can read of these rows, as they are stored."""
    return {
        row.pk: row.count
        for row in outcomes
        if row.audience == Audience.PARTNERS and row.count and not row.withheld
    }


def settle_disclosure(request: Request, before: Seen, *, sharing: bool = False) -> None:
    """Decide anew what is hidden outside the network of a body's years, after a reply changed or is shared.

    All shared replies that speak of the same years are decided together, those of predecessors and
    successors too. What partners have seen stays as they saw it: what was hidden stays hidden, and what is
    known can't be protected by hiding it now. A reply that is not shared changes nothing in those that are.
    """
    successions = list(Succession.objects.select_related("successor"))
    concerned = _family(request, successions).filter(Q(pk=request.pk) | Q(audience=Audience.PARTNERS))
    asked = {each.pk: each for each in concerned.select_related("round__version")}
    rows = Outcome.objects.filter(
        request__in=asked, item__value_type=Item.Type.COUNT, year__in=["", *request.round.years]
    ).select_related("item")
    by_year: dict[str, list[Outcome]] = defaultdict(list)
    for row in rows.order_by("-request__received_on", "-request_id", "pk"):
        row.request = asked[row.request_id]
        by_year[row.year].append(row)
    rules = list(dict.fromkeys(rule for each in asked.values() for rule in rules_of(each.round.version)))
    now = seen(row for found in by_year.values() for row in found if row.request_id != request.pk)
    changed: list[Outcome] = []
    for year, found in by_year.items():
        ties = ties_of(year, successions)
        linked = _reached(request.body_id, [(tie.successor, *tie.whole, *tie.split) for tie in ties])
        together = [row for row in found if row.request.body_id in linked]
        changed += _settled(
            request, together, rules, ties, {**now, **before}, public=sharing or request.is_shared
        )
    Outcome.objects.bulk_update(changed, ["withheld"])


def lock_concerned(request: Request) -> list[Request]:
    """The request and all others whose figures are decided together with its own, locked in one order.

    Two replies of one body recorded at the same time would else each be protected without the other.
    """
    family = _family(request, Succession.objects.all())
    return list(family.select_for_update(of=("self",)).select_related("round__version").order_by("pk"))


def _family(request: Request, successions: Iterable[Succession]) -> QuerySet[Request]:
    """All requests to the body, to what it came from and to what became of it."""
    pairs = {(each.predecessor_id, each.successor_id) for each in successions}
    return Request.objects.filter(body__in=_reached(request.body_id, pairs))


def _reached(body: int, groups: Iterable[Collection[int]]) -> set[int]:
    """The body and all those that share a group with it, directly or through others."""
    listed = list(groups)
    found, new = {body}, {body}
    while new:
        new = {each for group in listed if not found.isdisjoint(group) for each in group} - found
        found |= new
    return found


def ties_of(year: str, successions: Iterable[Succession]) -> list[Tie]:
    """The bodies that began after a year's first day, with what they came from."""
    if not year:
        return []
    first = Period.parse(year).first
    came: dict[int, tuple[list[int], list[int]]] = {}
    for each in successions:
        if each.successor.starts_on and each.successor.starts_on > first:
            whole, split = came.setdefault(each.successor_id, ([], []))
            (split if each.kind == Succession.Kind.SPLIT else whole).append(each.predecessor_id)
    return [Tie(body, tuple(whole), tuple(split)) for body, (whole, split) in came.items()]


def _settled(
    request: Request,
    rows: Sequence[Outcome],
    rules: Sequence[Rule],
    ties: Sequence[Tie],
    known: Seen,
    *,
    public: bool,
) -> Iterator[Outcome]:
    """The outcomes of one year that are hidden from now on, or are no longer."""
    by_request: dict[int, list[Outcome]] = defaultdict(list)
    for row in rows:
        by_request[row.request_id].append(row)
    bodies = {row.request.body_id for row in rows}
    between = [tie for tie in ties if tie.successor in bodies]
    hidden = hidden_items(
        [_sheet(found, known) for found in by_request.values()],
        rules,
        between,
        before={row.item.code for row in rows if row.withheld and row.request.is_shared},
    )
    for row in rows:
        if row.count is None or not (public or row.request_id == request.pk):
            continue
        stays = known.get(row.pk) == row.count and not is_small(row.count)
        withheld = row.item.code in hidden and not stays
        if row.withheld != withheld:
            row.withheld = withheld
            yield row


def _sheet(rows: Sequence[Outcome], known: Seen) -> Sheet:
    figures = {row.item.code: row.count for row in rows if row.count}
    return Sheet(
        body=rows[0].request.body_id,
        figures=figures,
        bases=_bases(rows),
        apart=frozenset(row.item.code for row in rows if row.outcome in APART),
        seen={row.item.code: known[row.pk] for row in rows if row.pk in known},
    )


def _by_year(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    years: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.item.value_type == Item.Type.COUNT:
            years[outcome.year].append(outcome)
    return years


def _figures(rows: Iterable[Outcome]) -> dict[str, Count]:
    """The figures that belong to one basis, by item."""
    return {row.item.code: row.count for row in rows if row.count and row.outcome not in APART}


def _bases(rows: Iterable[Outcome]) -> dict[str, str]:
    return {row.item.code: row.basis for row in rows if row.basis}
