"""Entries that were there before the chain get their salt and digests; the next tick seals them."""

import json
import secrets
from datetime import UTC
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations


def _hashed(said: dict[str, Any]) -> str:
    plain = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()


def sign(apps: Any, schema_editor: Any) -> None:
    AuditEntry = apps.get_model("network", "AuditEntry")
    batch = []
    for entry in AuditEntry.objects.filter(digest="").order_by("pk").iterator(500):
        entry.salt = secrets.token_hex(16)
        entry.words = _hashed({"title": "", "detail": entry.detail, "salt": entry.salt})
        entry.digest = _hashed(
            {
                "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": entry.actor_id,
                "on_behalf_of": entry.on_behalf_of_id,
                "verb": entry.verb,
                "label": entry.label,
                "object_id": entry.object_id,
                "audience": "",
                "words": entry.words,
            }
        )
        batch.append(entry)
        if len(batch) == 500:
            AuditEntry.objects.bulk_update(batch, ["salt", "words", "digest"], batch_size=100)
            batch = []
    AuditEntry.objects.bulk_update(batch, ["salt", "words", "digest"], batch_size=100)


class Migration(migrations.Migration):
    dependencies = [("network", "0003_audit_chain")]

    operations = [migrations.RunPython(sign, migrations.RunPython.noop)]
