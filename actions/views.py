"""The plan's pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import plan
from actions.figures import day_after, done_by
from actions.forms import ActionFilter, ActionForm, UpdateForm
from actions.models import OPEN, Action, ActionQuerySet, Objective, Status, Theme, Update, may_update
from actions.tables import ActionTable, state_tag
from network import dates, naming, widening, workflow
from network.guards import SignedIn, require, visible_or_404
from network.meetings.models import AgendaItem, Notes
from network.once import once
from network.people.models import Organisation, User
from network.roles import Permission
from network.tables import respond_table
from network.workflow import Changed, Refused

MOVES_SAID = {
    "start": "The action is marked as started.",
    "finish": "The action is marked as done.",
    "stop": "The action is stopped.",
    "reopen": "The action is open again.",
}


@require_safe
def action_list(request: SignedIn) -> HttpResponse:
    """The whole plan: its themes, and every action that the person may read."""
    require(request.user, Permission.READ_PARTNERS)
    as_at, problem = _past_day(request, "as_at")
    since, no_day = _past_day(request, "since") if as_at else (None, "")
    rows = _rows(request.user, as_at, since)
    chosen = _filter(request, rows, as_at, since)
    progress = rows.aggregate(total=Count("pk"), done=Count("pk", filter=_done(as_at)))
    return respond_table(
        request,
        "actions/action_list.html",
        ActionTable(chosen.qs, user=request.user, as_at=as_at),
        {
            "filter": chosen,
            "themes": _themes(request.user),
            "progress": progress,
            "as_at": as_at,
            "since": since,
            "problem": problem or no_day,
            "may_add": request.user.may(Permission.ACTION_MANAGE),
        },
        filename="action-plan",
        whole=progress["total"],
    )


def _past_day(request: HttpRequest, name: str) -> tuple[date | None, str]:
    """A past day of which the plan is asked, and what to say if it can't be read."""
    text = request.GET.get(name, "").strip()
    if not text:
        return None, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, f"“{text[:40]}” is not a date such as 2026-09-30."
    if not 2000 <= day.year <= 2100:
        return None, f"“{text[:40]}” is too far away. Choose a day between 2000 and 2100."
    return (None, "") if day >= dates.today() else (day, "")


def _rows(user: User, as_at: date | None, since: date | None = None) -> ActionQuerySet:
    """The readable actions; `as_at` a past day, those that a report of that day counts, as they stood.

    `since` leaves out those that were done before that day.
    """
    visible: ActionQuerySet = Action.objects.visible_to(user)
    before = day_after(as_at) if as_at else dates.now() + timedelta(seconds=1)
    if as_at:
        visible = visible.counted().as_at(before)
    if since:
        visible = visible.exclude(pk__in=done_by(since - timedelta(days=1)))
    last = Update.objects.filter(action=OuterRef("pk"), percent__isnull=False, at__lt=before)
    percent = Subquery(last.order_by("-at", "-pk").values("percent")[:1])
    rows: ActionQuerySet = visible.annotate(percent=percent)
    return rows.select_related("theme", "owner_organisation", "owner", "origin_item")


def _done(as_at: date | None) -> Q:
    return Q(state_then=Status.DONE) if as_at else Q(status=Status.DONE)


def _filter(request: SignedIn, rows: ActionQuerySet, as_at: date | None, since: date | None) -> ActionFilter:
    led = Action.objects.visible_to(request.user).values("owner_organisation_id")
    return ActionFilter(
        request.GET,
        queryset=rows,
        themes=list(Theme.objects.visible_to(request.user)),
        leads=list(Organisation.objects.visible_to(request.user).filter(pk__in=led)),
        as_at=as_at,
        since=since,
    )


def _themes(user: User) -> list[Theme]:
    """Each theme with its objectives and how many of the readable actions are done."""
    mine = Action.objects.visible_to(user).filter(theme=OuterRef("pk")).order_by().values("theme")
    return list(
        Theme.objects.visible_to(user)
        .annotate(
            actions_all=Subquery(mine.annotate(n=Count("pk")).values("n")),
            actions_done=Subquery(mine.filter(status=Status.DONE).annotate(n=Count("pk")).values("n")),
        )
        .prefetch_related("objectives")
    )


@require_safe
def theme_detail(request: SignedIn, slug: str) -> HttpResponse:
    """One theme: what it aims at, what the plan names under it, and its actions."""
    theme = visible_or_404(Theme, request.user, slug=slug)
    rows = _rows(request.user, None).filter(theme=theme)
    progress = rows.aggregate(total=Count("pk"), done=Count("pk", filter=_done(None)))
    objectives = Objective.objects.visible_to(request.user).filter(theme=theme).prefetch_related("details")
    return respond_table(
        request,
        "actions/theme_detail.html",
        ActionTable(rows, user=request.user, exclude=("theme",), order_by="due_on"),
        {
            "theme": theme,
            "objectives": objectives,
            "progress": progress,
            "may_add": request.user.may(Permission.ACTION_MANAGE),
        },
        filename=f"action-plan-{theme.slug}",
    )


@require_safe
def action_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One action with its history, and what the person may do to it."""
    action = _action(request.user, pk)
    updates = list(Update.objects.visible_to(request.user).filter(action=action).select_related("by"))
    percents = [update.percent for update in updates if update.percent is not None]
    return render(
        request,
        "actions/action_detail.html",
        {
            "action": action,
            "state": state_tag(action.status, action.is_overdue),
            "percent": percents[0] if percents else None,
            "told": next((update.at for update in updates if update.text), None),
            "updates": updates,
            "lead": action.lead(names=request.user.may(Permission.PEOPLE_READ)),
            "reads_plan": request.user.may(Permission.READ_PARTNERS),
            "reads_themes": request.user.may(Permission.READ_NETWORK),
            "names": request.user.may(Permission.PEOPLE_READ),
            "came_from": _item_of(action, request.user),
            "moves": workflow.allowed(action, request.user),
            "may_post": action.status in OPEN and may_update(action, request.user),
            "may_edit": request.user.may(Permission.ACTION_MANAGE),
            "may_name": request.user.may(Permission.PEOPLE_NAME) and action.origin_item_id is None,
        },
    )


def _action(user: User, pk: int) -> Action:
    rows = Action.objects.select_related("theme", "objective", "owner_organisation", "owner", "origin_item")
    action: Action = visible_or_404(rows, user, pk=pk)
    return action


def _item_of(action: Action, user: User) -> Any:
    """The agenda item that brought the action, if the person may read it. `notes_read`: whether they may read
    its meeting's notes as well, which may be for fewer people, or be agreed anew."""
    if action.origin_item_id is None:
        return None
    notes = Notes.objects.visible_to(user).filter(meeting=OuterRef("meeting"))
    items = AgendaItem.objects.visible_to(user).filter(pk=action.origin_item_id).select_related("meeting")
    return items.annotate(notes_read=Exists(notes)).first()


@require_http_methods(["GET", "HEAD", "POST"])
def action_add(request: SignedIn) -> HttpResponse:
    require(request.user, Permission.ACTION_MANAGE)
    theme = Theme.objects.visible_to(request.user).filter(slug=request.GET.get("theme", "")).first()
    form = ActionForm(request.POST or None, initial={"theme": theme} if theme else {})
    if request.method == "POST" and form.is_valid():

        def make() -> str:
            return plan.add(by=request.user, **form.changes()).get_absolute_url()

        return once(request, make, says="The action is in the plan.")
    return render(request, "actions/action_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def action_edit(request: SignedIn, pk: int) -> HttpResponse:
    action = _action(request.user, pk)
    require(request.user, Permission.ACTION_MANAGE)
    form = ActionForm(request.POST or None, action=action)
    if widening.sent(request) and form.is_valid():
        wanted = action.read_as(form.cleaned_data.get("audience", action.audience))
        stale = form.cleaned_data["version"] != action.version
        asked = widening.ask(request, action, before=action.readers, after=wanted, stale=stale)
        if asked.page:
            return asked.page
        try:
            with asked.once():
                plan.edit(action, form.changes(), version=form.cleaned_data["version"] or 0, by=request.user)
        except Changed as changed:
            return _meanwhile(request, pk, form, str(changed))
        messages.success(request, "The action is saved.")
        return redirect(action)
    return render(request, "actions/action_form.html", {"form": form, "action": action})


def _meanwhile(request: SignedIn, pk: int, form: ActionForm, why: str) -> HttpResponse:
    """Both texts: what stands there now, and what the person typed, ready to be saved once more."""
    now = _action(request.user, pk)
    typed = request.POST.copy()
    typed["version"] = str(now.version)
    context = {
        "form": ActionForm(typed, action=now),
        "action": now,
        "lead": now.lead(names=True),
        "meanwhile": why,
    }
    return render(request, "actions/action_form.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def action_names(request: SignedIn, pk: int) -> HttpResponse:
    """A co-chair keeps an action to people named one by one."""
    action = _action(request.user, pk)
    require(request.user, Permission.PEOPLE_NAME)
    if action.origin_item_id is not None:
        raise Refused(
            "This action follows its agenda item. Keep the item to named people, and it goes with it."
        )
    back = reverse("action_list")
    return naming.names_page(request, action, noun="action", back=back, cancel=action.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def update_add(request: SignedIn, pk: int) -> HttpResponse:
    action = _action(request.user, pk)
    if not may_update(action, request.user):
        raise PermissionDenied("Progress is posted by whoever leads the action.")
    form = UpdateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def make() -> str:
            return plan.post(action, by=request.user, **form.cleaned_data).action.get_absolute_url()

        return once(request, make, says="Your update is in the plan.")
    return render(request, "actions/update_form.html", {"form": form, "action": action})


@require_POST
def action_move(request: SignedIn, pk: int) -> HttpResponse:
    """Start, finish, stop, open again: the buttons of the action's page."""
    action = _action(request.user, pk)
    name = request.POST.get("move", "")
    if name not in MOVES_SAID:
        raise PermissionDenied("There is no such step.")
    plan.move(action, name, by=request.user)
    messages.success(request, MOVES_SAID[name])
    return redirect(action)
