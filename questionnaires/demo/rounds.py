"""Lays down the two rounds: dates, returns, answers, evidence, and the mails that had gone out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from network import dates, files
from network.dates import Period
from network.demo import World
from network.mail import OutboxMail
from network.people.models import Organisation, User
from questionnaires import filling, seed
from questionnaires.conditions import Key
from questionnaires.demo import wording
from questionnaires.demo.invent import Inventor
from questionnaires.models import Answer, InstrumentVersion, Question, Return, Round, Section, SectionState

DAYS_OPEN = 42
MISSED, UNAPPROVED, DRAFTS = 2, 2, 4
SEASONS = ("Winter", "Winter", "Spring", "Spring", "Spring", "Summer", "Summer", "Summer", "Autumn", "Autumn")
UNTOUCHED = "kent"  # whoever tries the portal as Kent's lead finds an empty form


def parts(world: World) -> Iterable[Callable[[], None]]:
    return [lambda: lay_down(world)]


def lay_down(world: World) -> None:
    dice = world.random("questionnaires")
    version = InstrumentVersion.objects.get(instrument__slug=seed.SLUG, number="0.1")
    finished, current = rounds_of(world.as_of)
    people = {role: world.people(role) for role in ("lead", "deputy", "contributor")}
    says = []
    for dates_of in (finished, current):
        asking = _round(version, dates_of)
        laid = Laid(
            asking,
            people,
            dice,
            list(version.questions.select_related("section")),
            list(version.sections.all()),
        )
        laid.finish() if dates_of is finished else laid.begin(world.as_of)
        says.append(
            {
                "slug": asking.slug,
                "state": "closed" if dates_of is finished else "open",
                "opens_on": asking.opens_on.isoformat(),
                "closes_on": asking.closes_on.isoformat(),
            }
        )
    world.says["rounds"] = says


@dataclass(frozen=True)
class Dates:
    opens_on: date
    closes_on: date
    reporting_year: str


def rounds_of(as_of: date) -> tuple[Dates, Dates]:
    """A finished round, if possible closed in the last whole half-year, and one that is half over."""
    opened = as_of - timedelta(days=21)
    year = Period.reporting_year(opened).previous()
    last = Period.half_year(as_of).previous()
    closed = as_of - timedelta(days=213)
    within = min(max(closed, last.first + timedelta(days=21)), last.last)
    if 160 <= (as_of - within).days <= 300:
        closed = within
    began = closed - timedelta(days=DAYS_OPEN)
    year_before = Period.reporting_year(began).previous()
    if year_before == year:
        year_before = year.previous()
    return Dates(began, closed, year_before.key), Dates(opened, as_of + timedelta(days=21), year.key)


def _round(version: InstrumentVersion, when: Dates) -> Round:
    season = (
        SEASONS[when.opens_on.month - 1]
        if when.opens_on.month < 11
        else ("Autumn", "Winter")[when.opens_on.month - 11]
    )
    title = f"{season} {when.opens_on.year}"
    asking = Round.objects.create(
        slug=title.lower().replace(" ", "-"),
        title=title,
        version=version,
        reporting_year=when.reporting_year,
        opens_on=when.opens_on,
        closes_on=when.closes_on,
        made_at=_at(when.opens_on - timedelta(days=14), 11),
    )
    asking.ensure_returns()
    return asking


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), dates.LONDON)


class Laid:
    """One round as it is laid down."""

    def __init__(
        self,
        asking: Round,
        people: dict[str, dict[str, User]],
        dice: Random,
        questions: Sequence[Question],
        sections: Sequence[Section],
    ) -> None:
        self.asking = asking
        self.people = people
        self.dice = dice
        self.questions = questions
        self.sections = sections
        self.icbs = filling.icbs_of(asking)
        self.returns = list(asking.returns.select_related("authority").order_by("authority__name"))
        for row in self.returns:
            row.round = asking

    def finish(self) -> None:
        """All but two submitted; two of those without their director's approval."""
        others = [row for row in self.returns if row.authority.slug not in (UNTOUCHED, "medway")]
        left = self.dice.sample(others, MISSED + UNAPPROVED)
        missed, unapproved = left[:MISSED], left[MISSED:]
        for row in self.returns:
            if row in missed:
                self._draft(row, self.asking.closes_on - timedelta(days=3), sections=3)
            else:
                early = self.dice.choices((1, 3, 8, 15, 25), weights=(5, 5, 4, 3, 1))[0]
                self._submit(
                    row, self.asking.closes_on - timedelta(days=early), approved=row not in unapproved
                )

    def begin(self, as_of: date) -> None:
        """One has submitted, a few have begun, Kent has not."""
        others = [row for row in self.returns if row.authority.slug not in (UNTOUCHED, "medway")]
        first, *begun = self.dice.sample(others, 1 + DRAFTS)
        self._submit(first, as_of - timedelta(days=4), approved=True)
        for number, row in enumerate(begun):
            self._draft(row, as_of - timedelta(days=2 + number), sections=1 + number)
        self._mails()

    def _invent(self, row: Return, approved: bool) -> tuple[dict[Key, Any], list[Organisation]]:
        covers = filling.covering(row)
        ticked = [icb for icb in self.icbs if icb.pk in covers]
        if self.dice.random() < 0.15:
            ticked.append(self.dice.choice([icb for icb in self.icbs if icb not in ticked]))
        return Inventor(self.dice, row.authority, ticked, approved).answers(self.questions), ticked

    def _submit(self, row: Return, on: date, *, approved: bool) -> None:
        given, _ = self._invent(row, approved)
        self._write(row, given, on, submitted=True)
        self._mark(row, self.sections, on)
        Return.objects.filter(pk=row.pk).update(
            status=Return.Status.SUBMITTED,
            submitted_at=_at(on, self.dice.randint(9, 17), self.dice.randint(0, 59)),
            submitted_by=self._person(row, "lead"),
            approved=approved,
            submissions=1,
        )

    def _draft(self, row: Return, on: date, *, sections: int) -> None:
        codes = {section.code for section in self.sections[:sections]}
        given, _ = self._invent(row, approved=False)
        kept = {key: value for key, value in given.items() if key[0][0] in codes}
        self._write(row, kept, on, submitted=False)
        self._mark(row, self.sections[: sections - 1], on)

    def _person(self, row: Return, role: str) -> User:
        return self.people[role][row.authority.slug]

    def _write(self, row: Return, given: dict[Key, Any], on: date, *, submitted: bool) -> None:
        questions = {question.code: question for question in self.questions}
        icbs: dict[str, Organisation | None] = {icb.ods_code: icb for icb in self.icbs} | {"": None}
        made = [
            Answer(
                for_return=row,
                question=questions[code],
                icb=icbs[icb],
                value=value,
                evidence=self._evidence(row, value) if questions[code].evidence_upload else None,
                changed_at=_at(on - timedelta(days=self.dice.randint(0, 6)), self.dice.randint(9, 16)),
                changed_by=self._person(row, self.dice.choice(("lead", "deputy", "contributor"))),
                submitted=submitted,
            )
            for (code, icb), value in given.items()
        ]
        Answer.objects.bulk_create(made)

    def _evidence(self, row: Return, value: Any) -> Any:
        if value != "Yes, attached":
            return None
        name = f"Continuing care procedure, {row.authority.name}.txt"
        return files.store(SimpleUploadedFile(name, wording.POLICY.encode()), by=self._person(row, "lead"))

    def _mark(self, row: Return, sections: Iterable[Section], on: date) -> None:
        SectionState.objects.bulk_create(
            SectionState(
                for_return=row,
                section=section,
                completed=True,
                changed_at=_at(on, 9),
                changed_by=self._person(row, "lead"),
            )
            for section in sections
        )

    def _mails(self) -> None:
        """The mails of the opening day have gone out: the calendar must not send them again."""
        sent = _at(self.asking.opens_on, 8)
        OutboxMail.objects.bulk_create(
            OutboxMail(
                key=f"round:{self.asking.pk}:opens:{row.authority_id}",
                to_user=self._person(row, "lead"),
                to=self._person(row, "lead").email or "",
                subject=f"Please answer the questionnaire “{self.asking}”",
                text="",
                html="",
                state=OutboxMail.State.SENT,
                made_at=sent,
                sent_at=sent,
                attempts=1,
            )
            for row in self.returns
        )
