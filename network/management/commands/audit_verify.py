"""`manage.py audit_verify`: is the audit trail as it was written?"""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network import audit


def noted(text: str) -> tuple[int, str]:
    found = re.fullmatch(r"(\d+):([0-9a-f]{64})", text.strip())
    if not found:
        raise ArgumentTypeError("give it as it was printed: a number, a colon and 64 characters")
    return int(found[1]), found[2]


class Command(BaseCommand):
    help = "Find what was changed, removed, put in or re-ordered in the audit trail. Ends with 1 if anything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--through",
            type=noted,
            action="append",
            default=[],
            metavar="POSITION:HASH",
            help="what an earlier run printed and you kept elsewhere; the chain must still pass through it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.check(dict(options["through"]))
        for sentence in found.faults:
            self.stderr.write(sentence)
        if found.number:
            more = f" (the first {len(found.faults)} are above)" if found.number > len(found.faults) else ""
            raise CommandError(f"The audit trail is not as it was written: {found.number} faults{more}.")
        self.stdout.write(f"The audit trail is whole. Keep this elsewhere: {found.position}:{found.hash}")
