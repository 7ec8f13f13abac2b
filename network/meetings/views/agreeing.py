"""Offering agendas and notes, agreeing them, asking for a change.

Each address answers a GET by leading to the page itself, so "open it again" after a race works.
"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from network import agreements, workflow
from network.guards import SignedIn, require
from network.meetings import acts
from network.meetings.forms import AnswerForm
from network.meetings.models import Agenda, Notes
from network.meetings.views import agenda as agendas
from network.meetings.views import notes as all_notes
from network.roles import Permission

UNRECORDED = "unrecorded"
"""What the button sends by which notes are offered although no attendance is recorded."""


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_offer(request: SignedIn, on: date) -> HttpResponse:
    return _offer(request, agendas.fetch(request.user, on))


@require_http_methods(["GET", "HEAD", "POST"])
def notes_offer(request: SignedIn, on: date) -> HttpResponse:
    notes = all_notes.fetch(request.user, on)
    if _attendance_is_asked(request, notes):
        return render(request, "network/notes_offer_form.html", {"meeting": notes.meeting})
    return _offer(request, notes)


def _attendance_is_asked(request: SignedIn, notes: Notes) -> bool:
    """Notes that could be offered now, of a meeting for which nobody wrote down who came: "nobody came" and
    "nobody wrote it down" look alike in the notes and in the reports, so the person says which it is."""
    if request.method != "POST" or UNRECORDED in request.POST or notes.meeting.attendance.exists():
        return False
    return any(move.name == "offer" for move in workflow.allowed(notes, request.user))


def _offer(request: SignedIn, thing: Agenda | Notes) -> HttpResponse:
    require(request.user, Permission.MEETING_MANAGE)
    if request.method != "POST":
        return redirect(thing)
    acts.offer(thing, by=request.user)
    messages.success(request, f"Offered for agreement. Awaited: {agreements.awaited_words(thing)}.")
    return redirect(thing)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_take_back(request: SignedIn, on: date) -> HttpResponse:
    return _take_back(request, agendas.fetch(request.user, on))


@require_http_methods(["GET", "HEAD", "POST"])
def notes_take_back(request: SignedIn, on: date) -> HttpResponse:
    return _take_back(request, all_notes.fetch(request.user, on))


def _take_back(request: SignedIn, thing: Agenda | Notes) -> HttpResponse:
    require(request.user, Permission.MEETING_MANAGE)
    if request.method != "POST":
        return redirect(thing)
    workflow.move(thing, "take_back", by=request.user)
    messages.success(request, "It is a draft again. Nobody is asked to agree it now.")
    return redirect(thing)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_answer(request: SignedIn, on: date) -> HttpResponse:
    agenda = agendas.fetch(request.user, on)
    require(request.user, Permission.AGENDA_AGREE)
    if request.method != "POST":
        return redirect(agenda)
    form = AnswerForm(request.POST)
    return _answered(request, agenda, form) if form.is_valid() else agendas.show(request, agenda, form)


@require_http_methods(["GET", "HEAD", "POST"])
def notes_answer(request: SignedIn, on: date) -> HttpResponse:
    notes = all_notes.fetch(request.user, on)
    require(request.user, Permission.NOTES_AGREE)
    if request.method != "POST":
        return redirect(notes)
    form = AnswerForm(request.POST)
    return _answered(request, notes, form) if form.is_valid() else all_notes.show(request, notes, form)


def _answered(request: SignedIn, thing: Agenda | Notes, form: AnswerForm) -> HttpResponse:
    """Takes the answer to the version that the form carries; any other version is told as changed (409)."""
    version = form.cleaned_data["version"]
    if form.cleaned_data["answer"] == "yes":
        acts.agree(thing, version=version, by=request.user)
        awaited = agreements.awaited_words(thing)
        said = f"You agreed. Still awaited: {awaited}." if awaited else "Agreed. Members can read it now."
        messages.success(request, said)
    else:
        agreements.ask_change(thing, version=version, by=request.user, why=form.cleaned_data["why"])
        messages.success(request, "The coordinator sees what you ask for. You will be asked again.")
    return redirect(thing)
