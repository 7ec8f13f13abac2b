"""Nobody holds one role at one place twice on one day: the database's own promise, in the words of each.

What `network.membership.rules.days_of` says: a term that was ended at once leaves its last day to the next.
"""

from typing import Any

from django.db import DatabaseError, migrations, transaction

NAME = "membership_terms_apart"

POSTGRES = f"""
ALTER TABLE network_membership ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    user_id WITH =,
    role WITH =,
    COALESCE(organisation_id, 0) WITH =,
    daterange(starts_on, CASE WHEN ended_at IS NULL THEN ends_on + 1 ELSE ends_on END, '[)') WITH &&
)
"""

TROUBLE = (
    "PostgreSQL's extension btree_gist can't be added by this database user. Have a superuser run "
    "“CREATE EXTENSION btree_gist” in this database (or give this user CREATE on it: the extension is "
    "trusted), then migrate again."
)
OVERLAP = (
    "There are overlapping terms in network_membership. End or remove one of each pair, then migrate again."
)

LAST = "COALESCE(CASE WHEN {0}.ended_at IS NULL THEN {0}.ends_on ELSE date({0}.ends_on, '-1 day') END, '9999-12-31')"
FIRST = "COALESCE({0}.starts_on, '0001-01-01')"
SQLITE = f"""
CREATE TRIGGER {NAME}_{{0}} BEFORE {{1}} ON network_membership WHEN EXISTS (
    SELECT 1 FROM network_membership AS held
    WHERE held.user_id = NEW.user_id AND held.role = NEW.role
    AND held.organisation_id IS NEW.organisation_id AND held.id IS NOT NEW.id
    AND {FIRST.format("held")} <= {LAST.format("held")} AND {FIRST.format("NEW")} <= {LAST.format("NEW")}
    AND {FIRST.format("held")} <= {LAST.format("NEW")} AND {FIRST.format("NEW")} <= {LAST.format("held")}
)
BEGIN SELECT RAISE(ABORT, '{NAME}'); END
"""
MOMENTS = {"insert": "INSERT", "update": "UPDATE"}


def promise(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, moment in MOMENTS.items():
            schema_editor.execute(SQLITE.format(name, moment))
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except DatabaseError as error:
        raise RuntimeError(TROUBLE) from error
    try:
        schema_editor.execute(POSTGRES)
    except DatabaseError as error:
        raise RuntimeError(OVERLAP) from error


def forget(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in MOMENTS:
            schema_editor.execute(f"DROP TRIGGER {NAME}_{name}")
        return
    schema_editor.execute(f"ALTER TABLE network_membership DROP CONSTRAINT {NAME}")


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0017_worded_entries"),
    ]

    operations = [migrations.RunPython(promise, forget)]
