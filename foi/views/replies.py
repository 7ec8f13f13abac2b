"""Recording a reply, with the letter beside you: one question a page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foi import casework, returns
from foi.forms import AnswerForm, RestForm
from foi.models import Outcome, Request
from foi.models.outcomes import Code
from foi.reading import Reader
from foi.replies import Reply, outcomes_of
from foi.views.common import asked_or_404
from network.forms.problems import problems
from network.guards import SignedIn, require
from network.people.models import User
from network.roles import Permission
from network.workflow import Refused


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
    context = {"asked": asked, "reply": reply, "tasks": tasks, "warnings": warnings, "form": form}
    return render(request, "foi/reply_detail.html", context)


@require_safe
def reply_detail(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """The seven questions as a task list, and what to do with all that the letter passes over."""
    return _page(request, _recordable(request.user, round, icb), RestForm())


@require_POST
def reply_rest(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """One outcome for everything that is not recorded yet."""
    asked = _recordable(request.user, round, icb)
    form = RestForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    outcome = Code(form.cleaned_data["outcome"])
    sections = form.cleaned_data["sections"]
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
    if request.method == "POST" and _valid(forms):
        casework.save_outcomes(asked, [form.apply() for form in forms], by=request.user)
        messages.success(request, f"Question {question} is saved.")
        return redirect(asked.url("foi_reply_detail"))
    found = problems(forms)
    context = {
        "asked": asked,
        "number": question,
        "title": asked.round.version.question(question),
        "groups": _by_item(forms),
        "problems": found,
        "has_errors": bool(found),
    }
    return render(request, "foi/reply_form.html", context)


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
