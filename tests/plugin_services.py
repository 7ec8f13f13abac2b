"""What the tests need from the machine: Chromium, PostgreSQL, Redis; and which tests run where.

`make test` starts the services and names them in TEST_POSTGRES_URL and TEST_REDIS_URL. A test that asks for
one which is not there is skipped with the command that brings it.
"""

import gc
import os
import shutil
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

# The machine may be busy with the other half of the suite: how long an example takes says nothing.
hypothesis_settings.register_profile("portal", deadline=None, derandomize="CI" in os.environ)
hypothesis_settings.load_profile("portal")

# Playwright's own event loop makes Django take a test's thread for an asynchronous one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_user", "admin_client"}


def _touches_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    case = getattr(item, "cls", None)
    return case is not None and issubclass(case, TransactionTestCase)


# Before pytest's own -m, which deselects by these marks.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    from django.db import connection

    for item in items:
        if not _touches_database(item):
            item.add_marker(pytest.mark.pure)
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(
                pytest.mark.skip(reason="is about PostgreSQL: set DATABASE_URL, see make services")
            )


# After pytest-django has put tests without a database last: one that takes long would end alone there.
class LongestFirst:
    @staticmethod
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: not (item.get_closest_marker("slow") and item.get_closest_marker("pure")))


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules stay to the end: the search for garbage needs not look at them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LongestFirst())


def _service(name: str) -> str:
    url = os.environ.get(name)
    if not url:
        pytest.skip(f"{name} is not set; `make services` opens a shell that has it")
    return url


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return _service("TEST_POSTGRES_URL")


@pytest.fixture(scope="session")
def redis_url() -> str:
    return _service("TEST_REDIS_URL")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium without its calls home, or Playwright's own where Debian's is missing."""
    found = os.environ.get("TEST_CHROMIUM") or shutil.which("chromium")
    quiet = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return browser_type_launch_args | {"args": quiet} | ({"executable_path": found} if found else {})
