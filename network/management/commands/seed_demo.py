"""`manage.py seed_demo`: eighteen months of invented history, the same for the same seed and day."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F

from network import dates, registry
from network.demo import DOMAIN, World
from network.mail import OutboxMail
from network.people.models import User


class Command(BaseCommand):
    help = "Load a demonstration with invented figures. Needs PORTAL_DEMO=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the dice; the same number, the same data")
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day, YYYY-MM-DD")
        parser.add_argument("--if-missing", action="store_true", help="do nothing if one is loaded")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError(
                "Invented figures are only loaded into a demonstration. Set PORTAL_DEMO=1 for one."
            )
        if demonstration_loaded():
            if options["if_missing"]:
                return
            raise CommandError(
                "A demonstration is loaded already. Start from an empty database: remove the file "
                "var/portal.sqlite3 (or make a new PostgreSQL database), then run migrate and seed_demo."
            )
        world = World(seed=options["seed"], as_of=options["as_of"] or dates.today())
        world.says["as_of"] = world.as_of.isoformat()
        with dates.at(world.as_of), transaction.atomic():
            call_command("seed_network", stdout=self.stderr)
            for lay_down in (*registry.demonstration(world), *registry.demonstration_last(world)):
                lay_down()
            _sent_long_ago()
        self.stdout.write(json.dumps(world.says))


def _sent_long_ago() -> None:
    """What history would have sent counts as sent: nobody gets last year's mails, or today's twice."""
    OutboxMail.objects.update(not_before=F("made_at"))
    OutboxMail.objects.filter(state=OutboxMail.State.WAITING).update(
        state=OutboxMail.State.SENT, claimed_at=F("made_at"), sent_at=F("made_at")
    )


def demonstration_loaded() -> bool:
    """Whether this database holds the people of a demonstration."""
    return User.objects.filter(email__endswith=f"@{DOMAIN}").exists()
