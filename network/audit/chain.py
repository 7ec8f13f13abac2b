"""The chain: each minute every new entry gets a seal, whose hash covers the seal before it.

Entries are sealed by one writer at a time, under a lock on the head. Their order in the chain is that in
which they were found, not that of their numbers or hours: a transaction may take a number and commit later,
and a clock may be set back.

Whoever can write into the database could rewrite the whole chain. So each check keeps how far the chain had
come, and `audit_verify --through` asks whether it still passes through a hash that was noted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.db import models, transaction
from django.db.models import Q

from network import dates
from network.audit.entries import AuditEntry, digest_of, digest_of_words
from network.audit.erasing import ERASED

START = "0" * 64
AT_ONCE = 500
KEPT_SENTENCES = 50


class AuditSeal(models.Model):
    position = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()  # by the wall clock
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position}: {self.hash[:12]}"


class AuditHead(models.Model):
    """One row: where the chain ends."""

    position = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=START)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_has_one_head")]

    def __str__(self) -> str:
        return f"{self.position}: {self.hash[:12]}"


class AuditCheck(models.Model):
    """One check of the whole chain: how far it had come and what was wrong with it."""

    at = models.DateTimeField(default=dates.now)
    position = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    number = models.PositiveIntegerField()  # of faults
    faults = models.JSONField(default=list)  # the first of them

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {self.number or 'no'} faults"


def link(before: str, position: int, entry_id: int, digest: str, sealed_at: datetime) -> str:
    at = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(f"{before}:{position}:{entry_id}:{digest}:{at}".encode()).hexdigest()


def seal() -> str:
    """Seals whatever is not sealed yet; says how many, or nothing."""
    sealed = 0
    while number := _seal_some():
        sealed += number
    return f"{sealed} {'entry' if sealed == 1 else 'entries'} of the audit trail sealed" if sealed else ""


def _seal_some() -> int:
    with transaction.atomic():
        head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
        waiting = AuditEntry.objects.filter(unsealed=True).order_by("pk")
        new = list(waiting.values_list("pk", "digest")[:AT_ONCE])
        if not new:
            return 0
        now, seals = dates.wall_clock(), []
        for entry_id, digest in new:
            head.position += 1
            head.hash = link(head.hash, head.position, entry_id, digest, now)
            seals.append(
                AuditSeal(
                    position=head.position, entry_id=entry_id, digest=digest, sealed_at=now, hash=head.hash
                )
            )
        AuditSeal.objects.bulk_create(seals)
        AuditEntry.objects.filter(pk__in=[pk for pk, _ in new]).update(unsealed=False)
        head.save()
    return len(new)


def check(through: Mapping[int, str] | None = None) -> AuditCheck:
    """Goes through the whole chain and keeps what was found."""
    end = _End.now()
    found, number = [], 0
    for sentence in faults(through):
        number += 1
        if number <= KEPT_SENTENCES:
            found.append(sentence)
    return AuditCheck.objects.create(position=end.position, hash=end.hash, number=number, faults=found)


def faults(through: Mapping[int, str] | None = None) -> Iterator[str]:
    """Whatever was changed, removed, put in or re-ordered since it was written, a sentence each.

    Goes through the chain piece by piece, also while others write. `through` are hashes by position that were
    noted elsewhere: the chain must still pass through them.
    """
    end = _End.now()
    lawful = _Lawful()
    noted = {**dict(AuditCheck.objects.filter(number=0).values_list("position", "hash")), **(through or {})}
    noted.pop(0, None)
    before, position = START, 0
    while piece := list(
        AuditSeal.objects.filter(position__gt=position, position__lte=end.position).order_by("position")[
            :AT_ONCE
        ]
    ):
        entries = AuditEntry.objects.in_bulk([one.entry_id for one in piece])
        for one in piece:
            yield from _seal_faults(one, before, position)
            yield from _sealed_faults(one, entries.get(one.entry_id), lawful)
            if noted.pop(one.position, one.hash) != one.hash:
                yield f"At position {one.position} the chain is not the one that was noted earlier."
            before, position = one.hash, one.position
    yield from end.faults(position, before)
    for missing in sorted(noted):
        yield f"The chain once reached position {missing}; now it ends at {position}."
    yield from _outside(lawful)


@dataclass(frozen=True)
class _End:
    """Head and last seal, asked in one statement: whatever is sealed meanwhile comes after both."""

    position: int
    hash: str
    last: int  # the last seal's position

    @classmethod
    def now(cls) -> _End:
        last = AuditSeal.objects.order_by("-position").values("position")[:1]
        found = 0
        for _ in range(
            2
        ):  # head and first seals may be written between two questions: then the second finds both
            head = AuditHead.objects.annotate(last=models.Subquery(last)).filter(pk=1).first()
            if head is not None:
                return cls(head.position, head.hash, head.last or 0)
            found = AuditSeal.objects.aggregate(last=models.Max("position"))["last"] or 0
            if not found:
                break
        return cls(0, START, found)

    def faults(self, position: int, hash: str) -> Iterator[str]:
        if self.last > self.position:
            yield f"The chain ends at {self.position} by its head, but there are seals up to {self.last}."
        elif position < self.position:
            yield f"The chain ends at {position}, by its head at {self.position}: the tail was cut off."
        elif hash != self.hash:
            yield f"The head of the chain is not the hash of the last seal, {position}."


class _Lawful:
    """The entries that were emptied with an entry to say so."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def __contains__(self, pk: int) -> bool:
        if pk not in self._ids:  # it may have been emptied since this check began
            said = AuditEntry.objects.filter(verb=ERASED)
            for entry in said.iterator(AT_ONCE):
                if not _entry_fault(entry):
                    self._ids.update(entry.detail.get("entries", ()))
        return pk in self._ids


def _seal_faults(one: AuditSeal, before: str, position: int) -> Iterator[str]:
    if one.position != position + 1:
        yield f"Between positions {position} and {one.position} of the chain, seals were removed."
    elif one.hash != link(before, one.position, one.entry_id, one.digest, one.sealed_at):
        yield f"The seal at position {one.position} does not follow from the one before it."


def _sealed_faults(one: AuditSeal, entry: AuditEntry | None, lawful: _Lawful) -> Iterator[str]:
    if entry is None:
        yield f"Entry {one.entry_id}, sealed at position {one.position}, was removed."
    elif entry.digest != one.digest:
        yield f"Entry {entry.pk} is not the one that was sealed at position {one.position}."
    elif fault := _entry_fault(entry, lawful):
        yield fault


def _entry_fault(entry: AuditEntry, lawful: _Lawful | None = None) -> str:
    """What is wrong with the entry in itself; "" if nothing."""
    if entry.digest != digest_of(entry):
        return f"Entry {entry.pk} was changed after it was written."
    if entry.erased_at is None:
        return "" if entry.words == digest_of_words(entry) else f"The words of entry {entry.pk} were changed."
    if entry.title or entry.detail or entry.salt:
        return f"Entry {entry.pk} counts as emptied and has words."
    if lawful is None or entry.pk not in lawful:
        return f"The words of entry {entry.pk} were emptied, and no entry says by whom and why."
    return ""


def _outside(lawful: _Lawful) -> Iterator[str]:
    """Entries that are in no chain: new ones must be as they were written, others must not be."""
    for pk in AuditEntry.objects.filter(unsealed=False, seal__isnull=True).values_list("pk", flat=True):
        yield f"Entry {pk} counts as sealed and has no seal: it was put in."
    for pk in AuditEntry.objects.filter(unsealed=True, seal__isnull=False).values_list("pk", flat=True):
        yield f"Entry {pk} has a seal and counts as not sealed."
    for entry in AuditEntry.objects.filter(unsealed=True, seal__isnull=True).order_by("pk").iterator(AT_ONCE):
        if fault := _entry_fault(entry, lawful):
            yield fault
