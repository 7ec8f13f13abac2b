"""Roles over time: given, ended, reviewed; what may not be is said, and holds when two act at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import copy_context
from datetime import date
from functools import partial
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connections, transaction
from django.test import Client

from network import dates
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.marks import mark_of_row
from network.membership import acts, rules
from network.membership.forms import RoleEndForm
from network.membership.rules import Days, Unfit
from network.membership.views import roles
from network.people.models import Membership, Organisation, User
from network.roles import Permission, Role
from network.workflow import NotAllowed
from tests import factories
from tests.conftest import People

Orgs = dict[str, Organisation]
SignIn = Callable[[User], Client]
At = Callable[[str], None]

TODAY = date(2026, 11, 22)


def term_of(person: User, role: str = "") -> Membership:
    terms = Membership.objects.filter(user=person)
    return terms.get(role=role) if role else terms.get()


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def refused(act: Callable[..., Any], *arguments: Any, **more: Any) -> str:
    before = list(Membership.objects.order_by("pk").values())
    mails = OutboxMail.objects.count()
    with pytest.raises(Unfit) as refusal:
        act(*arguments, **more)
    assert list(Membership.objects.order_by("pk").values()) == before
    assert OutboxMail.objects.count() == mails
    return str(refusal.value)


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}-day": str(when.day), f"{name}-month": str(when.month), f"{name}-year": str(when.year)}


def role_sent(where: Organisation | None, role: str, first: date = TODAY, last: date | None = None) -> Any:
    sent = {"role": role, "where": where.pk if where else "", **day("starts_on", first)}
    return sent | (day("ends_on", last) if last else {})


def end_sent(term: Membership, last: date | None = None, **more: Any) -> Any:
    mark = mark_of_row(Membership.objects.get(pk=term.pk), RoleEndForm.watched)
    when = {"when": "day", **day("ends_on", last)} if last else {"when": "now"}
    return {**when, "loaded": mark, **more}


def end_page(term: Membership) -> str:
    return f"/network/people/{term.user_id}/roles/{term.pk}/end/"


# -- Giving ---------------------------------------------------------------------------------------------


def test_an_admin_gives_a_further_role_and_the_person_is_told(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    path = f"/network/people/{people.director.pk}/roles/new/"
    sent = role_sent(orgs["kent"], "deputy", date(2026, 12, 1), date(2027, 6, 30))
    assert sign_in(people.admin).post(path, sent).status_code == 302
    term = term_of(people.director, "deputy")
    assert (term.starts_on, term.ends_on) == (date(2026, 12, 1), date(2027, 6, 30))
    mail = OutboxMail.objects.get(to_user=people.director)
    assert "from 1 December 2026 to 30 June 2027" in mail.text
    entry = AuditEntry.objects.get(verb="gave a role")
    assert (entry.actor, entry.object_id) == (people.admin, people.director.pk)


def test_the_form_says_who_leads_the_authority_already_and_two_leads_are_allowed(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    admin, path = sign_in(people.admin), f"/network/people/{people.director.pk}/roles/new/"
    sent = role_sent(orgs["kent"], "lead", date(2026, 12, 1))
    page = admin.post(path, sent).content.decode()
    assert "Kent has a lead already: Lead, Kent, from " in page
    assert "Two leads are allowed." in page
    assert not Membership.objects.filter(user=people.director, role="lead").exists()
    known = re.search(r'name="said-leads" value="([^"]+)"', page)
    assert known
    assert admin.post(path, {**sent, "said-leads": known[1]}).status_code == 302
    assert term_of(people.director, "lead").starts_on == date(2026, 12, 1)


def test_a_lead_who_begins_after_the_one_before_is_no_remark(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    Membership.objects.filter(user=people.lead).update(ends_on=date(2026, 11, 30))
    path = f"/network/people/{people.director.pk}/roles/new/"
    answer = sign_in(people.admin).post(path, role_sent(orgs["kent"], "lead", date(2026, 12, 1)))
    assert answer.status_code == 302


def test_a_role_given_for_later_is_not_in_force_before_its_day(people: People, orgs: Orgs, at: At) -> None:
    acts.give_role(
        people.observer,
        Role.LEAD,
        orgs["surrey"],
        by=None,
        starts_on=date(2026, 12, 1),
    )
    assert not fresh(people.observer).may(Permission.RETURN_EDIT)
    at("2026-12-01")
    assert fresh(people.observer).may(Permission.RETURN_EDIT)


@pytest.mark.parametrize(
    ("role", "where", "first", "last", "why"),
    [
        ("deputy", "kent", date(2026, 12, 2), date(2026, 12, 1), "before it began on 2 December 2026"),
        (
            "lead",
            "kent",
            date(2026, 12, 2),
            None,
            "is lead at Kent County Council already, from 1 January 2025",
        ),
        ("lead", "kent", date(2020, 1, 1), None, "is lead at Kent County Council already"),
        ("deputy", "surrey", date(2027, 4, 1), None, "existed until 31 March 2027"),
        ("deputy", "surrey", TODAY, date(2027, 4, 1), "exists until 31 March 2027"),
        ("deputy", "east-surrey", TODAY, None, "exists from 1 April 2027 on"),
        ("deputy", "kent-and-medway", TODAY, None, "a role at a member authority"),
        ("deputy", "", TODAY, None, "choose one"),
        ("observer", "kent", TODAY, None, "choose no organisation"),
    ],
)
def test_what_may_not_be_is_said_at_its_field_and_what_was_typed_is_kept(
    people: People,
    orgs: Orgs,
    sign_in: SignIn,
    role: str,
    where: str,
    first: date,
    last: date | None,
    why: str,
) -> None:
    before = Membership.objects.count()
    sent = role_sent(orgs[where] if where else None, role, first, last)
    page = sign_in(people.admin).post(f"/network/people/{people.lead.pk}/roles/new/", sent)
    assert page.status_code == 200
    text = page.content.decode()
    assert why in text
    assert f'value="{first.year}"' in text
    assert Membership.objects.count() == before


def test_the_database_itself_refuses_an_end_before_the_beginning_and_a_moment_without_a_day(
    people: People,
) -> None:
    for wrong in ({"ends_on": date(2020, 1, 1)}, {"ended_at": "2026-11-22T09:00Z"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(user=people.lead).update(**wrong)


def test_a_role_may_be_held_again_after_a_break_and_on_the_day_on_which_it_was_ended_at_once(
    people: People, orgs: Orgs
) -> None:
    acts.end_role(term_of(people.deputy), by=people.admin)
    again = acts.give_role(people.deputy, Role.DEPUTY, orgs["kent"], by=people.admin)
    assert again.starts_on == TODAY
    assert fresh(people.deputy).may(Permission.RETURN_SUBMIT, at=orgs["kent"])


# -- Ending ---------------------------------------------------------------------------------------------


def test_a_role_that_is_ended_at_once_is_over_at_the_next_request_of_an_open_session(
    people: People, sign_in: SignIn
) -> None:
    deputy, admin = sign_in(people.deputy), sign_in(people.admin)
    assert deputy.get("/network/people/").status_code == 200
    term = term_of(people.deputy)
    assert admin.post(end_page(term), end_sent(term)).status_code == 302
    assert deputy.get("/network/people/").status_code == 403
    assert deputy.get("/").status_code == 200
    term.refresh_from_db()
    assert term.ends_on == TODAY
    assert term.ended_at
    assert "It has ended." in OutboxMail.objects.get(to_user=people.deputy).text


def test_a_role_counts_to_the_end_of_its_last_day(people: People, sign_in: SignIn, at: At) -> None:
    term = term_of(people.deputy)
    sign_in(people.admin).post(end_page(term), end_sent(term, date(2026, 11, 23)))
    at("2026-11-23T23:59")
    assert fresh(people.deputy).may(Permission.RETURN_SUBMIT)
    at("2026-11-24T00:01")
    assert not fresh(people.deputy).may(Permission.RETURN_SUBMIT)


def test_a_role_that_began_today_can_be_ended_today(people: People, orgs: Orgs) -> None:
    term = acts.give_role(people.observer, Role.DEPUTY, orgs["medway"], by=people.admin)
    acts.end_role(term, by=people.admin)
    assert fresh(people.observer).standing.roles == {Role.OBSERVER}


def test_a_role_does_not_end_before_it_began(people: People, sign_in: SignIn) -> None:
    term = term_of(people.deputy)
    page = sign_in(people.admin).post(end_page(term), end_sent(term, date(2024, 12, 31)))
    assert "before it began on 1 January 2025" in page.content.decode()
    assert term_of(people.deputy).ends_on is None


def test_the_last_day_is_asked_for_unless_the_role_ends_now(people: People, sign_in: SignIn) -> None:
    term = term_of(people.deputy)
    sent = {**end_sent(term), "when": "day"}
    assert "Enter the last day" in sign_in(people.admin).post(end_page(term), sent).content.decode()


def test_a_role_that_is_over_is_not_ended_again(people: People, sign_in: SignIn) -> None:
    term = term_of(people.former)
    answer = sign_in(people.admin).post(end_page(term), end_sent(term, TODAY))
    assert answer.status_code == 409
    assert "ended on 21 November 2026 already" in answer.content.decode()


def test_two_admins_who_end_one_role_differently_the_second_is_told(people: People, sign_in: SignIn) -> None:
    term, admin = term_of(people.deputy), sign_in(people.admin)
    older = end_sent(term, date(2026, 12, 31))
    admin.post(end_page(term), end_sent(term, date(2027, 1, 31)))
    answer = admin.post(end_page(term), older)
    assert answer.status_code == 409
    assert term_of(people.deputy).ends_on == date(2027, 1, 31)


@pytest.mark.parametrize("who", ["cochair_one", "lead", "stranger", "contributor"])
def test_nobody_but_an_admin_ends_somebody_elses_role(people: People, sign_in: SignIn, who: str) -> None:
    term = term_of(people.deputy)
    assert sign_in(getattr(people, who)).post(end_page(term), end_sent(term)).status_code == 403
    with pytest.raises(NotAllowed):
        acts.end_role(term, by=getattr(people, who))


def test_a_role_of_somebody_else_is_not_reached_by_ones_own_page(people: People, sign_in: SignIn) -> None:
    path = f"/network/people/{people.lead.pk}/roles/{term_of(people.deputy).pk}/end/"
    assert sign_in(people.lead).get(path).status_code == 404


# -- An end that stands ---------------------------------------------------------------------------------

STANDS = date(2026, 11, 30)


@pytest.mark.parametrize("who", ["deputy", "contributor", "lead", "director", "cochair_one", "partner"])
@pytest.mark.parametrize("last", [date(2026, 12, 1), date(2035, 12, 31), date(9999, 12, 31)])
def test_nobody_prolongs_their_own_role_beyond_the_end_that_an_admin_set(
    people: People, sign_in: SignIn, who: str, last: date
) -> None:
    person = getattr(people, who)
    term = acts.end_role(term_of(person), by=people.admin, last_day=STANDS)
    assert "ends on 30 November 2026" in refused(acts.end_role, term, by=person, last_day=last)
    sent = end_sent(term, last, follows=people.deputy.pk)
    page = sign_in(person).post(end_page(term), sent)
    assert term_of(person).ends_on == STANDS
    assert page.status_code == 200
    assert "only the coordinator can let it last longer" in page.content.decode() or last.year == 9999


@pytest.mark.parametrize("who", ["deputy", "contributor", "cochair_one", "partner"])
def test_nobody_writes_that_their_own_role_ended_before_today(
    people: People, sign_in: SignIn, who: str
) -> None:
    person = getattr(people, who)
    term = term_of(person)
    page = sign_in(person).post(end_page(term), end_sent(term, date(2026, 11, 21)))
    assert "The last day can’t be in the past" in page.content.decode()
    assert "can’t be in the past" in refused(acts.end_role, term, by=person, last_day=date(2025, 6, 1))


def test_whoever_holds_a_role_ends_it_today_at_once_or_earlier_than_the_end_that_stands(
    people: People,
) -> None:
    term = acts.end_role(term_of(people.deputy), by=people.admin, last_day=STANDS)
    acts.end_role(term, by=people.deputy, last_day=date(2026, 11, 25))
    assert acts.end_role(term, by=people.deputy, last_day=TODAY).ends_on == TODAY
    assert acts.end_role(term, by=people.deputy).ended_at


def test_an_admin_lets_a_role_last_longer_and_corrects_an_end_that_was_in_the_past(people: People) -> None:
    term = acts.end_role(term_of(people.deputy), by=people.admin, last_day=STANDS)
    assert acts.end_role(term, by=people.admin, last_day=date(2027, 6, 30)).ends_on == date(2027, 6, 30)
    assert acts.end_role(term, by=people.admin, last_day=date(2026, 6, 30)).ends_on == date(2026, 6, 30)


def test_an_end_is_not_moved_into_the_same_persons_next_term_of_that_role(
    people: People, orgs: Orgs, sign_in: SignIn
) -> None:
    term = acts.end_role(term_of(people.deputy), by=people.admin, last_day=STANDS)
    acts.give_role(people.deputy, Role.DEPUTY, orgs["kent"], by=people.admin, starts_on=date(2027, 1, 1))
    said = "is deputy at Kent County Council already, from 1 January 2027"
    assert said in refused(acts.end_role, term, by=people.admin, last_day=date(2027, 1, 1))
    page = sign_in(people.admin).post(end_page(term), end_sent(term, date(2027, 3, 1)))
    assert page.status_code == 200
    assert 'href="#id_ends_on' in page.content.decode(), "at the field"
    acts.end_role(term, by=people.admin, last_day=date(2026, 12, 31))


def test_a_term_of_office_is_not_prolonged_over_that_of_a_successor(people: People) -> None:
    term = acts.end_role(term_of(people.cochair_one), by=people.admin, last_day=STANDS)
    acts.give_role(people.lead, Role.CO_CHAIR, None, by=people.admin, starts_on=date(2026, 12, 1))
    assert "There are 2 co-chairs" in refused(acts.end_role, term, by=people.admin, last_day=date(2027, 1, 1))
    assert "ends on 30 November" in refused(
        acts.end_role, term, by=people.cochair_one, last_day=date(2027, 1, 1)
    )


def test_the_command_prolongs_no_end_that_stands_and_still_writes_a_past_one(people: People) -> None:
    end = partial(call_command, "end_role", people.partner.email, "--role", "partner", stdout=StringIO())
    acts.end_role(term_of(people.deputy), by=people.admin, last_day=STANDS)
    with pytest.raises(CommandError, match="no such role"):
        call_command(
            "end_role", people.deputy.email, "--role", "deputy", "--last-day", "2030-01-01", stdout=StringIO()
        )
    assert term_of(people.deputy).ends_on == STANDS
    end("--last-day", "2026-06-01")
    assert term_of(people.partner).ends_on == date(2026, 6, 1)


# -- The last admin -------------------------------------------------------------------------------------


def test_the_last_admin_stays_be_it_by_page_own_act_or_command(people: People, sign_in: SignIn) -> None:
    term, admin = term_of(people.admin), sign_in(people.admin)
    for last in (None, TODAY, date(2027, 5, 1)):
        page = admin.post(end_page(term), end_sent(term, last))
        assert "nobody would be admin" in page.content.decode()
    with pytest.raises(CommandError, match="nobody would be admin"):
        call_command("end_role", people.admin.email, "--role", "admin", stdout=StringIO())
    assert fresh(people.admin).may(Permission.PEOPLE_MANAGE)


def test_an_admin_goes_once_there_is_another_without_an_end(people: People) -> None:
    term = term_of(people.admin)
    other = factories.person("Second coordinator", Role.ADMIN, ends_on=date(2027, 1, 15))
    assert "From 16 January 2027 on nobody would be admin" in refused(acts.end_role, term, by=people.admin)
    factories.membership(other, Role.ADMIN, starts_on=date(2027, 1, 17))
    assert "From 16 January 2027" in refused(acts.end_role, term, by=people.admin)
    Membership.objects.filter(starts_on=date(2027, 1, 17)).update(starts_on=date(2027, 1, 16))
    acts.end_role(term, by=people.admin)


def test_an_admin_who_cannot_sign_in_does_not_count(people: People) -> None:
    other = factories.person("Second coordinator", Role.ADMIN)
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert "nobody would be admin" in refused(acts.end_role, term_of(people.admin), by=people.admin)


def test_a_gap_is_found_wherever_it_is() -> None:
    terms = [Days(date(2026, 1, 1), date(2026, 6, 30)), Days(date(2026, 6, 1), date(2026, 12, 31))]
    assert rules.first_gap(terms, date(2026, 3, 1)) == date(2027, 1, 1)
    assert rules.first_gap([*terms, Days(date(2027, 1, 1), None)], date(2026, 3, 1)) is None
    assert rules.first_gap(terms, date(2025, 12, 31)) == date(2025, 12, 31)


# -- A lead who gives up the seat -----------------------------------------------------------------------


def test_the_only_lead_says_who_follows_and_the_coordinator_is_told(
    people: People, orgs: Orgs, sign_in: SignIn, at: At
) -> None:
    term, lead = term_of(people.lead), sign_in(people.lead)
    last = date(2026, 11, 30)
    page = lead.post(end_page(term), end_sent(term, last)).content.decode()
    assert "who follows as lead?" in page.lower()
    assert term_of(people.lead).ends_on is None
    sent = end_sent(term, last, follows=people.deputy.pk)
    assert lead.post(end_page(term), sent).status_code == 302
    follower = term_of(people.deputy, "lead")
    assert (follower.organisation, follower.starts_on) == (orgs["kent"], date(2026, 12, 1))
    told = OutboxMail.objects.get(to_user=people.admin)
    assert "Kent has a new lead: Deputy, Kent" in told.subject
    at("2026-12-01")
    assert not fresh(people.lead).standing.roles
    assert fresh(people.deputy).standing.roles == {Role.LEAD, Role.DEPUTY}


def test_nobody_from_elsewhere_follows(people: People, sign_in: SignIn) -> None:
    term = term_of(people.lead)
    sent = end_sent(term, date(2026, 11, 30), follows=people.stranger.pk)
    assert sign_in(people.lead).post(end_page(term), sent).status_code == 200
    assert "holds no role" in refused(acts.end_role, term, by=people.lead, follows=people.stranger)
    assert "say who follows you" in refused(acts.end_role, term, by=people.lead)


def test_one_of_two_leads_and_everybody_else_may_just_go(people: People, orgs: Orgs, sign_in: SignIn) -> None:
    factories.person("Second lead, Kent", Role.LEAD, orgs["kent"])
    for person in (people.lead, people.contributor):
        term = term_of(person)
        answer = sign_in(person).post(end_page(term), end_sent(term))
        assert answer.headers["Location"] == "/"
        assert not fresh(person).standing.roles


def test_an_admin_may_leave_a_seat_empty(people: People) -> None:
    acts.end_role(term_of(people.lead), by=people.admin)
    assert not fresh(people.lead).standing.roles


# -- Co-chairs ------------------------------------------------------------------------------------------


def test_there_are_two_co_chairs_and_a_third_term_may_not_overlap_theirs(
    people: People, sign_in: SignIn
) -> None:
    page = sign_in(people.admin).post(
        f"/network/people/{people.director.pk}/roles/new/", role_sent(None, "co_chair")
    )
    text = page.content.decode()
    assert "There are 2 co-chairs" in text
    assert "Co-chair one (from 1 January 2025) and Co-chair two (from 1 January 2025)" in text


def test_a_co_chair_follows_on_the_day_after_another_and_is_reviewed_after_a_year(people: People) -> None:
    acts.end_role(term_of(people.cochair_two), by=people.admin, last_day=date(2026, 12, 31))
    early = refused(
        acts.give_role, people.director, Role.CO_CHAIR, None, by=people.admin, starts_on=date(2026, 12, 31)
    )
    assert "End a term of office first, or begin this one later" in early
    term = acts.give_role(
        people.director,
        Role.CO_CHAIR,
        None,
        by=people.admin,
        starts_on=date(2027, 1, 1),
        ends_on=date(2028, 12, 31),
    )
    assert term.review_on == date(2028, 1, 1)


@pytest.mark.parametrize("last", [date(2027, 6, 30), date(2027, 11, 21)])
def test_a_co_chairs_extended_term_is_reviewed_in_each_of_its_years(
    people: People, sign_in: SignIn, at: At, last: date
) -> None:
    """Made for less than a year: no review falls into it. Extended, it is reviewed like any other."""
    acts.end_role(term_of(people.cochair_two), by=people.admin, last_day=date(2026, 11, 21))
    starts = date(2026, 11, 22)
    term = acts.give_role(
        people.director, Role.CO_CHAIR, None, by=people.admin, starts_on=starts, ends_on=last
    )
    says, page = "Review the term of office of Director, Kent", people.director.get_absolute_url()
    assert term.review_due is None
    assert "To be reviewed by" not in sign_in(people.admin).get(page).content.decode()
    acts.end_role(term, by=people.admin, last_day=date(2029, 10, 31))
    assert "To be reviewed by 22 November 2027" in sign_in(people.admin).get(page).content.decode()
    for year in (2027, 2028):
        at(f"{year}-11-20")
        assert says in sign_in(people.admin).get("/").content.decode(), year
        acts.record_review(term, by=people.admin)
        assert says not in sign_in(people.admin).get("/").content.decode(), year
    at("2029-10-25")
    assert says not in sign_in(people.admin).get("/").content.decode(), "over before its next review"


def test_a_term_that_was_kept_without_a_day_of_review_gets_one_when_it_is_extended(people: People) -> None:
    term = term_of(people.cochair_one)
    Membership.objects.filter(pk=term.pk).update(ends_on=date(2026, 12, 31), review_on=None)
    extended = acts.end_role(term, by=people.admin, last_day=date(2028, 12, 31))
    assert extended.review_on == date(2027, 1, 1)
    assert acts.end_role(extended, by=people.admin, last_day=date(2027, 12, 31)).review_due == date(
        2027, 1, 1
    )


def test_outside_a_demonstration_the_co_chairs_of_the_terms_of_reference_count_without_an_account(
    orgs: Orgs, settings: Any
) -> None:
    person = factories.person("Somebody")
    settings.PORTAL_DEMO = False
    said = refused(acts.give_role, person, Role.CO_CHAIR, None, by=None)
    assert "Lin Ferguson (from a day that is not recorded)" in said


def test_a_yearly_review_shows_on_the_admins_home_when_it_is_due(
    people: People, sign_in: SignIn, at: At
) -> None:
    term = term_of(people.cochair_one)
    Membership.objects.filter(pk=term.pk).update(review_on=date(2027, 1, 10))
    says = "Review the term of office of Co-chair one"
    assert says not in sign_in(people.admin).get("/").content.decode()
    at("2026-12-15")
    admin = sign_in(people.admin)
    assert says in admin.get("/").content.decode()
    assert says not in sign_in(people.lead).get("/").content.decode()
    assert admin.post(f"/network/people/{term.user_id}/roles/{term.pk}/review/").status_code == 302
    assert says not in admin.get("/").content.decode()
    assert term_of(people.cochair_one).review_on == date(2027, 12, 15)
    assert AuditEntry.objects.filter(verb="reviewed a term of office").exists()


def test_only_a_term_of_office_is_reviewed(people: People) -> None:
    assert "co-chair’s term" in refused(acts.record_review, term_of(people.lead), by=people.admin)


# -- Details --------------------------------------------------------------------------------------------


def change_page(person: User) -> str:
    return f"/network/people/{person.pk}/change/"


def details(person: User, **more: str) -> dict[str, str]:
    mark = mark_of_row(fresh(person), ("name", "job_title", "email"))
    stands = {"name": person.name, "job_title": person.job_title, "email": person.email or "", "loaded": mark}
    return stands | more


def test_an_admin_changes_an_address_and_the_old_one_is_told(people: People, sign_in: SignIn) -> None:
    sent = details(people.lead, email=" New.Lead@Kent.Example ")
    assert sign_in(people.admin).post(change_page(people.lead), sent).status_code == 302
    assert fresh(people.lead).email == "new.lead@kent.example"
    told = {mail.to: mail.text for mail in OutboxMail.objects.all()}
    assert "this address no longer works" in told[people.lead.email or ""]
    assert "changed your e-mail address" in told["new.lead@kent.example"]
    assert AuditEntry.objects.get(verb="changed a person").detail == {"changed": ["email"]}


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"email": "LEAD.MEDWAY@example.org"}, "is somebody else’s address"),
        ({"email": "nothing"}, "e-mail address"),
        ({"email": ""}, "Enter"),
        ({"name": " "}, "Enter"),
    ],
)
def test_details_that_do_not_do_are_refused_in_words(
    people: People, sign_in: SignIn, sent: dict[str, str], why: str
) -> None:
    page = sign_in(people.admin).post(change_page(people.lead), details(people.lead, **sent))
    assert page.status_code == 200
    assert why in page.content.decode(), re.findall(r"(?s)error-summary__list.*?</ul>", page.content.decode())
    assert fresh(people.lead).email == people.lead.email


def test_of_two_admins_who_change_one_person_the_second_sees_both_and_nothing_is_lost(
    people: People, sign_in: SignIn
) -> None:
    admin, second = sign_in(people.admin), factories.person("Second coordinator", Role.ADMIN)
    opened = details(people.lead)
    sign_in(second).post(change_page(people.lead), {**opened, "job_title": "Head of service"})
    page = admin.post(change_page(people.lead), {**opened, "job_title": "Service manager"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "Head of service" in text
    assert 'value="Service manager"' in text
    assert fresh(people.lead).job_title == "Head of service"


def test_only_an_admin_changes_details(people: People, sign_in: SignIn) -> None:
    for person in (people.lead, people.cochair_one):
        assert sign_in(person).post(change_page(people.lead), details(people.lead)).status_code == 403


# -- The list and the page ------------------------------------------------------------------------------


def test_members_see_who_holds_a_role_today_and_an_admin_everybody(people: People, sign_in: SignIn) -> None:
    shown = sign_in(people.lead).get("/network/people/?q=Kent").content.decode()
    assert "Deputy, Kent" in shown
    assert "Former lead" not in shown
    assert "Last signed in" not in shown
    whole = sign_in(people.admin).get("/network/people/?state=former").content.decode()
    assert "Former lead, Kent" in whole
    assert "Last signed in" in whole


def test_somebody_without_a_role_today_has_no_page_for_members(people: People, sign_in: SignIn) -> None:
    path = f"/network/people/{people.former.pk}/"
    assert sign_in(people.lead).get(path).status_code == 404
    assert "21 November 2026" in sign_in(people.admin).get(path).content.decode()


@pytest.mark.parametrize("who", ["partner", "observer", "former"])
def test_nobody_outside_the_network_sees_people(people: People, sign_in: SignIn, who: str) -> None:
    browser = sign_in(getattr(people, who))
    assert browser.get("/network/people/").status_code == 403
    assert browser.get(f"/network/people/{people.lead.pk}/").status_code == 403


def test_an_address_is_shown_and_found_by_those_alone_whom_its_owner_chose(
    people: People, sign_in: SignIn
) -> None:
    User.objects.filter(pk=people.deputy.pk).update(contact_shown_to="coordinator")
    address = people.deputy.email or ""
    lead, admin = sign_in(people.lead), sign_in(people.admin)
    for query in ("", "?export=csv", f"?q={address}"):
        assert f"mailto:{address}" not in lead.get(f"/network/people/{query}").content.decode()
    assert address not in lead.get("/network/people/?export=csv").content.decode()
    assert "Deputy, Kent" not in lead.get(f"/network/people/?q={address}").content.decode()
    assert address in admin.get("/network/people/?export=csv").content.decode()
    assert "Deputy, Kent" in admin.get(f"/network/people/?q={address}").content.decode()


def test_somebody_without_an_account_is_offered_an_invitation(people: People, sign_in: SignIn) -> None:
    lin = User.objects.get(name="Lin Ferguson")
    page = sign_in(people.admin).get(f"/network/people/{lin.pk}/").content.decode()
    assert "/network/invitations/new/?name=Lin%20Ferguson" in page
    form = sign_in(people.admin).get("/network/invitations/new/?name=Lin%20Ferguson").content.decode()
    assert 'value="Lin Ferguson"' in form


# -- At the same moment ---------------------------------------------------------------------------------


def together(*acts_: Callable[[], object]) -> list[str]:
    """All at one moment, each on a connection of its own; what each came to."""
    gate, came = Barrier(len(acts_)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
            came.append("done")
        except (Unfit, NotAllowed) as refusal:
            came.append(type(refusal).__name__)
        except Exception as error:
            came.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=copy_context().run, args=(run, act)) for act in acts_]  # with the clock
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(came)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_admins_who_end_each_others_role_at_the_same_moment_one_stays(people: People) -> None:
    """The one who is too late is told so, as an admin who would be the last or as one who no longer is."""
    for round_ in range(5):
        one, two = (factories.person(f"Coordinator {n}{round_}", Role.ADMIN) for n in "ab")
        Membership.objects.filter(role=Role.ADMIN).exclude(user__in=[one, two]).delete()
        late, done = together(
            partial(acts.end_role, term_of(two), by=one), partial(acts.end_role, term_of(one), by=two)
        )
        assert late in ("Unfit", "NotAllowed")
        assert done == "done"
        assert Membership.objects.in_force().filter(role=Role.ADMIN).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_role_given_twice_at_the_same_moment_is_held_once(people: People, orgs: Orgs) -> None:
    last = date(2027, 6, 30)  # a term with an end: no unique constraint helps
    came = together(
        *(
            lambda: acts.give_role(people.observer, Role.DEPUTY, orgs["medway"], by=None, ends_on=last)
            for _ in range(4)
        )
    )
    assert came == ["Unfit", "Unfit", "Unfit", "done"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_free_office_is_given_to_one_of_two(people: People) -> None:
    acts.end_role(term_of(people.cochair_two), by=None)
    came = together(
        lambda: acts.give_role(people.director, Role.CO_CHAIR, None, by=None),
        lambda: acts.give_role(people.lead, Role.CO_CHAIR, None, by=None),
    )
    assert came == ["Unfit", "done"]


def test_an_admin_is_told_before_the_seat_of_an_authority_becomes_empty(
    people: People, sign_in: SignIn
) -> None:
    for person, empties in ((people.stranger, True), (people.deputy, False)):
        term = person.memberships.get()
        address = f"/network/people/{person.pk}/roles/{term.pk}/end/"
        page = sign_in(people.admin).get(address).content.decode()
        assert ("its seat in the network is empty from then on" in page) is empties


def test_a_role_that_ends_at_once_is_said_to_have_ended_and_one_that_ends_later_to_end_then() -> None:
    over = Membership(ends_on=TODAY, ended_at=dates.now())
    later = Membership(ends_on=date(2027, 6, 30))
    assert (roles._when(over), roles._when(later)) == ("has ended", "ends on 30 June 2027")
