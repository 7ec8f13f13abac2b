"""That terms lie apart is, on SQLite, a promise of two triggers. A migration that makes the table anew drops
them with the old one, so they are put back after every migration."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

PROMISED = "0018_terms_apart"


def put_back(*, using: str, **signal: Any) -> None:
    """Makes the triggers that are missing, once the migration that brought them has run."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    if ("network", PROMISED) not in MigrationRecorder(connection).applied_migrations():
        return
    promise = import_module(f"network.migrations.{PROMISED}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
        for name, moment in promise.MOMENTS.items():
            if f"{promise.NAME}_{name}" not in there:
                cursor.execute(promise.SQLITE.format(name, moment))
