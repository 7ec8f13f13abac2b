"""Who holds which role at bodies on a day: as recorded, and for a day to come as is prepared."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from network import registry
from network.people.models import Membership, Organisation, User
from network.roles import Role


@dataclass(frozen=True)
class Held:
    role: Role
    user: User
    planned: date | None = None  # from when on, if it is only planned

    @property
    def words(self) -> str:
        """ "Lead", "Lead (planned)"."""
        return f"{self.role.label} (planned)" if self.planned else self.role.label

    @property
    def says(self) -> str:
        return f"{self.words}: {self.user.display()}"


class Planned:
    """What is prepared for some bodies and a day; asked once for all of them."""

    def __init__(self, bodies: Collection[int], roles: Collection[Role], day: date) -> None:
        self.day = day
        self.emptied = set(registry.emptied(bodies, day))
        self.coming = registry.planned_roles(bodies, roles, day)

    def held(self, body: Organisation, recorded: Iterable[Membership]) -> list[Held]:
        """The recorded roles that will not have ended by then, and those that are planned beside them; after
        its last day nobody holds a role at a body, whatever else is recorded."""
        if body.ends_on and body.ends_on < self.day:
            return []
        stay = [] if body.pk in self.emptied else list(recorded)
        have = {(row.user_id, row.role) for row in stay}
        come = [
            Held(Role(one.seat.role), one.seat.user, one.on)
            for one in self.coming
            if one.organisation_id == body.pk and (one.seat.user_id, one.seat.role) not in have
        ]
        return [*(Held(Role(row.role), row.user) for row in stay), *come]
