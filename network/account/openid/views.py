"""To the provider, back from it, and the page on which somebody says that an account is theirs."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.account import second_factor
from network.account.addresses import within
from network.account.openid import acts, provider
from network.account.openid.models import OrganisationAccount
from network.account.openid.provider import Identity, NotSignedIn, Wanted
from network.guards import SignedIn, fresh_sign_in
from network.people.models import User
from network.workflow import Refused

UNKNOWN = (
    "This account is not connected with anybody in the portal. If you have been invited, follow the link in "
    "the mail. If you have an account here, sign in with your e-mail address and password; then you can "
    "connect it under your name."
)


@login_not_required
@require_safe
def organisation_sign_in(request: HttpRequest) -> HttpResponse:
    """Leads to the provider. It changes nothing: whoever comes back is looked at then."""
    provider.on_or_404()
    to = within(request, request.GET.get("next", ""))
    return _leave(request, Wanted(to, invited="invited" in request.GET))


@require_safe
def organisation_again(request: SignedIn) -> HttpResponse:
    """Who is asked again shows at the provider who they are."""
    provider.on_or_404()
    return _leave(request, Wanted(within(request, request.GET.get("next", "")), again=True))


def _leave(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    try:
        return provider.leave(request, wanted)
    except NotSignedIn as refusal:
        return _refused(request, refusal)


@login_not_required
@require_safe
def organisation_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    provider.on_or_404()
    try:
        identity, wanted = provider.came_back(request)
        if isinstance(request.user, User):
            return _back_signed_in(request, request.user, identity, wanted)
        return _back(request, identity, wanted)
    except NotSignedIn as refusal:
        return _refused(request, refusal)


def _back_signed_in(request: HttpRequest, person: User, identity: Identity, wanted: Wanted) -> HttpResponse:
    if wanted.again:
        acts.show_again(request, person, identity)
        if second_factor.missing(request) == "show":
            messages.info(request, f"{capfirst(settings.OIDC_NAME)} asked for no second step. Show your own.")
        return HttpResponseRedirect(wanted.to)
    if acts.owner(identity) == person:
        return HttpResponseRedirect(wanted.to)
    acts.wait(request, identity)
    return redirect("organisation_connect")


def _back(request: HttpRequest, identity: Identity, wanted: Wanted) -> HttpResponse:
    person = acts.owner(identity)
    if person is None and wanted.invited:
        acts.wait(request, identity)
        return HttpResponseRedirect(wanted.to)
    if person is None:
        raise NotSignedIn(UNKNOWN)
    if not person.is_active:
        return redirect("account_inactive")
    return acts.enter(request, person, identity, wanted.to)


def _refused(request: HttpRequest, refusal: NotSignedIn) -> HttpResponse:
    context = {"reason": str(refusal), "name": settings.OIDC_NAME}
    return render(request, "account/organisation_refused.html", context, status=refusal.code)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_connect(request: SignedIn) -> HttpResponse:
    """What is connected, or the way to it; once back from there, whether this account is the person's."""
    provider.on_or_404()
    fresh_sign_in(request)
    identity = acts.waiting(request)
    if request.method == "POST":
        if identity is None:
            raise Refused("That took longer than ten minutes. Begin again.")
        acts.connect(person=request.user, identity=identity)
        acts.wait_no_more(request)
        messages.success(request, f"{capfirst(settings.OIDC_NAME)} now signs you in.")
        return redirect("organisation_connect")
    context = {
        "name": settings.OIDC_NAME,
        "identity": identity,
        "connected": OrganisationAccount.objects.filter(user=request.user).first(),
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "account/organisation_connect.html", context)


@require_POST
def organisation_disconnect(request: SignedIn) -> HttpResponse:
    provider.on_or_404()
    fresh_sign_in(request)
    acts.disconnect(person=request.user)
    messages.success(request, f"{capfirst(settings.OIDC_NAME)} no longer signs you in.")
    return redirect("organisation_connect")
