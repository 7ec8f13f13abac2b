"""The outbox: a mail is a row in the transaction that caused it, sent after it, once.

A row is claimed before it is handed to the mail server. What happens then decides whether it is tried again:

- The server could not be reached, did not greet or refused the sign-in: nothing was handed over, it waits
  and is tried again.
- The server answered with a temporary refusal (a 4xx code) of the sender, recipient or text: it has said
  that it did not take the mail; tried again.
- The server answered with a permanent refusal (5xx): failed, with its answer kept.
- The connection broke or timed out while the mail was handed over, or this process died: the mail may have
  gone. It is never sent again; the row says so, and whoever oversees jobs is told.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse

from network import dates
from network.doorbell import ring
from network.mail_kinds import CHOOSABLE, Kind, wanted
from network.people.models import User, people_with
from network.roles import Permission

logger = logging.getLogger(__name__)

DEMONSTRATION = "Demonstration: invented figures"

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""The waits before the next tries; the last one repeats."""

MOST_ATTEMPTS = 30
"""A little over a day of tries; then the mail has failed."""

UNCERTAIN_AFTER = timedelta(minutes=10)
"""A mail that is being handed over for so long was left by a process that died."""


class OutboxMail(models.Model):
    """One mail to one address. Its key says what it is about, so that nothing is ever announced twice."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being handed over"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Perhaps sent"
        FAILED = "failed", "Not sent"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ACCOUNT)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="mails"
    )
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    secret = models.BooleanField(default=False)  # carries a sign-in link: its words are wiped once it is sent
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=dates.now)
    not_before = models.DateTimeField(default=dates.wall_clock)  # by the wall clock: the next try
    claimed_at = models.DateTimeField(null=True, blank=True)  # by the wall clock
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="sent_mail_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="mail_being_sent_is_claimed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=("waiting", "sending")), name="mail_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.to})"


def absolute(path: str) -> str:
    """The address of a page of the portal, as a mail needs it."""
    return urljoin(f"{settings.PORTAL_URL}/", path)


def queue(
    key: str,
    to: User | str,
    subject: str,
    template: str,
    context: dict[str, Any],
    *,
    kind: Kind,
    secret: bool = False,
) -> OutboxMail | None:
    """Puts a mail into the outbox, rendered from `templates/emails/<template>.txt` and `.html`, in this
    transaction.

    A key that is there already queues nothing. A person without an account has no address and gets None,
    and so does one who does without mails of this kind (network.mail_kinds).
    `context["link"]`, if given, is a path of the portal; the mail shows it as an absolute address.
    """
    person = None if isinstance(to, str) else to
    address = to if isinstance(to, str) else to.email
    if not address or (person and not wanted(person, kind)):
        return None
    words = {
        **context,
        "link": absolute(context["link"]) if context.get("link") else "",
        "choices": absolute(reverse("profile_mail")) if person else "",
        "choosable": kind in CHOOSABLE,
        "to": person,
        "subject": subject,
        "demonstration": DEMONSTRATION if settings.PORTAL_DEMO else "",
        "portal_url": settings.PORTAL_URL,
        "network_name": settings.NETWORK_NAME,
    }
    prefix = "[Demonstration] " if settings.PORTAL_DEMO else ""
    mail, made = OutboxMail.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "to_user": person,
            "to": address,
            "subject": (prefix + " ".join(subject.split()))[:250],
            "text": render_to_string(f"emails/{template}.txt", words).strip() + "\n",
            "html": render_to_string(f"emails/{template}.html", words),
            "secret": secret,
        },
    )
    if made:
        transaction.on_commit(_ring)
    return mail


def queue_to_overseers(key: str, subject: str, template: str, context: dict[str, Any]) -> None:
    """The same mail to everybody who oversees jobs today."""
    for person in people_with(Permission.JOB_OVERSEE):
        queue(f"{key}:{person.pk}", person, subject, template, context, kind=Kind.OPERATION)


def deliver_due(most: int = 100) -> int:
    """Sends what is due, oldest first; how many were sent. Two at once share the work by claiming.

    Stops at the first sign that the mail server is away: the others would only wait for it too.
    """
    now = dates.wall_clock()
    due = OutboxMail.objects.filter(state=OutboxMail.State.WAITING, not_before__lte=now).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:most])
    sent = 0
    connection: BaseEmailBackend | None = None
    try:
        for mail_id in ids:
            mail = _claim(mail_id)
            if mail is None:
                continue
            if connection is None:
                try:
                    connection = get_connection()
                    connection.open()
                except Exception as error:  # nothing was handed over: whatever it is, trying again is safe
                    _try_later(mail, error)
                    return sent
            if _hand_over(mail, connection):
                sent += 1
            else:  # after a refusal or a break the next mail starts on a fresh connection
                connection.close()
                connection = None
    finally:
        if connection is not None:
            connection.close()
    return sent


def report_uncertain() -> int:
    """Marks mails that a process left behind half handed over, and tells whoever oversees jobs; how many.

    They are not sent again. A mail about such a mail (`system:`) is not reported in its turn.
    """
    left = OutboxMail.objects.filter(
        state=OutboxMail.State.SENDING, claimed_at__lt=dates.wall_clock() - UNCERTAIN_AFTER
    )
    reported = 0
    for mail in left:
        reported += _uncertain(mail, "The portal stopped while it was handing this mail over.")
    return reported


@shared_task(name="network.tasks.deliver_mail")
def deliver_mail() -> None:
    deliver_due()


def _ring() -> None:
    ring(deliver_mail)


def _claim(mail_id: int) -> OutboxMail | None:
    claimed = OutboxMail.objects.filter(pk=mail_id, state=OutboxMail.State.WAITING).update(
        state=OutboxMail.State.SENDING, claimed_at=dates.wall_clock(), attempts=F("attempts") + 1
    )
    return OutboxMail.objects.get(pk=mail_id) if claimed else None


def _hand_over(mail: OutboxMail, connection: BaseEmailBackend) -> bool:
    """Hands one claimed mail over on an open connection; True if the server took it."""
    message = EmailMultiAlternatives(mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to])
    message.attach_alternative(mail.html, "text/html")
    message.extra_headers = {"Auto-Submitted": "auto-generated"}
    try:
        connection.send_messages([message])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        (_try_later if _refused_for_now(error) else _give_up)(mail, error)
        return False
    except (smtplib.SMTPException, OSError) as error:
        _uncertain(mail, f"The connection broke while this mail was handed over: {_said(error)}")
        return False
    except Exception as error:  # it could not be put together (a header, an address): no server has seen it
        _give_up(mail, error)
        return False
    _over(mail, OutboxMail.State.SENT, sent_at=dates.now())
    return True


def _over(mail: OutboxMail, state: OutboxMail.State, *, error: str = "", **changes: Any) -> bool:
    """Ends a mail that this process or a dead one was handing over; False if somebody else has ended it."""
    if mail.secret:
        changes |= {"text": "", "html": ""}
    being_sent = OutboxMail.objects.filter(pk=mail.pk, state=OutboxMail.State.SENDING)
    return being_sent.update(state=state, error=error, **changes) == 1


def _refused_for_now(error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code < 500 for code, _answer in error.recipients.values())
    return error.smtp_code < 500


def _try_later(mail: OutboxMail, error: Exception) -> None:
    if mail.attempts >= MOST_ATTEMPTS:
        _give_up(mail, error)
        return
    wait = RETRY_AFTER[min(mail.attempts, len(RETRY_AFTER)) - 1]
    OutboxMail.objects.filter(pk=mail.pk).update(
        state=OutboxMail.State.WAITING, not_before=dates.wall_clock() + wait, error=_said(error)
    )
    logger.warning("mail %s not handed over, tried again in %s: %s", mail.pk, wait, _said(error))


def _give_up(mail: OutboxMail, error: Exception) -> None:
    _over(mail, OutboxMail.State.FAILED, error=_said(error))
    _tell_overseers(mail, "was refused and has not been sent")


def _uncertain(mail: OutboxMail, why: str) -> bool:
    marked = _over(mail, OutboxMail.State.UNCERTAIN, error=why)
    if marked:
        _tell_overseers(mail, "may or may not have been sent; it is not sent again")
    return marked


def _tell_overseers(mail: OutboxMail, what: str) -> None:
    """Names the addressee and the day, never the subject: that may be for fewer eyes than the
    coordinator's."""
    logger.error("mail %s %s", mail.pk, what)
    if mail.key.startswith("system:"):
        return
    queue_to_overseers(
        f"system:mail:{mail.pk}",
        subject=f"A mail to {mail.to} {what.split(';')[0]}",
        template="notice",
        context={
            "paragraphs": [
                f"A mail to {mail.to}, written on {dates.long_date(mail.made_at)}, {what}.",
                "If it matters, please reach them another way.",
            ],
        },
    )


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
