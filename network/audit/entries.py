"""The entries, and the two digests that each carries from its first moment.

`words` is the digest of what may have to be emptied one day under data law (title and detail), with a salt;
`digest` is that of everything else together with `words`. So an entry whose words are emptied, and whose
salt goes with them, still has its digest: who, what kind of act, on which row and when stay provable, and
nobody can work out from what is left what the words were.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from network import dates
from network.audience import Audience, Scoped
from network.audit.readers import legal_now, readable

if TYPE_CHECKING:
    from network.people.models import User

LONGEST_TITLE = 200
IN_TRAIL = "read in the audit trail"
EXPORTED = "exported a list"


class AuditEntry(Scoped):
    at = models.DateTimeField(default=dates.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # none: the calendar did it, or somebody who was not signed in
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    verb = models.CharField(max_length=60)
    label = models.CharField(max_length=80)
    object_id = models.PositiveBigIntegerField()  # 0: all of the kind, such as a list that was exported
    audience = models.CharField(max_length=12, blank=True)  # the thing's own, at that moment
    title = models.CharField(
        max_length=LONGEST_TITLE, blank=True
    )  # its name then; a legal thing's is not kept
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    words = models.CharField(max_length=64, default="", editable=False)
    digest = models.CharField(max_length=64, default="", editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    unsealed = models.BooleanField(default=True, editable=False)

    read_by = ("verb", "label", "object_id", "audience")

    class Meta:
        indexes = [
            models.Index(fields=["label", "object_id"]),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["verb", "-id"], name="audit_verb"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["at"], condition=Q(erased_at__isnull=True), name="audit_worded"),
            models.Index(fields=["id"], condition=Q(unsealed=True), name="audit_unsealed"),
            models.Index(
                fields=["label", "object_id"], condition=Q(audience=Audience.LEGAL), name="audit_legal"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(title="", salt=""), name="audit_erased_has_no_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.label} {self.object_id}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return readable(user, cls)

    @property
    def reference(self) -> str:
        """How people cite the entry: it says nothing of how many others there are."""
        return self.digest[:12]

    def sign(self) -> AuditEntry:
        """Gives a new entry its salt and digests."""
        self.salt = secrets.token_hex(16)
        self.words = digest_of_words(self)
        self.digest = digest_of(self)
        return self


def _hashed(said: dict[str, Any]) -> str:
    plain = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return sha256(plain.encode()).hexdigest()


def digest_of_words(entry: AuditEntry) -> str:
    return _hashed({"title": entry.title, "detail": entry.detail, "salt": entry.salt})


def digest_of(entry: AuditEntry) -> str:
    return _hashed(
        {
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor_id,
            "on_behalf_of": entry.on_behalf_of_id,
            "verb": entry.verb,
            "label": entry.label,
            "object_id": entry.object_id,
            "audience": entry.audience,
            "words": entry.words,
        }
    )


def record(
    *,
    by: User | None,
    verb: str,
    on: models.Model | type[models.Model],
    on_behalf_of: User | None = None,
    **detail: Any,
) -> AuditEntry:
    """Write down one act. `on` is the thing, or its class for all of a kind (an exported list). `detail`
    holds what changed, never the content of a legal item."""
    entry = _entry(by, verb, on, on_behalf_of, detail)
    entry.save(force_insert=True)
    return entry


def record_beside(entry: AuditEntry, *, by: User | None, verb: str, **detail: Any) -> AuditEntry:
    """Write down an act on an entry: as one about the same thing, so that whoever reads the entry, and
    nobody else, reads of it. The thing's name is not repeated."""
    beside = AuditEntry(
        actor=by,
        verb=verb,
        label=entry.label,
        object_id=entry.object_id,
        audience=entry.audience,
        detail=_plain(detail),
    ).sign()
    beside.save(force_insert=True)
    return beside


def read(
    *, by: User, on: models.Model | Iterable[models.Model], verb: str = "read", leaves: bool = False
) -> None:
    """Write down that the person is shown these rows, one entry for each that is legal; of others nothing.

    Call it in each view (page, PDF, file, download) with the rows that carry the audience of what it shows,
    before it answers: one query for any number of them, none if no row is legal. Who is shown entries of the
    trail reads of the things that these are about; `leaves` says that a file is handed out.
    """
    rows = [on] if isinstance(on, models.Model) else list(on)
    entries = [row for row in rows if isinstance(row, AuditEntry)]
    legal = [row for row in rows if _audience(row) == Audience.LEGAL and not isinstance(row, AuditEntry)]
    told = [_entry(by, verb, row, None, {}) for row in legal]
    AuditEntry.objects.bulk_create([*told, *_read_in_trail(by, entries, leaves)])


def _read_in_trail(by: User, shown: Sequence[AuditEntry], leaves: bool) -> Iterator[AuditEntry]:
    """One for each legal thing, about the thing: each file, and once a day what is looked at. A reading of
    such readings is none: else the trail would fill with itself, each page of it making the next one longer.
    """
    shown = [entry for entry in shown if entry.verb != IN_TRAIL]
    if not shown:
        return
    things = {(entry.label, entry.object_id) for entry in shown if entry.audience == Audience.LEGAL}
    things |= legal_now(by, {(entry.label, entry.object_id) for entry in shown} - things)
    if things and not leaves:
        today = AuditEntry.objects.filter(actor=by, verb=IN_TRAIL, at__gte=dates.midnight(dates.today()))
        things -= set(today.values_list("label", "object_id"))
    verb = EXPORTED if leaves else IN_TRAIL
    for label, number in sorted(things):
        entry = AuditEntry(actor=by, verb=verb, label=label, object_id=number, audience=Audience.LEGAL)
        yield entry.sign()


def _entry(
    by: User | None,
    verb: str,
    on: models.Model | type[models.Model],
    on_behalf_of: User | None,
    detail: dict[str, Any],
) -> AuditEntry:
    row = on if isinstance(on, models.Model) else None
    audience = _audience(row)
    entry = AuditEntry(
        actor=by,
        on_behalf_of=on_behalf_of,
        verb=verb,
        label=on._meta.label_lower,
        object_id=(row.pk or 0) if row else 0,
        audience=audience,
        title=_title(row, audience),
        detail=_plain(detail),
    )
    return entry.sign()


def _plain(detail: dict[str, Any]) -> Any:
    return json.loads(json.dumps(detail, cls=DjangoJSONEncoder))


def _title(row: models.Model | None, audience: str) -> str:
    """A legal thing's name is not kept."""
    named = row is not None and row.pk and audience != Audience.LEGAL
    return str(row)[:LONGEST_TITLE] if named else ""


def _audience(row: models.Model | None) -> str:
    """The narrowest that the row knows of itself: an action knows that its agenda item is narrower, a
    decision stands under its item."""
    for known in (row, getattr(row, "item", None)):
        for name in ("readers", "audience"):
            level = getattr(known, name, None)
            if isinstance(level, str):
                return str(level)
    return ""
