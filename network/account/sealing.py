"""Second factors' secrets lie sealed in the database: whoever reads a copy of it can sign in as nobody.

The newest of `MFA_KEYS` seals, each of them opens. `manage.py seal_second_factors` seals everything anew
with the newest, after which the older ones may go.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError

SEALED = "gAAAAA"  # how all begins that Fernet has sealed; what does not is from before there were keys


class Unreadable(ValidationError):
    """The key that sealed a secret is not among `MFA_KEYS`. A form says so; so does a page (503)."""

    def __init__(self) -> None:
        super().__init__(
            "Your second step can’t be checked at the moment, because the portal’s own key for it has "
            "changed. Nothing is wrong with your app or your codes. Please tell the network’s coordinator."
        )


def seal(text: str) -> str:
    return _keys(tuple(settings.MFA_KEYS)).encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    if not text.startswith(SEALED):
        return text
    try:
        return _keys(tuple(settings.MFA_KEYS)).decrypt(text.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


@lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def box(purpose: str) -> Fernet:
    """Seals what is kept for one person for a short time, with the portal's own key."""
    return _box(settings.SECRET_KEY, purpose)


@lru_cache(maxsize=8)
def _box(secret: str, purpose: str) -> Fernet:
    return Fernet(_derived(secret, purpose))


def _derived(key: str, purpose: str = "second factors") -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
    return base64.urlsafe_b64encode(made)
