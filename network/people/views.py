"""The directory: which bodies there are, who covers whom, who holds which role."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network import dates, registry
from network.guards import SignedIn, require, visible_or_404
from network.people.forms import OrganisationFilter
from network.people.models import Footprint, Membership, Organisation, User
from network.people.tables import OrganisationTable
from network.roles import Permission
from network.tables import respond_table


@require_safe
def organisation_list(request: SignedIn) -> HttpResponse:
    """All bodies that the network deals with, past, present and to come."""
    require(request.user, Permission.DIRECTORY_READ)
    bodies = Organisation.objects.visible_to(request.user)
    chosen = OrganisationFilter(request.GET, queryset=bodies)
    return respond_table(
        request,
        "network/organisation_list.html",
        OrganisationTable(chosen.qs),
        {
            "filter": chosen,
            "map": tile_map(request.user),
        },
        filename="directory",
        whole=bodies.count(),
    )


@require_safe
def organisation_detail(request: SignedIn, slug: str) -> HttpResponse:
    """One body: codes, dates, successors, footprint, and its people for members of the network."""
    body = visible_or_404(Organisation, request.user, slug=slug)
    footprint = Footprint.objects.filter(authority=body) | Footprint.objects.filter(icb=body)
    people = Membership.objects.none()
    if request.user.may(Permission.PEOPLE_READ):
        people = Membership.objects.in_force().filter(organisation=body).select_related("user")
    return render(
        request,
        "network/organisation_detail.html",
        {
            "body": body,
            "today": dates.today(),
            "footprint": footprint.select_related("authority", "icb"),
            "successors": body.successions.select_related("successor"),
            "predecessors": body.precessions.select_related("predecessor"),
            "people": people,
            "shows_people": request.user.may(Permission.PEOPLE_READ),
            "panels": registry.organisation_panels(body, request.user),
        },
    )


def tile_map(user: User) -> dict[str, Any] | None:
    """The member authorities of today as tiles, each with its state as far as the person may know it.

    `key` says what the letters mean: each state once, in order of name. None for those outside the network.
    """
    if not user.may(Permission.PEOPLE_READ):
        return None
    states = {tile.organisation_id: tile for tile in registry.tiles_for(user)}
    bodies = Organisation.objects.visible_to(user).authorities().in_force().filter(tile_row__isnull=False)
    key = {tile.state: tile for tile in states.values()}
    return {
        "tiles": [{"body": body, "tile": states.get(body.pk)} for body in bodies],
        "key": [key[state] for state in sorted(key)],
    }
