"""The portal's settings with one page more: the floor that every page is compared with."""

from cypcc_portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
