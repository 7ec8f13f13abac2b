"""FOI rounds, requests and replies for tests, by the acts that the coordinator uses."""

from __future__ import annotations

from datetime import date

from foi import casework
from foi.forms.answers import read_value
from foi.models import FoiRound, ItemVersion, Outcome, Request
from foi.models.outcomes import Code
from network import dates
from network.dates import Period
from network.people.models import Organisation, User

SENT = date(2026, 9, 1)
ASKED = (
    "bedfordshire-luton-and-milton-keynes",
    "buckinghamshire-oxfordshire-and-berkshire-west",
    "frimley",
    "hampshire-and-isle-of-wight",
    "kent-and-medway",
    "surrey-heartlands",
    "sussex",
)
"""The seven boards of the reporting year 2025/26, by slug."""


def foi_round(
    by: User, *, year: str = "2025/26", years: list[str] | None = None, slug: str = "foi-2026"
) -> FoiRound:
    """A round with a draft to each body of the year, ready to be sent."""
    last = Period.parse(year)
    round = FoiRound(
        slug=slug,
        title="FOI round 2026",
        reporting_year=year,
        years=years or [last.previous().key, year],
        version=ItemVersion.objects.latest("number"),
    )
    casework.open_round(round, by=by, applicant="Jo Applicant", reply_to="replies@example.org")
    for request in round.requests.select_related("body", "sent_to"):
        request.sent_to = casework.answers_for(request.body)[0]
        request.address = f"foi@{request.body.slug}.example.org"
        request.save()
    return round


def request_to(round: FoiRound, body: Organisation) -> Request:
    return Request.objects.select_related("round__version", "body", "sent_to", "made_for").get(
        round=round, body=body
    )


def sent(request: Request, by: User, on: date = SENT) -> Request:
    with dates.at(max(on, dates.today())):
        return casework.send(request, by=by, sent_on=on, received_on=on)


def sent_round(by: User, on: date = SENT, *, years: list[str] | None = None) -> FoiRound:
    """A round of which every request was sent and received on one day."""
    round = foi_round(by, years=years)
    for request in round.requests.select_related("round__version", "body", "sent_to"):
        sent(request, by, on)
    return round


def record(
    request: Request, by: User, code: str, written: str = "", year: str = "2025/26", **more: str
) -> Outcome:
    """One answer, kept as the recording page keeps it; `outcome`, `sections`, `flags` and `basis` by name."""
    outcome = Outcome.objects.select_related("item").get(request=request, item__code=code, year=year)
    outcome.clear_value()
    outcome.outcome = more.pop("outcome", Code.ANSWERED)
    outcome.written = written
    for name, value in {**(read_value(outcome.item, written) if written else {}), **more}.items():
        setattr(outcome, name, value)
    casework.save_outcomes(request, [outcome], by=by)
    outcome.refresh_from_db()
    return outcome
