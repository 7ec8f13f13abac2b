"""Where am I signed in, how long still, and what had I typed when it was over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from network import audit
from network.account.addresses import within
from network.account.sessions import devices, kept, lasting
from network.account.sessions.models import Kept, SignIn
from network.guards import SignedIn, by_itself, visible_or_404

MOST_SHOWN = 50


@require_safe
def session_list(request: SignedIn) -> HttpResponse:
    """Each browser in which the person is signed in, this one first."""
    here = request.session.session_key
    found = sorted(lasting.of(request.user)[:MOST_SHOWN], key=lambda one: one.key != here)
    context = {"sign_ins": found, "here": here}
    return render(request, "account/session_list.html", context | lasting.limits())


@require_POST
def session_end(request: SignedIn, pk: int) -> HttpResponse:
    """Signs out there."""
    there = visible_or_404(SignIn, request.user, pk=pk, ended_at=None)
    lasting.end(SignIn.objects.filter(pk=there.pk))
    audit.record(by=request.user, verb="signed out elsewhere", on=request.user, device=there.device)
    messages.success(request, f"You are signed out of {there.device}.")
    return redirect("session_list")


@require_POST
def session_end_others(request: SignedIn) -> HttpResponse:
    """Signs out everywhere but here."""
    number = lasting.end_all(request.user, but=request)
    audit.record(by=request.user, verb="signed out everywhere else", on=request.user, number=number)
    messages.success(request, "You are signed out everywhere but here.")
    return redirect("session_list")


@require_POST
def session_prolong(request: SignedIn) -> JsonResponse:
    """Somebody said that they are still there: that alone prolongs the session."""
    return JsonResponse(lasting.seconds(request))


@by_itself
@require_safe
def session_left(request: SignedIn) -> JsonResponse:
    """What a page's script asks before it warns: another page may have prolonged the session."""
    return JsonResponse(lasting.seconds(request))


@require_safe
def account_kept(request: SignedIn) -> HttpResponse:
    """What the person had typed when they were signed out; if there is nothing, the page that they wanted."""
    page = within(request, request.GET.get("next", ""))
    found = kept.newest(request.user)
    typed = kept.typed(found) if found else None
    if found is None or typed is None:
        return HttpResponseRedirect(page)
    return render(
        request,
        "account/kept.html",
        {
            "kept": found,
            "typed": typed,
            "page": within(request, typed.page),
            "mine": kept.MINE,
            "here": devices.words(request.META.get("HTTP_USER_AGENT", "")),
        },
    )


@require_POST
def kept_discard(request: SignedIn, pk: int) -> HttpResponse:
    """Throws it away."""
    visible_or_404(Kept, request.user, pk=pk).delete()
    messages.success(request, "What you had typed is thrown away.")
    return HttpResponseRedirect(within(request, request.POST.get("next", "")))
