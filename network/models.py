"""Django looks for models here; each is written in the package of its subject."""

from network.agreements import Agreement
from network.audience import Naming
from network.audit import AuditEntry
from network.files import StoredFile
from network.jobs import Job
from network.mail import OutboxMail
from network.people.models import BankHoliday, Footprint, Membership, Organisation, Succession, User

__all__ = [
    "Agreement",
    "AuditEntry",
    "BankHoliday",
    "Footprint",
    "Job",
    "Membership",
    "Naming",
    "Organisation",
    "OutboxMail",
    "StoredFile",
    "Succession",
    "User",
]
