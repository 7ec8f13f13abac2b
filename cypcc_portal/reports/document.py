"""One report as a document: its frozen figures, people's words and how it stands, for page and PDF alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings

from cypcc_portal.reports.models import Kind, Report, ReportSection
from cypcc_portal.reports.view import HIDDEN, WORDS, Built, Line, ShownChapter
from network import agreements, dates
from network.agreements import Agreeable, Agreement
from network.counts import NOT_SHARED
from network.people.models import User

SMALL = (
    "What “hidden” means: counts of 1 to 4 children are hidden, and so are some of their neighbours, so "
    "that no child can be recognised; “<5” that a board gave itself stands as it wrote it."
)
ONLY_SHOWN = "A total counts only what is shown."
EXPLAINED = {
    HIDDEN: f"{SMALL} What an earlier report did not show stays hidden. {ONLY_SHOWN}",
    NOT_SHARED: (
        "What “not shared” means: the board’s reply is not shared with readers outside the network, whatever "
        f"it says and whether or not one has come. {ONLY_SHOWN}"
    ),
}
NOT_TOLD_APART = f"{SMALL} A board’s reply that is not yet shared with partners is hidden too. {ONLY_SHOWN}"
"""Of an edition in which one word stood for both."""
DRAFT_MARK = "DRAFT, not agreed"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A heading with its words and, for a chapter, its figures."""

    key: str
    title: str
    section: ReportSection | None
    chapter: ShownChapter | None


@dataclass(frozen=True, kw_only=True)
class Document:
    report: Report
    title: str
    period: str
    status: str
    draft: bool
    awaited: str  # whose agreement is missing, in words; "" when nobody's
    agreed_by: list[str]
    said: list[Agreement]  # of this version
    parts: list[Part]
    lines: list[Line] = field(default_factory=list)  # the appendix of sources
    network_name: str = settings.NETWORK_NAME
    told_apart: bool = True

    @property
    def full_title(self) -> str:
        return f"{self.title}: {self.period}"

    @cached_property  # each table asks
    def explained(self) -> dict[int, list[str]]:
        """What the words in the place of a figure mean: each once, under the first table that says it."""
        found: dict[int, list[str]] = {}
        told: set[str] = set()
        tables = [table for part in self.parts if part.chapter for table in part.chapter.tables]
        for table in tables:
            new = [word for word in WORDS if word in table.says - told]
            told.update(new)
            found[table.number] = [EXPLAINED[word] if self.told_apart else NOT_TOLD_APART for word in new]
        return found

    @property
    def filename(self) -> str:
        return f"{self.report.kind}-{self.report.period}{'-draft' if self.draft else ''}"


def document(report: Report, user: User | None) -> Document:
    """The report as `user` may read it; None is the portal itself (an export on the command line)."""
    built = Built.from_json(report.figures)
    rows = ReportSection.objects if user is None else ReportSection.objects.visible_to(user)
    sections = list(rows.filter(report=report).select_related("edited_by"))
    said = [one for one in agreements.said(report) if one.version == report.version]
    draft = report.status != Agreeable.Status.AGREED
    yes = [one.person.display() for one in said if one.answer == Agreement.Answer.YES]
    return Document(
        report=report,
        title=Kind(report.kind).label,
        period=report.of.label,
        status=_status(report, yes),
        draft=draft,
        awaited=agreements.awaited_words(report) if draft else "",
        agreed_by=yes,
        said=said,
        parts=_parts(sections, built),
        lines=list(built.lines()),
        told_apart=built.told_apart,
    )


def _status(report: Report, yes: list[str]) -> str:
    if report.status == Agreeable.Status.AGREED and report.agreed_at:
        return f"Agreed by {' and '.join(yes)} on {dates.long_date(report.agreed_at)}"
    if report.status == Agreeable.Status.OFFERED:
        return "Offered for agreement, not yet agreed"
    return "Draft, not yet offered for agreement"


def _parts(sections: list[ReportSection], built: Built) -> list[Part]:
    chapters = {chapter.key: chapter for chapter in built.chapters}
    parts = [
        Part(key=section.key, title=section.title, section=section, chapter=chapters.pop(section.key, None))
        for section in sections
    ]
    return parts + [
        Part(key=chapter.key, title=chapter.title, section=None, chapter=chapter)
        for chapter in chapters.values()
    ]
