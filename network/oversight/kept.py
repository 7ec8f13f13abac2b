"""What the ground floor itself keeps for a time only.

Mails and jobs are emptied, not deleted: their keys are what keeps the calendar from announcing or doing a
thing a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse

from network import audit, dates
from network.account.openid.models import OrganisationAccount
from network.account.sessions.models import SignIn
from network.audit import AuditEntry
from network.jobs import Job
from network.mail import OutboxMail
from network.membership.models import Invitation
from network.people.models import Membership, User
from network.registry import Retained

WHY = "Kept no longer, by the retention schedule"


def retained() -> Iterator[Retained]:
    yield Retained(
        key="network.accounts", rows=_accounts, count=_counted(_without_role), purge=_close_accounts
    )
    yield Retained(
        key="network.invitations", rows=_invitations, count=_counted(_over), purge=_remove_invitations
    )
    yield Retained(key="network.mails", rows=_mails, count=_counted(_sent), purge=_empty_mails)
    yield Retained(key="network.jobs", rows=_jobs, count=_counted(_ended), purge=_empty_jobs)
    yield Retained(
        key="network.audit", rows=_months, count=lambda before: len(_months_of(before)), purge=_empty_entries
    )


def _counted(rows: Callable[[datetime], QuerySet[Any]]) -> Callable[[datetime], int]:
    return lambda before: rows(before).count()


# -- Accounts -----------------------------------------------------------------------------------------


def _without_role(before: datetime) -> QuerySet[User]:
    """With an account, and without a role that is in force, to come, or ended since."""
    lasting = Membership.objects.filter(user=OuterRef("pk")).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=dates.local(before).date())
    )
    return User.objects.filter(~Exists(lasting), email__isnull=False, joined_at__lt=before).order_by("pk")


def _accounts(before: datetime) -> Iterator[tuple[str, str]]:
    people = _without_role(before).annotate(last=Max("memberships__ends_on"))
    for person in people:
        ended = f", last role until {dates.long_date(person.last)}" if person.last else ", never had a role"
        yield f"{person.name} ({person.email}){ended}", ""


def _close_accounts(before: datetime) -> int:
    people = list(_without_role(before).select_for_update())
    Authenticator.objects.filter(user__in=people).delete()
    EmailAddress.objects.filter(user__in=people).delete()
    SignIn.objects.filter(user__in=people).delete()
    OrganisationAccount.objects.filter(user__in=people).delete()
    for person in people:
        person.email, person.job_title, person.phone, person.is_active = None, "", "", False
        person.set_unusable_password()
        person.save()
    return len(people)


# -- Invitations, mails, jobs -------------------------------------------------------------------------


def _over(before: datetime) -> QuerySet[Invitation]:
    open_still = Q(status=Invitation.Status.OPEN, expires_at__gte=dates.now())
    rows: QuerySet[Invitation] = Invitation.objects.filter(made_at__lt=before).exclude(open_still)
    return rows.order_by("pk")


def _invitations(before: datetime) -> Iterator[tuple[str, str]]:
    for one in _over(before):
        yield f"{one.name} ({one.email}), invited on {dates.long_date(one.made_at)}", ""


def _remove_invitations(before: datetime) -> int:
    number = 0
    for one in _over(before):
        one.delete()
        number += 1
    return number


def _sent(before: datetime) -> QuerySet[OutboxMail]:
    finished = (OutboxMail.State.SENT, OutboxMail.State.UNCERTAIN, OutboxMail.State.FAILED)
    return OutboxMail.objects.filter(made_at__lt=before, state__in=finished).exclude(to="").order_by("pk")


def _mails(before: datetime) -> Iterator[tuple[str, str]]:
    """Never the subject: that may be for fewer eyes than the coordinator's."""
    for to, made_at in _sent(before).values_list("to", "made_at"):
        yield f"Mail to {to} of {dates.long_date(made_at)}", ""


def _empty_mails(before: datetime) -> int:
    return _sent(before).update(to="", to_user=None, subject="", text="", html="", error="")


def _ended(before: datetime) -> QuerySet[Job]:
    finished = Job.objects.filter(finished_at__lt=before)
    return finished.exclude(asked_by=None, payload={}, error="").order_by("pk")


def _jobs(before: datetime) -> Iterator[tuple[str, str]]:
    for job in _ended(before):
        yield (
            f"{job}, ended on {dates.long_date(job.finished_at or before)}",
            reverse("job_detail", args=[job.pk]),
        )


def _empty_jobs(before: datetime) -> int:
    return _ended(before).update(asked_by=None, payload={}, error="")


# -- The audit trail ----------------------------------------------------------------------------------


def _worded(before: datetime) -> QuerySet[AuditEntry]:
    worded = AuditEntry.objects.filter(at__lt=before, erased_at__isnull=True).exclude(verb=audit.ERASED)
    return worded.order_by("pk")


def _months_of(before: datetime) -> list[date]:
    """The first day of each month from the oldest of them to the newest. Two looks into the index: to tell
    which of the months are empty, every entry would have to be read."""
    moments = _worded(before).values_list("at", flat=True)
    oldest, newest = (moments.order_by(order).first() for order in ("at", "-at"))
    if oldest is None or newest is None:
        return []
    first, last = (_month_number(dates.local(moment)) for moment in (oldest, newest))
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]


def _month_number(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1


def _months(before: datetime) -> Iterator[tuple[str, str]]:
    """By the month, without numbers: an admin may not know of all of them."""
    for day in _months_of(before):
        words = f"Entries of {dates.MONTHS[day.month - 1]} {day.year}"
        yield words, f"{reverse('audit_list')}?since={day.isoformat()}"


def _empty_entries(before: datetime) -> int:
    return audit.erase(_worded(before).only("pk"), by=None, why=WHY, wholesale=True)
