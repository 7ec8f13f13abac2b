"""A reorganisation, step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import dates
from network.forms.loaded import LoadedMixin
from network.guards import SignedIn, require, visible_or_404
from network.once import once
from network.people.models import User
from network.reorganisation import acts, again, drafts, pages
from network.reorganisation.forms import (
    AgainForm,
    FootprintForm,
    JoinForm,
    ReorganisationFilter,
    SeatsForm,
    SuccessorForm,
    ThingsForm,
    WhatForm,
)
from network.reorganisation.models import MANAGE, Move, Reorganisation, Settlement, Status, Successor
from network.reorganisation.plan import Plan, plan_of
from network.reorganisation.rules import STEPS
from network.reorganisation.tables import ReorganisationTable
from network.reorganisation.told import told_to, why_failed
from network.reorganisation.undoing import undone
from network.tables import respond_table
from network.workflow import Changed, Refused

FORM = ["GET", "HEAD", "POST"]
BEGUN = "A draft is made."


def _fetch(request: SignedIn, pk: int) -> Reorganisation:
    return visible_or_404(Reorganisation, request.user, pk=pk)


def _fetch_draft(request: SignedIn, pk: int) -> Plan:
    """For the steps: what is prepared or over is not changed any more."""
    row = _fetch(request, pk)
    require(request.user, MANAGE)
    if row.status != Status.DRAFT:
        said = row.get_status_display().lower()
        raise Refused(f"“{row}” is {said}. Only a draft can be changed; take it back to draft first.")
    return plan_of(row)


@require_safe
def reorganisation_list(request: SignedIn) -> HttpResponse:
    require(request.user, MANAGE)
    rows = Reorganisation.objects.visible_to(request.user)
    chosen = ReorganisationFilter(request.GET, queryset=rows)
    return respond_table(
        request,
        "network/reorganisation_list.html",
        ReorganisationTable(chosen.qs),
        {"filter": chosen},
        filename="reorganisations",
        whole=rows.count(),
    )


@require_safe
def reorganisation_detail(request: SignedIn, pk: int) -> HttpResponse:
    """The steps of a draft, or what was prepared and done."""
    row = _fetch(request, pk)
    plan = plan_of(row)
    context: dict[str, Any] = {"row": row, "plan": plan, "failed": why_failed(row, request.user)}
    context |= {"before": pages.before(plan), "after": pages.after(plan)}
    if row.status == Status.DRAFT:
        steps = pages.steps(plan)
        context |= {"steps": steps, "problems": acts.problems_of(plan)}
        context["filled_in"] = pages.FILLED_IN in [step["status"] for step in steps]
    else:
        context |= _decided(plan, request.user)
    return render(request, "network/reorganisation_detail.html", context)


def _decided(plan: Plan, user: User) -> dict[str, Any]:
    """What was written down; of one that is prepared also what turned up since, and what closes by itself."""
    row = plan.row
    moves = Move.objects.filter(reorganisation=row).prefetch_related("to")
    settlements = Settlement.objects.filter(reorganisation=row).select_related("successor")
    prepared = row.status == Status.PREPARED
    late, spared = plan.late if prepared else [], plan.spared if prepared else []
    now = {one.holding.key for one in late} | {one.holding.key for one in spared}
    return {
        "day_to_come": again.day_to_come(row),
        "moves": moves.select_related("membership__user", "membership__organisation"),
        "settlements": told_to(user, settlements.exclude(key__in=now)),
        "late": late,
        "spared": spared,
        **_undoing(plan),
    }


@require_http_methods(FORM)
def reorganisation_add(request: SignedIn) -> HttpResponse:
    require(request.user, MANAGE)
    form = WhatForm(request.POST or None, ends_with=request.GET.get("body", ""))
    if request.method == "POST" and form.is_valid():

        def make() -> str:
            typed = form.cleaned_data
            row = drafts.begin(by=request.user, bodies=form.chosen(), on=typed["on"], note=typed["note"])
            return row.get_absolute_url()

        return once(request, make, says=f"{BEGUN} Go on with what comes after.")
    context = {"form": form, "title": "Prepare a reorganisation", "submit": "Go on"}
    return render(request, "network/reorganisation_step.html", context)


@require_http_methods(FORM)
def reorganisation_what(request: SignedIn, pk: int) -> HttpResponse:
    plan = _fetch_draft(request, pk)
    form = WhatForm(request.POST or None, row=plan.row)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            drafts.change_what(
                plan.row,
                by=request.user,
                loaded=form.loaded,
                bodies=form.chosen(),
                on=typed["on"],
                note=typed["note"],
            )
            return _saved(request, plan.row)
        except Changed:
            form.show_newer(WhatForm(row=_fetch(request, pk)))
    return _step(request, plan, form, "What happens", "Save what happens")


@require_safe
def reorganisation_successors(request: SignedIn, pk: int) -> HttpResponse:
    """What comes after: bodies that are new, and bodies that go on."""
    plan = _fetch_draft(request, pk)
    return render(request, "network/reorganisation_successors.html", {"row": plan.row, "plan": plan})


@require_http_methods(FORM)
def successor_add(request: SignedIn, pk: int) -> HttpResponse:
    plan = _fetch_draft(request, pk)
    form = SuccessorForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():

        def make() -> str:
            drafts.save_successor(form.described(), form.after(), by=request.user)
            return _successors_url(plan.row)

        return once(request, make, says=f"{form.cleaned_data['name']} comes after.")
    return _step(request, plan, form, "Add a new body", "Add it")


@require_http_methods(FORM)
def successor_join(request: SignedIn, pk: int) -> HttpResponse:
    """A body that is in the directory already comes after."""
    plan = _fetch_draft(request, pk)
    form = JoinForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        body = form.known[form.cleaned_data["body"]]
        drafts.join(plan.row, body, form.after(), by=request.user)
        messages.success(request, f"{body} comes after.")
        return redirect(_successors_url(plan.row))
    return _step(request, plan, form, "Add a body that is in the directory", "Add it")


@require_http_methods(FORM)
def successor_edit(request: SignedIn, pk: int, successor: int) -> HttpResponse:
    plan = _fetch_draft(request, pk)
    one = _successor(plan, successor)
    form: SuccessorForm | JoinForm
    if one.new:
        form = SuccessorForm(request.POST or None, plan=plan, successor=one)
    else:
        form = JoinForm(request.POST or None, plan=plan, successor=one)
    if request.method == "POST" and form.is_valid():
        try:
            if isinstance(form, SuccessorForm):
                drafts.save_successor(form.described(), form.after(), by=request.user, loaded=form.loaded)
            else:
                drafts.save_successor(one, form.after(), by=request.user)
            messages.success(request, "Saved.")
            return redirect(_successors_url(plan.row))
        except Changed:
            if not isinstance(form, SuccessorForm):
                raise
            newer = plan_of(_fetch(request, pk))
            form.show_newer(SuccessorForm(plan=newer, successor=_successor(newer, successor)))
    return _step(request, plan, form, f"Change {one}", "Save")


@require_POST
def successor_remove(request: SignedIn, pk: int, successor: int) -> HttpResponse:
    plan = _fetch_draft(request, pk)
    one = _successor(plan, successor)
    drafts.remove_successor(one, by=request.user)
    messages.success(request, f"{one.name} no longer comes after.")
    return redirect(_successors_url(plan.row))


@require_http_methods(FORM)
def reorganisation_footprint(request: SignedIn, pk: int) -> HttpResponse:
    words = ("Save who covers whom", "Nobody covers these bodies.")
    return _decide(request, pk, "footprint", FootprintForm, drafts.set_footprint, *words)


@require_http_methods(FORM)
def reorganisation_people(request: SignedIn, pk: int) -> HttpResponse:
    words = ("Save who moves where", "Nobody holds a role at these bodies on their last day.")
    return _decide(request, pk, "people", SeatsForm, drafts.set_moves, *words)


@require_http_methods(FORM)
def reorganisation_things(request: SignedIn, pk: int) -> HttpResponse:
    words = ("Save what becomes of them", "Nothing stands open for these bodies today.")
    return _decide(request, pk, "things", ThingsForm, drafts.set_fates, *words)


def _decide(
    request: SignedIn,
    pk: int,
    step: str,
    form_of: type[FootprintForm | SeatsForm | ThingsForm],
    save: Callable[..., None],
    submit: str,
    nothing: str,
) -> HttpResponse:
    """One step in which the admin decides of each line; `nothing` is said where there is none."""
    plan = _fetch_draft(request, pk)
    form = form_of(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            save(plan.row, form.decided(), by=request.user, loaded=form.loaded)
            return _saved(request, plan.row)
        except Changed:
            form.show_newer(form_of(plan=plan_of(_fetch(request, pk))))
    beside = {
        "nothing": nothing if set(form.fields) <= {"loaded"} else "",
        "filled_in": pages.state_of(plan, step) == pages.FILLED_IN,
        "spared": plan.spared if step == "things" else [],
        "doubled": plan.doubled if step == "people" else [],
    }
    return _step(request, plan, form, STEPS[step], submit, **beside)


@require_safe
def reorganisation_preview(request: SignedIn, pk: int) -> HttpResponse:
    """Before and after, who gets mail, and what happens to each thing, before anything is prepared."""
    plan = _fetch_draft(request, pk)
    told = {seat.membership.user for seat in plan.seats if seat.membership.user.email}
    context = {
        "row": plan.row,
        "plan": plan,
        "before": pages.before(plan),
        "after": pages.after(plan),
        "maps": pages.maps(plan),
        "told": len(told),
        "problems": acts.problems_of(plan),
        "gone_by": plan.row.on <= dates.today(),
    }
    return render(request, "network/reorganisation_preview.html", context)


@require_POST
def reorganisation_prepare(request: SignedIn, pk: int) -> HttpResponse:
    row = _fetch(request, pk)
    require(request.user, MANAGE)
    acts.prepare(row, by=request.user)
    if row.on <= dates.today():
        acts.bring_into_force()
    row.refresh_from_db()
    if row.status == Status.IN_FORCE:
        messages.success(request, f"It is in force, from {dates.long_date(row.on)} on.")
    elif not row.failed:  # else the page says why
        messages.success(request, f"Prepared. It comes into force by itself on {dates.long_date(row.on)}.")
    return redirect(row)


@require_POST
def reorganisation_reopen(request: SignedIn, pk: int) -> HttpResponse:
    row = _fetch(request, pk)
    require(request.user, MANAGE)
    acts.reopen(row, by=request.user)
    _say_undone(request, row, "It is a draft again. The dates of the bodies are as they were before.")
    return redirect(row)


@require_http_methods(FORM)
def reorganisation_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Asks once, and says what is undone."""
    row = _fetch(request, pk)
    require(request.user, MANAGE)
    if request.method == "POST":
        acts.withdraw(row, by=request.user)
        _say_undone(request, row, "Withdrawn. Everything is as it was before.")
        return redirect(row)
    if row.status not in (Status.DRAFT, Status.PREPARED):
        said = row.get_status_display().lower()
        raise Refused(f"“{row}” is {said}. Only a draft, or one that is prepared, can be withdrawn.")
    context = {"row": row, **_undoing(plan_of(row))}
    return render(request, "network/reorganisation_withdraw.html", context)


@require_http_methods(FORM)
def reorganisation_again(request: SignedIn, pk: int) -> HttpResponse:
    """A new draft like one that was withdrawn; the day is asked where it has gone by."""
    row = _fetch(request, pk)
    require(request.user, MANAGE)
    if reason := again.why_not(row):
        raise Refused(reason)
    if begun := again.open_one(row):
        messages.info(request, "It is started again already. This is what was made of it.")
        return redirect(begun)
    day = again.day_to_come(row)
    typed = "on-day" in request.POST
    form = AgainForm(request.POST if typed else None, initial={"on": day})
    if request.method == "POST" and (form.is_valid() if typed else day):
        on = form.cleaned_data["on"] if typed else day
        try:
            return once(request, lambda: _begun_again(request, row, on), says=BEGUN)
        except Refused as refused:
            if not typed:
                raise
            form.add_error("on", str(refused))
    context = {"row": row, "form": form, "title": "Start again from this one", "submit": "Start again"}
    context["gone_by"] = day is None
    return render(request, "network/reorganisation_again.html", context)


def _begun_again(request: SignedIn, row: Reorganisation, on: date | None) -> str:
    begun = again.start_again(row, by=request.user, on=on)
    if begun.left:
        messages.warning(request, f"Not all of it fits any more. {' '.join(begun.left)}")
    return begun.row.get_absolute_url()


# -- Small things ---------------------------------------------------------------------------------------


def _undoing(plan: Plan) -> dict[str, Any]:
    """What undoing it would mean; or the one that has to be undone first."""
    if plan.row.status == Status.IN_FORCE:
        return {}
    needed_by = acts.needed_by(plan.row)
    return {"needed_by": needed_by} if needed_by else {"undone": undone(plan)}


def _say_undone(request: SignedIn, row: Reorganisation, says: str) -> None:
    """With how the bodies that were to end stand now."""
    now = undone(plan_of(_fetch(request, row.pk)))
    messages.success(request, " ".join([says, *now.bodies]))


def _step(
    request: SignedIn, plan: Plan, form: Any, title: str, submit: str, **beside: object
) -> HttpResponse:
    context = {"row": plan.row, "plan": plan, "form": form, "title": title, "submit": submit, **beside}
    status = form.status if isinstance(form, LoadedMixin) else 200
    return render(request, "network/reorganisation_step.html", context, status=status)


def _saved(request: SignedIn, row: Reorganisation) -> HttpResponse:
    messages.success(request, "Saved.")
    return redirect(row)


def _successors_url(row: Reorganisation) -> str:
    return f"{row.get_absolute_url()}successors/"


def _successor(plan: Plan, pk: int) -> Successor:
    """One of this reorganisation's own."""
    found = next((one for one in plan.successors if one.pk == pk), None)
    if found is None:
        raise Changed("It is no longer among what comes after. Somebody took it out meanwhile.")
    return found
