"""The diagrams in the documentation are those of the tables that the code obeys."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def test_the_page_of_workflows_is_up_to_date() -> None:
    call_command("draw_workflows", "--check")


def test_a_page_that_is_not_up_to_date_is_told(tmp_path: Path, settings: object) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="not up to date"):
        call_command("draw_workflows", "--check")
    call_command("draw_workflows")
    call_command("draw_workflows", "--check")
    page = tmp_path / "docs" / "workflows.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("Agreed", "Refused", 1) + "more", encoding="utf-8"
    )
    with pytest.raises(CommandError, match="not up to date"):
        call_command("draw_workflows", "--check")
