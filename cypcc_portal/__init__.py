"""Floor 3: settings, addresses, the worker, home, search and what spans the apps."""

from cypcc_portal.celery import app as celery_app

__all__ = ["celery_app"]
