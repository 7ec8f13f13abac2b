"""The main journeys by keyboard alone, and with script off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.people import Person, expect, step
from tests.browser.portal import PASSWORD, Portal, address
from tests.browser.story import meeting, questionnaire
from tests.browser.story.answers import OTHER, OWN, SECTIONS, SHARED, TEXT_OF_A_HIDDEN_ANSWER

pytestmark = pytest.mark.slow

Enter = Callable[..., Person]
KENT = questionnaire.KENT


def test_without_script_the_same_forms_do_the_same(make_portal: Callable[..., Portal], enter: Enter) -> None:
    portal = make_portal("web")
    lead, admin, one, two = (
        enter(portal, name, java_script_enabled=False).sign_in()
        for name in ("lead.kent", "admin", "cochair.one", "cochair.two")
    )
    questionnaire.begins(lead)
    with step("Every question is shown, those with a condition with a hint that says when to answer", lead):
        for board in (OWN, OTHER):
            expect(lead.page.locator(f"#B4-{board}")).to_be_visible()
        lead.sees("Only if you answered")
    with step("The answers are saved by the button, section by section", lead):
        questionnaire.answer(lead, "B")
        for section in "CDEFG":
            assert lead.path == f"{KENT}{section}/"
            questionnaire.answer(lead, section)
        questionnaire.finds(lead.go(f"{KENT}B/"), "B")
    with step("An answer whose condition is not met stays in the draft and is not submitted", lead):
        lead.go(f"{KENT}C/").answer(f"C1-{OTHER}", "No").press("Save and continue")
        assert lead.go(f"{KENT}C/").value(f"C2-{OTHER}") == TEXT_OF_A_HIDDEN_ANSWER
        lead.go(f"{KENT}check/").sees(*SHARED).does_not_see(TEXT_OF_A_HIDDEN_ANSWER)
    questionnaire.submits(lead)
    meeting.is_prepared(admin)
    meeting.is_agreed_by(one, "Still awaited: Co-chair two")
    meeting.is_agreed_by(two, "Members can read it now")


def test_by_keyboard_alone(make_portal: Callable[..., Portal], enter: Enter) -> None:
    portal = make_portal("web")
    prepare(enter(portal, "deputy.kent").sign_in(), enter(portal, "admin").sign_in())
    lead, cochair = enter(portal, "lead.kent"), enter(portal, "cochair.one")
    signs_in(lead)
    answers_a_section(lead)
    submits(lead)
    signs_in(cochair)
    agrees(cochair)


def prepare(deputy: Person, admin: Person) -> None:
    with step("A colleague has answered all sections but one, and an agenda is offered", deputy, admin):
        for section in "ABCDFG":
            questionnaire.answer(deputy.go(f"{KENT}{section}/"), section)
        meeting.is_prepared(admin)


def signs_in(person: Person) -> None:
    with step("Signs in: the first Tab reaches the link that skips to the content", person):
        person.go("/accounts/login/").keys("Tab")
        expect(person.page.locator(".govuk-skip-link")).to_be_focused()
        person.keys("Enter")
        expect(person.main).to_be_focused()
        person.tab_to(person.field("login"))
        person.page.keyboard.type(address(person.name))
        person.tab_to(person.field("password"))
        person.page.keyboard.type(PASSWORD)
        person.enter().sees("What there is to do now")


def answers_a_section(lead: Person) -> None:
    main = lead.main
    with step("Opens the section from home", lead):
        lead.tab_to(main.get_by_role("link", name="Answer the questionnaire")).enter()
        lead.tab_to(main.get_by_role("link", name="E. Training")).enter()
    with step(
        "Answers it: arrows choose among radios, Space ticks, and the questions that follow appear", lead
    ):
        expect(lead.page.locator("#E2")).to_be_hidden()
        lead.tab_to(lead.field("E1").first).keys("Space", "ArrowDown")
        assert lead.value("E1") == SECTIONS["E"]["E1"]
        expect(lead.page.locator("#E2")).to_be_visible()
        for field, values in (("E2", SECTIONS["E"]["E2"]), ("E3", SECTIONS["E"]["E3"])):
            for value in values:
                lead.tab_to(lead.page.locator(f"[name='{field}'][value='{value}']")).keys("Space")
        lead.tab_to(lead.field("E4").first).keys("Space")
        lead.tab_to(lead.field("E5"))
        lead.page.keyboard.type(SECTIONS["E"]["E5"])
        lead.tab_to(lead.field("completed").first).keys("Space")
        lead.tab_to(main.get_by_role("button", name="Save and come back later")).enter()
        lead.sees("7 of 7 sections completed")


def submits(lead: Person) -> None:
    with step("Checks the answers and submits them", lead):
        lead.tab_to(lead.main.get_by_role("button", name="Check your answers")).enter()
        lead.tab_to(lead.main.get_by_role("button", name="Submit the return")).enter()
        lead.sees("Return submitted")


def agrees(cochair: Person) -> None:
    with step("Agrees an agenda", cochair):
        cochair.tab_to(cochair.main.get_by_role("link", name="Agenda for 14 January 2027").first).enter()
        cochair.tab_to(cochair.main.get_by_role("button", name="Agree the agenda")).enter()
        cochair.sees("Still awaited: Co-chair two")
