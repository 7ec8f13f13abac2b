"""Kent answers the questionnaire: opened from home, filled in over two visits, checked, submitted, shared."""

from __future__ import annotations

from typing import Any

from tests.browser.people import Person, expect, step
from tests.browser.story.answers import (
    KEPT_TO_THE_COORDINATOR,
    OTHER,
    OWN,
    SECTIONS,
    SHARED,
    TEXT_OF_A_HIDDEN_ANSWER,
)

ROUND = "/questionnaires/autumn-2026/"
KENT = f"{ROUND}kent/"
BLANK_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%%EOF"


def begins(lead: Person) -> None:
    with step("Kent's lead opens the round from home and sees the sections as a task list", lead):
        lead.go("/").sees("What there is to do now").follow("Answer the questionnaire")
        assert lead.path == KENT
        lead.sees("0 of 7 sections completed", "Not started", "Sunday 13 December 2026")
    with step("Kent's lead answers who completes the return and which boards it is about", lead):
        lead.follow("A. About this return").sees("Who is completing this return?")
        answer(lead, "A")
        assert lead.path == f"{KENT}B/"


def answer(lead: Person, section: str, *, button: str = "Save and continue") -> None:
    """Fills in a section that is open, says that it is completed and saves it."""
    for field, value in SECTIONS[section].items():
        lead.answer(field, value)
    lead.choose("completed", "yes").press(button)
    expect(lead.page.locator(".govuk-error-summary")).to_have_count(0)


def conditions_follow(lead: Person) -> None:
    with step("A question appears once its condition is met, for the board it is about", lead):
        expect(lead.page.locator("#B4-QKS")).to_be_hidden()
        lead.answer(f"B1-{OWN}", "Yes, joint with the ICB")
        expect(lead.page.locator("#B4-QKS")).to_be_visible()
        expect(lead.page.locator(f"#B4-{OTHER}")).to_be_hidden()
    with step("Kent's lead answers the section on policy and leaves it for later", lead):
        answer(lead, "B", button="Save and come back later")
        assert lead.path == KENT
        lead.sees("2 of 7 sections completed", "Completed")


def comes_back(lead: Person) -> None:
    with step("Kent's lead comes back in another browser and finds everything as it was", lead):
        lead.go(f"{KENT}A/")
        finds(lead, "A")
        lead.go(f"{KENT}B/")
        finds(lead, "B")
        expect(lead.page.locator("#B4-QKS")).to_be_visible()
        expect(lead.page.locator(f"#B4-{OTHER}")).to_be_hidden()


def finds(lead: Person, section: str) -> None:
    for field, value in SECTIONS[section].items():
        for name, wanted in parts(field, value):
            found = lead.value(name)
            same = sorted(found) == sorted(wanted) if isinstance(wanted, list) else found == wanted
            assert same, f"{name} holds {found!r}, not {wanted!r}"


def parts(field: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(f"{field}-{part}", each) for part, each in value.items()]
    return [(field, value)]


def mistypes(lead: Person) -> None:
    with step("Text where a number belongs is told at the field, and what was typed is kept", lead):
        lead.go(f"{KENT}C/").answer(f"C4-{OWN}", {"state": "exact", "value": "about four"})
        lead.press("Save and continue").sees("There is a problem", "must be a whole number")
        expect(lead.page).to_have_title("Error: Disputes and dispute resolution – " + NETWORK)
        assert lead.value(f"C4-{OWN}-value") == "about four"


NETWORK = "South East Children and Young People's Continuing Care Network"


def answers_the_rest(lead: Person) -> None:
    with step("Kent's lead answers the section on disputes", lead):
        answer(lead, "C")
    with step("Kent's lead attaches the blank tool and answers the section on shared funding", lead):
        assert lead.path == f"{KENT}D/"
        lead.answer(f"D2-{OWN}", "Yes")
        file = {"name": "blank-tool.pdf", "mimeType": "application/pdf", "buffer": BLANK_PDF}
        lead.field(f"D3-{OWN}-file").set_input_files(file)  # type: ignore[arg-type]
        answer(lead, "D")
    for section in ("E", "F", "G"):
        with step(f"Kent's lead answers section {section}", lead):
            assert lead.path == f"{KENT}{section}/"
            answer(lead, section)
    assert lead.path == f"{KENT}check/"


def changes_a_condition(lead: Person) -> None:
    with step("A changed condition hides an answer, which stays in the draft", lead):
        lead.sees(TEXT_OF_A_HIDDEN_ANSWER)
        lead.go(f"{KENT}C/").answer(f"C1-{OTHER}", "No")
        expect(lead.page.locator(f"#C2-{OTHER}")).to_be_hidden()
        lead.press("Save and continue").go(f"{KENT}check/").does_not_see(TEXT_OF_A_HIDDEN_ANSWER)
        lead.go(f"{KENT}C/").answer(f"C1-{OTHER}", "Yes")
        expect(lead.page.locator(f"#C2-{OTHER}")).to_be_visible()
        assert lead.value(f"C2-{OTHER}") == TEXT_OF_A_HIDDEN_ANSWER


def contributor_cannot_submit(contributor: Person) -> None:
    with step(
        "A contributor reads the draft, but finds no button to submit it, and may not send it", contributor
    ):
        contributor.go(f"{KENT}check/").sees(
            "Works well in parts", "Your lead or deputy can submit this return."
        )
        assert not contributor.offered("Submit the return")
        assert contributor.sends(f"{KENT}check/") == 403


def is_not_there_for(stranger: Person) -> None:
    with step("While it is a draft, Kent's return is not there for Medway's lead", stranger):
        for path in (KENT, f"{KENT}check/", f"{KENT}receipt/", f"{KENT}B/"):
            assert stranger.status(path) == 404, path


def submits(lead: Person) -> str:
    with step("Kent's lead checks the answers, submits them and gets a receipt", lead):
        lead.go(f"{KENT}check/").sees("Check your answers", *SHARED).press("Submit the return")
        assert lead.path == f"{KENT}receipt/"
        lead.sees("Return submitted", "22 November 2026 at 09:00", "Lead, Kent")
        return lead.main.locator(".govuk-panel strong").inner_text()


def is_read_by(stranger: Person) -> None:
    with step("Medway's lead reads what Kent shares with the network, and nothing else", stranger):
        stranger.go(KENT).sees(*SHARED)
        stranger.does_not_see(*KEPT_TO_THE_COORDINATOR, TEXT_OF_A_HIDDEN_ANSWER)


def is_counted_for(admin: Person) -> None:
    with step("The admin sees how many have submitted and who is missing", admin):
        admin.go(ROUND).sees("2 of 19 submitted")
        states = admin.main.get_by_role("row")
        expect(states.filter(has_text="Kent")).to_contain_text("Submitted")
        expect(states.filter(has_text="Medway")).to_contain_text("Not submitted")
    with step("The admin sees a question's answers across authorities as a table and a chart", admin):
        admin.follow("B4", within=admin.main) if admin.offered("B4") else admin.go(f"{ROUND}results/B4/")
        admin.sees("How effective is the procedure in practice?")
        kent = admin.main.get_by_role("row").filter(has_text="Kent").filter(has_text="Works well in parts")
        expect(kent).to_have_count(1)
        expect(admin.main.locator("svg").first).to_be_visible()


def is_not_there_for_an_observer(observer: Person) -> None:
    with step("An observer finds no round, no return and no results", observer):
        for path in (ROUND, KENT, f"{ROUND}results/B4/"):
            assert observer.status(path) == 404, path
