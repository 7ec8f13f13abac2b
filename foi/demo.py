"""The FOI part of a demonstration: three rounds with requests in every state, told day by day.

Nothing here is a fact about a real body: who answers how is settled by the order of the bodies' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from foi import casework, clock
from foi.demo_replies import STYLES, Style, reply
from foi.forms.requests import years_up_to
from foi.models import FoiRound, ItemVersion, Outcome, Request
from foi.models.outcomes import Code
from network import dates
from network.dates import Period
from network.demo import DOMAIN, World
from network.people.models import BankHoliday, User

DAY = timedelta(days=1)
APPLICANT = "Coordinator, on behalf of the network’s member authority"
REPLY_TO = f"foi-replies@{DOMAIN}"


def demonstration(world: World) -> list[Callable[[], None]]:
    return [lambda: _History(world).tell()]


@dataclass(frozen=True)
class Course:
    """What happens to one request: moves, each so many days after it was sent, and how its body replies."""

    moves: tuple[tuple[str, int, str], ...] = ()
    style: str = ""
    shared_after: int = 0
    sent: bool = True
    sections: tuple[str, ...] = field(default=())
    only: int = 0  # the one question that the reply answers


THANKS = "Automatic acknowledgement with a reference number."
ASKED = "They ask whether “referred” means checklists received or children."
REFUSED = "Refused under section 12: finding the figures would take 43 hours of looking through files."

MAIN: tuple[Course, ...] = (
    Course((("acknowledge", 2, THANKS), ("answer", 27, "A letter with a table.")), "careful"),
    Course((("acknowledge", 1, THANKS), ("answer", 34, "A workbook, a week late.")), "rounded", 75),
    Course((("answer_part", 26, "The first two questions only."), ("answer", 58, "The rest.")), "ranges"),
    Course((("acknowledge", 3, THANKS), ("answer", 25, "A letter and a workbook.")), "full", 75),
    Course((("answer", 28, "A letter of six pages."), ("close", 90, "")), "snapshot", 75),
    Course(
        (("acknowledge", 2, THANKS), ("ask_clarification", 19, ASKED), ("clarify", -4, "Children, please."))
    ),
    Course(
        (("refuse", 24, REFUSED), ("ask_review", -11, "The first two questions alone are cheap.")),
        sections=("12",),
    ),
)
"""In the last half-year. A negative number is counted in working days back from today: see `_day`."""

EARLIER: tuple[Course, ...] = (
    Course(
        (
            ("refuse", 20, REFUSED),
            ("ask_review", 34, ""),
            ("finish_review", 70, "Upheld."),
            ("complain", 92, ""),
        ),
        sections=("12", "14"),
    ),
    Course((("answer", 21, "A short letter."), ("close", 60, "")), "rounded", 61),
    Course((("ask_clarification", 12, ASKED), ("lapse", 0, "")), "lapses"),
    Course(
        (
            ("answer", 22, ""),
            ("ask_review", 40, "Question 5 was passed over."),
            ("finish_review", 66, "Now answered."),
        ),
        "full",
        70,
    ),
    Course((("answer", 20, "A letter of five pages."), ("close", 60, "")), "snapshot", 61),
    Course(
        (
            ("refuse", 20, "Refused as vexatious."),
            ("ask_review", 33, ""),
            ("finish_review", 64, "Upheld."),
            ("complain", 80, ""),
            ("decide", 190, "The Commissioner orders a fresh answer."),
        ),
        sections=("14",),
    ),
    Course(
        (("refuse", 26, "Refused: they will publish it, and looking costs too much."),), sections=("12", "22")
    ),
)

LATEST: tuple[Course, ...] = (
    Course(),
    Course((("acknowledge", 1, THANKS),)),
    Course((("ask_clarification", 9, ASKED),)),
    Course((("ask_clarification", 6, ASKED), ("clarify", 13, "Children, please."))),
    Course((("acknowledge", 2, THANKS), ("extend", 16, "To weigh the public interest under section 43."))),
    Course((("answer_part", 15, "Question 7 only."),), "careful", only=7),
    Course(sent=False),
)


class _History:
    def __init__(self, world: World) -> None:
        self.world, self.dice = world, world.random("foi")
        self.admin: User = world.person("admin")
        self.holidays = BankHoliday.known()

    def tell(self) -> None:
        for days_ago, courses, years in ((270, EARLIER, 2), (168, MAIN, 4), (26, LATEST, 1)):
            sent = self._working_day(self.world.as_of - timedelta(days=days_ago))
            round = self._round(sent, years)
            for request, course in zip(
                round.requests.order_by("body__name"), _courses(courses), strict=False
            ):
                self._course(request, course, sent)
            if courses is MAIN:
                self.world.says["foi_round"] = round.slug

    def _round(self, sent: date, years: int) -> FoiRound:
        last = Period.reporting_year(sent).previous()
        month = f"{dates.MONTHS[sent.month - 1]} {sent.year}"
        with dates.at(sent - 7 * DAY):
            round = FoiRound(
                slug=f"foi-{sent.year}-{sent.month:02}",
                title=f"FOI round {month}",
                reporting_year=last.key,
                years=years_up_to(last, years),
                version=ItemVersion.objects.latest("number"),
            )
            casework.open_round(round, by=self.admin, applicant=APPLICANT, reply_to=REPLY_TO)
            for request in round.requests.select_related("body", "sent_to"):
                request.sent_to = casework.answers_for(request.body)[0]
                request.address = f"foi@{request.sent_to.slug}.{DOMAIN}"
                request.save()
        return round

    def _course(self, request: Request, course: Course, sent: date) -> None:
        if not course.sent:
            return
        with dates.at(sent):
            casework.send(request, by=self.admin, sent_on=sent, received_on=sent)
        for move, days, note in course.moves:
            if not self._happen(request, move, self._day(request, move, days, sent), note):
                break
        if course.style in STYLES:
            self._reply(request, course, sent)
        elif course.sections:
            with dates.at(self._replied(request)):
                casework.fill_rest(request, Code.REFUSED, sections=course.sections, by=self.admin)

    def _happen(self, request: Request, move: str, on: date, note: str) -> bool:
        """False if that day has not come, or the body still exists."""
        if on > self.world.as_of or (move == "lapse" and not self._ends(request, on)):
            return False
        with dates.at(on + DAY if move == "lapse" else on):
            casework.record(request, move, by=None if move == "lapse" else self.admin, on=on, note=note)
        return True

    def _ends(self, request: Request, on: date) -> bool:
        return request.sent_to.ends_on == on

    def _day(self, request: Request, move: str, days: int, sent: date) -> date:
        if move == "lapse":
            return request.sent_to.ends_on or self.world.as_of + DAY
        if days >= 0:
            return self._working_day(sent + days * DAY)
        if move == "clarify":
            return self._so_that_late(-days)
        return self._working_day(self.world.as_of + (days * 7 // 5) * DAY)

    def _so_that_late(self, working_days: int) -> date:
        """A day from which the twenty days ended so many working days ago."""
        day = self.world.as_of - 24 * DAY
        while True:
            due = clock.due(day, holidays=self.holidays)
            if dates.working_days_between(due, self.world.as_of, self.holidays) >= working_days:
                return self._working_day(day)
            day -= DAY

    def _working_day(self, day: date) -> date:
        while not dates.is_working_day(day, self.holidays):
            day -= DAY
        return day

    def _replied(self, request: Request) -> date:
        last = (
            request.events.exclude(kind__in=["closed", "ico_complaint", "ico_decision"]).order_by("pk").last()
        )
        return last.on if last else self.world.as_of

    def _reply(self, request: Request, course: Course, sent: date) -> None:
        style: Style = STYLES[course.style]
        rows = Outcome.objects.filter(request=request).select_related("item")
        if course.only:
            rows = rows.filter(item__question=course.only)
        outcomes = list(rows.order_by("item__position", "year"))
        with dates.at(min(self._replied(request) + 3 * DAY, self.world.as_of)):
            reply(outcomes, style, self._dice(request))
            casework.save_outcomes(request, outcomes, by=self.admin)
        shared = sent + course.shared_after * DAY
        if course.shared_after and shared <= self.world.as_of:
            with dates.at(shared):
                casework.share(request, by=self.admin)

    def _dice(self, request: Request) -> Random:
        """Each body's own, so that its figures agree from one round to the next."""
        return self.world.random(f"foi {request.body.slug}")


def _courses(courses: tuple[Course, ...]) -> Iterator[Course]:
    """More bodies than courses start again from the first."""
    while True:
        yield from courses
