"""The worker and its beat. The beat ticks each minute; a worker that starts ticks at once.

So work that a killed worker left behind is found when the next one starts, and restarts more frequent than
the interval still get everything done.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cypcc_portal.settings")

app = Celery("cypcc_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_invented_figures(**_sent: Any) -> None:
    from network import checks

    try:
        checks.refuse_invented_figures()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal  # any other exception of a signal is only logged


@worker_ready.connect
def tick_at_once(**_sent: Any) -> None:
    try:
        app.send_task("network.tasks.tick")
    except Exception:  # the beat's own tick follows within a minute
        logging.getLogger(__name__).warning("no tick at the start of the worker", exc_info=True)
