"""Everything that the portal holds about a person, as one file for that person.

A worker makes it, since it may take a while, and it is kept sealed for the person for a few days. What it
holds is said by each app through `registry.own_records`, as a workbook to read and as JSON for a machine.

It is handed out as long as nothing has become narrower since it was begun: what somebody could read then and
may not now does not leave by a file that lay ready.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.http import HttpResponse

from network import audit, dates, jobs, readings, registry
from network.account.models import OwnCopy
from network.account.sealing import box
from network.audience import Audience, Naming
from network.audit import AuditEntry
from network.files import Sheet, archive, archive_response, workbook
from network.jobs import Job, Progress
from network.mail import DEMONSTRATION
from network.marks import mark_of
from network.people.models import User
from network.registry import OwnRecords
from network.workflow import Refused

KIND = "account.own-data"
PURPOSE = "own data"
KEPT_FOR = timedelta(days=7)
"""As long as the pages that were printed."""

ABSENT = (
    "What stands in meetings, actions or papers that you can’t read today is not in this file. "
    "The coordinator answers for it if you ask."
)
NARROWING = ("let fewer people read", "named people", "took back from partners", "void", "reopen", "reopened")
"""Acts after which somebody may read less than before."""

READ, FOR_PROGRAMS = "Your data, to read.xlsx", "Your data, for other programs.json"


def ask(person: User) -> Job:
    """The work on their copy: that under way, or a new one."""
    # Two at once come to the same key. Who asked goes with the years, the key stays.
    so_far = Job.objects.filter(kind=KIND, key__startswith=f"{person.pk}:").count()
    title = "A copy of one’s own data"
    return open_job(person) or jobs.request(KIND, f"{person.pk}:{so_far + 1}", by=person, title=title)


def open_job(person: User) -> Job | None:
    states = (Job.State.QUEUED, Job.State.RUNNING)
    return Job.objects.filter(kind=KIND, asked_by=person, state__in=states).first()


@jobs.handler(KIND)
def make_copy(job: Job, progress: Progress) -> None:
    person = job.asked_by
    if person is None or not person.is_active:
        return
    rests = rests_on(person)
    progress.at(5, "Gathering what is held")
    with readings.noted() as seen:
        held = [records for records in registry.own_records(person) if records.rows]
    progress.at(40, "Writing the workbook")
    files = {READ: workbook(_sheets(held)), FOR_PROGRAMS: _json(person, held)}
    progress.at(90, "Sealing it for you")
    made = {
        "made_at": dates.now(),
        "rests_on": rests,
        "legal": [[row._meta.label_lower, row.pk] for row in seen.values()],
        "sealed": box(PURPOSE).encrypt(archive(files)),
    }
    with progress.finishing(result_url="/profile/data/"):
        OwnCopy.objects.update_or_create(user=person, defaults=made)


def rests_on(person: User) -> str:
    """The mark of their roles, of what they are named for, and of how often anything became narrower."""
    seats = sorted((seat.role.value, seat.organisation_id or 0) for seat in person.standing.seats)
    named = sorted(Naming.objects.filter(person=person).values_list("label", "object_id"))
    return mark_of(repr((seats, named, AuditEntry.objects.filter(verb__in=NARROWING).count())))


def good_until(copy: OwnCopy) -> datetime:
    return copy.made_at + KEPT_FOR


def hand_out(copy: OwnCopy, *, by: User) -> HttpResponse:
    """The file, for the person themselves; that it was taken is written down. Raises Refused."""
    if copy.rests_on != rests_on(by):
        raise Refused(
            "Since this copy was made your roles have changed, or fewer people read something. "
            "Make a new one."
        )
    try:
        content = box(PURPOSE).decrypt(bytes(copy.sealed))
    except InvalidToken:
        raise Refused("The portal’s key has changed since this copy was made. Make a new one.") from None
    audit.record(by=by, verb="took a copy of own data", on=by)
    audit.read(by=by, on=[apps.get_model(label)(pk=pk, audience=Audience.LEGAL) for label, pk in copy.legal])
    day = dates.long_date(dates.local(copy.made_at).date())
    return archive_response(f"Your data, {day}.zip", content)


def forget() -> str:
    """Removes copies after their time; run by each tick."""
    gone, _ = OwnCopy.objects.filter(made_at__lt=dates.now() - KEPT_FOR).delete()
    return f"{gone} old copies of people’s own data removed" if gone else ""


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
