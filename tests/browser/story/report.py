"""The report of October 2026 to March 2027: drafted by the worker, agreed by people, exported."""

from __future__ import annotations

import time
from pathlib import Path

from tests.browser.people import Person, expect, pages_of, step
from tests.browser.portal import Portal
from tests.browser.story.meeting import DECIDED, MARK

REPORT = "/reports/ad-safeguarding/2026-H2/"
PDF = "/reports/ad-safeguarding/2026-H2.pdf"
DRAFT = "DRAFT, not agreed"
ASKS = "We ask the Assistant Directors to name one lawyer whom all authorities may call."
DRAFTED_WITHIN = 60  # seconds


def is_drafted_once(portal: Portal, admin: Person) -> None:
    with step("The half-year has ended: the beat finds it, and the worker drafts the report", admin):
        deadline = time.monotonic() + DRAFTED_WITHIN
        while admin.status(REPORT) != 200:
            assert time.monotonic() < deadline, (
                f"no report after {DRAFTED_WITHIN} s: {portal.said('worker')[-3000:]}"
            )
            time.sleep(0.5)
        portal.manage("tick")
        portal.manage("tick")
        admin.go("/reports/").sees("1 October 2026 to 31 March 2027")
        rows = admin.main.get_by_role("row").filter(has_text="1 October 2026 to 31 March 2027")
        expect(rows).to_have_count(1)
    with step("Its figures come from what was done: the decision of January stands in it", admin):
        admin.go("/").follow(
            "The draft “Feedback to the AD Safeguarding Network, 1 October 2026 to 31 March 2027”"
        )
        assert admin.path == REPORT
        admin.sees(DRAFT, DECIDED, "Where the figures come from")


def is_hidden_from(observer: Person) -> None:
    with step("An observer does not see the draft", observer):
        assert observer.status(REPORT) == 404
        assert observer.status(PDF) == 404


def cannot_be_exported(portal: Portal, admin: Person, folder: Path) -> None:
    with step(
        "It can't be exported yet: exit code 2, with who is awaited; a draft says so on every page", admin
    ):
        arguments = ("export_report", "ad-safeguarding", "--period", "2026-H2", "--output")
        said = portal.manage(*arguments, str(folder / "no.pdf"), expect=2)
        assert "Co-chair one and Co-chair two" in said
        assert not (folder / "no.pdf").exists()
        portal.manage(*arguments, str(folder / "draft.pdf"), "--draft")
        for number, text in enumerate(pages_of((folder / "draft.pdf").read_bytes()), start=1):
            assert DRAFT in text, f"page {number} of the draft does not say so"
            assert MARK in text, f"page {number} of the draft does not say that it is a demonstration"


def is_edited(admin: Person) -> None:
    with step("People edit its words", admin):
        section = admin.main.locator("section").filter(has=admin.page.locator("h2#asks"))
        admin.follow("Change these words", within=section).type("text", ASKS).press("Save").sees(ASKS)
        admin.press("Offer to both co-chairs").sees("Co-chair one and Co-chair two")


def is_agreed_by(cochair: Person, says: str) -> None:
    with step(f"{cochair.name} finds it at home and agrees it", cochair):
        cochair.go("/").follow("1 October 2026 to 31 March 2027")
        cochair.sees(ASKS).press("Agree this version").sees(says)


def is_exported(portal: Portal, admin: Person, folder: Path) -> None:
    with step("The admin exports the agreed report as PDF", admin):
        admin.go(REPORT)
        with admin.page.expect_download() as coming:
            admin.main.get_by_role("button", name="Export for the AD Safeguarding Network").click()
        content = Path(coming.value.path()).read_bytes()
        texts = pages_of(content)
        assert len(texts) > 2
        for number, text in enumerate(texts, start=1):
            assert DRAFT not in text, f"page {number} still says that it is a draft"
            assert MARK in text, f"page {number} does not say that it is a demonstration"
        whole = " ".join(" ".join(texts).split())
        for said in (ASKS, DECIDED.split(" in ")[0].replace("'", "’"), "authorities"):
            assert said in whole or said.replace("’", "'") in whole, f"the PDF does not say: {said}"
    with step("So does the command, with exit code 0", admin):
        target = folder / "agreed.pdf"
        portal.manage("export_report", "ad-safeguarding", "--period", "2026-H2", "--output", str(target))
        assert ASKS in " ".join(" ".join(pages_of(target.read_bytes())).split())


def is_read_by(observer: Person) -> None:
    with step("The observer reads the agreed report, and its PDF", observer):
        observer.go("/reports/").follow("1 October 2026 to 31 March 2027").sees(ASKS, DECIDED)
        assert ASKS in " ".join(" ".join(pages_of(observer.download(PDF))).split())
        assert not observer.offered("Reopen this report")
