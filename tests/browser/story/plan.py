"""The action plan: what the meeting asked for stands in it, and its owner says how far it is."""

from __future__ import annotations

from tests.browser.people import Person, step
from tests.browser.story.meeting import TO_DO

UPDATE = "A first page is written and was read by two authorities."


def holds_the_action(lead: Person) -> None:
    with step(
        "The action from the notes is in the plan, with its lead, its date and where it came from", lead
    ):
        lead.go("/actions/?lead=kent&state=open").follow(TO_DO)
        lead.sees("Kent", "5 March 2027", "Notes of the meeting on 14 January 2027", "Not started")


def is_updated_by(owner: Person) -> None:
    with step("Its owner posts an update", owner):
        owner.press("Post an update").type("text", UPDATE).type("percent", "40")
        owner.press("Post the update").sees(UPDATE, "40%")


def is_read_by(stranger: Person) -> None:
    with step("Another authority reads how far it is, and may not post", stranger):
        stranger.go("/actions/?lead=kent&state=open").follow(TO_DO).sees(UPDATE, "40%")
        assert not stranger.offered("Post an update")
