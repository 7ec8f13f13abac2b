"""Somebody leaves: one act gives everything that is theirs to whoever takes over, or nothing happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import copy_context
from datetime import date
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from network.audience import Naming
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.meetings.models import Meeting, NoteAction
from network.membership import handover
from network.membership.handover import Stuck, leaving
from network.people.models import Membership, Organisation, User
from network.roles import Role
from network.workflow import Changed, NotAllowed
from tests import factories
from tests import meetings_factories as meetings
from tests.conftest import People
from tests.handover_factories import LAST, NEXT, seat, terms
from tests.handover_factories import belongings as belongings

SignIn = Callable[[User], Client]


def give(person: User, by: User, to: dict[str, User], last_day: date | None = LAST) -> list[handover.Handed]:
    marks = leaving(person, by).marks()
    return handover.hand_over(person, by=by, last_day=last_day, to=to, loaded=marks)


def heirs(person: User, by: User, key: str) -> list[User]:
    return next(list(thing.heirs) for thing in leaving(person, by).things if thing.key == key)


def told(person: User) -> str:
    return "\n".join(
        f"{one.subject}\n{one.text}" for one in OutboxMail.objects.filter(to_user=person).order_by("pk")
    )


@pytest.fixture
def chaired(people: People) -> Meeting:
    return meetings.meeting(date(2027, 1, 14), chair=people.cochair_one)


class TestRoles:
    def test_a_lead_ends_with_the_last_day_and_the_successor_begins_on_the_day_after(
        self, people: People
    ) -> None:
        give(people.lead, people.admin, {seat(people.lead): people.deputy})
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), LAST)]
        assert terms(people.deputy, "lead") == [(NEXT, None)]
        assert terms(people.deputy, "deputy") == [(date(2025, 1, 1), None)], "what they held before stays"

    def test_it_takes_effect_by_itself_at_the_next_request(self, people: People, at: Any) -> None:
        give(people.lead, people.admin, {seat(people.lead): people.deputy})

        def roles(person: User) -> set[Role]:
            return set(User.objects.get(pk=person.pk).standing.roles)

        at("2026-11-30T23:30")
        assert roles(people.lead) == {Role.LEAD}
        assert roles(people.deputy) == {Role.DEPUTY}
        at("2026-12-01T00:10")
        assert roles(people.lead) == set()
        assert roles(people.deputy) == {Role.DEPUTY, Role.LEAD}

    def test_a_last_day_that_has_gone_by_gives_nobody_a_role_in_the_past(self, people: People) -> None:
        give(people.lead, people.admin, {seat(people.lead): people.deputy}, last_day=date(2026, 11, 10))
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), date(2026, 11, 10))]
        assert terms(people.deputy, "lead") == [(date(2026, 11, 22), None)]

    def test_a_role_may_stay_empty(self, people: People) -> None:
        assert give(people.lead, people.admin, {}) == []
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), LAST)]

    def test_the_nearest_stand_first_and_whoever_holds_the_role_already_is_none(
        self, people: People, orgs: dict[str, Organisation]
    ) -> None:
        factories.person("Second lead, Kent", Role.LEAD, orgs["kent"])
        found = heirs(people.lead, people.admin, seat(people.lead))
        assert found == [people.deputy, people.contributor, people.director]

    def test_somebody_of_another_authority_is_refused_with_a_sentence(self, people: People) -> None:
        with pytest.raises(Stuck, match="Lead, Medway can’t take this over"):
            give(people.lead, people.admin, {seat(people.lead): people.stranger})
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), None)]

    def test_a_partner_becomes_nobodys_co_chair(self, people: People) -> None:
        with pytest.raises(Stuck):
            give(people.cochair_one, people.admin, {seat(people.cochair_one): people.partner})

    def test_whoever_leaves_takes_over_nothing_themselves(self, people: People) -> None:
        with pytest.raises(Stuck, match="is leaving"):
            give(people.lead, people.admin, {seat(people.lead): people.lead})

    def test_a_last_day_before_a_role_began_is_refused(self, people: People) -> None:
        with pytest.raises(Stuck, match="before it began"):
            give(people.lead, people.admin, {}, last_day=date(2024, 12, 31))

    def test_a_role_that_would_begin_later_never_begins(
        self, people: People, orgs: dict[str, Organisation]
    ) -> None:
        factories.membership(people.lead, Role.DEPUTY, orgs["medway"], starts_on=date(2027, 1, 1))
        give(people.lead, people.admin, {})
        assert terms(people.lead, "deputy") == []
        assert AuditEntry.objects.filter(verb="withdrew a role").exists()

    def test_a_role_that_ends_before_keeps_its_own_last_day(
        self, people: People, orgs: dict[str, Organisation]
    ) -> None:
        sooner = date(2026, 11, 25)
        factories.membership(people.lead, Role.DIRECTOR, orgs["medway"], ends_on=sooner)
        give(people.lead, people.admin, {seat(people.lead, "director"): people.stranger})
        assert terms(people.lead, "director") == [(date(2025, 1, 1), sooner)]
        assert terms(people.stranger, "director") == [(date(2026, 11, 26), None)]

    def test_a_co_chair_hands_the_office_to_somebody_of_an_authority(self, people: People) -> None:
        give(people.cochair_one, people.admin, {seat(people.cochair_one): people.lead})
        assert terms(people.lead, "co_chair") == [(NEXT, None)]
        office = Membership.objects.get(user=people.lead, role="co_chair")
        assert office.review_on, "the office is reviewed yearly"

    def test_the_last_admin_does_not_leave_without_another(self, people: People) -> None:
        with pytest.raises(Stuck, match="nobody would be admin"):
            give(people.admin, people.admin, {})
        assert terms(people.admin, "admin") == [(date(2025, 1, 1), None)]

    def test_the_last_admin_leaves_with_a_successor(self, people: People) -> None:
        give(people.admin, people.admin, {seat(people.admin): people.lead})
        assert terms(people.admin, "admin") == [(date(2025, 1, 1), LAST)]
        assert terms(people.lead, "admin") == [(NEXT, None)]

    def test_only_an_admin_hands_over(self, people: People) -> None:
        for person in (people.lead, people.cochair_one, people.partner):
            with pytest.raises(NotAllowed):
                give(people.deputy, person, {})


class TestMeetings:
    def test_a_coming_meeting_gets_the_other_co_chair_at_once(self, people: People, chaired: Meeting) -> None:
        key = f"network.meeting:{chaired.pk}"
        assert heirs(people.cochair_one, people.admin, key) == [people.cochair_two]
        give(people.cochair_one, people.admin, {key: people.cochair_two})
        chaired.refresh_from_db()
        assert chaired.chair == people.cochair_two

    def test_who_chaired_a_meeting_that_was_held_stays_on_record(self, people: People) -> None:
        held = meetings.held(people)
        meetings.agree_notes(held, people)
        give(people.cochair_one, people.admin, {seat(people.cochair_one): people.lead})
        held.refresh_from_db()
        assert held.chair == people.cochair_one
        assert held.notes.status == "agreed"

    def test_notes_that_await_their_agreement_are_nobodys_to_take_over(self, people: People) -> None:
        held = meetings.held(people)
        assert heirs(people.cochair_one, people.admin, f"network.notes:{held.notes.pk}") == []

    def test_an_action_in_notes_goes_to_a_colleague_who_reads_it(self, people: People) -> None:
        held = meetings.held(people)
        item = meetings.item(held, "For the chairs", audience="chairs")
        action = meetings.task(item, "Write to all", people.cochair_one, by=people.admin)
        key = f"network.noteaction:{action.pk}"
        assert set(heirs(people.cochair_one, people.admin, key)) == {people.cochair_two, people.admin}
        give(people.cochair_one, people.admin, {key: people.cochair_two})
        action.refresh_from_db()
        assert action.owner == people.cochair_two

    def test_of_an_action_for_few_the_mail_says_the_kind_and_not_the_words(self, people: People) -> None:
        held = meetings.held(people)
        actions = [
            meetings.task(
                meetings.item(held, f"Item {level}", audience=level),
                f"Words for {level}",
                people.cochair_one,
                by=people.admin,
            )
            for level in ("network", "chairs")
        ]
        give(
            people.cochair_one,
            people.admin,
            {f"network.noteaction:{action.pk}": people.cochair_two for action in actions},
        )
        assert "Words for network" in told(people.cochair_two)
        assert "Words for chairs" not in told(people.cochair_two)
        assert "Action in notes" in told(people.cochair_two)


class TestTheWall:
    @pytest.fixture
    def kept(self, people: People) -> NoteAction:
        """An action of the lead under an item for which the lead and co-chair one are named."""
        held = meetings.held(people)
        item = meetings.legal_item(held, "zqlegalqz", people.lead, people.cochair_one, by=people.cochair_two)
        return NoteAction.objects.create(
            item=item, text="zqlegalqz", owner=people.lead, due_on=date(2026, 12, 1)
        )

    def test_an_admin_who_is_not_named_learns_nothing_of_it(
        self, people: People, kept: NoteAction, sign_in: SignIn
    ) -> None:
        assert not [thing for thing in leaving(people.lead, people.admin).things if "note" in thing.key]
        give(people.lead, people.admin, {seat(people.lead): people.deputy})
        assert not OutboxMail.objects.filter(text__contains="zqlegalqz").exists()
        kept.refresh_from_db()
        assert kept.owner == people.lead

    def test_an_admin_who_is_named_hands_it_to_one_who_is_named_and_to_nobody_else(
        self, people: People, kept: NoteAction
    ) -> None:
        Naming.objects.create(
            label="network.agendaitem",
            object_id=kept.item_id,
            person=people.admin,
            named_by=people.cochair_two,
        )
        key = f"network.noteaction:{kept.pk}"
        assert set(heirs(people.lead, people.admin, key)) == {people.admin, people.cochair_one}
        with pytest.raises(Stuck):
            give(people.lead, people.admin, {key: people.deputy})
        give(people.lead, people.admin, {key: people.cochair_one})
        kept.refresh_from_db()
        assert kept.owner == people.cochair_one
        assert not OutboxMail.objects.filter(text__contains="zqlegalqz").exists()

    @pytest.mark.parametrize("query", ["", "&export=csv"])
    @pytest.mark.parametrize("older", [False, True])
    def test_the_audit_trail_gives_an_admin_who_is_not_named_no_key_of_what_is_or_becomes_legal(
        self, people: People, kept: NoteAction, sign_in: SignIn, query: str, older: bool
    ) -> None:
        Naming.objects.create(
            label="network.agendaitem",
            object_id=kept.item_id,
            person=people.admin,
            named_by=people.cochair_two,
        )
        item = meetings.item(kept.item.meeting, "Open still", audience="network")
        later = meetings.task(item, "Becomes legal", people.lead, by=people.admin)
        keys = [f"network.noteaction:{action.pk}" for action in (kept, later)]
        heir = {seat(people.lead): people.deputy}
        give(people.lead, people.admin, dict.fromkeys(keys, people.cochair_one) | heir)
        type(item).objects.filter(pk=item.pk).update(audience="legal")
        entry = AuditEntry.objects.get(verb="handed over", label="network.user")
        if older:  # as it was once written
            AuditEntry.objects.filter(pk=entry.pk).update(
                detail={"to": dict.fromkeys(keys, people.cochair_one.pk)}
            )
        else:
            assert entry.detail["to"] == {seat(people.lead): people.deputy.pk}
        other = sign_in(factories.person("Second coordinator", Role.ADMIN))
        page = other.get(f"/network/audit/?about=network.user:{people.lead.pk}{query}")
        said = page.content.decode()
        assert "anded over" in said
        assert not re.search(r"noteaction:\d", said)

    def test_the_co_chairs_are_told_the_same_whether_or_not_somebody_is_named(
        self, people: People, kept: NoteAction
    ) -> None:
        give(people.lead, people.admin, {})
        give(people.deputy, people.admin, {})
        for chair in (people.cochair_one, people.cochair_two):
            one, other = OutboxMail.objects.filter(to_user=chair, kind="handover").order_by("pk")
            assert "named" in one.text
            assert one.text.replace(people.lead.name, "X") == other.text.replace(people.deputy.name, "X")

    def test_the_queries_are_the_same_whether_or_not_somebody_is_named(
        self, people: People, kept: NoteAction
    ) -> None:
        counted = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                leaving(people.lead, people.admin)
            counted.append(len(queries))
            NoteAction.objects.all().delete()
            Naming.objects.all().delete()
        assert counted[0] == counted[1]


class TestTheAct:
    def test_it_is_one_transaction(self, people: People, belongings: Callable[..., list[str]]) -> None:
        belongings(2, (people.deputy,), refuses="test.thing:1")
        to = {f"test.thing:{place}": people.deputy for place in range(2)}
        before = OutboxMail.objects.count()
        with pytest.raises(Stuck, match="closed it a moment ago") as stuck:
            give(people.lead, people.admin, to | {seat(people.lead): people.deputy})
        assert stuck.value.key == "test.thing:1"
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), None)]
        assert terms(people.deputy, "lead") == []
        assert OutboxMail.objects.count() == before
        assert not AuditEntry.objects.filter(verb="handed over").exists()

    def test_each_successor_gets_one_mail_with_what_is_theirs(
        self, people: People, belongings: Callable[..., list[str]]
    ) -> None:
        done = belongings(3, (people.deputy, people.director))
        to = {
            "test.thing:0": people.deputy,
            "test.thing:1": people.director,
            "test.thing:2": people.deputy,
            seat(people.lead): people.deputy,
        }
        give(people.lead, people.admin, to)
        assert len(done) == 3
        mine = OutboxMail.objects.filter(to_user=people.deputy, kind="handover")
        assert mine.count() == 1
        text = mine.get().text
        assert "Role: lead at Kent County Council, from 1 December 2026" in text
        assert "thing 0" in text
        assert "thing 2" in text
        assert "thing 1" not in text
        assert OutboxMail.objects.filter(to_user=people.director, kind="handover").count() == 1
        assert "Your role as lead" in told(people.lead)

    def test_the_audit_says_who_got_what(self, people: People) -> None:
        give(people.lead, people.admin, {seat(people.lead): people.deputy})
        entry = AuditEntry.objects.get(verb="handed over")
        assert (entry.actor, entry.object_id) == (people.admin, people.lead.pk)
        assert entry.detail["to"] == {seat(people.lead): people.deputy.pk}
        assert entry.detail["last_day"] == "2026-11-30"

    def test_what_changed_meanwhile_stops_it(self, people: People, chaired: Meeting) -> None:
        chair = people.cochair_one
        marks = leaving(chair, people.admin).marks()
        Meeting.objects.filter(pk=chaired.pk).update(chair=people.cochair_two)
        with pytest.raises(Changed):
            handover.hand_over(chair, by=people.admin, last_day=LAST, to={}, loaded=marks)
        assert terms(chair, "co_chair") == [(date(2025, 1, 1), None)]

    def test_a_role_whose_last_day_was_moved_meanwhile_stops_it(self, people: People) -> None:
        marks = leaving(people.lead, people.admin).marks()
        people.lead.memberships.update(ends_on=date(2027, 3, 31))
        with pytest.raises(Changed):
            handover.hand_over(people.lead, by=people.admin, last_day=LAST, to={}, loaded=marks)


# -- At the same moment ---------------------------------------------------------------------------------


def together(*acts: Callable[[], object]) -> list[str]:
    """All at one moment, each on a connection of its own; what each came to."""
    gate, came = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
            came.append("done")
        except Exception as error:
            came.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [Thread(target=copy_context().run, args=(run, act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(came)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_hand_over_for_each_other_at_the_same_moment_one_stays(people: People) -> None:
    for round_ in range(5):
        one, two = (factories.person(f"Coordinator {n}{round_}", Role.ADMIN) for n in "ab")
        Membership.objects.filter(role=Role.ADMIN).exclude(user__in=[one, two]).delete()
        came = together(partial(give, one, two, {}), partial(give, two, one, {}))
        assert came == ["Stuck", "done"]
        assert Membership.objects.filter(role=Role.ADMIN, ends_on__isnull=True).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_over_for_one_person_at_the_same_moment_the_second_is_told(people: People) -> None:
    other = factories.person("Second coordinator", Role.ADMIN)
    marks = leaving(people.lead, people.admin).marks()
    for heir in (people.deputy, people.director):
        assert heir in heirs(people.lead, people.admin, seat(people.lead))

    def hand(by: User, heir: User) -> None:
        handover.hand_over(people.lead, by=by, last_day=LAST, to={key: heir}, loaded=marks)

    key = seat(people.lead)
    came = together(partial(hand, people.admin, people.deputy), partial(hand, other, people.director))
    assert came == ["Changed", "done"]
    assert Membership.objects.filter(role=Role.LEAD, starts_on=NEXT).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_hand_over_to_each_other_at_the_same_moment_do_not_wait_for_each_other(
    people: People, orgs: dict[str, Organisation]
) -> None:
    other = factories.person("Second coordinator", Role.ADMIN)
    for round_ in range(5):
        at = factories.organisation(f"Body {round_}", kind="authority", member=True)
        lead = factories.person(f"Lead {round_}", Role.LEAD, at)
        deputy = factories.person(f"Deputy {round_}", Role.DEPUTY, at)
        came = together(
            partial(give, lead, people.admin, {seat(lead): deputy}),
            partial(give, deputy, other, {seat(deputy): lead}),
        )
        # Whoever was second had looked before or after the first: they are told, or it is done as well.
        assert came in (["Changed", "done"], ["done", "done"]), came
