"""Setting rounds up, who is missing, reminders, and what the calendar sends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from network import changes, dates, registry
from network.dates import Period
from network.mail import OutboxMail
from network.roles import Role
from questionnaires import due
from questionnaires.forms.rounds import RoundForm
from questionnaires.models import Return, Round, SectionState
from tests import factories
from tests import questionnaires_factories as make

pytestmark = pytest.mark.django_db
NEW = "/questionnaires/manage/new/"


def typed(**changes: Any) -> dict[str, Any]:
    day, later = dates.today() + timedelta(days=7), dates.today() + timedelta(days=40)
    values = {
        "title": "Winter 2027",
        "slug": "winter-2027",
        "version": make.version().pk,
        "reporting_year": "2025/26",
        **{f"opens_on-{part}": getattr(day, part) for part in ("day", "month", "year")},
        **{f"closes_on-{part}": getattr(later, part) for part in ("day", "month", "year")},
    }
    return values | changes


def test_the_admin_sets_a_round_up_for_every_authority_in_force(people, sign_in) -> None:
    answer = sign_in(people.admin).post(NEW, typed())
    assert answer.headers["Location"] == "/questionnaires/winter-2027/"
    assert Return.objects.filter(round__slug="winter-2027").count() == 19


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"closes_on-year": 2020}, "must be after the first"),
        ({"closes_on-day": 31, "closes_on-month": 2}, "is not a date"),
        ({"slug": "manage"}, "is the name of another page"),
        ({"slug": "autumn-2026"}, "already exists"),
        ({"reporting_year": "2025/27"}, "not one year"),
        ({"reporting_year": "2025-26"}, "Write the reporting year"),
        ({"opens_on-year": 2020}, "cannot be in the past"),
        ({"title": ""}, "Enter a title"),
    ],
)
def test_a_round_that_cannot_be_is_refused_with_a_reason_and_what_was_typed(
    people, sign_in, changes, says
) -> None:
    make.round_()
    answer = sign_in(people.admin).post(NEW, typed(**changes))
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert Round.objects.count() == 1


def test_a_round_that_somebody_else_sets_up_at_the_same_moment_is_named(people, sign_in, monkeypatch) -> None:
    checked = RoundForm.is_valid

    def then_the_other_is_faster(form: RoundForm) -> bool:
        valid = checked(form)
        make.round_("winter-2027", title="Winter, by the other")
        return valid

    monkeypatch.setattr(RoundForm, "is_valid", then_the_other_is_faster)
    answer = sign_in(people.admin).post(NEW, typed())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Winter, by the other" in page
    assert "with this short name already exists" in page
    assert 'value="winter-2027"' in page
    assert Round.objects.count() == 1


@pytest.mark.parametrize("name", ["title", "slug", "version", "reporting_year", "opens_on-day"])
def test_a_character_that_the_database_cannot_hold_is_refused_in_every_input_of_a_round(
    people, sign_in, name
) -> None:
    answer = sign_in(people.admin).post(NEW, typed(**{name: "1\x002"}))
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert not Round.objects.exists()


@pytest.mark.parametrize("address", ["?state=%00", "?sort=%00", "?page=%00", "?per_page=%00", "?export=%00"])
def test_such_a_character_in_the_address_of_a_list_is_refused_in_plain_words(
    people, sign_in, address
) -> None:
    make.round_()
    client = sign_in(people.admin)
    for page in (
        "/questionnaires/",
        "/questionnaires/autumn-2026/",
        "/questionnaires/autumn-2026/results/a2/",
    ):
        assert client.get(f"{page}{address}&icb=%00").status_code == 400


def test_the_closing_date_of_an_open_round_can_be_put_off_and_nothing_else_of_it(people, sign_in) -> None:
    asking = make.round_()
    answer = sign_in(people.admin).post(
        "/questionnaires/manage/autumn-2026/",
        {
            "title": "Autumn 2026",
            "closes_on-day": 20,
            "closes_on-month": 12,
            "closes_on-year": 2026,
            "reporting_year": "2024/25",
            "slug": "other",
        },
    )
    assert answer.status_code == 302
    asking.refresh_from_db()
    assert asking.closes_on == make.day("2026-12-20")
    assert asking.reporting_year == "2025/26"
    assert asking.slug == "autumn-2026"


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 403), ("director", 403), ("cochair_one", 403), ("partner", 403), ("observer", 403)],
)
def test_only_the_admin_manages_rounds(people, sign_in, who, status) -> None:
    make.round_()
    client = sign_in(getattr(people, who))
    assert client.get(NEW).status_code == status
    assert client.post(NEW, typed()).status_code == status
    assert client.post("/questionnaires/manage/autumn-2026/remind/").status_code in (403, 404)
    assert client.post("/questionnaires/manage/autumn-2026/", typed()).status_code in (403, 404)
    assert Round.objects.count() == 1
    assert not OutboxMail.objects.exists()


def test_the_admin_sees_how_many_have_submitted_and_who_is_missing(people, orgs, sign_in) -> None:
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead)
    page = sign_in(people.admin).get("/questionnaires/autumn-2026/").content.decode()
    assert "1 of 19 submitted" in page
    missing = page.split("Who is missing")[1].split("</p>")[0]
    assert "Medway" in missing
    assert "Kent" not in missing
    assert "13 December 2026" in missing
    listed = sign_in(people.admin).get("/questionnaires/autumn-2026/?state=draft&export=csv").content.decode()
    assert "Medway" in listed
    assert "Kent" not in listed


def test_a_reminder_goes_to_each_missing_authority_once_a_day(people, orgs, sign_in, at) -> None:
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead)
    client = sign_in(people.admin)
    assert "Send reminder to 1 authority" in client.get("/questionnaires/autumn-2026/").content.decode()
    assert "Who is missing" in client.get("/questionnaires/autumn-2026/").content.decode()
    of_a_lead = sign_in(people.lead).get("/questionnaires/autumn-2026/").content.decode()
    assert "Send reminder" not in of_a_lead
    assert "Who is missing" not in of_a_lead
    for _ in range(2):
        client.post("/questionnaires/manage/autumn-2026/remind/")
    mail = OutboxMail.objects.get()
    assert mail.to_user == people.stranger
    assert "closes on 13 December 2026" in mail.subject
    assert "/questionnaires/autumn-2026/medway/" in mail.text
    assert "Send reminder" not in client.get("/questionnaires/autumn-2026/").content.decode()
    at("2026-11-23")
    sign_in(people.admin).post("/questionnaires/manage/autumn-2026/remind/")
    assert OutboxMail.objects.count() == 2


def test_no_reminder_goes_out_for_a_closed_round(people, sign_in) -> None:
    make.round_(opens=-40, closes=-1)
    answer = sign_in(people.admin).post("/questionnaires/manage/autumn-2026/remind/")
    assert answer.status_code == 409
    assert not OutboxMail.objects.exists()


def test_leads_hear_that_a_round_has_opened_once(people, at) -> None:
    make.round_(opens=1, closes=30)
    assert due.send_due() == ""
    at("2026-11-23")
    assert due.send_due() == "2 mails about open rounds"
    assert due.send_due() == ""
    assert {mail.to_user for mail in OutboxMail.objects.all()} == {people.lead, people.stranger}


def test_reminders_go_out_on_the_days_set_and_only_to_who_is_missing(people, orgs, at, settings) -> None:
    settings.REMINDER_DAYS_BEFORE_CLOSE = (14, 3)
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead)
    due.send_due()
    OutboxMail.objects.all().delete()
    for day, number in (
        ("2026-11-28", 1),
        ("2026-11-29", 1),
        ("2026-11-30", 1),
        ("2026-12-10", 2),
        ("2026-12-14", 2),
    ):
        at(day)
        due.send_due()
        expected = number - (day == "2026-11-28")  # the opening mail was taken away above
        assert OutboxMail.objects.filter(key__contains="closes-").count() == expected, day


def test_after_days_of_standstill_one_reminder_is_sent_and_not_two(people, at) -> None:
    make.round_()
    due.send_due()
    at("2026-12-11")
    due.send_due()
    assert OutboxMail.objects.filter(to_user=people.lead, key__contains="closes-").count() == 1


# What this app says on other pages


def test_home_asks_the_lead_to_answer_and_says_how_far_it_is(people) -> None:
    make.round_()
    tasks = registry.tasks_for(people.lead)
    task = next(one for one in tasks if "questionnaire" in one.title)
    assert task.title == "Answer the questionnaire: 0 of 7 sections completed"
    assert task.due == make.day("2026-12-13")
    assert task.url == "/questionnaires/autumn-2026/kent/"


def test_when_all_sections_are_completed_the_lead_is_asked_to_submit_and_the_contributor_is_done(
    people, orgs
) -> None:
    row = make.return_of(make.round_(), orgs["kent"])
    for section in make.version().sections.all():
        SectionState.objects.create(for_return=row, section=section, completed=True, changed_by=people.lead)
    (task,) = [one for one in registry.tasks_for(people.lead) if "questionnaire" in one.title]
    assert task.title == "Check and submit the questionnaire"
    assert task.url == "/questionnaires/autumn-2026/kent/check/"
    assert not [one for one in registry.tasks_for(people.contributor) if "questionnaire" in one.title]


def test_home_tells_the_admin_who_is_missing(people, orgs) -> None:
    make.submitted(make.round_(), orgs["kent"], by=people.lead)
    assert "18 authorities have not submitted: Autumn 2026" in [
        one.title for one in registry.tasks_for(people.admin)
    ]
    assert not [one for one in registry.tasks_for(people.lead) if "questionnaire" in one.title]


@pytest.mark.parametrize("who", ["director", "cochair_one", "partner", "observer"])
def test_others_have_nothing_to_do_about_the_questionnaire(people, who) -> None:
    make.round_()
    assert not [one for one in registry.tasks_for(getattr(people, who)) if "uestionnaire" in one.title]


def test_tiles_say_who_has_submitted_and_never_how_far_a_draft_is(people, orgs) -> None:
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead)
    make.fill(make.return_of(asking, orgs["medway"]), by=people.stranger)
    tiles = {tile.organisation_id: tile for tile in registry.tiles_for(people.admin)}
    assert tiles[orgs["kent"].pk].letter == "S"
    assert {tiles[orgs[slug].pk].letter for slug in ("medway", "surrey")} == {"–"}


def test_the_map_says_which_round_it_shows(people, sign_in) -> None:
    make.round_()
    assert "Not submitted yet (Autumn 2026)" in sign_in(people.lead).get("/").content.decode()
    assert not registry.tiles_for(people.partner)


def test_after_a_round_has_closed_whoever_is_missing_did_not_submit(people, orgs, sign_in, at) -> None:
    """In words, a letter and a colour of their own: on the map, in the list, its filter and its downloads."""
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead)
    before = soup_of(sign_in(people.stranger).get(asking.get_absolute_url()))
    assert states_of(before) == {"Kent": ("Submitted", "green"), "Medway": ("Not submitted yet", "yellow")}
    assert "Not submitted yet" in before.find("select", {"name": "state"}).get_text()
    at("2026-12-20")

    client = sign_in(people.stranger)
    after = soup_of(client.get(asking.get_absolute_url()))

    assert states_of(after) == {"Kent": ("Submitted", "green"), "Medway": ("Did not submit", "orange")}
    said = after.main.get_text(" ")
    assert "ot submitted" not in said
    assert "Medway : did not submit. The round closed on 13 December 2026." in said
    assert "was due by 13 December 2026" in said
    assert "Did not submit" in after.find("select", {"name": "state"}).get_text()
    assert {tile.select_one(".app-tile").get_text() for tile in after.select(".app-tile-map__key li")} == {
        "N", "S",
    }  # fmt: skip
    chosen = soup_of(client.get(asking.get_absolute_url(), {"state": "draft"}))
    assert "Kent" not in chosen.main.find("table").get_text()
    told = client.get(asking.get_absolute_url(), {"export": "csv"}).content.decode()
    assert "Medway,Did not submit" in told
    home = soup_of(client.get("/")).get_text(" ")
    assert "Did not submit (Autumn 2026)" in home
    assert "ot submitted" not in home
    panels = registry.organisation_panels(orgs["medway"], people.stranger)
    assert [one.detail for one in panels] == ["did not submit"]


def soup_of(answer: Any) -> Any:
    return BeautifulSoup(answer.content, "html.parser")


def test_after_a_round_has_closed_no_approval_is_awaited_any_more(people, orgs, sign_in, at) -> None:
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead, approved=False)
    pages = [asking.get_absolute_url(), f"{asking.get_absolute_url()}kent/"]
    for page in (*pages, f"{pages[1]}receipt/"):
        assert "await" in sign_in(people.lead).get(page).content.decode()
    at("2026-12-20")
    for page in (*pages, f"{pages[1]}receipt/"):
        said = soup_of(sign_in(people.lead).get(page)).main.get_text(" ")
        assert "await" not in said
        assert "approval was not given" in said


def states_of(page: Any) -> dict[str, tuple[str, str]]:
    """What the list of authorities and the map say of Kent and of Medway, in words and colour."""
    found = {}
    for name in ("Kent", "Medway"):
        (row,) = [
            one
            for one in page.main.find("table").find_all("tr")
            if one.find(["th", "td"]).get_text(strip=True) == name
        ]
        (tile,) = [
            one
            for one in page.select(".app-tile-map > li")
            if one.select("span")[-1].get_text().startswith(name)
        ]
        tag = row.select_one(".govuk-tag")
        words = tag.get_text()
        assert tile.get_text().strip().endswith(f"{name}: {words}")
        (colour,) = [one.removeprefix("govuk-tag--") for one in tag["class"] if one != "govuk-tag"]
        assert f"app-tile--{colour}" in tile["class"]
        found[name] = (words, colour)
    return found


def test_a_change_is_told_to_those_who_may_read_the_return(people, orgs) -> None:
    make.submitted(make.round_(), orgs["kent"], by=people.lead, approved=False)
    since = dates.now() - timedelta(days=1)
    assert [one for one in changes.latest(people.admin, since, most=30) if "Kent submitted" in one.title]
    assert not [
        one for one in changes.latest(people.stranger, since, most=30) if "Kent submitted" in one.title
    ]


def test_an_authoritys_page_lists_the_returns_that_may_be_read(people, orgs) -> None:
    make.submitted(make.round_(), orgs["kent"], by=people.lead, approved=False)

    def titles(user: Any) -> list[str]:
        return [one.title for one in registry.organisation_panels(orgs["kent"], user)]

    assert "Return in Autumn 2026" in titles(people.lead)
    assert "Return in Autumn 2026" in titles(people.admin)
    assert "Return in Autumn 2026" not in titles(people.stranger)
    assert "Return in Autumn 2026" not in titles(people.partner)


# Reports


def chapter(period: str) -> Any:
    return next(one for one in registry.figures(Period.parse(period)) if one.key == "questionnaire")


def test_a_report_counts_approved_returns_and_never_what_is_kept_to_the_coordinator(people, orgs) -> None:
    asking = make.round_()
    make.submitted(asking, orgs["kent"], by=people.lead, F3={"state": "exact", "value": 3}, E1="No")
    make.submitted(asking, orgs["medway"], by=people.stranger, approved=False)
    found = chapter("2026-H2")
    assert {one.key: one.value for one in found.figures} == {
        "questionnaire.submitted": "2 of 19",
        "questionnaire.shared": 1,
        "questionnaire.submitted_in_period": 2,
    }
    tables = {table.key.rsplit(".", 1)[1]: table for table in found.tables}
    assert not {"A1", "C7", "G2"} & set(tables)
    assert [row.label for row in tables["F3"].rows] == ["Kent"]
    assert tables["F3"].about_children
    assert {row.label: row.cells[0] for row in tables["E1"].rows}["No"] == 1
    assert tables["E1"].source.url == "/questionnaires/autumn-2026/results/E1/"
    assert tables["E1"].source.rows == 1


def test_a_question_that_becomes_the_coordinators_leaves_the_report(people, orgs) -> None:
    from questionnaires.models import Question

    make.submitted(make.round_(), orgs["kent"], by=people.lead)
    Question.objects.filter(code="F3").update(visibility="coordinator")
    assert not [table for table in chapter("2026-H2").tables if table.key.endswith(".F3")]


def test_a_period_without_a_round_says_so(people) -> None:
    make.round_()
    assert "No round of the questionnaire was open" in chapter("2025-H1").words


def test_a_return_submitted_after_the_period_is_not_in_its_report(people, orgs, at) -> None:
    make.round_("spring-2026", opens=-260, closes=-217, reporting_year="2024/25")
    asking = Round.objects.get(slug="spring-2026")
    at("2026-03-30")
    make.submitted(asking, orgs["kent"], by=people.lead)
    at("2026-04-02")
    make.submitted(asking, orgs["medway"], by=people.stranger)
    at("2026-11-22")
    assert chapter("2025-H2").figures[0].value == "1 of 19"
    assert chapter("2026-H1").figures[0].value == "2 of 19"


def test_whoever_is_missing_and_gets_no_reminder_is_named_with_the_reason(people, orgs, sign_in, at) -> None:
    at("2027-03-20")
    surrey = factories.person("Lead, Surrey", Role.LEAD, orgs["surrey"])
    asking = make.round_(closes=42)
    Return.objects.exclude(authority__in=[orgs["surrey"], orgs["kent"], orgs["slough"]]).delete()
    surrey.memberships.update(ends_on=make.day("2027-03-31"))
    at("2027-04-02")
    client = sign_in(people.admin)
    page = client.get(asking.get_absolute_url()).content.decode()
    assert "Send reminder to 1 authority" in page
    assert "Surrey ended on 31 March 2027: nobody to remind." in page
    assert "Slough has no lead or deputy with an account: nobody to remind." in page
    client.post(f"/questionnaires/manage/{asking.slug}/remind/")
    page = client.get(asking.get_absolute_url()).content.decode()
    assert "Send reminder to" not in page
    assert "Kent had a reminder today." in page
    assert "Not reminded" not in sign_in(people.lead).get(asking.get_absolute_url()).content.decode()
