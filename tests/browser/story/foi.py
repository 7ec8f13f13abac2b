"""A round of FOI requests: sent, its clock, the replies item by item, and the comparison."""

from __future__ import annotations

from tests.browser.people import Person, expect, step

ROUND = "/foi/foi-round-january-2027/"
KENT, HAMPSHIRE = "kent-and-medway", "hampshire-and-isle-of-wight"
REPLIES = {
    # `<5` is 1 to 4 here: the same letter shows a nought elsewhere.
    KENT: {
        "1.1": ("answered", "<5"),
        "1.2": ("not_held", ""),
        "1.3": ("answered", "nil"),
        "2.1": ("refused", "12"),
    },
    HAMPSHIRE: {
        "1.1": ("answered", "12"),
        "1.2": ("refused", "12"),
        "1.3": ("answered", "20-25"),
        "2.1": ("refused", "12"),
    },
}


def is_opened(admin: Person) -> None:
    with step("The admin opens a round to the boards of the reporting year", admin):
        admin.go("/foi/").press("Open a round").type("title", "FOI round January 2027")
        admin.choose("reporting_year", "2025/26").choose("number", "1")
        admin.type("applicant", "Coordinator, for the member authorities").type(
            "reply_to", "foi@demo.example"
        )
        admin.press("Make the draft requests").go(ROUND).sees("7 requests", "Draft")


def is_sent(admin: Person, body: str) -> None:
    with step(f"The request to {body} has applicant, address and authority, and is recorded as sent", admin):
        admin.go(f"{ROUND}{body}/edit/")
        if not admin.value("address"):
            admin.type("address", f"foi@{body}.example")
        admin.press("Save").sees("Coordinator, for the member authorities")
        admin.press("Record that it was sent")
        admin.day("sent_on", 2026, 12, 14).day("received_on", 2026, 12, 14).press("Record that it was sent")


def has_its_clock(admin: Person) -> None:
    with step("The due date skips each nation's holidays, and says which", admin):
        admin.go(f"{ROUND}{KENT}/").sees("15 January 2027", "Christmas Day", "2nd January")


def is_answered(admin: Person, body: str) -> None:
    with step(
        f"The reply of {body} is recorded item by item: figures, not held, refused under section 12", admin
    ):
        for question in ("1", "2"):
            admin.go(f"{ROUND}{body}/reply/{question}/")
            for item, (outcome, said) in REPLIES[body].items():
                if item.startswith(question):
                    _record(admin, f"{item}-2025-26", outcome, said)
            admin.press("Save question").sees(f"Question {question} is saved")
    with step(f"Everything that the letter of {body} passes over is recorded as not answered", admin):
        admin.go(f"{ROUND}{body}/reply/").choose("outcome", "not_answered")
        admin.press("Record this for all that is not recorded yet").sees("30 of 30")


def _record(admin: Person, prefix: str, outcome: str, said: str) -> None:
    admin.field(f"{prefix}-outcome").select_option(outcome)
    if outcome == "answered":
        admin.type(f"{prefix}-value", said)
    elif outcome == "refused":
        admin.page.locator("details").filter(has=admin.field(f"{prefix}-sections").first).locator(
            "summary"
        ).click()
        admin.choose(f"{prefix}-sections", said)
    admin.type(f"{prefix}-page", "2")


def is_compared(lead: Person) -> None:
    with step("A member compares the boards, with totals that say what they leave out", lead):
        lead.go(f"{ROUND}compare/?item=1.1")
        expect(total(lead)).to_contain_text("13 to 16, from 2 of 2")
        lead.sees("<5")
        lead.go(f"{ROUND}compare/?item=1.3")
        expect(total(lead)).to_contain_text("20 to 25, from 2 of 2")
        lead.go(f"{ROUND}compare/?item=1.2")
        expect(total(lead)).to_contain_text("from 0 of 2; 1 refused (section 12), 1 not held")


def total(person: Person):
    return person.main.get_by_role("row").filter(has_text="All together")


def is_not_shared_with(partner: Person) -> None:
    with step("The board itself reads none of it before it is shared with partners", partner):
        assert partner.status(ROUND) == 404
        assert partner.status(f"{ROUND}{KENT}/") == 404
