"""Drafting by the calendar: every period that has ended has its report, drafted once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings

from cypcc_portal.reports import acts
from cypcc_portal.reports.models import PERIODS, Kind, Report
from network import audit, dates, jobs
from network.agreements import Agreeable
from network.dates import Period, PeriodKind, ended_periods
from network.people.models import User
from network.workflow import Refused

DRAFT = "report.draft"
RENEW = "report.renew"


def due_work() -> list[Callable[[], str]]:
    return [draft_due, renew_unsaid]


def renew_unsaid() -> str:
    """What an earlier edition of the portal gathered does not say what it tells of: gathered anew, once."""
    waiting = Report.objects.exclude(status=Agreeable.Status.AGREED).exclude(figures__has_key="things")
    unsaid = [report for report in waiting if report.figures.get("chapters")]
    for report in unsaid:
        try:
            acts.renew(report, acts.gather(Kind(report.kind), report.of), by=None)
        except Refused:
            continue  # agreed meanwhile
    return f"{len(unsaid)} {'draft' if len(unsaid) == 1 else 'drafts'} gathered anew" if unsaid else ""


def first_periods() -> Iterator[tuple[Kind, Period]]:
    """Where drafting begins for each kind; cycles count from the first day of the half-year."""
    first = _first_half_year()
    if first is None:
        return
    for kind in Kind:
        if PERIODS[kind] is PeriodKind.HALF_YEAR:
            yield kind, first
        else:
            cycle = Period.cycle(first.first)
            yield kind, cycle if cycle.first >= first.first else cycle.next()


def _first_half_year() -> Period | None:
    """The setting; without it the half-year of the first act on record, and none while there is none."""
    if settings.FIRST_REPORT_PERIOD:
        return Period.parse(settings.FIRST_REPORT_PERIOD)
    began = audit.AuditEntry.objects.order_by("pk").values_list("at", flat=True).first()
    return Period.half_year(dates.local(began).date()) if began else None


def draft_due() -> str:
    """A job for each period that has ended and has neither report nor job; also after days without a tick."""
    there = set(Report.objects.values_list("kind", "period"))
    asked = set(jobs.Job.objects.filter(kind=DRAFT).values_list("key", flat=True))
    new = [
        (kind, period)
        for kind, first in first_periods()
        for period in ended_periods(first)
        if (kind.value, period.key) not in there and f"{kind}/{period.key}" not in asked
    ]
    for kind, period in new:
        jobs.request(DRAFT, f"{kind}/{period.key}", title=f"First draft: {kind.label}, {period.label}")
    return f"{len(new)} {'report' if len(new) == 1 else 'reports'} to be drafted" if new else ""


@jobs.handler(DRAFT)
def draft_report(job: jobs.Job, progress: jobs.Progress) -> None:
    kind_text, _, period_text = job.key.partition("/")
    kind, period = Kind(kind_text), Period.parse(period_text)
    progress.at(10, "Gathering the figures")
    draft = acts.gather(kind, period)
    progress.at(80, "Writing the first draft")
    with progress.finishing(result_url=f"/reports/{job.key}/"):
        acts.keep(kind, period, draft)


def ask_renewal(report: Report, by: User) -> jobs.Job:
    """Bring the figures of a draft up to date; one job for each version and person."""
    return jobs.request(
        RENEW,
        f"{report.pk}:{report.version}:{by.pk}",
        by=by,
        payload={"report": report.pk},
        title=f"New figures: {report}",
    )


@jobs.handler(RENEW)
def renew_report(job: jobs.Job, progress: jobs.Progress) -> None:
    report = Report.objects.get(pk=job.payload["report"])
    progress.at(10, "Gathering the figures")
    draft = acts.gather(Kind(report.kind), report.of)
    progress.at(80, "Putting them into the report")
    with progress.finishing(result_url=report.get_absolute_url()):
        try:
            acts.renew(report, draft, by=job.asked_by)
        except Refused:
            return  # agreed meanwhile: it stays as it was agreed
