"""The portal's own settings in a demonstration's environment, with a folder for each test process.

Nothing that a test writes (rate limits, mail, uploads, the broker's files) reaches another test process or
the demonstration of whoever runs the tests.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("PORTAL_DEMO", "1")
if "TEST_VAR" not in os.environ:
    os.environ["TEST_VAR"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["TEST_VAR"], ignore_errors=True)
os.environ["PORTAL_VAR"] = str(Path(os.environ["TEST_VAR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ.setdefault("LOG_LEVEL", "WARNING")

from cypcc_portal.settings import *
from tests import tables

tables.copied_into(DATABASES["default"])
STATIC_ROOT.mkdir(exist_ok=True)
# A slow hash guards real passwords; hundreds of sign-ins of invented people need none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Every test client is a server of its own, and would look for all files of style first.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False
