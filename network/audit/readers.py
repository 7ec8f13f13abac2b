"""Who reads which entry: an entry is read by whoever has the permission and reads the thing that it is about.

For everybody else it is not there: an entry about a legal item only for those named, one about a draft of an
authority only for that authority. What was legal at that moment stays with those named for it, also when the
thing is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, OuterRef, Q, Value, When

from network.audience import Audience, Naming, Scoped, ScopedQuerySet, levels
from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User

OPEN_ROOMS = (
    "network.people.",
    "network.membership.",
    "network.account.",
    "network.oversight.",
    "network.reorganisation.",
)
OPEN_LABELS = ("network.auditentry",)
"""Kinds without an audience of their own, of which whoever reads the audit trail may know. Others are
closed."""


def readable(user: User, entries: type[models.Model]) -> Q:
    if not user.may(Permission.AUDIT_READ):
        return Q(pk__in=[])
    kinds = _kinds_there_are(entries)
    open_kind = Q(label__in=list(_open_labels()))
    seen = _by_kind({model: _rows(model).visible_to(user) for model in kinds})
    there = _by_kind({model: model._base_manager.all() for model in kinds})
    same = entries._base_manager.filter(label=OuterRef("label"), object_id=OuterRef("object_id"))
    gone = (
        Q(label__in=[model._meta.label_lower for model in kinds], audience__in=["", *levels(user)])
        & ~there
        & ~Q(Exists(same.filter(audience=Audience.LEGAL)))
    )
    legal = Q(audience=Audience.LEGAL)
    all_of_the_kind = Q(object_id=0, label__in=[model._meta.label_lower for model in kinds])
    return (open_kind | all_of_the_kind | seen | gone | legal) & (~legal | Q(Exists(_named(user))))


def _kinds_there_are(entries: type[models.Model]) -> list[type[Scoped]]:
    """The kinds with an audience that any entry is about: one look into the index for each, in one query."""
    kinds = [model for model in apps.get_models() if issubclass(model, Scoped) and model is not entries]
    about = {
        f"kind_{place}": Exists(entries._base_manager.filter(label=model._meta.label_lower))
        for place, model in enumerate(kinds)
    }
    answers: Any = entries._base_manager.annotate(**about).values_list(*about).first() or ()
    return [model for model, any_ in zip(kinds, answers, strict=False) if any_]


def _rows(model: type[Scoped]) -> ScopedQuerySet[Any]:
    return model._default_manager.all()


def _by_kind(rows: dict[type[Scoped], Any]) -> Q:
    """Whether the entry's thing is among the rows of its kind. Not alternatives: a database would look each
    up by the kind, and sort a hundred thousand entries for a page of fifty."""
    among = [
        When(label=model._meta.label_lower, then=_truth(Q(object_id__in=found.order_by().values("pk"))))
        for model, found in rows.items()
    ]
    return Q(Case(*among, default=Value(False), output_field=models.BooleanField()))


def _truth(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=models.BooleanField())


def _open_labels() -> Iterator[str]:
    yield from OPEN_LABELS
    for model in apps.get_models():
        if f"{model.__module__}.".startswith(OPEN_ROOMS) and not issubclass(model, Scoped):
            yield model._meta.label_lower


def _named(user: User) -> models.QuerySet[Naming]:
    if not user.may(Permission.BE_NAMED):
        return Naming.objects.none()
    return Naming.objects.filter(label=OuterRef("label"), object_id=OuterRef("object_id"), person=user)
