"""`manage.py seal_second_factors`: after a new key stands first in MFA_KEYS, seal every secret with it."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from network.account.sealing import Unreadable, seal, unseal

SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = "Seal the secrets of all second factors anew with the first of MFA_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, lost = 0, []
        for pk in Authenticator.objects.values_list("pk", flat=True).order_by("pk"):
            with transaction.atomic():
                factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
                if factor is None or not (names := set(SECRETS) & set(factor.data)):
                    continue
                try:
                    factor.data |= {name: seal(unseal(factor.data[name])) for name in names}
                except Unreadable:
                    lost.append(str(factor.user_id))
                    continue
                factor.save(update_fields=["data"])
                sealed += 1
        self.stdout.write(f"{sealed} {'secret' if sealed == 1 else 'secrets'} sealed with the first key.")
        if lost:
            raise CommandError(
                f"No key in MFA_KEYS opens the second step of the people with these numbers: "
                f"{', '.join(sorted(set(lost), key=int))}. Put the older key back, or reset them."
            )
