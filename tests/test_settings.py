"""Outside a demonstration the portal starts only with all that it needs, and never on invented figures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tables

ROOT = Path(__file__).resolve().parent.parent
REAL = {
    "SECRET_KEY": "k3J8-not-a-real-key-but-long-enough-and-mixed-9f2Lq7Zx0Vb4Nw6Ty1",
    "ALLOWED_HOSTS": "portal.example.org",
    "MFA_KEYS": "w8Zr-not-a-real-key-either-but-long-5Tq2Xn7Lc0Vd3Jm9Hs4",
}


def python(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run in a clean environment: only what is given here is set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, "LOG_LEVEL": "ERROR", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def database(tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}", "PORTAL_VAR": str(tmp_path)}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_what_is_missing_is_named_and_nothing_starts(tmp_path: Path, missing: str) -> None:
    given = {**REAL, **database(tmp_path)}
    del given[missing]
    answer = python("manage.py", "check", **given)
    assert answer.returncode != 0
    assert f"{missing} is not set" in answer.stderr
    assert "PORTAL_DEMO=1" in answer.stderr


def test_a_moved_clock_is_refused_outside_a_demonstration(tmp_path: Path) -> None:
    answer = python("manage.py", "check", **REAL, **database(tmp_path), PORTAL_NOW="2026-10-01")
    assert answer.returncode != 0
    assert "PORTAL_NOW" in answer.stderr


def test_a_clock_that_is_no_date_is_told_so(tmp_path: Path) -> None:
    answer = python("manage.py", "check", PORTAL_DEMO="1", PORTAL_VAR=str(tmp_path), PORTAL_NOW="Tuesday")
    assert answer.returncode != 0
    assert "is not a date or time" in answer.stderr


def test_half_of_what_organisations_accounts_need_is_refused(tmp_path: Path) -> None:
    some = {"OIDC_ISSUER": "https://login.example.org", "OIDC_CLIENT_ID": "portal"}
    answer = python("manage.py", "check", **REAL, **database(tmp_path), **some)
    assert answer.returncode != 0
    assert "OIDC_CLIENT_SECRET, OIDC_TENANTS" in answer.stderr


def test_a_provider_is_asked_over_https_only_outside_a_demonstration(tmp_path: Path) -> None:
    plain = {
        "OIDC_ISSUER": "http://login.example.org",
        "OIDC_CLIENT_ID": "portal",
        "OIDC_CLIENT_SECRET": "a-secret",
        "OIDC_TENANTS": "one",
    }
    answer = python("manage.py", "check", **REAL, **database(tmp_path), **plain)
    assert answer.returncode != 0
    assert "OIDC_ISSUER has to begin with https" in answer.stderr


def test_production_settings_leave_nothing_for_the_deployment_check_to_say(tmp_path: Path) -> None:
    answer = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **REAL, **database(tmp_path))
    said = answer.stdout + answer.stderr
    assert "security." not in said
    assert answer.returncode == 0 or "network.W001" in said  # only unbuilt styles may be missing here


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"MFA_KEYS": ""}, "network.W002"),
        ({"MFA_KEYS": "short"}, "network.E004"),
        ({"MFA_KEYS": f"{'a' * 40},{'a' * 40}"}, "network.E004"),
        ({"PORTAL_URL": "https://elsewhere.example.org"}, "network.E002"),
        ({"PORTAL_URL": "http://portal.example.org"}, "network.E003"),
        ({"PORTAL_URL": "https://192.0.2.1", "ALLOWED_HOSTS": "192.0.2.1"}, "network.E003"),
    ],
)
def test_the_deployment_check_names_what_second_factors_lack(
    tmp_path: Path, given: dict[str, str], found: str
) -> None:
    answer = python("manage.py", "check", "--deploy", **{**REAL, **database(tmp_path), **given})
    assert found in answer.stdout + answer.stderr


def test_a_demonstration_is_refused_where_figures_are_real(tmp_path: Path) -> None:
    answer = python("manage.py", "seed_demo", **REAL, **database(tmp_path))
    assert answer.returncode != 0
    assert "PORTAL_DEMO=1" in answer.stderr


@pytest.mark.slow
def test_start_up_fails_on_a_database_that_holds_a_demonstration(tmp_path: Path) -> None:
    where = database(tmp_path)
    tables.migrated(tmp_path / "portal.sqlite3")
    person = (
        "from network.people.models import User; User.objects.create_user('lead.kent@demo.example', 'Lead')"
    )
    assert python("manage.py", "shell", "-v0", "-c", person, PORTAL_DEMO="1", **where).returncode == 0
    web = ["-c", "import cypcc_portal.wsgi"]
    assert python(*web, PORTAL_DEMO="1", **where).returncode == 0
    worker = ["-m", "celery", "-A", "cypcc_portal", "worker", "-P", "solo"]
    for refused in (python(*web, **REAL, **where), python(*worker, **REAL, **where)):
        assert refused.returncode != 0
        assert "invented figures" in refused.stdout + refused.stderr
