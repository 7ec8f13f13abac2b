"""Asked again: who wants something restricted shows once more who they are.

With a password or a second factor that is one field on the spot. Whoever has neither signs in again the way
they always do.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from network import guards
from network.account.addresses import within
from network.account.openid import provider
from network.account.openid.models import OrganisationAccount
from network.account.sessions import kept
from network.guards import SignedIn
from network.people.models import User

WAY: dict[str, Any] = {"id": "sign_in_again", "description": "Sign in again"}


def note_sign_in(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Told by Django of each sign-in, and by allauth of each answer of somebody who was asked again."""
    guards.note_sign_in(request)
    if kwargs.get("reauthenticated"):
        request.session.cycle_key()  # whoever knows the key from before has nothing with it


def ways(offered: list[dict[str, Any]], user: User) -> list[dict[str, Any]]:
    """How somebody can show again who they are; there is always one."""
    if provider.is_on() and OrganisationAccount.objects.filter(user=user).exists():
        organisation = {
            "id": "organisation",
            "description": f"Use {settings.OIDC_NAME}",
            "url": reverse("organisation_again"),
        }
        offered = [*offered, organisation]
    return offered or [WAY | {"url": reverse("account_sign_in_again")}]


def ask(request: SignedIn) -> HttpResponse:
    """Leads to where the person shows who they are; from there what they asked for goes on.

    A form that was sent is kept meanwhile as one is whose session has ended.
    """
    page = kept.page_of(request)
    if request.method == "POST" and kept.keep(request, request.user):
        to = f"{reverse('account_kept')}?{urlencode({'next': page})}"
    elif request.method == "POST":
        to = page
    else:
        asked = {"next": request.get_full_path(), "back": page if page != request.path else "/"}
        to = f"{reverse('account_confirmed')}?{urlencode(asked)}"
    way = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
    return HttpResponseRedirect(f"{way}?{urlencode({REDIRECT_FIELD_NAME: to})}")


@require_safe
def account_confirmed(request: HttpRequest) -> HttpResponse:
    """What was asked for comes by itself; under a download the page stays, with the way back."""
    to, back = (within(request, request.GET.get(name, "")) for name in ("next", "back"))
    return render(request, "account/confirmed.html", {"to": to, "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
def account_sign_in_again(request: HttpRequest) -> HttpResponse:
    """Signs out and leads to the sign-in page and from there to where the person was."""
    to = within(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: to})}")
    return render(request, "account/sign_in_again.html", {"next": to})
