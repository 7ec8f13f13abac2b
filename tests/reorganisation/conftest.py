"""What tests of a reorganisation stand on."""

from __future__ import annotations

import pytest

from network import registry
from network.people.models import Organisation, User
from network.roles import Role
from tests import factories
from tests.reorganisation_factories import HoldingApp


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> HoldingApp:
    """One app that holds open things, and no other."""
    one = HoldingApp()
    monkeypatch.setattr(registry.holdings_of, "_providers", [one.holdings_of])
    monkeypatch.setattr(registry.told_of, "_providers", [one.told_of])
    return one


@pytest.fixture
def surrey_lead(orgs: dict[str, Organisation]) -> User:
    return factories.person("Lead, Surrey", Role.LEAD, orgs["surrey"])
