"""The page of any kind of thing on which a co-chair names people for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, starmap
from operator import attrgetter
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from network import registry
from network.audience import Readable
from network.forms import LoadedMixin, ManyField, PortalForm
from network.guards import SignedIn, require
from network.naming.acts import mark_of_named, name_people, named_for
from network.naming.left_out import LeftOut, MakesVoid
from network.people.models import User, holders
from network.registry import Doer
from network.roles import Permission, Role
from network.workflow import Changed

NAMED, NETWORK = "Named today", "Co-chairs and coordinator"


class _Seat(NamedTuple):
    person: int
    name: str
    role: str
    body: str | None


def choices(named: Iterable[int]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody who may be named, once each: first those who are, then by body, each by name."""
    before = set(named)
    first: list[tuple[str, str]] = []
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for person, own in groupby(_seats(), key=attrgetter("person")):
        seats = list(own)
        if person in before:
            first.append((str(person), _words(seats)))
        else:
            body = min((seat.body for seat in seats if seat.body), default="")
            groups[body].append((str(person), _words(seats, under=body)))
    bodies = [(body or NETWORK, people) for body, people in sorted(groups.items())]
    return ([(NAMED, first)] if first else []) + bodies


def _seats() -> Iterator[_Seat]:
    """As bare values: of five hundred people a row each costs more than all the rest of the page."""
    held = holders(Permission.BE_NAMED).filter(user__in=User.objects.with_account())
    rows = held.order_by("user__name", "user_id", "role", "pk")
    return starmap(_Seat, rows.values_list("user_id", "user__name", "role", "organisation__name"))


ROLES = {role.value: role.label.lower() for role in Role}


def _words(seats: list[_Seat], under: str | None = None) -> str:
    """The name and the roles; the body only where the heading above does not say it."""
    roles = [
        f"{ROLES[seat.role]}, {seat.body}" if seat.body and seat.body != under else ROLES[seat.role]
        for seat in seats
    ]
    return f"{seats[0].name} ({'; '.join(roles)})"


class NamesForm(LeftOut, MakesVoid, LoadedMixin, PortalForm):
    """Who alone may read a thing."""

    def __init__(
        self,
        *args: Any,
        named: Collection[int],
        mark: str,
        noun: str,
        doers: Iterable[Doer] = (),
        void: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
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
        self.look_for_doers(doers, named)
        self.look_for_void(void)

    def chosen(self) -> list[User]:
        return list(User.objects.filter(pk__in=self.cleaned_data["people"]).order_by("name", "pk"))


Act = Callable[..., None]


@dataclass(frozen=True)
class _Question:
    """Who alone shall read the row; what it takes from others is said first."""

    row: Readable
    noun: str
    doers: Sequence[Doer] = ()
    void: tuple[str, ...] = ()

    def form(self, request: SignedIn | None = None) -> NamesForm:
        """With the people who are named today; `request` with what was ticked."""
        return NamesForm(
            (request.POST or None) if request else None,
            named=list(named_for(self.row).values_list("person_id", flat=True)),
            mark=mark_of_named(self.row),
            noun=self.noun,
            doers=self.doers,
            void=self.void,
        )


def names_page(
    request: SignedIn,
    row: Readable,
    *,
    noun: str,
    back: str,
    cancel: str,
    act: Act = name_people,
    void: tuple[str, ...] = (),
) -> HttpResponse:
    """The page of any kind of thing on which a co-chair names people; `act` if more follows from it, `void`
    what has to be agreed again then.

    `back` is where it leads when done: the list, for whoever named may not read the thing any more.
    """
    require(request.user, Permission.PEOPLE_NAME)
    question = _Question(row, noun, registry.doers_of(row, request.user), void)
    form = question.form(request)
    if _named(request, question, form, act):
        again = (f" {thing}: has to be agreed again. Members do not read it until then." for thing in void)
        messages.success(request, f"The {noun} is kept to the people you named.{''.join(again)}")
        return redirect(back)
    shown = {"thing": row, "cancel": cancel, "told": registry.told_for_good(row)}
    context = {"form": form, "noun": noun, **shown}
    return render(request, "network/names_form.html", context, status=form.status)


def name_anew_page(request: SignedIn, row: Readable, *, back: str) -> HttpResponse:
    """A co-chair names people for a thing that nobody named may read any more, and sees nothing of it."""
    require(request.user, Permission.PEOPLE_NAME)
    question = _Question(row, str(row._meta.verbose_name))
    form = question.form(request)
    if _named(request, question, form, name_people):
        messages.success(request, f"One {question.noun} is kept to the people you named.")
        return redirect(back)
    context = {"form": form, "noun": question.noun, "cancel": back}
    return render(request, "network/names_anew.html", context, status=form.status)


def _named(request: SignedIn, question: _Question, form: NamesForm, act: Act) -> bool:
    """Whether it was done; else the form says why not."""
    if request.method != "POST" or not form.is_valid() or form.not_warned() | form.leaves_out():
        return False
    try:
        act(question.row, form.chosen(), by=request.user, loaded=form.loaded)
    except Changed:
        form.show_newer(question.form())
        return False
    return True
