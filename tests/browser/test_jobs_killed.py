"""A worker that is killed in the middle of a report: one report, soon after the next worker has started."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.browser.people import Person, step
from tests.browser.portal import Portal
from tests.browser.slow_figures_provider import MARK
from tests.browser.story.report import REPORT

pytestmark = pytest.mark.slow

AFTER_THE_HALF_YEAR = "2027-04-01T07:00"
WITHIN = 120  # seconds from the next worker's start


def wait_for(what: Callable[[], bool], seconds: float) -> float:
    """How many seconds it took; fails if it takes longer than `seconds`."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.3)
    return time.monotonic() - started


def test_a_killed_worker_leaves_one_report_within_two_minutes(
    make_portal: Callable[..., Portal], enter: Callable[..., Person]
) -> None:
    portal = make_portal(now=AFTER_THE_HALF_YEAR, settings="tests.browser.slow_figures")
    portal.start("web", "worker")
    admin = enter(portal, "admin").sign_in()
    with step("The worker is killed while it gathers the report's figures", admin):
        wait_for(portal.store.folder.joinpath(MARK).exists, 60)
        portal.stop("worker", by=signal.SIGKILL)
        assert admin.status(REPORT) == 404
    with step("The next worker finishes it, without anybody's doing", admin):
        portal.start("worker")
        wait_for(lambda: admin.status(REPORT) == 200, WITHIN)
    with step("There is one report, drafted once, and nobody was told twice", admin):
        for _ in range(2):
            portal.manage("tick")
        done = "apps.get_model('network.Job').objects.filter(key='ad-safeguarding/2026-H2')"
        assert portal.ask(f"list({done}.values('state', 'attempts'))") == [{"state": "done", "attempts": 2}]
        admin.go("/reports/?kind=ad-safeguarding")
        assert admin.main.get_by_role("row").filter(has_text="1 October 2026 to 31 March 2027").count() == 1
        told = "key__startswith='report:drafted:ad-safeguarding:2026-H2:'"
        mails = portal.ask(f"apps.get_model('network.OutboxMail').objects.filter({told}).count()")
        assert mails == 3, "one mail each for the admin and the two co-chairs"
