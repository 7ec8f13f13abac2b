"""The portal's addresses, and the floor: a signed-in page with the base template and one query of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.http import require_safe

from network.people.models import Organisation

PAGE = """{% extends "base.html" %}{% block title %}The floor{% endblock %}
{% block content %}<h1 class="govuk-heading-l">{{ bodies }} bodies</h1>{% endblock %}"""


@require_safe
def floor(request: HttpRequest) -> HttpResponse:
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"bodies": Organisation.objects.count()}, request))


urlpatterns = [
    path("bench/floor/", floor, name="bench_floor"),
    path("", include("cypcc_portal.urls")),
]
