"""The only door to a `.status`: which moves are allowed, and the one way to make a move.

A model declares its moves as data (`workflow: ClassVar[Workflow]`). Buttons come from `allowed()`, acts go
through `move()`: lock, check, save, audit, and what follows, all in one transaction. Nothing else writes a
status; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from network import audit
from network.refusals import refusal
from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User


class NotAllowed(PermissionDenied):
    """The person may not make this move."""


class Changed(Exception):
    """The thing has moved on meanwhile; `str()` is the sentence for the person."""


class Refused(Exception):
    """The move can't be made now, for a reason of the thing itself; `str()` is the sentence."""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One move.

    `permission` None means that only the portal itself makes the move (a rule or the calendar), never a
    person at a button. `also` says who else may, for what they are to the row (an action's owner). `check`
    looks at the locked row and answers with the sentence why not, or "".
    """

    name: str
    sources: frozenset[str]
    target: str
    says: str
    permission: Permission | None
    also: Callable[[Any, User], bool] = lambda row, user: False
    check: Callable[[Any], str] = lambda row: ""


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """All moves of one model. `organisation` names the attribute at which permissions are asked."""

    transitions: tuple[Transition, ...]
    organisation: str = ""

    def find(self, name: str) -> Transition:
        return next(transition for transition in self.transitions if transition.name == name)


class Stateful(models.Model):
    """A model with a status that only this module writes."""

    workflow: ClassVar[Workflow]
    status: Any

    class Meta:
        abstract = True


_Row = TypeVar("_Row", bound=Stateful)


def _permitted(row: Stateful, transition: Transition, user: User) -> bool:
    if transition.permission is None:
        return False
    at = getattr(row, row.workflow.organisation) if row.workflow.organisation else None
    return user.may(transition.permission, at=at) or transition.also(row, user)


def _refusal(row: Stateful, transition: Transition, user: User) -> str:
    if transition.permission is None:
        return "The portal does this by itself, when its time has come."
    at = getattr(row, row.workflow.organisation) if row.workflow.organisation else None
    return refusal(user, transition.permission, at)


def allowed(row: Stateful, user: User) -> list[Transition]:
    """The moves that the person could make now; what the page shows as buttons."""
    return [
        transition
        for transition in row.workflow.transitions
        if row.status in transition.sources
        and _permitted(row, transition, user)
        and not transition.check(row)
    ]


def move(
    row: _Row,
    name: str,
    *,
    by: User | None,
    on_behalf_of: User | None = None,
    then: Callable[[_Row], None] | None = None,
    **changes: Any,
) -> _Row:
    """Make the move and give back the row as it now is.

    `by` None is the portal itself. `changes` are saved with the new status, `then` runs in the same
    transaction (mail rows, voided agreements). Raises NotAllowed, Changed (the row no longer stands where
    the move starts) or Refused.
    """
    transition = row.workflow.find(name)
    with transaction.atomic():
        locked = type(row)._base_manager.select_for_update().get(pk=row.pk)
        if by is not None and not _permitted(locked, transition, by):
            raise NotAllowed(_refusal(locked, transition, by))
        if locked.status not in transition.sources:
            raise Changed(f"This has changed since you opened it: it is now {locked.status!r}.")
        if reason := transition.check(locked):
            raise Refused(reason)
        before = locked.status
        for field, value in changes.items():
            setattr(locked, field, value)
        locked.status = transition.target
        locked.save()
        audit.record(
            by=by, verb=name, on=locked, on_behalf_of=on_behalf_of, before=before, after=locked.status
        )
        if then:
            then(locked)
    row.refresh_from_db()
    return row
