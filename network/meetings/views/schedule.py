"""When the network meets, who chairs, who came."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import audit
from network.guards import SignedIn, require, visible_or_404
from network.meetings import acts, pages
from network.meetings.forms import AttendanceForm, CycleForm, MeetingFilter, MeetingForm
from network.meetings.models import Agenda, CycleRule, Meeting, Notes
from network.meetings.pages import Seats
from network.meetings.tables import MeetingTable, with_numbers
from network.people.models import User
from network.roles import Permission
from network.tables import respond_table
from network.workflow import Changed, Refused


@require_safe
def meeting_list(request: SignedIn) -> HttpResponse:
    """All meetings, coming and held."""
    user = request.user
    require(user, Permission.READ_NETWORK)
    rule = visible_or_404(CycleRule, user, pk=1)
    meetings = Meeting.objects.visible_to(user)
    chosen = MeetingFilter(request.GET, queryset=meetings)
    rows = with_numbers(chosen.qs.select_related("agenda", "notes", "chair"), user)
    return respond_table(
        request,
        "network/meeting_list.html",
        MeetingTable(rows, user=user),
        {"filter": chosen, "rule": rule, "may_set": user.may(Permission.AGENDA_AGREE)},
        filename="meetings",
        whole=meetings.count(),
    )


@require_safe
def meeting_detail(request: SignedIn, on: date) -> HttpResponse:
    """One meeting: when, where, who chairs, what there is to read, which authorities came."""
    user = request.user
    meeting = visible_or_404(Meeting.objects.select_related("chair", "agenda", "notes"), user, on=on)
    return render(
        request,
        "network/meeting_detail.html",
        {
            "meeting": meeting,
            "agenda": Agenda.objects.visible_to(user).filter(meeting=meeting).first(),
            "notes": Notes.objects.visible_to(user).filter(meeting=meeting).first(),
            "seats": pages.seats(meeting, user) if meeting.has_come() else None,
            "manages": user.may(Permission.MEETING_MANAGE),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: SignedIn, on: date) -> HttpResponse:
    meeting = visible_or_404(Meeting, request.user, on=on)
    require(request.user, Permission.MEETING_MANAGE)
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            if changes := form.changes():
                meeting = acts.change_meeting(meeting, by=request.user, loaded=form.loaded, **changes)
                messages.success(request, "The meeting is changed.")
            return redirect("meeting_detail", on=meeting.on)
        except Changed:
            form.show_newer(MeetingForm(instance=visible_or_404(Meeting, request.user, pk=meeting.pk)))
    context = {"form": form, "meeting": meeting, "on": on}
    return render(request, "network/meeting_form.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def cycle_edit(request: SignedIn) -> HttpResponse:
    """The co-chairs set the day and hours of the meetings to come; those on the calendar stay."""
    require(request.user, Permission.AGENDA_AGREE)
    rule = visible_or_404(CycleRule, request.user, pk=1)
    form = CycleForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        try:
            _set_cycle(form, request.user)
            messages.success(request, f"From now on meetings are made for the {rule}.")
            return redirect("meeting_list")
        except Changed:
            form.show_newer(CycleForm(instance=visible_or_404(CycleRule, request.user, pk=1)))
    return render(request, "network/cycle_form.html", {"form": form}, status=form.status)


def _set_cycle(form: CycleForm, by: User) -> None:
    with transaction.atomic():
        form.loaded.check_row(CycleRule.objects.select_for_update().get(pk=1))
        rule = form.save()
        audit.record(by=by, verb="set the cycle", on=rule, fields=sorted(form.changes()))


@require_http_methods(["GET", "HEAD", "POST"])
def attendance_edit(request: SignedIn, on: date) -> HttpResponse:
    """One table: for each authority who represented it, or that nobody did."""
    meeting = visible_or_404(Meeting, request.user, on=on)
    require(request.user, Permission.MEETING_MANAGE)
    if not meeting.has_come():
        raise Refused("Attendance is recorded from the day of the meeting on.")
    seats = pages.seats(meeting, request.user)
    form = _attendance_form(seats, request)
    if request.method == "POST" and form.is_valid():
        try:
            acts.record_attendance(meeting, form.came(), by=request.user, loaded=form.loaded)
            messages.success(request, f"{pages.seats(meeting, request.user).says}.")
            return redirect("notes_detail", on=on)
        except Changed:
            seats = pages.seats(meeting, request.user)
            form.show_newer(_attendance_form(seats))
    context = {"form": form, "meeting": meeting, "seats": seats}
    return render(request, "network/attendance_form.html", context, status=form.status)


def _attendance_form(seats: Seats, request: SignedIn | None = None) -> AttendanceForm:
    """With what is recorded; `request` with what was typed."""
    came = {row.organisation_id: row for row in seats.rows}
    typed = (request.POST or None) if request else None
    return AttendanceForm(typed, authorities=seats.members, came=came)
