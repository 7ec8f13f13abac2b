"""The audit trail in plain English: one place for the words of all acts.

An entry reads as a sentence: who, what (`verb`), which thing (`thing`), and how (`detail`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.apps import apps

from network import dates
from network.audience import Audience, Scoped
from network.audit.entries import AuditEntry
from network.audit.readers import OPEN_LABELS
from network.audit.verbs import KIND_NAMES, VERBS
from network.mail_kinds import Kind
from network.roles import Role

KEYS = {
    "fields": "changed",
    "changed": "changed",
    "removed": "removed",
    "before": "was",
    "after": "is now",
    "ends_on": "last day",
    "last_day": "last day",
    "starts_on": "first day",
    "first_day": "first day",
    "review_on": "review on",
    "next": "next review on",
    "day": "on",
    "role": "role",
    "organisation": "at",
    "body": "at",
    "bodies": "to",
    "to": "to",
    "tenant": "number of the organisation’s account",
    "device": "browser",
    "file": "file",
    "kind": "kind of record",
    "name": "name",
    "reason": "reason",
    "why": "reason",
    "successor": "successor",
    "title": "title",
    "withdrawn": "in place of the withdrawn one",
    "wanted": "wants",
    "object_id": "number",
    "on_behalf_of": "on behalf of",
}
"""What stands before a detail of that name."""

SUMS: Mapping[str, tuple[str, str, str]] = {
    "authorities": ("nobody was left to remind", "to 1 authority", "to {} authorities"),
    "outcomes": ("no answer of the body", "1 answer of the body", "{} answers of the body"),
    "represented": ("no authority was represented", "1 was represented", "{} authorities were represented"),
    "factors": ("no step was there", "1 step was taken off", "{} steps were taken off"),
    "number": ("there was no other browser", "1 other browser", "{} other browsers"),
    "items": ("no agenda item", "1 agenda item", "{} agenda items"),
    "answers": ("no answer", "1 answer", "{} answers"),
    "returns": ("no return", "1 return", "{} returns"),
    "reports": ("no report", "1 report", "{} reports"),
}
"""How many there were: none, one, more. Lists of row numbers mean nothing to a reader, and are counted."""

UNSAID = ("said", "entries", "membership", "requests", "actions", "reorganisation", "ended_before")
"""Sums and numbers over things of which the reader may not know all."""

UNSAID_OF = {("network.user", "handed over"): ("to",)}
"""Of such acts alone. A handover's entry is about a person and read by every admin; older ones number what
changed hands, be it something that was legal or became so."""

AS_FILE = {"xlsx": "as a workbook", "csv": "as a CSV file"}


def verb(name: str) -> str:
    said = VERBS.get(name, name)
    return said[:1].upper() + said[1:]


def kinds() -> list[tuple[str, str]]:
    """Every kind of thing that an entry may be about, with its name: never only those that there are."""
    found = {
        model._meta.label_lower: kind(model._meta.label_lower)
        for model in apps.get_models()
        if (issubclass(model, Scoped) and model is not AuditEntry) or _may_be_open(model)
    }
    named = [(label, name[:1].upper() + name[1:]) for label, name in found.items()]
    return sorted(named, key=lambda one: one[1])


def _may_be_open(model: Any) -> bool:
    label: str = model._meta.label_lower
    return label in (*OPEN_LABELS, "network.user", "network.membership", "network.bankholiday")


def kind(label: str) -> str:
    if label in KIND_NAMES:
        return KIND_NAMES[label]
    try:
        name = str(apps.get_model(label)._meta.verbose_name)
        return KIND_NAMES.get(name.lower(), name)
    except LookupError:  # a kind of an earlier version of the portal
        return label.rpartition(".")[2]


def thing(entry: AuditEntry) -> str:
    """What the entry is about, in words: its kind, and its name at that moment if that is kept."""
    name = kind(entry.label)
    if not entry.object_id:
        return f"{name[:1].upper()}{name[1:]}: all" if entry.label != "network.user" else "Nobody known"
    return f"{name[:1].upper()}{name[1:]}: {entry.title}" if entry.title else f"{name[:1].upper()}{name[1:]}"


OWN_WORDS = ("title", "name", "reason", "why", "file", "device", "successor", "tenant", "kind", "withdrawn")
"""What somebody wrote, or a name: said as it is."""

BODIES = ("organisation", "bodies", "body", "to")
"""What names authorities and boards by their part of an address."""

FIELDS = ("fields", "changed")
"""Lists of the fields of a thing."""


def bodies_in(entries: Iterable[AuditEntry]) -> set[str]:
    """The bodies that the details name so."""
    found = (entry.detail.get(key) for entry in entries for key in BODIES)
    return {str(one) for value in found if value for one in (value if isinstance(value, list) else [value])}


def people_in(entries: Iterable[AuditEntry]) -> set[int]:
    """The people whom the details name by their number."""
    return {pk for entry in entries for pk in _numbers(entry.detail.get("people"))}


def _numbers(value: Any) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def detail(entry: AuditEntry, names: Mapping[int, str], bodies: Mapping[str, str] | None = None) -> str:
    """The details in words; of an entry whose words were emptied, that they were."""
    if entry.erased_at:
        return "The words of this entry were removed under data law."
    return "; ".join(part for part in _parts(entry, names, bodies or {}) if part)


@dataclass(frozen=True)
class _Entry:
    """An entry while its details are said, with the names that they number."""

    label: str
    names: Mapping[int, str]
    bodies: Mapping[str, str]

    def people(self, value: Any) -> str:
        return f"people: {', '.join(self.names.get(pk, 'somebody') for pk in _numbers(value)) or 'nobody'}"

    def places(self, value: Any) -> str:
        slugs = value if isinstance(value, list) else [value] if value else []
        return "; ".join(self.bodies.get(str(one), _spaced(str(one))) for one in slugs)


def _parts(entry: AuditEntry, names: Mapping[int, str], bodies: Mapping[str, str]) -> Iterator[str]:
    said = {key: value for key, value in entry.detail.items() if key not in UNSAID}
    for key in UNSAID_OF.get((entry.label, entry.verb), ()):
        said.pop(key, None)
    for pair in (("before", "after"), ("was", "now")):
        if pair[0] in said and pair[1] in said:
            yield _change(said.pop(pair[0]), said.pop(pair[1]), entry.label)
    for alone in ("was", "now"):  # numbers of rows, or their half
        if not isinstance(said.get(alone), str):
            said.pop(alone, None)
    within = _Entry(entry.label, names, bodies)
    yield from (_part(key, value, within) for key, value in said.items())


def _part(key: str, value: Any, entry: _Entry) -> str:
    """One detail in words; empty if it says nothing."""
    if key in SPOKEN:
        return SPOKEN[key](value, entry)
    if key in SUMS and isinstance(value, (int, list)) and not isinstance(value, bool):
        return _sum(key, value)
    if key in BODIES:
        words = entry.places(value)
    elif key in FIELDS and isinstance(value, list):
        words = ", ".join(_field(entry.label, str(one)) for one in value)
    elif key in OWN_WORDS:
        words = str(value)
    else:
        words = _plain(value, entry.label)
    return f"{KEYS.get(key, key.replace('_', ' '))}: {words}" if words else ""


def _sum(key: str, value: Any) -> str:
    number = len(value) if isinstance(value, list) else value
    return SUMS[key][min(max(number, 0), 2)].format(number)


def _change(before: Any, after: Any, label: str) -> str:
    """Where something stood and stands: "from “draft” to “sent”"; numbers of rows are not said."""
    if isinstance(before, dict) and isinstance(after, dict):
        if all(one is None or isinstance(one, int) for one in (*before.values(), *after.values())):
            return ""  # who it was and is stands in the thing's own history
        return ", ".join(
            f"{_field(label, key)} {_change(before.get(key), after[key], label)}" for key in after
        )
    if any(isinstance(one, int) and not isinstance(one, bool) for one in (before, after)):
        return ""
    was, now = (_plain(one, label) or "not given" for one in (before, after))
    return f"from “{was}” to “{now}”" if was != now else f"it stays “{now}”"


def _declined(value: Any, entry: _Entry) -> str:
    kinds = [_inside(kind.label) for kind in Kind if kind in (value or [])]
    return f"does without: {', '.join(kinds)}" if kinds else "wants every mail"


SPOKEN: Mapping[str, Callable[[Any, _Entry], str]] = {
    "people": lambda value, entry: entry.people(value),
    "version": lambda value, entry: f"version {value}",
    "section": lambda value, entry: f"the section “{value}”",
    "list": lambda value, entry: f"the list “{value}”",
    "as_file": lambda value, entry: AS_FILE.get(str(value), f"as {value}"),
    "outcome": lambda value, entry: f"as “{_plain(value, entry.label)}”",
    "at_once": lambda value, entry: "at once" if value else "",
    "declined": _declined,
}
"""Details that are a phrase of their own."""

KNOWN = {*KEYS, *SUMS, *SPOKEN, *UNSAID, "was", "now"}
"""Every name of a detail that has its words."""


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except LookupError:  # a kind of an earlier version of the portal
        return None


def _field(label: str, name: str) -> str:
    """What a page calls a field: "who may read it" rather than "audience"."""
    if name in FIELD_NAMES:
        return FIELD_NAMES[name]
    found = {field.name: field for field in _model(label)._meta.get_fields()} if _model(label) else {}
    return _spaced(str(getattr(found.get(name), "verbose_name", name)))


FIELD_NAMES = {
    "audience": "who may read it",
    "contact_shown_to": "who sees e-mail and telephone number",
    "job_title": "job title",
    "phone": "telephone number",
    "ends_on": "last day",
    "starts_on": "first day",
}


@lru_cache(maxsize=128)
def _labels(label: str) -> Mapping[str, str]:
    """The values that a kind of thing chooses from, in words; its own before those of all other kinds."""
    found: dict[str, str] = {value: str(name) for value, name in (*Role.choices, *Audience.choices)}
    rooms = [model for model in apps.get_models() if issubclass(model, Scoped)]
    for model in [*rooms, *([_model(label)] if _model(label) else [])]:
        for field in model._meta.get_fields():
            for value, name in getattr(field, "flatchoices", None) or ():
                if model._meta.label_lower == label:
                    found[str(value)] = str(name)
                found.setdefault(str(value), str(name))
    return {value: _inside(name) for value, name in found.items() if value and not value.isdigit()}


def _inside(name: str) -> str:
    """As it stands inside a sentence; "ICO" stays as it is."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _plain(value: Any, label: str = "") -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(one, label) for one in value)
    if isinstance(value, dict):
        said = ((_field(label, key), _plain(one, label)) for key, one in value.items())
        return ", ".join(f"{key} {words or 'not given'}" for key, words in said)
    return "" if value is None else _word(str(value), label)


def _word(value: str, label: str) -> str:
    """A word of the portal's own, a day, a body's short name: each as a page says it."""
    if value in (labels := _labels(label)):
        return labels[value]
    if A_DAY.fullmatch(value):
        return dates.long_date(date.fromisoformat(value))
    return _spaced(value)


A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
A_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+")
"""What only code is called by: "internal_review", "medway-and-kent"."""


def _spaced(value: str) -> str:
    return re.sub(r"[-_]", " ", value) if A_NAME.fullmatch(value) else value
