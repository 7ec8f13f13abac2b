"""What lets a stranger into somebody's account is told beyond the account: to those who would notice.

A new address and a second step that was taken off are enough, together, to take an account over. Whoever did
both may read what arrives at the new address; so the addresses of before, and the co-chairs, hear of it too.
"""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from network import dates, mail
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.mail_kinds import Kind
from network.people.models import User, cochairs_with_account

REMEMBERED = timedelta(days=30)


def raise_alarm(
    person: User, entry: AuditEntry, *, what: str, old: str | None = None, says: str = ""
) -> None:
    """Tells of the act that `entry` records. `what` happened, in a sentence; `old` is an address that is the
    person's no longer from this act on, and is told `says` as well."""
    subject = f"The portal account of {person.name} was changed"
    before = former_addresses(person)
    if old:
        _tell_former(person, entry, old, subject, [what, *([says] if says else [])])
    for number, address in enumerate(sorted(before - {old, person.email})):
        _tell_former(person, entry, address, subject, [what], number)
    for chair in cochairs_with_account():
        if chair.pk != person.pk:
            _tell_cochair(chair, person, entry, subject, what)


def former_addresses(person: User) -> set[str]:
    """Those that were the person's in the last thirty days, by the mails that told them so."""
    told = OutboxMail.objects.filter(
        key__startswith=f"account:former:{person.pk}:", made_at__gte=dates.now() - REMEMBERED
    )
    return set(told.exclude(to="").values_list("to", flat=True))


def _tell_former(
    person: User, entry: AuditEntry, address: str, subject: str, said: list[str], number: int | None = None
) -> None:
    """The first mail to an address of before is what remembers it; those that follow don't prolong that."""
    key = f"account:former:{person.pk}:{entry.pk}" if number is None else f"account:alarm:{entry.pk}:{number}"
    ask = (
        "You get this at an address that was yours in the portal until lately. If it is a surprise, tell a "
        "co-chair of the network, or whoever runs the portal, now."
    )
    words = {"paragraphs": [*said, ask]}
    mail.queue(key, address, subject=subject, template="notice", kind=Kind.ACCOUNT, context=words)


def _tell_cochair(chair: User, person: User, entry: AuditEntry, subject: str, what: str) -> None:
    ask = (
        f"Both co-chairs are told. If you can’t be sure that {person.name} knows of it, ask them, not by "
        "e-mail; if they don’t, tell whoever runs the portal."
    )
    mail.queue(
        f"account:alarm:{entry.pk}:chair:{chair.pk}",
        chair,
        subject=subject,
        template="notice",
        kind=Kind.ACCOUNT,
        context={
            "paragraphs": [what, ask],
            "link": reverse("person_detail", args=[person.pk]),
            "link_label": f"{person.name} in the portal",
        },
    )
