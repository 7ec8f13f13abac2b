"""People: who holds which role, one person's roles over time, the seats of the authorities."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from network import dates
from network.guards import SignedIn, require, visible_or_404
from network.membership import acts, seats
from network.membership.earlier import beside
from network.membership.forms import PersonFilter, PersonForm, SeatFilter
from network.membership.rules import Unfit
from network.membership.tables import PersonTable, SeatTable, with_roles
from network.people.models import User
from network.roles import Permission, Role
from network.tables import respond_table
from network.workflow import Changed


@require_safe
def person_list(request: SignedIn) -> HttpResponse:
    """Members see who holds a role today; an admin sees everybody whom the portal knows."""
    require(request.user, Permission.PEOPLE_READ)
    people = User.objects.visible_to(request.user)
    chosen = PersonFilter(request.GET, queryset=people, reader=request.user)
    manages = request.user.may(Permission.PEOPLE_MANAGE)
    return respond_table(
        request,
        "network/person_list.html",
        PersonTable(with_roles(chosen.qs), reader=request.user, exclude=() if manages else ("last_login",)),
        {"filter": chosen, "manages": manages},
        filename="people",
        whole=people.count(),
        restricted=manages,
    )


@require_safe
def person_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One person: how to reach them, and their roles over time."""
    require(request.user, Permission.PEOPLE_READ)
    person = visible_or_404(User, request.user, pk=pk)
    terms = list(person.memberships.select_related("organisation"))
    today, manages = dates.today(), request.user.may(Permission.PEOPLE_MANAGE)
    for term in terms:
        over = term.ends_on is not None and (term.ends_on < today or term.ended_at is not None)
        term.may_end = not over and (manages or person == request.user)
        term.may_review = not over and manages and term.role == Role.CO_CHAIR
    context = {
        "person": person,
        "terms": sorted(terms, key=lambda term: term.ends_on or date.max, reverse=True),
        "contact": person.contact_for(request.user),
        "manages": manages,
        "acts": any(term.may_end for term in terms),
        "beside": beside(terms) if manages else [],
    }
    return render(request, "network/person_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_change(request: SignedIn, pk: int) -> HttpResponse:
    person = visible_or_404(User, request.user, pk=pk)
    require(request.user, Permission.PEOPLE_MANAGE)
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        stored = User.objects.get(pk=pk)  # the form has written what was typed into its own
        try:
            acts.change_person(stored, by=request.user, loaded=form.loaded, **form.changes())
        except Changed:
            form.show_newer(PersonForm(instance=User.objects.get(pk=pk)))
        except Unfit as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "The details are changed.")
            return redirect("person_detail", pk)
    stored = User.objects.get(pk=pk)
    return render(request, "network/person_form.html", {"form": form, "person": stored}, status=form.status)


@require_safe
def seat_list(request: SignedIn) -> HttpResponse:
    """Each authority's seat: first of all those that ask for the coordinator."""
    require(request.user, Permission.PEOPLE_MANAGE)
    rows = seats.seats()
    chosen = SeatFilter(request.GET, queryset=rows)
    return respond_table(
        request,
        "network/seat_list.html",
        SeatTable(seats.with_leads(chosen.chosen)),
        {"filter": chosen},
        filename="seats",
        whole=seats.bodies().count(),
        restricted=True,
    )
