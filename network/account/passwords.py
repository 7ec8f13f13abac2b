"""The first password of somebody who signs in another way."""

from __future__ import annotations

from allauth.account.views import password_set
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from network.guards import SignedIn, fresh_sign_in


@require_http_methods(["GET", "HEAD", "POST"])
def account_set_password(request: SignedIn) -> HttpResponse:
    """A password is a way in, and one by which somebody shows again who they are: so they show it the way
    they have before they choose one."""
    fresh_sign_in(request)
    answer: HttpResponse = password_set(request)
    return answer
