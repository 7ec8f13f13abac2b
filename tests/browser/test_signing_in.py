"""From the sign-in to the first page: a passkey of Chromium's own, an app, a code by mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.people import Person, expect, step
from tests.browser.portal import PASSWORD, Portal, address
from tests.browser.test_axe import RULES, RUN_AXE, WIDTHS

pytestmark = pytest.mark.slow

Enter = Callable[..., Person]


@pytest.fixture(scope="module")
def portal(make_portal: Callable[..., Portal]) -> Portal:
    return make_portal("web", "worker", host="localhost", extra={"PORTAL_DEMO_MFA": "1"})


def authenticator(page: Page) -> tuple[Any, str]:
    """A passkey device in this browser, which asks for a finger and always gets it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def password(person: Person) -> Person:
    person.page.goto("/accounts/login/")
    person.type("login", address(person.name)).type("password", PASSWORD)
    return person.press("Sign in", within=person.main)


def sign_out(person: Person) -> None:
    with person.page.expect_navigation():
        person.page.get_by_role("button", name="Sign out").click()


def accessible(person: Person) -> None:
    """What the catalogue of pages can't reach is looked at here."""
    person.page.evaluate(Axe().axe_script)
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 900})
        assert person.page.evaluate(RUN_AXE, RULES) == []
        assert person.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_passkey_from_set_up_to_sign_in(portal: Portal, enter: Enter) -> None:
    lead = enter(portal, "lead.kent")
    session, device = authenticator(lead.page)
    with step("The first page after the password is the set-up, whatever was wanted", lead):
        password(lead)
        assert lead.path == "/accounts/2fa/set-up/"
        lead.page.goto("/meetings/")
        assert lead.path == "/accounts/2fa/set-up/"
        accessible(lead)
    with step("The second shows the recovery codes, the third is the one that was wanted", lead):
        lead.type("name", "Work laptop").press("Set up a passkey")
        lead.sees("Your recovery codes")
        accessible(lead)
        lead.press("Continue")
        assert lead.path == "/meetings/"
    with step("The passkey signs in alone", lead):
        sign_out(lead)
        lead.page.goto("/accounts/login/")
        lead.press("Sign in with a passkey")
        assert lead.path == "/"
    with step("The passkey is the second step after the password", lead):
        sign_out(lead)
        password(lead)
        assert lead.path == "/accounts/2fa/authenticate/"
        lead.press("Use your passkey")
        assert lead.path == "/"
    with step("It is renamed; being the only one, it can't be removed", lead):
        lead.go("/accounts/2fa/").sees("Work laptop").follow("Rename Work laptop")
        lead.type("name", "Laptop at work").press("Save the name").sees("Laptop at work")
        lead.follow("Remove Laptop at work").sees("Your role needs a second step")
    with step("A finger that is not known signs nobody in, and the page says so", lead):
        sign_out(lead)
        session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        lead.page.goto("/accounts/login/")
        expect(lead.page.get_by_text("Your device gave no passkey")).to_be_hidden()
        lead.page.get_by_role("button", name="Sign in with a passkey").click()
        expect(lead.page.get_by_text("Your device gave no passkey")).to_be_visible()
        assert lead.path == "/accounts/login/"


def test_an_app_and_a_recovery_code_without_script(portal: Portal, enter: Enter) -> None:
    deputy = enter(portal, "deputy.kent", java_script_enabled=False)
    with step("The key stands beside the picture; a code of it opens the portal", deputy):
        password(deputy)
        expect(deputy.page.locator(".app-qr svg")).to_be_visible()
        key = deputy.page.locator(".app-key").inner_text().replace(" ", "")
        deputy.type("code", code(key)).press("Turn on the app")
        codes = deputy.page.locator(".app-codes code").all_inner_texts()
        assert len(codes) == 10
        deputy.press("Continue")
        assert deputy.path == "/"
    with step("Who has lost the app signs in with a recovery code", deputy):
        sign_out(deputy)
        password(deputy)
        deputy.type("code", codes[0]).press("Sign in", within=deputy.main)
        assert deputy.path == "/"


def code(key: str) -> str:
    import time

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(key, int(time.time()) // 30)))


def test_a_director_signs_in_with_a_code_by_mail(portal: Portal, enter: Enter) -> None:
    director = enter(portal, "director.kent")
    with step("The code is asked for on the sign-in page", director):
        director.page.goto("/accounts/login/")
        director.follow("Have a code mailed to you")
        director.type("email", address("director.kent")).press("Send me a code")
        director.sees("Enter the code from the mail")
        accessible(director)
    with step("It comes by the worker, and opens the portal", director):
        found = None
        for _ in range(600):  # a busy machine has a slow worker
            letters = "\n".join(each.read_text() for each in (portal.store.folder / "mail").glob("*.log"))
            if found := re.search(r"Your code: (\w{4}-\w{4})", letters):
                break
            director.page.wait_for_timeout(100)
        assert found, portal.said("worker")
        director.type("code", found[1]).press("Sign in", within=director.main)
        assert director.path == "/"
