"""Signing in with a code that is mailed: for a director who only approves.

Whoever asks learns nothing of an address: the page writes the same two rows for any, and a worker looks who
it is, makes the code and queues the mail. The code is good for 15 minutes and three tries, once, and only in
the browser that asked: the session knows which request was its own.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from allauth.account.internal.userkit import filter_users_by_email
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from network import dates, jobs, mail
from network.account.models import MailedCode
from network.jobs import Job, Progress
from network.mail_kinds import Kind
from network.people.models import User

KIND = "account.sign-in-code"
GOOD_FOR = timedelta(minutes=15)
MOST_TRIES = 3
KEPT = timedelta(days=1)
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowel makes a word, nothing looks like something else
LENGTH = 8
ASKED = "mailed_code"
"""Where the session keeps the number of its own request."""


def ask(request: HttpRequest, address: str) -> None:
    """Asks a worker for a code; the same work for any address."""
    asked = MailedCode.objects.create()
    payload = {"email": address, "asked": asked.pk}
    jobs.request(KIND, uuid.uuid4().hex, payload=payload, title="A code to sign in")
    request.session[ASKED] = asked.pk


def enter(request: HttpRequest, typed: str) -> User | None:
    """The person whose code was typed, if it is right, in time, and was not used; else a try is gone."""
    now = dates.now()
    own = _open(request, now)
    if not own.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        return None
    asked = own.select_related("user").first()
    if asked is None:  # used by another window of the same browser in this very moment
        return None
    if not constant_time_compare(asked.digest or _digest(asked, secrets.token_hex()), _digest(asked, typed)):
        return None
    person = asked.user
    if person is None or not may_use(person) or not own.update(used_at=now):
        return None
    del request.session[ASKED]
    return person


def is_open(request: HttpRequest) -> bool:
    """Whether this browser's request can still be answered with a code."""
    return _open(request, dates.now()).filter(tries__lt=MOST_TRIES).exists()


def may_use(person: User) -> bool:
    """By the roles of this moment: nobody comes in by mail who holds a role that needs a second factor."""
    return bool(person.is_active and person.standing.signs_in_by_mail)


@jobs.handler(KIND)
def send_code(job: Job, progress: Progress) -> None:
    """A mail to the account of the address, if there is one. Afterwards the row forgets the address."""
    address, asked_pk = job.payload.get("email", ""), job.payload.get("asked")
    people = filter_users_by_email(address, is_active=True, prefer_verified=True, for_login=True)
    asked = MailedCode.objects.filter(pk=asked_pk).first()
    with progress.finishing():
        if asked and people:
            (_send if may_use(people[0]) else _explain)(asked, people[0])
        Job.objects.filter(pk=job.pk).update(payload={})


def forget() -> str:
    """Removes requests of past days; run by each tick."""
    gone, _ = MailedCode.objects.filter(asked_at__lt=dates.now() - KEPT).delete()
    return f"{gone} old codes to sign in removed" if gone else ""


def _send(asked: MailedCode, person: User) -> None:
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    MailedCode.objects.filter(pk=asked.pk).update(user=person, digest=_digest(asked, code))
    until = dates.clock_time(asked.asked_at + GOOD_FOR)
    _queue(
        asked,
        person,
        subject="Your code to sign in to the portal",
        paragraphs=[
            f"Your code: {code[:4]}-{code[4:]}",
            f"Enter it on the page from which you asked for it, before {until}. It works once, only there.",
            "If you did not ask for it, do nothing, and give it to nobody: we never ask for it.",
        ],
    )


def _explain(asked: MailedCode, person: User) -> None:
    """To somebody whose roles do not sign in by mail; only they see this."""
    _queue(
        asked,
        person,
        subject="How to sign in to the portal",
        paragraphs=[
            "You, or someone who knows your address, asked for a code to sign in to the portal. "
            "Codes by mail are for directors only.",
            "Sign in with your password, and with your second step if you have one.",
        ],
        link=reverse("account_login"),
    )


def _queue(asked: MailedCode, person: User, *, subject: str, paragraphs: list[str], link: str = "") -> None:
    mail.queue(
        f"account:sign-in-code:{asked.pk}",
        person,
        kind=Kind.ACCOUNT,
        subject=subject,
        template="notice",
        context={"paragraphs": paragraphs, "link": link, "link_label": "Sign in"},
        secret=True,
    )


def _digest(asked: MailedCode, typed: str) -> str:
    """Capital or small, with or without the dash; bound to the request for which it was made."""
    letters = "".join(one for one in typed.upper() if one.isalnum())
    return salted_hmac(f"network.account.mailed-code.{asked.pk}", letters, algorithm="sha256").hexdigest()


def _open(request: HttpRequest, now: datetime) -> QuerySet[MailedCode]:
    """This browser's request, while there is time and its code is not used."""
    own = MailedCode.objects.filter(pk=request.session.get(ASKED, 0))
    return own.filter(used_at=None, asked_at__gt=now - GOOD_FOR)
