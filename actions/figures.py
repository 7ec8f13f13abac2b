"""What the plan has to say of a period: how it stood when the period ended, never how it stands today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from actions.models import OPEN, Action, Status, Theme
from network.dates import LONDON, long_date
from network.figures import Chapter, Figure, Row, Source, Table, thing

if TYPE_CHECKING:
    from network.dates import Period

NO_THEME = "Not yet under a theme"


def day_after(day: date) -> datetime:
    """The first instant that no longer belongs to the day."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)


def chapters(period: Period) -> Iterator[Chapter]:
    """Only actions that every member reads are counted; one kept to the chairs is not even a number."""
    rows = list(
        Action.objects.counted()
        .as_at(day_after(period.last))
        .values_list("theme__slug", "state_then", "due_then", "pk")
    )
    plan = [(theme, state, due) for theme, state, due, _ in rows]
    of = frozenset(thing(Action(pk=pk)) for *_, pk in rows)
    total = len(plan)
    states = Counter(state for _, state, _ in plan)
    overdue = sum(_late(state, due, period.last) for _, state, due in plan)
    done_within = _done_within(period)
    yield Chapter(
        key="actions",
        title="The action plan",
        order=40,
        figures=(
            replace(_figure("total", "Actions in the plan", total, period), of=of),
            _figure("done", "Actions done", states[Status.DONE], period, state=Status.DONE),
            _figure(
                "in_progress",
                "Actions in progress",
                states[Status.IN_PROGRESS],
                period,
                state=Status.IN_PROGRESS,
            ),
            _figure("overdue", "Actions overdue", overdue, period, state="overdue"),
            _done_figure(done_within, period),
        ),
        tables=(replace(_by_theme(plan, period), of=of),),
        words=_words(total, states[Status.DONE], overdue, done_within, period),
    )


def _late(state: str, due: date | None, on: date) -> bool:
    return state in OPEN and due is not None and due < on


def _url(period: Period, **more: str) -> str:
    return f"{reverse('action_list')}?{urlencode({**more, 'as_at': period.last.isoformat()})}"


def _figure(key: str, label: str, value: int, period: Period, *, state: str = "") -> Figure:
    says = f"The action plan as it stood at the end of {long_date(period.last)}"
    url = _url(period, state=state) if state else _url(period)
    return Figure(
        key=f"actions.{key}", label=label, value=value, source=Source(says=says, url=url, rows=value)
    )


def done_by(day: date) -> QuerySet[Action, dict[str, Any]]:
    """The counted actions that were done at the end of the day, as a condition for other queries."""
    done = Action.objects.counted().as_at(day_after(day)).filter(state_then=Status.DONE)
    return done.values("pk")


def _done_within(period: Period) -> int:
    """Actions that became done within the period and still were when it ended."""
    before = done_by(period.first - timedelta(days=1))
    return done_by(period.last).exclude(pk__in=before).count()


def _done_figure(value: int, period: Period) -> Figure:
    return Figure(
        key="actions.done_within",
        label="Actions finished in the period",
        value=value,
        source=Source(
            says=f"Actions that became done {period.during}",
            url=_url(period, state=Status.DONE, since=period.first.isoformat()),
            rows=value,
        ),
    )


def _by_theme(plan: list[tuple[str | None, str, date | None]], period: Period) -> Table:
    themes: list[tuple[str | None, str]] = list(Theme.objects.values_list("slug", "title"))
    if any(slug is None for slug, _, _ in plan):
        themes.append((None, NO_THEME))
    return Table(
        key="actions.by_theme",
        caption=f"Actions by theme at the end of {long_date(period.last)}",
        columns=("Done", "In progress", "Not started", "Stopped", "All", "Overdue"),
        rows=tuple(_row(slug, title, plan, period) for slug, title in themes),
        source=Source(
            says=f"The action plan as it stood at the end of {long_date(period.last)}",
            url=_url(period),
            rows=len(plan),
        ),
        label_heading="Theme",
        reading=_reading(plan, period),
        total=True,
        chart=True,
    )


def _row(
    slug: str | None, title: str, plan: list[tuple[str | None, str, date | None]], period: Period
) -> Row:
    own = [(state, due) for theme, state, due in plan if theme == slug]
    states = Counter(state for state, _ in own)
    return Row(
        label=title,
        cells=(
            states[Status.DONE],
            states[Status.IN_PROGRESS],
            states[Status.NOT_STARTED],
            states[Status.STOPPED],
            len(own),
            sum(_late(state, due, period.last) for state, due in own),
        ),
        url=_url(period, theme=slug or "none"),
    )


def _reading(plan: list[tuple[str | None, str, date | None]], period: Period) -> str:
    done = sum(state == Status.DONE for _, state, _ in plan)
    return f"{done} of {len(plan)} actions were done by the end of {long_date(period.last)}."


def _words(total: int, done: int, overdue: int, done_within: int, period: Period) -> str:
    if not total:
        return "There were no actions in the plan."
    first = f"At the end of {long_date(period.last)}, {done} of the plan's {total} actions were done"
    finished = f", {done_within or 'none'} of them finished in this period" if done else ""
    late = "were overdue" if overdue > 1 else "was overdue"
    others = f" Of those not done, {overdue or 'none'} {late}." if done < total else ""
    return f"{first}{finished}.{others}"
