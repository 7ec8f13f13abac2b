"""A return in words: what its pages for checking and reading show, section by section."""

from __future__ import annotations

from dataclasses import dataclass, field

from network.audience import Audience
from questionnaires import answers
from questionnaires.conditions import Key
from questionnaires.filling import Filling, Missing, field_name
from questionnaires.models import Answer, Question, Section


@dataclass(frozen=True)
class Line:
    question: Question
    icb_name: str
    name: str  # the anchor of its field
    lines: list[str]
    answer: Answer | None

    @property
    def lacks_file(self) -> bool:
        """ "Yes, attached", and nothing is."""
        said = self.question.evidence_upload and "attached" in " ".join(self.lines).lower()
        return said and not (self.answer and self.answer.evidence_id)

    @property
    def coordinator_only(self) -> bool:
        return self.question.visibility == Audience.COORDINATOR


@dataclass
class Part:
    section: Section
    lines: list[Line] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


def draft(filling: Filling) -> list[Part]:
    """Every question that is asked, answered or not, with what a submission still lacks."""
    shown = filling.shown()
    parts = _parts(filling, [k for q in filling.questions for k in filling.keys_of(q) if k in shown])
    by_section = {part.section.pk: part for part in parts}
    for lack in filling.missing():
        by_section[lack.question.section_id].missing.append(lack)
    return parts


def submitted(filling: Filling) -> list[Part]:
    """The submitted answers that the reader may read; sections without any are left out."""
    held = {key for key, answer in filling.answers.items() if answer.submitted}
    icbs = ["", *filling.icb_names]
    keys = [(question.code, icb) for question in filling.questions for icb in icbs]
    return _parts(filling, [key for key in keys if key in held])


def _parts(filling: Filling, keys: list[Key]) -> list[Part]:
    questions = {question.code: question for question in filling.questions}
    parts: dict[int, Part] = {}
    for key in keys:
        question, answer = questions[key[0]], filling.answers.get(key)
        part = parts.setdefault(question.section_id, Part(question.section))
        words = answers.lines(question, answer.value if answer else None, filling.icb_names)
        part.lines.append(Line(question, filling.icb_names.get(key[1], ""), field_name(key), words, answer))
    return list(parts.values())
