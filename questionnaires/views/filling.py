"""Filling a return in: a section a page, checking all of it, submitting, reopening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_POST

from network import dates
from network.guards import SignedIn, require
from network.people.history import Break, breaks_between
from network.roles import Permission
from network.workflow import Changed, Refused, allowed
from questionnaires import filling as fillings
from questionnaires import reading, saving
from questionnaires.forms import SectionForm
from questionnaires.models import Return, Section
from questionnaires.views.fetch import return_or_404

LATER = "later"
MISSING = "missing"  # in the address of a section that was said to be completed and can't be yet


@require_http_methods(["GET", "HEAD", "POST"])
def section_edit(request: SignedIn, slug: str, authority: str, section: str) -> HttpResponse:
    """One section's questions; saving keeps everything that was sent, or nothing and says why."""
    row = return_or_404(request, slug, authority)
    require(request.user, Permission.RETURN_EDIT, at=row.answering)
    sections = list(row.round.version.sections.all())
    here = next((one for one in sections if one.code.lower() == section.lower()), None)
    if here is None:
        raise Http404("The questionnaire has no such section.")
    if request.method == "POST":
        return _section_saved(request, row, here, sections)
    if reason := saving.why_not_editable(row):
        messages.info(request, reason)
        return redirect(row)
    before, last = fillings.last_answers(row, here, request.user)
    filling = fillings.load_section(row, here, request.user)
    form = SectionForm(filling, here, completed=saving.completed(row, here), last=last)
    if MISSING in request.GET:
        form.lacking = [one for one in filling.missing() if one.question.section_id == here.pk]
    return _section_page(request, row, form, sections, before)


def _section_saved(request: SignedIn, row: Return, here: Section, sections: list[Section]) -> HttpResponse:
    uploads: MultiValueDict[str, Any] = request.FILES
    form = saving.save_section(row, here, by=request.user, data=request.POST, uploads=uploads)
    if form.notice or form.errors:
        before, form.last = fillings.last_answers(row, here, request.user)
        return _section_page(request, row, form, sections, before, status=409 if form.notice else 200)
    return _after_saving(request, row, form, sections)


def _after_saving(request: SignedIn, row: Return, form: SectionForm, sections: list[Section]) -> HttpResponse:
    """On to the next section; back to this one, with what is missing, if it can't be completed yet."""
    here, later = form.section, request.POST.get("next") == LATER
    for section in form.reopened:
        messages.warning(request, f"{section} is in progress again: your answers here ask for more there.")
    if form.lacking and not later:
        address = reverse("section_edit", args=[row.round.slug, row.authority.slug, here.code])
        return redirect(f"{address}?{MISSING}=yes")
    if form.lacking:
        codes = ", ".join(dict.fromkeys(one.question.code for one in form.lacking))
        messages.warning(request, f"Saved. {here} stays in progress: required answers are missing ({codes}).")
    else:
        messages.success(request, f"Saved: {here}.")
    following = sections[sections.index(here) + 1 :]
    if later:
        return redirect(row)
    if following:
        return redirect("section_edit", row.round.slug, row.authority.slug, following[0].code)
    return redirect("return_check", row.round.slug, row.authority.slug)


def _section_page(
    request: SignedIn, row: Return, form: SectionForm, sections: list[Section], before: Any, status: int = 200
) -> HttpResponse:
    context = {
        "row": row,
        "round": row.round,
        "form": form,
        "section": form.section,
        "sections": sections,
        "before": before,
        "breaks": _breaks(row, before),
        "suggested": bool(form.filling.icb_question) and not form.filling.ticked,
        "repeats": any(block.icb for block in form.blocks),
        "has_errors": bool(form.errors or form.notice or form.lacking),
    }
    return render(request, "questionnaires/section_form.html", context, status=status)


def _breaks(row: Return, before: Return | None) -> list[Break]:
    """Where another authority answered last time, or is asked about a year before it existed: why."""
    born = row.authority.starts_on
    of_another = before is not None and before.authority_id != row.authority_id
    if not of_another and (born is None or born <= row.round.year.first):
        return []
    return breaks_between([row.authority], row.round.year.first, dates.today())


@require_http_methods(["GET", "HEAD", "POST"])
def return_check(request: SignedIn, slug: str, authority: str) -> HttpResponse:
    """All answers on one page, what is missing, and the button that submits them."""
    row = return_or_404(request, slug, authority)
    require(request.user, Permission.RETURN_READ, at=row.answering)
    if request.method == "POST":
        require(request.user, Permission.RETURN_SUBMIT, at=row.answering)
        return _submitted(request, row)
    if row.is_submitted:
        return redirect("return_receipt", slug, authority)
    return _check_page(request, row)


def _submitted(request: SignedIn, row: Return) -> HttpResponse:
    """Submitting twice leads to the same receipt."""
    if row.is_submitted:
        return redirect("return_receipt", row.round.slug, row.authority.slug)
    try:
        saving.submit(row, by=request.user, mark=request.POST.get("mark", ""))
    except Changed:
        return redirect("return_receipt", row.round.slug, row.authority.slug)
    except Refused as reason:
        return _check_page(request, row, problem=str(reason), status=409)
    except saving.AnswersChanged:
        return _check_page(
            request,
            row,
            problem="An answer was changed after you opened this page. Check the answers again, then submit.",
            status=409,
        )
    except saving.Incomplete:
        return _check_page(
            request, row, problem="Some answers are missing. Add them, then submit.", status=400
        )
    return redirect("return_receipt", row.round.slug, row.authority.slug)


def _check_page(request: SignedIn, row: Return, *, problem: str = "", status: int = 200) -> HttpResponse:
    filling = fillings.load(row, request.user)
    parts = reading.draft(filling)
    context = {
        "row": row,
        "round": row.round,
        "parts": parts,
        "missing": sum(len(part.missing) for part in parts),
        "mark": filling.mark(),
        "may_submit": any(move.name == "submit" for move in allowed(row, request.user)),
        "may_edit": request.user.may(Permission.RETURN_EDIT, at=row.answering) and row.round.is_open,
        "not_open": row.round.why_not_open(),
        "problem": problem,
        "has_errors": bool(problem),
    }
    return render(request, "questionnaires/return_check.html", context, status=status)


@require_POST
def return_reopen(request: SignedIn, slug: str, authority: str) -> HttpResponse:
    """Back to draft, while the round is open."""
    row = return_or_404(request, slug, authority)
    require(request.user, Permission.RETURN_SUBMIT, at=row.answering)
    saving.reopen(row, by=request.user)
    messages.success(request, "The return is a draft again. Nobody else can read it until you submit it.")
    return redirect(row)
