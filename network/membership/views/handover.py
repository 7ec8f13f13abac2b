"""One screen for somebody who leaves: the last day, and who takes over each thing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, permutations
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from network.forms import DateField, PortalForm
from network.guards import SignedIn, require, visible_or_404
from network.membership import handover
from network.membership.earlier import becomes, may_take_the_place
from network.membership.handover import Leaving, Stuck, not_an_heir
from network.membership.models import seat_words
from network.once import once
from network.people.history import listed
from network.people.models import Membership, User
from network.registry import Belonging
from network.roles import Permission, Role
from network.workflow import Changed

NOBODY = "nobody"


def field_of(key: str) -> str:
    """The name of the field that asks who takes the thing over."""
    return "to_" + re.sub(r"\W", "_", key)


def ends_of(key: str) -> str:
    """The name of the field that asks whether the earlier role of whoever takes a role over ends."""
    return "ends_" + re.sub(r"\W", "_", key)


def _ends_field(seats: Sequence[Membership], role: str) -> forms.BooleanField:
    who = sorted(f"{one.user.name} ({Role(one.role).label.lower()})" for one in seats)
    return forms.BooleanField(
        label=f"End the earlier role there of whoever becomes {Role(role).label.lower()}",
        help_text=f"It is about {listed(who)}. The earlier role ends on the day before the new one begins; "
        "if you leave this empty, they hold both.",
        required=False,
    )


class SuccessorField(forms.ChoiceField):
    """One of those who could take a thing over; of anybody else it says why not."""

    def __init__(self, thing: Belonging, leaving: User, *, one_of_several: bool) -> None:
        self.heirs = {str(heir.pk): heir for heir in thing.heirs}
        self.leaving = leaving
        left = (
            "Nobody yet: the role stays empty"
            if thing.kind == handover.ROLE
            else "Nobody yet: it stays as it is"
        )
        first = [("", "As chosen at the top" if one_of_several else "Choose who takes over")]
        super().__init__(
            label=f"{thing.title}",
            choices=[
                *(first if self.heirs else []),
                *((pk, heir.name) for pk, heir in self.heirs.items()),
                (NOBODY, left),
            ],
            required=False,
            help_text=_about(thing),
        )

    def validate(self, value: Any) -> None:
        if not self.valid_value(value) and value:
            raise ValidationError(self._why_not(str(value)))

    def _why_not(self, value: str) -> str:
        if value == str(self.leaving.pk):
            return f"{self.leaving.name} is leaving. Choose somebody else"
        other = User.objects.filter(pk=value).first() if value.isdecimal() and len(value) < 12 else None
        return not_an_heir(other) if other else "Choose one of those in the list"


def _about(thing: Belonging) -> SafeString:
    none = "" if thing.heirs else "Nobody could take this over today."
    words = " ".join(part for part in (thing.hint, none) if part)
    return format_html(
        '{}{}<a class="govuk-link" href="{}">Look at it<span class="govuk-visually-hidden">: {}</span></a>',
        words,
        " " if words else "",
        thing.url,
        thing.title,
    )


def _fit_for_several(leaving: Leaving) -> list[tuple[str, str]]:
    """Those who could take over more than one of the things, by name."""
    fits: Counter[User] = Counter(heir for thing in leaving.things for heir in thing.heirs)
    several = [heir for heir, number in fits.items() if number > 1]
    return [(str(heir.pk), heir.name) for heir in sorted(several, key=lambda one: (one.name, one.pk))]


class HandoverForm(PortalForm):
    """One field for each thing, made from what stands there now."""

    meanwhile = False  # something changed since the page was opened: what is new, how much is gone
    new: Sequence[str] = ()
    gone = 0

    def __init__(self, *args: Any, leaving: Leaving, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaving = leaving
        if leaving.terms:
            self.fields["last_day"] = DateField(
                label="Last day",
                help_text="Their roles end with this day, for example 30 11 2026.",
                error_messages={"required": "Enter the last day on which they hold their roles"},
            )
        names = _fit_for_several(leaving)
        if names:
            self.fields["everything"] = forms.ChoiceField(
                label="Who takes over, unless you choose otherwise below?",
                choices=[("", "Chosen one by one"), *names],
                required=False,
            )
        for thing in leaving.things:
            self.fields[field_of(thing.key)] = SuccessorField(
                thing, leaving.person, one_of_several=bool(names)
            )
            if seats := leaving.earlier.get(thing.key):
                term = leaving.term(thing.key)
                assert term is not None
                self.fields[ends_of(thing.key)] = _ends_field(seats, term.role)
        self.fields["loaded"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=json.dumps(leaving.marks())
        )

    @property
    def status(self) -> int:
        return 409 if self.meanwhile else 200

    def groups(self) -> list[tuple[str, int, list[forms.BoundField]]]:
        """The fields of the things, by kind, with how many things there are."""
        return [
            (kind, len(things), [field for thing in things for field in self._fields_of(thing)])
            for kind, things in self._by_kind()
        ]

    def _by_kind(self) -> Iterator[tuple[str, list[Belonging]]]:
        for kind, things in groupby(self.leaving.things, key=lambda thing: thing.kind):
            yield kind, list(things)

    def _fields_of(self, thing: Belonging) -> list[forms.BoundField]:
        names = (field_of(thing.key), ends_of(thing.key))
        return [self[name] for name in names if name in self.fields]

    def ending(self) -> list[str]:
        """The roles with which an earlier one of whoever takes them over ends."""
        return [key for key in self.leaving.earlier if self.cleaned_data.get(ends_of(key))]

    def beside(self) -> list[str]:
        """What becomes of the earlier roles, in words, for those who take over, and who holds two with it."""
        ending, ends = self.ending(), dict[Membership, bool]()
        for key, seats in self.leaving.earlier.items():
            for one in seats:
                if self.to.get(key) == one.user:
                    ends[one] = ends.get(one, False) or key in ending
        return [*(becomes(one, ends=over) for one, over in ends.items()), *self._two_at_once()]

    def _two_at_once(self) -> Iterator[str]:
        """Of the roles that somebody takes over here those of which one could take the other's place."""
        taken = [(term, to) for key, to in self.to.items() if (term := self.leaving.term(key))]
        for (fuller, to), (term, other) in permutations(taken, 2):
            if to == other and may_take_the_place(term, fuller.role, fuller.organisation):
                role = Role(fuller.role).label.lower()
                yield f"{to.name} is then {role} and {seat_words(term.role, term.organisation)}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.to: dict[str, User] = {}
        everything = cleaned.get("everything", "")
        for thing in self.leaving.things:
            name = field_of(thing.key)
            if name not in self.errors:
                self._choose(thing, name, cleaned.get(name) or "", everything)
        return cleaned

    def _choose(self, thing: Belonging, name: str, own: str, everything: str) -> None:
        heirs = {str(heir.pk): heir for heir in thing.heirs}
        chosen = own or everything
        if chosen == NOBODY or not heirs:
            return
        if chosen in heirs:
            self.to[thing.key] = heirs[chosen]
        elif chosen:
            above = next(heir for one in self.leaving.things for heir in one.heirs if str(heir.pk) == chosen)
            self.add_error(name, f"Choose who takes over “{thing.title}”: {above.name} can’t")
        else:
            self.add_error(name, f"Choose who takes over “{thing.title}”, or that nobody does yet")

    def loaded(self) -> list[str]:
        try:
            marks = json.loads(self.cleaned_data["loaded"] or "[]")
        except ValueError:
            return []
        return [str(mark) for mark in marks] if isinstance(marks, list) else []


@require_http_methods(["GET", "HEAD", "POST"])
def person_handover(request: SignedIn, pk: int) -> HttpResponse:
    person = visible_or_404(User, request.user, pk=pk)
    require(request.user, Permission.PEOPLE_MANAGE)
    form = HandoverForm(request.POST or None, leaving=handover.leaving(person, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            return _handed(request, person, form)
        except Stuck as stuck:
            form.add_error(field_of(stuck.key) if stuck.key else "last_day", str(stuck))
        except Changed:
            form = _anew(request, person, form)
    context = {"form": form, "person": person, "leaving": form.leaving}
    return render(request, "network/person_handover.html", context, status=form.status)


def _handed(request: SignedIn, person: User, form: HandoverForm) -> HttpResponseRedirect:
    last_day = form.cleaned_data.get("last_day")

    def make() -> str:
        handover.hand_over(
            person,
            by=request.user,
            last_day=last_day,
            to=form.to,
            loaded=form.loaded(),
            ending=form.ending(),
        )
        return reverse("person_detail", args=[person.pk])

    return once(request, make, says=" ".join([_says(person, form.to.values()), *form.beside()]))


def _says(person: User, to: Iterable[User]) -> str:
    people = list(to)
    if not people:
        return f"{person.name}’s roles end with the last day. Nothing changed hands."
    heirs = len({one.pk for one in people})
    things = "1 thing" if len(people) == 1 else f"{len(people)} things"
    return f"Handed over: {things} of {person.name}’s to {heirs} {'person' if heirs == 1 else 'people'}."


def _anew(request: SignedIn, person: User, before: HandoverForm) -> HandoverForm:
    """The same choices over what stands there now."""
    leaving = handover.leaving(person, request.user)
    typed = request.POST.copy()
    typed["loaded"] = json.dumps(leaving.marks())
    form = HandoverForm(typed, leaving=leaving)
    form.meanwhile = True
    seen = set(before.loaded())
    form.new = [thing.title for thing in leaving.things if thing.key not in seen]
    form.gone = len(seen - set(leaving.marks()))
    return form
