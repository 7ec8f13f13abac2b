"""An agenda is what both co-chairs agreed, and nobody reads of it more than is meant for them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from network import agreements, tick
from network.audience import Audience
from network.mail import OutboxMail
from network.meetings import acts, answers, calendar
from network.meetings.models import Agenda, AgendaItem, CycleRule, Meeting, Notes, StandingItem
from network.workflow import Refused
from tests import meetings_factories as make
from tests.browsing import change
from tests.meetings_factories import printed

PAGE = "/meetings/2027-01-14/agenda/"
STATUS = Agenda.Status


@pytest.fixture
def meeting(people):
    return make.meeting()


def offer(meeting, people):
    acts.offer(meeting.agenda, by=people.admin)


# The next meeting is there by itself


def test_the_next_meeting_stands_there_once_however_often_the_beat_ticks(people):
    for _ in range(10):
        tick.tick()
    meeting = Meeting.objects.get()
    assert meeting.on == date(2027, 1, 14)
    assert [item.title for item in meeting.items.all()] == [item.title for item in StandingItem.objects.all()]
    assert meeting.items.count() == 8
    assert (meeting.agenda.status, meeting.notes.status) == ("draft", "draft")


def test_a_cycle_whose_meeting_was_moved_gets_no_second_one(people):
    calendar.make_next_meeting()
    acts.change_meeting(Meeting.objects.get(), by=people.admin, on=date(2027, 1, 21))
    assert calendar.make_next_meeting() == ""
    assert Meeting.objects.count() == 1


def test_after_weeks_without_a_beat_the_meeting_of_the_day_is_made(people, at):
    at("2027-05-12")
    calendar.make_next_meeting()
    at("2027-05-14")
    calendar.make_next_meeting()
    assert sorted(Meeting.objects.values_list("on", flat=True)) == [date(2027, 5, 13), date(2027, 7, 8)]


def test_two_beats_at_once_make_one_meeting(meeting):
    rule = CycleRule.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        calendar.hold(rule.next_cycle(date(2026, 11, 22)), rule, date(2027, 1, 15))


def test_the_co_chairs_set_the_day_of_meetings_to_come_and_nobody_else_does(people, sign_in):
    data = {"week": "3", "weekday": "1", "starts_at": "09:30", "ends_at": "11:00", "place": "Online"}
    assert sign_in(people.admin).post("/meetings/cycle/", data).status_code == 403
    change(sign_in(people.cochair_one), "/meetings/cycle/", data)
    calendar.make_next_meeting()
    assert Meeting.objects.get().on == date(2027, 1, 19)


# Both must agree


def test_one_co_chair_alone_does_not_agree_an_agenda(meeting, people, sign_in):
    offer(meeting, people)
    version = meeting.agenda.version
    client = sign_in(people.cochair_one)
    assert "Agree the agenda" in client.get(PAGE).content.decode()
    answered = client.post(f"{PAGE}answer/", {"version": version, "answer": "yes"}, follow=True)
    assert "Still awaited: Co-chair two" in answered.content.decode()
    assert Agenda.objects.get().status == STATUS.OFFERED
    assert sign_in(people.lead).get(PAGE).status_code == 404


def test_when_both_agree_members_read_the_agenda_and_the_list_says_so(meeting, people, sign_in):
    make.item(meeting, "Short breaks")
    lead = sign_in(people.lead)
    assert "Not yet agreed" in lead.get("/meetings/").content.decode()
    assert lead.get("/meetings/2027-01-14/").status_code == 200
    assert lead.get(PAGE).status_code == 404
    make.agree_agenda(meeting, people)
    page = lead.get(PAGE).content.decode()
    assert "9. Short breaks" in page
    assert "by Co-chair one and Co-chair two on 22 November 2026" in page
    assert "Not yet agreed" not in lead.get("/meetings/").content.decode()


def test_each_co_chair_is_asked_at_once_by_mail_and_on_the_home_page(meeting, people):
    offer(meeting, people)
    asked = OutboxMail.objects.filter(subject__contains="For your agreement: Agenda for 14 January 2027")
    assert sorted(mail.to_user.name for mail in asked) == ["Co-chair one", "Co-chair two"]
    assert [task.title for task in answers.tasks_for(people.cochair_one)] == [
        "Agenda for 14 January 2027 awaits your agreement"
    ]
    acts.agree(meeting.agenda, version=meeting.agenda.version, by=people.cochair_one)
    assert list(answers.tasks_for(people.cochair_one)) == []
    assert list(answers.tasks_for(people.cochair_two))


def test_a_change_asked_for_goes_back_to_the_coordinator_with_its_reason(meeting, people, sign_in):
    offer(meeting, people)
    client = sign_in(people.cochair_two)
    data = {"version": meeting.agenda.version, "answer": "change", "why": ""}
    empty = client.post(f"{PAGE}answer/", data)
    assert "Say what should change" in empty.content.decode()
    assert Agenda.objects.get().status == STATUS.OFFERED
    client.post(f"{PAGE}answer/", data | {"why": "Add an item on data"})
    assert Agenda.objects.get().status == STATUS.DRAFT
    assert "Add an item on data" in sign_in(people.admin).get(PAGE).content.decode()
    titles = [task.title for task in answers.tasks_for(people.admin)]
    assert titles == ["A change was asked for: Agenda for 14 January 2027"]


def test_nobody_but_the_two_co_chairs_agrees(meeting, people, sign_in):
    offer(meeting, people)
    data = {"version": meeting.agenda.version, "answer": "yes"}
    assert sign_in(people.admin).post(f"{PAGE}answer/", data).status_code == 403
    assert sign_in(people.lead).post(f"{PAGE}answer/", data).status_code == 404
    assert sign_in(people.partner).post(f"{PAGE}answer/", data).status_code == 404
    assert agreements.said(meeting.agenda).count() == 0


# A later change


def test_a_later_edit_voids_the_agreement_and_says_so_on_the_page_and_by_mail(meeting, people, sign_in):
    make.agree_agenda(meeting, people)
    version = Agenda.objects.get().version
    item = meeting.items.first()
    data = {"title": "Welcome", "body": "", "presenter": "", "minutes": "5", "audience": "network"}
    change(sign_in(people.admin), f"{PAGE}{item.pk}/change/", data)
    agenda = Agenda.objects.get()
    assert (agenda.status, agenda.version) == (STATUS.OFFERED, version + 1)
    page = sign_in(people.cochair_one).get(PAGE).content.decode()
    assert (
        "Changed on 22 November 2026 by Coordinator: the agreement of Co-chair one and Co-chair two "
        f"to version {version} became void." in page
    )
    assert OutboxMail.objects.filter(subject__contains="Changed after you agreed").count() == 2
    assert sign_in(people.lead).get(PAGE).status_code == 404


@pytest.mark.parametrize("act", ["add", "remove", "move", "audience", "day"])
def test_every_kind_of_change_voids(meeting, people, act):
    make.agree_agenda(meeting, people)
    first = meeting.items.first()
    if act == "add":
        acts.add_item(meeting, by=people.admin, title="More")
    elif act == "remove":
        acts.remove_item(first, by=people.admin)
    elif act == "move":
        acts.move_item(first, by=people.admin, up=False)
    elif act == "audience":
        acts.change_item(first, by=people.admin, audience=Audience.COORDINATOR)
    else:
        acts.change_meeting(meeting, by=people.admin, on=date(2027, 1, 21))
    assert Agenda.objects.get().status == STATUS.OFFERED
    assert agreements.agreed_by(Agenda.objects.get()) == []


def test_a_form_saved_without_a_change_voids_nothing(meeting, people, sign_in):
    make.agree_agenda(meeting, people)
    item = meeting.items.first()
    data = {"title": item.title, "body": item.body, "minutes": item.minutes, "audience": "network"}
    change(sign_in(people.admin), f"{PAGE}{item.pk}/change/", data)
    assert Agenda.objects.get().status == STATUS.AGREED


def test_an_item_that_no_co_chair_reads_neither_voids_nor_shows_that_it_is_there(meeting, people, sign_in):
    make.agree_agenda(meeting, people)
    acts.add_item(meeting, by=people.admin, title="Only mine", audience=Audience.COORDINATOR)
    assert Agenda.objects.get().status == STATUS.AGREED
    page = sign_in(people.cochair_one).get(PAGE).content.decode()
    assert "Only mine" not in page
    assert "became void" not in page


def test_agreeing_a_version_that_has_changed_meanwhile_records_nothing_and_says_why(meeting, people, sign_in):
    offer(meeting, people)
    read = meeting.agenda.version
    acts.add_item(meeting, by=people.admin, title="Slipped in")
    answered = sign_in(people.cochair_one).post(f"{PAGE}answer/", {"version": read, "answer": "yes"})
    assert answered.status_code == 409
    assert "changed while you were reading" in answered.content.decode()
    assert agreements.said(Agenda.objects.get()).count() == 0


def test_pressing_agree_twice_counts_once(meeting, people, sign_in):
    offer(meeting, people)
    client = sign_in(people.cochair_one)
    for _ in range(2):
        client.post(f"{PAGE}answer/", {"version": meeting.agenda.version, "answer": "yes"})
    assert agreements.agreed_by(Agenda.objects.get()) == [people.cochair_one]


def test_offering_twice_asks_once(meeting, people, sign_in):
    client = sign_in(people.admin)
    assert client.post(f"{PAGE}offer/").status_code == 302
    assert client.post(f"{PAGE}offer/").status_code == 409
    assert OutboxMail.objects.filter(subject__contains="For your agreement").count() == 2


def test_a_draft_is_a_task_ten_days_before_and_not_earlier(meeting, people, at):
    at("2027-01-03")
    assert list(answers.tasks_for(people.admin)) == []
    at("2027-01-04")
    assert [task.title for task in answers.tasks_for(people.admin)] == [
        "Offer the agenda for 14 January 2027"
    ]


# The wall


@pytest.fixture
def walled(meeting, people):
    """Restricted items between open ones, agreed."""
    meeting.items.all().delete()
    make.item(meeting, "Open one")
    make.item(meeting, "Chairs only", audience=Audience.CHAIRS)
    make.legal_item(meeting, "Counsel’s advice", people.lead, people.admin, by=people.cochair_one)
    make.item(meeting, "Coordinator only", audience=Audience.COORDINATOR)
    make.item(meeting, "Open two")
    make.agree_agenda(meeting, people)
    return meeting


READS = {
    "lead": ["1. Open one", "2. Counsel’s advice", "3. Open two"],
    "stranger": ["1. Open one", "2. Open two"],
    "director": ["1. Open one", "2. Open two"],
    "cochair_one": ["1. Open one", "2. Chairs only", "3. Open two"],
    "admin": ["1. Open one", "2. Chairs only", "3. Counsel’s advice", "4. Coordinator only", "5. Open two"],
}
TITLES = ("Open one", "Chairs only", "Counsel’s advice", "Coordinator only", "Open two")


@pytest.mark.parametrize("who", READS)
def test_what_a_reader_may_not_see_leaves_no_gap_in_the_numbers_and_no_trace(walled, people, sign_in, who):
    page = sign_in(getattr(people, who)).get(PAGE).content.decode()
    for line in READS[who]:
        assert line in page
    for title in TITLES:
        assert (title in page) == any(title in line for line in READS[who]), title


@pytest.mark.parametrize("who", ["lead", "stranger", "cochair_one"])
def test_the_pdf_holds_the_same_lines_as_the_page(walled, people, sign_in, who, monkeypatch):
    made = printed(monkeypatch)
    assert sign_in(getattr(people, who)).get("/meetings/2027-01-14/agenda.pdf").status_code == 200
    for title in TITLES:
        assert (title in made[0]) == any(title in line for line in READS[who]), title
    for line in READS[who]:
        assert line in made[0]
    assert "DRAFT, not agreed" not in made[0]


def test_the_pdf_of_an_agenda_that_is_not_agreed_says_so_on_every_page(meeting, people, sign_in, monkeypatch):
    made = printed(monkeypatch)
    sign_in(people.admin).get("/meetings/2027-01-14/agenda.pdf")
    assert 'data-draft="DRAFT, not agreed"' in made[0]
    assert "Demonstration: invented figures" in made[0]


@pytest.mark.parametrize("who", ["partner", "other_partner", "observer"])
@pytest.mark.parametrize("path", ["", "2027-01-14/", "2027-01-14/agenda/", "2027-01-14/agenda.pdf"])
def test_meetings_are_for_members(walled, people, sign_in, who, path):
    """The room is known and closed; what stands in it does not exist."""
    expected = 404 if path else 403
    assert sign_in(getattr(people, who)).get(f"/meetings/{path}").status_code == expected


def test_naming_is_a_co_chairs_act_and_closes_the_item_to_all_others(meeting, people, sign_in):
    item = make.item(meeting, "A disputed decision")
    address = f"{PAGE}{item.pk}/names/"
    assert sign_in(people.admin).post(address, {"people": [people.lead.pk]}).status_code == 403
    client = sign_in(people.cochair_one)
    assert "Partner, Kent and Medway" not in client.get(address).content.decode()
    refused = client.post(address, {"people": [people.partner.pk]})
    assert refused.status_code == 200
    change(client, address, {"people": [people.lead.pk]})
    seen = [person for person in (people.lead, people.admin, people.cochair_one, people.stranger)
            if AgendaItem.objects.visible_to(person).filter(pk=item.pk)]  # fmt: skip
    assert seen == []  # the agenda is a draft: not even the lead reads it yet
    make.agree_agenda(meeting, people)
    assert AgendaItem.objects.visible_to(people.lead).filter(pk=item.pk).exists()
    assert not AgendaItem.objects.visible_to(people.cochair_one).filter(pk=item.pk).exists()
    assert client.get(address).status_code == 404


def test_a_new_item_is_for_the_network_unless_somebody_says_otherwise(meeting, people, sign_in):
    page = sign_in(people.admin).get(f"{PAGE}add/").content.decode()
    assert '<option value="network" selected>' in page


def test_the_form_offers_no_legal_level(meeting, people, sign_in):
    client = sign_in(people.admin)
    data = {"title": "Secret", "audience": "legal"}
    assert client.post(f"{PAGE}add/", data).status_code == 200
    assert not AgendaItem.objects.filter(title="Secret").exists()
    assert 'value="legal"' not in client.get(f"{PAGE}add/").content.decode()


# Making it


def test_items_are_added_moved_and_removed(meeting, people, sign_in):
    client = sign_in(people.admin)
    data = {"title": "Short breaks", "body": "- one\n- two", "minutes": "20", "audience": "network"}
    client.post(f"{PAGE}add/", data)
    item = AgendaItem.objects.get(title="Short breaks")
    titles = [each.title for each in meeting.items.all()]
    assert titles[-2:] == ["Short breaks", "Any other business"]  # which stays the last
    client.post(f"{PAGE}{item.pk}/move/", {"direction": "up"})
    titles = [each.title for each in meeting.items.all()]
    assert titles[-3:] == ["Short breaks", "Practice to share", "Any other business"]
    assert "Remove this item?" in client.get(f"{PAGE}{item.pk}/remove/").content.decode()
    client.post(f"{PAGE}{item.pk}/remove/")
    assert not AgendaItem.objects.filter(title="Short breaks").exists()


def test_an_agenda_says_how_long_it_takes_and_warns_whoever_makes_it(meeting, people, sign_in):
    client = sign_in(people.admin)
    assert "The items take 120 minutes; the meeting lasts 120." in client.get(PAGE).content.decode()
    assert "more than the meeting lasts" not in client.get(PAGE).content.decode()
    make.item(meeting, "Short breaks", minutes=20)
    make.item(meeting, "Respite")
    page = client.get(PAGE).content.decode()
    assert "The items take 140 minutes; the meeting lasts 120. 1 has no minutes yet." in page
    assert "The items take 20 minutes more than the meeting lasts" in page


def test_moving_goes_past_the_neighbour_that_one_sees(walled, people):
    last = walled.items.get(title="Open two")
    acts.move_item(last, by=people.cochair_one, up=True)
    seen = AgendaItem.objects.visible_to(people.cochair_one).filter(meeting=walled)
    assert [item.title for item in seen] == ["Open one", "Open two", "Chairs only"]


def test_the_first_item_moves_no_higher(meeting, people):
    first = meeting.items.first()
    assert acts.move_item(first, by=people.admin, up=True) is False


def test_only_the_coordinator_makes_the_agenda(meeting, people, sign_in):
    make.agree_agenda(meeting, people)
    item = meeting.items.first()
    for who in (people.lead, people.cochair_one):
        client = sign_in(who)
        for path in ("add/", f"{item.pk}/change/", f"{item.pk}/remove/"):
            assert client.get(PAGE + path).status_code == 403
            assert client.post(PAGE + path, {"title": "x", "audience": "network"}).status_code == 403
        assert client.post(f"{PAGE}{item.pk}/move/", {"direction": "down"}).status_code == 403
        assert client.post(f"{PAGE}offer/").status_code == 403
        assert "Add an item" not in client.get(PAGE).content.decode()
    assert meeting.items.count() == 8


def test_an_item_with_notes_under_it_is_not_removed(people):
    meeting = make.held(people)
    first = meeting.items.get(position=1)
    with pytest.raises(Refused, match="has notes"):
        acts.remove_item(first, by=people.admin)
    assert AgendaItem.objects.filter(pk=first.pk).exists()


# Bad input


@pytest.mark.parametrize("day", ["2027-02-30", "2027-13-01", "2027-1-14", "2031-01-01", "0000-00-00"])
def test_a_day_without_a_meeting_or_that_does_not_exist_is_not_found(meeting, people, sign_in, day):
    assert sign_in(people.admin).get(f"/meetings/{day}/agenda/").status_code == 404


def test_words_in_a_number_are_answered_and_everything_typed_is_kept(meeting, people, sign_in):
    data = {"title": "Short breaks", "body": "What ends where", "minutes": "twenty", "audience": "network"}
    page = sign_in(people.admin).post(f"{PAGE}add/", data).content.decode()
    assert "Error:" in page
    assert "“Minutes”" in page
    assert 'value="twenty"' in page
    assert "What ends where" in page
    assert not AgendaItem.objects.filter(title="Short breaks").exists()


def test_a_meeting_is_not_moved_to_a_day_that_does_not_exist_or_to_end_before_it_starts(
    meeting, people, sign_in
):
    client = sign_in(people.admin)
    day = {"on-day": "31", "on-month": "2", "on-year": "2027"}
    hours = {"starts_at": "12:00", "ends_at": "10:00", "place": "Reading"}
    page = client.post("/meetings/2027-01-14/change/", day | hours).content.decode()
    assert "The end must be later than the start" in page
    assert "Reading" in page
    assert Meeting.objects.get().on == date(2027, 1, 14)


def test_a_version_that_is_no_number_is_told_and_not_guessed(meeting, people, sign_in):
    offer(meeting, people)
    answered = sign_in(people.cochair_one).post(f"{PAGE}answer/", {"version": "two", "answer": "yes"})
    assert answered.status_code == 200
    assert agreements.said(meeting.agenda).count() == 0


def test_no_address_within_the_page_tells_of_an_item_that_its_reader_does_not_see(meeting, people, sign_in):
    make.legal_item(meeting, "Legal advice", people.cochair_one, by=people.cochair_two)
    last = make.item(meeting, "Short breaks")
    make.agree_agenda(meeting, people)
    page = sign_in(people.stranger).get(PAGE).content.decode()
    assert [int(number) for number in re.findall(r'id="item-(\d+)"', page)] == list(range(1, 10))
    assert f"item-{last.pk}" not in page
    moved = sign_in(people.admin).post(f"{PAGE}{last.pk}/move/", {"direction": "up"})
    assert moved["Location"] == f"{PAGE}#item-8"  # as the coordinator counts, who is not named


def test_no_order_of_the_list_tells_a_draft_from_what_is_offered(people, sign_in):
    first, second = make.meeting(date(2027, 1, 14)), make.meeting(date(2027, 3, 11))
    lead = sign_in(people.lead)
    orders = []
    for offered in (None, first, second):
        if offered:
            acts.offer(offered.agenda, by=people.admin)
        for sort in ("agenda", "-agenda", "notes", "-notes"):
            table = lead.get(f"/meetings/?sort={sort}").context["table"]
            orders.append([row.record.on for row in table.page.object_list])
    assert {tuple(order) for order in orders} == {(second.on, first.on)}


# The database keeps it


def test_one_meeting_a_day_a_cycle_and_one_item_a_place(meeting, people):
    for wrong in (
        lambda: Meeting.objects.create(on=meeting.on, cycle="2027-03"),
        lambda: Meeting.objects.create(on=date(2027, 1, 20), cycle="2027-01"),
        lambda: AgendaItem.objects.create(meeting=meeting, position=1, title="Twice"),
        lambda: Agenda.objects.create(meeting=meeting),
        lambda: Notes.objects.create(meeting=meeting),
        lambda: CycleRule.objects.create(pk=2),
        lambda: CycleRule.objects.update(week=5),
        lambda: CycleRule.objects.update(weekday=7),
        lambda: CycleRule.objects.update(ends_at="09:00"),
        lambda: Meeting.objects.update(ends_at="09:00"),
        lambda: StandingItem.objects.update(audience=Audience.LEGAL),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_loading_the_reference_data_again_changes_nothing(people):
    StandingItem.objects.filter(title="Questionnaire").delete()
    CycleRule.objects.update(week=3)
    call_command("seed_network", verbosity=0)
    assert not StandingItem.objects.filter(title="Questionnaire").exists()
    assert CycleRule.objects.get().week == 3
