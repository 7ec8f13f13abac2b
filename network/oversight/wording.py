"""The audit trail in plain English: one place for the words of all acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps

from network import audit
from network.audience import Scoped
from network.audit import AuditEntry
from network.audit.readers import OPEN_LABELS

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

KEYS = {
    "before": "was",
    "after": "is now",
    "on_behalf_of": "on behalf of",
    "object_id": "number",
    "as_file": "as",
}
NUMBERS_OF = {"items": ("agenda item", "agenda items")}
"""Lists of row numbers mean nothing to a reader: how many there are is said."""

UNSAID = ("said", "entries", "membership", "requests", "actions")
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
        model._meta.label_lower: str(model._meta.verbose_name)
        for model in apps.get_models()
        if (issubclass(model, Scoped) and model is not AuditEntry) or _may_be_open(model)
    }
    named = [(label, name[:1].upper() + name[1:]) for label, name in found.items()]
    return sorted(named, key=lambda one: one[1])


def _may_be_open(model: Any) -> bool:
    label: str = model._meta.label_lower
    return label in (*OPEN_LABELS, "network.user", "network.membership", "network.bankholiday")


def kind(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:  # a kind of an earlier version of the portal
        return label.rpartition(".")[2]


def thing(entry: AuditEntry) -> str:
    """What the entry is about, in words: its kind, and its name at that moment if that is kept."""
    name = kind(entry.label)
    if not entry.object_id:
        return f"{name[:1].upper()}{name[1:]}: all" if entry.label != "network.user" else "Nobody known"
    return f"{name[:1].upper()}{name[1:]}: {entry.title}" if entry.title else f"{name[:1].upper()}{name[1:]}"


def people_in(entries: Iterable[AuditEntry]) -> set[int]:
    """The people whom the details name by their number."""
    return {pk for entry in entries for pk in _numbers(entry.detail.get("people"))}


def _numbers(value: Any) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def detail(entry: AuditEntry, names: Mapping[int, str]) -> str:
    """The details in words; of an entry whose words were emptied, that they were."""
    if entry.erased_at:
        return "The words of this entry were removed under data law."
    unsaid = UNSAID_OF.get((entry.label, entry.verb), ())
    return "; ".join(_parts({k: v for k, v in entry.detail.items() if k not in unsaid}, names))


def _parts(said: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[str]:
    for key, value in said.items():
        label = KEYS.get(key, key.replace("_", " "))
        if key in UNSAID:
            continue
        if key == "people":
            yield f"people: {', '.join(names.get(pk, 'somebody') for pk in _numbers(value)) or 'nobody'}"
        elif key in NUMBERS_OF and isinstance(value, list):
            one, many = NUMBERS_OF[key]
            yield f"{len(value)} {one if len(value) == 1 else many}"
        elif words := _plain(value):
            yield f"{label}: {words}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(one)}" for key, one in value.items())
    return "" if value is None else str(value).replace("_", " ")
