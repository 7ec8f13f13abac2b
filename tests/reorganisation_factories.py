"""Reorganisations for tests, by the product's own acts, and an app that holds open things for a body."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from network.people.models import Organisation, User
from network.registry import Fate, Holding
from network.reorganisation import drafts
from network.reorganisation.models import Reorganisation, Successor

APRIL = date(2027, 4, 1)
RESEND = Fate(name="resend", says="Lapse and send again to the successor", to_successor=True)
CLOSE = Fate(name="close", says="Close it")


def reorganisation(
    by: User, bodies: Sequence[Organisation], new: Sequence[str] = (), *, on: date = APRIL, **more: Any
) -> Reorganisation:
    """A draft in which each new body comes after all that end."""
    row = drafts.begin(by=by, bodies=bodies, on=on)
    for name in new:
        successor = Successor(reorganisation=row, name=name, full_name=f"{name} body", **more)
        drafts.save_successor(successor, bodies, by=by)
    row.refresh_from_db()
    return row


@dataclass
class HoldingApp:
    """Stands for an app: what it holds for each body by slug, and what was settled."""

    held: dict[str, list[tuple[str, tuple[Fate, ...]]]] = field(default_factory=dict)
    settled: list[tuple[str, str, str, date, User | None]] = field(default_factory=list)
    breaks: str = ""  # the title of the thing that can't be settled

    def holdings_of(self, body: Organisation) -> Iterator[Holding]:
        for title, fates in self.held.get(body.slug, []):
            yield Holding(
                key=f"test:{title}",
                kind="Request",
                title=title,
                url="/",
                fates=fates,
                settle=partial(self.settle, title),
            )

    def told_of(self, keys: Collection[str], user: User) -> Collection[str]:
        return keys

    def settle(self, title: str, fate: str, to: Organisation | None, on: date, by: User | None) -> str:
        if title == self.breaks:
            raise RuntimeError("the letter is lost")
        self.settled.append((title, fate, to.slug if to else "", on, by))
        for things in self.held.values():
            things[:] = [thing for thing in things if thing[0] != title]
        return f"Settled: {fate}"
