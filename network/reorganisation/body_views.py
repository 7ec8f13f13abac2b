"""Adding and changing one body."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from network.guards import SignedIn, require, visible_or_404
from network.once import once
from network.people.models import Organisation
from network.reorganisation import bodies
from network.reorganisation.forms import OrganisationForm
from network.reorganisation.models import MANAGE
from network.workflow import Changed


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_add(request: SignedIn) -> HttpResponse:
    require(request.user, MANAGE)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return once(
            request,
            lambda: bodies.add(by=request.user, **form.described()).get_absolute_url(),
            says=f"{form.cleaned_data['name']} is in the directory.",
        )
    return render(request, "network/organisation_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: SignedIn, slug: str) -> HttpResponse:
    body = visible_or_404(Organisation, request.user, slug=slug)
    require(request.user, MANAGE)
    form = OrganisationForm(request.POST or None, instance=body)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        if reason := bodies.dates_stand(body, changes):
            form.add_error("ends_on" if "ends_on" in changes else "starts_on", reason)
        else:
            try:
                if changes:
                    bodies.change(body, by=request.user, loaded=form.loaded, **changes)
                    messages.success(request, "The body is changed.")
                return redirect(body)
            except Changed:
                now = visible_or_404(Organisation, request.user, pk=body.pk)
                form.show_newer(OrganisationForm(instance=now))
    context = {"form": form, "body": body}
    return render(request, "network/organisation_form.html", context, status=form.status)
