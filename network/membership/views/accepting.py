"""The pages of somebody who is invited: no sign-in, only the link of the mail.

The link's token is read once and left behind: the page that follows has an address without it, so that it
stands in no history, no log and no Referer. Looking at a link changes nothing: a mail scanner may follow it.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from allauth.account.internal import flows
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from network.account.openid import acts as openid
from network.account.openid.provider import Identity, is_on
from network.guards import SignedIn
from network.membership import inviting
from network.membership.forms import NewAccountForm
from network.membership.models import Invitation, digest
from network.people.models import User
from network.workflow import Changed, Refused

KEPT = "invitation"  # the link’s digest, in the visitor’s session


@login_not_required
@require_safe
@sensitive_variables("token")
def invitation_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Notes which link was followed and leads on; an unknown one leaves nothing behind."""
    kept = digest(token)
    if inviting.good(kept):
        request.session[KEPT] = kept
    else:
        request.session.pop(KEPT, None)
    answer = redirect("invitation_accept")
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Name and password for somebody new; whoever has an account is led to sign in, and on from there."""
    invitation = inviting.good(request.session.get(KEPT, ""))
    if invitation is None:
        return _gone(request)
    if request.user.is_authenticated:
        return redirect("invitation_role")
    try:
        return _signed_out(request, invitation)
    except Refused as refusal:
        return _gone(request, str(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_role(request: SignedIn) -> HttpResponse:
    """A further role for somebody who is signed in, with all that signing in asks of them."""
    invitation = inviting.good(request.session.get(KEPT, ""))
    if invitation is None:
        return _gone(request)
    if request.method == "POST":
        try:
            inviting.accept_as(invitation, request.user)
        except Refused as refusal:
            return _gone(request, str(refusal))
        request.session.pop(KEPT, None)
        messages.success(request, f"You are now {invitation.seat}.")
        return redirect("home")
    theirs = (request.user.email or "").lower() == invitation.email
    context = {"invitation": invitation, "theirs": theirs}
    return render(request, "network/invitation_role.html", context)


def _gone(request: HttpRequest, reason: str = "") -> HttpResponse:
    """One page for every link that can't be accepted; 409 if there is more to say than that."""
    status = 409 if reason else 404
    return render(request, "network/invitation_gone.html", {"reason": reason}, status=status)


def _signed_out(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Whether the address has an account or not, what is sent costs exactly one password hash."""
    known = inviting.known(invitation)
    identity = openid.waiting(request)
    if request.method == "POST" and identity and "organisation" in request.POST:
        return _by_organisation(request, invitation, identity)
    form = NewAccountForm(request.POST or None, invitation=invitation, known=known)
    if request.method != "POST" and inviting.account(invitation):
        return _to_sign_in(request, invitation)
    if request.method == "POST" and form.is_valid():
        hashed = make_password(form.cleaned_data["password"])  # slow by design: before any lock
        try:
            person = inviting.accept_new(invitation, name=form.cleaned_data.get("name", ""), hashed=hashed)
        except Changed:
            return _to_sign_in(request, invitation)
        return _enter(request, person, invitation)
    context = {
        "form": form,
        "invitation": invitation,
        "known": known,
        "identity": identity,
        "organisation": settings.OIDC_NAME if is_on() else "",
    }
    return render(request, "network/invitation_accept.html", context)


def _by_organisation(request: HttpRequest, invitation: Invitation, identity: Identity) -> HttpResponse:
    """Accepted with the account of their organisation instead of a password."""
    try:
        with transaction.atomic():
            person = inviting.accept_new(invitation, name=invitation.name, hashed=make_password(None))
            openid.connect(person=person, identity=identity)
    except Changed:
        return _to_sign_in(request, invitation)
    request.session.pop(KEPT, None)
    messages.success(request, f"Welcome. You are {invitation.seat}.")
    # Their link, good once, has just shown who they are, whenever their organisation asked them last.
    return openid.enter(request, person, replace(identity, fresh=True), reverse("home"))


def _to_sign_in(request: HttpRequest, invitation: Invitation) -> HttpResponseRedirect:
    messages.info(
        request,
        f"{invitation.invited_by.name} invites you to be {invitation.seat}. You have an account: sign in, "
        "then accept the invitation.",
    )
    after = urlencode({"next": reverse("invitation_role")})
    return HttpResponseRedirect(f"{reverse('account_login')}?{after}")


def _enter(request: HttpRequest, person: User, invitation: Invitation) -> HttpResponse:
    """Signs the new person in as the sign-in page would, and leads home."""
    request.session.pop(KEPT, None)
    messages.success(request, f"Welcome. You are {invitation.seat}.")
    login = Login(user=person, email=person.email)
    response: HttpResponse = flows.login.perform_password_login(request, {"email": person.email}, login)
    return response
