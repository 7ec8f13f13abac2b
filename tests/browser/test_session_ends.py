"""A session's end in a real browser: a warning that one click answers, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.people import Person, expect, step
from tests.browser.portal import PASSWORD, Portal, address

Enter = Callable[..., Person]
HALF = "So far I have written three sentences, and the fourth is"
WITHIN = 30_000  # milliseconds: twice what the short session takes


def typing(lead: Person) -> Page:
    """The lead in the middle of a form."""
    page = lead.go("/library/add/").page
    page.fill("[name=title]", "A half-written thing")
    page.fill("[name=description]", HALF)
    return page


def test_the_end_of_a_session_is_announced_put_off_by_a_click_and_loses_nothing(
    make_portal: Callable[..., Portal], enter: Enter
) -> None:
    portal = make_portal(settings="tests.browser.short_sessions")
    portal.start("web", more={"PORTAL_NOW": ""})  # its clock runs
    lead = enter(portal, "lead.kent").sign_in()
    page = typing(lead)
    dialog = page.get_by_role("dialog", name="You are about to be signed out")
    with step("Before the end there is a warning, with the focus in it, that says how long there is", lead):
        expect(dialog).to_be_visible(timeout=WITHIN)
        expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
        expect(dialog.get_by_role("status")).to_contain_text("You will be signed out in")
        lead.keys("Escape")
        expect(dialog).to_be_visible()
    with step("One click puts it off, and what was typed stands where it was", lead):
        lead.keys("Enter")
        expect(dialog).to_be_hidden()
        expect(page.locator("[name=description]")).to_have_value(HALF)
        expect(dialog).to_be_visible(timeout=WITHIN)
    with step("At the end the page is gone from the screen, and says that what was typed is kept", lead):
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible(timeout=WITHIN)
        lead.sees("What you typed is kept").does_not_see(HALF)
    with step("Somebody else at the same machine sees nothing of it", lead):
        page.fill("[name=login]", address("deputy.kent"))
        page.fill("[name=password]", PASSWORD)
        lead.press("Sign in")
        lead.does_not_see(HALF)
        page.get_by_role("button", name="Sign out").click()
    with step("Its owner signs in again, sees it and sends it on", lead):
        lead.sign_in()
        lead.go("/accounts/kept/").sees("Nothing of it has been saved yet", HALF)
        page.get_by_label("I typed this myself, and it is still what I want").check()
        page.get_by_role("button", name="Send it now").click()
        lead.sees("Error", "There is a problem")  # neither file nor link: as if the button had been pressed
        expect(page.locator("[name=description]")).to_have_value(HALF)
