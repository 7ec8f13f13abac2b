"""From the mail to the first page: three pages for somebody new, the second step included."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser.people import Person, step
from tests.browser.portal import Portal

WAITS = 30  # seconds, on a machine that does other things besides
PASSWORD = "eleven-otters-swim-upstream"


def invitation_to(portal: Portal, address: str) -> str:
    """The path in the mail that the worker sent there."""
    until = time.monotonic() + WAITS
    while time.monotonic() < until:
        for file in sorted((portal.store.folder / "mail").glob("*")):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            found = re.search(r"https?://\S+/invitation/\S+", body.get_content() if body else "")
            if mail["To"] == address and found:
                return urlsplit(found[0]).path
        time.sleep(0.3)
    raise AssertionError(f"no invitation came to {address}")


def code_of(key: str) -> str:
    return str(format_hotp_value(hotp_value(key, int(time.time()) // 30)))


def test_somebody_new_is_in_after_three_pages_with_the_second_step(
    make_portal: Callable[..., Portal], enter: Callable[..., Person]
) -> None:
    portal = make_portal("web", "worker")
    lead = enter(portal, "lead.kent").sign_in()
    new = "deputy.two@demo.example"
    with step("The lead invites a deputy", lead):
        lead.go("/network/invitations/").press("Invite somebody")
        lead.type("name", "Deputy two, Kent").type("email", f" {new.title()} ").choose("role", "deputy")
        lead.press("Send the invitation").sees("is on its way by mail", "Deputy", "Kent County Council")
    path = invitation_to(portal, new)
    portal.stop()
    portal.start("web", more={"PORTAL_DEMO_MFA": "1"})

    person = enter(portal, "deputy.two")
    with step("A name and a password", person):
        assert enter(portal, "scanner").status(path) == 302  # a mail scanner has been there before
        person.go(path).sees("Lead, Kent", "Deputy at Kent County Council", new)
        assert person.path == "/invitation/"
        person.type("password", PASSWORD).press("Accept and sign in")
    with step("The second step", person):
        person.sees("Set up your second step", "You are deputy at Kent County Council")
        key = person.page.locator(".app-key").inner_text().replace(" ", "")
        person.type("code", code_of(key)).press("Turn on the app")
    with step("The recovery codes, then home", person):
        person.sees("ecovery codes")
        person.press(re.compile("^(Continue|Go on|I have kept|Go to)"))
        assert person.path == "/"
        person.sees("What there is to do now")
    with step("The link is dead", person):
        other = enter(portal, "other")
        other.go(path, status=404).sees("This invitation can’t be accepted")
