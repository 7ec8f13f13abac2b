"""One more answer to what a period brought: nothing, and the first time only after a long while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from network import registry
from network.dates import Period
from network.figures import Chapter

PERIOD = "2026-H2"
MARK = "gathering"


def slow(period: Period) -> Iterator[Chapter]:
    mark = Path(settings.VAR_DIR) / MARK
    if period.key == PERIOD and not mark.exists():
        mark.touch()
        time.sleep(600)
    return iter(())


if (
    settings.SETTINGS_MODULE == "tests.browser.slow_figures"
):  # in the worker that is to be killed, nowhere else
    registry.figures.answer(slow)
