"""The page of any kind of thing on which a co-chair names people for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from network.audience import Readable
from network.forms import LoadedMixin, ManyField, PortalForm
from network.guards import SignedIn, require
from network.naming.acts import mark_of_named, name_people, named_for
from network.people.models import Membership, User
from network.roles import GRANTS, Permission
from network.workflow import Changed

NAMED, NETWORK = "Named today", "Co-chairs and coordinator"


def choices(named: Iterable[int]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody who may be named, once each: first those who are, then by body, each by name."""
    roles = [role for role, grants in GRANTS.items() if Permission.BE_NAMED in grants]
    seats: dict[User, list[Membership]] = defaultdict(list)
    held = Membership.objects.in_force().filter(role__in=roles, user__in=User.objects.with_account())
    for seat in held.select_related("user", "organisation").order_by("user__name", "user_id", "role"):
        seats[seat.user].append(seat)
    before = set(named)
    first = [(str(person.pk), _words(person, own)) for person, own in seats.items() if person.pk in before]
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for person, own in seats.items():
        if person.pk not in before:
            body = min((seat.organisation.name for seat in own if seat.organisation), default="")
            groups[body].append((str(person.pk), _words(person, own, body)))
    bodies = [(body or NETWORK, people) for body, people in sorted(groups.items())]
    return ([(NAMED, first)] if first else []) + bodies


def _words(person: User, held: Iterable[Membership], under: str | None = None) -> str:
    """The name and the roles; the body only where the heading above does not say it."""
    roles = [
        f"{seat.get_role_display().lower()}{_at(seat) if _at(seat) != f', {under}' else ''}" for seat in held
    ]
    return f"{person.display()} ({'; '.join(roles)})"


def _at(seat: Membership) -> str:
    return f", {seat.organisation.name}" if seat.organisation else ""


class NamesForm(LoadedMixin, PortalForm):
    """Who alone may read a thing."""

    def __init__(self, *args: Any, named: Iterable[int], mark: str, noun: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"] = ManyField(
            label=f"Who may read this {noun}",
            choices=choices(named),
            initial=[str(pk) for pk in named],
            help_text=f"Nobody else sees the {noun} in any place, not even you, unless you are ticked. "
            "Open an authority to see its people.",
            error_messages={"required": "Select at least one person"},
        )
        self.remember(mark)

    def chosen(self) -> list[User]:
        return list(User.objects.filter(pk__in=self.cleaned_data["people"]).order_by("name", "pk"))


Act = Callable[..., None]


def names_page(
    request: SignedIn, row: Readable, *, noun: str, back: str, cancel: str, act: Act = name_people
) -> HttpResponse:
    """The page of any kind of thing on which a co-chair names people; `act` if more follows from it.

    `back` is where it leads when done: the list, for whoever named may not read the thing any more.
    """
    require(request.user, Permission.PEOPLE_NAME)
    form = _names_form(row, noun, request)
    if request.method == "POST" and form.is_valid():
        try:
            act(row, form.chosen(), by=request.user, loaded=form.loaded)
            messages.success(request, f"The {noun} is kept to the people you named.")
            return redirect(back)
        except Changed:
            form.show_newer(_names_form(row, noun))
    context = {"form": form, "thing": row, "noun": noun, "cancel": cancel}
    return render(request, "network/names_form.html", context, status=form.status)


def _names_form(row: Readable, noun: str, request: SignedIn | None = None) -> NamesForm:
    """With the people who are named today; `request` with what was ticked."""
    return NamesForm(
        (request.POST or None) if request else None,
        named=list(named_for(row).values_list("person_id", flat=True)),
        mark=mark_of_named(row),
        noun=noun,
    )
