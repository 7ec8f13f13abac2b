"""What is removed stays with its readers: of a thing that stood under a legal one, its words do not come back
into the audit trail. Made from the models: a kind that is added is asked as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import ProtectedError

from network import audit
from network.audience import Audience, Naming, Scoped
from network.audit import AuditEntry
from network.people.models import Membership, User
from tests.access.walk import undone
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("among_made")]

UNDER = [
    (model, path)
    for model in apps.get_models()
    if issubclass(model, Scoped) and model.__module__[:5] != "tests"
    for path in model.stands_under
]


def _above(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = getattr(row, step)
    return row


def _standing(model: Any, path: str) -> Any:
    """A row that stands under something; it is put there if the made world has none."""
    if not model._base_manager.filter(**{f"{path}__isnull": False}).exists():
        *way, last = path.split("__")
        holder = model._base_manager.first()
        for step in way:
            holder = getattr(holder, step)
        kind = holder._meta.get_field(last).related_model
        put = {last: kind._base_manager.first()}
        if last == "origin_item":
            put["origin_key"] = "note-action:1"
        type(holder)._base_manager.filter(pk=holder.pk).update(**put)
    return model._base_manager.filter(**{f"{path}__isnull": False}).first()


def _remove(row: Any) -> None:
    try:
        row.delete()
    except ProtectedError as protected:
        for one in protected.protected_objects:
            _remove(one)
        row.delete()


def _kept_to(thing: Any, people: list[User], by: User) -> None:
    """By naming, where the kind can be; the trail says so, whether the thing is there or not."""
    for person in people:
        Naming.objects.create(label=thing._meta.label_lower, object_id=thing.pk, person=person, named_by=by)
    type(thing)._base_manager.filter(pk=thing.pk).update(audience=Audience.LEGAL)
    thing.audience = Audience.LEGAL
    audit.record(by=by, verb="named people", on=thing)


def _sees(person: User, entry: AuditEntry) -> bool:
    return AuditEntry.objects.visible_to(User.objects.get(pk=person.pk)).filter(pk=entry.pk).exists()


@pytest.mark.parametrize("order", ["named, then removed", "removed, then named", "both are gone"])
@pytest.mark.parametrize(("model", "path"), UNDER, ids=lambda one: getattr(one, "__name__", one))
def test_what_stood_under_a_legal_thing_is_in_nobodys_trail_but_theirs_who_are_named(
    model: Any, path: str, order: str, world: World
) -> None:
    with undone():
        admin, chair = world.people["admin"], world.people["cochair_one"]
        named = User.objects.create_user("second@demo.example", "Second admin")
        Membership.objects.create(user=named, role="admin")
        row = _standing(model, path)
        thing = _above(row, path)
        if any(rule.name.endswith("never_legal") for rule in thing._meta.constraints):
            pytest.skip("what it stands under is never legal")
        type(thing)._base_manager.filter(pk=thing.pk).update(audience=Audience.NETWORK)
        thing.audience = Audience.NETWORK
        Naming.objects.filter(label=thing._meta.label_lower, object_id=thing.pk).delete()
        # As it is written where more people read the thing than what it stands under.
        entry = AuditEntry(actor=chair, verb="let more people read", label=model._meta.label_lower)
        entry.object_id, entry.audience, entry.title = row.pk, Audience.PUBLISHED, "Canary"
        entry.sign().save()
        if order == "removed, then named":
            _remove(row)
            _kept_to(thing, [named], chair)
        else:
            _kept_to(thing, [named], chair)
            assert not _sees(admin, entry)
            _remove(row)
        if order == "both are gone":
            _remove(thing)
        assert not _sees(admin, entry)
        if order != "both are gone":
            assert _sees(named, entry)
        audit.seal()
        assert not list(audit.faults())


@pytest.mark.parametrize(("model", "path"), UNDER, ids=lambda one: getattr(one, "__name__", one))
def test_what_stood_under_nothing_legal_stays_with_its_name(model: Any, path: str, world: World) -> None:
    with undone():
        row = _standing(model, path)
        thing = _above(row, path)
        for each in (thing, row):
            if hasattr(each, "audience"):
                type(each)._base_manager.filter(pk=each.pk).update(audience=Audience.NETWORK)
        row = model._base_manager.get(pk=row.pk)
        entry = audit.record(by=world.people["cochair_one"], verb="removed", on=row)
        _remove(row)
        assert _sees(world.people["admin"], entry)
