"""One entry of the audit trail, and the page on which its text is removed under data law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import audit, dates
from network.audit import AuditEntry, wording
from network.guards import SignedIn, fresh_sign_in, require, visible_or_404
from network.oversight.forms import EraseForm
from network.people.models import Organisation, User
from network.roles import Permission
from network.workflow import Refused

A_MOMENT = timedelta(minutes=1)
"""Between an emptying and the entry about it, at most: both are one transaction."""


@require_safe
def audit_entry(request: SignedIn, digest: str) -> HttpResponse:
    """Who did what to which thing, and the digests; of an entry without its text, who removed it and why."""
    entry = _entry(request, digest)
    context = {
        "entry": entry,
        "lines": list(_lines(entry)),
        "emptied": _emptied(entry),
        "may_erase": _has_text(entry) and request.user.may(Permission.RETENTION_MANAGE),
    }
    return render(request, "network/audit_entry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_erase(request: SignedIn, digest: str) -> HttpResponse:
    """Says what goes and what stays, and asks for the reason. The chain still verifies."""
    entry = _entry(request, digest)
    require(request.user, Permission.RETENTION_MANAGE)
    fresh_sign_in(request)
    if entry.erased_at:
        return redirect("audit_entry", digest)
    if not _has_text(entry):
        raise Refused("This entry says whose text was removed and why: it is what makes that lawful.")
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if audit.erase([entry], by=request.user, why=form.cleaned_data["reason"]):
            messages.success(request, "The text of this entry is removed.")
        return redirect("audit_entry", digest)
    context = {"form": form, "entry": entry, "lines": list(_lines(entry))}
    return render(request, "network/audit_erase.html", context)


def _entry(request: SignedIn, digest: str) -> AuditEntry:
    """By its digest: a number would tell how many entries there are of which one may not know."""
    require(request.user, Permission.AUDIT_READ)
    entries = AuditEntry.objects.select_related("actor", "on_behalf_of")
    return visible_or_404(entries, request.user, digest=digest)


def _has_text(entry: AuditEntry) -> bool:
    return entry.erased_at is None and entry.verb != audit.ERASED


def _lines(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    names = dict(User.objects.filter(pk__in=wording.people_in([entry])).values_list("pk", "name"))
    slugs = wording.bodies_in([entry])
    bodies = dict(Organisation.objects.filter(slug__in=slugs).values_list("slug", "name"))
    yield "When", dates.long_datetime(entry.at)
    yield "Who", entry.actor.display() if entry.actor else "The portal itself"
    if entry.on_behalf_of:
        yield "On behalf of", entry.on_behalf_of.display()
    yield "What", wording.verb(entry.verb)
    yield "Which thing", wording.thing(entry)
    yield "Details", wording.detail(entry, names, bodies) or "None"


@dataclass(frozen=True)
class Emptied:
    at: datetime
    who: str
    why: str


def _emptied(entry: AuditEntry) -> Emptied | None:
    """Who removed the text and why, from the entry that was written with it."""
    if entry.erased_at is None:
        return None
    said = AuditEntry.objects.filter(
        verb=audit.ERASED,
        at__range=(entry.erased_at, entry.erased_at + A_MOMENT),
    ).select_related("actor")
    for one in said:
        if entry.pk in one.detail.get("entries", ()):
            who = one.actor.display() if one.actor else "Whoever runs the portal"
            return Emptied(entry.erased_at, who, str(one.detail.get("why", "")))
    return Emptied(entry.erased_at, "Not recorded", "")
