"""A form that says something before it acts.

Sent without having said it, it says it, does nothing yet and keeps what was typed; sent once more, it is
meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    _Mixin = forms.BaseForm
else:
    _Mixin = object

SAID = "said-"
"""How the fields begin in which a page notes what it has said."""


class SaidFirst(_Mixin):
    """A hidden field for each kind of thing to say, with a mark of what was said; "" for nothing."""

    def look_out(self, what: str, mark: str = "") -> None:
        """At the end of `__init__`; `mark` of what the page says from the beginning."""
        self.fields[f"{SAID}{what}"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=200, initial=mark
        )

    def had_said(self, what: str, mark: str) -> bool:
        """Whether the page that was sent had said just that; the one that is answered with has."""
        name = self.add_prefix(f"{SAID}{what}")
        if self.data.get(name, "") == mark:
            return True
        typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed[name] = mark
        self.data = typed
        return False
