"""The portal's settings with sessions of a few seconds, for a test that waits for their end."""

from cypcc_portal.settings import *  # noqa: F403

IDLE_MINUTES = 15 / 60
SESSION_WARN_MINUTES = 10 / 60
