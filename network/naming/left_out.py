"""Who has something to do about a thing, said before others than they are named for it.

It is a question and no refusal: a co-chair may mean it. A form that was sent without having shown who would
lose sight of what they are to do shows it, names nobody yet, and keeps what was ticked; sent once more, it is
meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django import forms

from network.marks import mark_of
from network.registry import Doer

if TYPE_CHECKING:
    _Mixin = forms.Form
else:
    _Mixin = object

SHOWN = "left_out_shown"


class LeftOut(_Mixin):
    """A form of `people` who alone will read a thing."""

    left_out: list[Doer]
    asks = False  # it was sent, and asks before anything is done

    def look_for_doers(self, doers: Iterable[Doer], named: Collection[int]) -> None:
        """At the end of `__init__`: those who don't read it today are said from the beginning."""
        self.doers = list(doers)
        self.left_out = self._without(named)
        if self.doers:
            self.fields[SHOWN] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=80, initial=_mark(self.left_out)
            )

    def leaves_out(self) -> bool:
        """Whether somebody would be left out of whom the page that was sent had not said so."""
        self.left_out = self._without({int(pk) for pk in self.cleaned_data["people"]})
        if not self.left_out or self.data.get(self.add_prefix(SHOWN)) == _mark(self.left_out, sent=True):
            return False
        typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed[self.add_prefix(SHOWN)] = _mark(self.left_out, sent=True)
        self.data, self.asks = typed, True
        return True

    def _without(self, ticked: Collection[int]) -> list[Doer]:
        return [one for one in self.doers if not {person.pk for person in one.people} & set(ticked)]


WARNED = "void_shown"


class MakesVoid(_Mixin):
    """Naming people makes agreements void: said before, and asked where the page sent had not said so."""

    void: tuple[str, ...]
    asks_void = False

    def look_for_void(self, void: tuple[str, ...]) -> None:
        self.void = void
        self.fields[WARNED] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=80, initial=self._warned()
        )

    def not_warned(self) -> bool:
        """Whether an agreement would become void of which the page that was sent had not said so."""
        if not self.void or self.data.get(self.add_prefix(WARNED)) == self._warned():
            return False
        typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed[self.add_prefix(WARNED)] = self._warned()
        self.data, self.asks_void = typed, True
        return True

    def _warned(self) -> str:
        return mark_of(repr(self.void))


def _mark(doers: Iterable[Doer], *, sent: bool = False) -> str:
    return mark_of(repr((sent, sorted((one.what, one.who) for one in doers))))
