"""On the first morning after a period its draft is waiting: once, whatever befalls beat and worker."""

import pytest

from cypcc_portal.reports import acts, answers, tasks
from cypcc_portal.reports.models import Kind, Report
from network import audit, jobs
from network.dates import Period
from network.jobs import Job
from network.mail import OutboxMail
from network.tick import tick

pytestmark = pytest.mark.django_db

ALL = {
    ("ad-safeguarding", "2026-H1"),
    ("bi-monthly", "2026-05"),
    ("bi-monthly", "2026-07"),
    ("bi-monthly", "2026-09"),
}


@pytest.fixture
def drafts(chapters, people):
    def beat():
        ticked = tick()
        assert not ticked.failed
        jobs.run_waiting()
        return set(Report.objects.values_list("kind", "period"))

    return beat


def test_nothing_is_drafted_before_a_period_has_ended(drafts, at):
    at("2026-06-30T23:59")
    assert drafts() == set()
    at("2026-07-01T00:01")
    assert drafts() == {("bi-monthly", "2026-05")}


def test_the_half_year_is_drafted_on_the_first_morning_after_it(drafts, at):
    at("2026-09-30T23:59")
    assert not any(kind == "ad-safeguarding" for kind, _ in drafts())
    at("2026-10-01T00:01")
    assert ("ad-safeguarding", "2026-H1") in drafts()


def test_ten_ticks_draft_each_report_once(drafts):
    for _ in range(10):
        assert drafts() == ALL
    assert Report.objects.count() == Job.objects.filter(kind=tasks.DRAFT).count() == 4


def test_after_forty_days_without_a_tick_every_period_that_ended_meanwhile_is_drafted(drafts, at):
    at("2026-08-25")
    assert drafts() == {("bi-monthly", "2026-05")}
    at("2026-10-04")
    assert drafts() == {("bi-monthly", "2026-05"), ("bi-monthly", "2026-07"), ("ad-safeguarding", "2026-H1")}


def test_a_cycle_that_began_before_the_first_half_year_is_left_alone(drafts):
    assert ("bi-monthly", "2026-03") not in drafts()


def test_the_setting_says_from_when_reports_are_drafted(drafts, settings):
    settings.FIRST_REPORT_PERIOD = "2026-H2"
    assert drafts() == set()


def test_without_the_setting_no_report_is_drafted_of_a_time_before_the_portal_was_used(
    drafts, settings, people, at
):
    """A fresh installation drafts nothing of the past; its first own half-year is drafted like any other."""
    settings.FIRST_REPORT_PERIOD = ""
    assert drafts() == set()
    audit.record(by=people.admin, verb="added", on=people.lead)
    assert drafts() == set()
    at("2027-04-01T00:01")
    assert ("ad-safeguarding", "2026-H2") in drafts()
    assert min(period for kind, period in drafts() if kind == "bi-monthly") == "2026-11"
    assert ("ad-safeguarding", "2026-H1") not in drafts()


def test_a_handler_that_runs_again_after_it_has_finished_leaves_one_report(drafts):
    drafts()
    before = list(Report.objects.values())
    for job in Job.objects.filter(kind=tasks.DRAFT):
        Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None, claim="")
        assert jobs.run(job.pk)
    assert list(Report.objects.values()) == before
    assert OutboxMail.objects.filter(key__startswith="report:drafted").count() == 4 * 3


@pytest.mark.parametrize("breaks", ["audit.record", "ReportSection.objects.bulk_create", "_tell_of_draft"])
def test_a_worker_that_dies_between_two_steps_leaves_nothing_half_made_and_the_next_one_finishes(
    chapters, people, monkeypatch, breaks
):
    tasks.draft_due()
    job = Job.objects.get(key="ad-safeguarding/2026-H1")
    with monkeypatch.context() as dying:

        def die(*args, **kwargs):
            raise RuntimeError("killed")

        dying.setattr(f"cypcc_portal.reports.acts.{breaks}", die)
        jobs.run(job.pk)
    assert not Report.objects.exists()
    jobs.run(job.pk)
    [report] = Report.objects.all()
    assert [section.key for section in report.sections.all()] == ["summary", "made", "asks", "next"]
    assert Job.objects.get(pk=job.pk).state == "done"


def test_coordinator_and_co_chairs_are_told_once_that_a_draft_is_waiting(drafts, people):
    drafts()
    drafts()
    told = OutboxMail.objects.filter(subject__contains="A draft report is waiting: Feedback")
    assert {mail.to_user for mail in told} == {people.admin, people.cochair_one, people.cochair_two}
    assert all("/reports/ad-safeguarding/2026-H1/" in mail.text for mail in told)


def test_home_says_whose_turn_it_is(chapters, people):
    report = acts.keep(
        Kind.BI_MONTHLY,
        Period.parse("2026-09"),
        acts.gather(Kind.BI_MONTHLY, Period.parse("2026-09")),
    )
    titles = lambda user: [task.title for task in answers.tasks_for(user)]  # noqa: E731
    name = "Two-monthly report, September–October 2026"
    assert titles(people.admin) == [f"The draft “{name}” is waiting: read it and offer it"]
    assert titles(people.cochair_one) == []
    acts.offer(report, version=1, by=people.admin)
    assert titles(people.admin) == []
    assert titles(people.cochair_one) == [f"{name} awaits your agreement"]
    acts.agree(report, version=1, by=people.cochair_one)
    assert titles(people.cochair_one) == []
    assert len(titles(people.cochair_two)) == 1
    assert titles(people.lead) == titles(people.observer) == []
