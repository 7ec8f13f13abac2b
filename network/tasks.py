"""Names the ground floor's tasks for Celery, which looks for them here."""

from __future__ import annotations

import logging

from celery import shared_task

from network import tick as ticking
from network.jobs import run_job
from network.mail import deliver_mail
from network.membership.inviting import write as write_invitation
from network.oversight.tasks import check_audit, propose_removal, remove
from network.passwords import send_link

__all__ = [
    "check_audit",
    "deliver_mail",
    "propose_removal",
    "remove",
    "run_job",
    "send_link",
    "tick",
    "write_invitation",
]

logger = logging.getLogger(__name__)


@shared_task(name="network.tasks.tick")
def tick() -> None:
    for line in ticking.tick().said:
        logger.info("tick: %s", line)
