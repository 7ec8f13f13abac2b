"""Recording a reply, with the letter beside you: one question a page."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from foi import casework, returns
from foi.forms import AnsweredForm, AnswerForm, RestForm
from foi.forms.answers import named_in
from foi.models import Outcome, Request
from foi.models.outcomes import Code
from foi.models.requests import ANSWERING
from foi.reading import Reader
from foi.replies import Reply, outcomes_of
from foi.views.common import asked_or_404, said_of
from network.forms.problems import problems
from network.guards import SignedIn, require
from network.marks import Loaded
from network.people.models import User
from network.roles import Permission
from network.workflow import Changed, Refused, allowed


def _recordable(user: User, round: str, icb: str) -> Request:
    asked = asked_or_404(user, round, icb)
    require(user, Permission.FOI_MANAGE)
    if not asked.recordable:
        raise Refused("A reply can be recorded once the request was sent, and not after it lapsed.")
    return asked


def _page(request: SignedIn, asked: Request, form: RestForm) -> HttpResponse:
    outcomes = outcomes_of(asked, request.user)
    reply = Reply.of(asked, outcomes, Reader.of(request.user))
    tasks = [
        {
            "title": f"{question.number}. {question.title}",
            "url": asked.url("foi_reply_question", question.number),
            "status": question.status,
            "colour": question.colour,
        }
        for question in reply.questions
    ]
    warnings = returns.warnings(asked.round.version, outcomes)
    context = {
        "asked": asked,
        "reply": reply,
        "tasks": tasks,
        "warnings": warnings,
        "form": form,
        "answered": _day_asked(asked, reply, request.user),
    }
    return render(request, "foi/reply_detail.html", context)


def _day_asked(asked: Request, reply: Reply, user: User) -> AnsweredForm | None:
    """Once everything is recorded and the day on which it came is not: the question for that day."""
    if not asked.undated or reply.unrecorded:
        return None
    moves = {move.name: move for move in allowed(asked, user)}
    return AnsweredForm(request=asked, moves=[moves[name] for name in ANSWERING if name in moves])


@require_safe
def reply_detail(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """The seven questions as a task list, and what to do with all that the letter passes over."""
    return _page(request, _recordable(request.user, round, icb), RestForm())


@require_http_methods(["GET", "HEAD", "POST"])
def reply_rest(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """One outcome for everything that is not recorded yet; its form stands on the page of the reply."""
    asked = _recordable(request.user, round, icb)
    if request.method != "POST":
        return redirect(asked.url("foi_reply_detail"))
    form = RestForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    outcome = Code(form.cleaned_data["outcome"])
    sections = named_in(form.cleaned_data["sections"])
    number = casework.fill_rest(asked, outcome, sections=sections, by=request.user)
    messages.success(request, f"{number} more recorded as: {outcome.label.lower()}.")
    return redirect(asked.url("foi_reply_detail"))


@require_http_methods(["GET", "HEAD", "POST"])
def reply_question(request: SignedIn, round: str, icb: str, question: int) -> HttpResponse:
    """All items of one question, for each year. All of it is saved or nothing."""
    asked = _recordable(request.user, round, icb)
    kept = outcomes_of(asked, request.user, question=question)
    if not kept:
        raise Http404("There is no such question.")
    forms = _forms(request, asked, kept)
    if request.method != "POST" or not _valid(forms):
        mark = request.POST.get("loaded") or casework.mark_of_answers(kept)
        return _question(request, asked, question, forms, mark)
    typed = [form.apply() for form in forms]
    try:
        loaded = Loaded(request.POST.get("loaded", ""))
        casework.save_outcomes(asked, typed, by=request.user, loaded=loaded)
    except Changed:
        now = outcomes_of(asked, request.user, question=question)
        mark = casework.mark_of_answers(now)
        return _question(request, asked, question, forms, mark, newer=_newer(now, typed))
    messages.success(request, f"Question {question} is saved.")
    return redirect(asked.url("foi_reply_detail"))


def _question(
    request: SignedIn,
    asked: Request,
    number: int,
    forms: list[AnswerForm],
    mark: str,
    newer: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """The page, with the mark of the answers that it was filled with; `newer`: what a colleague recorded."""
    found = [
        replace(problem, message=f"{form.of}: {problem.message}")
        for form in forms
        for problem in problems([form])
    ]
    context = {
        "loaded": mark,
        "form": {"meanwhile": newer is not None, "newer": newer},
        "asked": asked,
        "number": number,
        "title": asked.round.version.question(number),
        "groups": _by_item(forms),
        "problems": found,
        "has_errors": bool(found),
    }
    return render(request, "foi/reply_form.html", context, status=200 if newer is None else 409)


def _newer(now: list[Outcome], typed: list[Outcome]) -> list[tuple[str, str]]:
    """What stands there now, where it differs from what was typed: the item and year, and the answer."""
    lines = zip(said_of(now), said_of(typed), strict=True)
    return [(label, stands) for (label, stands), (_, wanted) in lines if stands != wanted]


def _valid(forms: list[AnswerForm]) -> bool:
    """Whether all are; each is asked, so that every problem is shown at once."""
    return [form.is_valid() for form in forms].count(False) == 0


def _forms(request: SignedIn, asked: Request, kept: list[Outcome]) -> list[AnswerForm]:
    data = request.POST if request.method == "POST" else None
    return [AnswerForm(data, kept=outcome) for outcome in kept]


def _by_item(forms: list[AnswerForm]) -> list[list[AnswerForm]]:
    groups: dict[int, list[AnswerForm]] = {}
    for form in forms:
        groups.setdefault(form.item.pk, []).append(form)
    return list(groups.values())
