"""Which mails the portal sends, and which of them a person may do without.

What concerns somebody's account, and what waits for them and nobody else, is always sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User


class Kind(models.TextChoices):
    ACCOUNT = "account", "Your account"
    AGREEMENT = "agreement", "Your agreement or approval"
    HANDOVER = "handover", "What you take over"
    NAMED = "named", "What is shared with you by name"
    RETURN = "return", "Your authority’s return"
    OPERATION = "operation", "Work and mails that failed"
    REMINDER = "reminder", "Reminders before a questionnaire closes"
    FOI = "foi", "Late replies to FOI requests"
    REPORT = "report", "Reports"


WHAT = {
    Kind.ACCOUNT: "Invitations, passwords, codes to sign in, and changes of your roles.",
    Kind.AGREEMENT: "An agenda, notes or a report awaits your yes, or was changed after you gave it.",
    Kind.HANDOVER: "Somebody leaves and their role or work becomes yours.",
    Kind.NAMED: "A co-chair named you for something that only those named may read. The mail says no more, "
    "and comes at most once a day.",
    Kind.RETURN: "A questionnaire opens for your authority, or the coordinator reminds you of it.",
    Kind.OPERATION: "A mail could not be sent, or something long-running did not work.",
    Kind.REMINDER: "By the calendar, 14 and 3 days before the last day, until your return is submitted.",
    Kind.FOI: "A body’s reply or internal review has become overdue.",
    Kind.REPORT: "The first draft of a report is waiting, and a report is agreed by both co-chairs.",
}

CHOOSABLE = (Kind.REMINDER, Kind.FOI, Kind.REPORT)
"""The kinds that a person may turn off; all others wait for them and nobody else."""

_FOR: dict[Kind, frozenset[Permission]] = {
    Kind.AGREEMENT: frozenset({Permission.AGENDA_AGREE, Permission.NOTES_AGREE, Permission.REPORT_AGREE}),
    Kind.HANDOVER: frozenset({Permission.READ_NETWORK}),
    Kind.NAMED: frozenset({Permission.BE_NAMED}),
    Kind.RETURN: frozenset({Permission.RETURN_SUBMIT}),
    Kind.OPERATION: frozenset({Permission.JOB_OVERSEE}),
    Kind.REMINDER: frozenset({Permission.RETURN_SUBMIT}),
    Kind.FOI: frozenset({Permission.FOI_MANAGE}),
    Kind.REPORT: frozenset({Permission.REPORT_EDIT}),
}


def sent_to(user: User) -> list[Kind]:
    """The kinds that somebody with these roles may get."""
    return [kind for kind in Kind if kind not in _FOR or any(user.may(one) for one in _FOR[kind])]


def wanted(user: User, kind: Kind) -> bool:
    """Whether a mail of this kind is to be sent to the person."""
    return kind not in CHOOSABLE or kind not in user.mail_declined


def declining(user: User, wanted: Iterable[str]) -> list[str]:
    """What stands in `mail_declined` once the person has said which of the offered kinds they want.

    A kind that was not offered, because they hold no role that gets it, stays as they once chose.
    """
    offered = {kind.value for kind in CHOOSABLE if kind in sent_to(user)}
    return sorted((set(user.mail_declined) - offered) | (offered - set(wanted)))
