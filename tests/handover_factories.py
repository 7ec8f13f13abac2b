"""Things of an app that are somebody's, as a test of handing over needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from network import registry
from network.people.models import Membership, User
from network.registry import Belonging
from network.workflow import Refused

LAST = date(2026, 11, 30)
NEXT = date(2026, 12, 1)


def seat(person: User, role: str = "") -> str:
    terms = person.memberships.filter(role=role) if role else person.memberships.all()
    return f"network.membership:{terms.get().pk}"


def terms(person: User, role: str) -> list[tuple[date | None, date | None]]:
    return list(Membership.objects.filter(user=person, role=role).values_list("starts_on", "ends_on"))


@pytest.fixture
def belongings(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Things of an app: `belongings(3, heirs)`; what is handed over is noted in the list that it gives."""

    def lay(number: int, to: tuple[User, ...], refuses: str = "") -> list[str]:
        done: list[str] = []

        def hand(key: str) -> Callable[[User, User], None]:
            def act(heir: User, by: User) -> None:
                if key == refuses:
                    raise Refused("A colleague closed it a moment ago.")
                done.append(f"{key} to {heir.name}")

            return act

        def answer(person: User, reader: User) -> Iterator[Belonging]:
            for place in range(number):
                key = f"test.thing:{place}"
                yield Belonging(
                    key=key,
                    kind="Thing",
                    title=f"Thing {place} <&>",
                    url="/",
                    heirs=to,
                    hand_over=hand(key),
                    named=f"thing {place}",
                )

        monkeypatch.setattr(registry.belongings_of, "_providers", [answer])
        return done

    return lay
