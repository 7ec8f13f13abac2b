"""Invents one authority's answers, by dice that know how likely each option is."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from network.people.models import Organisation
from questionnaires import conditions
from questionnaires.conditions import Key
from questionnaires.demo import wording
from questionnaires.models import Question

Type = Question.Type

LIKELY: dict[str, tuple[int, ...]] = {
    # How often each option is chosen, in the question's order; others are level.
    "B1": (6, 4, 1, 4, 2, 1),
    "B4": (3, 6, 3, 2, 1),
    "B6": (4, 6, 2, 2, 2, 1),
    "B7": (3, 4, 1, 3),
    "C1": (5, 5, 4, 1),
    "C3": (4, 2, 1, 2, 4, 2),
    "C6": (2, 4, 4, 3, 2, 2, 1),
    "D1": (4, 3, 6, 2, 1, 1, 3, 1),
    "D2": (5, 7, 4, 1),
    "D3": (3, 6, 2, 2),
    "D5": (5, 6, 1, 1, 2, 3, 1, 1),
    "D8": (2, 5, 5, 2, 1),
    "D9": (1, 5, 6, 4, 1, 1),
    "E1": (3, 8, 6, 1),
    "E4": (1, 7, 8, 2, 1),
    "F4": (2, 6, 8, 1),
    "F5": (5, 6, 4, 2),
    "G2": (3, 8, 4, 3),
    "G4": (2, 6, 7, 3, 1, 1),
    "G7": (4, 1),
}
ALONE = frozenset({"None", "Do not know", "No", "Nothing routinely", "Not kept", "Other"})
COUNTS = {"C4": (0, 9), "D6": (2, 48), "F3": (4, 60)}


class Inventor:
    """The dice are one authority's in one round."""

    def __init__(
        self, dice: Random, authority: Organisation, ticked: Sequence[Organisation], approved: bool
    ) -> None:
        self.dice = dice
        self.authority = authority
        self.ticked = [icb.ods_code for icb in ticked]
        self.approved = approved

    def answers(self, questions: Sequence[Question]) -> dict[Key, Any]:
        """Everything that would be asked, with some optional answers left blank."""
        given: dict[Key, Any] = {}
        for question in questions:
            for icb in self.ticked if question.repeated else [""]:
                if question.required or self.dice.random() < 0.7:
                    given[question.code, icb] = self._value(question)
        shown = conditions.shown([question.asked for question in questions], given, self.ticked)
        return {key: value for key, value in given.items() if key in shown}

    def _value(self, question: Question) -> Any:
        if question.options_from:
            return sorted(self.ticked)
        if question.code == "A4":
            return "Yes" if self.approved else "Not yet"
        make = {
            Type.SINGLE: self._single,
            Type.MULTI: self._multi,
            Type.SHORT_TEXT: self._text,
            Type.LONG_TEXT: self._text,
            Type.MONTH_YEAR: self._month,
            Type.COUNT: self._count,
            Type.PERCENT_PAIR: self._pair,
            Type.CONTACT: self._contact,
            Type.MATRIX: self._matrix,
        }
        return make[Type(question.type)](question)

    def _single(self, question: Question) -> str:
        weights = LIKELY.get(question.code, (1,) * len(question.options))
        return str(self.dice.choices(question.options, weights=weights)[0])

    def _multi(self, question: Question) -> list[str]:
        if (alone := [one for one in question.options if one in ALONE]) and self.dice.random() < 0.15:
            return [self.dice.choice(alone)]
        several = [one for one in question.options if one not in ALONE]
        most = min(len(several), 5)
        chosen = self.dice.sample(several, self.dice.randint(1, most))
        return [one for one in question.options if one in chosen]

    def _text(self, question: Question) -> str:
        return self.dice.choice(wording.TEXTS[question.code])

    def _month(self, question: Question) -> str:
        return f"{self.dice.choice((2022, 2023, 2023, 2024, 2024, 2025))}-{self.dice.randint(1, 12):02}"

    def _count(self, question: Question) -> dict[str, Any]:
        state = self.dice.choices(("exact", "not_recorded", "declined", "not_held"), weights=(14, 3, 1, 1))[0]
        if state != "exact":
            return {"state": state}
        low, high = COUNTS.get(question.code, (0, 20))
        # Most authorities have few: the lower of three throws.
        number = min(self.dice.randint(low, high) for _ in range(2))
        return {"state": "exact", "value": number} if number else {"state": "nil"}

    def _pair(self, question: Question) -> dict[str, int]:
        return self.dice.choice(
            ({"authority": 50, "icb": 50}, {"authority": 40, "icb": 60}, {"authority": 33, "icb": 33})
        )

    def _contact(self, question: Question) -> dict[str, str]:
        return {
            "name": f"Lead, {self.authority.name}",
            "job_title": self.dice.choice(wording.JOBS),
            "team": self.dice.choice(wording.TEAMS),
            "email": f"lead.{self.authority.slug}@demo.example",
        }

    def _matrix(self, question: Question) -> dict[str, str]:
        weights = (1, 4, 6, 4, 1, 2)[: len(question.scale)]
        return {row: self.dice.choices(question.scale, weights=weights)[0] for row in question.rows}
