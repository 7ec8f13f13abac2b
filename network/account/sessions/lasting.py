"""How long a session lasts: `IDLE_MINUTES` after the last thing the person did, `SESSION_HOURS` in all.

The session itself keeps when it began and when the person was last there; the row of `SignIn`, which the
person sees in their list, follows it. Both are written once a minute at most, so a session ends after 29 to
30 idle minutes. What a page asks by itself (`guards.by_itself`) is nothing that the person did.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from network import dates
from network.account.sessions import devices
from network.account.sessions.models import Kept, SignIn
from network.people.models import User

SINCE, SEEN, KEY = "signed_in_since", "seen_at", "signed_in_key"
ENDED = "ended_from_elsewhere"
WRITTEN_EVERY = timedelta(minutes=1)


def idle() -> timedelta:
    return timedelta(minutes=settings.IDLE_MINUTES)


def in_all() -> timedelta:
    return timedelta(hours=settings.SESSION_HOURS)


def limits() -> dict[str, float]:
    """In words for a page."""
    return {"idle_minutes": settings.IDLE_MINUTES, "session_hours": settings.SESSION_HOURS}


def begun(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Told by Django of each sign-in."""
    now = dates.now()
    User.objects.filter(pk=user.pk).update(last_login=now)
    session = request.session
    if session.session_key is None:
        session.create()
    session.pop(ENDED, None)
    session[SINCE] = session[SEEN] = now.isoformat()
    session[KEY] = session.session_key
    agent = request.META.get("HTTP_USER_AGENT", "")
    SignIn.objects.update_or_create(
        key=session.session_key,
        defaults={
            "user": user,
            "device": devices.words(agent),
            "since": now,
            "seen_at": now,
            "ended_at": None,
        },
    )


def ended(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Told by Django of each sign-out, before the session is emptied."""
    if request.session.session_key:
        SignIn.objects.filter(key__in={request.session.session_key, request.session.get(KEY)}).delete()


def left(request: HttpRequest) -> timedelta:
    """Until the session ends if the person does nothing more."""
    return min(_moment(request, SEEN) + idle() - dates.now(), idle(), left_in_all(request))


def left_in_all(request: HttpRequest) -> timedelta:
    """Until the session ends whatever the person does."""
    return min(total_end(request) - dates.now(), in_all())


def seconds(request: HttpRequest) -> dict[str, int]:
    """Both, for a page's script."""
    return {
        "left": int(left(request).total_seconds()),
        "in_all": int(left_in_all(request).total_seconds()),
    }


def total_end(request: HttpRequest) -> datetime:
    return _moment(request, SINCE) + in_all()


def _moment(request: HttpRequest, name: str) -> datetime:
    at = request.session.get(name)
    return datetime.fromisoformat(at) if at else dates.now()


def seen(request: HttpRequest) -> None:
    """The person did something."""
    session, now = request.session, dates.now()
    if SINCE not in session:  # from before there were limits
        begun(None, request, request.user)  # type: ignore[arg-type]
    moved = session.session_key != session.get(KEY)  # a new password gives the session a new key
    if moved or now - _moment(request, SEEN) >= min(WRITTEN_EVERY, idle() / 10):
        SignIn.objects.filter(key=session.get(KEY)).update(key=session.session_key, seen_at=now)
        session[SEEN], session[KEY] = now.isoformat(), session.session_key


# -- The list of them -------------------------------------------------------------------------------------


def of(user: User) -> QuerySet[SignIn]:
    """Where the person is signed in today."""
    now = dates.now()
    there = SignIn.objects.visible_to(user).filter(ended_at=None)
    return there.filter(seen_at__gt=now - idle(), since__gt=now - in_all())


def end(sign_ins: QuerySet[SignIn]) -> int:
    """Signs out there: the next request from it is a visitor's. How many there were."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    keys = list(sign_ins.filter(ended_at=None).values_list("key", flat=True))
    for key in keys:
        store.delete(key)
    SignIn.objects.filter(key__in=keys).update(ended_at=dates.now())
    return len(keys)


def ended_here(request: HttpRequest) -> SignIn | None:
    """The sign-in of this browser that was ended from elsewhere, if there was one and it is remembered.

    The visitor's new session holds its number from then on: the cookie of the old one goes with the answer.
    """
    remembered = SignIn.objects.exclude(ended_at=None).filter(since__gt=dates.now() - in_all())
    if ENDED in request.session:
        return remembered.select_related("user").filter(pk=request.session[ENDED]).first()
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key or request.session.session_key == key:  # no session, or a visitor's own that is alive
        return None
    found = remembered.select_related("user").filter(key=key).first()
    if found:
        request.session[ENDED] = found.pk
    return found


def end_all(user: User, *, but: HttpRequest | None = None) -> int:
    """Signs the person out everywhere, but for the session of the request, if one is given."""
    theirs = SignIn.objects.filter(user=user)
    if but is not None and but.session.session_key:
        theirs = theirs.exclude(key__in={but.session.session_key, but.session.get(KEY, "")})
    return end(theirs)


def password_changed(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Told by allauth of each new password: whoever knew the old one is out everywhere else."""
    end_all(user, but=request)


# -- The calendar's part ------------------------------------------------------------------------------------


def tidy() -> str:
    """Removes sessions that are over, and what was kept for longer than half a day."""
    now = dates.now()
    SignIn.objects.filter(seen_at__lte=now - idle(), ended_at=None).delete()
    SignIn.objects.filter(since__lte=now - in_all()).delete()
    removed, _ = Kept.objects.filter(at__lte=now - in_all()).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return f"{removed} kept {'form' if removed == 1 else 'forms'} removed" if removed else ""
