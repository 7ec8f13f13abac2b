"""The agenda: what a member sees, and the small forms by which the coordinator makes it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from network import audit, dates, files, naming, registry, widening
from network.guards import SignedIn, fresh_for, require, visible_or_404
from network.meetings import acts, pages
from network.meetings.forms import AgendaItemForm, AnswerForm
from network.meetings.models import Agenda, AgendaItem, Meeting
from network.once import once
from network.people.models import User
from network.roles import Permission
from network.workflow import Changed


def fetch(user: User, on: date) -> Agenda:
    return visible_or_404(Agenda.objects.select_related("meeting__chair"), user, meeting__on=on)


def fetch_item(request: SignedIn, on: date, item: int) -> AgendaItem:
    """The item of that meeting, for whoever manages agendas."""
    found = visible_or_404(
        AgendaItem.objects.select_related("meeting"), request.user, pk=item, meeting__on=on
    )
    require(request.user, Permission.MEETING_MANAGE)
    return found


def parts(agenda: Agenda, user: User) -> dict[str, Any]:
    """What page and PDF are made of."""
    lines = pages.lines(agenda.meeting, user)
    return {
        "agenda": agenda,
        "meeting": agenda.meeting,
        "lines": lines,
        "length": pages.length(agenda.meeting, lines),
        "standing": pages.standing(agenda, user),
    }


@require_safe
def agenda_detail(request: SignedIn, on: date) -> HttpResponse:
    return show(request, fetch(request.user, on))


def show(request: SignedIn, agenda: Agenda, form: AnswerForm | None = None) -> HttpResponse:
    """The agenda's page; with a form in which something was wrong, with what was typed."""
    user = request.user
    context = parts(agenda, user) | {
        "form": form,
        "answer_form": form or AnswerForm(initial={"version": agenda.version}),
        "manages": user.may(Permission.MEETING_MANAGE),
        "names": user.may(Permission.PEOPLE_NAME),
        "beside": _to_know(agenda.meeting, user),
    }
    return render(request, "network/agenda_detail.html", context)


def _to_know(meeting: Meeting, user: User) -> list[registry.AgendaLine]:
    """What the other rooms put before a meeting to come, for those who prepare it."""
    if not user.may(Permission.READ_CHAIRS) or meeting.on < dates.today():
        return []
    return registry.agenda_lines(meeting)


@require_safe
def agenda_pdf(request: SignedIn, on: date) -> HttpResponse:
    agenda = fetch(request.user, on)
    title = f"Agenda, {dates.long_date(on)}"
    context = parts(agenda, request.user) | {
        "title": title,
        "demo": settings.PORTAL_DEMO,
        "draft": agenda.status != Agenda.Status.AGREED,
        "network_name": settings.NETWORK_NAME,
    }
    fresh_for(request, *pages.readers(agenda, context["lines"]))
    made = files.pdf(render_to_string("network/pdf_agenda.html", context), title=title)
    audit.record(by=request.user, verb="downloaded", on=agenda)
    return files.pdf_response(made, f"agenda-{on.isoformat()}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item_add(request: SignedIn, on: date) -> HttpResponse:
    agenda = fetch(request.user, on)
    require(request.user, Permission.MEETING_MANAGE)
    form = AgendaItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def make() -> str:
            acts.add_item(agenda.meeting, by=request.user, **form.cleaned_data)
            return agenda.get_absolute_url()

        return once(request, make, says="The item is on the agenda.")
    context = {"form": form, "meeting": agenda.meeting, "title": "Add an item", "submit": "Add the item"}
    return render(request, "network/agenda_item_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item_edit(request: SignedIn, on: date, item: int) -> HttpResponse:
    found = fetch_item(request, on, item)
    stands = found.audience
    form = AgendaItemForm(request.POST or None, instance=found)
    if widening.sent(request) and form.is_valid():
        wanted = form.cleaned_data.get("audience", stands)
        asked = widening.ask(request, found, before=stands, after=wanted, stale=form.stale)
        if asked.page:
            return asked.page
        try:
            if changes := form.changes():
                with asked.once():
                    acts.change_item(found, by=request.user, loaded=form.loaded, **changes)
                messages.success(request, "The item is changed.")
            return redirect("agenda_detail", on=on)
        except Changed:
            form.show_newer(AgendaItemForm(instance=fetch_item(request, on, item)))
    context = {"form": form, "meeting": found.meeting, "title": "Change an item", "submit": "Save the item"}
    return render(request, "network/agenda_item_form.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item_remove(request: SignedIn, on: date, item: int) -> HttpResponse:
    found = fetch_item(request, on, item)
    if request.method == "POST":
        acts.remove_item(found, by=request.user)
        messages.success(request, f"“{found}” is no longer on the agenda.")
        return redirect("agenda_detail", on=on)
    context = {"meeting": found.meeting, "what": found.title, "back": "agenda_detail", "noun": "item"}
    return render(request, "network/meeting_remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item_move(request: SignedIn, on: date, item: int) -> HttpResponse:
    found = fetch_item(request, on, item)
    if request.method != "POST":
        return redirect(found.seen_at(request.user))
    up = request.POST.get("direction") == "up"
    if acts.move_item(found, by=request.user, up=up):
        messages.success(request, f"“{found}” moved {'up' if up else 'down'}.")
        found.refresh_from_db(fields=["position"])
    return redirect(found.seen_at(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item_names(request: SignedIn, on: date, item: int) -> HttpResponse:
    """A co-chair keeps an item to people named one by one."""
    found = visible_or_404(
        AgendaItem.objects.select_related("meeting__agenda"), request.user, pk=item, meeting__on=on
    )
    back = found.meeting.agenda.get_absolute_url()
    void = tuple(f"{thing}" for thing in acts.made_void_by_naming(found))
    return naming.names_page(
        request, found, noun="item", back=back, cancel=back, act=acts.name_people, void=void
    )
