"""What a reorganisation means for meetings, FOI figures, rounds and invitations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client

from foi.reading import Reader
from network import dates
from network.meetings.models import Attendance
from network.meetings.pages import seats
from network.membership.models import Invitation
from network.people.models import Organisation, User
from network.reorganisation import acts
from network.reorganisation.models import Settlement
from network.roles import Role
from network.tick import tick
from questionnaires.models import Round
from tests import actions_factories, factories, foi_factories, meetings_factories
from tests.conftest import People
from tests.reorganisation_factories import APRIL, reorganisation

Bodies = dict[str, Organisation]
At = Callable[[str], None]
SignIn = Callable[[User], Client]


def test_a_meeting_counts_the_authorities_of_its_own_day(
    people: People, orgs: Bodies, sign_in: SignIn, at: At
) -> None:
    acts.prepare(reorganisation(people.admin, [orgs["kent"], orgs["medway"]], ["Garden"]), by=people.admin)
    before = meetings_factories.meeting(date(2027, 3, 11))
    after = meetings_factories.meeting(date(2027, 5, 13))
    at("2027-05-14")
    tick()
    for slug in ("kent", "medway"):
        for meeting in (before, after):  # recorded for bodies that had ended by the second one
            Attendance.objects.create(meeting=meeting, organisation=orgs[slug], capacity="lead")
    Attendance.objects.create(meeting=after, organisation=orgs["east-surrey"], capacity="lead")
    assert seats(before, people.admin).says.startswith("2 of 19 authorities")
    # Surrey is two by then, Kent and Medway are one.
    assert seats(after, people.admin).says.startswith("1 of 19 authorities")
    page = sign_in(people.admin).get("/meetings/").content.decode()
    assert "2 of 19" in page
    assert "1 of 19" in page


def test_a_partner_still_reads_what_was_recorded_for_the_board_that_theirs_came_from(
    people: People, orgs: Bodies, at: At
) -> None:
    row = reorganisation(people.admin, [orgs["thames-valley"], orgs["central-east"]], ["Downs"])
    acts.prepare(row, by=people.admin)
    assert not Reader.of(User.objects.get(pk=people.other_partner.pk)).knows(orgs["central-east"].pk)
    at("2027-04-01")
    tick()
    reader = Reader.of(User.objects.get(pk=people.other_partner.pk))
    assert reader.knows(Organisation.objects.get(slug="downs").pk)
    for slug in ("thames-valley", "central-east", "buckinghamshire-oxfordshire-and-berkshire-west"):
        assert reader.knows(orgs[slug].pk)
    assert not reader.knows(orgs["kent-and-medway"].pk)


def test_requests_returns_and_actions_of_what_ends_are_settled_together(
    people: People, orgs: Bodies, at: At
) -> None:
    asked = foi_factories.sent_round(people.admin)
    lead = factories.person("Lead, Oxfordshire", Role.LEAD, orgs["oxfordshire"])
    action = actions_factories.action(people.admin, owner_organisation=orgs["oxfordshire"], owner=lead)
    boards = reorganisation(people.admin, [orgs["thames-valley"], orgs["surrey-and-sussex"]], ["Downs"])
    county = reorganisation(people.admin, [orgs["oxfordshire"]], ["Ridgeway"])
    waiting = asked.requests.filter(sent_to__in=[orgs["thames-valley"], orgs["surrey-and-sussex"]])
    assert waiting.count() == 4
    for row in (boards, county):
        acts.prepare(row, by=people.admin)
    at("2027-04-01")
    said = tick()
    assert not said.failed
    for row in (boards, county):
        row.refresh_from_db()
        assert (row.status, row.failed) == ("in force", "")
        assert not row.settlements.filter(said="").exists()
    assert set(waiting.values_list("status", flat=True)) == {"lapsed_body_dissolved"}
    assert asked.requests.exclude(status="lapsed_body_dissolved").count() == asked.requests.count() - 4
    action.refresh_from_db()
    assert action.owner_organisation == Organisation.objects.get(slug="ridgeway")
    assert "handed to Ridgeway" in county.settlements.get(kind="Action").said


def test_a_round_for_a_day_to_come_asks_what_will_be_there(people: People, orgs: Bodies) -> None:
    acts.prepare(reorganisation(people.admin, [orgs["kent"], orgs["medway"]], ["Garden"]), by=people.admin)
    asked = {body.slug for body in Round(opens_on=APRIL).authorities_asked()}
    assert {"garden", "east-surrey", "west-surrey"} <= asked
    assert not {"kent", "medway", "surrey"} & asked


def invited(by: User, where: Organisation, email: str = "new@example.org") -> Invitation:
    return Invitation.objects.create(
        email=email,
        name="New",
        role=Role.CONTRIBUTOR,
        organisation=where,
        invited_by=by,
        expires_at=dates.now() + timedelta(days=365),
    )


def test_an_open_invitation_leads_to_the_successor(people: People, orgs: Bodies, at: At) -> None:
    invitation = invited(people.admin, orgs["kent"])
    row = reorganisation(people.admin, [orgs["kent"], orgs["medway"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    assert "new@example.org" in Settlement.objects.get().title
    twice = invited(people.admin, orgs["medway"])
    at("2027-04-01")
    tick()
    invitation.refresh_from_db()
    twice.refresh_from_db()
    assert invitation.organisation == Organisation.objects.get(slug="garden")
    assert (invitation.status, twice.status) == ("open", "revoked")  # one link to one role is enough


def test_an_open_invitation_to_one_of_several_is_withdrawn_unless_somebody_chose(
    people: People, orgs: Bodies, at: At
) -> None:
    row = reorganisation(people.admin, [orgs["surrey"]])
    acts.prepare(row, by=people.admin)
    invitation = invited(people.admin, orgs["surrey"])
    at("2027-04-01")
    tick()
    invitation.refresh_from_db()
    assert invitation.status == "revoked"


def test_two_leads_of_authorities_that_merge_both_keep_a_seat(people: People, orgs: Bodies, at: At) -> None:
    row = reorganisation(people.admin, [orgs["kent"], orgs["medway"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    both = factories.person("Of both", Role.DEPUTY, orgs["kent"])
    factories.membership(both, Role.DEPUTY, orgs["medway"])
    at("2027-04-01")
    tick()
    garden = Organisation.objects.get(slug="garden")
    assert garden.memberships.filter(role=Role.LEAD, ends_on=None).count() == 2
    assert garden.memberships.filter(user=both).count() == 1  # one seat for two that became one
