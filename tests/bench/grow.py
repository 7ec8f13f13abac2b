"""Ten times the data: what is over and done is copied into the years before, with all that hangs on it.

Run in a portal's surroundings (`python -m tests.bench.grow`). What is open now stays as it is: a network that
is ten times as old has ten times as many meetings and people behind it, and the same next meeting.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

TIMES = 10
YEARS = 2  # each copy lies so many years before the one before it

Change = Callable[[Any, int], None]


def nothing(row: Any, number: int) -> None:
    return


@dataclass(frozen=True)
class Kind:
    """Rows of one model to copy; `under` names the field by which they hang on rows that were copied."""

    label: str
    under: str = ""
    where: Callable[[], dict[str, Any]] = dict
    change: Change = nothing
    history: bool = True  # dates move into the past
    times: int = TIMES


def marked(field: str) -> Change:
    """Makes a unique text another one."""

    def change(row: Any, number: int) -> None:
        if getattr(row, field):
            setattr(row, field, f"{getattr(row, field)}-{number}")

    return change


def _person(row: Any, number: int) -> None:
    row.email = f"{number}.{row.email}"


def _elsewhere(row: Any, number: int) -> None:
    """A body that was, outside the network."""
    row.slug, row.name = f"{row.slug}-{number}", f"{row.name} {number}"
    row.gss_code = row.dfe_code = row.ods_code = ""
    row.member, row.tile_row, row.tile_column = False, None, None
    row.starts_on, row.ends_on = None, earlier(_today(), number)


def _in_force(row: Any, number: int) -> None:
    row.status, row.in_force_at = "in force", row.made_at


def _done(row: Any, number: int) -> None:
    row.live = False


def _former(row: Any, number: int) -> None:
    row.ends_on = earlier(_today(), 1)


def _meeting(row: Any, number: int) -> None:
    from network.dates import Period

    row.cycle = Period.cycle(row.on).key


def _round(row: Any, number: int) -> None:
    row.slug = f"{row.slug}-{number}"
    row.reporting_year = _year(row.reporting_year, number)


def _foi_round(row: Any, number: int) -> None:
    _round(row, number)
    row.years = [_year(year, number) for year in row.years]


def _outcome(row: Any, number: int) -> None:
    row.year = _year(row.year, number)


def _year(written: str, number: int) -> str:
    """A reporting year so much earlier: 2025/26 becomes 2023/24."""
    if not written:
        return written
    first = int(written[:4]) - YEARS * number
    return f"{first}/{(first + 1) % 100:02}"


def _signed(row: Any, number: int) -> None:
    """An entry is called by its digest, which no two share."""
    row.sign()


def _report(row: Any, number: int) -> None:
    row.period = f"{int(row.period[:4]) - YEARS * number}{row.period[4:]}"


def _closed(row: Any, number: int) -> None:
    """What ran years ago runs no more."""
    if row.sent_on:
        row.status = "closed"


def _at_a_body() -> dict[str, Any]:
    from network.people.models import Membership

    return {"pk__in": Membership.objects.filter(organisation__isnull=False).values("user_id")}


def _today() -> date:
    from network import dates

    return dates.today()


def _agreements(label: str) -> Kind:
    return Kind("network.Agreement", label, lambda: {"label": label})


KINDS = (
    Kind("network.Organisation", change=_elsewhere, history=False),
    Kind("network.Reorganisation", change=_in_force, times=50),
    Kind("network.Ending", "reorganisation", change=_done),
    Kind("network.Successor", "reorganisation"),
    Kind("network.User", where=_at_a_body, change=_person, history=False),
    Kind("network.Membership", "user", change=_former),
    Kind("network.Meeting", where=lambda: {"on__lt": _today()}, change=_meeting),
    Kind("network.Attendance", "meeting"),
    Kind("network.Agenda", "meeting"),
    Kind("network.AgendaItem", "meeting"),
    Kind("network.Notes", "meeting"),
    Kind("network.NoteEntry", "item"),
    Kind("network.Decision", "item"),
    Kind("network.NoteAction", "item"),
    _agreements("network.agenda"),
    _agreements("network.notes"),
    Kind("network.LibraryItem"),
    Kind("questionnaires.Round", where=lambda: {"closes_on__lt": _today()}, change=_round),
    Kind("questionnaires.Return", "round"),
    Kind("questionnaires.SectionState", "for_return"),
    Kind("questionnaires.Answer", "for_return"),
    Kind("foi.FoiRound", where=lambda: {"pk__lt": _newest("foi.FoiRound")}, change=_foi_round),
    Kind("foi.Request", "round", change=_closed),
    Kind("foi.RequestEvent", "request"),
    Kind("foi.Outcome", "request", change=_outcome),
    Kind("actions.Action", where=lambda: {"status": "done"}, change=marked("origin_key")),
    Kind("actions.Update", "action"),
    Kind("reports.Report", where=lambda: {"status": "agreed"}, change=_report),
    Kind("reports.ReportSection", "report"),
    Kind("reports.Edition", "report"),
    _agreements("reports.report"),
    Kind("network.AuditEntry", change=_signed),
    Kind("network.OutboxMail", change=marked("key")),
    Kind("network.Job", where=lambda: {"state": "done"}, change=marked("key")),
)


def _newest(label: str) -> int:
    return int(model_of(label)._base_manager.latest("pk").pk)


def model_of(label: str) -> Any:
    from django.apps import apps

    return apps.get_model(label)


def earlier(day: date, years: int) -> date:
    """The same day so many years before; 29 February may be the 28th then."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


class Grower:
    """Copies of all kinds, one generation after the other."""

    def __init__(self) -> None:
        self.wanted = {kind.label: kind.times * self.count(kind.label) for kind in KINDS}
        self.roots = {kind: list(self._rows(kind)) for kind in KINDS if not kind.under}

    def count(self, label: str) -> int:
        return int(model_of(label)._base_manager.count())

    def _rows(self, kind: Kind) -> Iterable[Any]:
        return model_of(kind.label)._base_manager.filter(**kind.where()).order_by("pk")

    def grow(self) -> dict[str, int]:
        children = {kind: list(self._rows(kind)) for kind in KINDS if kind.under}
        number = 1
        while any(self._short(kind) for kind in self.roots):
            self._generation(number, children)
            number += 1
        return {label: self.count(label) for label in self.wanted}

    def _short(self, kind: Kind) -> bool:
        return bool(self.roots[kind]) and self.count(kind.label) < self.wanted[kind.label]

    def _generation(self, number: int, children: dict[Kind, list[Any]]) -> None:
        copies: dict[str, dict[Any, Any]] = {}
        for kind in KINDS:
            if not kind.under:
                rows = self.roots[kind] if self._short(kind) else []
            else:
                rows = [
                    row for row in children[kind] if self._owner(kind, row) in copies.get(self._of(kind), {})
                ]
            copies.setdefault(kind.label.lower(), {}).update(self._copies(kind, rows, number, copies))

    def _of(self, kind: Kind) -> str:
        if "." in kind.under:
            return kind.under
        return str(model_of(kind.label)._meta.get_field(kind.under).related_model._meta.label_lower)

    def _owner(self, kind: Kind, row: Any) -> Any:
        return row.object_id if "." in kind.under else getattr(row, f"{kind.under}_id")

    def _copies(self, kind: Kind, rows: list[Any], number: int, copies: dict[str, Any]) -> dict[Any, Any]:
        made = []
        for row in rows:
            one = copy.copy(row)
            one._state = copy.copy(row._state)
            one._state.fields_cache = {}
            one.pk, one._state.adding = None, True
            if kind.history:
                _move(one, number * YEARS)
            if kind.under:
                name = "object_id" if "." in kind.under else f"{kind.under}_id"
                setattr(one, name, copies[self._of(kind)][self._owner(kind, row)])
            kind.change(one, number)
            made.append(one)
        model_of(kind.label)._base_manager.bulk_create(made, batch_size=500)
        return {row.pk: one.pk for row, one in zip(rows, made, strict=True)}


def _move(row: Any, years: int) -> None:
    for each in row._meta.fields:
        value = getattr(row, each.attname)
        if isinstance(value, date):
            setattr(row, each.attname, earlier(value, years))


def main() -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    before = Grower()
    with transaction.atomic():
        after = before.grow()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps(after))


if __name__ == "__main__":
    main()
