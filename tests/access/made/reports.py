"""Reports of both kinds, agreed and not."""

from __future__ import annotations

from typing import Any

from cypcc_portal.reports.models import Report, ReportSection
from cypcc_portal.reports.view import Built, Cell, Line, ShownChapter, ShownFigure
from network import dates
from network.agreements import Agreement
from tests.access.who import CHAIRS, EVERYBODY, MEMBERS
from tests.access.world import World, planted

STATES = (
    ("agreed", "ad-safeguarding", "2026-H1", "agreed", EVERYBODY),
    ("offered", "ad-safeguarding", "2025-H2", "offered", CHAIRS),
    ("draft", "ad-safeguarding", "2025-H1", "draft", CHAIRS),
    ("cycleagreed", "bi-monthly", "2026-07", "agreed", MEMBERS),
    ("cycledraft", "bi-monthly", "2026-09", "draft", CHAIRS),
)


def make(world: World) -> None:
    for name, kind, period, status, readers in STATES:
        agreed = status == "agreed"
        report = Report.objects.create(
            kind=kind,
            period=period,
            ends_on=dates.Period.parse(period).last,
            figures=figures(kind, period, f"Held {planted(f'held {name}')}"),
            status=status,
            agreed_at=dates.now() if agreed else None,
        )
        ReportSection.objects.create(
            report=report,
            key="summary",
            title="Summary",
            text=f"It says {planted(f'report {name}')}.",
            position=1,
        )
        if agreed:
            for role in ("cochair_one", "cochair_two"):
                Agreement.objects.create(
                    label="reports.report",
                    object_id=report.pk,
                    version=1,
                    person=world.people[role],
                    answer="yes",
                )
        world.add(f"held {name}", report, readers)
        link = f"/reports/{kind}/{period}/"
        world.add(f"report {name}", report, readers, mark=link, kind=kind, period=period)


def figures(kind: str, period: str, label: str) -> dict[str, Any]:
    """One chapter with one figure."""
    source = Line(number=1, label=label, says="The meetings of the period", url="/meetings/", rows=3)
    figure = ShownFigure(
        number=1, key="held", label=label, cell=Cell(text="3", number=3), unit="meetings", source=source
    )
    chapter = ShownChapter(key="meetings", title="Meetings", figures=(figure,), tables=())
    return Built(kind=kind, period=period, chapters=(chapter,), things=()).to_json()
