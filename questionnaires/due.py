"""What the calendar makes due: mails when a round opens and before it closes, each once by its key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from network import dates, mail
from network.mail import OutboxMail
from network.mail_kinds import Kind
from network.people.history import listed
from network.people.models import Membership, User
from network.roles import Role
from questionnaires.models import Return, Round


def send_due() -> str:
    """Every open round: the returns of its authorities, the mail that it has opened, and reminders."""
    sent = 0
    for asking in Round.objects.open():
        with transaction.atomic():
            asking.ensure_returns()
            sent += _send(asking, "opens", _waiting(asking))
            nearest = [days for days in settings.REMINDER_DAYS_BEFORE_CLOSE if asking.days_left <= days]
            if nearest:  # after days of standstill one reminder, not several at once
                sent += _send(asking, f"closes-{min(nearest)}", _waiting(asking))
    return f"{sent} {'mail' if sent == 1 else 'mails'} about open rounds" if sent else ""


def remind(asking: Round) -> int:
    """A reminder to each authority that has not submitted, unless it had one today; how many authorities."""
    return _send(asking, f"asked-{dates.today().isoformat()}", _waiting(asking))


class ToRemind(NamedTuple):
    number: int  # of authorities
    why_not: list[str]  # of each of the others that are missing, as sentences


def to_remind(asking: Round, waiting: Iterable[Return]) -> ToRemind:
    """Whom a reminder would reach now; `waiting` are the returns not submitted."""
    occasion = f"asked-{dates.today().isoformat()}"
    had = _sent_keys(f"round:{asking.pk}:{occasion}:")
    rows = list(waiting)
    left = [row for row in rows if _key(asking, occasion, row) not in had]
    seats = _seats({row.answering_id for row in left}) if left else Membership.objects.none()
    reached = set(seats.values_list("organisation_id", flat=True))
    reminded = [row.authority.name for row in rows if row not in left]
    why_not = [f"{listed(reminded)} had a reminder today."] if reminded else []
    nobody = [row for row in left if row.answering_id not in reached]
    return ToRemind(len(reached), [*why_not, *map(_nobody, nobody)])


def _nobody(row: Return) -> str:
    body = row.answering
    answers = "" if body == row.authority else f", which answers for {row.authority},"
    if body.ends_on and body.ends_on < dates.today():
        return f"{body}{answers} ended on {dates.long_date(body.ends_on)}: nobody to remind."
    return f"{body}{answers} has no lead or deputy with an account: nobody to remind."


def _waiting(asking: Round) -> list[Return]:
    rows = asking.returns.filter(status=Return.Status.DRAFT).select_related("authority")
    for row in rows:
        row.round = asking
    return list(rows)


def _key(asking: Round, occasion: str, row: Return) -> str:
    return f"round:{asking.pk}:{occasion}:{row.authority_id}"


def _sent_keys(beginning: str) -> set[str]:
    return set(OutboxMail.objects.filter(key__startswith=beginning).values_list("key", flat=True))


def _send(asking: Round, occasion: str, rows: Iterable[Return]) -> int:
    had = _sent_keys(f"round:{asking.pk}:{occasion}:")
    left = [row for row in rows if _key(asking, occasion, row) not in had]
    if not left:
        return 0
    people = leads(row.answering_id for row in left)
    return sum(_mail(row, occasion, people[row.answering_id]) for row in left if row.answering_id in people)


def _seats(authorities: Iterable[int]) -> QuerySet[Any]:
    """Those of leads and deputies with an account."""
    return Membership.objects.in_force().filter(
        organisation__in=list(authorities),
        role__in=[Role.LEAD, Role.DEPUTY],
        user__email__isnull=False,
        user__is_active=True,
    )


def leads(authorities: Iterable[int]) -> dict[int, User]:
    """Who is written to at each authority: its lead, else its deputy, with an account."""
    seats = _seats(authorities).select_related("user").order_by("pk")
    found: dict[int, User] = {}
    for seat in sorted(seats, key=lambda one: one.role != Role.LEAD):
        found.setdefault(seat.organisation_id, seat.user)
    return found


def _mail(row: Return, occasion: str, to: User) -> int:
    """1 if a mail was put into the outbox; those of the calendar before the last day can be done without."""
    asking = row.round
    closes = dates.long_date(asking.closes_on)
    opens = occasion == "opens"
    subject = (
        f"Please answer the questionnaire “{asking}” by {closes}"
        if opens
        else f"Reminder: the questionnaire “{asking}” closes on {closes}"
    )
    first = (
        f"The round “{asking}” is open. It asks about the financial year {asking.reporting_year}."
        if opens
        else f"{row.authority.name} has not submitted its return in “{asking}” yet."
    )
    queued = mail.queue(
        _key(asking, occasion, row),
        to,
        subject,
        "notice",
        {
            "paragraphs": [
                first,
                f"The last day to submit is {dates.weekday_date(asking.closes_on)}. "
                "Your deputy and contributors can fill in sections; a lead or deputy submits.",
            ],
            "link": reverse("return_detail", args=[asking.slug, row.authority.slug]),
            "link_label": "Open your return",
        },
        kind=Kind.REMINDER if occasion.startswith("closes") else Kind.RETURN,
    )
    return 1 if queued else 0
