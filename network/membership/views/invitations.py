"""Inviting people: the list, one invitation, the form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import workflow
from network.guards import SignedIn, require, visible_or_404
from network.membership import inviting
from network.membership.forms import InvitationFilter, InvitationForm
from network.membership.models import Invitation
from network.membership.rules import Unfit
from network.membership.tables import InvitationTable, state_of
from network.once import once
from network.roles import Permission
from network.tables import respond_table


@require_safe
def invitation_list(request: SignedIn) -> HttpResponse:
    """An admin sees all, a lead those to their own authority."""
    require(request.user, Permission.PEOPLE_INVITE)
    rows = Invitation.objects.visible_to(request.user)
    chosen = InvitationFilter(request.GET, queryset=rows, reader=request.user)
    return respond_table(
        request,
        "network/invitation_list.html",
        InvitationTable(
            chosen.qs.with_others(request.user).select_related("organisation", "invited_by", "accepted_by"),
            reader=request.user,
        ),
        {"filter": chosen},
        filename="invitations",
        whole=rows.count(),
        restricted=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_add(request: SignedIn) -> HttpResponse:
    require(request.user, Permission.PEOPLE_INVITE)
    form = InvitationForm(request.POST or None, user=request.user, initial=_asked(request))
    if request.method == "POST" and form.is_valid() and not form.remarks():
        says = f"The invitation to {form.cleaned_data['name']} is on its way by mail."
        try:
            return once(
                request,
                lambda: inviting.invite(by=request.user, **form.act()).get_absolute_url(),
                says=says,
            )
        except Unfit as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(request, "network/invitation_form.html", {"form": form})


def _asked(request: SignedIn) -> dict[str, str]:
    """What a link to the form fills in: a role, a body, the name of somebody without an account."""
    return {name: request.GET[name] for name in ("name", "role", "organisation") if name in request.GET}


@require_safe
def invitation_detail(request: SignedIn, pk: int) -> HttpResponse:
    rows = Invitation.objects.with_standing().select_related("organisation", "invited_by", "accepted_by")
    invitation = visible_or_404(rows, request.user, pk=pk)
    context = {
        "invitation": invitation,
        "state": state_of(invitation),
        "address": invitation.address_for(request.user),
        "others": invitation.others_for(request.user),
        "moves": {move.name.replace(" ", "_") for move in workflow.allowed(invitation, request.user)},
    }
    return render(request, "network/invitation_detail.html", context)


@require_POST
def invitation_send(request: SignedIn, pk: int) -> HttpResponse:
    invitation = visible_or_404(Invitation, request.user, pk=pk)
    inviting.send_again(invitation, by=request.user)
    messages.success(
        request, f"A new invitation to {invitation.name} is on its way. The earlier link is dead."
    )
    return redirect(invitation)


@require_POST
def invitation_withdraw(request: SignedIn, pk: int) -> HttpResponse:
    invitation = visible_or_404(Invitation, request.user, pk=pk)
    inviting.withdraw(invitation, by=request.user)
    messages.success(request, f"The invitation to {invitation.name} is withdrawn. Its link is dead.")
    return redirect(invitation)
