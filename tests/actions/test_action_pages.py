"""The plan's pages: who sees and does what, what is kept of what people type, and what a list costs."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from actions import plan
from actions.models import Action, Theme, Update
from network.audience import Audience
from tests import actions_factories as make

pytestmark = pytest.mark.django_db

MEMBERS = {"admin", "cochair_one", "cochair_two", "lead", "deputy", "contributor", "director", "stranger"}


@pytest.fixture
def answers(people, sign_in):
    def of(url, data=None):
        found = {}
        for name, user in people.items():
            client = sign_in(user)
            found[name] = (client.get(url) if data is None else client.post(url, data)).status_code
        return found

    return of


def who(answers, code=200):
    return {name for name, status in answers.items() if status == code}


def test_members_read_the_plan_a_partner_only_what_is_shared_an_observer_nothing(
    people, answers, sign_in, client
):
    make.action(people.admin, "For members")
    make.action(people.admin, "For partners too", audience=Audience.PARTNERS)
    found = answers("/actions/")
    assert who(found) == MEMBERS | {"partner", "other_partner"}
    assert who(found, 403) == {"observer", "former"}
    page = sign_in(people.partner).get("/actions/").content.decode()
    assert "For partners too" in page
    assert "For members" not in page
    assert "1 action" in page
    download = sign_in(people.partner).get("/actions/?export=csv").content.decode()
    assert "For members" not in download
    assert client.get("/actions/").status_code == 302


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.NETWORK, MEMBERS),
        (Audience.CHAIRS, {"admin", "cochair_one", "cochair_two"}),
        (Audience.COORDINATOR, {"admin"}),
        (Audience.LEGAL, set()),
    ],
)
def test_an_action_exists_only_for_its_readers(people, answers, audience, readers):
    action = make.action(people.admin, audience=audience)
    for page in ("", "edit/", "update/"):
        found = answers(f"/actions/{action.pk}/{page}")
        assert {name for name, code in found.items() if code != 404} == readers
    assert who(answers(f"/actions/{action.pk}/move/", {"move": "finish"}), 404) == set(found) - readers


def test_a_theme_counts_only_the_actions_that_its_reader_may_read(people, sign_in):
    theme = Theme.objects.get(slug="legal-limits")
    make.action(people.admin, "Open", theme=theme)
    kept = make.action(people.admin, "Kept", theme=theme, audience=Audience.CHAIRS)
    make.moved(make.moved(kept, "start", people.admin), "finish", people.admin)
    for reader, said in ((people.admin, "1 of 2 actions done"), (people.lead, "0 of 1 action done")):
        page = " ".join(sign_in(reader).get("/actions/").content.decode().split())
        assert page.count(said) == 2, f"{reader.name}: of the plan, and of the theme"


def test_a_theme_is_read_by_members_only(people, answers):
    assert who(answers("/actions/themes/data/")) == MEMBERS
    assert who(answers("/actions/themes/nothing/"), 404) == {name for name, _ in people.items()}


def test_a_partner_sees_neither_peoples_names_nor_the_title_of_a_theme_they_can_not_open(
    people, orgs, sign_in
):
    theme = Theme.objects.get(slug="legal-limits")
    action = make.action(
        people.admin, "Shared", theme=theme, objective=theme.objectives.first(), owner=people.lead,
        owner_organisation=orgs["kent"], audience=Audience.PARTNERS,
    )  # fmt: skip
    owned = make.action(people.admin, "Owned", owner=people.director, audience=Audience.PARTNERS)
    plan.post(action, by=people.lead, text="We have begun", percent=10)
    hidden = [person.display() for person in (people.admin, people.lead, people.director)]
    hidden += [theme.title, theme.objectives.first().text, f"/actions/themes/{theme.slug}/"]
    pages = (
        "",
        "?export=csv",
        "?sort=theme",
        "?sort=lead",
        "?theme=legal-limits",
        f"{action.pk}/",
        f"{owned.pk}/",
    )
    for page in pages:
        shown = sign_in(people.partner).get(f"/actions/{page}").content.decode()
        assert "Shared" in shown or "Owned" in shown
        assert [words for words in hidden if words in shown] == []
    member = sign_in(people.stranger).get(f"/actions/{action.pk}/").content.decode()
    assert [words for words in hidden if words not in member] == [people.director.display()]


def test_a_partners_list_is_in_no_order_made_from_what_is_hidden(people, sign_in):
    first, *_, last = Theme.objects.order_by("position")
    for number, theme in enumerate((last, first, last, first)):
        make.action(
            people.admin, f"Row {number}", theme=theme, audience=Audience.PARTNERS,
            owner=people.lead if number % 2 else people.director, due_on=date(2027, 1, 1 + number),
        )  # fmt: skip
    client = sign_in(people.partner)
    for sort in ("theme", "-theme", "lead"):
        table = client.get(f"/actions/?sort={sort}").context["table"]
        texts = [row.record.text for row in table.page.object_list]
        assert texts == ["Row 0", "Row 1", "Row 2", "Row 3"], sort


def test_the_filter_offers_themes_and_leads_of_what_its_reader_sees_and_no_others(people, orgs, sign_in):
    make.action(people.admin, owner_organisation=orgs["kent"], audience=Audience.NETWORK)
    make.action(people.admin, owner_organisation=orgs["surrey"], audience=Audience.PARTNERS)
    theme = Theme.objects.order_by("position").first()

    def offered(user):
        page = sign_in(user).get("/actions/").content.decode()
        choices = {"a theme": theme.slug, "Kent": orgs["kent"].slug, "Surrey": orgs["surrey"].slug}
        return {name for name, value in choices.items() if f'<option value="{value}"' in page}

    assert offered(people.stranger) == {"a theme", "Kent", "Surrey"}
    assert offered(people.partner) == {"Surrey"}


def test_what_a_person_may_not_do_has_no_button_and_is_refused(people, orgs, answers, sign_in):
    action = make.action(people.admin, owner_organisation=orgs["kent"])
    url = f"/actions/{action.pk}/"
    for user in (people.stranger, people.contributor, people.cochair_one):
        page = sign_in(user).get(url).content.decode()
        assert "Mark as done" not in page
        assert "Post an update" not in page
    assert who(answers(f"{url}update/", {"text": "Progress"}), 302) == {"admin", "lead", "deputy"}
    assert who(answers(f"{url}edit/")) == {"admin"}
    assert who(answers("/actions/new/")) == {"admin"}
    assert sign_in(people.stranger).post(f"{url}move/", {"move": "finish"}).status_code == 403
    assert sign_in(people.lead).post(f"{url}move/", {"move": "nonsense"}).status_code == 403
    sign_in(people.lead).post(f"{url}move/", {"move": "finish"})
    action.refresh_from_db()
    assert action.status == "done"


def test_the_coordinator_adds_an_action_and_it_stands_in_the_plan(people, orgs, sign_in):
    theme = Theme.objects.get(slug="data")
    fields = {
        "text": "Agree what a referral is",
        "theme": theme.pk,
        "owner_organisation": orgs["kent"].pk,
        "due_on-day": "31",
        "due_on-month": "3",
        "due_on-year": "2027",
        "audience": "network",
    }
    assert sign_in(people.admin).post("/actions/new/", fields).status_code == 302
    action = Action.objects.get()
    assert (action.theme, action.owner_organisation, action.due_on) == (
        theme,
        orgs["kent"],
        date(2027, 3, 31),
    )
    page = sign_in(people.lead).get("/actions/?theme=data").content.decode()
    assert "Agree what a referral is" in page


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"text": ""}, "Enter what is to be done"),
        ({"due_on-day": "31", "due_on-month": "2", "due_on-year": "2027"}, "31 February 2027 is not a date"),
        ({"theme": "9999"}, "Select a valid choice"),
        ({"objective": "legal"}, "That is an objective of the theme"),
        ({"owner": "stranger"}, "holds no role at Kent"),
        ({"audience": "chairs"}, "Kent could not read this action"),
        ({"audience": "legal"}, "Select a valid choice"),
    ],
)
def test_a_form_that_can_not_be_right_says_why_and_keeps_what_was_typed(people, orgs, sign_in, broken, says):
    from actions.models import Objective

    broken = dict(broken)
    if broken.get("objective"):
        broken["objective"] = Objective.objects.get(theme__slug="legal-limits").pk
    if broken.get("owner"):
        broken["owner"] = people.stranger.pk
    theme = Theme.objects.get(slug="data").pk
    fields = {
        "text": "What was typed",
        "theme": theme,
        "owner_organisation": orgs["kent"].pk,
        "audience": "network",
    }
    page = sign_in(people.admin).post("/actions/new/", fields | broken).content.decode()
    assert says in page.replace("&#x27;", "'")
    assert "What was typed" in page or not broken.get("text", "x")
    assert not Action.objects.exists()


def test_an_edit_made_meanwhile_by_somebody_else_is_shown_beside_what_was_typed(people, sign_in):
    action = make.action(people.admin, "As it was")
    client = sign_in(people.admin)
    assert 'name="version" value="1"' in client.get(f"/actions/{action.pk}/edit/").content.decode()
    plan.edit(action, {"text": "Theirs"}, version=1, by=people.admin)
    mine = {"text": "Mine", "theme": action.theme.pk, "audience": "network", "version": "1"}
    answer = client.post(f"/actions/{action.pk}/edit/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    action.refresh_from_db()
    assert action.text == "Theirs"
    assert client.post(f"/actions/{action.pk}/edit/", mine | {"version": "2"}).status_code == 302


@pytest.mark.parametrize(
    ("percent", "says"), [("half", "whole number"), ("101", "in per cent” must be 100 or less"), ("-1", "")]
)
def test_progress_that_is_no_percentage_is_refused_and_the_text_kept(people, orgs, sign_in, percent, says):
    action = make.action(people.admin, owner_organisation=orgs["kent"])
    answer = sign_in(people.lead).post(
        f"/actions/{action.pk}/update/", {"text": "We began", "percent": percent}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert says in page
    assert "We began" in page
    assert not Update.objects.filter(text="We began").exists()


def test_the_list_filters_counts_and_downloads_the_rows_that_it_shows(people, orgs, sign_in):
    make.action(people.admin, "Late one", owner_organisation=orgs["kent"], due_on=date(2026, 11, 1))
    make.action(people.admin, "Other one", owner_organisation=orgs["medway"])
    client = sign_in(people.lead)
    page = client.get("/actions/?state=overdue&lead=kent").content.decode()
    assert "Late one" in page
    assert "Other one" not in page
    assert "1 of 2 actions" in page
    book = load_workbook(io.BytesIO(client.get("/actions/?state=overdue&export=xlsx").content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "Late one" in cells
    assert "Overdue" in cells
    assert "Other one" not in cells


def test_a_day_that_can_not_be_read_is_said_and_nothing_guessed(people, sign_in):
    make.action(people.admin, "Today's")
    page = sign_in(people.lead).get("/actions/?as_at=2026-31-02").content.decode()
    assert "is not a date" in page
    assert "Today&#x27;s" in page


@pytest.mark.parametrize(
    "url", ["/actions/", "/actions/?as_at=2026-11-21", "/actions/themes/intelligence/", "/actions/{pk}/"]
)
def test_a_page_asks_as_many_questions_for_thirty_rows_as_for_one(people, orgs, sign_in, url):
    client = sign_in(people.lead)
    costs = []
    for rows in (1, 3, 30):
        while Action.objects.count() < rows:
            action = make.action(
                people.admin, on=date(2026, 5, 1), owner_organisation=orgs["kent"], owner=people.lead
            )
            plan.post(action, by=people.lead, text="Progress", percent=10)
        for number in range(rows):
            plan.post(action, by=people.lead, text=f"More {number}", percent=10)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url.format(pk=action.pk)).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2] <= 20


def test_on_a_phone_each_action_is_a_block_that_names_its_lead_due_date_and_state(people, orgs, sign_in):
    make.action(people.admin, "Ask counsel", owner_organisation=orgs["kent"], due_on=date(2026, 12, 1))
    page = sign_in(people.lead).get("/actions/").content.decode()
    assert "app-stack" in page
    for label in ("Lead", "Due", "State"):
        assert f'data-label="{label}"' in page
