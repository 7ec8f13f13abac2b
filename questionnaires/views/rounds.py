"""Which rounds there are, who has submitted, and what each question brought."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from network import dates
from network.audience import Audience
from network.guards import SignedIn, require, visible_or_404
from network.roles import Permission
from network.tables import respond_table
from questionnaires import due, filling, results
from questionnaires.forms.rounds import IcbFilter, ReturnFilter, RoundFilter
from questionnaires.models import Question, Return, Round
from questionnaires.providers import tile_of
from questionnaires.tables import ResultTable, ReturnTable, RoundTable

SUBMITTED = Q(returns__status=Return.Status.SUBMITTED)


@require_safe
def round_list(request: SignedIn) -> HttpResponse:
    """All rounds that the person may see, newest first."""
    require(request.user, Permission.READ_PARTNERS)
    rows = Round.objects.visible_to(request.user).annotate(
        asked=Count("returns"), submitted=Count("returns", filter=SUBMITTED)
    )
    chosen = RoundFilter(request.GET, queryset=rows)
    context = {"filter": chosen, "may_manage": request.user.may(Permission.ROUND_MANAGE)}
    context["member"] = request.user.may(Permission.READ_NETWORK)
    table = RoundTable(chosen.qs)
    if not request.user.may(Permission.READ_NETWORK):
        table.empty_text = "No answers to a questionnaire are shared with partners yet."
    return respond_table(request, "questionnaires/round_list.html", table, context, whole=rows.count())


@require_safe
def round_detail(request: SignedIn, slug: str) -> HttpResponse:
    """How the round stands: who has submitted, who is missing, one's own return, each question's results."""
    asking = visible_or_404(Round.objects.select_related("version"), request.user, slug=slug)
    returns = list(asking.returns.select_related("authority"))
    for one in returns:
        one.round = asking
    readable = set(Return.objects.visible_to(request.user).filter(round=asking).values_list("pk", flat=True))
    addresses = {one.pk: one.get_absolute_url() for one in returns if one.pk in readable}
    chosen = ReturnFilter(request.GET, queryset=asking.returns.all(), asking=asking)
    wanted = chosen.form.cleaned_data.get("state") if chosen.form.is_valid() else ""
    shown = [one for one in returns if not wanted or one.status == wanted]
    table = ReturnTable(shown, addresses=addresses, closes_on=asking.closes_on)
    context = _round_context(request, asking, returns, addresses) | {"filter": chosen}
    return respond_table(
        request,
        "questionnaires/round_detail.html",
        table,
        context,
        filename=f"{asking.slug}-returns",
        whole=len(returns),
    )


def _round_context(
    request: SignedIn, asking: Round, returns: list[Return], addresses: dict[int, str]
) -> dict[str, Any]:
    own = request.user.standing.organisations(Permission.RETURN_READ)
    closed = [one for one in returns if one.is_closed]
    missing = [one for one in returns if not one.is_submitted and not one.is_closed]
    manages = request.user.may(Permission.ROUND_MANAGE)
    remind = due.to_remind(asking, missing if manages and asking.is_open else [])
    return {
        "round": asking,
        "submitted": len(returns) - len(missing) - len(closed),
        "closed": closed,
        "asked": len(returns),
        "missing": missing,
        "own": [one for one in returns if one.authority_id in own or one.answered_by_id in own],
        "map": _map(returns, addresses),
        "questions": _questions(request, asking),
        "oversees": request.user.may(Permission.RETURN_OVERSEE),
        "may_manage": manages,
        "remind": _remind_words(remind.number),
        "not_reminded": remind.why_not,
        "members": request.user.may(Permission.READ_NETWORK),
        "today": dates.today(),
    }


def _questions(request: SignedIn, asking: Round) -> list[dict[str, Any]]:
    """The questions whose results the person may read; their addresses differ in the code alone."""
    rows = Question.objects.visible_to(request.user).filter(version=asking.version).select_related("section")
    base = reverse("question_results", args=[asking.slug, "code"]).removesuffix("code/")
    return [
        {
            "section": one.section.title,
            "url": f"{base}{one.code}/",
            "words": f"{one.code}. {one.text}",
            "coordinator": one.visibility == Audience.COORDINATOR,
        }
        for one in rows.only("code", "text", "visibility", "position", "section__title")
    ]


def _remind_words(number: int) -> str:
    """The button's words, "" when there is nobody to remind."""
    return f"Send reminder to {number} {'authority' if number == 1 else 'authorities'}" if number else ""


def _map(returns: list[Return], addresses: dict[int, str]) -> dict[str, Any]:
    """The authorities asked as tiles; a tile leads to the return that may be read, else to the authority."""
    placed = [one for one in returns if one.authority.tile_row is not None]
    tiles = {one.pk: tile_of(one, addresses.get(one.pk, "")) for one in placed}
    key = {tile.state: tile for tile in tiles.values()}
    return {
        "tiles": [{"body": one.authority, "tile": tiles[one.pk]} for one in placed],
        "key": [key[state] for state in sorted(key)],
    }


@require_safe
def question_results(request: SignedIn, slug: str, code: str) -> HttpResponse:
    """One question's answers across authorities: a sentence, a chart, a table."""
    asking = visible_or_404(Round.objects.select_related("version"), request.user, slug=slug)
    question = visible_or_404(
        Question.objects.select_related("section"), request.user, version=asking.version, code__iexact=code
    )
    icb_names = {icb.ods_code: icb.full_name for icb in filling.icbs_of(asking)}
    found = results.of(asking, question, request.user, icb_names)
    chosen = IcbFilter(icb_names, request.GET)
    rows = [row for row in found.rows if not chosen.chosen or (row.icb and row.icb.ods_code == chosen.chosen)]
    context = {
        "round": asking,
        "question": question,
        "results": found,
        "oversees": request.user.may(Permission.RETURN_OVERSEE),
        "filter_form": chosen if question.repeated else None,
    }
    return respond_table(
        request,
        "questionnaires/question_results.html",
        ResultTable(found, rows),
        context,
        filename=f"{asking.slug}-{question.code}",
        restricted=lambda: results.answers_read(asking, question, request.user).restricted().exists(),
        whole=len(found.rows),
    )
