"""What do I have to do now?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from network.guards import SignedIn


def home(request: SignedIn) -> HttpResponse:
    return render(request, "home.html")
