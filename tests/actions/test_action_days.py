"""The plan as it stood on a day: a day out of range is said, never a fault."""

import pytest

from tests import actions_factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "asked",
    [
        "as_at=0001-01-01",
        "as_at=1999-12-31",
        "as_at=9999-12-31",
        "as_at=2026-09-30&since=0001-01-01",
        "as_at=2026-09-30&since=1999-12-31",
        "as_at=2026-09-30&since=2101-01-01",
    ],
)
def test_a_day_before_2000_or_after_2100_is_refused_in_words(people, sign_in, asked):
    make.action(people.admin)
    answer = sign_in(people.lead).get(f"/actions/?{asked}")
    assert answer.status_code == 200
    assert "between 2000 and 2100" in answer.content.decode()
