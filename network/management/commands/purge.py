"""`manage.py purge`: what is kept no longer, by the retention schedule."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network import dates
from network.oversight import removing, schedule


class Command(BaseCommand):
    help = "Remove what is kept no longer, once an admin has confirmed it on the page Retention."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list what would go today")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._list()
            return
        removal = removing.open_removal()
        if removal is None or not removal.confirmed_at:
            raise CommandError("No removal is confirmed. An admin confirms it on the page Retention.")
        while name := removing.remove_next(removal.pk):
            self.stdout.write(name)
        self.stdout.write(f"{removal} is done.")

    def _list(self) -> None:
        for kind, kept in schedule.due():
            rows = schedule.over(kind, kept, dates.today())
            self.stdout.write(f"{kind.name}: {len(rows)} ({kind.years} years from {kind.begins})")
            for what, url in rows:
                self.stdout.write(f"  {what} {url}".rstrip())
