"""The portal's settings with a worker that can be killed while it gathers a half-year's figures."""

from cypcc_portal.settings import *  # noqa: F403

CELERY_IMPORTS = ["tests.browser.slow_figures_provider"]
