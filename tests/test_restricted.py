"""A row that fewer people read than the network leaves the portal after a fresh sign-in only, in whatever
way so few read it: by its own audience, by that of what it stands under, or because it is a draft.

Made from the models: one that is added is asked as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from cypcc_portal.reports.models import Report
from foi.models import Request
from network.audience import Naming, Readable, Scoped
from network.meetings.models import AgendaItem, Notes
from questionnaires.models import Return
from tests.access.walk import undone
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("among_made")]

OWN = {
    "network.auditentry": "its list asks always",
    "network.invitation": "its list asks always",
    "network.job": "says nothing restricted, and no list of it leaves",
    "network.signin": "nobody's but one's own, and no list of it leaves",
    "network.kept": "sealed, and no list of it leaves",
    "network.naming": "as a row nobody's but one's own, and no list of them leaves",
    "network.owncopy": "sealed, and taking it asks always",
    "network.user": "who is in the network is no secret in it; an address is shown to whom its owner chose",
    "network.reorganisation": "bodies and days, which are public; kept to admins until it is done",
    "foi.foiround": "a title and a year; its requests are asked for themselves",
    "questionnaires.round": "the questions, until they are sent to every member",
    "network.cyclerule": "when the network meets is known to every member",
}
"""Kinds of which few read some rows, with the reason why that is no secret worth asking for."""

KINDS = [
    model
    for model in apps.get_models()
    if issubclass(model, Scoped) and model._meta.label_lower not in OWN and model.__module__[:5] != "tests"
]


def narrowed(world: World, way: str) -> None:
    """All that stands above other rows has few readers now."""
    if way in ("chairs", "coordinator", "legal"):
        AgendaItem.objects.update(audience=way)
    if way == "chairs":
        Request.objects.exclude(status="draft").update(audience=way, shared_on=None)
    if way == "legal":
        Naming.objects.all().delete()
        for row in AgendaItem.objects.all():
            world.name(row)
    if way == "draft":
        Notes.objects.update(status="draft")
        Report.objects.update(status="draft", agreed_at=None)
        Return.objects.update(approved=False)


WAYS = ("as it is", "chairs", "coordinator", "legal", "draft")


@pytest.mark.parametrize("way", WAYS)
def test_what_a_member_elsewhere_does_not_read_is_restricted(way: str, world: World) -> None:
    everyone = [world.people[role] for role in ("stranger", "partner", "observer")]
    wrong, few = [], 0
    with undone():
        narrowed(world, way)
        for model in KINDS:
            rows: Any = model._default_manager
            many = {pk for person in everyone for pk in rows.visible_to(person).values_list("pk", flat=True)}
            left = rows.exclude(pk__in=many)
            few += left.count()
            open_to_all = left.exclude(pk__in=rows.restricted().values("pk"))
            wrong += [f"{one._meta.label_lower} {one.pk}: {one}" for one in open_to_all]
    assert not wrong
    assert few > 10


def test_what_every_member_reads_is_asked_of_nobody(world: World) -> None:
    for model in KINDS:
        rows: Any = model._default_manager
        if issubclass(model, Readable) or model._meta.label_lower.startswith("network."):
            asked = rows.visible_to(world.people["stranger"]).restricted()
            assert not asked.exists(), model._meta.label_lower


def test_the_exceptions_are_kinds_that_there_are() -> None:
    assert set(OWN) <= {model._meta.label_lower for model in apps.get_models()}
