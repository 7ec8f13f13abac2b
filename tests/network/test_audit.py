"""Who did what to which thing, when, on whose behalf."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from network import audit
from network.audience import Audience
from network.audit import AuditEntry
from network.library.models import LibraryItem
from tests.conftest import People


def item(people: People, audience: str) -> LibraryItem:
    return LibraryItem.objects.create(
        title="Advice", kind="legal", link="https://example.org/", audience=audience, added_by=people.lead
    )


@pytest.mark.django_db
def test_each_reading_of_a_legal_item_is_written_down_and_of_nothing_else(people: People) -> None:
    legal = item(people, Audience.LEGAL)
    others = [item(people, level) for level in Audience if level != Audience.LEGAL]
    audit.read(by=people.lead, on=[legal, *others])
    audit.read(by=people.lead, on=legal)
    rows = AuditEntry.objects.filter(verb="read").values_list("actor", "label", "object_id", "detail")
    assert list(rows) == [(people.lead.pk, "network.libraryitem", legal.pk, {})] * 2


@pytest.mark.django_db
def test_a_page_writes_down_any_number_of_readings_at_once(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    legal = [item(people, Audience.LEGAL) for _ in range(3)]
    with django_assert_num_queries(1):
        audit.read(by=people.lead, on=legal)
    with django_assert_num_queries(0):
        audit.read(by=people.lead, on=[item for item in legal if item.audience == "network"])
