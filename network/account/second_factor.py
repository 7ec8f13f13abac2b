"""Who needs a second factor, whether a session has shown one, and what happens to factors.

The policy is asked at each request, of the roles in force at that moment: a role that was given a second ago
counts for a session of this morning. A session shows a second factor by having been signed in with one, by
having set one up, or by having been asked for one since. That somebody *has* a factor is not enough: a
session that began with the password alone may be a thief's. Who has set one up without having to is asked
for it like everybody else.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from network import audit, mail
from network.account.alarm import raise_alarm
from network.account.models import UsedCode
from network.account.sessions import lasting
from network.mail_kinds import Kind
from network.people.models import User

NEEDED = "Your role needs a second step. Add another one first, then you can remove this one"

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What lets somebody in besides the password; recovery codes only help out."""

SHOWN_AT = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn"})
"""The pages at which a session shows one."""

ELSEWHERE = "organisation"
"""A second factor that somebody's own organisation asked for and vouches for."""


def needed_by(user: User) -> bool:
    """Whether the person must have a second factor, by the roles in force today."""
    return bool(settings.MFA_REQUIRED and user.standing.needs_second_factor)


def factors_of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("created_at", "pk"))


WORDS = {
    Authenticator.Type.TOTP: "an app with codes",
    Authenticator.Type.WEBAUTHN: "a passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def words_of(user: User) -> str:
    """What somebody has set up: "An app with codes, and recovery codes"."""
    held = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if not held & set(FACTORS):
        return "Not set up"
    said = ", and ".join(words for kind, words in WORDS.items() if kind in held)
    return said[:1].upper() + said[1:]


def missing(request: HttpRequest) -> str:
    """What keeps this session from the portal: "set up", "show", or nothing."""
    user = request.user
    if not isinstance(user, User) or not settings.MFA_REQUIRED:
        return ""
    needed = needed_by(user)
    shown = {record.get("type") for record in _shown(request, user)}
    if ELSEWHERE in shown or (shown and not needed):
        return ""
    if not Authenticator.objects.filter(user=user, type__in=FACTORS).exists():
        return "set up" if needed else ""
    return "" if shown else "show"


def show(request: HttpRequest, user: User, kind: str, factor: Authenticator | None = None) -> None:
    """This session has shown a second factor."""
    more = {"id": factor.pk} if factor else {}
    record_authentication(request, user, "mfa", type=kind, reauthenticated=True, **more)


def _shown(request: HttpRequest, user: User) -> list[dict[str, object]]:
    return [one for one in get_authentication_records(request, user) if one.get("method") == "mfa"]


def may_go(factor: Authenticator) -> bool:
    """Whether the factor may be removed: whoever needs one keeps the last."""
    others = Authenticator.objects.filter(user=factor.user, type__in=FACTORS).exclude(pk=factor.pk)
    return not needed_by(factor.user) or others.exists()


def use_code(user: User, code: str) -> bool:
    """Uses up a code of an app; False if it has been used, be it by another process at this moment.

    However it is written: all that allauth takes for the same code is the same code.
    """
    plain = normalize_user_code(code)
    digest = salted_hmac("network.account.used-code", plain, algorithm="sha256").hexdigest()
    try:
        with transaction.atomic():
            UsedCode.objects.create(user=user, digest=digest)
    except IntegrityError:
        return False
    return True


def reset(*, person: User, reason: str, by: User | None) -> int:
    """Takes every second factor and recovery code from somebody who has lost them; how many factors went.

    They are signed out everywhere, since a session that has shown the old one may be a thief's; they sign in
    with the password and set up a new one. They are told, with the reason; so are, without it,
    their addresses of before and the co-chairs.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        found = Authenticator.objects.filter(user=person)
        number: int = found.filter(type__in=FACTORS).count()
        found.delete()
        lasting.end_all(person)
        entry = audit.record(by=by, verb="reset the second step", on=person, reason=reason, factors=number)
        mail.queue(
            f"account:second-step-reset:{entry.pk}",
            person,
            kind=Kind.ACCOUNT,
            subject="Your second step for the portal was taken off",
            template="notice",
            context={
                "paragraphs": [
                    f"{by.display() if by else 'Whoever runs the portal'} has taken off the second step "
                    "with which you sign in, and your recovery codes no longer work.",
                    f"The reason given: {reason}",
                    "Sign in with your password, and you will be asked to set up a new one. If you did not "
                    "ask for this, tell the network’s coordinator now.",
                ],
                "link": "/",
                "link_label": "Sign in",
            },
        )
        who = by.display() if by else "Whoever runs the portal"
        what = f"{who} has taken off the second step with which {person.name} signs in."
        raise_alarm(person, entry, what=what)
    return number
