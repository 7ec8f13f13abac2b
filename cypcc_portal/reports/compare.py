"""What authorities recorded beside what boards returned."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from network.guards import SignedIn


def page(request: SignedIn) -> HttpResponse:
    return render(request, "reports/report_compare.html", {})
