"""Two at the same moment: one body ends once, and a first day comes once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from threading import Barrier, Thread

import pytest
from django.db import connections

from network.mail import OutboxMail
from network.people.models import Membership, Organisation
from network.reorganisation import acts
from network.reorganisation.models import Ending, Reorganisation, Status
from network.workflow import Changed, Refused
from tests.conftest import People
from tests.reorganisation_factories import reorganisation

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
At = Callable[[str], None]


def at_once(*things: Callable[[], object]) -> list[str]:
    """All of them from threads of their own; what each was refused with, or "done"."""
    together, said = Barrier(len(things)), ["" for _ in things]

    def run(place: int) -> None:
        try:
            together.wait(10)
            things[place]()
            said[place] = "done"
        except (Changed, Refused) as refused:
            said[place] = str(refused)
        finally:
            connections.close_all()

    _run([Thread(target=copy_context().run, args=(run, place)) for place in range(len(things))])
    return sorted(said)


def _run(threads: Sequence[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_body_is_prepared_to_end_once(people: People, orgs: dict[str, Organisation]) -> None:
    rows = [reorganisation(people.admin, [orgs["central-east"]], [name]) for name in ("Middle", "Centre")]
    said = at_once(*(lambda row=row: acts.prepare(row, by=people.admin) for row in rows))
    assert said.count("done") == 1
    assert any("Central East ends by another reorganisation already" in one for one in said)
    assert Ending.objects.filter(live=True).count() == 1
    assert Reorganisation.objects.filter(status=Status.PREPARED).count() == 1


def test_two_bodies_of_one_name_are_not_made(people: People, orgs: dict[str, Organisation]) -> None:
    ends = [orgs["central-east"], orgs["kent-and-medway"]]
    rows = [reorganisation(people.admin, [body], ["Middle"]) for body in ends]
    said = at_once(*(lambda row=row: acts.prepare(row, by=people.admin) for row in rows))
    assert said.count("done") == 1
    assert Organisation.objects.filter(slug="middle").count() == 1


def test_two_workers_bring_it_into_force_once(people: People, orgs: dict[str, Organisation], at: At) -> None:
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    at("2027-04-01")
    assert at_once(acts.bring_into_force, acts.bring_into_force) == ["done", "done"]
    row.refresh_from_db()
    assert row.status == Status.IN_FORCE
    assert Membership.objects.filter(user=people.partner).count() == 2
    assert OutboxMail.objects.filter(to=people.partner.email).count() == 1
