"""What a beat does each minute: whatever is due, worked out from rows and the calendar, never from an
interval.

Two at once do no harm: each part claims or makes its rows by unique keys. A part that fails does not stop
the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from network import jobs, mail, registry
from network.files import printing, sweep

logger = logging.getLogger(__name__)

Due = Callable[[], str]
"""Does whatever is due and says so in one line; an empty line if nothing was."""


@dataclass
class Ticked:
    said: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def do(self, due: Due) -> None:
        """Does one part and notes what it said; its failure is noted too and goes no further."""
        try:
            line = due()
        except Exception as error:
            name = f"{due.__module__}.{getattr(due, '__name__', 'work')}"
            logger.exception("tick: %s failed", name)
            self.failed.append(f"{name} failed: {type(error).__name__}: {error}")
        else:
            if line:
                self.said.append(line)


def tick() -> Ticked:
    """Does everything that is due by `dates.now()`; what was done, and which parts failed."""
    ticked = Ticked()
    for due in registry.due_work():
        ticked.do(due)
    for due in (_uncertain_mail, _mail, _jobs, _rendered_pages, _lost_files):
        ticked.do(due)
    return ticked


def _jobs() -> str:
    rung = jobs.sweep()
    return f"{rung} waiting or unfinished {'job' if rung == 1 else 'jobs'} rung again" if rung else ""


def _uncertain_mail() -> str:
    reported = mail.report_uncertain()
    return f"{reported} half-sent {'mail' if reported == 1 else 'mails'} reported" if reported else ""


def _mail() -> str:
    sent = mail.deliver_due()
    return f"{sent} {'mail' if sent == 1 else 'mails'} sent" if sent else ""


def _rendered_pages() -> str:
    removed = printing.purge()
    return f"{removed} old rendered {'PDF' if removed == 1 else 'PDFs'} removed" if removed else ""


def _lost_files() -> str:
    removed = sweep()
    return f"{removed} {'file' if removed == 1 else 'files'} without a row removed" if removed else ""
