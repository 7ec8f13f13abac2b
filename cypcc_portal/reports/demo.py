"""The reports of a demonstration, by the same acts that people use, each as of its own days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from cypcc_portal.reports import acts
from cypcc_portal.reports.models import Kind, Report, ReportSection
from cypcc_portal.reports.words import ASKS, SUMMARY
from network import dates
from network.dates import LONDON, Period
from network.demo import World

SUMMARY_EDITED = (
    "The network met as planned in this half-year and most authorities were represented each time. "
    "The first regional questionnaire is finished and its results are being put to use. "
    "Three points stand out:\n\n"
    "- Few authorities can yet say how long it takes from referral to decision.\n"
    "- Boards answer the same questions very differently, and some not at all.\n"
    "- Work on shared guidance is going well; the legal questions take longer than planned."
)
ASKS_EDITED = (
    "Assistant Directors are asked to:\n\n"
    "1. make sure that dates of referral and of decision are recorded in their authority;\n"
    "2. release a finance colleague for one meeting on how packages are shared;\n"
    "3. tell the co-chairs by the next meeting whether the draft interim guidance may be tried out."
)


def demonstration(world: World) -> list[Callable[[], None]]:
    return [lambda: _lay_down(world)]


def _lay_down(world: World) -> None:
    half = Period.half_year(world.as_of).previous()
    cycle = Period.cycle(world.as_of).previous()
    told = [
        _agreed(world, Kind.AD_SAFEGUARDING, half.previous()),
        _drafted(world, Kind.AD_SAFEGUARDING, half),
        _agreed(world, Kind.BI_MONTHLY, cycle.previous().previous()),
        _agreed(world, Kind.BI_MONTHLY, cycle.previous()),
        _drafted(world, Kind.BI_MONTHLY, cycle),
    ]
    world.says["reports"] = [
        {"kind": report.kind, "period": report.period, "status": str(report.status)} for report in told
    ]


def _morning(day: date, hour: int = 7) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def _drafted(world: World, kind: Kind, period: Period) -> Report:
    """As beat does it, on the first morning after the period (or on the demonstration's own day)."""
    with dates.at(_morning(min(period.last + timedelta(days=1), world.as_of))):
        return acts.keep(kind, period, acts.gather(kind, period))


def _agreed(world: World, kind: Kind, period: Period) -> Report:
    report = _drafted(world, kind, period)
    admin, chairs = world.person("admin"), [world.person("cochair.one"), world.person("cochair.two")]
    days = [min(period.last + timedelta(days=after), world.as_of) for after in (6, 8, 9, 13)]
    edits = {SUMMARY: SUMMARY_EDITED, ASKS: ASKS_EDITED} if kind is Kind.AD_SAFEGUARDING else {}
    with dates.at(_morning(days[0], 10)):
        for key, text in edits.items():
            section = ReportSection.objects.get(report=report, key=key)
            acts.write(section, text, version=section.version, by=admin)
        report.refresh_from_db()
        acts.offer(report, version=report.version, by=admin)
    for day, chair in zip(days[1:], chairs, strict=False):
        with dates.at(_morning(day, 14)):
            report = acts.agree(report, version=report.version, by=chair)
    return report
