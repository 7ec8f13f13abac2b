"""What an answer is: the shape of each type's value, its words, and whether it is all there.

| type | value |
|---|---|
| single | the option |
| multi | the options chosen, in the question's order; ODS codes where the options are the ICBs |
| short_text, long_text | the text |
| month_year | "2025-03" |
| count | {"state": "exact", "value": 3}; the other states have no value |
| percent_pair | {"authority": 50, "icb": 50}, in per cent |
| contact | {"name": …, "job_title": …, "team": …, "email": …}, what is blank left out |
| matrix | {statement: choice}, what is not chosen left out |

None is no answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from network.counts import Count, Kind
from network.dates import MONTHS
from questionnaires.conditions import is_blank
from questionnaires.models.instrument import Question

Type = Question.Type

COUNT_STATES: dict[str, str] = {
    "exact": "A number",
    "nil": "None",
    "not_recorded": "Not recorded",
    "not_held": "Not held by us",
    "declined": "We decline to say",
}
CONTACT_PARTS = {"name": "Full name", "job_title": "Job title", "team": "Team", "email": "Work e-mail"}
NOT_ANSWERED = "Not answered yet."
ALONE = frozenset({"No", "None", "Nothing routinely", "Not kept", "Do not know"})
"""Options that contradict every other one of a multi question: each is chosen alone."""
CONTACT_NEEDED = ("name", "job_title", "email")


def count(value: Mapping[str, Any] | None) -> Count:
    """The answer to a count question as a number that was reported; no answer is `not answered`."""
    if not value:
        return Count.state(Kind.NOT_ANSWERED)
    if value["state"] == "exact":
        return Count.exact(int(value["value"]))
    return Count.nil() if value["state"] == "nil" else Count.state(value["state"])


def gives(question: Question, value: Any) -> bool:
    """Whether the answer adds anything: a number that was not recorded does not."""
    return question.type != Type.COUNT or count(value).given


def missing(question: Question, value: Any) -> str:
    """What a required answer still lacks, as a sentence; "" if it is all there."""
    if is_blank(value):
        return NOT_ANSWERED
    if question.type == Type.MATRIX:
        left = [row for row in question.rows if row not in value]
        if left:
            return f"{len(left)} of {len(question.rows)} statements have no answer yet"
    if question.type == Type.CONTACT:
        lacking = [CONTACT_PARTS[part].lower() for part in CONTACT_NEEDED if part not in value]
        if lacking:
            return f"still missing: {', '.join(lacking)}"
    return ""


def lines(question: Question, value: Any, icb_names: Mapping[str, str]) -> list[str]:
    """The answer in words, one line for each part; no line for no answer. `icb_names` by ODS code."""
    if is_blank(value):
        return []
    if question.type == Type.MULTI:
        return [icb_names.get(one, one) for one in value] if question.options_from else list(value)
    if question.type == Type.MONTH_YEAR:
        year, month = value.split("-")
        return [f"{MONTHS[int(month) - 1]} {year}"]
    if question.type == Type.COUNT:
        return [_count_words(count(value), counted_in(question))]
    if question.type == Type.PERCENT_PAIR:
        rest = 100 - value["authority"] - value["icb"]
        parts = [f"Authority {_percent(value['authority'])}", f"ICB {_percent(value['icb'])}"]
        return [", ".join(parts + ([f"others {_percent(rest)}"] if rest else []))]
    if question.type == Type.CONTACT:
        return [value[part] for part in CONTACT_PARTS if part in value]
    if question.type == Type.MATRIX:
        return [f"{row}: {value[row]}" for row in question.rows if row in value]
    if question.type == Type.LONG_TEXT:
        return [line for line in str(value).split("\n") if line.strip()]
    return [str(value)]


def words(question: Question, value: Any, icb_names: Mapping[str, str]) -> str:
    """The answer on one line, for a cell."""
    between = " " if question.type == Type.LONG_TEXT else "; "
    return between.join(lines(question, value, icb_names))


def digest(value: Any, evidence_id: int | None = None) -> str:
    """A short mark of an answer, by which a form notices that a colleague has changed it meanwhile."""
    kept = None if is_blank(value) else value
    text = json.dumps([kept, evidence_id], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _percent(number: float) -> str:
    return f"{number:g}%"


def counted_in(question: Question) -> str:
    """What a count is of, where the question asks for just that: of "How many referrals" no children."""
    unit: str = question.unit
    return unit if unit.lower() in question.text.lower() else ""


def _count_words(number: Count, unit: str) -> str:
    if not number.given:
        return COUNT_STATES.get(number.kind.value, number.kind.words)
    if number.kind is Kind.NIL:
        return "None"
    singular = unit == "children" and number.figure == 1
    return f"{number} {'child' if singular else unit}".strip()
