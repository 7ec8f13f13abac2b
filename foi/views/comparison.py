"""One item across the bodies of a round."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foi.compare import Comparison, compare
from foi.forms.requests import CompareForm
from foi.models import FoiRound, Item, Outcome
from network import audit, dates, files
from network.guards import SignedIn, fresh_sign_in, visible_or_404
from network.mail import DEMONSTRATION

FIRST = "1.1"


@require_safe
def item_compare(request: SignedIn, round: str) -> HttpResponse:
    """The item as a table of bodies and years, with totals that say what they leave out."""
    found = visible_or_404(FoiRound, request.user, slug=round)
    items = Item.objects.visible_to(request.user).filter(version=found.version_id).defer("choices", "slips")
    code, year = request.GET.get("item") or FIRST, request.GET.get("year", "")
    item = items.filter(code=code).first()
    if item is None or year not in ("", *found.years):
        raise Http404("This was not asked in this round.")
    comparison = compare(found, item, request.user, year if "" not in item.years_of(found.years) else "")
    if request.GET.get("export") in ("xlsx", "csv"):
        outcomes = Outcome.objects.visible_to(request.user).filter(request__round=found, item=item)
        if outcomes.restricted().exists():
            fresh_sign_in(request)
        kind = request.GET["export"]
        audit.record(
            by=request.user, verb="exported a list", on=found, list=f"Comparison: {item.label}", as_file=kind
        )
        return _download(found, comparison, request.GET["export"])
    form = CompareForm({"item": item.code, "year": year}, items=list(items), years=found.years)
    context = {
        "round": found,
        "comparison": comparison,
        "rows": _rows(comparison),
        "chart_title": f"{item.label}, {comparison.years[comparison.latest]}",
        "form": form,
    }
    return render(request, "foi/item_compare.html", context)


def _rows(comparison: Comparison) -> list[dict[str, object]]:
    """The lines with each cell's text and the numbers of its footnotes."""
    numbers = {note: str(number) for number, note in enumerate(comparison.notes, start=1)}
    return [
        {
            "body": line.body.full_name,
            "url": line.url,
            "breaks": line.breaks,
            "cells": [(each.text, ", ".join(numbers[note] for note in each.notes)) for each in line.cells],
        }
        for line in comparison.lines
    ]


def _download(round: FoiRound, comparison: Comparison, kind: str) -> HttpResponse:
    item = comparison.item
    headers, rows = comparison.download()
    notes = [f"[{symbol}] {words}" for symbol, words in comparison.symbols]
    name = f"{round.slug}-{item.code}-{dates.today().isoformat()}.{kind}"
    if kind == "csv":
        demo = [[DEMONSTRATION]] if settings.PORTAL_DEMO else []
        return files.csv_response(name, headers, [*rows, *([note] for note in notes), *demo])
    note = "; ".join([f"{item.label} ({item.unit})", *notes])
    return files.workbook_response(name, [files.Sheet(str(item)[:31], headers, rows, note=note)])
