"""How often somebody may try to sign in, and to do what only a thief does often.

Each limit counts in a row of the database, by single statements that the database puts in order: it is exact
with any number of processes, and needs no cache. Whoever is past it gets a page that says when to try again.

Wrong passwords are counted for an account *and* the address from which they come: whoever types a lead's
address with wrong passwords keeps the lead out at their own machine only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve

from network import dates
from network.account.models import Attempts, UsedCode

KEPT = timedelta(days=1)
IPV6_NETWORK = 64  # one household or office has that many addresses


ADDRESS = {"account_login": "login"}
"""The field from which a door reads the e-mail address; of all others it is `email`. No other is looked at:
it would be counted instead of the one that is used."""


@dataclass(frozen=True)
class Limit:
    """At most so many within a time. `per`: "ip", "account" (the e-mail address that is typed), "account+ip"
    or "person" (who is signed in, or has given the password and not yet the second step).

    `failures`: what succeeds (leads on) is not counted.
    """

    most: int
    minutes: int
    per: str
    failures: bool = False

    @property
    def within(self) -> timedelta:
        return timedelta(minutes=self.minutes)


def _limits() -> Mapping[str, Sequence[Limit]]:
    """By name of address; only what is sent (POST) counts."""
    tries = (Limit(5, 5, "person", failures=True), Limit(30, 60, "person", failures=True))
    mailed = (Limit(20, 1, "ip"), Limit(5, 15, "account+ip"), Limit(20, 60, "account"))
    return {
        "account_login": (
            Limit(settings.SIGN_INS_A_MINUTE, 1, "ip"),
            Limit(20, 5, "ip", failures=True),
            Limit(5, 5, "account+ip", failures=True),
        ),
        "mfa_login_webauthn": (Limit(settings.SIGN_INS_A_MINUTE, 1, "ip"),),
        "mfa_authenticate": tries,
        "mfa_reauthenticate": tries,
        "mfa_reauthenticate_webauthn": tries,
        "account_reauthenticate": tries,
        "account_change_password": tries,
        "account_reset_password": mailed,
        "code_request": mailed,
        "code_enter": (Limit(20, 5, "ip", failures=True),),
        "account_reset_password_from_key": (Limit(20, 1, "ip"),),
        "invitation_accept": (Limit(20, 1, "ip"),),
        "invitation_add": (Limit(20, 60, "person"),),
        "invitation_send": (Limit(20, 60, "person"),),
    }


class Limits:
    """Middleware: counts what is sent to the addresses above, and turns away who is past a limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limits = _limits().get(_name(request), ()) if request.method == "POST" else ()
        if not limits:
            return self.get_response(request)
        whos = [(limit, _who(request, limit)) for limit in limits]
        counted = [(limit, _key(request, limit, who)) for limit, who in whos if who]
        for number, (limit, key) in enumerate(counted):
            until = consume(key, limit.most, limit.within)
            if until:
                _give_back(counted[:number])
                return _too_many(request, until)
        response = self.get_response(request)
        if response.status_code == 302:
            _give_back(counted)
        return response


def consume(key: str, most: int, within: timedelta) -> datetime | None:
    """Counts one; or, if there were `most` already, says when the next may come and counts nothing."""
    now = dates.wall_clock()
    row = Attempts.objects.filter(key=key)
    Attempts.objects.bulk_create([Attempts(key=key, began_at=now)], ignore_conflicts=True)
    begun_anew = row.filter(began_at__lte=now - within).update(began_at=now, count=1)
    if begun_anew or row.filter(count__lt=most).update(count=F("count") + 1):
        return None
    began = row.values_list("began_at", flat=True).first() or now
    return max(began + within, now)


def give_back(key: str) -> None:
    """Takes one off again: what was counted has succeeded."""
    Attempts.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def forget() -> str:
    """Removes what counts no longer, and codes that no app will show again; run by each tick."""
    before = dates.wall_clock() - KEPT
    UsedCode.objects.filter(at__lt=before).delete()
    gone, _ = Attempts.objects.filter(began_at__lt=before).delete()
    return f"{gone} old counts of sign-ins removed" if gone else ""


def client_ip(request: HttpRequest) -> str:
    """From where a request comes: the address that our own nearest proxies tell, never one that the sender
    wrote into the header before them."""
    told = request.headers.get("x-forwarded-for", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    found = told[-proxies].strip() if 0 < proxies <= len(told) else ""
    return _clean(found) or _clean(request.META.get("REMOTE_ADDR", "")) or "unknown"


def _clean(text: str) -> str:
    """An address without its port; "" for what is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6, the whole network of its user."""
    if address == "unknown" or not isinstance(ip_address(address), IPv6Address):
        return address
    return str(ip_network(f"{address}/{IPV6_NETWORK}", strict=False))


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Http404:
        return ""


def _key(request: HttpRequest, limit: Limit, who: str) -> str:
    return sha256(repr((_name(request), limit, who)).encode()).hexdigest()


def _who(request: HttpRequest, limit: Limit) -> str:
    """Whom the limit counts; "" where there is nobody: a visitor at an address for those signed in."""
    typed = request.POST.get(ADDRESS.get(_name(request), "email"), "")
    parts = {
        "ip": _neighbourhood(client_ip(request)),
        "account": typed.strip().lower(),
        "person": _person(request) if limit.per == "person" else "",
    }
    return " ".join(parts[part] for part in limit.per.split("+"))


def _person(request: HttpRequest) -> str:
    """Who is signed in, or has given the password and not yet the second step."""
    if request.user.is_authenticated:
        return str(request.user.pk)
    login = unstash_login(request, peek=True)
    return str(login.user.pk) if login and login.user else ""


def _give_back(counted: Sequence[tuple[Limit, str]]) -> None:
    for limit, key in counted:
        if limit.failures:
            give_back(key)


def _too_many(request: HttpRequest, until: datetime) -> HttpResponse:
    seconds = max(1, int((until - dates.wall_clock()).total_seconds() + 0.999))
    told = {"minutes": -(-seconds // 60), "until": until, "password": _name(request) == "account_login"}
    response = render(request, "429.html", told, status=429)
    response["Retry-After"] = str(seconds)
    return response
