"""What must add up within one reply, and what a reader is warned of if it does not. Pure.

A figure may have bounds, so a rule is broken only where no numbers within the bounds could keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from network.counts import Count, total


@dataclass(frozen=True)
class Rule:
    """The parts, added up, are `equal` to, or `at_most`, the wholes added up.

    With a `basis` the rule holds only where the reply counts its parts on that basis. `unless` says what
    would explain a breach.
    """

    parts: tuple[str, ...]
    equal: bool
    wholes: tuple[str, ...]
    basis: str = ""
    unless: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        return cls(
            parts=tuple(data["parts"]),
            equal=data["is"] == "equal",
            wholes=tuple(data["wholes"]),
            basis=data.get("basis", ""),
            unless=data.get("unless", ""),
        )

    @property
    def codes(self) -> tuple[str, ...]:
        return self.parts + self.wholes

    def applies(self, bases: Mapping[str, str]) -> bool:
        """Whether the reply's bases, by item, are the rule's."""
        return not self.basis or all(bases.get(part) == self.basis for part in self.parts)

    def breach(self, figures: Mapping[str, Count]) -> str:
        """The sentence that says how the rule is broken; "" if it is kept or can't be told."""
        parts = [figures[code] for code in self.parts if code in figures]
        wholes = [figures[code] for code in self.wholes if code in figures]
        if len(wholes) < len(self.wholes) or not parts or (self.equal and len(parts) < len(self.parts)):
            return ""
        sum_of_parts, whole = total(parts), total(wholes)
        too_much = sum_of_parts.low > (whole.high or 0)
        too_little = self.equal and (sum_of_parts.high or 0) < whole.low
        if not too_much and not too_little:
            return ""
        verb = "comes to" if len(self.parts) > 1 else "is"
        more = "more" if too_much else "less"
        unless = f", unless {self.unless}" if self.unless else ""
        return (
            f"{' + '.join(self.parts)} {verb} {sum_of_parts.figure}, which is {more} than "
            f"{' + '.join(self.wholes)} ({whole.figure}){unless}."
        )


def breaches(rules: Iterable[Rule], figures: Mapping[str, Count], bases: Mapping[str, str]) -> list[str]:
    """Every broken rule of one reply and one year. `figures` holds only items with a comparable figure."""
    return [words for rule in rules if rule.applies(bases) and (words := rule.breach(figures))]
