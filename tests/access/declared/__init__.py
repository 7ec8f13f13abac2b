"""Every door of the portal, a room a module. An address that is not here fails the test of the wall."""

from tests.access.declared import (
    accounts,
    foi,
    meetings,
    members,
    oversight,
    plan,
    questionnaires,
    reorganisations,
    reports,
    rooms,
)
from tests.access.doors import Door

DOORS: list[Door] = [
    *accounts.DOORS,
    *rooms.DOORS,
    *reorganisations.DOORS,
    *members.DOORS,
    *oversight.DOORS,
    *meetings.DOORS,
    *plan.DOORS,
    *questionnaires.DOORS,
    *foi.DOORS,
    *reports.DOORS,
]
