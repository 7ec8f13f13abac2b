"""The documents say what is there: names of pages and buttons, every setting, links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
USERS = sorted((ROOT / "docs" / "users").glob("*.md"))
LARGEST_PICTURE = 150_000

# What a page puts together from a number or a name: the example told, and the part that stands in the code.
MADE_UP = {
    "Agenda for 14 January 2027 awaits your agreement": " your agreement",
    "Answer the questionnaire: 0 of 7 sections completed": "Answer the questionnaire{whose}: {done} of ",
    "Send reminder to 18 authorities": "Send reminder to ",
    "The other 111": "The other {{ reply.unrecorded }}",
}


def written() -> str:
    """All words that the portal may show."""
    files = [*(ROOT / "templates").rglob("*.html")]
    for app in ("network", "questionnaires", "foi", "actions", "cypcc_portal"):
        files += [file for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def names(document: Path) -> list[str]:
    """What a document names in bold: pages, buttons and labels. A bold lead-in ends with a full stop."""
    found = re.findall(r"(?s)\*\*([^*]+)\*\*", document.read_text(encoding="utf-8"))
    return [" ".join(one.split()) for one in found if not one.endswith(".")]


@pytest.mark.parametrize("document", USERS, ids=lambda document: document.stem)
def test_every_page_and_button_that_a_user_is_told_of_has_that_name(document: Path) -> None:
    portal = written()
    missing = [name for name in names(document) if MADE_UP.get(name, name).replace("’", "'") not in portal]
    assert not missing


def test_every_setting_that_is_read_is_in_the_operators_table() -> None:
    settings = (ROOT / "cypcc_portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", settings))
    read |= set(re.findall(r"required\(\"([A-Z_]+)\"", settings))
    table = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    told = {
        name for row in re.findall(r"(?m)^\| (`[^|]+) \|", table) for name in re.findall(r"`([A-Z_]+)`", row)
    }
    assert read == told


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.stem)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    here = [document.parent / target for target in targets if not target.startswith("http")]
    assert not [target for target in here if not target.exists()]


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert not [picture.name for picture in pictures if picture.stat().st_size >= LARGEST_PICTURE]
