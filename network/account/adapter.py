"""Where allauth's second factors meet the portal: sealed secrets, our own name and address."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from network.account import second_factor
from network.account.sealing import seal, unseal
from network.people.models import User


class PortalMFAAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right, or was used already. Enter the code that is shown now",
        "cannot_delete_authenticator": second_factor.NEEDED,
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return second_factor.may_go(authenticator)

    def get_totp_issuer(self) -> str:
        return "CYPCC portal"

    def build_totp_svg(self, url: str) -> str:
        """The picture as it may stand inside a page: without the head that an SVG file has."""
        drawn: str = super().build_totp_svg(url)
        return "<svg" + drawn.partition("<svg")[2]

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "Passkey" if not count else f"Passkey {count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The portal's own address, whatever the request calls it."""
        return {"id": urlsplit(settings.PORTAL_URL).hostname or "", "name": settings.NETWORK_NAME}
