"""One request: how it stands, its letter, and what is recorded of its course."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from foi import casework, returns
from foi.deadlines import Deadline
from foi.forms import MoveForm, RequestForm, SendForm
from foi.letters import Letter
from foi.models import Outcome, Request, RequestEvent
from foi.models.requests import EDITABLE, Status, dissolved, why_no_addressee
from foi.reading import Reader
from foi.replies import Reply, outcomes_of
from foi.tables import COLOURS
from foi.views.common import asked_or_404, said_of
from network import audit, dates, files, widening
from network.audience import Audience
from network.guards import SignedIn, fresh_for, require
from network.people.models import BankHoliday, Membership, User
from network.roles import Permission, Role
from network.workflow import Changed, Refused, Transition, allowed

SENDING = {"send", "send_again"}


@require_safe
def request_detail(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """The request, its clock and course for members; what came back for everybody who reads it."""
    asked = asked_or_404(request.user, round, icb)
    outcomes = outcomes_of(asked, request.user)
    reader = Reader.of(request.user)
    context = {
        "asked": asked,
        "reply": Reply.of(asked, outcomes, reader),
        "own": reader.knows(asked.body_id) and not reader.member,
        "member": reader.member,
        **(_course(request.user, asked, outcomes) if reader.member else {}),
    }
    return render(request, "foi/request_detail.html", context)


def _course(user: User, asked: Request, outcomes: list[Outcome]) -> dict[str, object]:
    """What members see besides the figures."""
    events = RequestEvent.objects.visible_to(user).order_by("pk")
    prefetch_related_objects([asked], Prefetch("events", queryset=events))  # the clock replays these
    moves = allowed(asked, user)
    return {
        "events": asked.events.all(),
        "deadline": Deadline.of(asked, BankHoliday.known()),
        "colour": COLOURS.get(asked.status, "blue"),
        "may_manage": user.may(Permission.FOI_MANAGE),
        "particulars": _particulars(asked),
        "edit_url": asked.url("foi_request_edit") if _editable(asked, user) else "",
        "sendable": any(move.name in SENDING for move in moves),
        "movable": bool(dated(moves)),
        "undated": asked.undated,
        "warnings": returns.warnings(asked.round.version, outcomes) if outcomes else [],
        "is_lapsed": asked.status == Status.LAPSED,
        "gone": dissolved(asked.sent_to),
    }


def _editable(asked: Request, user: User) -> bool:
    return asked.status in EDITABLE and user.may(Permission.FOI_MANAGE)


def _particulars(asked: Request) -> list[dict[str, str]]:
    """Who asks, for whom, where it went; `about` names what the coordinator may change in a draft."""
    answers = asked.sent_to.full_name
    if asked.sent_to_id != asked.body_id:
        answers += f", which answers for {asked.body.full_name}"
    shared = (
        f"Members and, since {dates.long_date(asked.shared_on)}, health partners" if asked.shared_on else ""
    )
    members = "Members of the network"
    if asked.taken_back_on:
        members += f"; partners read them until {dates.long_date(asked.taken_back_on)}"
    readers = "The coordinator" if asked.is_draft else shared or members
    lines = [
        ("Applicant", asked.applicant or "Not entered yet", "the applicant"),
        ("Made for", asked.made_for.name, "the authority it is made for"),
        ("Address for the reply", asked.reply_to or "Not entered yet", "the address for the reply"),
        ("Body that answers", answers, "the body that answers"),
        ("Sent to", asked.address or "Not entered yet", "the address it is sent to"),
        ("Sent", dates.long_date(asked.sent_on) if asked.sent_on else "Not yet", ""),
        ("Received", dates.long_date(asked.received_on) if asked.received_on else "Not yet", ""),
        ("Figures read by", readers, ""),
    ]
    return [{"key": key, "value": value, "about": about} for key, value, about in lines]


def dated(moves: list[Transition]) -> list[Transition]:
    """The moves that are recorded with one date; sending has a page of its own."""
    return [move for move in moves if move.name not in SENDING]


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """The particulars, until it is sent; of a lapsed one, to send it again."""
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.FOI_MANAGE)
    if asked.status not in EDITABLE:
        raise Refused("This request has been sent: what it said stays as it was.")
    form = RequestForm(request.POST or None, instance=asked)
    if form.is_valid():
        try:
            if changes := form.changes():
                casework.edit(asked, changes, loaded=form.loaded, by=request.user)
            messages.success(request, "Saved.")
            return redirect(asked.url("foi_request_send") if asked.status == Status.LAPSED else asked)
        except Changed:
            form.show_newer(RequestForm(instance=asked_or_404(request.user, round, icb)))
    context = {"form": form, "asked": asked, "re_send": _re_send(asked)}
    return render(request, "foi/request_form.html", context, status=form.status)


def _re_send(asked: Request) -> str:
    """What the page of a lapsed request is for, or ""."""
    if asked.status != Status.LAPSED:
        return ""
    answers = casework.answers_for(asked.body)
    return f"Re-send to {answers[0].full_name if len(answers) == 1 else 'the successor'}"


@require_safe
def request_letter(request: SignedIn, round: str, icb: str) -> HttpResponse:
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.READ_NETWORK)
    unsendable = why_no_addressee(asked.sent_to) if asked.status in EDITABLE else ""
    return render(request, "foi/letter_detail.html", Letter.of(asked).context() | {"unsendable": unsendable})


@require_safe
def request_letter_pdf(request: SignedIn, round: str, icb: str) -> HttpResponse:
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.READ_NETWORK)
    fresh_for(request, asked.audience)
    if asked.status in EDITABLE and (why := why_no_addressee(asked.sent_to)):
        raise Refused(why)
    letter = Letter.of(asked)
    audit.record(by=request.user, verb="downloaded", on=asked)
    return files.pdf_response(letter.pdf(), letter.filename)


@require_http_methods(["GET", "HEAD", "POST"])
def request_send(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """Record that the letter went out. The portal sends no letter itself."""
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.FOI_MANAGE)
    again = asked.status == Status.LAPSED
    move = asked.workflow.find("send_again" if again else "send")
    if asked.status not in move.sources:
        raise Refused("This request has been sent already.")
    if why := move.check(asked):
        messages.error(request, why)
        return redirect(asked.url("foi_request_edit"))
    form = SendForm(request.POST or None)
    if form.is_valid():
        casework.send(asked, by=request.user, again=again, **form.cleaned_data)
        messages.success(request, "Recorded as sent. The network can read it now, and its clock runs.")
        return redirect(asked)
    return render(request, "foi/request_send.html", {"form": form, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
def request_move(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """Record what happened on which day."""
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.FOI_MANAGE)
    moves = dated(allowed(asked, request.user))
    form = MoveForm(request.POST or None, request=asked, moves=moves)
    if form.is_valid():
        data = form.cleaned_data
        casework.record(asked, data["move"], by=request.user, on=data["on"], note=data["note"])
        messages.success(request, f"Recorded: {asked.get_status_display().lower()}.")
        return redirect(asked)
    return render(request, "foi/request_move.html", {"form": form, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
def request_share(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """Asked once, with who will read it: what partners have read can't be called back."""
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.FOI_MANAGE)
    if asked.is_draft:
        raise Refused("This request has not been sent: there is nothing to share.")
    change = {"before": asked.audience, "after": Audience.PARTNERS}
    shown: widening.Shown | None = None
    if key := widening.said_yes(request, asked, **change):
        shown = widening.shown_then(request)
        try:
            with widening.Asked(request.user, key=key).once():
                casework.share(asked, by=request.user, shown=shown)
            says = f"The figures recorded for {asked.body.full_name} are shared with partners."
            messages.success(request, says)
            return redirect(asked)
        except Changed:
            asked = asked_or_404(request.user, round, icb)
    return _share_asked(request, asked, shown, **change)


def _share_asked(
    request: SignedIn, asked: Request, shown: widening.Shown | None, **change: str
) -> HttpResponse:
    """The question, with what changed since it was asked before, of which `shown` are the marks."""
    outcomes = outcomes_of(asked, request.user)
    marks = casework.marks_shown(outcomes)
    before = marks if shown is None else shown
    changed = [each for each in outcomes if before.get(str(each.pk)) != marks[str(each.pk)]]
    context = {
        "asked": asked,
        "seats": _partners(),
        "reply": Reply.of(asked, outcomes, Reader(member=False)),  # as a stranger among partners
        "changed": said_of(changed),
        "yes": widening.yes(request.user, asked, shown=marks, **change),
    }
    return render(request, "foi/request_share.html", context, status=409 if changed else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def request_take_back(request: SignedIn, round: str, icb: str) -> HttpResponse:
    """Partners read the figures no more. Nothing is asked for fewer readers: the page says what stays."""
    asked = asked_or_404(request.user, round, icb)
    require(request.user, Permission.FOI_MANAGE)
    if request.method == "POST":
        casework.take_back(asked, by=request.user)
        messages.success(request, f"Partners no longer read the figures of {asked.body.full_name}.")
    if request.method == "POST" or not asked.is_shared:
        return redirect(asked)
    return render(request, "foi/request_take_back.html", {"asked": asked, "seats": _partners()})


def _partners() -> QuerySet[Membership]:
    seats = Membership.objects.in_force().filter(role=Role.PARTNER, user__is_active=True)
    return seats.select_related("user", "organisation")
