"""Everything that the portal holds about a person, as one file for that person.

It is made while they wait and kept nowhere: a copy on the server would be one more thing to protect. What it
holds is said by each app through `registry.own_records`, as a workbook to read and as JSON for a machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from network import audit, dates, registry
from network.files import Sheet, archive_response, workbook
from network.guards import SignedIn, fresh_sign_in
from network.mail import DEMONSTRATION
from network.people.models import User
from network.registry import OwnRecords

ABSENT = (
    "What stands in meetings, actions or papers that you can’t read today is not in this file. "
    "The coordinator answers for it if you ask."
)

READ, FOR_PROGRAMS = "Your data, to read.xlsx", "Your data, for other programs.json"


@require_http_methods(["GET", "HEAD", "POST"])
def profile_data(request: SignedIn) -> HttpResponse:
    """What the file holds, and the button that makes it."""
    fresh_sign_in(request)
    if request.method == "POST":
        return copy_of(request.user)
    return render(request, "network/profile_data.html", {"absent": ABSENT})


def copy_of(person: User) -> HttpResponse:
    """The file, for the person themselves; that it was taken is written down."""
    held = [records for records in registry.own_records(person) if records.rows]
    audit.record(by=person, verb="took a copy of own data", on=person)
    files = {READ: workbook(_sheets(held)), FOR_PROGRAMS: _json(person, held)}
    return archive_response(f"Your data, {dates.long_date(dates.today())}.zip", files)


def _sheets(held: Sequence[OwnRecords]) -> Iterator[Sheet]:
    contents = [(records.title, len(records.rows)) for records in held]
    note = f"Held in the portal on {dates.long_datetime(dates.now())}. {ABSENT}"
    yield Sheet("What is held", ("What is held", "Rows"), contents, note)
    for records in held:
        yield Sheet(records.title, records.columns, records.rows)


def _json(person: User, held: Sequence[OwnRecords]) -> bytes:
    said = {
        "portal": settings.NETWORK_NAME,
        "demonstration": DEMONSTRATION if settings.PORTAL_DEMO else "",
        "person": person.name,
        "made at": dates.now().isoformat(),
        "left out": ABSENT,
        "held": [
            {
                "title": records.title,
                "rows": [dict(zip(records.columns, row, strict=True)) for row in records.rows],
            }
            for records in held
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()
