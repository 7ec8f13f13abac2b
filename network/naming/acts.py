"""Naming people for a thing, which makes it legal."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models, transaction

from network import audit, registry
from network.audience import Audience, Naming, Readable
from network.marks import Loaded, mark_of
from network.naming.telling import tell
from network.people.models import User, people_with
from network.roles import Permission
from network.workflow import NotAllowed


def may_be_named() -> list[User]:
    """People of the authorities, the co-chairs and the coordinator; never a partner or an observer."""
    return people_with(Permission.BE_NAMED)


def named_for(row: models.Model) -> models.QuerySet[Naming]:
    return Naming.objects.filter(label=row._meta.label_lower, object_id=row.pk)


def mark_of_named(row: models.Model) -> str:
    """The mark of who is named for the thing."""
    return mark_of(repr(sorted(named_for(row).values_list("person_id", flat=True))))


def forget(row: models.Model) -> None:
    """Nobody is named any more: the thing itself is going."""
    named_for(row).update(over=True)


def name_people(row: Readable, people: Sequence[User], *, by: User, loaded: Loaded | None = None) -> None:
    """Makes the thing legal: from now on only the people named, one by one, read it.

    Raises Changed if others were named since the form was `loaded`, NotAllowed for whoever may not be named.
    """
    if {person.pk for person in people} - {person.pk for person in may_be_named()}:
        raise NotAllowed("A health partner, an observer or somebody without a role can’t be named.")
    with transaction.atomic():
        locked = type(row)._base_manager.select_for_update().get(pk=row.pk)
        if loaded:
            loaded.check(mark_of_named(locked))
        before = locked.audience
        named_for(locked).exclude(person__in=people).delete()
        known = set(named_for(locked).values_list("person_id", flat=True))
        new = [person for person in people if person.pk not in known]
        Naming.objects.bulk_create(
            Naming(label=row._meta.label_lower, object_id=row.pk, person=person, named_by=by)
            for person in new
        )
        for person in new:
            if person != by:
                tell(person)
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
        registry.fewer_readers(locked)
