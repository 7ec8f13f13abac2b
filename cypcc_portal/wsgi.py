"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cypcc_portal.settings")
application = get_wsgi_application()

from network.checks import refuse_invented_figures  # noqa: E402 - the settings must be ready first

refuse_invented_figures()
