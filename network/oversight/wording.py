"""The audit trail in plain English: one place for the words of all acts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.apps import apps

from network import audit, dates
from network.audience import Audience, Scoped
from network.audit import AuditEntry
from network.audit.readers import OPEN_LABELS
from network.roles import Role

VERBS = {
    # Moves from state to state, by the names that they have in the workflows.
    "offer": "offered for agreement",
    "take_back": "took back to draft",
    "ask_change": "sent back for a change",
    "agree": "agreed by all who were asked",
    "void": "agreement made void by a later change",
    "submit": "submitted the return",
    "reopen": "reopened",
    "start": "began the action",
    "finish": "finished the action",
    "stop": "stopped the action",
    "send": "sent the request",
    "acknowledge": "recorded an acknowledgement",
    "ask_clarification": "recorded that a clarification was asked for",
    "clarify": "recorded our clarification",
    "extend": "recorded an extension of time",
    "answer_part": "recorded a reply in part",
    "answer": "recorded a reply",
    "refuse": "recorded a refusal",
    "ask_review": "asked for an internal review",
    "finish_review": "recorded the end of the internal review",
    "complain": "complained to the Information Commissioner",
    "decide": "recorded the Information Commissioner’s decision",
    "close": "closed the request",
    "lapse": "marked as lapsed, the body was dissolved",
    "send_again": "sent again to the successor",
    "send again": "sent the invitation again",
    "withdraw": "withdrew",
    "prepare": "prepared",
    "come into force": "came into force",
    "accept": "accepted the invitation",
    # Acts whose names are short in the code.
    "said yes": "agreed",
    "said change": "asked for a change",
    "made": "put on the calendar",
    "drafted": "drafted the report",
    "wrote": "changed the words of a section",
    "voided agreements": "made earlier agreements void by a change",
    "exported": "exported for the AD Safeguarding Network",
    "begin a reorganisation": "began a reorganisation",
    "start a reorganisation again": "started it again from one that was withdrawn",
    "add a body": "added a body",
    "change a body": "changed a body",
    "take a body out": "took a body out of the directory",
    "add a successor": "added a successor",
    "remove a successor": "removed a successor",
    "change what happens": "changed what happens",
    "say what becomes of open things": "said what becomes of open things",
    "say where people go": "said where people go",
    "say who covers whom": "said who covers whom",
    "give a role": "gave a role by the reorganisation",
    "end a role": "ended a role by the reorganisation",
}

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "reading": ("Readings of what is kept to named people", ("read",)),
    "export": (
        "Downloads and exports",
        ("exported", "exported a list", "downloaded", "took a copy of own data"),
    ),
    "sign-in": (
        "Signing in and passwords",
        (
            "signed in",
            "signed out",
            "signed out elsewhere",
            "signed out everywhere else",
            "failed to sign in",
            "changed the password",
            "chose a new password by a mailed link",
            "added an authenticator app to their sign-in",
            "added a passkey to their sign-in",
            "removed an authenticator app from their sign-in",
            "removed a passkey from their sign-in",
            "made new recovery codes",
            "reset the second step",
            "connected an organisation's account",
            "disconnected an organisation's account",
        ),
    ),
    "people": (
        "People, roles and names for restricted items",
        (
            "added a person",
            "gave a role",
            "ended a role",
            "withdrew a role",
            "set the last day",
            "handed over",
            "changed a person",
            "invited",
            "accepted an invitation",
            "named people",
            "let more people read",
            "let fewer people read",
            "send again",
            "withdraw",
            "accept",
            "changed own details",
        ),
    ),
    "agreement": (
        "Agreements",
        ("offer", "take_back", "ask_change", "agree", "void", "said yes", "said change", "voided agreements"),
    ),
    "removal": (
        "Removals",
        (
            audit.ERASED,
            "removed what is kept no longer",
            "removed after its time",
            "confirmed a removal",
            "removed an item",
        ),
    ),
}
"""What a reader may choose to see, by the verbs in the entries."""

KIND_NAMES = {
    "network.cyclerule": "Rule for when meetings and reports fall",
    "network.kept": "Form kept for whoever was signed out",
    "network.signin": "Browser in which somebody signed in",
    "network.membership": "Role of a person",
    "network.job": "Task of the portal",
    "network.noteentry": "Paragraph of a meeting’s notes",
    "network.noteaction": "Action noted at a meeting",
    "network.notes": "Notes of a meeting",
    "network.user": "Person",
    "network.auditentry": "Entry of the audit trail",
    "item": "FOI item",
    "item version": "Wording of an FOI item",
    "outcome": "Answer of a body to an FOI question",
    "request": "FOI request",
    "request event": "Step of an FOI request",
    "detail item": "Detail of an action",
    "update": "Progress of an action",
    "return": "Return of an authority",
    "round": "Questionnaire round",
    "answer": "Answer in a return",
    "question": "Question of the questionnaire",
    "report section": "Section of a report",
}
"""For kinds whose own name says nothing to a reader of the trail: by label, or that name."""

KEYS = {
    "fields": "changed",
    "wanted": "wants",
    "declined": "does without",
    "ends_on": "last day",
    "starts_on": "first day",
    "review_on": "review on",
    "list": "the list",
    "number": "how many",
    "next": "next review on",
    "factors": "steps taken off",
    "tenant": "number of the organisation’s account",
    "organisation": "at",
    "before": "was",
    "after": "is now",
    "on_behalf_of": "on behalf of",
    "object_id": "number",
    "withdrawn": "the one that was withdrawn",
    "as_file": "as",
}
NUMBERS_OF = {"items": ("agenda item", "agenda items"), "answers": ("answer", "answers")}
"""Lists of row numbers mean nothing to a reader: how many there are is said."""

UNSAID = ("said", "entries", "membership", "requests", "actions", "reorganisation", "ended_before")
"""Sums and numbers over things of which the reader may not know all."""

UNSAID_OF = {("network.user", "handed over"): ("to",)}
"""Of such acts alone. A handover's entry is about a person and read by every admin; older ones number what
changed hands, be it something that was legal or became so."""


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


OWN_WORDS = ("title", "name", "reason", "why", "file", "device", "successor", "list", "tenant")
"""What somebody wrote, or a name: said as it is."""

BODIES = ("organisation", "bodies", "body")
"""What names authorities and boards by their part of an address."""


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
    return "; ".join(_parts(entry, names, bodies or {}))


def _parts(entry: AuditEntry, names: Mapping[int, str], bodies: Mapping[str, str]) -> Iterator[str]:
    unsaid = UNSAID_OF.get((entry.label, entry.verb), ())
    said = {key: value for key, value in entry.detail.items() if key not in unsaid}
    for key, value in said.items():
        label = KEYS.get(key, key.replace("_", " "))
        if key in UNSAID:
            continue
        if key == "people":
            yield f"people: {', '.join(names.get(pk, 'somebody') for pk in _numbers(value)) or 'nobody'}"
        elif key in NUMBERS_OF and isinstance(value, list):
            one, many = NUMBERS_OF[key]
            yield f"{len(value)} {one if len(value) == 1 else many}"
        elif key in BODIES:
            slugs = value if isinstance(value, list) else [value] if value else []
            if slugs:
                yield f"{label}: {', '.join(bodies.get(str(one), _spaced(str(one))) for one in slugs)}"
        elif key in FIELDS and isinstance(value, list):
            yield f"{label}: {', '.join(_field(entry.label, str(one)) for one in value)}"
        elif key in ("was", "now") and (isinstance(value, (dict, int)) and not isinstance(value, bool)):
            continue  # numbers of rows: who it was and is stands in the thing's own history
        elif key in OWN_WORDS and isinstance(value, str):
            if value:
                yield f"{label}: {value}"
        elif words := _plain(value, entry.label):
            yield f"{label}: {words}"


FIELDS = ("fields", "changed")
"""Lists of the fields of a thing."""


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
