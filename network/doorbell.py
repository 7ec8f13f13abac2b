"""Rings for a worker. Nobody depends on it: the rows are the truth, and each tick looks at them."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.app.task import Task

logger = logging.getLogger(__name__)

SILENCE = 30
"""Seconds without ringing after the broker was away, so that people who save do not each wait for it."""

_silent_until = 0.0


def ring(task: Task[Any, Any], *arguments: int, wait: float = 0) -> bool:
    """Asks a worker to do the task, `wait` seconds from now; False if no message was sent. Never raises."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return False
    try:
        task.apply_async(arguments, countdown=wait, retry=False)
    except Exception:  # each broker has its own; none of them may fail what the person has just done
        _silent_until = time.monotonic() + SILENCE
        logger.warning("no message sent to a worker; the ticks look after it", exc_info=True)
        return False
    return True
