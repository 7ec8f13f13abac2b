"""What the network agreed about itself, and the log of what it decided."""

from __future__ import annotations

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from network.audience import Audience
from network.dates import Period
from network.governance import figures
from network.governance.models import TermsOfReference
from network.meetings import acts
from network.meetings.models import AgendaItem, Decision
from tests import factories
from tests import meetings_factories as make

LOG = "/governance/decisions/"


@pytest.fixture
def decided(people):
    """An open, a told, a chairs' and a legal decision; one of the chairs' and the legal one may be told."""
    meeting = make.held(people)
    admin = people.admin
    make.decide(meeting.items.get(title="Questionnaire"), "Open decision", by=admin)
    make.decide(meeting.items.get(title="Action plan"), "Told decision", by=admin, published=True)
    chairs = make.item(meeting, "Chairs’ item", audience=Audience.CHAIRS)
    make.decide(chairs, "Chairs’ decision", by=admin)
    make.decide(chairs, "Told by the chairs", by=admin, published=True)
    legal = make.legal_item(meeting, "Legal item", people.lead, admin, by=people.cochair_one)
    make.decide(legal, "Legal decision", by=admin, published=True)
    return meeting


ALL = {"Open decision", "Told decision", "Chairs’ decision", "Told by the chairs", "Legal decision"}
READS = {
    "lead": {"Open decision", "Told decision", "Told by the chairs", "Legal decision"},
    "stranger": {"Open decision", "Told decision", "Told by the chairs"},
    "cochair_one": {"Open decision", "Told decision", "Told by the chairs", "Chairs’ decision"},
    "partner": {"Told decision", "Told by the chairs"},
    "observer": {"Told decision", "Told by the chairs"},
}


@pytest.mark.parametrize("who", READS)
@pytest.mark.parametrize("address", [LOG, f"{LOG}?export=csv", f"{LOG}?q=decision"])
def test_the_log_holds_what_its_reader_may_read_in_page_download_and_search(
    decided, people, sign_in, who, address
):
    make.agree_notes(decided, people)
    text = sign_in(getattr(people, who)).get(address).content.decode()
    for decision in ALL:
        expected = decision in READS[who] and ("q=" not in address or "decision" in decision)
        assert (decision in text) == expected, decision
    if who in ("partner", "observer", "stranger"):
        assert "Chairs’ item" not in text  # a decision may be told, its item is not


def test_the_log_has_no_order_made_from_titles_that_its_reader_does_not_see(decided, people, sign_in):
    make.agree_notes(decided, people)
    client = sign_in(people.observer)
    page = client.get(f"{LOG}?sort=item").content.decode()
    first = Decision.objects.get(text="Told by the chairs").item
    for title in ("Aaa", "Zzz"):
        AgendaItem.objects.filter(pk=first.pk).update(title=title)
        sorted_page = client.get(f"{LOG}?sort=item").content.decode()
        assert re.findall(r"(?s)<tbody.*?</tbody>", sorted_page) == re.findall(r"(?s)<tbody.*?</tbody>", page)


def test_a_decision_leads_to_its_item_by_the_number_that_the_reader_sees(decided, people, sign_in):
    last = make.item(decided, "After the legal item")
    make.decide(last, "Last decision", by=people.admin)
    make.agree_notes(decided, people)
    for who, number in (("stranger", 9), ("lead", 10), ("admin", 11)):
        client = sign_in(getattr(people, who))
        rows = BeautifulSoup(client.get(LOG).content, "html.parser").select("tbody tr")
        (link,) = [row.select("a")[0]["href"] for row in rows if "Last decision" in row.text]
        assert link == f"/meetings/2026-11-12/notes/#item-{number}"
        notes = client.get("/meetings/2026-11-12/notes/").content.decode()
        assert f'id="item-{number}-title">{number}. After the legal item' in notes
    told = sign_in(people.stranger).get(LOG).content.decode()
    assert 'href="/meetings/2026-11-12/notes/"' in told  # the decision may be told, its item is not there


def test_nothing_is_in_the_log_before_the_notes_are_agreed_or_after_a_later_change(decided, people, sign_in):
    client = sign_in(people.stranger)
    assert "Open decision" not in client.get(LOG).content.decode()
    assert "Open decision" not in sign_in(people.admin).get(LOG).content.decode()
    make.agree_notes(decided, people)
    assert "Open decision" in client.get(LOG).content.decode()
    acts.change_meeting(decided, by=people.admin, place="Reading")
    assert "Open decision" not in client.get(LOG).content.decode()
    assert "Told decision" not in sign_in(people.observer).get(LOG).content.decode()


def test_what_may_not_leave_the_network_is_a_table_apart_and_the_rest_is_not_even_counted(decided, people):
    make.agree_notes(decided, people)
    (chapter,) = figures.chapters(Period.parse("2026-H2"))
    assert [figure.value for figure in chapter.figures] == [3]
    tables = {table.key: table for table in chapter.tables}
    assert {key: table.audience for key, table in tables.items()} == {
        "decisions.told": "published",
        "decisions.network": "network",
    }
    assert [row.cells[0] for row in tables["decisions.told"].rows] == ["Told decision", "Told by the chairs"]
    assert [row.cells[0] for row in tables["decisions.network"].rows] == ["Open decision"]


@pytest.mark.parametrize("key", ["decisions.told", "decisions.network"])
def test_a_source_leads_to_the_rows_it_counts(decided, people, sign_in, key):
    make.agree_notes(decided, people)
    (chapter,) = figures.chapters(Period.parse("2026-H2"))
    table = next(table for table in chapter.tables if table.key == key)
    page = sign_in(people.stranger).get(table.source.url).content.decode()
    assert f"{table.source.rows} of 3 decisions" in page
    for row in table.rows:
        assert row.cells[0] in page


def test_the_terms_stand_with_the_co_chairs_whose_start_is_not_recorded(people, sign_in):
    page = sign_in(people.lead).get("/governance/").content.decode()
    assert "Every six months the chairs tell the South East AD Safeguarding Network" in page
    assert "How often was due to be looked at again in April 2026" in page
    for name in ("Lin Ferguson", "Liam Doherty"):
        assert f'{name}</th>\n    <td class="govuk-table__cell">start not recorded</td>' in page
    assert "No account yet" in page


def test_a_co_chairs_office_is_due_for_review_each_year(people, sign_in):
    page = sign_in(people.lead).get("/governance/").content.decode()
    assert "1 January 2027" in page  # in office from 1 January 2025


def test_an_earlier_version_can_still_be_read(people, sign_in):
    TermsOfReference.objects.create(version=2, text="Newer", adopted_on=date(2026, 10, 1), source="Meeting")
    client = sign_in(people.lead)
    page = client.get("/governance/").content.decode()
    assert "Terms of reference, version 2" in page
    assert "/governance/terms/1/" in page
    assert "What the network is for" in client.get("/governance/terms/1/").content.decode()


@pytest.mark.parametrize("who", ["partner", "observer"])
def test_the_terms_are_for_members(people, sign_in, who):
    client = sign_in(getattr(people, who))
    assert client.get("/governance/terms/1/").status_code == 404
    room = client.get("/governance/")
    assert room.status_code == (200 if who == "partner" else 403)
    assert "Purpose" not in room.content.decode()


def test_who_chairs_is_told_to_members_and_to_nobody_outside(people, sign_in):
    said = {
        reader.name: people.cochair_one.name in sign_in(reader).get("/governance/").content.decode()
        for reader in (people.lead, people.partner)
    }
    assert said == {people.lead.name: True, people.partner.name: False}


def test_terms_are_not_empty_nor_reviewed_before_they_were_adopted(people):
    for wrong in (
        {"version": 1, "text": "again"},
        {"version": 3, "text": ""},
        {"version": 3, "text": "x", "adopted_on": date(2026, 1, 1), "review_on": date(2025, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            TermsOfReference.objects.create(source="here", **wrong)


def test_somebody_without_a_role_today_reads_no_decision(decided, people, sign_in):
    make.agree_notes(decided, people)
    for nobody in (people.former, factories.person("Nobody")):
        text = sign_in(nobody).get(LOG).content.decode()
        assert "decision" not in text.split("<tbody")[-1] or "Told decision" not in text
        assert "Told decision" not in text
