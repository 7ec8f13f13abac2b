"""A person's roles: given, ended, reviewed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from network import dates
from network.guards import SignedIn, require, visible_or_404
from network.membership import acts, earlier, rules
from network.membership.forms import RoleEndForm, RoleForm
from network.membership.models import seat_words
from network.membership.rules import Unfit
from network.once import once
from network.people.models import Membership, User
from network.roles import Permission, Role


@require_http_methods(["GET", "HEAD", "POST"])
def membership_add(request: SignedIn, pk: int) -> HttpResponse:
    person = visible_or_404(User, request.user, pk=pk)
    require(request.user, Permission.PEOPLE_MANAGE)
    form = RoleForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid() and not form.remarks():

        def give() -> str:
            earlier.give_role(person, by=request.user, **form.act())
            return person.get_absolute_url()

        try:
            return once(request, give, says=form.says())
        except Unfit as refusal:
            field = {"organisation": "where"}.get(refusal.field, refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
    return render(request, "network/membership_form.html", {"form": form, "person": person})


@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: SignedIn, pk: int, term: int) -> HttpResponse:
    """By an admin, or by whoever holds the role."""
    held = _term(request, pk, term)
    if held.user != request.user:
        require(request.user, Permission.PEOPLE_MANAGE)
    form = RoleEndForm(request.POST or None, term=held, heirs=_heirs(request, held))
    if request.method == "POST" and form.is_valid():
        try:
            ended = acts.end_role(held, by=request.user, **form.act())
        except Unfit as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request, f"The role as {seat_words(held.role, held.organisation)} {_when(ended)}."
            )
            return redirect(_after(request, held))
    shown = {"form": form, "term": held, "person": held.user, "empties": _leaves_a_seat_empty(held)}
    return render(request, "network/membership_end.html", shown)


def _when(ended: Membership) -> str:
    assert ended.ends_on is not None
    over = ended.ended_at or ended.ends_on < dates.today()
    return "has ended" if over else f"ends on {dates.long_date(ended.ends_on)}"


def _leaves_a_seat_empty(term: Membership) -> bool:
    return term.role == Role.LEAD and rules.is_only_lead(term, dates.today())


@require_POST
def membership_review(request: SignedIn, pk: int, term: int) -> HttpResponse:
    held = _term(request, pk, term)
    require(request.user, Permission.PEOPLE_MANAGE)
    acts.record_review(held, by=request.user)
    messages.success(request, "The review is recorded. Your home page reminds you of the next one.")
    return redirect(held.user)


def _term(request: SignedIn, pk: int, term: int) -> Membership:
    """One of the roles of somebody whom the reader sees."""
    person = visible_or_404(User, request.user, pk=pk)
    held: Membership | None = person.memberships.filter(pk=term).select_related("organisation").first()
    if held is None:
        raise Http404("This person has no such role.")
    held.user = person
    return held


def _heirs(request: SignedIn, term: Membership) -> QuerySet[User] | None:
    """Whom a lead who gives up the authority's only seat may name; none to be asked for otherwise."""
    leaves = term.role == Role.LEAD and not request.user.may(Permission.PEOPLE_MANAGE)
    if not leaves or not rules.is_only_lead(term, dates.today()):
        return None
    there = Membership.objects.in_force().filter(organisation=term.organisation).exclude(user=term.user)
    return User.objects.with_account().filter(pk__in=there.values("user_id")).order_by("name")


def _after(request: SignedIn, term: Membership) -> str:
    """Home for somebody who may no longer see the page of people."""
    try:
        require(User.objects.get(pk=request.user.pk), Permission.PEOPLE_READ)
    except PermissionDenied:
        return "home"
    return term.user.get_absolute_url()
