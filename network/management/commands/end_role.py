"""`manage.py end_role`: somebody's last day in a role. What they did stays, with their name."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network import dates
from network.management.commands.add_person import role_of
from network.membership import acts
from network.people.models import Membership
from network.workflow import Refused


class Command(BaseCommand):
    help = "Set the last day of a person's role. Without a role in force they read nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True)
        parser.add_argument("--organisation", default="", help="its slug, for a role held at one")
        parser.add_argument(
            "--last-day",
            type=date.fromisoformat,
            default=None,
            help="YYYY-MM-DD, today if left out; a day in the past ends the role at once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        role, last = role_of(options["role"]), options["last_day"] or dates.today()
        terms = Membership.objects.filter(user__email__iexact=options["email"].strip(), role=role)
        if options["organisation"]:
            terms = terms.filter(organisation__slug=options["organisation"])
        held = list(terms.filter(ends_on__isnull=True).select_related("user", "organisation"))
        if len(held) != 1:
            found = "no such role" if not held else "that role at several organisations: add --organisation"
            raise CommandError(f"{options['email']} holds {found}.")
        [term] = held
        try:
            acts.end_role(term, by=None, last_day=last)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{term}: the last day is {dates.long_date(last)}.")
