"""The audit trail for those who oversee the network."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from network import jobs
from network.audience import Scoped
from network.audit import AuditCheck, AuditEntry
from network.dates import wall_clock
from network.guards import SignedIn, require, visible_or_404
from network.oversight.forms import AuditFilter
from network.oversight.tables import AuditTable
from network.oversight.tasks import CHECK
from network.people.models import User
from network.roles import Permission
from network.tables import EXPORTS, respond_table
from network.workflow import Refused

MOST_DOWNLOADED = 20_000
SHOWN = (
    "at", "actor__name", "on_behalf_of__name", "verb", "label", "object_id", "audience", "title", "detail",
    "digest", "erased_at",
)  # fmt: skip


@require_safe
def audit_list(request: SignedIn) -> HttpResponse:
    """Who did what to which thing, as far as the reader may know of the thing."""
    require(request.user, Permission.AUDIT_READ)
    chosen = AuditFilter(request.GET, queryset=_entries(request.user))
    found: Any = chosen.qs
    if request.GET.get("export") in EXPORTS and _too_many(found):
        raise Refused(
            f"These are more than {MOST_DOWNLOADED:,} entries, too many for one file. "
            "Choose a person or the days first, then download."
        )
    return respond_table(
        request,
        "network/audit_list.html",
        AuditTable(found),
        {"filter": chosen, "sealed": _sealed_up_to(request.user), "check": AuditCheck.objects.first()},
        filename="audit-trail",
        restricted=True,
    )


def _too_many(found: Any) -> bool:
    return bool(found.order_by()[: MOST_DOWNLOADED + 1].count() > MOST_DOWNLOADED)


def _entries(user: User) -> Any:
    entries = AuditEntry.objects.visible_to(user).select_related("actor", "on_behalf_of").only(*SHOWN)
    return entries.order_by("-at", "-pk")


def _sealed_up_to(user: User) -> Any:
    """The reader's own newest act that is under seal, and with it all that came before. That of somebody else
    might be one that they may not know of."""
    own = AuditEntry.objects.filter(actor=user, unsealed=False).order_by("-pk")
    return own.values_list("at", flat=True).first()


@require_safe
def audit_thing(request: SignedIn, label: str, pk: int) -> HttpResponseRedirect:
    """From an entry to the page of its thing; where it has none, to all entries about it."""
    require(request.user, Permission.AUDIT_READ)
    history = f"{redirect('audit_list').url}?about={label}:{pk}"
    if not _entries(request.user).filter(label=label, object_id=pk).exists():
        raise Http404
    model: Any = apps.get_model(label)
    if not hasattr(model, "get_absolute_url"):
        return HttpResponseRedirect(history)
    if issubclass(model, Scoped):
        return HttpResponseRedirect(visible_or_404(model, request.user, pk=pk).get_absolute_url())
    row = model._default_manager.filter(pk=pk).first()
    return HttpResponseRedirect(row.get_absolute_url() if row else history)


@require_POST
def audit_check(request: SignedIn) -> HttpResponseRedirect:
    """Has the whole chain checked, now."""
    require(request.user, Permission.AUDIT_READ)
    job = jobs.request(
        CHECK,
        f"{wall_clock():%Y-%m-%dT%H:%M}:{request.user.pk}",
        by=request.user,
        title="Check of the audit trail",
    )
    return redirect("job_detail", pk=job.pk)
