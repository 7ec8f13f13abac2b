"""The pages of the second step: set it up, see what there is, remove or rename it, help who has lost it."""

from __future__ import annotations

import textwrap
from typing import Any

from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network.account import factors, second_factor
from network.account.forms import AppForm, NewPasskeyForm, PasskeyNameForm, ResetForm
from network.guards import SignedIn, is_fresh, require
from network.people.models import User
from network.roles import Permission

FORM = ["GET", "HEAD", "POST"]


@require_safe
def mfa_index(request: SignedIn) -> HttpResponse:
    """What somebody signs in with besides the password."""
    found = second_factor.factors_of(request.user)
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    shown = {
        "apps": [one for one in found if one.type == Authenticator.Type.TOTP],
        "passkeys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "needed": second_factor.needed_by(request.user),
    }
    return render(request, "mfa/index.html", shown)


@require_http_methods(FORM)
def mfa_set_up(request: SignedIn) -> HttpResponse:
    """An app or a passkey, on one page; from there to the recovery codes, and on."""
    _ask_again(request)
    has_app = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    is_passkey = "credential" in request.POST
    app = None if has_app else AppForm(None if is_passkey else request.POST or None, user=request.user)
    passkey = NewPasskeyForm(request.POST if is_passkey else None, user=request.user)
    sent = passkey if is_passkey else app
    if request.method == "POST" and sent is not None and sent.is_valid():
        codes = factors.add_passkey(request, sent) if sent is passkey else factors.add_app(request, sent)
        return redirect("mfa_view_recovery_codes" if codes else "mfa_index")
    return render(request, "mfa/set_up.html", _set_up(request, app, passkey, sent))


def _set_up(request: SignedIn, app: Any, passkey: Any, sent: Any) -> dict[str, Any]:
    adapter = get_adapter()
    return {
        "app": app,
        "qr": adapter.build_totp_svg(adapter.build_totp_url(request.user, app.secret)) if app else "",
        "key": " ".join(textwrap.wrap(app.secret, 4)) if app else "",
        "passkey": passkey,
        "creation": webauthn.begin_registration(request.user, passwordless=True),
        "form": sent,  # what was wrong with it stands at the top
        "needed": second_factor.missing(request) == "set up",
    }


@require_http_methods(FORM)
def factor_remove(request: SignedIn, pk: int) -> HttpResponse:
    factor = _own_or_404(request, pk)
    _ask_again(request)
    may = second_factor.may_go(factor)
    if request.method == "POST" and may:
        factors.remove(request, factor)
        return redirect("mfa_index")
    refused = request.method == "POST"
    shown = {"factor": factor, "may": may}
    return render(request, "mfa/factor_remove.html", shown, status=409 if refused else 200)


@require_http_methods(FORM)
def passkey_rename(request: SignedIn, pk: int) -> HttpResponse:
    factor = _own_or_404(request, pk)
    if factor.type != Authenticator.Type.WEBAUTHN:
        raise Http404("An app has no name.")
    form = PasskeyNameForm(request.POST or None, initial={"name": factor.wrap().name})
    if request.method == "POST" and form.is_valid():
        factor.wrap().name = form.cleaned_data["name"]
        factor.save(update_fields=["data"])
        messages.success(request, f"The passkey is called “{form.cleaned_data['name']}” now.")
        return redirect("mfa_index")
    return render(request, "mfa/passkey_rename.html", {"form": form, "factor": factor})


@require_http_methods(FORM)
def second_factor_reset(request: SignedIn, pk: int) -> HttpResponse:
    """Whoever manages people takes the second step from somebody who has lost it."""
    require(request.user, Permission.PEOPLE_MANAGE)
    person = User.objects.with_account().filter(pk=pk).exclude(pk=request.user.pk).first()
    if person is None:
        raise Http404("Nobody else with an account has this number.")
    form = ResetForm(request.POST or None)
    found = second_factor.factors_of(person)
    if request.method == "POST" and found and form.is_valid():
        second_factor.reset(person=person, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"The second step of {person.display()} is taken off. They have been told.")
        return redirect("person_detail", pk)
    return render(request, "mfa/reset.html", {"form": form, "person": person, "factors": found})


def _ask_again(request: SignedIn) -> None:
    """Before factors change, the person shows again who they are; allauth asks only those who can show it
    here, and whoever signs in elsewhere shows it there."""
    raise_if_reauthentication_required(request, app="allauth.mfa")
    if not get_reauthentication_flows(request.user) and not is_fresh(request):
        raise ReauthenticationRequired


def _own_or_404(request: SignedIn, pk: int) -> Authenticator:
    """Somebody's own factor; anybody else's does not exist."""
    found = Authenticator.objects.filter(user=request.user, pk=pk, type__in=second_factor.FACTORS).first()
    if found is None:
        raise Http404("You have no second step with this number.")
    return found
