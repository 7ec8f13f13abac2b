"""Two pages for a director: ask for a code by mail, and enter it."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from network.account import mailed_codes
from network.account.forms import AddressForm, MailedCodeForm

WANTED = "mailed_code_next"
"""Where the session keeps the page that a link led to, until the code is entered."""

FORM = ["GET", "HEAD", "POST"]


@login_not_required
@require_http_methods(FORM)
def code_request(request: HttpRequest) -> HttpResponse:
    """Asks for the address, and answers alike whatever it is."""
    if request.user.is_authenticated:
        return redirect("home")
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mailed_codes.ask(request, form.cleaned_data["email"])
        request.session[WANTED] = get_next_redirect_url(request)
        return redirect("code_enter")
    shown = {"form": form, "next": get_next_redirect_url(request) or ""}
    return render(request, "account/code_request.html", shown)


@login_not_required
@require_http_methods(FORM)
def code_enter(request: HttpRequest) -> HttpResponse:
    """The code from the mail; whoever has set up a second step is asked for that too."""
    if request.user.is_authenticated:
        return redirect("home")
    if mailed_codes.ASKED not in request.session:
        return redirect("code_request")
    form = MailedCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = mailed_codes.enter(request, form.cleaned_data["code"])
        if person is not None:
            record_authentication(request, person, "code")
            wanted = request.session.pop(WANTED, None)
            login = Login(user=person, email=person.email, redirect_url=wanted)
            led: HttpResponse = perform_login(request, login)
            return led
        form.add_error("code", ValidationError("That code is not right. Enter the code from our latest mail"))
    shown = {"form": form if mailed_codes.is_open(request) else None}
    return render(request, "account/code_enter.html", shown)
