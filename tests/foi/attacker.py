"""Somebody outside who lays all partner pages side by side and tries every number. Knows no code of ours.

The sums are written out here as the network words them, and the search is the attacker's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

SMALL = frozenset({1, 2, 3, 4})
FAR = 400  # more children than any reply of the tests counts
PLACES = ("5.1", "5.2", "5.3", "5.4", "5.5", "5.6")
NEEDS = ("3.1", "3.2", "3.3", "3.4")
OR_MORE = " or more"  # how a reader takes a figure that is marked as one for a part
Terms = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Law:
    """The terms, each with its sign, come to nought; or, if not `exact`, to nought or less."""

    terms: Terms
    exact: bool


def law(parts: Iterable[str], wholes: Iterable[str], *, exact: bool = False) -> Law:
    return Law((*((part, 1) for part in parts), *((whole, -1) for whole in wholes)), exact)


def laws(funded_on: str = "1.7", needs_of: str = "1.4") -> list[Law]:
    """What holds within one body's year."""
    return [
        law(["1.1"], ["1.2"]),
        law(["1.3"], ["1.1"]),
        law(["1.4", "1.5", "1.6"], ["1.3"]),
        law(["2.1", "2.2"], [funded_on], exact=True),
        law(NEEDS, [needs_of], exact=True),
        law(["4.2"], ["1.4", "1.5"]),
        law(PLACES, ["1.7"], exact=True),
        law(["6.2"], ["6.3"]),
    ]


Ranges = dict[str, tuple[int, int]]


def ranges_of(seen: Mapping[str, Iterable[str]], names: Iterable[str]) -> Ranges:
    """What the pages say of each number; everything that was ever read of it counts.

    What they mark as not comparable is another number: the pages tell the attacker which to skip.
    """
    found: Ranges = {}
    for name in names:
        low, high = 0, FAR
        for text in seen.get(name, ()):
            if text.isdigit():
                low, high = max(low, int(text)), min(high, int(text))
            elif text.endswith(OR_MORE):
                low = max(low, int(text.removesuffix(OR_MORE)))
            elif text == "nil":
                high = 0
            elif text == "<5":
                low, high = max(low, 1), min(high, 4)  # these replies write nil for nought
        found[name] = (low, high)
    return found


def possible(ranges: Ranges, every: list[Law], name: str, number: int) -> bool:
    """Whether all numbers can be chosen so that this one is that, and every law holds."""
    low, high = ranges[name]
    return low <= number <= high and _search({**ranges, name: (number, number)}, every)


def _search(ranges: Ranges, every: list[Law]) -> bool:
    narrowed = _narrow(ranges, every)
    if narrowed is None:
        return False
    undecided = [name for name, (low, high) in narrowed.items() if low < high]
    if not undecided:
        return True
    name = min(undecided, key=lambda each: narrowed[each][1] - narrowed[each][0])
    low, high = narrowed[name]
    middle = (low + high) // 2
    return any(_search({**narrowed, name: half}, every) for half in ((low, middle), (middle + 1, high)))


def _narrow(ranges: Ranges, every: list[Law]) -> Ranges | None:
    ranges = dict(ranges)
    moved = True
    while moved:
        moved = False
        for each in every:
            for name, sign in each.terms:
                low, high = ranges[name]
                for new_low, new_high in _limits(ranges, each, name, sign):
                    low, high = max(low, new_low), min(high, new_high)
                if low > high:
                    return None
                moved |= (low, high) != ranges[name]
                ranges[name] = (low, high)
    return ranges


def _limits(ranges: Ranges, one: Law, name: str, sign: int) -> Iterator[tuple[int, int]]:
    """sign × number + rest ≤ 0, and for an exact law ≥ 0 as well."""
    least = sum(
        ranges[other][0] if way > 0 else -ranges[other][1] for other, way in one.terms if other != name
    )
    most = sum(
        ranges[other][1] if way > 0 else -ranges[other][0] for other, way in one.terms if other != name
    )
    if sign > 0:
        yield (-most if one.exact else 0), -least
    else:
        yield least, (most if one.exact else FAR)


def told(ranges: Ranges, every: list[Law], name: str) -> set[int]:
    """Which of 1 to 4 the attacker must still reckon with."""
    return {number for number in SMALL if possible(ranges, every, name, number)}
