"""Who did what to which thing, when, on whose behalf: rows written in the transaction of the act, sealed
into a chain of hashes that shows whatever is changed, removed, put in or re-ordered afterwards.
"""

from network.audit.chain import AuditCheck, AuditHead, AuditSeal, check, faults, seal
from network.audit.entries import EXPORTED, AuditEntry, read, record
from network.audit.erasing import ERASED, erase

__all__ = [
    "ERASED",
    "EXPORTED",
    "AuditCheck",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "check",
    "erase",
    "faults",
    "read",
    "record",
    "seal",
]
