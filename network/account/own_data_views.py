"""A copy of one's own data: asked for, made by a worker, and taken."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from network.account import own_data
from network.account.models import OwnCopy
from network.guards import SignedIn, fresh_sign_in, visible_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def profile_data(request: SignedIn) -> HttpResponse:
    """What the file holds, the button that has it made, and the copy that lies ready."""
    fresh_sign_in(request)
    if request.method == "POST":
        return redirect("job_detail", pk=own_data.ask(request.user).pk)
    copy = OwnCopy.objects.visible_to(request.user).defer("sealed").first()
    context = {
        "absent": own_data.ABSENT,
        "copy": copy,
        "until": own_data.good_until(copy) if copy else None,
        "job": own_data.open_job(request.user),
    }
    return render(request, "network/profile_data.html", context)


@require_POST
def profile_copy(request: SignedIn) -> HttpResponse:
    """The copy itself, for its owner."""
    fresh_sign_in(request)
    return own_data.hand_out(visible_or_404(OwnCopy, request.user), by=request.user)
