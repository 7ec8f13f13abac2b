"""What reports hold about people, and what of them goes after its time."""

import pytest

from cypcc_portal.reports import acts, records
from cypcc_portal.reports.models import Kind, Report
from network import dates
from network.dates import Period
from tests import reports_factories as make

pytestmark = pytest.mark.django_db
LATER = "2035-01-01"


@pytest.fixture
def draft(chapters, people) -> Report:
    period = Period.parse("2026-09")
    return acts.keep(Kind.BI_MONTHLY, period, acts.gather(Kind.BI_MONTHLY, period))


def test_ones_own_records_name_the_sections_that_one_wrote(draft, people):
    section = draft.sections.get(key="summary")
    acts.write(section, "My words.", version=section.version, by=people.admin)
    (mine,) = records.own_records(people.admin)
    assert [row[1:] for row in mine.rows] == [(str(draft), section.title)]
    (others,) = records.own_records(people.cochair_one)
    assert others.rows == ()


def test_a_draft_that_nobody_agreed_goes_after_its_time_and_is_not_drafted_again(draft, people, at, sign_in):
    (kind,) = records.retained()
    assert list(kind.rows(dates.parse_now("2026-01-01"))) == []
    later = dates.parse_now(LATER)
    assert list(kind.rows(later)) == [(str(draft), draft.get_absolute_url())]
    assert kind.purge(later) == 1
    assert kind.purge(later) == 0
    draft.refresh_from_db()
    assert not draft.sections.exists()
    assert draft.figures["chapters"] == []
    assert sign_in(people.admin).get(draft.get_absolute_url()).status_code == 200


def test_what_was_once_agreed_is_kept_for_good(people, chapters):
    made = make.report()
    acts.write(made.sections.get(key="summary"), "In short.", version=1, by=people.admin)
    agreed = make.agreed(made, people.admin, (people.cochair_one, people.cochair_two))
    (kind,) = records.retained()
    assert str(agreed) not in {title for title, _ in kind.rows(dates.parse_now(LATER))}
    acts.reopen(agreed, version=agreed.version, by=people.admin)
    assert kind.purge(dates.parse_now(LATER)) == 0
    assert agreed.sections.exists()
