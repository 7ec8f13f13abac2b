"""Small made-up chapters, and reports made of them by the portal's own acts."""

from __future__ import annotations

from typing import Any

from cypcc_portal.reports import acts, build
from cypcc_portal.reports.models import Kind, Report
from network.dates import Period
from network.figures import Chapter, Figure, Row, Source, Table
from network.people.models import User

H1 = Period.parse("2026-H1")
H2 = Period.parse("2026-H2")
CYCLE = Period.parse("2026-09")
SOURCE = Source(says="Rows that were made up", url="/meetings/", rows=3)


def table(rows: dict[str, tuple[Any, ...]], columns: tuple[str, ...] = ("Number",), **more: Any) -> Table:
    return Table(
        key=more.pop("key", "made.up"),
        caption=more.pop("caption", "Made up"),
        columns=columns,
        rows=tuple(Row(label=label, cells=cells) for label, cells in rows.items()),
        source=SOURCE,
        **more,
    )


def children(rows: dict[str, tuple[Any, ...]], columns: tuple[str, ...] = ("Number",), **more: Any) -> Table:
    return table(rows, columns, about_children=True, total=True, **more)


def figure(value: Any, key: str = "made.figure", **more: Any) -> Figure:
    return Figure(key=key, label=more.pop("label", "A figure"), value=value, source=SOURCE, **more)


def chapter(*parts: Table | Figure, key: str = "made", order: int = 10, words: str = "Words.") -> Chapter:
    return Chapter(
        key=key,
        title=f"Chapter {key}",
        order=order,
        figures=tuple(part for part in parts if isinstance(part, Figure)),
        tables=tuple(part for part in parts if isinstance(part, Table)),
        words=words,
    )


def report(kind: Kind = Kind.AD_SAFEGUARDING, period: Period = H1) -> Report:
    """The draft, from whatever chapters there are."""
    return acts.keep(kind, period, acts.gather(kind, period))


def agreed(made: Report, by: User, chairs: tuple[User, User]) -> Report:
    """Offered and agreed by both."""
    made.refresh_from_db()
    acts.offer(made, version=made.version, by=by)
    for chair in chairs:
        made = acts.agree(made, version=made.version, by=chair)
    return made


def built(kind: Kind, *chapters: Chapter, period: Period = H1, before: build.Before | None = None) -> Any:
    """What would be stored of these chapters."""
    from network import registry

    asked, registry.figures = registry.figures, lambda period: list(chapters)  # type: ignore[assignment]
    try:
        return build.draft(kind, period, before or {}).built
    finally:
        registry.figures = asked
