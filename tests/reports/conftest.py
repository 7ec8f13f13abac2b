"""A registry that answers with small made-up chapters, so that a report's own promises are what is tested."""

from collections.abc import Callable

import pytest

from cypcc_portal.reports.models import Kind, Report
from network import registry
from network.counts import Count
from network.figures import Chapter
from tests import reports_factories as make


@pytest.fixture
def chapters(monkeypatch: pytest.MonkeyPatch) -> list[Chapter]:
    """What the apps would answer: change the list, and the next report is made of that."""
    answers = [
        make.chapter(
            make.figure(3, key="meetings.held", label="Meetings held"),
            make.table(
                {"Done theme": (12,), "Other theme": (5,)}, key="plan", caption="The plan", chart=True
            ),
            make.children({"Board A": (Count.exact(3),), "Board B": (Count.exact(777),)}, caption="Children"),
        )
    ]
    monkeypatch.setattr(registry, "figures", lambda period: list(answers))
    return answers


@pytest.fixture
def draft(chapters, people) -> Report:
    return make.report(Kind.AD_SAFEGUARDING)


@pytest.fixture
def agree(people) -> Callable[[Report], Report]:
    return lambda report: make.agreed(report, people.admin, (people.cochair_one, people.cochair_two))
