"""Rounds, the requests of each, and the bank holidays that their clocks skip."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foi import casework
from foi.deadlines import Deadline
from foi.forms import FilterForm, HolidayForm, RoundForm
from foi.forms.requests import TITLE_TAKEN
from foi.models import FoiRound, Request, RequestEvent
from foi.models.requests import REPLIED
from foi.tables import HolidayTable, RequestRow, RequestTable, RoundTable, SharedTable, request_rows
from foi.views.common import enter, manager_only, with_events
from network import audit, dates
from network.guards import SignedIn, visible_or_404
from network.people.models import BankHoliday
from network.roles import Permission
from network.tables import PortalTable, respond_table


@require_safe
def round_list(request: SignedIn) -> HttpResponse:
    """All rounds of which the person reads at least one request."""
    enter(request.user)
    readable = Q(requests__in=Request.objects.visible_to(request.user).filter(sent_on__isnull=False))
    answered = RequestEvent.objects.visible_to(request.user).filter(kind__in=REPLIED).values("request_id")
    rounds = FoiRound.objects.visible_to(request.user).annotate(
        sent=Count("requests", filter=readable),
        answered=Count("requests", filter=Q(requests__in=answered)),
    )
    rounds = rounds.order_by("-created_at", "-pk")
    table = RoundTable(
        rounds, exclude=() if request.user.may(Permission.READ_NETWORK) else ("sent", "answered")
    )
    return respond_table(request, "foi/round_list.html", table, _may_manage(request), filename="foi-rounds")


def _may_manage(request: SignedIn) -> dict[str, object]:
    return {"may_manage": request.user.may(Permission.FOI_MANAGE)}


@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: SignedIn) -> HttpResponse:
    """A new round, with a draft request to each body of its reporting year."""
    manager_only(request.user)
    form = RoundForm(request.POST or None)
    if form.is_valid():
        round, data = form.round(), form.cleaned_data
        try:
            drafts = casework.open_round(
                round, by=request.user, applicant=data["applicant"], reply_to=data["reply_to"]
            )
        except IntegrityError:  # the same title, sent at the same moment
            form.add_error("title", TITLE_TAKEN)
        else:
            messages.success(request, f"{len(drafts)} draft requests are ready: check each, then send it.")
            return redirect(round)
    return render(request, "foi/round_form.html", {"form": form})


@require_safe
def round_detail(request: SignedIn, round: str) -> HttpResponse:
    """The requests of a round and how each stands today."""
    found = visible_or_404(FoiRound, request.user, slug=round)
    asked = Request.objects.visible_to(request.user).filter(round=found)
    rows = with_events(
        asked.select_related("body", "made_for", "sent_to").order_by("body__name"), request.user
    )
    deadlines = [
        Deadline.of(_of(found, each), holidays) for holidays in [BankHoliday.known()] for each in rows
    ]
    chosen = FilterForm(request.GET)
    everything = request_rows(deadlines)
    shown = [row for row in everything if _fits(row, chosen)]
    member = request.user.may(Permission.READ_NETWORK)
    table: PortalTable = RequestTable(shown) if member else SharedTable(everything)
    context = {
        **_may_manage(request),
        "round": found,
        "filter": {"form": chosen} if member else None,
        "overdue": sum(row.overdue for row in everything) if member else 0,
        "sent": sum(row.received is not None for row in everything),
        "only_some": member and chosen.is_valid() and bool(chosen.cleaned_data["of"]),
    }
    return respond_table(
        request,
        "foi/round_detail.html",
        table,
        context,
        filename=found.slug,
        whole=len(everything),
        restricted=lambda: asked.restricted().exists(),
    )


def _of(round: FoiRound, asked: Request) -> Request:
    asked.round = round
    return asked


def _fits(row: RequestRow, chosen: FilterForm) -> bool:
    if not chosen.is_valid():
        return True
    state, shared, of = (chosen.cleaned_data[name] for name in ("state", "shared", "of"))
    if of and row.slug not in of.split(","):
        return False
    if state and state != (FilterForm.OVERDUE if row.overdue and state == FilterForm.OVERDUE else row.status):
        return False
    return not shared or (row.shared == "Partners") == (shared == "yes")


# Bank holidays


@require_http_methods(["GET", "HEAD", "POST"])
def holiday_list(request: SignedIn) -> HttpResponse:
    """Which days stop the clock, and a form to add one that was proclaimed meanwhile."""
    manager_only(request.user)
    form = HolidayForm(request.POST or None)
    if form.is_valid():
        try:
            holiday = casework.add_holiday(by=request.user, **form.cleaned_data)
        except IntegrityError:  # sent twice at the same moment
            form.add_error("on", "This day is in the list already")
        else:
            says = f"{holiday} no longer counts as a working day. Every due date has been worked out anew."
            messages.success(request, says)
            return redirect("foi_holiday_list")
    holidays = BankHoliday.objects.filter(on__gte=dates.today().replace(month=1, day=1))
    context = {
        "form": form,
        "added": BankHoliday.objects.filter(added_by__isnull=False),
        "known_until": dates.known_until(BankHoliday.known()),
    }
    return respond_table(
        request, "foi/holiday_list.html", HolidayTable(holidays), context, filename="bank-holidays"
    )


@require_POST
def holiday_remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take back a day that was added here by mistake; the portal's own list stays."""
    manager_only(request.user)
    holiday = get_object_or_404(BankHoliday, pk=pk, added_by__isnull=False)
    audit.record(by=request.user, verb="removed bank holiday", on=holiday, day=holiday.on)
    messages.success(request, f"{holiday} counts as a working day again.")
    holiday.delete()
    return redirect("foi_holiday_list")
