"""The database of a demonstration: migrated, with the network and, once, with its invented history.

One process for all of it: starting Django is most of what a second `make run` has to wait for.
"""

import io
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cypcc_portal.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")


def main() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    from django.contrib.auth import get_user_model

    call_command("migrate", interactive=False, verbosity=0)
    with redirect_stdout(io.StringIO()):  # what each loads is of interest when it is called by itself
        call_command("seed_network")
    if get_user_model()._default_manager.filter(email="admin@demo.example").exists():
        print("==> The demonstration is loaded already; what was done in it is kept", file=sys.stderr)
        return
    print("==> Loading the demonstration", file=sys.stderr)
    with redirect_stdout(io.StringIO()):
        call_command("seed_demo", seed=1)


if __name__ == "__main__":
    main()
