"""What naming people for a thing takes from others, said before they are named: who would lose sight of what
they are to do, and what has to be agreed again.

It is a question and no refusal: a co-chair may mean it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from network.forms import SaidFirst
from network.marks import mark_of
from network.registry import Doer


class LeftOut(SaidFirst):
    """A form of `people` who alone will read a thing."""

    left_out: list[Doer]
    asks = False  # it was sent, and asks before anything is done

    def look_for_doers(self, doers: Iterable[Doer], named: Collection[int]) -> None:
        """At the end of `__init__`: those who don't read it today are told of, and asked about as well."""
        self.doers = list(doers)
        self.left_out = self._without(named)
        if self.doers:
            self.look_out("left-out")

    def leaves_out(self) -> bool:
        """Whether somebody would be left out of whom the page that was sent had not said so."""
        self.left_out = self._without({int(pk) for pk in self.cleaned_data["people"]})
        self.asks = bool(self.left_out) and not self.had_said("left-out", _mark(self.left_out))
        return self.asks

    def _without(self, ticked: Collection[int]) -> list[Doer]:
        return [one for one in self.doers if not {person.pk for person in one.people} & set(ticked)]


class MakesVoid(SaidFirst):
    """Naming people makes agreements void: said before, and asked where the page sent had not said so."""

    void: tuple[str, ...]
    asks_void = False

    def look_for_void(self, void: tuple[str, ...]) -> None:
        self.void = void
        self.look_out("void", self._warned())

    def not_warned(self) -> bool:
        """Whether an agreement would become void of which the page that was sent had not said so."""
        self.asks_void = bool(self.void) and not self.had_said("void", self._warned())
        return self.asks_void

    def _warned(self) -> str:
        return mark_of(repr(self.void))


def _mark(doers: Iterable[Doer]) -> str:
    return mark_of(repr(sorted((one.what, one.who) for one in doers)))
