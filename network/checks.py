"""What start-up says if something is missing or does not belong here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection


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


def refuse_invented_figures() -> None:
    """Called as web and worker start: a real installation does not run on invented figures."""
    for found in no_invented_figures(databases=["default"]):
        raise ImproperlyConfigured(f"{found.msg} {found.hint}")
