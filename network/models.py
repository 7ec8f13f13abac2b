"""Django looks for models here; each is written in the package of its subject."""

from network.account.models import Attempts, MailedCode, OwnCopy, UsedCode
from network.account.openid.models import OrganisationAccount
from network.account.sessions.models import Kept, SignIn
from network.agreements import Agreement
from network.audience import Naming
from network.audit import AuditCheck, AuditEntry, AuditHead, AuditSeal
from network.audit.removed import StoodUnder
from network.files import StoredFile
from network.governance.models import TermsOfReference
from network.jobs import Job
from network.library.models import LibraryItem
from network.mail import OutboxMail
from network.meetings.models import (
    Agenda,
    AgendaItem,
    Attendance,
    CycleRule,
    Decision,
    Meeting,
    NoteAction,
    NoteEntry,
    Notes,
    StandingItem,
)
from network.membership.models import Invitation
from network.once import Sent
from network.oversight.models import Removal
from network.people.models import BankHoliday, Footprint, Membership, Organisation, Succession, User
from network.people.reference import ReferenceFact
from network.reorganisation.models import Cover, Ending, Move, Reorganisation, Settlement, Successor

__all__ = [
    "Agenda",
    "AgendaItem",
    "Agreement",
    "Attempts",
    "Attendance",
    "AuditCheck",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "BankHoliday",
    "Cover",
    "CycleRule",
    "Decision",
    "Ending",
    "Footprint",
    "Invitation",
    "Job",
    "Kept",
    "LibraryItem",
    "MailedCode",
    "Meeting",
    "Membership",
    "Move",
    "Naming",
    "NoteAction",
    "NoteEntry",
    "Notes",
    "Organisation",
    "OrganisationAccount",
    "OutboxMail",
    "OwnCopy",
    "ReferenceFact",
    "Removal",
    "Reorganisation",
    "Sent",
    "Settlement",
    "SignIn",
    "StandingItem",
    "StoodUnder",
    "StoredFile",
    "Succession",
    "Successor",
    "TermsOfReference",
    "UsedCode",
    "User",
]
