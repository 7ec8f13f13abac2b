"""What start-up says if something is missing or does not belong here."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.http.request import validate_host

SHORTEST_KEY = 32


@register()
def styles_are_built(**kwargs: Any) -> list[CheckMessage]:
    """Name what the plain Django way has not built."""
    if (Path(settings.BASE_DIR) / "static" / "build" / "portal.css").exists():
        return []
    return [
        Warning(
            "The styles are not built: pages will look bare.",
            hint="Run `make styles` (or `npm ci && npm run build`); `make run` does it for you.",
            id="network.W001",
        )
    ]


@register(Tags.database)
def no_invented_figures(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Outside a demonstration, invented figures must not be there."""
    if settings.PORTAL_DEMO or not databases:
        return []
    from network.management.commands.seed_demo import demonstration_loaded

    try:
        if "network_user" not in connection.introspection.table_names() or not demonstration_loaded():
            return []
    except DatabaseError:
        return []  # an unreachable database is told by others
    return [
        Error(
            "This database holds a demonstration with invented figures.",
            hint="Point DATABASE_URL to a real database, or set PORTAL_DEMO=1.",
            id="network.E001",
        )
    ]


@register(Tags.security)
def passkeys_have_an_address(**kwargs: Any) -> list[CheckMessage]:
    """Passkeys are bound to the host of PORTAL_URL: it must be one that the portal answers to, by name."""
    own = urlsplit(settings.PORTAL_URL)
    host = own.hostname or ""
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        hint = "Set PORTAL_URL to the portal's address, with a host of ALLOWED_HOSTS."
        return [
            Error(
                f"PORTAL_URL ({settings.PORTAL_URL}) is not an address of this portal.",
                hint,
                id="network.E002",
            )
        ]
    if settings.PORTAL_DEMO:
        return []
    if own.scheme != "https" or host.replace(".", "").isdigit() or ":" in host:
        hint = "Set PORTAL_URL to https:// and a host name."
        return [
            Error("Browsers give passkeys only to an address with HTTPS and a name.", hint, id="network.E003")
        ]
    return []


@register(Tags.security, deploy=True)
def second_factors_have_their_own_keys(**kwargs: Any) -> list[CheckMessage]:
    """Keys of their own outlive a change of SECRET_KEY; short or repeated ones seal badly."""
    if settings.MFA_KEYS == [settings.SECRET_KEY]:
        return [
            Warning(
                "MFA_KEYS is not set: a change of SECRET_KEY would cost everybody their second step.",
                hint="Set MFA_KEYS to 50 random characters; to keep what is sealed, put SECRET_KEY after it, "
                "comma between, until `manage.py seal_second_factors` has run.",
                id="network.W002",
            )
        ]
    if (
        len(set(settings.MFA_KEYS)) < len(settings.MFA_KEYS)
        or min(map(len, settings.MFA_KEYS)) < SHORTEST_KEY
    ):
        return [
            Error(
                "A key in MFA_KEYS is too short or stands there twice.",
                hint=f"Each needs {SHORTEST_KEY} random characters or more.",
                id="network.E004",
            )
        ]
    return []


def refuse_invented_figures() -> None:
    """Called as web and worker start: a real installation does not run on invented figures."""
    for found in no_invented_figures(databases=["default"]):
        raise ImproperlyConfigured(f"{found.msg} {found.hint}")
