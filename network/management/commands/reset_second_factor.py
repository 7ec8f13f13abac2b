"""`manage.py reset_second_factor`: for somebody who has lost phone and recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.account import second_factor
from network.people.models import User


class Command(BaseCommand):
    help = "Take the second step from somebody who has lost it; they are told, and set up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address with which they sign in")
        parser.add_argument("--reason", required=True, help="why, in a sentence: it is recorded and mailed")

    def handle(self, *args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        person = User.objects.filter(email__iexact=options["email"].strip()).first()
        if person is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        if not reason:
            raise CommandError("Say why: --reason 'Lost phone, asked by telephone'.")
        number = second_factor.reset(person=person, reason=reason, by=None)
        self.stdout.write(f"{person}: {number} second {'step' if number == 1 else 'steps'} taken off.")
