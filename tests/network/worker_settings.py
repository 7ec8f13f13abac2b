"""The portal's settings for a worker that a test starts and kills: a short lease, and a job made for it."""

from cypcc_portal.settings import *  # noqa: F403

JOB_LEASE_SECONDS = 6
CELERY_IMPORTS = ["tests.network.worker_jobs"]
