"""Pure: which questions are asked, given the answers so far.

A question's `show_if` maps codes of other questions to what their answer must be; all must match:

- a list: any of these options is chosen;
- `gt:0`: a count with a figure above nought;
- `not_blank`: anything was answered;
- `not_only:X`: something was chosen, and not X alone.

A question asked once whose condition names one repeated for each ICB is asked if any ICB's answer meets it;
a repeated one looks at the same ICB's answer. The answer to a question that is itself not asked counts as
blank, so that nothing hangs on what nobody sees. `static/js/conditions.js` follows the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str]
"""A question's code, and the ODS code of the ICB that it is asked about ("" when asked once)."""

OPERATORS = ("gt:", "not_blank", "not_only:")


@dataclass(frozen=True)
class Asked:
    """What the rules need to know of a question."""

    code: str
    repeated: bool = False
    show_if: Mapping[str, Any] = field(default_factory=dict)


def is_blank(value: Any) -> bool:
    """Nought and False are answers; nothing, empty text, an empty list or dict are not."""
    return value is None or value in ("", [], {})


def figure(value: Any) -> int | None:
    """The number in a count's answer, None where a state stands in its place."""
    if not isinstance(value, Mapping):
        return None
    if value.get("state") == "nil":
        return 0
    number = value.get("value")
    return number if value.get("state") == "exact" and isinstance(number, int) else None


def meets(wanted: Any, value: Any) -> bool:
    """Whether one answer is what the condition wants. A blank answer meets none."""
    if is_blank(value):
        return False
    if isinstance(wanted, list):
        chosen = value if isinstance(value, list) else [value]
        return any(one in wanted for one in chosen)
    if wanted == "not_blank":
        return True
    operator, _, operand = str(wanted).partition(":")
    if operator == "gt":
        number = figure(value)
        return number is not None and number > int(operand)
    if operator == "not_only":
        return [operand] != (value if isinstance(value, list) else [value])
    raise ValueError(f"'{wanted}' is not a condition.")


def shown(questions: Sequence[Asked], answers: Mapping[Key, Any], icbs: Iterable[str]) -> frozenset[Key]:
    """Every question (and ICB) that is asked, given all answers and the ICBs that were worked with."""
    return _Evaluation({one.code: one for one in questions}, answers, tuple(icbs)).all()


def names_in(show_if: Mapping[str, Any]) -> frozenset[str]:
    """The codes whose answers decide."""
    return frozenset(show_if)


class _Evaluation:
    def __init__(self, asked: Mapping[str, Asked], answers: Mapping[Key, Any], icbs: tuple[str, ...]) -> None:
        self.asked = asked
        self.answers = answers
        self.icbs = icbs
        self.known: dict[Key, bool] = {}

    def all(self) -> frozenset[Key]:
        return frozenset(key for one in self.asked.values() for key in self._keys(one) if self.is_shown(key))

    def _keys(self, one: Asked) -> list[Key]:
        return [(one.code, icb) for icb in self.icbs] if one.repeated else [(one.code, "")]

    def is_shown(self, key: Key) -> bool:
        if key not in self.known:
            self.known[key] = False  # a circle of conditions shows nothing instead of running for ever
            show_if = self.asked[key[0]].show_if
            self.known[key] = all(self._met(code, wanted, key[1]) for code, wanted in show_if.items())
        return self.known[key]

    def _met(self, code: str, wanted: Any, icb: str) -> bool:
        other = self.asked.get(code)
        if other is None:
            return False
        keys = [(code, icb)] if other.repeated and icb else self._keys(other)
        return any(self.is_shown(key) and meets(wanted, self.answers.get(key)) for key in keys)


def hint(show_if: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The condition in words, for who reads the page without script; `texts` has the questions by code."""
    parts = []
    for code, wanted in show_if.items():
        name = f"{code} (“{texts[code]}”)" if texts.get(code) else code
        parts.append(
            f"{_wanted_words(wanted)} to {name}" if isinstance(wanted, list) else _operator(wanted, name)
        )
    return f"Only if {' and '.join(parts)}." if parts else ""


def _wanted_words(wanted: list[str]) -> str:
    quoted = [f"“{one}”" for one in wanted]
    return "you answered " + (
        " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]
    )


def _operator(wanted: str, name: str) -> str:
    if wanted == "not_blank":
        return f"you answered {name}"
    operator, _, operand = wanted.partition(":")
    if operator == "gt":
        return f"your answer to {name} is more than {operand}"
    return f"your answer to {name} is not only “{operand}”"
