"""Setting rounds up and reminding authorities: for whoever manages rounds."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from network import audit
from network.guards import SignedIn, require, visible_or_404
from network.roles import Permission
from network.workflow import Refused
from questionnaires import due
from questionnaires.forms.rounds import RoundForm
from questionnaires.models import Round


@require_http_methods(["GET", "HEAD", "POST"])
def round_create(request: SignedIn) -> HttpResponse:
    """A new round, with an empty return for each authority in force when it opens."""
    require(request.user, Permission.ROUND_MANAGE)
    form = RoundForm(request.POST or None)
    if form.is_valid() and (saved := _saved(request, form, "set up a round")):
        return saved
    return render(request, "questionnaires/round_form.html", {"form": form, "round": None})


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: SignedIn, slug: str) -> HttpResponse:
    """Change a round: all of it before it opens, then its title and closing date."""
    asking = visible_or_404(Round, request.user, slug=slug)
    require(request.user, Permission.ROUND_MANAGE)
    form = RoundForm(request.POST or None, instance=asking)
    if form.is_valid() and (saved := _saved(request, form, "changed a round")):
        return saved
    asking.refresh_from_db()  # validation has put what was typed into it
    return render(request, "questionnaires/round_form.html", {"form": form, "round": asking})


def _saved(request: SignedIn, form: RoundForm, verb: str) -> HttpResponse | None:
    """Leads to the round; None, and an error at the form, if somebody was faster with the same name."""
    try:
        with transaction.atomic():
            asking: Round = form.save()
            asking.match_returns()
            audit.record(by=request.user, verb=verb, on=asking, changed=form.changed_data)
    except IntegrityError:
        other = Round.objects.filter(slug=form.instance.slug).exclude(pk=form.instance.pk).first()
        if other is None:
            raise
        form.add_error(
            "slug", f"A round with this short name already exists: “{other}”. It was set up a moment ago."
        )
        return None
    messages.success(request, f"Saved: {asking}.")
    return redirect(asking)


@require_POST
def round_remind(request: SignedIn, slug: str) -> HttpResponse:
    """One mail to each authority that has not submitted, at most one a day."""
    asking = visible_or_404(Round, request.user, slug=slug)
    require(request.user, Permission.ROUND_MANAGE)
    if not asking.is_open:
        raise Refused("Reminders go out while a round is open. This one is not.")
    with transaction.atomic():
        reminded = due.remind(asking)
        audit.record(by=request.user, verb="sent a reminder", on=asking, authorities=reminded)
    if reminded:
        many = "authority" if reminded == 1 else "authorities"
        messages.success(request, f"A reminder is on its way to {reminded} {many}.")
    else:
        messages.info(
            request, "Nobody is left to remind today: each authority gets one reminder a day at most."
        )
    return redirect(asking)
