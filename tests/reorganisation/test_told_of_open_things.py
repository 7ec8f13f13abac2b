"""What was written down of an open thing is told later only to whoever reads the thing on that day."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from actions import plan as action_plan
from actions.models import Action
from network import naming, registry
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.marks import Loaded
from network.membership import inviting
from network.people.models import Organisation, User
from network.reorganisation import acts, drafts
from network.reorganisation.again import start_again
from network.reorganisation.models import Reorganisation, Settlement
from network.reorganisation.plan import plan_of
from network.roles import Role
from network.tick import tick
from tests import actions_factories, foi_factories, meetings_factories
from tests import questionnaires_factories as returns
from tests.conftest import People
from tests.reorganisation.test_reorganising import moved, surrey
from tests.reorganisation_factories import CLOSE, HoldingApp, reorganisation

Bodies = dict[str, Organisation]
At = Callable[[str], None]
SignIn = Callable[[User], Client]
WORDS = "CANARY advice on the challenge"


@pytest.fixture
def action(people: People, orgs: Bodies) -> Action:
    return actions_factories.action(people.admin, WORDS, owner_organisation=orgs["surrey"])


@pytest.fixture
def prepared(people: People, orgs: Bodies, action: Action) -> Reorganisation:
    """Surrey's, in which the action keeps its name."""
    row = surrey(people, orgs)
    moved(row, "East Surrey", by=people.admin)
    things = plan_of(row).things
    kept = {thing.holding.key: ("keep", None) for thing in things}
    drafts.set_fates(row, kept, by=people.admin, loaded=Loaded(drafts.mark_of_things(things)))
    return acts.prepare(row, by=people.admin)


def page(row: Reorganisation, user: User, sign_in: SignIn) -> str:
    return sign_in(user).get(row.get_absolute_url()).content.decode()


def test_an_action_that_was_kept_to_named_people_since_is_not_told_of_when_prepared_or_withdrawn(
    people: People, prepared: Reorganisation, action: Action, sign_in: SignIn
) -> None:
    assert WORDS in page(prepared, people.admin, sign_in)
    naming.name_people(action, [people.cochair_one], by=people.cochair_one)
    shown = page(prepared, people.admin, sign_in)
    assert "CANARY" not in shown
    assert "Keep it with the old name" not in shown  # not that there was one either
    acts.withdraw(prepared, by=people.admin)
    assert "CANARY" not in page(prepared, people.admin, sign_in)


def test_whoever_is_named_goes_on_being_told_and_the_reading_is_recorded(
    people: People, prepared: Reorganisation, action: Action, sign_in: SignIn
) -> None:
    naming.name_people(action, [people.cochair_one, people.admin], by=people.cochair_one)
    assert WORDS in page(prepared, people.admin, sign_in)
    assert AuditEntry.objects.filter(verb="read", actor=people.admin, label="actions.action").count() == 1


def test_one_in_force_forgets_the_words_for_those_who_do_not_read_the_action_any_more(
    people: People, prepared: Reorganisation, action: Action, sign_in: SignIn, at: At
) -> None:
    at("2027-04-01")
    assert not tick().failed
    assert f"“{WORDS}”: stays with Surrey" in page(prepared, people.admin, sign_in)
    naming.name_people(action, [people.cochair_one], by=people.cochair_one)
    assert "CANARY" not in page(prepared, people.admin, sign_in)


def test_an_action_under_an_agenda_item_goes_with_the_item(
    people: People, prepared: Reorganisation, action: Action, sign_in: SignIn
) -> None:
    item = meetings_factories.item(meetings_factories.meeting(), "Winter beds")
    Action.objects.filter(pk=action.pk).update(origin_item=item, origin_key="note-action:99")
    naming.name_people(item, [people.cochair_one], by=people.cochair_one)
    assert "CANARY" not in page(prepared, people.admin, sign_in)


def test_starting_again_says_nothing_of_what_one_does_not_read_any_more(
    people: People, prepared: Reorganisation, action: Action
) -> None:
    acts.withdraw(prepared, by=people.admin)
    naming.name_people(action, [people.cochair_one], by=people.cochair_one)
    said = " ".join(start_again(prepared, by=people.admin).left)
    assert "CANARY" not in said
    assert "nothing to decide" not in said


def test_starting_again_still_names_what_is_over_to_its_readers(
    people: People, prepared: Reorganisation, action: Action
) -> None:
    acts.withdraw(prepared, by=people.admin)
    action_plan.move(action, "stop", by=people.admin)
    assert f"{WORDS}: nothing to decide any more." in start_again(prepared, by=people.admin).left


def test_why_one_failed_quotes_the_thing_to_its_readers_and_never_in_a_mail(
    people: People,
    prepared: Reorganisation,
    action: Action,
    sign_in: SignIn,
    at: At,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(*args: object, **more: object) -> None:
        raise RuntimeError(f"“{WORDS}” is lost")

    monkeypatch.setattr(action_plan, "keep_with", lost)
    at("2027-04-01")
    tick()
    assert f"Action “{WORDS}” could not be settled" in page(prepared, people.admin, sign_in)
    mail = OutboxMail.objects.get(to=people.admin.email, key__contains=":failed:")
    assert "CANARY" not in str(vars(mail))
    assert not [one for one in AuditEntry.objects.all() if "CANARY" in str(one.detail)]
    naming.name_people(action, [people.cochair_one], by=people.cochair_one)
    shown = page(prepared, people.admin, sign_in)
    assert "CANARY" not in shown
    assert "One of the open things could not be settled" in shown


def test_each_kind_of_open_thing_is_told_of_to_its_readers(people: People, orgs: Bodies) -> None:
    """The pages tell nothing of what no app answers for."""
    ending, board = orgs["surrey"], orgs["kent-and-medway"]
    actions_factories.action(people.admin, owner_organisation=ending)
    returns.return_of(returns.round_("spring-2027", opens=-5, closes=60), ending)
    foi_factories.request_to(foi_factories.foi_round(people.admin), board)
    inviting.invite(
        by=people.admin, email="new@demo.example", name="New", role=Role.LEAD, organisation=ending
    )
    held = [one.key for body in (ending, board) for one in registry.holdings_of(body)]
    assert {key.split(":")[0] for key in held} == {
        "actions.action",
        "questionnaires.return",
        "foi.request",
        "membership.invitation",
    }
    assert set(registry.told_of(held, people.admin)) == set(held)
    assert registry.told_of(held, people.former) == []


def test_what_no_app_answers_for_is_told_to_nobody(
    people: People, orgs: Bodies, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = HoldingApp({"kent-and-medway": [("CANARY", (CLOSE,))]})
    monkeypatch.setattr(registry.holdings_of, "_providers", [app.holdings_of])
    row = reorganisation(people.admin, [orgs["kent-and-medway"]], ["Garden"])
    acts.prepare(row, by=people.admin)
    app.held.clear()
    assert Settlement.objects.filter(title="CANARY").exists()
    assert "CANARY" not in page(row, people.admin, sign_in)
