"""The tables, made once for a run of the suite: every test process and every portal begins with a copy.

`python -m tests.tables FOLDER` lays `migrated.sqlite3` (tables, and nobody's rows) and `reference.sqlite3`
(the network's reference data besides) into the folder, and with TEST_POSTGRES_URL a PostgreSQL database like
the second beside the one that this names. TEST_TABLES tells the tests of the folder; without it they migrate.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

from tests.house import ROOT

POSTGRES = "portal_reference"
MIGRATED, REFERENCE = "migrated.sqlite3", "reference.sqlite3"


def folder() -> Path | None:
    return Path(os.environ["TEST_TABLES"]) if "TEST_TABLES" in os.environ else None


def copied_into(database: dict[str, Any]) -> None:
    """Lets Django make the tests' database from the one that is there already, if it is."""
    if not (there := folder()):
        return
    if database["ENGINE"].endswith("postgresql"):
        database["TEST"] = {"TEMPLATE": POSTGRES, "MIGRATE": False}
    else:
        database["TEST"] = {"MIGRATE": False}
        _fill_the_first_connection(there / REFERENCE)


def _fill_the_first_connection(file: Path) -> None:
    from django.db.backends.signals import connection_created

    def fill(connection: Any, **_: Any) -> None:
        if connection.is_in_memory_db():
            connection_created.disconnect(dispatch_uid=__name__)
            with closing(sqlite3.connect(file)) as source:
                source.backup(connection.connection)

    connection_created.connect(fill, weak=False, dispatch_uid=__name__)


def migrated(target: Path) -> None:
    """Lays a SQLite database with all tables and no row of anybody's at `target`."""
    if there := folder():
        shutil.copy(there / MIGRATED, target)
        with closing(sqlite3.connect(target)) as copied:
            copied.execute("PRAGMA journal_mode=WAL")  # as migrating leaves it
        return
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{target}",
            "PORTAL_VAR": str(target.parent),
            "PORTAL_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "cypcc_portal.settings",
        },
        check=True,
        capture_output=True,
    )


def _lay() -> None:
    """Migrates the database of this process and loads the reference data; a copy is kept before."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from network import dates
    from tests.conftest import TODAY

    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        connection.cursor().execute("PRAGMA journal_mode=DELETE")  # one file holds all of it
        connection.close()
        shutil.copy(file, file.with_name(MIGRATED))
    with dates.at(TODAY):
        call_command("seed_network", stdout=StringIO())
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA journal_mode=DELETE")
    connection.close()


def main(target: Path) -> int:
    """Both at once; the exit code of the first that fails."""
    target.mkdir(parents=True, exist_ok=True)
    urls = [f"sqlite:///{target / REFERENCE}"]
    if server := os.environ.get("TEST_POSTGRES_URL"):
        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {POSTGRES}".encode())
        urls.append(re.sub(r"/[^/]*$", f"/{POSTGRES}", server))
    command = [sys.executable, "-c", "from tests import tables; tables._lay()"]
    around = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PORTAL_DEMO": "1"}
    laying = [subprocess.Popen(command, cwd=ROOT, env=around | {"DATABASE_URL": url}) for url in urls]
    return next((code for code in [each.wait() for each in laying] if code), 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
