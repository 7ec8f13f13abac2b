"""The one screen on which an admin hands over for somebody who leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from network.meetings.models import Meeting, NoteAction
from network.membership.handover import leaving
from network.membership.views.handover import NOBODY, HandoverForm, field_of
from network.people.models import User
from tests import meetings_factories as meetings
from tests.conftest import People
from tests.handover_factories import NEXT, seat, terms
from tests.handover_factories import belongings as belongings

SignIn = Callable[[User], Client]


@pytest.fixture
def chaired(people: People) -> Meeting:
    return meetings.meeting(date(2027, 1, 14), chair=people.cochair_one)


class TestThePage:
    @staticmethod
    def address(person: User) -> str:
        return f"/network/people/{person.pk}/handover/"

    def typed(self, person: User, by: User, **fields: str) -> dict[str, str]:
        form = HandoverForm(leaving=leaving(person, by))
        day = {"last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}
        return {"loaded": form.fields["loaded"].initial, **day, **fields}

    def test_it_shows_all_that_is_theirs_with_who_could_take_it_over(
        self, people: People, sign_in: SignIn, chaired: Meeting
    ) -> None:
        page = sign_in(people.admin).get(self.address(people.cochair_one)).content.decode()
        for words in ("Co-chair", "Meeting to chair", "Meeting on 14 January 2027", people.cochair_two.name):
            assert words in page
        assert "as soon as you save" in page

    def test_one_person_takes_everything_with_one_choice(
        self, people: People, sign_in: SignIn, belongings: Callable[..., list[str]]
    ) -> None:
        done = belongings(3, (people.deputy, people.director))
        fields = self.typed(people.lead, people.admin, everything=str(people.deputy.pk))
        fields[field_of("test.thing:1")] = str(people.director.pk)
        fields[field_of("test.thing:2")] = NOBODY
        answer = sign_in(people.admin).post(self.address(people.lead), fields, follow=True)
        assert done == [f"test.thing:0 to {people.deputy.name}", f"test.thing:1 to {people.director.name}"]
        assert "Handed over: 3 things" in answer.content.decode()
        assert terms(people.deputy, "lead") == [(NEXT, None)]

    def test_every_thing_asks_for_a_choice_and_what_was_typed_is_kept(
        self, people: People, sign_in: SignIn, belongings: Callable[..., list[str]]
    ) -> None:
        belongings(2, (people.deputy,))
        fields = self.typed(people.lead, people.admin)
        fields[field_of("test.thing:0")] = str(people.deputy.pk)
        answer = sign_in(people.admin).post(self.address(people.lead), fields)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert escape("Choose who takes over “Thing 1 <&>”, or that nobody does yet") in page
        assert 'value="30"' in page
        assert f'<option value="{people.deputy.pk}" selected>' in page
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), None)]

    @pytest.mark.parametrize(
        ("who", "says"),
        [
            ("stranger", "Lead, Medway can’t take this over"),
            ("lead", "Lead, Kent is leaving. Choose somebody else"),
            ("former", "Former lead, Kent can’t take this over"),
        ],
    )
    def test_a_successor_who_does_not_fit_is_refused_with_a_sentence(
        self, people: People, sign_in: SignIn, who: str, says: str
    ) -> None:
        fields = self.typed(people.lead, people.admin)
        fields[field_of(seat(people.lead))] = str(getattr(people, who).pk)
        page = sign_in(people.admin).post(self.address(people.lead), fields).content.decode()
        assert says in page

    @pytest.mark.parametrize("junk", ["0", "999999999999999999999", "x", "-1", "NaN", "\x00"])
    def test_junk_is_no_successor(self, people: People, sign_in: SignIn, junk: str) -> None:
        fields = self.typed(people.lead, people.admin)
        fields[field_of(seat(people.lead))] = junk
        answer = sign_in(people.admin).post(self.address(people.lead), fields)
        assert answer.status_code == 200
        assert "Choose one of those in the list" in answer.content.decode()

    @pytest.mark.parametrize("loaded", ["", "{", "[]", "[[1]]", '"x"', "null"])
    def test_a_page_without_its_mark_is_an_older_page(
        self, people: People, sign_in: SignIn, loaded: str
    ) -> None:
        fields = self.typed(people.lead, people.admin) | {"loaded": loaded}
        fields[field_of(seat(people.lead))] = NOBODY
        assert sign_in(people.admin).post(self.address(people.lead), fields).status_code == 409
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), None)]

    def test_without_a_last_day_nothing_ends(self, people: People, sign_in: SignIn) -> None:
        fields = self.typed(people.lead, people.admin, **{"last_day-day": ""})
        fields[field_of(seat(people.lead))] = NOBODY
        answer = sign_in(people.admin).post(self.address(people.lead), fields)
        assert answer.status_code == 200
        assert "Error:" in answer.content.decode()
        assert terms(people.lead, "lead") == [(date(2025, 1, 1), None)]

    def test_the_last_admin_is_told_to_choose_another(self, people: People, sign_in: SignIn) -> None:
        fields = self.typed(people.admin, people.admin)
        fields[field_of(seat(people.admin))] = NOBODY
        page = sign_in(people.admin).post(self.address(people.admin), fields).content.decode()
        assert "nobody would be admin" in page
        assert terms(people.admin, "admin") == [(date(2025, 1, 1), None)]

    def test_a_change_meanwhile_is_told_and_the_choices_are_kept(
        self, people: People, sign_in: SignIn, chaired: Meeting
    ) -> None:
        chair = people.cochair_one
        fields = self.typed(chair, people.admin)
        fields[field_of(seat(chair))] = str(people.lead.pk)
        fields[field_of(f"network.meeting:{chaired.pk}")] = str(people.cochair_two.pk)
        later = meetings.meeting(date(2027, 3, 11), chair=chair)
        client = sign_in(people.admin)
        answer = client.post(self.address(chair), fields | {field_of(f"network.meeting:{later.pk}"): NOBODY})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "New here: Meeting on 11 March 2027" in page
        assert f'<option value="{people.lead.pk}" selected>' in page
        assert terms(chair, "co_chair") == [(date(2025, 1, 1), None)]

    def test_a_form_that_is_sent_twice_hands_over_once(
        self, people: People, sign_in: SignIn, belongings: Callable[..., list[str]]
    ) -> None:
        done = belongings(1, (people.deputy,))
        fields = self.typed(people.lead, people.admin, everything=str(people.deputy.pk), once="a-key")
        client = sign_in(people.admin)
        first = client.post(self.address(people.lead), fields)
        again = client.post(self.address(people.lead), fields)
        assert first.status_code == again.status_code == 302
        assert first["Location"] == again["Location"]
        assert len(done) == 1

    def test_the_number_of_queries_is_the_same_for_1_3_and_30_belongings(
        self, people: People, sign_in: SignIn
    ) -> None:
        client = sign_in(people.admin)
        held = meetings.held(people)
        asked = []
        for more in (1, 2, 27):
            for number in range(more):
                item = meetings.item(held, f"Item {number}", audience=("network", "chairs")[number % 2])
                NoteAction.objects.create(
                    item=item, text="Do it", owner=people.cochair_one, due_on=date(2026, 12, 1)
                )
            with CaptureQueriesContext(connection) as queries:
                page = client.get(self.address(people.cochair_one)).content.decode()
            assert page.count("Do it") >= more
            asked.append(len(queries))
        assert len(set(asked)) == 1
        assert asked[0] <= 20

    def test_somebody_with_nothing_has_nothing_to_hand_over(self, people: People, sign_in: SignIn) -> None:
        page = sign_in(people.admin).get(self.address(people.former)).content.decode()
        assert "there is nothing to hand over" in page
