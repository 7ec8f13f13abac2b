"""A check is taken away wherever its function is known, and is there again afterwards."""

import pytest
from django.core.exceptions import PermissionDenied

from network.guards import require
from network.people.models import User
from network.roles import Permission
from tests.mutation.checks import mutants
from tests.mutation.swapping import REACHED, Live

GUARDS = "network/guards.py"


@pytest.fixture
def live():
    live = Live([GUARDS])
    yield live
    live.put_back()


def asked() -> None:
    require(User(is_active=False), Permission.PEOPLE_MANAGE)


def test_a_function_without_its_check_lets_everybody_pass_and_refuses_again_afterwards(live):
    check = next(one for one in mutants(GUARDS) if one.short == "Refusal")
    with pytest.raises(PermissionDenied):
        asked()
    assert live.put(GUARDS, check.source())
    asked()
    live.put_back()
    with pytest.raises(PermissionDenied):
        asked()


def test_a_marked_function_says_that_it_ran(live):
    check = next(one for one in mutants(GUARDS) if one.short == "Refusal")
    live.mark({GUARDS: {int(check.function.split(":")[1])}})
    REACHED.clear()
    with pytest.raises(PermissionDenied):
        asked()
    assert {check.function} == REACHED
