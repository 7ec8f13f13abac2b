"""`manage.py draw_workflows`: the states of each thing as diagrams, from the table that the code obeys."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from network.workflow import Stateful

PAGE = Path("docs") / "workflows.md"
INTRODUCTION = """# How things move from state to state

Drawn by `manage.py draw_workflows` from the tables that the code obeys. A move without a permission is made
by the portal itself, following another act.
"""


def drawing() -> str:
    """All workflows as one Markdown page."""
    models = [model for model in apps.get_models() if issubclass(model, Stateful)]
    return "\n".join([INTRODUCTION, *(_one(model) for model in models)])


def _one(model: type[Stateful]) -> str:
    lines = [f"## {str(model._meta.verbose_name).capitalize()}", "", "```mermaid", "stateDiagram-v2"]
    lines += [
        f"    {source} --> {transition.target}: {transition.says}"
        for transition in model.workflow.transitions
        for source in sorted(transition.sources)
    ]
    lines += ["```", "", "| move | who |", "| --- | --- |"]
    lines += [
        f"| {transition.says} | {transition.permission or 'the portal'} |"
        for transition in model.workflow.transitions
    ]
    return "\n".join([*lines, ""])


class Command(BaseCommand):
    help = f"Write {PAGE}, or with --check say whether it is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / PAGE
        if not options["check"]:
            page.parent.mkdir(exist_ok=True)
            page.write_text(drawing(), encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != drawing():
            raise CommandError(f"{PAGE} is not up to date: run manage.py draw_workflows")
