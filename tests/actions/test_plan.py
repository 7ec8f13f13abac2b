"""What the plan promises: who may do what to an action, and that nothing is overwritten or forgotten."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from actions import answers, plan, seed
from actions.models import Action, DetailItem, Objective, Theme, Update
from network import changes, readings, registry, workflow
from network.audience import Audience, Naming
from network.meetings import acts
from network.meetings.models import Agenda, AgendaItem, Meeting, NoteAction, Notes
from network.workflow import Changed, NotAllowed
from tests import actions_factories as make
from tests import meetings_factories as make_meetings

pytestmark = pytest.mark.django_db


def names(action, user):
    return {move.name for move in workflow.allowed(action, user)}


def test_the_plan_has_the_themes_of_the_founding_document_and_loading_twice_changes_nothing(reference):
    before = [list(model.objects.values()) for model in (Theme, Objective, DetailItem)]
    seed.load()
    assert [list(model.objects.values()) for model in (Theme, Objective, DetailItem)] == before
    assert [theme.title for theme in Theme.objects.all()] == [
        "Intelligence gathering",
        "Legal limits of local authorities",
        "Guidance and procedures",
        "Data",
    ]
    assert Objective.objects.count() == 4
    assert DetailItem.objects.filter(objective__theme__slug="guidance").count() == 4


def test_the_owning_authority_the_owner_and_the_coordinator_post_progress_and_nobody_else(people, orgs):
    kents = make.action(people.admin, owner_organisation=orgs["kent"])
    for user in (people.lead, people.deputy, people.admin):
        plan.post(kents, by=user, text="Two more authorities have answered.", percent=40)
    for user in (people.stranger, people.contributor, people.director, people.cochair_one, people.partner):
        with pytest.raises(NotAllowed):
            plan.post(kents, by=user, text="Not mine", percent=50)
    assert Update.objects.filter(action=kents, text="Not mine").count() == 0

    directors = make.action(people.admin, owner=people.director)
    plan.post(directors, by=people.director, text="I have asked the others.", percent=None)
    with pytest.raises(NotAllowed):
        plan.post(directors, by=people.lead, text="Not mine", percent=None)


def test_an_action_that_nobody_leads_is_moved_by_the_coordinator_only(people):
    nobodys = make.action(people.admin)
    assert names(nobodys, people.admin) == {"start", "finish", "stop"}
    for _, user in people.items():
        if user != people.admin:
            assert names(nobodys, user) == set()


def test_somebody_whose_role_has_ended_moves_nothing_that_still_names_them(people, orgs):
    old = make.action(people.admin, owner=people.former, owner_organisation=orgs["kent"])
    assert names(old, people.former) == set()


def test_stopping_is_the_coordinators_and_a_closed_action_takes_no_progress_until_it_is_opened(people, orgs):
    action = make.action(people.admin, owner_organisation=orgs["kent"])
    assert names(action, people.lead) == {"start", "finish"}
    plan.move(action, "finish", by=people.lead)
    assert names(action, people.lead) == {"reopen"}
    with pytest.raises(Changed):
        plan.post(action, by=people.lead, text="More", percent=None)
    plan.move(action, "reopen", by=people.lead)
    plan.post(action, by=people.lead, text="More", percent=None)


def test_progress_on_an_action_that_had_not_begun_starts_it_and_the_history_says_each_step(people, orgs):
    action = make.action(people.admin, owner_organisation=orgs["kent"])
    plan.post(action, by=people.lead, text="Begun.", percent=10)
    plan.move(action, "finish", by=people.lead)
    action.refresh_from_db()
    assert action.status == "done"
    history = [(one.moved, one.status, one.percent) for one in action.updates.order_by("at", "pk")]
    assert history == [
        ("Added to the plan", "not_started", None),
        ("", "in_progress", 10),
        ("Done", "done", 100),
    ]


def test_an_edit_of_an_older_version_overwrites_nothing(people):
    action = make.action(people.admin, "As it was")
    plan.edit(action, {"text": "Theirs"}, version=1, by=people.admin)
    with pytest.raises(Changed):
        plan.edit(action, {"text": "Mine"}, version=1, by=people.admin)
    action.refresh_from_db()
    assert action.text == "Theirs"
    assert action.version == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"text": ""},
        {"origin_key": "note-action:1"},
        {"theme": None, "objective": True},
    ],
)
def test_the_database_refuses_an_action_that_makes_no_sense(people, broken):
    if broken.get("objective"):
        broken = broken | {"objective": Objective.objects.first()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.create(**({"text": "Something", "theme": Theme.objects.first()} | broken))


@pytest.mark.parametrize("broken", [{"percent": 101}, {"text": "", "moved": ""}])
def test_the_database_refuses_an_update_that_makes_no_sense(people, broken):
    action = make.action(people.admin)
    fields = {"action": action, "text": "x", "status": "done", "by": people.admin} | broken
    with pytest.raises(IntegrityError), transaction.atomic():
        Update.objects.create(**fields)


# From the notes of a meeting


@pytest.fixture
def meeting(people):
    held = Meeting.objects.create(
        on=date(2026, 11, 12), starts_at=time(10), ends_at=time(12), cycle="2026-11", chair=people.cochair_one
    )
    Agenda.objects.create(meeting=held)
    Notes.objects.create(meeting=held)
    return held


def noted(meeting, orgs, audience=Audience.NETWORK, text="Send the template round"):
    place = AgendaItem.objects.filter(meeting=meeting).count() + 1
    item = AgendaItem.objects.create(meeting=meeting, position=place, title="Item", audience=audience)
    return NoteAction.objects.create(
        item=item, text=text, owner_organisation=orgs["kent"], due_on=date(2027, 1, 10)
    )


def test_agreed_notes_bring_each_of_their_actions_into_the_plan_once(people, orgs, meeting):
    first, second = noted(meeting, orgs), noted(meeting, orgs, Audience.CHAIRS, "For the chairs")
    assert registry.notes_agreed(meeting, people.cochair_one) == ["2 actions added to the plan"]
    assert registry.notes_agreed(meeting, people.cochair_one) == []
    taken = {action.text: action for action in Action.objects.all()}
    assert len(taken) == 2
    ours = taken[first.text]
    assert (ours.owner_organisation, ours.due_on, ours.audience) == (orgs["kent"], first.due_on, "network")
    assert taken[second.text].audience == "chairs"
    assert ours.origin_item == first.item


def test_only_a_co_chair_is_told_that_an_action_is_kept_to_named_people_by_way_of_its_item(
    people, orgs, meeting, sign_in
):
    noted(meeting, orgs)
    registry.notes_agreed(meeting, people.cochair_one)
    url = f"/actions/{Action.objects.get().pk}/names/"
    answers = {name: sign_in(user).get(url).status_code for name, user in people.items()}
    assert {name for name, status in answers.items() if status == 409} == {"cochair_one", "cochair_two"}
    assert {answers[name] for name in ("admin", "lead", "director", "stranger")} == {403}


def changed(user):
    """What home says has changed, in one text."""
    since = Action.objects.get().created_at.replace(year=2020)
    return "; ".join(change.title for change in changes.latest(user, since, most=30))


def test_an_action_of_a_legal_item_is_read_by_the_people_named_for_the_item_and_by_nobody_else(
    people, orgs, meeting
):
    legal = noted(meeting, orgs, Audience.LEGAL, "Ask counsel")
    Naming.objects.create(
        label="network.agendaitem", object_id=legal.item.pk, person=people.lead, named_by=people.cochair_one
    )
    registry.notes_agreed(meeting, people.cochair_one)
    readers = [name for name, user in people.items() if Action.objects.visible_to(user).exists()]
    assert readers == ["lead"]
    assert [one.title for one in answers.follow_ups([legal.item], people.lead)] == ["Ask counsel"]
    assert list(answers.follow_ups([legal.item], people.admin)) == []
    with readings.noted() as seen:
        assert "Ask counsel" not in changed(people.admin)
        assert not seen
        assert "Ask counsel" in changed(people.lead)
        both = {(Action, Action.objects.get().pk), (AgendaItem, legal.item.pk)}
        assert set(seen) == both, "home is a reading as well"
    Action.objects.update(audience=Audience.NETWORK)  # as if it were kept to them by its item alone
    with readings.noted() as seen:
        assert "Ask counsel" in changed(people.lead)
        assert set(seen) == {(AgendaItem, legal.item.pk)}


def readers(people, action):
    return {name for name, user in people.items() if Action.objects.visible_to(user).filter(pk=action.pk)}


CHAIRS = {"admin", "cochair_one", "cochair_two"}


@pytest.mark.parametrize(
    ("audience", "left"),
    [(Audience.CHAIRS, CHAIRS), (Audience.COORDINATOR, {"admin"}), (Audience.LEGAL, set())],
)
def test_an_item_that_is_made_narrower_takes_its_action_with_it(people, orgs, meeting, audience, left):
    item = noted(meeting, orgs).item
    registry.notes_agreed(meeting, people.cochair_one)
    action = Action.objects.get()
    assert "stranger" in readers(people, action)
    AgendaItem.objects.filter(pk=item.pk).update(audience=audience)
    assert readers(people, action) == left
    assert {name for name, user in people.items() if Update.objects.visible_to(user)} == left


def test_an_item_that_is_made_wider_leaves_its_action_with_the_readers_that_were_chosen_for_it(
    people, orgs, meeting
):
    item = noted(meeting, orgs, Audience.CHAIRS).item
    registry.notes_agreed(meeting, people.cochair_one)
    AgendaItem.objects.filter(pk=item.pk).update(audience=Audience.PUBLISHED)
    assert readers(people, Action.objects.get()) == CHAIRS


def test_whoever_is_no_longer_named_for_the_item_no_longer_reads_its_action(people, orgs, meeting):
    item = noted(meeting, orgs).item
    registry.notes_agreed(meeting, people.cochair_one)
    action = Action.objects.get()
    acts.name_people(item, [people.lead, people.director], by=people.cochair_one)
    assert readers(people, action) == {"lead", "director"}
    acts.name_people(item, [people.director], by=people.cochair_one)
    assert readers(people, action) == {"director"}
    assert action.audience == Audience.NETWORK
    assert not Naming.objects.filter(label="actions.action").exists()


def test_no_figure_counts_an_action_whose_item_not_every_member_reads(people, orgs, meeting):
    item = noted(meeting, orgs).item
    registry.notes_agreed(meeting, people.cochair_one)
    assert Action.objects.counted().count() == 1
    acts.name_people(item, [people.lead], by=people.cochair_one)
    assert Action.objects.counted().count() == 0


def test_notes_that_are_agreed_anew_take_nothing_out_of_the_plan(people, orgs, meeting):
    noted(meeting, orgs)
    registry.notes_agreed(meeting, people.cochair_one)
    assert not AgendaItem.objects.visible_to(people.lead).exists()
    assert Action.objects.visible_to(people.lead).exists()


# What the registry is told


def test_an_owner_is_told_of_what_is_due_and_of_nothing_that_is_not_theirs(people, orgs):
    make.action(people.admin, "Overdue", owner_organisation=orgs["kent"], due_on=date(2026, 11, 20))
    make.action(people.admin, "Soon", owner=people.director, due_on=date(2026, 12, 1))
    make.action(people.admin, "Later", owner_organisation=orgs["kent"], due_on=date(2027, 5, 1))
    make.action(people.admin, "Medway's", owner_organisation=orgs["medway"], due_on=date(2026, 11, 20))
    assert [(task.title, task.urgent) for task in answers.tasks_for(people.lead)] == [
        ("Say how far this action is: Overdue", True)
    ]
    assert [task.title for task in answers.tasks_for(people.director)] == ["Say how far this action is: Soon"]
    assert list(answers.tasks_for(people.observer)) == []


def test_an_update_in_words_is_a_report_and_nobody_is_asked_again_at_once(people, orgs, sign_in, at):
    late = make.action(people.admin, "Overdue", owner_organisation=orgs["kent"], due_on=date(2026, 11, 20))
    plan.post(late, by=people.lead, text="Two authorities have answered.", percent=None)
    assert list(answers.tasks_for(people.lead)) == []
    page = sign_in(people.lead).get(late.get_absolute_url()).content.decode()
    assert "Nothing reported yet" not in page
    assert "Last reported in words, on 22 November 2026" in page
    at("2026-12-07")  # two weeks later it is asked again
    assert len(list(answers.tasks_for(people.lead))) == 1


def test_what_was_reported_before_the_due_date_is_asked_again_once_that_has_passed(people, orgs, at):
    soon = make.action(people.admin, "Soon", owner_organisation=orgs["kent"], due_on=date(2026, 11, 25))
    plan.post(soon, by=people.lead, text="Nearly there.", percent=None)
    assert list(answers.tasks_for(people.lead)) == []
    at("2026-11-26")
    assert [task.urgent for task in answers.tasks_for(people.lead)] == [True]


def test_that_an_action_was_moved_is_no_report_of_how_far_it_is(people, orgs):
    late = make.action(people.admin, "Overdue", owner_organisation=orgs["kent"], due_on=date(2026, 11, 20))
    plan.move(late, "start", by=people.lead)
    assert len(list(answers.tasks_for(people.lead))) == 1


def test_a_meeting_hears_of_overdue_actions_but_never_of_one_kept_to_the_chairs(people, orgs, meeting):
    make.action(people.admin, due_on=date(2026, 11, 1), audience=Audience.CHAIRS)
    assert list(answers.agenda_lines(meeting)) == []
    make.action(people.admin, due_on=date(2026, 11, 1))
    assert [line.title for line in answers.agenda_lines(meeting)] == ["1 action is overdue"]


def test_notes_that_are_being_agreed_anew_are_no_link_for_whoever_does_not_read_them(people, orgs, sign_in):
    held = make_meetings.held(people)
    item = make_meetings.item(held, "Joint training")
    task = make_meetings.task(item, "Book a room", people.lead, by=people.admin)
    make_meetings.agree_notes(held, people)
    action = Action.objects.get(text=task.text)
    link = f'href="/meetings/{held.on.isoformat()}/notes/"'
    assert link in sign_in(people.stranger).get(action.get_absolute_url()).content.decode()
    make_meetings.write(held, item, "A change", by=people.admin)
    said = sign_in(people.stranger).get(action.get_absolute_url()).content.decode()
    assert link not in said
    assert "Notes of the meeting on" in said
    assert link in sign_in(people.admin).get(action.get_absolute_url()).content.decode()
