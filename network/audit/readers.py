"""Who reads which entry: an entry is read by whoever has the permission and reads the thing that it is about.

For everybody else it is not there: an entry about a legal item only for those named, one about a draft of an
authority only for that authority. What was legal at that moment stays with those named for it, also when the
thing is gone. What a thing stood under when it was removed (network.audit.removed) still keeps its readers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, Value, When

from network.audience import Audience, Naming, Scoped, ScopedQuerySet, levels
from network.audit.removed import StoodUnder
from network.readings import kind_at
from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User

Thing = tuple[str, int]
"""Its label and number."""

OPEN_ROOMS = (
    "network.people.",
    "network.membership.",
    "network.account.",
    "network.oversight.",
    "network.reorganisation.",
)
OPEN_LABELS = ("network.auditentry",)
"""Kinds of which whoever reads the audit trail may know what was done with all of them at once."""

LABELS = """
WITH RECURSIVE labels(label) AS (
    SELECT MIN(label) FROM network_auditentry
    UNION ALL
    SELECT (SELECT MIN(label) FROM network_auditentry WHERE label > labels.label)
    FROM labels WHERE labels.label IS NOT NULL
)
SELECT label FROM labels WHERE label IS NOT NULL
"""
"""Each label that any entry bears: one step through the index for each. DISTINCT would read all of it."""


def readable(user: User, entries: type[models.Model]) -> Q:
    if not user.may(Permission.AUDIT_READ):
        return Q(pk__in=[])
    kinds = _kinds_there_are(entries)
    labels = [model._meta.label_lower for model in kinds]
    open_kind = Q(label__in=list(_open_labels()))
    same = entries._base_manager.filter(label=OuterRef("label"), object_id=OuterRef("object_id"))
    gone = Q(label__in=labels, audience__in=["", *levels(user)])
    gone &= ~Q(Exists(same.filter(audience=Audience.LEGAL))) & _under_what_is_read(user, kinds, entries)
    # Not alternatives: a database would look each up by the kind, and sort a hundred thousand entries for a
    # page of twenty-five.
    there = [_as_its_thing(model, user) for model in kinds]
    known = Q(Case(*there, default=_truth(gone), output_field=models.BooleanField()))
    legal = Q(audience=Audience.LEGAL)
    all_of_the_kind = Q(object_id=0, label__in=[*labels, *OPEN_LABELS])
    read = (open_kind | all_of_the_kind | known | legal) & (~legal | Q(Exists(_named(user))))
    return Q(_WordedOnce(read, output_field=models.BooleanField()))


def legal_now(user: User, things: set[Thing]) -> set[Thing]:
    """Of things of which the person reads entries, those that are legal today, or what is legal above them:
    only they who are named for it read that at all. Their entries may be older than that."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    for label, number in Naming.objects.filter(person=user).values_list("label", "object_id"):
        named[label].append(number)
    if not named:
        return set()
    found = {(label, number) for label, number in things if number in named[label]}
    for model in apps.get_models():
        numbers = [number for label, number in things if label == model._meta.label_lower]
        for path in getattr(model, "stands_under", ()) if numbers else ():
            above = kind_at(model, path)._meta.label_lower
            if named[above]:
                rows = model._base_manager.filter(pk__in=numbers, **{f"{path}__in": named[above]})
                found |= {(above, number) for number in rows.order_by().values_list(path, flat=True)}
    return found


def _under_what_is_read(user: User, kinds: list[type[Scoped]], entries: type[models.Model]) -> Q:
    """Of something that is gone: whether the person reads all that it stood under. Of what nobody wrote
    that down, nobody reads."""
    under = [model._meta.label_lower for model in kinds if model.stands_under]
    if not under:
        return Q()
    if not StoodUnder.objects.exists():
        return ~Q(label__in=under)
    stood = StoodUnder.objects.filter(label=OuterRef("label"), object_id=OuterRef("object_id"))
    hidden = Q(pk__in=[])
    for model in _above(kinds):
        of_it = Q(above=model._meta.label_lower)
        there = Q(above_id__in=model._base_manager.all())
        read = Q(above_id__in=model._default_manager.visible_to(user))
        hidden |= of_it & there & ~read
        legal = entries._base_manager.filter(
            label=OuterRef("above"), object_id=OuterRef("above_id"), audience=Audience.LEGAL
        )
        hidden |= of_it & ~there & Q(Exists(legal))
    return ~Q(label__in=under) | (Q(Exists(stood)) & ~Q(Exists(stood.filter(hidden))))


def _above(kinds: list[type[Scoped]]) -> set[type[Any]]:
    """The kinds under which others stand."""
    return {kind_at(kind, path) for kind in kinds for path in kind.stands_under}


def _kinds_there_are(entries: type[models.Model]) -> list[type[Scoped]]:
    """The kinds with an audience that any entry is about."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS)
        about = {label for (label,) in cursor.fetchall()}
    return [model for model in _kinds(entries) if model._meta.label_lower in about]


@cache
def _kinds(entries: type[models.Model]) -> tuple[type[Scoped], ...]:
    """All kinds with an audience but the entries themselves, which are read by this rule."""
    return tuple(model for model in apps.get_models() if issubclass(model, Scoped) and model is not entries)


def _as_its_thing(model: type[Scoped], user: User) -> When:
    """An entry about a thing that is still there is read by whoever reads the thing."""
    there = Q(label=model._meta.label_lower, object_id__in=model._base_manager.all())
    rows: ScopedQuerySet[Any] = model._default_manager.visible_to(user)
    if not rows.query.where:  # no condition: all of them
        return When(there, then=Value(True))
    return When(there, then=_truth(Q(object_id__in=rows)))


class _WordedOnce(ExpressionWrapper):  # type: ignore[type-arg]  # generic in its stubs only
    """A long condition whose SQL is put together once for all that is asked of the same rows: how many there
    are, and which stand on the page. A copy is worded anew: it may be meant for other names of the tables."""

    _resolved = False
    _worded: tuple[str, Any] | None = None

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Once: as one side of a comparison it would be resolved again each time it is worded."""
        if self._resolved:
            return self
        resolved: Any = super().resolve_expression(*args, **kwargs)
        resolved._resolved = True
        return resolved

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if self._worded is None:
            self._worded = super().as_sql(compiler, connection)
        return self._worded

    def copy(self) -> _WordedOnce:
        copied: _WordedOnce = super().copy()
        copied._resolved, copied._worded = False, None
        return copied


def _truth(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=models.BooleanField())


def _open_labels() -> Iterator[str]:
    """Kinds without an audience of their own, of which whoever reads the audit trail may know. Others are
    closed."""
    for model in apps.get_models():
        if f"{model.__module__}.".startswith(OPEN_ROOMS) and not issubclass(model, Scoped):
            yield model._meta.label_lower


def _named(user: User) -> models.QuerySet[Naming]:
    if not user.may(Permission.BE_NAMED):
        return Naming.objects.none()
    return Naming.objects.filter(label=OuterRef("label"), object_id=OuterRef("object_id"), person=user)
