"""The meeting of 14 January 2027: an agenda that both co-chairs agree, and notes that lead to an action."""

from __future__ import annotations

from tests.browser.people import Person, expect, pdf_text, step

MEETING = "/meetings/2027-01-14/"
AGENDA = f"{MEETING}agenda/"
NOTES = f"{MEETING}notes/"
ITEM = "What Kent's funding tool does"
DECIDED = "The network tries Kent's funding tool in three authorities until the summer."
TO_DO = "Write a page on how the funding tool is used"
MARK = "Demonstration: invented figures"


def is_prepared(admin: Person) -> None:
    with step("The next meeting of the cycle stands there with its standing items", admin):
        admin.go("/").follow("14 January 2027")
        assert admin.path == MEETING
        admin.follow("Agenda for 14 January 2027").sees(
            "Welcome and apologies", "Any other business", "Draft"
        )
    with step("The admin adds an item and offers the agenda", admin):
        admin.press("Add an item")
        admin.type("title", ITEM).type("body", "Half an hour with the **blank** tool.").type("minutes", "30")
        admin.press("Add the item").sees(ITEM).press("Offer the agenda to the co-chairs")
        admin.sees("Awaiting agreement", "Co-chair one and Co-chair two")


def agenda_is_hidden_from(lead: Person) -> None:
    with step("A member does not see an agenda that is not agreed", lead):
        assert lead.status(AGENDA) == 404
        assert lead.status(f"{MEETING}agenda.pdf") == 404


def is_agreed_by(cochair: Person, says: str) -> None:
    with step(f"{cochair.name} finds the agenda at home and agrees it", cochair):
        cochair.go("/").follow("Agenda for 14 January 2027")
        assert cochair.path == AGENDA
        cochair.sees(ITEM).press("Agree the agenda").sees(says)


def is_edited_later(admin: Person) -> None:
    with step("A later edit voids the agreements and says so", admin):
        admin.go(AGENDA).sees("Agreed")
        item = admin.main.locator("section.app-item").filter(has_text=ITEM)
        admin.follow("Change", within=item).type("minutes", "20").press("Save the item")
        admin.sees("Co-chair one and Co-chair two", "became void", "Awaiting agreement")


def agenda_is_read_by(lead: Person) -> None:
    with step("Once both have agreed, a member reads the agenda and downloads it as PDF", lead):
        lead.go(AGENDA).sees(ITEM, "20 minutes")
        lead.does_not_see("How the chairs divide the coming work")
        text = pdf_text(lead.download(f"{MEETING}agenda.pdf"))
        assert ITEM in text.replace("’", "'")
        assert MARK in text
        assert "How the chairs divide" not in text


def notes_are_written(admin: Person, chair: str) -> None:
    with step("After the meeting the admin writes the notes", admin):
        admin.go(NOTES).press("Write the notes")
        label = admin.page.get_by_label(ITEM)
        label.fill("Kent showed the tool. Three authorities want to try it.")
        admin.press("Save the notes").sees("Three authorities want to try it.")
    with step("The admin records a decision and an action under the item", admin):
        item = admin.main.locator("section.app-item").filter(has_text=ITEM)
        admin.follow("Add a decision", within=item).type("text", DECIDED).tick("published").press("Save")
        admin.sees(DECIDED)
        admin.follow("Add an action", within=item).type("text", TO_DO).answer("owner_organisation", "Kent")
        admin.day("due_on", 2027, 3, 5).press("Save").sees(TO_DO, "5 March 2027")
    with step("The admin records who came and who chaired", admin):
        admin.press("Record attendance")
        for authority in ("Kent", "Medway", "Surrey"):
            admin.page.get_by_label(f"Who represented {authority}", exact=True).select_option(label="Lead")
        admin.press("Save attendance").go(NOTES).sees("3 of 19")
        admin.press("Say who chaired").answer("chair", chair).press("Save")
    with step("The admin offers the notes for agreement", admin):
        admin.go(NOTES).press("Offer the notes for agreement").sees("Awaiting agreement", chair)


def notes_are_agreed(cochair: Person, other: Person) -> None:
    with step("The co-chair who chaired agrees the notes; the other is not asked", cochair, other):
        other.go(NOTES)
        assert not other.offered("Agree the notes")
        cochair.go("/").follow("Notes of 14 January 2027").press("Agree the notes").sees("Agreed")


def notes_are_read_by(lead: Person) -> None:
    with step("A member reads the notes with the decision, the action and who was represented", lead):
        lead.go(NOTES).sees(DECIDED, TO_DO, "3 of 19")
        expect(lead.main).not_to_contain_text("May be told to the AD")
