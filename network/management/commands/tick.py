"""`manage.py tick`: what one beat does, and what it did."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError, CommandParser

from network import jobs
from network.tick import tick


class Command(BaseCommand):
    help = "Does everything that is due now, as the beat does each minute, and prints what it did."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--work",
            action="store_true",
            help="also do the waiting jobs here, for a machine without a worker",
        )

    def handle(self, *args: Any, work: bool = False, **options: Any) -> None:
        ticked = tick()
        lines = ticked.said
        if work:
            current_app.loader.import_default_modules()  # the apps' handlers
            done = jobs.run_waiting()
            lines = [*lines, f"{done} {'job' if done == 1 else 'jobs'} done here"] if done else lines
        self.stdout.write("\n".join(lines) if lines else "Nothing was due.")
        if ticked.failed:
            raise CommandError("\n".join(ticked.failed))
