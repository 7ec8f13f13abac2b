"""Plain functions that make rounds, returns and answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from network import dates
from network.people.models import Organisation, User
from questionnaires import filling, saving, seed
from questionnaires.models import Answer, InstrumentVersion, Question, Return, Round

FULL: dict[str, Any] = {
    "single": None,
    "short_text": "3; the directors",
    "long_text": "A shared tracker.",
    "month_year": "2025-03",
    "count": {"state": "exact", "value": 7},
    "percent_pair": {"authority": 50, "icb": 50},
    "contact": {"name": "Lead, Kent", "job_title": "Manager", "email": "lead@example.org"},
}


def version() -> InstrumentVersion:
    return InstrumentVersion.objects.get(instrument__slug=seed.SLUG, number="0.1")


def round_(slug: str = "autumn-2026", *, opens: int = -21, closes: int = 21, **more: Any) -> Round:
    """A round that opens and closes so many days from today, about 2025/26, with its returns."""
    today = dates.today()
    values = {
        "title": slug.replace("-", " ").capitalize(),
        "version": version(),
        "reporting_year": "2025/26",
        "opens_on": today + timedelta(days=opens),
        "closes_on": today + timedelta(days=closes),
    }
    made = Round.objects.create(slug=slug, **(values | more))
    made.ensure_returns()
    return made


def return_of(asking: Round, authority: Organisation) -> Return:
    return Return.objects.select_related("round__version", "authority").get(round=asking, authority=authority)


def question(code: str) -> Question:
    return version().questions.get(code=code)


def answer(row: Return, code: str, value: Any, *, by: User, icb: str = "", **more: Any) -> Answer:
    body = Organisation.objects.get(ods_code=icb) if icb else None
    made, _ = Answer.objects.update_or_create(
        for_return=row, question=question(code), icb=body, defaults={"value": value, "changed_by": by, **more}
    )
    return made


def boards(row: Return) -> list[Organisation]:
    """Those that covered the authority in the year; for one that began later the first of all."""
    asked, covering = filling.icbs_of(row.round), filling.covering(row)
    return [icb for icb in asked if icb.pk in covering] or list(asked)[:1]


def full_value(asked: Question, row: Return, approved: bool) -> Any:
    """An answer to any question; the first option, so that most conditions are met."""
    if asked.options_from:
        return sorted(icb.ods_code for icb in boards(row))
    if asked.code == "A4":
        return "Yes" if approved else "Not yet"
    if asked.type == "matrix":
        return dict.fromkeys(asked.rows, asked.scale[0])
    if asked.type in ("single", "multi"):
        return asked.options[0] if asked.type == "single" else asked.options[:1]
    return FULL[asked.type]


def fill(row: Return, *, by: User, approved: bool = True, **values: Any) -> None:
    """Answers everything; `values` by code in place of the usual ones."""
    icbs = boards(row)
    made = [
        Answer(
            for_return=row,
            question=asked,
            icb=icb,
            value=values.get(asked.code, full_value(asked, row, approved)),
            changed_by=by,
        )
        for asked in version().questions.all()
        for icb in (icbs if asked.repeated else [None])
    ]
    Answer.objects.bulk_create(made)


def submit(row: Return, *, by: User) -> Return:
    return saving.submit(row, by=by, mark=filling.load(row, by).mark())


def submitted(
    asking: Round, authority: Organisation, *, by: User, approved: bool = True, **values: Any
) -> Return:
    row = return_of(asking, authority)
    fill(row, by=by, approved=approved, **values)
    return submit(row, by=by)


def day(text: str) -> date:
    return date.fromisoformat(text)
