"""A number as somebody reported it, and what may honestly be said of the sum of several.

A return says "12", "<5", "20-25", "40 to the nearest 5", "nil", "refused (section 12)" or "not held". A
`Count` keeps which of these it was. One with a figure has bounds that hold the true number; one without
(a state) has none and never adds to a sum. A blank is no count at all: it is never read as nought.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LARGEST = 9_999_999  # a slip of the keyboard, rather than a number of children, lies above


class Kind(StrEnum):
    EXACT = "exact"
    NIL = "nil"
    LESS_THAN = "less_than"
    RANGE = "range"
    ROUNDED = "rounded"
    REFUSED = "refused"
    NOT_HELD = "not_held"
    NOT_RECORDED = "not_recorded"
    DECLINED = "declined"
    NOT_ANSWERED = "not_answered"
    NOT_COMPARABLE = "not_comparable"  # answered on another basis; the figure is kept elsewhere
    NOT_DUE = "not_due"
    LATE = "late"  # owed, and its day is past
    LAPSED = "lapsed"  # asked of a body that was dissolved before it answered
    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"

    @property
    def words(self) -> str:
        return _OWN_WORDS.get(self.value) or self.value.replace("_", " ")


_OWN_WORDS = {"late": "awaited (late)", "lapsed": "lapsed (body dissolved)"}

FIGURES = frozenset({Kind.EXACT, Kind.NIL, Kind.LESS_THAN, Kind.RANGE, Kind.ROUNDED})
STATES = tuple(kind for kind in Kind if kind not in FIGURES)  # in the order in which a total names them
# Nobody owed a figure here, so these are named after a total and are not part of "from 4 of 7".
LEFT_OUT = frozenset({Kind.NOT_ASKED, Kind.NOT_APPLICABLE})

NOT_SHARED = "not shared"
EN_DASH = "\u2013"
_SECTION = r"[0-9]{1,2}[A-Z]?(?:\([0-9a-z]{1,4}\))*"
_CITED = re.compile(rf"(?:sections?|ss?\.?)?\s*({_SECTION})", re.IGNORECASE)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_FORMS = {
    "exact": re.compile(rf"({_NUMBER})"),
    "less_than": re.compile(rf"(?:<|(?:fewer|less)\s+than)\s*({_NUMBER})(\s*\(0 to (?:{_NUMBER})\))?"),
    "range": re.compile(
        rf"({_NUMBER})\s*(?:[-\u2012-\u2015]|to)\s*({_NUMBER})|between ({_NUMBER}) and ({_NUMBER})"
    ),
    "rounded": re.compile(
        rf"({_NUMBER})\s*\(?\s*(?:rounded\s+)?(?:to\s+)?(?:the\s+)?nearest\s+({_NUMBER})\s*\)?"
    ),
}
_NIL_WORDS = frozenset({"nil", "none", "zero", "nought"})


def _number(written: str) -> int:
    number = int(written.replace(",", ""))
    if number > LARGEST:
        raise ValueError(f"'{written}' is too large for a count: the largest accepted is {LARGEST:,}.")
    return number


def _section_order(section: str) -> tuple[int, str]:
    return int(re.match(r"\d+", section)[0]), section  # type: ignore[index]  # checked when it was made


@dataclass(frozen=True)
class Count:
    """One reported number, or the state that stands in its place.

    `low` and `high` hold the true number between them (both None for a state); `base` is what a rounded
    figure was rounded to; `sections` are the sections of the Freedom of Information Act 2000 that a
    refusal relied on, none if it cited none.
    """

    kind: Kind
    low: int | None = None
    high: int | None = None
    base: int | None = None
    sections: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.kind in FIGURES:
            if self.low is None or self.high is None or not 0 <= self.low <= self.high:
                raise ValueError(f"A count cannot lie between {self.low} and {self.high}.")
            self._check_figure(self.low, self.high)
        elif (self.low, self.high) != (None, None):
            raise ValueError(f"'{self.kind.words}' stands in the place of a figure and cannot have one.")
        if (self.base is None) is (self.kind is Kind.ROUNDED):
            raise ValueError("A rounded figure, and no other, says what it was rounded to.")
        if self.sections and self.kind is not Kind.REFUSED:
            raise ValueError("Only a refusal relies on sections.")
        for section in self.sections:
            if not re.fullmatch(_SECTION, section):
                raise ValueError(f"'{section}' is not a section. Write its number, such as 12 or 40(2).")

    def _check_figure(self, low: int, high: int) -> None:
        fits = {
            Kind.EXACT: low == high >= 1,
            Kind.NIL: low == high == 0,
            Kind.LESS_THAN: low <= 1,
            Kind.RANGE: low < high,
            Kind.ROUNDED: self.base is None or (low, high) == _rounded_bounds(self.figure, self.base),
        }
        if not fits[self.kind]:
            raise ValueError(f"{low} to {high} does not suit the kind '{self.kind.words}'.")

    # Making one

    @classmethod
    def exact(cls, number: int) -> Count:
        """A plain number. Nought is nil: the body said that there were none."""
        return cls(Kind.EXACT if number else Kind.NIL, number, number)

    @classmethod
    def nil(cls) -> Count:
        return cls(Kind.NIL, 0, 0)

    @classmethod
    def less_than(cls, limit: int = 5, *, shows_noughts: bool = True) -> Count:
        """'<5' is 1 to 4 from a body that shows noughts elsewhere, else 0 to 4."""
        if limit < 2:
            raise ValueError(f"'<{limit}' leaves no number but nought. Write nil if there were none.")
        return cls(Kind.LESS_THAN, 1 if shows_noughts else 0, limit - 1)

    @classmethod
    def between(cls, low: int, high: int) -> Count:
        if low > high:
            raise ValueError(f"{low:,} to {high:,} runs backwards: write the smaller number first.")
        return cls.exact(low) if low == high else cls(Kind.RANGE, low, high)

    @classmethod
    def rounded(cls, figure: int, base: int) -> Count:
        """40 to the nearest 5 is 38 to 42; to the nearest 10 it is 35 to 45.

        Bodies do not say which way they round a half, so both numbers that lie half-way are within the
        bounds: they must hold the true number whatever the body's habit.
        """
        if base < 2:
            raise ValueError("Say what the figure was rounded to: 5 or 10, for example.")
        if figure < 0 or figure % base:
            raise ValueError(f"{figure:,} is not a figure rounded to the nearest {base}.")
        low, high = _rounded_bounds(figure, base)
        return cls(Kind.ROUNDED, low, high, base)

    @classmethod
    def refused(cls, *sections: str) -> Count:
        return cls(Kind.REFUSED, sections=frozenset(sections))

    @classmethod
    def state(cls, kind: Kind | str) -> Count:
        """A state without a figure, by its kind."""
        return cls(Kind(kind))

    @classmethod
    def parse(cls, text: str, *, shows_noughts: bool = True) -> Count:
        """Reads what a reply says; ValueError explains what cannot be read, and nothing is guessed.

        `shows_noughts`: whether the body writes noughts elsewhere, which makes its '<5' 1 to 4.
        """
        written = " ".join(text.split())
        if not written:
            raise ValueError("Nothing was given. A blank is not nought: write nil if there were none.")
        lower = written.lower()
        if lower in _NIL_WORDS:
            return cls.nil()
        if lower in _STATE_WORDS:
            return cls.state(_STATE_WORDS[lower])
        if lower.startswith("refused"):
            return cls.refused(*_cited(written))
        for form, pattern in _FORMS.items():
            if match := pattern.fullmatch(lower):
                return cls._from_match(form, match, shows_noughts)
        raise ValueError(_why_unreadable(text, lower))

    @classmethod
    def _from_match(cls, form: str, match: re.Match[str], shows_noughts: bool) -> Count:
        numbers = [_number(written) for written in re.findall(_NUMBER, match[0])]
        if form == "exact":
            return cls.exact(numbers[0])
        if form == "range":
            return cls.between(numbers[0], numbers[1])
        if form == "rounded":
            return cls.rounded(numbers[0], numbers[1])
        if match[2] and numbers[1:] != [0, numbers[0] - 1]:
            raise ValueError(f"'{match[0]}' contradicts itself: <{numbers[0]} ends at {numbers[0] - 1}.")
        return cls.less_than(numbers[0], shows_noughts=shows_noughts and not match[2])

    # Reading one

    @property
    def given(self) -> bool:
        """Whether there is a figure."""
        return self.kind in FIGURES

    @property
    def bounds(self) -> tuple[int, int]:
        """Low and high of a figure; ValueError for a state."""
        if self.low is None or self.high is None:
            raise ValueError(f"'{self}' has no figure.")
        return self.low, self.high

    @property
    def figure(self) -> int:
        """The figure as written, of an exact, nil or rounded count; ValueError for the others."""
        low, high = self.bounds
        if self.base:
            return high - self.base // 2
        if low != high:
            raise ValueError(f"'{self}' is not one figure.")
        return low

    def __str__(self) -> str:
        """As a reply would write it; `parse` reads it back."""
        if not self.given:
            return f"refused ({self._cited()})" if self.kind is Kind.REFUSED else self.kind.words
        low, high = self.bounds
        if self.kind is Kind.NIL:
            return "nil"
        if self.kind is Kind.RANGE:
            return f"{low:,}{EN_DASH}{high:,}"
        if self.kind is Kind.LESS_THAN:
            return f"<{high + 1:,}" + ("" if low else f" (0 to {high:,})")
        return f"{self.figure:,}" + (f" (to the nearest {self.base:,})" if self.base else "")

    def _cited(self) -> str:
        sections = sorted(self.sections, key=_section_order)
        if not sections:
            return "no section cited"
        if len(sections) == 1:
            return f"section {sections[0]}"
        return f"sections {', '.join(sections[:-1])} and {sections[-1]}"

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "low": self.low,
            "high": self.high,
            "base": self.base,
            "sections": sorted(self.sections, key=_section_order),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Count:
        return cls(
            Kind(data["kind"]),
            data.get("low"),
            data.get("high"),
            data.get("base"),
            frozenset(data.get("sections") or ()),
        )


def _rounded_bounds(figure: int, base: int) -> tuple[int, int]:
    return max(0, figure - base // 2), figure + base // 2


_STATE_WORDS = {kind.words: kind for kind in STATES} | {
    "information not held": Kind.NOT_HELD,
    "n/a": Kind.NOT_APPLICABLE,
    "not yet due": Kind.NOT_DUE,
    "awaited, late": Kind.LATE,
    "overdue": Kind.LATE,
}


def _cited(written: str) -> list[str]:
    """The sections that 'refused (sections 12 and 40)' cites."""
    said = written[len("refused") :].strip()
    if said.startswith("(") and said.endswith(")"):
        said = said[1:-1].strip()
    said = re.sub(r"^(?:under|citing)\s+", "", said, flags=re.IGNORECASE)
    if said.lower() in ("", "no section cited"):
        return []
    sections = [_CITED.fullmatch(part.strip()) for part in re.split(r",?\s+and\s+|[,;&]", said)]
    if None in sections:
        raise ValueError(
            f"'{written}' does not say plainly which sections. Write refused (section 12), "
            "refused (sections 12 and 40), or refused alone if none was cited."
        )
    return [section[1].upper() if "(" not in section[1] else section[1] for section in sections if section]


def _why_unreadable(text: str, lower: str) -> str:
    accepted = (
        f"Write a whole number, nil, <5, a range such as 20{EN_DASH}25, 40 (to the nearest 5), "
        "refused (section 12), not held, not recorded, declined or another state."
    )
    if re.fullmatch(r"[-\u2212]\s*[0-9].*", lower):
        return f"'{text}' is below nought, which no count can be. {accepted}"
    if re.fullmatch(r"[0-9,]*[.][0-9]+", lower):
        return f"'{text}' is not a whole number. {accepted}"
    return f"'{text}' cannot be read as a count. {accepted}"


@dataclass(frozen=True)
class Total:
    """The sum of several counts: bounds, and how many of those asked gave a figure.

    `high` is None when nothing but the lower bound may be said (see `network.disclosure`). `states` says
    how often each state stood in the place of a figure; `hidden` how many figures a reader may not see
    since they are small or would give small ones away, `unshared` how many answers, whatever they are.
    """

    low: int = 0
    high: int | None = 0
    given: int = 0
    states: tuple[tuple[Count, int], ...] = ()
    hidden: int = 0
    unshared: int = 0

    @property
    def asked(self) -> int:
        """How many owed a figure. Who was not asked, or cannot have one, is not among them."""
        owed = sum(number for state, number in self.states if state.kind not in LEFT_OUT)
        return self.given + self.hidden + self.unshared + owed

    @property
    def complete(self) -> bool:
        return self.given == self.asked

    def __add__(self, other: Total) -> Total:
        together = Counter(dict(self.states))
        together.update(dict(other.states))
        open_ended = self.high is None or other.high is None
        return Total(
            self.low + other.low,
            None if open_ended else (self.high or 0) + (other.high or 0),
            self.given + other.given,
            _in_order(together),
            self.hidden + other.hidden,
            self.unshared + other.unshared,
        )

    @property
    def figure(self) -> str:
        """33; 33 to 41; at least 33; no figure."""
        if not self.given:
            return "no figure"
        if self.high is None:
            return f"at least {self.low:,}"
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"

    @property
    def coverage(self) -> str:
        """from 4 of 7; 1 refused (section 12), 1 not held, 1 not due"""
        missing = [f"{self.hidden} hidden"] if self.hidden else []
        missing += [f"{self.unshared} {NOT_SHARED}"] if self.unshared else []
        missing += [f"{n} {state}" for state, n in self.states if state.kind not in LEFT_OUT]
        left_out = [f"{n} {state}" for state, n in self.states if state.kind in LEFT_OUT]
        parts = [f"from {self.given} of {self.asked}"]
        if missing:
            parts.append(", ".join(missing))
        if left_out:
            parts.append("besides these " + ", ".join(left_out))
        return "; ".join(parts)

    def __str__(self) -> str:
        return f"{self.figure}, {self.coverage}"

    def to_json(self) -> dict[str, Any]:
        return {
            "low": self.low,
            "high": self.high,
            "given": self.given,
            "states": [[state.to_json(), number] for state, number in self.states],
            "hidden": self.hidden,
            "unshared": self.unshared,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Total:
        states = tuple((Count.from_json(state), number) for state, number in data["states"])
        return cls(data["low"], data["high"], data["given"], states, data["hidden"], data.get("unshared", 0))


def _in_order(states: Mapping[Count, int]) -> tuple[tuple[Count, int], ...]:
    def order(item: tuple[Count, int]) -> tuple[int, list[tuple[int, str]]]:
        return STATES.index(item[0].kind), sorted(_section_order(section) for section in item[0].sections)

    return tuple(sorted(states.items(), key=order))


def total(counts: Iterable[Count]) -> Total:
    """The sum, its bounds and its coverage. Only figures add; every state is named, never dropped."""
    listed = list(counts)
    figures = [count.bounds for count in listed if count.given]
    return Total(
        sum(low for low, _ in figures),
        sum(high for _, high in figures),
        len(figures),
        _in_order(Counter(count for count in listed if not count.given)),
    )
