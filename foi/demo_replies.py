"""What an invented body writes back: figures that belong together, in the manner of its letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from foi.forms.answers import read_value
from foi.models import Item, Outcome
from foi.models.outcomes import Code

Figures = dict[str, int]

FIRST_YEAR = 2021
RANGES = (
    (0, 0),
    (1, 5),
    (6, 10),
    (11, 15),
    (16, 20),
    (21, 25),
    (26, 30),
    (31, 40),
    (41, 50),
    (51, 75),
    (76, 100),
)


@dataclass(frozen=True)
class Special:
    """One item treated in its own way; `years` of "" means each year."""

    outcome: Code = Code.ANSWERED
    sections: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Style:
    """How a body writes: `manner` is exact, small (<5), rounded or ranges."""

    manner: str
    funded_on: str = "in_year"
    needs_of: str = "eligible"
    specials: dict[str, Special] = field(default_factory=dict)


HELD_ELSEWHERE = Special(Code.NOT_HELD, note="They say that adult records are not linked to children’s.")
STYLES: dict[str, Style] = {
    "full": Style("small", specials={"1.6": Special(flags=("snapshot_date_differs",))}),
    "snapshot": Style(
        "exact",
        funded_on="snapshot",
        specials={
            "1.1": Special(flags=("referrals_not_children",)),
            "4.2": Special(Code.NOT_HELD),
            "6.1": HELD_ELSEWHERE,
            "7.3": Special(Code.NOT_ANSWERED),
        },
    ),
    "careful": Style(
        "small",
        specials={
            "1.1": Special(
                Code.NOT_COMPARABLE, flags=("calendar_year", "transcribed_from_pdf"), years=("2022/23",)
            ),
            "2.3": Special(Code.REFUSED, ("43",)),
            "3.1": Special(Code.NOT_HELD),
            "3.2": Special(Code.NOT_HELD),
            "3.3": Special(Code.NOT_HELD),
            "3.4": Special(Code.NOT_HELD),
            "4.1": Special(
                Code.NOT_COMPARABLE, flags=("target_not_actual",), note="“Within 28 days”, the adult measure."
            ),
            "6.3": Special(
                Code.NOT_APPLICABLE, note="They say that nobody on the caseload turns 18 under them."
            ),
        },
    ),
    "rounded": Style(
        "rounded",
        specials={
            "2.3": Special(Code.REFUSED, ("43",), note="Budget offered in place of spend."),
            "5.2": Special(Code.REFUSED, ("40",)),
            "5.5": Special(Code.REFUSED, ("40",)),
            "1.3": Special(flags=("adults_included",), outcome=Code.NOT_COMPARABLE, years=("2023/24",)),
            "4.1": Special(flags=("mean_median_unstated",)),
            "6.1": HELD_ELSEWHERE,
        },
    ),
    "ranges": Style(
        "ranges",
        needs_of="assessed",
        specials={
            "1.4": Special(Code.REFUSED, ("12", "21"), years=("2022/23", "2023/24")),
            "1.7": Special(Code.PARTLY_HELD, flags=("place_level_only",)),
            "2.1": Special(Code.NOT_ANSWERED),
            "2.2": Special(Code.NOT_ANSWERED),
            "2.3": Special(Code.REFUSED, ("22", "43")),
            "1.2": Special(flags=("places_summed_by_us",)),
            "4.3": Special(Code.NOT_HELD),
            "6.1": HELD_ELSEWHERE,
            "6.2": Special(Code.ANSWERED_LATER, note="Sent by mail after they saw what was recorded."),
            "7.2": Special(Code.NOT_ANSWERED, note="A policy was attached in place of an answer."),
        },
    ),
}


def reply(outcomes: Sequence[Outcome], style: Style, dice: Random) -> None:
    """Fill in a whole reply, unsaved. Outcomes come with their items, in order."""
    size = dice.randint(45, 150)
    by_year = {
        year: figures(size, int(year[:4]), dice, style) for year in sorted({o.year for o in outcomes} - {""})
    }
    for place, outcome in enumerate(outcomes):
        special = style.specials.get(outcome.item.code, Special())
        if special.years and outcome.year not in special.years:
            special = Special(flags=() if special.outcome is not Code.ANSWERED else special.flags)
        _record(outcome, special)
        if outcome.gives and not _silent(outcome):
            written = _written(outcome, by_year.get(outcome.year, {}), style, dice)
            _give(outcome, written, style)
        if outcome.outcome != Code.NOT_ANSWERED:
            outcome.page = str(2 + place // 24)


def _silent(outcome: Outcome) -> bool:
    """A target is no figure: only the words in the note remain."""
    return outcome.outcome == Code.NOT_COMPARABLE and "target_not_actual" in outcome.flags


def _record(outcome: Outcome, special: Special) -> None:
    outcome.outcome = special.outcome
    outcome.sections = ",".join(special.sections)
    outcome.flags = ",".join(special.flags)
    outcome.note = special.note


def _give(outcome: Outcome, written: str, style: Style) -> None:
    item = outcome.item
    if item.value_type == Item.Type.MULTI:
        outcome.chosen = written.split("; ")
        return
    outcome.written = written
    for name, value in read_value(item, written).items():
        setattr(outcome, name, value)
    if item.bases:
        outcome.basis = {"2": style.funded_on, "3": style.needs_of}.get(item.code[0], "mean")
    if outcome.count_kind in ("range", "rounded") and "range_or_rounded" not in outcome.flags:
        outcome.flags = ",".join(filter(None, [outcome.flags, "range_or_rounded"]))


def figures(size: int, year: int, dice: Random, style: Style) -> Figures:
    """One body's year, before it is written down: parts add up to their wholes."""
    referred = round(size * (1 + 0.06 * (year - FIRST_YEAR)) * dice.uniform(0.93, 1.07))
    pending = dice.randint(0, 4)
    assessed = round(referred * dice.uniform(0.68, 0.82))
    eligible = round((assessed - pending) * dice.uniform(0.4, 0.52))
    caseload = round(eligible * dice.uniform(1.6, 2.1))
    moved = max(2, round(caseload * 0.07))
    found = {
        "1.1": referred,
        "1.2": referred + dice.randint(2, 9),
        "1.3": assessed,
        "1.4": eligible,
        "1.5": assessed - pending - eligible,
        "1.6": pending,
        "1.7": caseload,
        "4.2": round((assessed - pending) * dice.uniform(0.28, 0.46)),
        "6.1": dice.randint(0, 6),
        "6.2": moved,
        "6.3": moved + dice.randint(1, 4),
    }
    whole = caseload if style.funded_on == "snapshot" else eligible
    _split(found, whole, {"2.1": dice.uniform(0.14, 0.24)}, "2.2")
    base = assessed if style.needs_of == "assessed" else eligible
    _split(found, base, {"3.2": 0.11, "3.3": dice.uniform(0.2, 0.28), "3.4": 0.06}, "3.1")
    shares = {"5.2": 0.03, "5.3": dice.uniform(0.1, 0.16), "5.4": 0.07, "5.5": 0.02, "5.6": 0.02}
    _split(found, caseload, shares, "5.1")
    return found


def _split(found: Figures, whole: int, shares: dict[str, float], rest: str) -> None:
    for code, share in shares.items():
        found[code] = round(whole * share)
    found[rest] = whole - sum(found[code] for code in shares)


def _written(outcome: Outcome, year: Figures, style: Style, dice: Random) -> str:
    item = outcome.item
    if item.value_type == Item.Type.COUNT:
        return _count(year[item.code], style.manner)
    if item.value_type == Item.Type.MONEY:
        return f"£{year['1.7'] * dice.randint(31_000, 47_000):,}"
    if item.value_type == Item.Type.DURATION:
        return _time(item.code, style, dice)
    if item.value_type == Item.Type.YES_NO:
        return "Yes"
    if item.value_type == Item.Type.MULTI:
        return "; ".join(dice.sample(item.choices, dice.randint(2, 4)))
    return dice.choice(
        [
            "Internal audit, March 2026: substantial assurance, two actions on timeliness.",
            "Sample of twenty decisions, autumn 2025: reasons were complete in seventeen.",
            "No audit of children’s decisions since the body was formed; one is planned.",
        ]
    )


def _count(number: int, manner: str) -> str:
    if manner == "small" and 1 <= number <= 4:
        return "<5"
    if manner == "rounded":
        nearest = round(number / 5) * 5
        return f"{nearest} (to the nearest 5)"
    if manner == "ranges":
        low, high = (
            next((low, high) for low, high in RANGES if number <= high)
            if number <= 100
            else (
                number // 50 * 50 + 1 - (50 if number % 50 == 0 else 0),
                -(-number // 50) * 50,
            )
        )
        return f"{low}–{high}" if low < high else "nil"
    return str(number) if number else "nil"


def _time(code: str, style: Style, dice: Random) -> str:
    if code == "4.3":
        return f"{dice.randint(140, 290)} days"
    if code == "4.4":
        return f"{dice.randint(2, 6)} weeks"
    low = dice.randint(6, 9)
    return (
        f"{low}–{low + dice.randint(3, 6)} weeks"
        if style.manner == "ranges"
        else f"{dice.randint(46, 92)} days"
    )
