"""Who alone reads a legal thing: the one act and the one form by which people are named for it.

Agenda items, library items and actions can be kept to named people; every other kind refuses `legal` by a
constraint. Naming is one co-chair's act; the other sees that it
happened, who was named and by whom, and neither the thing nor where it stands (`namings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from network import audit
from network.audience import Audience, Naming, Readable
from network.forms import LoadedMixin, ManyField, PortalForm
from network.guards import SignedIn, require
from network.marks import Loaded, mark_of
from network.people.models import User, people_with
from network.roles import Permission
from network.workflow import Changed


def may_be_named() -> list[User]:
    """People of the authorities, the co-chairs and the coordinator; never a partner or an observer."""
    return people_with(Permission.BE_NAMED)


def _named(row: models.Model) -> models.QuerySet[Naming]:
    return Naming.objects.filter(label=row._meta.label_lower, object_id=row.pk)


def mark_of_named(row: models.Model) -> str:
    """The mark of who is named for the thing."""
    return mark_of(repr(sorted(_named(row).values_list("person_id", flat=True))))


def forget(row: models.Model) -> None:
    """Nobody is named any more: the thing itself is going."""
    _named(row).delete()


def name_people(row: Readable, people: Sequence[User], *, by: User, loaded: Loaded | None = None) -> None:
    """Makes the thing legal: from now on only the people named, one by one, read it.

    Raises Changed if others were named since the form was `loaded`.
    """
    with transaction.atomic():
        locked = type(row)._base_manager.select_for_update().get(pk=row.pk)
        if loaded:
            loaded.check(mark_of_named(locked))
        before = locked.audience
        _named(locked).exclude(person__in=people).delete()
        known = set(_named(locked).values_list("person_id", flat=True))
        Naming.objects.bulk_create(
            Naming(label=row._meta.label_lower, object_id=row.pk, person=person, named_by=by)
            for person in people
            if person.pk not in known
        )
        locked.audience = Audience.LEGAL
        locked.save(update_fields=["audience"])
        audit.record(
            by=by,
            verb="named people",
            on=locked,
            people=[person.pk for person in people],
            before=before,
            after=locked.audience,
        )


class NamesForm(LoadedMixin, PortalForm):
    """Who alone may read a thing."""

    def __init__(self, *args: Any, people: Sequence[User], mark: str, noun: str, **kwargs: Any) -> None:
        self.people = {str(person.pk): person for person in people}
        super().__init__(*args, **kwargs)
        self.fields["people"] = ManyField(
            label=f"Who may read this {noun}",
            choices=[(pk, person.display()) for pk, person in self.people.items()],
            help_text=f"Nobody else sees the {noun} in any place, not even you, unless you are ticked.",
            error_messages={"required": "Select at least one person"},
        )
        self.remember(mark)

    def chosen(self) -> list[User]:
        return [self.people[pk] for pk in self.cleaned_data["people"]]


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
    named = list(_named(row).values_list("person_id", flat=True))
    return NamesForm(
        (request.POST or None) if request else None,
        people=may_be_named(),
        mark=mark_of_named(row),
        noun=noun,
        initial={"people": [str(pk) for pk in named]},
    )


# -- What the other co-chair sees -----------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """One thing that is kept to named people, without the thing."""

    kind: str  # "agenda item": that much is told of it
    people: list[User]
    by: list[User]
    at: datetime  # of the latest naming


def namings(since: datetime | None = None) -> list[Kept]:
    """Every naming that stands, the latest first; `since` only those with a newer name."""
    rows = Naming.objects.select_related("person", "named_by").order_by("label", "object_id", "pk")
    kept = [
        _kept(list(each)) for _, each in groupby(rows, key=lambda naming: (naming.label, naming.object_id))
    ]
    return sorted(
        (one for one in kept if since is None or one.at > since), key=lambda one: one.at, reverse=True
    )


def _kept(namings: list[Naming]) -> Kept:
    return Kept(
        kind=str(apps.get_model(namings[0].label)._meta.verbose_name),
        people=[naming.person for naming in namings],
        by=_distinct(naming.named_by for naming in namings),
        at=max(naming.at for naming in namings),
    )


def _distinct(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
