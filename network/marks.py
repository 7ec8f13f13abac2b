"""Marks of what stood there: how a form knows that nobody changed it since its page was opened.

A page's form carries the mark of what it was filled with. The act compares it, under lock, with the mark of
what stands there then: a colleague's newer change is never overwritten by an older page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import models
from django.forms.models import model_to_dict

from network.workflow import Changed


def mark_of(text: str) -> str:
    """A short mark by which a form remembers a text without carrying it."""
    return sha256(text.encode()).hexdigest()[:16]


def mark_of_row(row: models.Model, names: Sequence[str]) -> str:
    """The mark of some of a row's fields."""
    return mark_of(repr(sorted(model_to_dict(row, fields=names).items())))


@dataclass(frozen=True)
class Loaded:
    """The mark that a form came back with, and the fields of the row that it is of."""

    mark: str
    names: tuple[str, ...] = ()

    def check(self, stands: str) -> None:
        """Raises Changed unless that is what the page was filled with."""
        if self.mark != stands:
            raise Changed(
                "A colleague changed this while you were writing. Nothing of theirs is overwritten."
            )

    def check_row(self, row: models.Model) -> None:
        self.check(mark_of_row(row, self.names))
