"""What the ground floor holds about a person: mails, acts, agreements, namings, uploads, signing in.

Titles are left out: an entry of the audit trail or a mail may speak of what the person may not read any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.template.defaultfilters import filesizeformat

from network import dates
from network.account.models import MailedCode, OwnCopy, UsedCode
from network.account.openid.models import OrganisationAccount
from network.account.sessions.models import Kept, SignIn
from network.agreements import Agreement
from network.audience import Audience, Naming
from network.audit import AuditEntry, wording
from network.files import StoredFile, type_words
from network.jobs import Job
from network.mail import OutboxMail
from network.mail_kinds import Kind
from network.once import Sent
from network.people.models import User
from network.registry import OwnRecords
from network.roles import Permission

GONE_OUT = (OutboxMail.State.SENT, OutboxMail.State.UNCERTAIN)


def own_records(user: User) -> Iterator[OwnRecords]:
    yield _second_steps(user)
    yield _used_codes(user)
    yield _organisation_account(user)
    yield _sign_ins(user)
    yield _kept(user)
    yield _mails(user)
    yield _agreements(user)
    yield _namings(user)
    yield _uploads(user)
    yield _copies(user)
    yield _jobs(user)
    yield _forms_sent(user)
    yield _acts(user)
    yield _acts_on_behalf(user)
    yield _done_to(user)


def _when(moment: datetime | None) -> str:
    return dates.long_datetime(moment) if moment else ""


def _thing(label: str) -> str:
    """What kind of thing a label names: "Agenda item"."""
    name = wording.kind(label)
    return name[:1].upper() + name[1:]


def _second_steps(user: User) -> OwnRecords:
    """That there is one, since when and when it was used; never its secret."""
    rows = Authenticator.objects.filter(user=user).order_by("created_at")
    return OwnRecords(
        title="Second steps of signing in",
        columns=("Kind", "Set up", "Last used"),
        rows=tuple(
            (str(one.get_type_display()), _when(one.created_at), _when(one.last_used_at)) for one in rows
        ),
    )


def _used_codes(user: User) -> OwnRecords:
    """When, and never a code; those by mail as well."""
    used = [("Authenticator app", one.at) for one in UsedCode.objects.filter(user=user).order_by("at", "pk")]
    mailed = MailedCode.objects.filter(user=user).order_by("asked_at", "pk")
    codes = [*used, *(("Code by mail, when it was asked for", one.asked_at) for one in mailed)]
    return OwnRecords(
        title="Codes used of late",
        columns=("Kind of code", "When"),
        rows=tuple((by, _when(moment)) for by, moment in codes),
    )


def _organisation_account(user: User) -> OwnRecords:
    mine = OrganisationAccount.objects.filter(user=user)
    return OwnRecords(
        title="The account of your organisation that signs you in",
        columns=(
            "Service that signs you in",
            "Number of your organisation",
            "Your number there",
            "Connected",
            "Last used",
        ),
        rows=tuple(
            (one.issuer, one.tenant, one.object_id, _when(one.connected_at), _when(one.used_at))
            for one in mine
        ),
    )


def _sign_ins(user: User) -> OwnRecords:
    held = SignIn.objects.visible_to(user).filter(ended_at=None).order_by("since", "pk")
    return OwnRecords(
        title="Where you are signed in",
        columns=("Browser", "Since", "Last seen"),
        rows=tuple((one.device, _when(one.since), _when(one.seen_at)) for one in held),
    )


def _kept(user: User) -> OwnRecords:
    """That a form waits for them; its words are shown to them when they sign in."""
    return OwnRecords(
        title="Forms kept when you were signed out",
        columns=("When",),
        rows=tuple((_when(one.at),) for one in Kept.objects.visible_to(user).order_by("at", "pk")),
    )


def _mails(user: User) -> OwnRecords:
    """Of those about the account that have gone out the words as well, unless they were a key to it. Others
    may name things that fewer people read by now."""
    mine = Q(to_user=user) | Q(to_user__isnull=True, to__iexact=user.email or "")
    rows = []
    for one in OutboxMail.objects.filter(mine).order_by("pk"):
        told = one.kind == Kind.ACCOUNT and one.state in GONE_OUT and not one.secret
        said = (one.subject, one.text) if told else ("", "")
        rows.append((_when(one.made_at), one.get_kind_display(), one.to, one.get_state_display(), *said))
    columns = ("Written", "Kind", "To", "State", "Subject", "Words")
    return OwnRecords(title="Mails to you", columns=columns, rows=tuple(rows))


def _agreements(user: User) -> OwnRecords:
    said = Agreement.objects.filter(person=user).order_by("at", "pk")
    return OwnRecords(
        title="What you agreed",
        columns=("When", "What kind of thing", "Version", "Answer", "Your reason"),
        rows=tuple(
            (_when(one.at), _thing(one.label), str(one.version), one.get_answer_display(), one.why)
            for one in said
        ),
    )


def _namings(user: User) -> OwnRecords:
    """That they are named, when and by whom: never for what."""
    named = Naming.objects.visible_to(user).select_related("named_by").order_by("at", "pk")
    return OwnRecords(
        title="Namings of you",
        columns=("When", "For what kind of thing", "By"),
        rows=tuple((_when(one.at), _thing(one.label), one.named_by.named_for(user)) for one in named),
    )


def _uploads(user: User) -> OwnRecords:
    """Without their names, which stand with the things that hold them."""
    held = StoredFile.objects.filter(uploaded_by=user).order_by("at", "pk")
    return OwnRecords(
        title="Files that you uploaded",
        columns=("When", "What kind of file", "Size"),
        rows=tuple(
            (_when(one.at), type_words(one.content_type), filesizeformat(one.size).replace("\xa0", " "))
            for one in held
        ),
    )


def _copies(user: User) -> OwnRecords:
    """That one was made and lies ready."""
    made = OwnCopy.objects.visible_to(user).values_list("made_at", flat=True)
    return OwnRecords(
        title="Copies of your data", columns=("Made",), rows=tuple((_when(moment),) for moment in made)
    )


def _jobs(user: User) -> OwnRecords:
    asked = Job.objects.filter(asked_by=user).order_by("made_at", "pk")
    return OwnRecords(
        title="Long work that you asked for",
        columns=("When", "State"),
        rows=tuple((_when(one.made_at), str(one.get_state_display())) for one in asked),
    )


def _forms_sent(user: User) -> OwnRecords:
    sent = Sent.objects.filter(user=user).order_by("at", "pk")
    return OwnRecords(
        title="Forms sent since yesterday", columns=("When",), rows=tuple((_when(one.at),) for one in sent)
    )


def _tellable(user: User) -> Q:
    """Not that there is something legal which they may not read today; whom they named themselves they
    know."""
    known = Q(pk__in=[])
    if user.may(Permission.BE_NAMED):
        of_it = Naming.objects.filter(label=OuterRef("label"), object_id=OuterRef("object_id"), person=user)
        known = Q(Exists(of_it)) | Q(verb="named people")
    return ~Q(audience=Audience.LEGAL) | known


def _acts(user: User) -> OwnRecords:
    acts = AuditEntry.objects.filter(_tellable(user), actor=user).order_by("at", "pk")
    return OwnRecords(
        title="What you did",
        columns=("When", "What", "To what kind of thing"),
        rows=tuple(
            (_when(at), wording.verb(verb), _thing(label))
            for at, verb, label in acts.values_list("at", "verb", "label")
        ),
    )


def _acts_on_behalf(user: User) -> OwnRecords:
    told = AuditEntry.objects.filter(_tellable(user), on_behalf_of=user)
    acts = told.select_related("actor").order_by("at", "pk")
    return OwnRecords(
        title="Done on your behalf",
        columns=("When", "What", "To what kind of thing", "By"),
        rows=tuple(
            (_when(one.at), wording.verb(one.verb), _thing(one.label), _actor(one, user)) for one in acts
        ),
    )


def _done_to(user: User) -> OwnRecords:
    entries = AuditEntry.objects.filter(label=User._meta.label_lower, object_id=user.pk).exclude(actor=user)
    return OwnRecords(
        title="Done to your account",
        columns=("When", "What", "By"),
        rows=tuple(
            (_when(one.at), wording.verb(one.verb), _actor(one, user))
            for one in entries.select_related("actor").order_by("at", "pk")
        ),
    )


def _actor(entry: AuditEntry, reader: User) -> str:
    return entry.actor.named_for(reader) if entry.actor else "The portal"
