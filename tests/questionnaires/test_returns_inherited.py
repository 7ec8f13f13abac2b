"""What an authority submitted is read by whoever came after it, as its own people read it: shared or not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.audience import Audience
from network.people.models import Membership, Organisation, Succession
from network.roles import Role
from questionnaires.models import Answer, Question, Return
from tests import factories
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db

LAST, FIRST = date(2027, 3, 31), date(2027, 4, 1)
SAID = "What Surrey said among its own"
PAGE = "/questionnaires/spring-2027/surrey/"


@pytest.fixture
def surrey(orgs, at) -> Organisation:
    """Ends on 31 March 2027; East and West Surrey come after it, as the law has it."""
    at("2027-03-20")
    Organisation.objects.filter(pk=orgs["surrey"].pk).update(ends_on=LAST)
    return Organisation.objects.get(slug="surrey")


@pytest.fixture
def row(surrey) -> Return:
    """Submitted by its lead and not shared."""
    writer = factories.person("Lead, Surrey", Role.LEAD, surrey)
    asking = make.round_("spring-2027", opens=-10, closes=5)
    return make.submitted(asking, surrey, by=writer, approved=False, E5=SAID)


@pytest.fixture
def parts(surrey) -> list[Organisation]:
    found = Succession.objects.filter(predecessor=surrey).select_related("successor")
    return [one.successor for one in found.order_by("successor__name")]


def member(role: Role, body: Organisation) -> Any:
    person = factories.person(f"{role.label} of {body}", role, body)
    person.memberships.update(starts_on=date(2026, 1, 1))  # named in good time
    return person


def merged(orgs) -> Organisation:
    """Kent and Medway end, and one authority comes after both."""
    both = Organisation.objects.create(
        kind="authority",
        name="Kent and Medway",
        full_name="Kent and Medway Council",
        slug="kent-medway-council",
    )
    for slug in ("kent", "medway"):
        Organisation.objects.filter(slug=slug).update(ends_on=LAST)
        Succession.objects.create(
            predecessor=orgs[slug], successor=both, on=FIRST, kind=Succession.Kind.MERGER, state="in force"
        )
    return both


INSIDE = (Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR, Role.DIRECTOR)


@pytest.mark.parametrize("role", INSIDE)
def test_the_people_of_each_part_read_what_the_whole_submitted(row, parts, at, sign_in, role):
    assert len(parts) == 2
    readers = [member(role, part) for part in parts]
    for reader in readers:
        assert sign_in(reader).get(PAGE).status_code == 404, "it is still Surrey's own"
    at("2027-04-01")
    for reader in readers:
        page = sign_in(reader).get(PAGE)
        assert page.status_code == 200
        assert SAID in page.content.decode()
        assert "because yours came after it" in page.content.decode()
        receipt = sign_in(reader).get(f"{PAGE}receipt/")
        assert "SPRING-2027/SURREY/1" in receipt.content.decode()
        for said in (page.content.decode(), receipt.content.decode()):
            assert "approval was not given" in said
            assert "awaited" not in said
            assert "reopen the return" not in said, "nobody can any more"


def test_whoever_wrote_it_reads_it_again_as_the_successors_lead(row, parts, at, sign_in):
    writer = row.submitted_by
    assert sign_in(writer).get(PAGE).status_code == 200
    writer.memberships.update(ends_on=LAST)
    Membership.objects.create(user=writer, role=Role.LEAD, organisation=parts[0], starts_on=FIRST)
    at("2027-04-01")
    page = sign_in(type(writer).objects.get(pk=writer.pk)).get(PAGE)
    assert page.status_code == 200
    assert SAID in page.content.decode()


@pytest.mark.parametrize(
    "who", ["stranger", "lead", "partner", "other_partner", "observer", "cochair_one", "former"]
)
def test_nobody_else_reads_what_was_not_shared(row, parts, people, orgs, at, sign_in, who):
    at("2027-04-01")
    reader = getattr(people, who)
    assert sign_in(reader).get(PAGE).status_code == 404
    assert not Answer.objects.visible_to(reader).filter(for_return=row).exists()
    assert SAID not in sign_in(reader).get("/questionnaires/spring-2027/results/E5/").content.decode()


def test_nor_does_who_has_left_the_successor_or_belongs_to_that_of_another(row, parts, orgs, at, sign_in):
    left = member(Role.LEAD, parts[0])
    left.memberships.update(ends_on=date(2027, 4, 10))
    another = merged(orgs)
    elsewhere = member(Role.LEAD, another)
    at("2027-04-11")
    for reader in (left, elsewhere):
        assert sign_in(type(reader).objects.get(pk=reader.pk)).get(PAGE).status_code == 404


def test_a_merger_reads_what_each_of_those_before_it_submitted(people, orgs, at, sign_in):
    at("2027-03-20")
    asking = make.round_("spring-2027", opens=-10, closes=5)
    for slug, writer in (("kent", people.lead), ("medway", people.stranger)):
        make.submitted(asking, orgs[slug], by=writer, approved=False)
    heir = member(Role.CONTRIBUTOR, merged(orgs))
    at("2027-04-01")
    for slug in ("kent", "medway"):
        assert sign_in(heir).get(f"/questionnaires/spring-2027/{slug}/").status_code == 200


def test_it_is_read_also_after_the_successor_has_ended_in_its_turn(row, parts, at, sign_in):
    Organisation.objects.filter(pk=parts[0].pk).update(ends_on=date(2031, 3, 31))
    later = Organisation.objects.create(
        kind="authority", name="All Surrey", full_name="All Surrey Council", slug="all-surrey"
    )
    Succession.objects.create(
        predecessor=parts[0],
        successor=later,
        on=date(2031, 4, 1),
        kind=Succession.Kind.REPLACED,
        state="in force",
    )
    heir = member(Role.LEAD, later)
    at("2031-03-31")
    assert sign_in(heir).get(PAGE).status_code == 404
    at("2031-04-01")
    assert sign_in(heir).get(PAGE).status_code == 200


def test_a_body_that_goes_on_keeps_its_returns_though_another_took_a_part_of_it(
    surrey, row, parts, at, sign_in
):
    Organisation.objects.filter(pk=surrey.pk).update(ends_on=None)
    heir = member(Role.LEAD, parts[0])
    at("2027-05-01")
    assert sign_in(heir).get(PAGE).status_code == 404


def test_what_was_never_submitted_is_nobodys_to_inherit(surrey, row, parts, at, sign_in):
    """Neither a draft, nor an answer that a changed condition took out of the submission."""
    asking = make.round_("winter-2027", opens=-10, closes=40)
    make.answer(make.return_of(asking, surrey), "E5", "Half a thought", by=row.submitted_by)
    Answer.objects.filter(for_return=row, question__code="E5").update(submitted=False)
    heir = member(Role.LEAD, parts[0])
    at("2027-04-01")
    client = sign_in(heir)
    assert client.get("/questionnaires/winter-2027/surrey/").status_code == 404
    assert SAID not in client.get(PAGE).content.decode()


def test_it_stays_as_it_was_submitted(row, parts, at, sign_in):
    heir = member(Role.LEAD, parts[0])
    at("2027-04-01")
    client = sign_in(heir)
    assert "Reopen the return" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}reopen/").status_code == 403
    assert client.post(f"{PAGE}E/", {"E5": "Other words"}).status_code in (403, 409)
    row.refresh_from_db()
    assert row.is_submitted
    assert Answer.objects.get(for_return=row, question__code="E5").value == SAID


def test_answers_for_the_coordinator_only_are_read_as_by_their_own_people(row, parts, at, sign_in, people):
    Question.objects.filter(version=row.round.version, code="E5").update(visibility=Audience.COORDINATOR)
    heir = member(Role.LEAD, parts[1])
    at("2027-04-01")
    assert SAID in sign_in(heir).get(PAGE).content.decode()


def test_it_costs_no_query_more_than_reading_ones_own(row, parts, people, at, sign_in):
    asking = row.round
    make.submitted(asking, people.lead.memberships.get().organisation, by=people.lead, approved=False)
    heir = member(Role.LEAD, parts[0])
    at("2027-04-01")

    def queries(reader: Any, address: str) -> int:
        client = sign_in(reader)
        client.get(address)
        with CaptureQueriesContext(connection) as ran:
            assert client.get(address).status_code == 200
        return len(ran)

    assert queries(heir, PAGE) == queries(people.lead, PAGE.replace("surrey", "kent"))
    everywhere = asking.get_absolute_url()
    assert queries(heir, everywhere) == queries(people.lead, everywhere)
