"""A job whose first attempt takes so long that its worker can be killed in the middle of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from network import jobs
from network.files import StoredFile


def ask() -> None:
    jobs.request("test.killed", "once")


@jobs.handler("test.killed")
def slow_the_first_time(job: jobs.Job, progress: jobs.Progress) -> None:
    progress.at(50, "In the middle")
    if job.attempts == 1:
        Path(os.environ["KILLED_WORKER_MARK"]).touch()
        time.sleep(120)
    with progress.finishing():
        StoredFile.objects.create(name=f"result of attempt {job.attempts}", size=1)
