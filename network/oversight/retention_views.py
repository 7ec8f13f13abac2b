"""What is kept for how long, what would go today, and the yearly removal."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import dates
from network.guards import SignedIn, require
from network.oversight import removing, schedule
from network.oversight.models import Removal
from network.oversight.tables import KeptTable, OverTable
from network.roles import Permission
from network.tables import respond_table
from network.workflow import Refused


@require_safe
def retention_list(request: SignedIn) -> HttpResponse:
    """Each kind of record: how long it is kept, why, and what of it would go today."""
    require(request.user, Permission.RETENTION_MANAGE)
    found = {one.kind.key: one.number for one in removing.listed()}
    rows = [{"kind": kind, "number": found.get(kind.key)} for kind in schedule.kinds()]
    return respond_table(
        request,
        "network/retention_list.html",
        KeptTable(rows),
        {
            "removal": removing.open_removal(),
            "last": Removal.objects.filter(finished_at__isnull=False).select_related("confirmed_by").first(),
            "number": sum(found.values()),
        },
        filename="retention",
    )


@require_safe
def retention_kind(request: SignedIn, key: str) -> HttpResponse:
    """What of one kind would go today, row by row."""
    require(request.user, Permission.RETENTION_MANAGE)
    kind, kept = next((one for one in schedule.due() if one[0].key == key), (None, None))
    if kind is None or kept is None:
        raise Http404
    rows = [{"what": what, "url": url} for what, url in schedule.over(kind, kept, dates.today())]
    context = {"kind": kind, "before": kind.before(dates.today())}
    return respond_table(
        request,
        "network/retention_kind.html",
        OverTable(rows, caption=kind.name),
        context,
        filename="kept-no-longer",
        restricted=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def retention_remove(request: SignedIn) -> HttpResponse:
    """The last look, and the yes."""
    require(request.user, Permission.RETENTION_MANAGE)
    removal = removing.open_removal()
    if removal is None or removal.confirmed_at:
        raise Refused("There is no removal to confirm. One is proposed each year, once anything is over.")
    if request.method == "POST":
        job = removing.confirm(removal, by=request.user, seen=request.POST.get("seen", ""))
        return redirect("job_detail", pk=job.pk)
    found = removing.listed()
    context = {
        "removal": removal,
        "found": [one for one in found if one.number],
        "number": sum(one.number for one in found),
        "seen": removing.mark(found),
    }
    return render(request, "network/retention_remove.html", context)
