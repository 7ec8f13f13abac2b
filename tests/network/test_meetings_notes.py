"""Notes are agreed by the co-chair who chaired; what follows from them is then taken over, in one go."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from network import registry
from network.audience import Audience
from network.dates import Period
from network.mail import OutboxMail
from network.meetings import acts, answers, figures
from network.meetings.models import Attendance, Decision, NoteAction, NoteEntry, Notes
from network.registry import FollowUp
from network.workflow import Refused
from tests import meetings_factories as make
from tests.browsing import change
from tests.meetings_factories import printed

DAY = "/meetings/2026-11-12/"
PAGE = f"{DAY}notes/"
STATUS = Notes.Status


@pytest.fixture
def meeting(people):
    return make.held(people)


@pytest.fixture
def asked(monkeypatch):
    """The meetings for which the floors above were asked to take over what follows."""
    asked = []

    def provider(meeting, by):
        asked.append((meeting.on, by.name, Notes.objects.get(meeting=meeting).status))
        return ["1 action"]

    question: registry.Question = registry.Question()
    question.answer(provider)
    monkeypatch.setattr(registry, "notes_agreed", question)
    return asked


def first(meeting):
    return meeting.items.order_by("position").first()


# Agreeing


def test_the_co_chair_who_chaired_agrees_and_the_floors_above_are_asked_once(
    meeting, people, orgs, sign_in, asked
):
    acts.record_attendance(meeting, {orgs["kent"]: ("lead", "")}, by=people.admin)
    sign_in(people.admin).post(f"{PAGE}offer/")
    notes = Notes.objects.get()
    assert [mail.to_user.name for mail in OutboxMail.objects.filter(subject__contains="Notes of")] == [
        "Co-chair one"
    ]
    data = {"version": notes.version, "answer": "yes"}
    assert sign_in(people.cochair_two).post(f"{PAGE}answer/", data).status_code == 403
    assert asked == []
    client = sign_in(people.cochair_one)
    client.post(f"{PAGE}answer/", data)
    client.post(f"{PAGE}answer/", data)
    assert Notes.objects.get().status == STATUS.AGREED
    assert asked == [(date(2026, 11, 12), "Co-chair one", "agreed")]


def test_if_taking_over_fails_the_notes_are_not_agreed(meeting, people, monkeypatch):
    def breaks(meeting, by):
        raise RuntimeError("the plan is away")

    question: registry.Question = registry.Question()
    question.answer(breaks)
    monkeypatch.setattr(registry, "notes_agreed", question)
    acts.offer(meeting.notes, by=people.admin)
    notes = Notes.objects.get()
    with pytest.raises(RuntimeError):
        acts.agree(notes, version=notes.version, by=people.cochair_one)
    assert Notes.objects.get().status == STATUS.OFFERED


def test_a_setting_asks_for_both_co_chairs(meeting, people, monkeypatch, asked):
    monkeypatch.setattr(settings, "NOTES_NEED_BOTH_CO_CHAIRS", True)
    make.agree_notes(meeting, people)
    assert (Notes.objects.get().status, asked) == (STATUS.OFFERED, [])
    acts.agree(meeting.notes, version=meeting.notes.version, by=people.cochair_two)
    assert Notes.objects.get().status == STATUS.AGREED


LEAVES = "ay be told to the AD Safeguarding Network"


def test_who_agrees_the_notes_sees_beside_each_decision_whether_it_leaves_the_network(
    meeting, people, sign_in, monkeypatch
):
    make.decide(first(meeting), "To share the checklist", by=people.admin, published=True)
    make.decide(first(meeting), "To meet in person", by=people.admin)
    acts.offer(meeting.notes, by=people.admin)
    pages = printed(monkeypatch)
    for reader in (people.cochair_one, people.cochair_two, people.admin):
        client = sign_in(reader)
        client.get(f"{PAGE[:-1]}.pdf")
        for page in (client.get(PAGE).content.decode(), pages[-1]):
            said = {one.get_text() for one in BeautifulSoup(page, "html.parser").find_all("li")}
            told, kept = (next(s for s in said if s.startswith(f"To {word}")) for word in ("share", "meet"))
            assert LEAVES in told
            assert LEAVES not in kept


def test_members_read_decisions_without_a_word_about_who_else_may_be_told(
    meeting, people, sign_in, monkeypatch
):
    make.decide(first(meeting), "To share the checklist", by=people.admin, published=True)
    make.agree_notes(meeting, people)
    assert LEAVES not in sign_in(people.lead).get(PAGE).content.decode()


@pytest.mark.parametrize("act", ["entry", "decision", "action", "attendance", "item", "chair"])
def test_a_later_change_voids_the_agreement(meeting, people, asked, act, orgs):
    make.agree_notes(meeting, people)
    item = meeting.items.last()
    if act == "entry":
        make.write(meeting, item, "An afterthought", by=people.admin)
    elif act == "decision":
        make.decide(item, "To wait", by=people.admin)
    elif act == "action":
        make.task(item, "Write", people.lead, by=people.admin)
    elif act == "attendance":
        acts.record_attendance(meeting, {orgs["kent"]: ("lead", "")}, by=people.admin)
    elif act == "item":
        acts.change_item(item, by=people.admin, title="Other")
    else:
        acts.change_meeting(meeting, by=people.admin, chair=people.cochair_two)
    assert Notes.objects.get().status == STATUS.OFFERED
    assert OutboxMail.objects.filter(subject__contains="Changed after you agreed").exists()


def test_saving_the_same_words_again_voids_nothing(meeting, people, sign_in, asked):
    make.agree_notes(meeting, people)
    client = sign_in(people.admin)
    data = {
        f"{kind}-{item.pk}": value
        for item in meeting.items.all()
        for text in ["Everybody was welcomed." if item == first(meeting) else ""]
        for kind, value in (("text", text), ("was", acts.mark_of(text)))
    }
    client.post(f"{PAGE}write/", data)
    assert Notes.objects.get().status == STATUS.AGREED


def test_notes_of_a_meeting_without_a_known_chair_cannot_be_offered(people, sign_in):
    meeting = make.meeting(date(2026, 11, 12))
    make.write(meeting, first(meeting), "Something", by=people.admin)
    client = sign_in(people.admin)
    page = client.get(PAGE).content.decode()
    assert "Say first who chaired" in page
    assert "Offer the notes" not in page
    answered = client.post(f"{PAGE}offer/")
    assert answered.status_code == 409
    assert "Say first who chaired" in answered.content.decode()


def test_before_notes_are_offered_the_admin_is_asked_who_came(meeting, people, orgs, sign_in):
    client = sign_in(people.admin)
    page = client.get(PAGE).content.decode()
    assert "Nobody’s attendance is recorded" in page
    assert f'href="{DAY}attendance/"' in page

    asked = client.post(f"{PAGE}offer/")

    assert "Nobody’s attendance is recorded" in asked.content.decode()
    assert f'href="{DAY}attendance/"' in asked.content.decode()
    assert Notes.objects.get().status == STATUS.DRAFT
    assert not OutboxMail.objects.filter(subject__contains="Notes of").exists()
    acts.record_attendance(meeting, {orgs["kent"]: ("lead", "")}, by=people.admin)
    assert "attendance is recorded" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}offer/").status_code == 302
    assert Notes.objects.get().status == STATUS.OFFERED


def test_notes_without_attendance_are_offered_all_the_same_by_a_button_that_says_so(meeting, people, sign_in):
    client = sign_in(people.admin)
    asked: Any = BeautifulSoup(client.post(f"{PAGE}offer/").content, "html.parser")
    form = asked.main.find("form")
    assert form.button.get_text() == "Offer the notes all the same"
    client.post(form["action"], {field["name"]: field["value"] for field in form.find_all("input")})
    assert Notes.objects.get().status == STATUS.OFFERED


def test_whoever_may_not_offer_notes_is_not_asked_who_came(meeting, people, sign_in):
    assert sign_in(people.cochair_one).post(f"{PAGE}offer/").status_code == 403
    assert sign_in(people.lead).post(f"{PAGE}offer/").status_code == 404
    for reader in (people.cochair_one, people.cochair_two):
        assert "Nobody’s attendance" not in sign_in(reader).get(PAGE).content.decode()


def test_notes_are_not_written_before_the_day_of_the_meeting(people, sign_in, at):
    make.meeting(chair=people.cochair_one)
    client = sign_in(people.admin)
    before = client.get("/meetings/2027-01-14/notes/write/")
    assert before.status_code == 409
    assert client.get("/meetings/2027-01-14/attendance/").status_code == 409
    assert "from 14 January 2027 on" in client.get("/meetings/2027-01-14/notes/").content.decode()
    at("2027-01-14")
    assert sign_in(people.admin).get("/meetings/2027-01-14/notes/write/").status_code == 200
    assert [task.title for task in answers.tasks_for(people.admin)][
        -1
    ] == "Write the notes of 14 January 2027"


# Writing


def test_the_notes_are_written_on_one_page_beside_the_agenda(meeting, people, sign_in):
    client = sign_in(people.admin)
    items = list(meeting.items.all())
    data = {f"text-{item.pk}": "" for item in items} | {f"was-{item.pk}": acts.mark_of("") for item in items}
    data[f"was-{items[0].pk}"] = acts.mark_of("Everybody was welcomed.")
    data[f"text-{items[3].pk}"] = "Sixteen have answered.\r\n\r\nThree have not."
    client.post(f"{PAGE}write/", data)
    page = client.get(PAGE).content.decode()
    assert "<p>Three have not.</p>" in page
    assert not NoteEntry.objects.filter(item=items[0]).exists()  # emptied


def test_a_colleagues_newer_text_is_never_overwritten_and_both_are_shown(meeting, people, sign_in):
    client = sign_in(people.admin)
    item = first(meeting)
    data = {
        f"{kind}-{each.pk}": value
        for each in meeting.items.all()
        for kind, value in (("text", ""), ("was", acts.mark_of("")))
    }
    data |= {f"text-{item.pk}": "My own words", f"was-{item.pk}": acts.mark_of("Something older")}
    page = client.post(f"{PAGE}write/", data).content.decode()
    assert "My own words" in page
    assert "It now says “Everybody was welcomed.”" in page
    assert NoteEntry.objects.get(item=item).text == "Everybody was welcomed."
    data[f"was-{item.pk}"] = acts.mark_of("Everybody was welcomed.")
    client.post(f"{PAGE}write/", data)
    assert NoteEntry.objects.get(item=item).text == "My own words"


def test_a_decision_and_an_action_stand_under_their_item(meeting, people, sign_in, orgs):
    client = sign_in(people.admin)
    item = meeting.items.get(title="Questionnaire")
    client.post(f"{PAGE}{item.pk}/decision/", {"text": "To close it on Friday", "published": "on"})
    due = {"due_on-day": "18", "due_on-month": "12", "due_on-year": "2026"}
    client.post(
        f"{PAGE}{item.pk}/action/",
        {"text": "Remind the missing", "owner_organisation": orgs["kent"].pk, "owner": ""} | due,
    )
    assert Decision.objects.get().published
    action = NoteAction.objects.get()
    assert (action.item, action.owner_organisation, action.due_on) == (item, orgs["kent"], date(2026, 12, 18))
    page = client.get(PAGE).content.decode()
    assert "To close it on Friday" in page
    assert "Remind the missing: Kent, by 18 December 2026" in page
    client.post(f"{PAGE}decisions/{Decision.objects.get().pk}/remove/")
    change(
        client,
        f"{PAGE}actions/{action.pk}/change/",
        {"text": "Remind all", "owner": people.admin.pk, "owner_organisation": ""} | due,
    )
    assert not Decision.objects.exists()
    assert NoteAction.objects.get().owner_words() == "Coordinator"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            {"text": "Remind", "due_on-day": "18", "due_on-month": "12", "due_on-year": "2026"},
            "Choose who does it: an authority, a person or both",
        ),
        ({"text": "Remind"}, "Choose who does it: an authority, a person or both"),
        (
            {"text": "Remind", "due_on-day": "30", "due_on-month": "2", "due_on-year": "2027"},
            "30 February 2027 is not a date",
        ),
        (
            {"text": "Remind", "due_on-day": "1", "due_on-month": "11", "due_on-year": "2026"},
            "before the meeting",
        ),
    ],
)
def test_an_action_without_an_owner_or_with_an_impossible_date_is_told(meeting, people, sign_in, data, says):
    page = sign_in(people.admin).post(f"{PAGE}{first(meeting).pk}/action/", data).content.decode()
    assert says in page
    assert "onstraint" not in page
    assert 'value="Remind"' in page
    assert not NoteAction.objects.exists()


def test_neither_of_the_two_who_may_do_it_is_called_optional(meeting, people, sign_in):
    page = sign_in(people.admin).get(f"{PAGE}{first(meeting).pk}/action/").content.decode()
    assert "Choose an authority, a person or both" in page
    assert "(optional)" not in page


def test_only_the_coordinator_writes(meeting, people, sign_in, asked):
    make.agree_notes(meeting, people)
    for who in (people.lead, people.cochair_one):
        client = sign_in(who)
        assert client.get(PAGE).status_code == 200
        for path in ("notes/write/", "attendance/", "change/", f"notes/{first(meeting).pk}/decision/"):
            assert client.get(DAY + path).status_code == 403
            assert client.post(DAY + path, {"text": "x"}).status_code == 403
        assert "Add a decision" not in client.get(PAGE).content.decode()


# Reading


@pytest.fixture
def walled(meeting, people, asked):
    for title, audience in (("For chairs", Audience.CHAIRS), ("For nobody else", Audience.COORDINATOR)):
        item = make.item(meeting, title, audience=audience)
        make.write(meeting, item, f"Said: {title}", by=people.admin)
        make.decide(item, f"Decided: {title}", by=people.admin)
        make.task(item, f"Do: {title}", people.admin, by=people.admin)
    legal = make.legal_item(meeting, "For two", people.lead, people.admin, by=people.cochair_one)
    make.write(meeting, legal, "Said: For two", by=people.admin)
    make.decide(legal, "Decided: For two", by=people.admin)
    make.task(legal, "Do: For two", people.admin, by=people.admin)
    make.item(meeting, "For all")
    make.agree_notes(meeting, people)
    return meeting


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("lead", ["For two"]),
        ("stranger", []),
        ("cochair_one", ["For chairs"]),
        ("admin", ["For chairs", "For nobody else", "For two"]),
    ],
)
def test_everything_under_an_item_follows_its_audience(walled, people, sign_in, who, reads, monkeypatch):
    made = printed(monkeypatch)
    client = sign_in(getattr(people, who))
    page = client.get(PAGE).content.decode()
    client.get(f"{DAY}notes.pdf")
    last = 9 + len(reads)
    for text in (page, made[0]):
        assert f"{last}. For all" in text
        for title in ("For chairs", "For nobody else", "For two"):
            for part in (title, f"Said: {title}", f"Decided: {title}", f"Do: {title}"):
                assert (part in text) == (title in reads), part


@pytest.mark.parametrize("who", ["lead", "stranger", "director"])
def test_members_read_notes_once_they_are_agreed(meeting, people, sign_in, asked, who):
    client = sign_in(getattr(people, who))
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{DAY}notes.pdf").status_code == 404
    assert NoteEntry.objects.visible_to(getattr(people, who)).count() == 0
    make.agree_notes(meeting, people)
    assert "Everybody was welcomed." in client.get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["partner", "other_partner", "observer"])
@pytest.mark.parametrize("path", ["notes/", "notes.pdf", "attendance/", "notes/write/"])
def test_notes_are_for_members(walled, people, sign_in, who, path):
    assert sign_in(getattr(people, who)).get(DAY + path).status_code == 404


def test_what_became_of_an_item_is_asked_once_for_all_and_shown_under_it(
    meeting, people, sign_in, monkeypatch
):
    calls = []

    def provider(items, user):
        calls.append(len(items))
        return [FollowUp(item_id=items[0].pk, title="Remind the missing", url="/actions/7/", state="Done")]

    question: registry.Question = registry.Question()
    question.answer(provider)
    monkeypatch.setattr(registry, "follow_ups", question)
    page = sign_in(people.admin).get(PAGE).content.decode()
    assert calls == [8]
    assert '<a class="govuk-link" href="/actions/7/">Remind the missing</a>: Done' in page


# Attendance counts authorities


def attendance(meeting, orgs, **came):
    data: dict[str, str] = {}
    for body in orgs.values():
        if body.kind == "authority":
            capacity, role = came.get(body.slug.replace("-", "_"), ("", ""))
            data |= {f"capacity-{body.pk}": capacity, f"substitute-{body.pk}": role}
    return data


def test_quorum_counts_authorities_not_heads(meeting, people, sign_in, orgs):
    client = sign_in(people.admin)
    seven = ["kent", "medway", "slough", "surrey", "reading", "hampshire", "southampton"]
    came = dict.fromkeys(seven[:6], ("lead", ""))
    page = change(
        client, f"{DAY}attendance/", attendance(meeting, orgs, **came), follow=True
    ).content.decode()
    assert "6 of 19 authorities represented; quorum of 7 not met" in page
    came["southampton"] = ("substitute", "Service manager, disabled children")
    page = change(
        client, f"{DAY}attendance/", attendance(meeting, orgs, **came), follow=True
    ).content.decode()
    assert "7 of 19 authorities represented; quorum met" in page
    assert "Substitute: Service manager, disabled children" in page
    assert "7 of 19" in sign_in(people.lead).get("/meetings/").content.decode()
    change(client, f"{DAY}attendance/", attendance(meeting, orgs, kent=("deputy", "")))
    assert [str(row) for row in Attendance.objects.all()] == ["Kent: Deputy"]


def test_a_substitute_is_named_and_nobody_else_is(meeting, people, sign_in, orgs):
    data = attendance(meeting, orgs, kent=("substitute", ""), medway=("lead", "A stray name"))
    page = sign_in(people.admin).post(f"{DAY}attendance/", data).content.decode()
    assert "Enter the role of the substitute for Kent" in page
    assert "Choose Substitute for Medway" in page
    assert "A stray name" in page
    assert not Attendance.objects.exists()


def test_an_authority_that_was_no_member_on_that_day_is_not_on_the_form(people, sign_in, at):
    meeting = make.meeting(date(2027, 5, 13))
    at("2027-05-14")
    page = sign_in(people.admin).get(f"/meetings/{meeting.on}/attendance/").content.decode()
    assert "Who represented East Surrey" in page
    assert "Who represented Surrey" not in page


def test_the_database_keeps_one_line_an_authority_and_names_each_substitute(meeting, people, orgs):
    kent = orgs["kent"]
    Attendance.objects.create(meeting=meeting, organisation=kent, capacity="lead")
    item = first(meeting)
    due = {"due_on": date(2026, 12, 1), "item": item}
    for wrong in (
        lambda: Attendance.objects.create(meeting=meeting, organisation=kent, capacity="deputy"),
        lambda: Attendance.objects.create(
            meeting=meeting, organisation=orgs["medway"], capacity="substitute"
        ),
        lambda: Attendance.objects.create(
            meeting=meeting, organisation=orgs["medway"], capacity="lead", substitute="x"
        ),
        lambda: NoteEntry.objects.create(item=item, text="twice"),
        lambda: NoteEntry.objects.create(item=meeting.items.last(), text=""),
        lambda: Decision.objects.create(item=item, text=""),
        lambda: NoteAction.objects.create(text="Nobody does it", **due),
        lambda: NoteAction.objects.create(text="", owner=people.admin, **due),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


# Lists and figures


def test_the_list_downloads_what_it_shows(walled, people, sign_in):
    make.meeting()
    client = sign_in(people.stranger)
    csv = client.get("/meetings/?export=csv").content.decode("utf-8-sig")
    assert "2026-11-12" in csv
    assert "For " not in csv
    assert "Not yet agreed" in csv
    only = client.get("/meetings/?state=coming").content.decode()
    assert "1 of 2 meetings" in only
    assert "12 November 2026" not in only.split("<tbody")[1]
    year = client.get("/meetings/?period=2026").content.decode().split("<tbody")[1]
    assert "14 January 2027" not in year
    assert "Error:" in client.get("/meetings/?period=1999-H7").content.decode()


@pytest.mark.parametrize("who", ["admin", "cochair_one"])
@pytest.mark.parametrize("status", ["draft", "offered"])
def test_the_page_costs_the_same_queries_for_eight_and_for_thirty_eight_items(
    meeting, people, sign_in, who, status
):
    client = sign_in(getattr(people, who))
    if status == "offered":
        acts.offer(meeting.notes, by=people.admin)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        costs.append(len(queries))
        for number in range(30):
            item = make.item(meeting, f"Item {number}")
            NoteEntry.objects.create(item=item, text="Said")
            Decision.objects.create(item=item, text="Decided")
    assert costs[0] == costs[1] <= 20


def test_figures_tell_the_meetings_and_who_was_represented(meeting, people, orgs):
    acts.record_attendance(
        meeting, {orgs["kent"]: ("lead", ""), orgs["medway"]: ("deputy", "")}, by=people.admin
    )
    make.meeting()  # still to come
    second = make.meeting(date(2026, 12, 10) - timedelta(days=60))
    acts.record_attendance(second, {orgs["kent"]: ("lead", "")}, by=people.admin)
    (chapter,) = figures.chapters(Period.parse("2026-H2"))
    values = {figure.key: figure.value for figure in chapter.figures}
    assert values == {"meetings.held": 2, "meetings.represented": 2}
    by_meeting, by_authority = chapter.tables
    assert [row.cells for row in by_meeting.rows] == [(1, 19), (2, 19)]
    rows = {row.label: row.cells for row in by_authority.rows}
    assert (rows["Kent"], rows["Medway"], rows["Slough"]) == ((2, 2), (1, 2), (0, 2))
    assert by_meeting.source.rows == 3


def test_a_period_without_a_meeting_says_so(people):
    (chapter,) = figures.chapters(Period.parse("2020-H1"))
    assert chapter.words.startswith("The network did not meet")
    assert [figure.value for figure in chapter.figures] == [0, 0]
    assert chapter.tables == ()


def test_a_decision_that_the_plan_has_taken_over_is_not_removed_from_under_it(meeting, people, monkeypatch):
    action = make.task(first(meeting), "Write", people.admin, by=people.admin)

    def protected(self):
        raise ProtectedError("in use", set())

    monkeypatch.setattr(NoteAction, "delete", protected)
    with pytest.raises(Refused, match="action plan"):
        acts.remove(action, by=people.admin)


@pytest.mark.parametrize("what", ["add", "change", "remove"])
def test_what_was_kept_to_others_between_the_fetch_and_the_act_is_not_written_under(meeting, people, what):
    item = first(meeting)
    decision = Decision(item=item, text="To appeal")
    if what != "add":
        acts.keep(decision, by=people.admin)
        decision = Decision.objects.select_related("item__meeting").get(pk=decision.pk)
    acts.name_people(make_fresh(item), [people.cochair_one], by=people.cochair_one)
    version = Notes.objects.get(meeting=meeting).version
    decision.text = "CANARY"
    with pytest.raises(Refused) as refused:
        acts.remove(decision, by=people.admin) if what == "remove" else acts.keep(decision, by=people.admin)
    assert str(item) not in str(refused.value)
    assert list(Decision.objects.values_list("text", flat=True)) == ([] if what == "add" else ["To appeal"])
    assert Notes.objects.get(meeting=meeting).version == version


@pytest.mark.parametrize("what", ["change", "remove"])
def test_an_item_that_was_kept_to_others_meanwhile_is_not_touched(meeting, people, what):
    item = first(meeting)
    acts.name_people(make_fresh(item), [people.cochair_one], by=people.cochair_one)
    act = acts.remove_item if what == "remove" else partial(acts.change_item, title="CANARY")
    with pytest.raises(Refused):
        act(item, by=people.admin)
    assert type(item).objects.get(pk=item.pk).title == item.title


def make_fresh(item):
    """The same row, as another request has fetched it."""
    return type(item).objects.select_related("meeting").get(pk=item.pk)
