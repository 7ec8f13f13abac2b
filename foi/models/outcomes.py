"""What came back, item by item and year by year: one letter answers, refuses and forgets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from foi.models.instrument import Item
from foi.models.requests import Request
from network.audience import Readable, never_legal
from network.counts import FIGURES, Count, Kind
from network.disclosure import overlap


class Code(models.TextChoices):
    """What a reply did with one item for one year."""

    NOT_DUE = "not_due", "Not due yet"
    ANSWERED = "answered", "Answered"
    PARTLY_HELD = "partly_held", "Given for some places only"
    NOT_HELD = "not_held", "Not held"
    REFUSED = "refused", "Refused"
    NOT_COMPARABLE = "not_comparable", "Answered on another basis"
    NOT_ANSWERED = "not_answered", "Not answered"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    ANSWERED_LATER = "answered_in_reply", "Given later, outside FOI"


GIVING = frozenset({Code.ANSWERED, Code.PARTLY_HELD, Code.NOT_COMPARABLE, Code.ANSWERED_LATER})
"""Outcomes that come with a figure or a text; no other may have one."""

SYMBOLS: dict[str, str] = {
    Code.NOT_HELD: "x",
    Code.REFUSED: "c",
    Code.NOT_COMPARABLE: "x",
    Code.NOT_APPLICABLE: "z",
}
"""The symbols of the Government Statistical Service."""

SECTIONS = {
    "11": "wants it in another form or format",
    "12": "cost limit: £450, or 18 hours at £25",
    "14": "vexatious or repeated",
    "21": "reasonably accessible by other means (they must give the link)",
    "22": "intended for future publication",
    "24": "national security",
    "31": "law enforcement",
    "35": "formulation of government policy",
    "36": "effective conduct of public affairs",
    "38": "health and safety",
    "40": "personal data (small numbers)",
    "41": "provided in confidence",
    "42": "legal professional privilege",
    "43": "commercial interests",
    "44": "disclosure prohibited by other law",
}
"""Of the Freedom of Information Act 2000: what a refusal may rely on."""

FLAGS = {
    "calendar_year": "calendar year, not financial year",
    "rolling_12_months": "rolling 12 months",
    "part_year": "part of the year only",
    "adults_included": "adults included",
    "place_level_only": "given by place only",
    "places_summed_by_us": "places added up by the network",
    "referrals_not_children": "counts referrals, not children",
    "target_not_actual": "a target, not what happened",
    "mean_median_unstated": "mean or median not stated",
    "working_days": "in working days",
    "snapshot_date_differs": "counted on another day than 31 March",
    "base_unstated": "base not stated",
    "predecessor_body": "figure of a predecessor body",
    "successor_body": "figure of a successor body",
    "superseded_by_later_answer": "superseded by a later answer",
    "transcribed_from_pdf": "typed from a PDF",
    "range_or_rounded": "a range, or rounded",
}
"""What a reader must know of the quality of a figure."""

NOT_AS_ASKED = (
    "calendar_year", "rolling_12_months", "snapshot_date_differs", "adults_included",
    "referrals_not_children", "target_not_actual", "working_days",
)  # fmt: skip
"""Flags of a figure that counts another time or another thing than was asked for: no total adds it."""

FOR_A_PART = ("part_year",)
"""Flags of a figure that counts a part of what was asked for: it is a lower bound."""

BASES = {
    "in_year": "decided in the year",
    "snapshot": "on the caseload at 31 March",
    "referred": "of children referred",
    "assessed": "of children assessed",
    "eligible": "of children found eligible",
    "mean": "mean",
    "median": "median",
}
"""What a figure was counted on, where an item may be answered on several bases."""

_FIGURES = sorted(kind.value for kind in FIGURES)
NO_VALUE = Q(
    count_kind="", low__isnull=True, high__isnull=True, base__isnull=True, money__isnull=True,
    days_low__isnull=True, days_high__isnull=True, yes__isnull=True, written="",
)  # fmt: skip


class Outcome(Readable):
    """One item for one year in one reply.

    A count is kept as kind and bounds, an amount in pounds, a length of time in days; `written` is what the
    letter says, word for word. `sections` and `flags` are sets, kept in order and joined by commas.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="outcomes")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="outcomes")
    year = models.CharField(max_length=7, blank=True)  # "2025/26"; blank: as things are now
    outcome = models.CharField(max_length=20, choices=Code, default=Code.NOT_DUE)
    written = models.TextField(blank=True)
    count_kind = models.CharField(max_length=12, blank=True)
    low = models.PositiveIntegerField(null=True, blank=True)
    high = models.PositiveIntegerField(null=True, blank=True)
    base = models.PositiveSmallIntegerField(null=True, blank=True)
    money = models.DecimalField(max_digits=13, decimal_places=2, null=True, blank=True)
    days_low = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)
    days_high = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)
    yes = models.BooleanField(null=True, blank=True)
    chosen = models.JSONField(default=list, blank=True)
    basis = models.CharField(max_length=20, blank=True)  # as the item offers: in_year, mean …
    sections = models.CharField(max_length=80, blank=True)  # "12,40"
    flags = models.CharField(max_length=600, blank=True)  # "calendar_year,adults_included"
    page = models.CharField(max_length=20, blank=True)  # of the letter or its attachment
    note = models.TextField(blank=True)  # the network's own; never shown to partners
    withheld = models.BooleanField(default=False, editable=False)  # outside the network; see foi.returns
    # What partners ever read of the count, as bounds, the last at the end, and whether it was hidden from
    # them then: they forget nothing, whatever is recorded later. Only what they read changes these.
    read = models.JSONField(default=list, blank=True, editable=False)
    was_withheld = models.BooleanField(default=False, editable=False)

    # Not recorded, and its day is past, or its body was dissolved: no columns, but reckoned by
    # foi.deadlines.mark_awaited.
    late = False
    lapsed = False

    VALUE_FIELDS: ClassVar[tuple[str, ...]] = (
        "written", "count_kind", "low", "high", "base", "money", "days_low", "days_high", "yes", "chosen",
    )  # fmt: skip
    TYPED: ClassVar[tuple[str, ...]] = (
        "outcome", "written", "yes", "chosen", "basis", "sections", "flags", "page", "note",
    )  # fmt: skip

    class Meta:
        # A condition over an empty column is unknown, which a database lets pass: so each says "not empty".
        ordering = ["pk"]  # as it was asked
        indexes = [
            models.Index(fields=["request"], condition=Q(outcome="not_due"), name="foi_outcome_awaited")
        ]
        constraints = [
            never_legal("foi_outcome_never_legal"),
            models.UniqueConstraint(fields=["request", "item", "year"], name="foi_outcome_once"),
            models.CheckConstraint(
                condition=Q(outcome="refused") | Q(sections=""), name="foi_outcome_sections_of_a_refusal"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=sorted(GIVING)) | NO_VALUE, name="foi_outcome_figure_if_given"
            ),
            models.CheckConstraint(
                condition=Q(count_kind="", low__isnull=True, high__isnull=True)
                | Q(count_kind__in=_FIGURES, low__isnull=False, high__isnull=False, low__lte=F("high")),
                name="foi_outcome_low_to_high",
            ),
            models.CheckConstraint(
                condition=Q(count_kind="rounded", base__isnull=False, base__gte=2)
                | (~Q(count_kind="rounded") & Q(base__isnull=True)),
                name="foi_outcome_rounded_has_base",
            ),
            models.CheckConstraint(
                condition=Q(days_low__isnull=True, days_high__isnull=True)
                | Q(
                    days_low__gte=0,
                    days_high__isnull=False,
                    days_low__isnull=False,
                    days_low__lte=F("days_high"),
                ),
                name="foi_outcome_days_low_to_high",
            ),
            models.CheckConstraint(
                condition=Q(money__isnull=True) | Q(money__gte=0), name="foi_outcome_money_from_nought"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.year or 'now'}: {self.get_outcome_display()}"

    # The figure

    @property
    def gives(self) -> bool:
        """Whether this outcome comes with a figure or a text."""
        return self.outcome in GIVING

    @property
    def count(self) -> Count | None:
        """The figure as a count, whatever the outcome; None if there is none."""
        if not self.count_kind:
            return None
        return Count(Kind(self.count_kind), self.low, self.high, self.base)

    @property
    def seen(self) -> Count | None:
        """What partners read of the figure, if they could: the last, as exact as earlier ones make it."""
        return self._seen(lambda _: True)

    @property
    def known(self) -> Count | None:
        """The same of the figure as it stands now: what they read may have been another number."""
        count = self.count
        return self._seen(lambda was: count is None or overlap(was, count))

    def _seen(self, of: Callable[[Count], bool]) -> Count | None:
        found: Count | None = None
        for was in filter(of, (Count.between(low, high) for low, high in reversed(self.read))):
            if found is None or overlap(found, was):
                (low, high), (least, most) = was.bounds, found.bounds if found else was.bounds
                found = Count.between(max(low, least), min(high, most))
        return found

    def is_read(self) -> None:
        """Partners can read the figure from now on, or it is hidden from them."""
        self.was_withheld = self.withheld
        if self.count and not self.withheld:
            now = list(self.count.bounds)
            self.read = [*(was for was in self.read if was != now), now]

    @property
    def counted(self) -> Count:
        """What a total may use: the figure, or the state that stands in its place.

        A figure on another basis stays out: it is no part of the same sum.
        """
        if self.unlike:
            return Count.state(Kind.NOT_COMPARABLE)
        if self.outcome == Code.REFUSED:
            return Count.refused(*self.section_list)
        if self.outcome == Code.NOT_DUE and (self.late or self.lapsed):
            return Count.state(Kind.LAPSED if self.lapsed else Kind.LATE)
        if self.outcome in STATES:
            return Count.state(STATES[Code(self.outcome)])
        return self.count or Count.state(Kind.NOT_ANSWERED)

    @property
    def unlike(self) -> str:
        """Why the figure is no answer to what was asked, which no total adds; "" if it is one."""
        if not self.gives:
            return ""
        flags = [FLAGS[flag] for flag in NOT_AS_ASKED if flag in self.flag_list]
        return ", ".join(flags) or ("on another basis" if self.outcome == Code.NOT_COMPARABLE else "")

    @property
    def part(self) -> str:
        """Why the true figure may be larger than the one that was given; "" if it is whole."""
        places = ["given for some places only"] if self.outcome == Code.PARTLY_HELD else []
        flags = [FLAGS[flag] for flag in FOR_A_PART if self.gives and flag in self.flag_list]
        return ", ".join(places + flags)

    @property
    def apart(self) -> bool:
        """Whether it is no plain part of a sum, of several bodies or within one reply."""
        return bool(self.unlike or self.part)

    @property
    def section_list(self) -> list[str]:
        return self.sections.split(",") if self.sections else []

    @property
    def flag_list(self) -> list[str]:
        return self.flags.split(",") if self.flags else []

    def set_count(self, count: Count) -> None:
        self.count_kind, self.low, self.high, self.base = count.kind.value, count.low, count.high, count.base

    def clear_value(self) -> None:
        """As before any answer: no figure and no text."""
        blank = Outcome()
        for name in self.VALUE_FIELDS:
            setattr(self, name, getattr(blank, name))

    def reason(self) -> str:
        """Why there is no figure, in words: refused (section 12)."""
        return str(self.counted) if not self.gives else ""

    def value_words(self, item: Item) -> str:
        """The figure or the text, as pages and workbooks show it; "" if none was given."""
        if not self.gives:
            return ""
        if item.value_type == Item.Type.COUNT:
            return str(self.count or "")
        if item.value_type == Item.Type.MONEY:
            return pounds(self.money)
        if item.value_type == Item.Type.DURATION:
            return days_words(self.days_low, self.days_high)
        if item.value_type == Item.Type.YES_NO:
            return {True: "Yes", False: "No"}.get(self.yes, "")  # type: ignore[arg-type]
        if item.value_type == Item.Type.MULTI:
            return "; ".join(self.chosen)
        return self.written


STATES: dict[Code, Kind] = {
    Code.NOT_DUE: Kind.NOT_DUE,
    Code.NOT_HELD: Kind.NOT_HELD,
    Code.NOT_COMPARABLE: Kind.NOT_COMPARABLE,
    Code.NOT_ANSWERED: Kind.NOT_ANSWERED,
    Code.NOT_APPLICABLE: Kind.NOT_APPLICABLE,
}


def pounds(amount: Decimal | None) -> str:
    """£1,234,567; pence only where there are some."""
    if amount is None:
        return ""
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"


def days_words(low: Decimal | None, high: Decimal | None) -> str:
    """42 days; 28 to 84 days; 38.5 days."""
    if low is None or high is None:
        return ""
    first, last = (f"{value.normalize():f}" for value in (low, high))
    return f"{first} day{'' if first == '1' else 's'}" if low == high else f"{first} to {last} days"
