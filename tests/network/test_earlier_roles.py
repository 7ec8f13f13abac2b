"""Whoever becomes lead was perhaps deputy there: in the same screen the admin is offered to end that role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from network.audit import AuditEntry
from network.mail import OutboxMail
from network.membership import acts, earlier, handover
from network.membership.handover import leaving
from network.membership.rules import Unfit
from network.membership.views.handover import ends_of, field_of
from network.people.models import Membership, Organisation, User
from network.roles import Role
from tests.browsing import opened
from tests.conftest import People
from tests.handover_factories import LAST, NEXT, seat, terms

SignIn = Callable[[User], Client]
Orgs = dict[str, Organisation]
OFFER = "End the earlier role there of whoever becomes lead"


def words(answer: Any) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def screen(person: User) -> str:
    return f"/network/people/{person.pk}/handover/"


def handed(client: Client, person: User, to: User, **more: str) -> str:
    """The screen of the handover, sent with everything to one person."""
    day = {"last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}
    typed = opened(client, screen(person)) | day | {field_of(seat(person)): str(to.pk)} | more
    return words(client.post(screen(person), typed, follow=True))


def gave(client: Client, person: User, role: str, where: Organisation, on: date, **more: str) -> str:
    page = f"/network/people/{person.pk}/roles/new/"
    day = {"starts_on-day": str(on.day), "starts_on-month": str(on.month), "starts_on-year": str(on.year)}
    typed = opened(client, page) | {"role": role, "where": str(where.pk)} | day | more
    answer = client.post(page, typed, follow=True)
    soup = BeautifulSoup(answer.content, "html.parser")
    known = soup.select_one("input[name='said-leads']")
    if known and known.get("value"):
        answer = client.post(page, typed | {"said-leads": str(known["value"])}, follow=True)
    return words(answer)


def test_the_screen_of_a_handover_offers_to_end_the_deputys_role_and_says_whose(
    people: People, sign_in: SignIn
) -> None:
    page = words(sign_in(people.admin).get(screen(people.lead)))
    assert OFFER in page
    assert "Deputy, Kent (deputy)" in page
    assert "if you leave this empty, they hold both." in page


def test_ticked_the_deputys_role_ends_on_the_day_before_they_become_lead(
    people: People, sign_in: SignIn
) -> None:
    (began, _), *_ = terms(people.deputy, "deputy")
    said = handed(sign_in(people.admin), people.lead, people.deputy, **{ends_of(seat(people.lead)): "on"})
    assert f"{people.deputy.name}’s role as deputy at Kent County Council ends with that." in said
    assert terms(people.deputy, "lead") == [(NEXT, None)]
    assert terms(people.deputy, "deputy") == [(began, LAST)]
    assert AuditEntry.objects.filter(verb="ended a role", object_id=people.deputy.pk).exists()
    assert OutboxMail.objects.filter(to_user=people.deputy, subject__contains="deputy").exists()


def test_left_empty_both_roles_stand_and_the_admin_is_told_so_there_and_on_the_persons_page(
    people: People, sign_in: SignIn
) -> None:
    client = sign_in(people.admin)
    said = handed(client, people.lead, people.deputy)
    assert f"{people.deputy.name}’s role as deputy at Kent County Council stays beside it." in said
    assert [end for _, end in terms(people.deputy, "deputy")] == [None]
    page = client.get(people.deputy.get_absolute_url())
    assert "is lead and deputy at Kent County Council at the same time" in words(page)
    assert "End the role as deputy" in words(page)
    own = words(sign_in(people.stranger).get(people.deputy.get_absolute_url()))
    assert "at the same time" not in own


def test_the_tick_is_about_whoever_takes_the_role_and_about_nobody_else(
    people: People, sign_in: SignIn
) -> None:
    handed(sign_in(people.admin), people.lead, people.director, **{ends_of(seat(people.lead)): "on"})
    assert [end for _, end in terms(people.deputy, "deputy")] == [None]
    assert [end for _, end in terms(people.director, "director")] == [None]  # no lead's role in small


def test_roles_at_another_authority_stay(people: People, orgs: Orgs) -> None:
    Membership.objects.create(user=people.deputy, role=Role.DEPUTY, organisation=orgs["medway"])
    marks = leaving(people.lead, people.admin).marks()
    key = seat(people.lead)
    handover.hand_over(
        people.lead, by=people.admin, last_day=LAST, to={key: people.deputy}, loaded=marks, ending=[key]
    )
    left = Membership.objects.filter(user=people.deputy, role=Role.DEPUTY, ends_on__isnull=True)
    assert [one.organisation for one in left] == [orgs["medway"]]


def test_a_last_day_that_has_gone_by_leaves_no_day_without_a_role_and_none_with_both(
    people: People, sign_in: SignIn
) -> None:
    key = seat(people.lead)
    more = {"last_day-day": "1", ends_of(key): "on"}
    handed(sign_in(people.admin), people.lead, people.deputy, **more)
    today = date(2026, 11, 22)
    assert terms(people.deputy, "lead") == [(today, None)]
    assert [end for _, end in terms(people.deputy, "deputy")] == [date(2026, 11, 21)]


@pytest.mark.parametrize("began", [date(2026, 11, 22), date(2026, 12, 24)])
def test_an_earlier_role_of_today_or_to_come_is_over_as_well(people: People, began: date) -> None:
    Membership.objects.filter(user=people.deputy).update(starts_on=began)
    if began > date(2026, 11, 22):
        Membership.objects.create(
            user=people.deputy,
            role=Role.CONTRIBUTOR,
            organisation=people.deputy.memberships.get().organisation,
        )
    marks, key = leaving(people.lead, people.admin).marks(), seat(people.lead)
    handover.hand_over(
        people.lead,
        by=people.admin,
        last_day=date(2026, 11, 1),
        to={key: people.deputy},
        loaded=marks,
        ending=[key],
    )
    fresh = User.objects.get(pk=people.deputy.pk)
    assert {one.role for one in fresh.standing.seats} == {"lead"}
    assert not Membership.objects.filter(user=fresh, role=Role.DEPUTY, ends_on__isnull=True).exists()


def test_giving_somebody_the_role_of_lead_offers_the_same(
    people: People, sign_in: SignIn, orgs: Orgs
) -> None:
    client = sign_in(people.admin)
    page = words(client.get(f"/network/people/{people.deputy.pk}/roles/new/"))
    assert "is deputy at Kent County Council." in page
    said = gave(client, people.deputy, "lead", orgs["kent"], NEXT, ends_earlier="on")
    assert f"{people.deputy.name}’s role as deputy at Kent County Council ends with that." in said
    assert [end for _, end in terms(people.deputy, "deputy")] == [LAST]


def test_given_elsewhere_or_left_empty_it_ends_nothing(people: People, sign_in: SignIn, orgs: Orgs) -> None:
    client = sign_in(people.admin)
    gave(client, people.deputy, "lead", orgs["medway"], NEXT, ends_earlier="on")
    said = gave(client, people.deputy, "lead", orgs["kent"], NEXT)
    assert "role as deputy at Kent County Council stays beside it." in said
    assert [end for _, end in terms(people.deputy, "deputy")] == [None]


def test_somebody_without_such_a_role_is_asked_nothing(people: People, sign_in: SignIn) -> None:
    page = words(sign_in(people.admin).get(f"/network/people/{people.director.pk}/roles/new/"))
    assert "End the earlier role" not in page


def test_where_a_lead_names_the_deputy_as_successor_the_coordinator_is_told_of_both_roles(
    people: People,
) -> None:
    term = people.lead.memberships.get()
    acts.end_role(term, by=people.lead, last_day=LAST, follows=people.deputy)
    told = OutboxMail.objects.filter(to_user=people.admin).latest("pk").text
    assert f"{people.deputy.name} stays deputy there as well." in " ".join(told.split())


def until(day: date) -> dict[str, str]:
    return {"ends_on-day": str(day.day), "ends_on-month": str(day.month), "ends_on-year": str(day.year)}


def test_whoever_leads_for_a_while_is_deputy_before_during_and_after(
    people: People, sign_in: SignIn, orgs: Orgs
) -> None:
    client = sign_in(people.admin)
    page = words(client.get(f"/network/people/{people.deputy.pk}/roles/new/"))
    assert "Leave it empty if the new role has a last day: the earlier one would not come back" in page
    december = until(date(2026, 12, 31))
    said = gave(client, people.deputy, "lead", orgs["kent"], NEXT, ends_earlier="on", **december)
    assert "The new role has a last day, 31 December 2026, and the earlier one would not come back" in said
    assert terms(people.deputy, "lead") == []
    said = gave(client, people.deputy, "lead", orgs["kent"], NEXT, **december)
    assert "role as deputy at Kent County Council stays beside it." in said
    assert terms(people.deputy, "lead") == [(NEXT, date(2026, 12, 31))]
    assert [end for _, end in terms(people.deputy, "deputy")] == [None]


def test_the_act_itself_ends_nothing_for_a_role_that_has_a_last_day(people: People, orgs: Orgs) -> None:
    with pytest.raises(Unfit):
        earlier.give_role(
            people.deputy,
            Role.LEAD,
            orgs["kent"],
            by=people.admin,
            ends_earlier=True,
            starts_on=NEXT,
            ends_on=date(2026, 12, 31),
        )
    assert terms(people.deputy, "lead") == []
    assert [end for _, end in terms(people.deputy, "deputy")] == [None]


def test_a_handover_ends_what_its_heir_held_before_and_nothing_that_it_gives(
    people: People, sign_in: SignIn, orgs: Orgs
) -> None:
    """Page, mail and what stands in the end say the same."""
    Membership.objects.create(user=people.lead, role=Role.CONTRIBUTOR, organisation=orgs["kent"])
    lead, contributor = seat(people.lead, "lead"), seat(people.lead, "contributor")
    day = {"last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}
    heir = {field_of(key): str(people.deputy.pk) for key in (lead, contributor)}
    client = sign_in(people.admin)
    typed = opened(client, screen(people.lead)) | day | heir | {ends_of(lead): "on"}
    said = words(client.post(screen(people.lead), typed, follow=True))
    assert "Handed over: 2 things" in said
    assert f"{people.deputy.name}’s role as deputy at Kent County Council ends with that." in said
    assert f"{people.deputy.name} is then lead and contributor at Kent County Council." in said
    assert terms(people.deputy, "lead") == [(NEXT, None)]
    assert terms(people.deputy, "contributor") == [(NEXT, None)]
    assert [end for _, end in terms(people.deputy, "deputy")] == [LAST]
    assert not AuditEntry.objects.filter(verb="withdrew a role").exists()
    mail = OutboxMail.objects.get(to_user=people.deputy, subject__contains="You take over")
    assert "contributor at Kent County Council, from 1 December 2026" in mail.text


def test_two_roles_for_one_heir_end_the_earlier_one_once_if_either_was_ticked(
    people: People, sign_in: SignIn, orgs: Orgs
) -> None:
    Membership.objects.create(user=people.lead, role=Role.DEPUTY, organisation=orgs["kent"])
    heir = people.contributor
    lead, deputy = seat(people.lead, "lead"), seat(people.lead, "deputy")
    day = {"last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}
    client = sign_in(people.admin)
    typed = opened(client, screen(people.lead)) | day | {ends_of(lead): "on"}
    typed |= {field_of(key): str(heir.pk) for key in (lead, deputy)}
    both = {ends_of(deputy): "on"}
    said = words(client.post(screen(people.lead), typed | both, follow=True))
    assert said.count(f"{heir.name}’s role as contributor at Kent County Council ends with that.") == 1
    assert "stays beside it" not in said
    assert [end for _, end in terms(heir, "contributor")] == [LAST]
    assert terms(heir, "deputy") == terms(heir, "lead") == [(NEXT, None)]
    ends = OutboxMail.objects.filter(to_user=heir, subject__contains="Your role as contributor")
    assert ends.count() == 1
