"""A return as it is being filled in: its questions, its answers, and the ICBs it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Case, Q, When

from network.people.models import Footprint, Organisation, Succession, User, active_icbs
from questionnaires import answers, conditions
from questionnaires.conditions import Key
from questionnaires.models import Answer, Question, Return, Round, Section


def icbs_of(asking: Round) -> list[Organisation]:
    """The ICBs that existed in the round's reporting year, by name."""
    year = asking.year
    return list(active_icbs(year.first, year.last).order_by("name"))


def covering(row: Return) -> dict[int, str]:
    """The ICBs that covered the authority in the reporting year: id → "all of Kent" or "part of Surrey"."""
    year = row.round.year
    prints = Footprint.objects.filter(authority=row.authority, starts_on__lte=year.last).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=year.first)
    )
    how = {Footprint.Coverage.WHOLE: "all", Footprint.Coverage.PART: "part"}
    return {one.icb_id: f"{how[Footprint.Coverage(one.coverage)]} of {row.authority.name}" for one in prints}


@dataclass
class Filling:
    """`answers` holds those of `questions` only; `icbs` has those that cover the authority first."""

    row: Return
    questions: list[Question]
    answers: dict[Key, Answer]
    icbs: list[Organisation]
    covers: dict[int, str] = field(default_factory=dict)

    @cached_property
    def icb_names(self) -> dict[str, str]:
        return {icb.ods_code: icb.full_name for icb in self.icbs}

    def names_then(self, question: Question, value: Any) -> dict[str, str]:
        """The names of the ICBs in an earlier answer too: some of them may be gone."""
        asked = question.options_from == Question.OptionsFrom.ICBS and isinstance(value, list)
        if not asked or not (gone := set(value) - set(self.icb_names)):
            return self.icb_names
        return self.icb_names | dict(
            Organisation.objects.filter(ods_code__in=gone).values_list("ods_code", "full_name")
        )

    @cached_property
    def icb_question(self) -> Question | None:
        """The question that asks which ICBs the others repeat for."""
        return next((one for one in self.questions if one.options_from == Question.OptionsFrom.ICBS), None)

    @cached_property
    def ticked(self) -> list[Organisation]:
        """The ICBs that the authority says it worked with."""
        if self.icb_question is None:
            return []
        chosen = self.value((self.icb_question.code, "")) or []
        return [icb for icb in self.icbs if icb.ods_code in chosen]

    @cached_property
    def chosen(self) -> list[Organisation]:
        """The ICBs to ask about; until they are ticked, those that cover the authority."""
        return self.ticked or [icb for icb in self.icbs if icb.pk in self.covers]

    def value(self, key: Key) -> Any:
        return self.answers[key].value if key in self.answers else None

    @property
    def values(self) -> dict[Key, Any]:
        return {key: answer.value for key, answer in self.answers.items()}

    def shown(self, values: dict[Key, Any] | None = None) -> frozenset[Key]:
        """Everything that is asked, given these answers (the saved ones if left out)."""
        asked = [question.asked for question in self.questions]
        return conditions.shown(
            asked, self.values if values is None else values, [i.ods_code for i in self.chosen]
        )

    def keys_of(self, question: Question) -> list[Key]:
        """One for each ICB that the authority worked with, or one alone."""
        if question.repeated:
            return [(question.code, icb.ods_code) for icb in self.chosen]
        return [(question.code, "")]

    def submittable(self) -> dict[Key, Answer]:
        """What a submission holds: answers to what is asked, about the ICBs that are ticked."""
        shown = self.shown()
        ticked = {icb.ods_code for icb in self.ticked} | {""}
        return {
            key: answer
            for key, answer in self.answers.items()
            if key in shown
            and key[1] in ticked
            and not (conditions.is_blank(answer.value) and not answer.evidence_id)
        }

    def missing(self) -> list[Missing]:
        """What a submission still lacks, in the order of the questions."""
        shown = self.shown()
        found = []
        for question in self.questions:
            for key in self.keys_of(question):
                if question.required and key in shown:
                    says = answers.missing(question, self.value(key))
                    if says:
                        found.append(Missing(question, key, says, self.icb_names.get(key[1], "")))
        return found

    def mark(self) -> str:
        """A mark of everything that would be submitted; it changes when any of it does."""
        held = self.submittable()
        parts = [[*key, answers.digest(held[key].value, held[key].evidence_id)] for key in sorted(held)]
        return answers.digest(parts)


@dataclass(frozen=True)
class Missing:
    question: Question
    key: Key
    says: str
    icb_name: str

    @property
    def name(self) -> str:
        """The anchor of its field."""
        return field_name(self.key)

    @property
    def partly(self) -> bool:
        """Whether something was answered already."""
        return self.says != answers.NOT_ANSWERED


def field_name(key: Key) -> str:
    """The name of a question's field: B4, or B1-QKS for one ICB."""
    return "-".join(part for part in key if part)


def load(row: Return, user: User) -> Filling:
    """The whole return, as far as the person may read it."""
    return _load(row, list(row.round.version.questions.select_related("section")), user)


def load_section(row: Return, section: Section, user: User) -> Filling:
    """One section's questions and the few of other sections on which they hang."""
    version = row.round.version
    own = Q(section=section) | Q(options_from=Question.OptionsFrom.ICBS)
    questions = list(version.questions.filter(own))
    while wanted := _conditions_of(questions) - {one.code for one in questions}:
        found = list(version.questions.filter(code__in=wanted))
        if not found:
            break
        questions += found
    return _load(row, sorted(questions, key=lambda one: one.position), user)


def _conditions_of(questions: Iterable[Question]) -> set[str]:
    return {code for one in questions for code in conditions.names_in(one.show_if)}


def _load(row: Return, questions: list[Question], user: User) -> Filling:
    saved = (
        Answer.objects.visible_to(user)
        .filter(for_return=row, question__in=[one.pk for one in questions])
        .select_related("icb", "changed_by", "evidence")
        .order_by("pk")
    )
    codes = {one.pk: one.code for one in questions}
    icbs = icbs_of(row.round)
    covers = covering(row)
    icbs.sort(key=lambda icb: (icb.pk not in covers, icb.name))
    by_key = {(codes[one.question_id], one.icb.ods_code if one.icb else ""): one for one in saved}
    return Filling(row, questions, by_key, icbs, covers)


def last_answers(row: Return, section: Section, user: User) -> tuple[Return | None, dict[Key, Any]]:
    """What the authority submitted to these questions in the round before, by code and ICB.

    Before it existed, that is what the one it came from submitted; the newest where there were several.
    """
    came_from = Succession.objects.filter(successor=row.authority).values("predecessor")
    before = (
        Return.objects.visible_to(user)
        .filter(
            Q(authority=row.authority) | Q(authority__in=came_from),
            status=Return.Status.SUBMITTED,
            round__version__instrument_id=row.round.version.instrument_id,
            round__opens_on__lt=row.round.opens_on,
        )
        .select_related("round", "authority")
        .alias(own=Case(When(authority=row.authority, then=0), default=1))
        .order_by("own", "-round__opens_on", "authority__name")
        .first()
    )
    if before is None:
        return None, {}
    codes = section.questions.order_by().values("code")
    rows = (
        Answer.objects.visible_to(user)
        .filter(for_return=before, submitted=True, question__code__in=codes)
        .values_list("question__code", "icb__ods_code", "value")
    )
    return before, {(code, ods or ""): value for code, ods, value in rows}
