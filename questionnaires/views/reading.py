"""Reading a return: one's own as a task list, a shared one as its answers; the receipt; evidence."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from network import audit, files
from network.guards import SignedIn, fresh_sign_in, require, visible_or_404
from network.roles import Permission
from network.workflow import allowed
from questionnaires import filling as fillings
from questionnaires import reading
from questionnaires.models import Answer, Return, SectionState
from questionnaires.views.fetch import is_own, return_or_404


@require_safe
def return_detail(request: SignedIn, slug: str, authority: str) -> HttpResponse:
    """The task list for who fills the return in; the answers for everybody else who may read them."""
    row = return_or_404(request, slug, authority)
    editing = request.user.may(Permission.RETURN_EDIT, at=row.answering) and not row.is_submitted
    if editing and row.round.is_open:
        return render(request, "questionnaires/return_tasks.html", _tasks(row))
    filling = fillings.load(row, request.user)
    context = {
        "row": row,
        "round": row.round,
        "parts": reading.submitted(filling) if row.is_submitted else reading.draft(filling),
        "receipt": is_own(request, row) or row.inherited or request.user.may(Permission.RETURN_OVERSEE),
        "moves": allowed(row, request.user),
        "not_open": row.round.why_not_open(),
    }
    return render(request, "questionnaires/return_detail.html", context)


def _tasks(row: Return) -> dict[str, Any]:
    sections = list(row.round.version.sections.all())
    states = dict(SectionState.objects.filter(for_return=row).values_list("section_id", "completed"))
    answered = Q(value__isnull=False) | Q(evidence__isnull=False)
    begun = dict(
        row.answers.filter(answered).values_list("question__section_id").annotate(Count("pk")).order_by()
    )
    tasks = []
    for section in sections:
        status, colour = _status(states.get(section.pk), begun.get(section.pk, 0))
        url = reverse("section_edit", args=[row.round.slug, row.authority.slug, section.code])
        tasks.append({"title": str(section), "url": url, "status": status, "colour": colour})
    done = sum(bool(states.get(section.pk)) for section in sections)
    return {"row": row, "round": row.round, "tasks": tasks, "done": done, "all_done": done == len(sections)}


def _status(completed: bool | None, answered: int) -> tuple[str, str]:
    if completed:
        return "Completed", ""
    if answered or completed is not None:
        return "In progress", "light-blue"
    return "Not started", "blue"


@require_safe
def return_receipt(request: SignedIn, slug: str, authority: str) -> HttpResponse:
    """What was submitted, when and by whom, and what happens next."""
    row = return_or_404(request, slug, authority)
    if not (row.inherited or request.user.may(Permission.RETURN_OVERSEE)):
        require(request.user, Permission.RETURN_READ, at=row.answering)
    if not row.is_submitted:
        return redirect(row)
    held = row.answers.filter(submitted=True).count()
    context = {"row": row, "round": row.round, "held": held, "moves": allowed(row, request.user)}
    return render(request, "questionnaires/return_receipt.html", context)


@require_safe
def evidence_download(request: SignedIn, slug: str, authority: str, answer: int) -> HttpResponseBase:
    """A file attached to an answer, for whoever may read the answer."""
    found = visible_or_404(
        Answer.objects.select_related("evidence", "for_return__round", "for_return__authority").filter(
            evidence__isnull=False
        ),
        request.user,
        pk=answer,
        for_return__round__slug=slug,
        for_return__authority__slug=authority,
    )
    assert found.evidence is not None
    if not is_own(request, found.for_return) and Answer.objects.filter(pk=found.pk).restricted().exists():
        fresh_sign_in(request)
    audit.record(by=request.user, verb="downloaded", on=found.for_return, file=found.evidence.name)
    return files.download(found.evidence)
