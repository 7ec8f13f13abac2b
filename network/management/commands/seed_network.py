"""`manage.py seed_network`: load the network's reference data, again and again without harm."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from network import registry


class Command(BaseCommand):
    help = "Load the network, its questionnaire, its FOI items and its action plan. Running it again is safe."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for load in registry.reference_data():
            self.stdout.write(f"  {load()}")
