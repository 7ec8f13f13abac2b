"""The terms of reference, who chairs, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from network import dates, naming
from network.agreements import Agreeable
from network.audience import Naming
from network.governance.forms import DecisionFilter
from network.governance.models import TermsOfReference
from network.governance.tables import DecisionTable
from network.guards import SignedIn, require, visible_or_404
from network.meetings.models import AgendaItem, Decision
from network.people.models import Membership
from network.roles import Permission, Role
from network.tables import PER_PAGE, respond_table

A_YEAR = timedelta(days=365)  # terms of reference 2.4: reviewed yearly


@require_safe
def governance_home(request: SignedIn) -> HttpResponse:
    """The terms as they stand, the co-chairs with their terms of office, and the way to the decisions."""
    require(request.user, Permission.READ_PARTNERS)
    versions = list(TermsOfReference.objects.visible_to(request.user))
    return render(
        request,
        "network/governance_home.html",
        {
            "terms": versions[0] if versions else None,
            "earlier": versions[1:],
            "cochairs": cochairs() if request.user.may(Permission.PEOPLE_READ) else [],
            "names": request.user.may(Permission.PEOPLE_NAME),
            "named": request.user.may(Permission.BE_NAMED),
        },
    )


@dataclass(frozen=True)
class Office:
    """One co-chair's term of office."""

    term: Membership
    held_now: bool
    review_due: date | None


def cochairs() -> list[Office]:
    """Everybody who holds or held the office, those of today first."""
    today = dates.today()
    terms = Membership.objects.filter(role=Role.CO_CHAIR).select_related("user").order_by("user__name")
    offices = [Office(term, term.ends_on is None or term.ends_on >= today, _review(term)) for term in terms]
    return sorted(offices, key=lambda office: not office.held_now)


def _review(term: Membership) -> date | None:
    """When the office is to be reviewed: as recorded, else yearly from its start; none if that is unknown."""
    if term.review_on or term.starts_on is None:
        return term.review_due
    due = term.starts_on + A_YEAR
    while due < dates.today():
        due += A_YEAR
    return None if term.ends_on and term.ends_on < due else due


@require_safe
def terms_detail(request: SignedIn, version: int) -> HttpResponse:
    terms = visible_or_404(TermsOfReference, request.user, version=version)
    return render(request, "network/governance_terms.html", {"terms": terms})


@require_safe
def decision_list(request: SignedIn) -> HttpResponse:
    """Decisions of agreed notes that the person may read; outside the network only those that may be told."""
    user = request.user
    decisions = Decision.objects.visible_to(user).filter(item__meeting__notes__status=Agreeable.Status.AGREED)
    chosen = DecisionFilter(request.GET, queryset=decisions, user=user)
    items = AgendaItem.objects.visible_to(user)
    before = items.filter(meeting=OuterRef("item__meeting"), position__lte=OuterRef("item__position"))
    rows = chosen.qs.select_related("item__meeting__notes__meeting").annotate(
        item_seen=Exists(items.filter(pk=OuterRef("item"))),
        item_number=Subquery(before.order_by().values("meeting").annotate(n=Count("pk")).values("n")),
    )
    return respond_table(
        request,
        "network/governance_decisions.html",
        DecisionTable(rows, user=user),
        {"filter": chosen, "reads_terms": user.may(Permission.READ_PARTNERS)},
        filename="decisions",
        whole=decisions.count(),
    )


@require_safe
def naming_list(request: SignedIn) -> HttpResponse:
    """For the co-chairs: that people were named, whom and by whom; never for what."""
    require(request.user, Permission.PEOPLE_NAME)
    page = Paginator(naming.kept_things(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "namings": naming.namings(page)}
    return render(request, "network/naming_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def naming_anew(request: SignedIn, reference: UUID) -> HttpResponse:
    """A co-chair names people for what nobody named may read any more, without seeing it."""
    require(request.user, Permission.PEOPLE_NAME)
    thing = naming.lost(reference)
    if thing is None:
        raise Http404
    return naming.name_anew_page(request, thing, back=reverse("naming_list"))


@require_safe
def named_list(request: SignedIn) -> HttpResponse:
    """For whoever is named: what is shared with them by name, the newest first."""
    require(request.user, Permission.READ_NETWORK)
    rows = Naming.objects.visible_to(request.user).select_related("named_by").order_by("-at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "shared": naming.shared_with(request.user, list(page))}
    return render(request, "network/named_list.html", context)


@require_safe
def named_open(request: SignedIn, reference: UUID) -> HttpResponse:
    """Leads to the exact place of what somebody is named for."""
    found = visible_or_404(Naming, request.user, reference=reference)
    return redirect(naming.address_of(found, request.user))
