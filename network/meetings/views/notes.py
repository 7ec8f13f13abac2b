"""The notes: what a reader sees, and the forms by which they are written beside the agenda."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from network import audit, dates, files, widening
from network.guards import SignedIn, fresh_for, require, visible_or_404
from network.meetings import acts, pages
from network.meetings.forms import AnswerForm, DecisionForm, NoteActionForm, NotesForm
from network.meetings.models import AgendaItem, Decision, NoteAction, NoteEntry, Notes
from network.once import once
from network.people.models import User
from network.roles import Permission
from network.workflow import Changed, Refused

Outcome = type[Decision] | type[NoteAction]
FORMS: dict[Outcome, type[DecisionForm] | type[NoteActionForm]] = {
    Decision: DecisionForm,
    NoteAction: NoteActionForm,
}
NOUNS: dict[Outcome, str] = {Decision: "decision", NoteAction: "action"}


def fetch(user: User, on: date) -> Notes:
    return visible_or_404(Notes.objects.select_related("meeting__chair"), user, meeting__on=on)


def _to_write(request: SignedIn, on: date) -> Notes:
    """The notes of a meeting that has taken place, for whoever writes them."""
    notes = fetch(request.user, on)
    require(request.user, Permission.MEETING_MANAGE)
    if not notes.meeting.has_come():
        raise Refused("Notes are written from the day of the meeting on.")
    return notes


def parts(notes: Notes, user: User) -> dict[str, Any]:
    """What page and PDF are made of."""
    return {
        "notes": notes,
        "meeting": notes.meeting,
        "lines": pages.note_lines(notes.meeting, user),
        "seats": pages.seats(notes.meeting, user) if notes.meeting.has_come() else None,
        "standing": pages.standing(notes, user),
        "tells": user.may(Permission.READ_CHAIRS),  # whoever agrees sees which decisions leave the network
    }


@require_safe
def notes_detail(request: SignedIn, on: date) -> HttpResponse:
    return show(request, fetch(request.user, on))


def show(request: SignedIn, notes: Notes, form: AnswerForm | None = None) -> HttpResponse:
    """The notes' page; with a form in which something was wrong, with what was typed."""
    manages = request.user.may(Permission.MEETING_MANAGE)
    context = parts(notes, request.user) | {
        "form": form,
        "answer_form": form or AnswerForm(initial={"version": notes.version}),
        "manages": manages and notes.meeting.has_come(),
        "not_ready": notes.not_ready() if manages else "",
    }
    return render(request, "network/notes_detail.html", context)


@require_safe
def notes_pdf(request: SignedIn, on: date) -> HttpResponse:
    notes = fetch(request.user, on)
    title = f"Notes, {dates.long_date(on)}"
    context = parts(notes, request.user) | {
        "title": title,
        "demo": settings.PORTAL_DEMO,
        "draft": notes.status != Notes.Status.AGREED,
        "network_name": settings.NETWORK_NAME,
    }
    fresh_for(request, *pages.readers(notes, context["lines"]))
    made = files.pdf(render_to_string("network/pdf_notes.html", context), title=title)
    audit.record(by=request.user, verb="downloaded", on=notes)
    return files.pdf_response(made, f"notes-{on.isoformat()}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def notes_write(request: SignedIn, on: date) -> HttpResponse:
    """One page with a text for each item, beside what the agenda says of it."""
    meeting = _to_write(request, on).meeting
    lines = pages.lines(meeting, request.user)
    items = [line.item for line in lines]
    entries = NoteEntry.objects.visible_to(request.user).filter(item__in=items).select_related("item")
    texts = {entry.item_id: entry.text for entry in entries}
    form = NotesForm(request.POST or None, items=items, texts=texts)
    if request.method == "POST" and form.is_valid():
        newer = acts.save_entries(meeting, form.written(), by=request.user)
        if not newer:
            messages.success(request, "The notes are saved.")
            return redirect("notes_detail", on=on)
        form.show_newer(newer)
    return render(request, "network/notes_form.html", {"form": form, "meeting": meeting, "lines": lines})


def _outcome_add(request: SignedIn, on: date, item: int, model: Outcome) -> HttpResponse:
    found = visible_or_404(
        AgendaItem.objects.select_related("meeting"), request.user, pk=item, meeting__on=on
    )
    notes = _to_write(request, on)
    form = FORMS[model](request.POST or None, instance=model(item=found), item=found)
    if request.method == "POST" and form.is_valid():

        def make() -> str:
            acts.keep(form.instance, by=request.user)
            return notes.get_absolute_url()

        return once(request, make, says=f"The {NOUNS[model]} is recorded under “{found}”.")
    return _show_outcome(request, form, found, f"Add {'an action' if model is NoteAction else 'a decision'}")


def _outcome_edit(request: SignedIn, on: date, pk: int, model: Outcome) -> HttpResponse:
    found = visible_or_404(_rows(model), request.user, pk=pk, item__meeting__on=on)
    _to_write(request, on)
    stands = acts.readers(found)
    form = FORMS[model](request.POST or None, instance=found, item=found.item)
    if widening.sent(request) and form.is_valid():
        wanted = acts.readers(form.instance)
        asked = widening.ask(request, found, before=stands, after=wanted, stale=form.stale)
        if asked.page:
            return asked.page
        try:
            if form.changes():
                with asked.once():
                    acts.keep(form.instance, by=request.user, loaded=form.loaded)
                messages.success(request, f"The {NOUNS[model]} is recorded under “{found.item}”.")
            return redirect("notes_detail", on=on)
        except Changed:
            now = visible_or_404(_rows(model), request.user, pk=pk)
            form.show_newer(FORMS[model](instance=now, item=now.item))
    return _show_outcome(request, form, found.item, f"Change the {NOUNS[model]}")


def _show_outcome(
    request: SignedIn, form: DecisionForm | NoteActionForm, item: AgendaItem, title: str
) -> HttpResponse:
    context = {"form": form, "item": item, "meeting": item.meeting, "title": title}
    return render(request, "network/notes_outcome_form.html", context, status=form.status)


def _outcome_remove(request: SignedIn, on: date, pk: int, model: Outcome) -> HttpResponse:
    found = visible_or_404(_rows(model), request.user, pk=pk, item__meeting__on=on)
    _to_write(request, on)
    if request.method == "POST":
        acts.remove(found, by=request.user)
        messages.success(request, f"The {NOUNS[model]} is removed.")
        return redirect("notes_detail", on=on)
    context = {
        "meeting": found.item.meeting,
        "what": str(found),
        "back": "notes_detail",
        "noun": NOUNS[model],
    }
    return render(request, "network/meeting_remove.html", context)


def _rows(model: Outcome) -> Any:
    return model.objects.select_related("item__meeting")


@require_http_methods(["GET", "HEAD", "POST"])
def decision_add(request: SignedIn, on: date, item: int) -> HttpResponse:
    return _outcome_add(request, on, item, Decision)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_edit(request: SignedIn, on: date, pk: int) -> HttpResponse:
    return _outcome_edit(request, on, pk, Decision)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_remove(request: SignedIn, on: date, pk: int) -> HttpResponse:
    return _outcome_remove(request, on, pk, Decision)


@require_http_methods(["GET", "HEAD", "POST"])
def note_action_add(request: SignedIn, on: date, item: int) -> HttpResponse:
    return _outcome_add(request, on, item, NoteAction)


@require_http_methods(["GET", "HEAD", "POST"])
def note_action_edit(request: SignedIn, on: date, pk: int) -> HttpResponse:
    return _outcome_edit(request, on, pk, NoteAction)


@require_http_methods(["GET", "HEAD", "POST"])
def note_action_remove(request: SignedIn, on: date, pk: int) -> HttpResponse:
    return _outcome_remove(request, on, pk, NoteAction)
