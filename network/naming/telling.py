"""Whoever is newly named is told that something was shared with them, and never what: a mail is a door.

Once a day to a person, whatever comes; what comes later that day is told on the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Max
from django.urls import reverse

from network import dates, mail
from network.audience import Naming
from network.mail_kinds import Kind
from network.people.models import User, holders
from network.roles import Permission

TOLD = "named:"
LOOKS_BACK = timedelta(days=2)


def tell(person: User) -> None:
    mail.queue(
        f"{TOLD}{person.pk}:{dates.today()}",
        person,
        subject="Something was shared with you by name: read it in the portal",
        template="notice",
        context={
            "paragraphs": [
                "A co-chair named you for something that only those named may read.",
                "What it is stands in the portal alone. Please talk about it with nobody who is not named.",
            ],
            "link": reverse("named_list"),
            "link_label": "See what was shared with you",
        },
        kind=Kind.NAMED,
    )


def tell_the_rest() -> str:
    """Those who were named for more on a day on which they had their mail are told on the next."""
    since = dates.now() - LOOKS_BACK
    named = Naming.objects.filter(at__gte=since, over=False).exclude(named_by=F("person"))
    newest = dict(named.values_list("person").annotate(Max("at")).order_by())
    mails = mail.OutboxMail.objects.filter(key__startswith=TOLD, to_user__in=newest)
    told = dict(mails.values_list("to_user").annotate(Max("made_at")).order_by())
    waiting = [pk for pk, at in newest.items() if _is_due(at, told.get(pk))]
    may = holders(Permission.BE_NAMED).values("user_id")
    people = User.objects.with_account().filter(pk__in=waiting).filter(pk__in=may)
    for person in people:
        tell(person)
    return f"naming: {len(people)} told"


def _is_due(named: datetime, told: datetime | None) -> bool:
    return told is None or (told < named and dates.local(told).date() < dates.today())
