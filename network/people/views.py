"""The directory: which bodies there are, who covers whom, who holds which role."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network import dates, registry
from network.guards import SignedIn, require, visible_or_404
from network.people.forms import OrganisationFilter, asked_day
from network.people.history import history_of
from network.people.holding import Held, Planned
from network.people.models import Footprint, Membership, Organisation, User
from network.people.tables import OrganisationTable, state_on
from network.roles import Permission, Role
from network.tables import respond_table


@require_safe
def organisation_list(request: SignedIn) -> HttpResponse:
    """All bodies that the network deals with as they stand on a day: today's, or that of `?on=2026-03-31`."""
    require(request.user, Permission.DIRECTORY_READ)
    bodies = Organisation.objects.visible_to(request.user)
    chosen = OrganisationFilter(request.GET, queryset=bodies)
    day = chosen.day
    people = request.user.may(Permission.PEOPLE_READ)
    then = "" if day == dates.today() else f" on {dates.long_date(day)}"
    return respond_table(
        request,
        "network/organisation_list.html",
        OrganisationTable(
            chosen.qs,
            day=day,
            people=people,
            states=bool(chosen.form.cleaned_data.get("state")),  # else all of them are in force
            caption=f"Authorities and boards{then}",
        ),
        {
            "filter": chosen,
            "day": day,
            "then": then,
            "coming": bodies.filter(starts_on__gt=day, never_in_force=False).count(),
            "map": tile_map(request.user, day),
            "manages": request.user.may(Permission.ORGANISATION_MANAGE),
        },
        filename=f"directory{then.replace(' ', '-').lower()}",
        whole=bodies.count(),
    )


@require_safe
def organisation_detail(request: SignedIn, slug: str) -> HttpResponse:
    """One body: codes, dates, history; footprint and, for members of the network, people as on a day."""
    body = visible_or_404(Organisation, request.user, slug=slug)
    day = asked_day(request.GET.get("on", "")) or dates.today()
    footprint = Footprint.objects.filter(authority=body) | Footprint.objects.filter(icb=body)
    people = list[Held]()
    if request.user.may(Permission.PEOPLE_READ):
        recorded = Membership.objects.in_force(day).filter(organisation=body).select_related("user")
        people = Planned([body.pk], list(Role), day).held(body, recorded)
    return render(
        request,
        "network/organisation_detail.html",
        {
            "body": body,
            "day": day,
            "then": "" if day == dates.today() else f" on {dates.long_date(day)}",
            "state": state_on(body, day),
            "footprint": footprint.select_related("authority", "icb").order_by("starts_on", "pk"),
            "history": history_of(body),
            "people": people,
            "ahead": day > dates.today(),
            "shows_people": request.user.may(Permission.PEOPLE_READ),
            "panels": registry.organisation_panels(body, request.user),
            "manages": request.user.may(Permission.ORGANISATION_MANAGE),
        },
    )


def tile_map(user: User, day: date | None = None) -> dict[str, Any] | None:
    """The member authorities of a day as tiles; those of today each with its state as far as the person may
    know it.

    `key` says what the letters mean: each state once, in order of name. None for those outside the network.
    """
    if not user.may(Permission.PEOPLE_READ):
        return None
    today = day in (None, dates.today())
    states = {tile.organisation_id: tile for tile in registry.tiles_for(user)} if today else {}
    bodies = Organisation.objects.visible_to(user).authorities().in_force(day).filter(tile_row__isnull=False)
    key = {tile.state: tile for tile in states.values()}
    return {
        "tiles": [{"body": body, "tile": states.get(body.pk)} for body in bodies],
        "key": [key[state] for state in sorted(key)],
        "asked": "" if today or day is None else f"?on={day.isoformat()}",
    }
