"""One body's reply as a whole: what is recorded, what doesn't add up, and what may not leave the network.

Which cells are hidden from readers outside is decided here, once for all replies about a body's year, and
kept in `Outcome.withheld`; foi.protection says how. Every page, download and report then hides the same
cells, so that no two of them can be put together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from foi.models import Item, ItemVersion, Outcome, Request
from foi.protection import Sheet, Tie, hidden_items, tells_all
from foi.sums import Rule, breaches
from network.audience import Audience
from network.counts import Count, Kind
from network.dates import Period
from network.people.models import Succession


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


def stored(request: Request) -> list[Outcome]:
    """The counts of one reply as they are stored."""
    rows = Outcome.objects.filter(request=request, item__value_type=Item.Type.COUNT)
    return list(rows.select_related("item"))


def settle(request: Request, before: Sequence[Outcome] = (), *, sharing: bool = False) -> None:
    """What follows from a change of a reply's figures, or from sharing it; `before`: as they were stored."""
    now = stored(request)
    settle_bounds(now)
    were = {row.pk: _counts_as(row) for row in before}
    years = {row.year for row in now if sharing or were.get(row.pk) != _counts_as(row)}
    if years:
        settle_disclosure(request, years, sharing=sharing)


def _counts_as(row: Outcome) -> tuple[Count | None, bool, bool, str]:
    """All of an outcome that protection looks at."""
    return row.count, bool(row.unlike), bool(row.part), row.basis


def settle_disclosure(request: Request, years: Collection[str], *, sharing: bool = False) -> None:
    """Decide anew what is hidden outside the network of a body's years, after a reply changed or is shared.

    All shared replies that speak of the same years are decided together, those of predecessors and
    successors too. What partners have seen stays as they saw it: what was hidden stays hidden, and what is
    known can't be protected by hiding it now. A reply that is not shared changes nothing in those that are;
    one that was taken back counts with what partners read of it while they could, whatever is recorded in it
    since. What the page before sharing says is hidden is so afterwards.
    """
    successions = list(Succession.objects.select_related("successor"))
    was_read = Q(audience=Audience.PARTNERS) | Q(taken_back_on__isnull=False)
    concerned = _family(request, successions).filter(Q(pk=request.pk) | was_read)
    versions = ItemVersion.objects.filter(pk__in=concerned.values("round__version"))
    rules = list(dict.fromkeys(rule for version in versions for rule in rules_of(version)))
    about = Exists(Outcome.objects.filter(request=OuterRef("pk"), year__in=years))
    asked = {each.pk: each for each in concerned.filter(about)}
    rows = Outcome.objects.filter(
        request__in=asked, item__value_type=Item.Type.COUNT, year__in=years
    ).select_related("item")
    by_year: dict[str, list[Outcome]] = defaultdict(list)
    for row in rows.order_by("-request__received_on", "-request_id", "pk"):
        row.request = asked[row.request_id]
        by_year[row.year].append(row)
    changed: list[Outcome] = []
    for year, found in by_year.items():
        ties = ties_of(year, successions)
        linked = _reached(request.body_id, [(tie.successor, *tie.whole, *tie.split) for tie in ties])
        together = [row for row in found if row.request.body_id in linked]
        changed += _settled(request, together, rules, ties, sharing=sharing)
    Outcome.objects.bulk_update(changed, ["withheld", "was_withheld", "read"])


def lock_concerned(request: Request) -> list[Request]:
    """The request and all others whose figures are decided together with its own, locked in one order.

    Two replies of one body recorded at the same time would else each be protected without the other.
    """
    family = _family(request, Succession.objects.all())
    return list(family.select_for_update(of=("self",)).order_by("pk"))


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
    request: Request, rows: Sequence[Outcome], rules: Sequence[Rule], ties: Sequence[Tie], *, sharing: bool
) -> Iterator[Outcome]:
    """The outcomes of one year of which partners see something else from now on."""
    by_request: dict[int, list[Outcome]] = defaultdict(list)
    for row in rows:
        by_request[row.request_id].append(row)
    bodies = {row.request.body_id for row in rows}
    hidden = hidden_items(
        [_sheet(found, deciding=request) for found in by_request.values()],
        rules,
        [tie for tie in ties if tie.successor in bodies],
        before={
            row.item.code
            for row in rows
            if row.was_withheld or (sharing and row.withheld and row.request_id == request.pk)
        },
    )
    public = sharing or request.is_shared
    for row in rows:
        if row.request_id == request.pk or (public and row.request.is_shared):
            before = row.withheld, row.was_withheld, row.read
            _decide(row, hidden, public=public)
            if before != (row.withheld, row.was_withheld, row.read):
                yield row


def _decide(row: Outcome, hidden: Collection[str], *, public: bool) -> None:
    """Whether one figure is hidden, and, once partners read it or don't, what they know of it."""
    if row.count is None:
        return  # what they saw of it before it was cleared they still know
    known = row.known
    row.withheld = row.item.code in hidden and not (known and tells_all(known, row.count))
    if public:
        row.is_read()


def _sheet(rows: Sequence[Outcome], *, deciding: Request) -> Sheet:
    """One reply's figures, as what is decided of `deciding` looks at them."""
    asked = rows[0].request
    unlike = frozenset(row.item.code for row in rows if row.unlike)
    part = frozenset(row.item.code for row in rows if row.part and not row.unlike)
    if asked.pk != deciding.pk and not asked.is_shared:  # taken back: only what they read of it then
        read = {row.item.code: seen for row in rows if (seen := row.seen)}
        rows = [row for row in rows if row.item.code in read]
        return Sheet(
            body=asked.body_id,
            figures=read,
            bases=_bases(rows),
            unlike=unlike,
            part=part,
            seen=read,
        )
    return Sheet(
        body=asked.body_id,
        figures={row.item.code: row.count for row in rows if row.count},
        bases=_bases(rows),
        unlike=unlike,
        part=part,
        seen={row.item.code: known for row in rows if (known := row.known)},
    )


def _by_year(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    years: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.item.value_type == Item.Type.COUNT:
            years[outcome.year].append(outcome)
    return years


def _figures(rows: Iterable[Outcome]) -> dict[str, Count]:
    """The figures that belong to one sum, by item: foi.totals adds no others of several bodies either."""
    return {row.item.code: row.count for row in rows if row.count and not row.apart}


def _bases(rows: Iterable[Outcome]) -> dict[str, str]:
    return {row.item.code: row.basis for row in rows if row.basis}
