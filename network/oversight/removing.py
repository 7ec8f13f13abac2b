"""The yearly removal: the calendar proposes it, an admin looks through the lists and confirms, a job does it.

It goes kind by kind, each in a transaction of its own that also notes it as done: whoever is interrupted goes
on where they stopped, and two at once do each kind once.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from network import audit, dates, jobs, mail
from network.marks import mark_of
from network.oversight import schedule
from network.oversight.models import Removal
from network.people.models import User
from network.workflow import Changed, Refused

PROPOSE, REMOVE = "retention.propose", "retention.remove"
REMOVED = "removed what is kept no longer"


@dataclass(frozen=True)
class Listed:
    """A kind, and what of it would go today."""

    kind: schedule.Kind
    number: int


def listed() -> list[Listed]:
    today = dates.today()
    return [Listed(kind, kept.count(kind.before(today))) for kind, kept in schedule.due()]


def mark(found: list[Listed]) -> str:
    """By which a confirmation knows what its page showed."""
    return mark_of(repr([(one.kind.key, one.number) for one in found]))


def open_removal() -> Removal | None:
    """The one that awaits an admin or is under way."""
    return Removal.objects.filter(finished_at__isnull=True).first()


def ask_once_a_day() -> str:
    """Has a worker look whether this year's removal is to be proposed."""
    today = dates.today()
    key = today.isoformat()
    if Removal.objects.filter(year=today.year).exists() or open_removal():
        return ""
    if jobs.Job.objects.filter(kind=PROPOSE, key=key).exists():
        return ""
    jobs.request(
        PROPOSE, key, title=f"Is anything kept for longer than it should be? {dates.long_date(today)}"
    )
    return "looking for what is kept no longer"


def propose() -> Removal | None:
    """Proposes this year's removal if there is anything to remove and none was proposed."""
    if open_removal() or not any(one.number for one in listed()):
        return None
    removal, made = Removal.objects.get_or_create(year=dates.today().year)
    if made:
        mail.queue_to_overseers(
            f"system:removal:{removal.year}",
            subject=f"Look through what is kept no longer: {removal.year}",
            template="notice",
            context={
                "paragraphs": [
                    "Some records have been kept for as long as the retention schedule says. Nothing is "
                    "removed before you have looked through the lists and confirmed."
                ],
                "link": reverse("retention_list"),
                "link_label": "See what would go",
            },
        )
    return removal if made else None


def confirm(removal: Removal, *, by: User, seen: str) -> jobs.Job:
    """An admin has seen the lists and says yes. Raises Changed if the lists are others by now, Refused if it
    was confirmed before."""
    with transaction.atomic():
        locked = Removal.objects.select_for_update().get(pk=removal.pk)
        if locked.confirmed_at:
            raise Refused("This was confirmed already; the work is under way or done.")
        if seen != mark(listed()):
            raise Changed("The lists are not as you saw them any more. Please look through them again.")
        locked.confirmed_at, locked.confirmed_by = dates.now(), by
        locked.save()
        audit.record(by=by, verb="confirmed a removal", on=locked)
        return jobs.request(REMOVE, str(locked.pk), by=by, title=str(locked), payload={"removal": locked.pk})


def remove_next(pk: int) -> str:
    """Does the next kind that is not done; its name, or "" when all are. Each call is one transaction."""
    with transaction.atomic():
        removal = Removal.objects.select_for_update().get(pk=pk)
        if removal.finished_at or not removal.confirmed_at:
            return ""
        day = dates.local(removal.confirmed_at).date()
        for kind, kept in schedule.due():
            if kind.key not in removal.removed:
                before = kind.before(day)
                number = kept.purge(before)
                removal.removed[kind.key] = number
                removal.save()
                if number:
                    audit.record(
                        by=removal.confirmed_by,
                        verb=REMOVED,
                        on=removal,
                        kind=kind.name,
                        ended_before=before,
                    )
                return kind.name
        removal.finished_at = dates.now()
        removal.save()
    return ""
