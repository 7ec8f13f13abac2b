"""The two commands' own parts: what is installed is pinned, and what was started is gone afterwards."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.house import ROOT

LISTS = ("requirements", "requirements-dev", "tools/requirements-node")


def entries(path: str) -> list[str]:
    """Each requirement of a compiled list, with its hashes, as one line."""
    text = (ROOT / path).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", LISTS)
def test_every_installed_package_has_one_version_and_its_hashes(name: str) -> None:
    lines = entries(f"{name}.txt")
    assert lines
    for line in lines:
        assert re.match(r"[\w.-]+==\S+", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("name", LISTS)
def test_every_dependency_that_was_asked_for_is_in_the_compiled_list(name: str) -> None:
    compiled = {re.split(r"[=\[ ]", line)[0].lower() for line in entries(f"{name}.txt")}
    asked = [re.split(r"[~=<>\[ #]", line)[0] for line in (ROOT / f"{name}.in").read_text().splitlines()]
    missing = [
        package for package in asked if package and package != "-c" and package.lower() not in compiled
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_dependency_has_its_reason_beside_it(name: str) -> None:
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    asked = [line for line in lines if line and not line.startswith(("#", "-c"))]
    assert asked
    assert [line for line in asked if not line.partition("#")[2].strip()] == []


def test_the_same_package_has_the_same_version_in_both_lists() -> None:
    versions = [
        dict(line.split(" ")[0].split("==") for line in entries(f"{name}.txt"))
        for name in ("requirements", "requirements-dev")
    ]
    both = versions[0].keys() & versions[1].keys() - {"numpy"}  # numpy: one version for each Python
    assert both
    assert {name for name in both if versions[0][name] != versions[1][name]} == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -TERM $PPID; sleep 60", 143)]
)
def test_services_answer_while_the_command_runs_and_are_gone_after_it(
    tmp_path: Path, script: str, code: int
) -> None:
    if "TEST_POSTGRES_URL" not in os.environ:
        pytest.skip("PostgreSQL and Redis may not be installed; make test installs them")
    told = tmp_path / "told"
    store = Path(tempfile.mkdtemp())
    store.chmod(0o755)  # PostgreSQL's own user has to reach its folder
    look = "import os, psycopg, redis; psycopg.connect(os.environ['TEST_POSTGRES_URL']).execute('select 1'); "
    look += "assert redis.Redis.from_url(os.environ['TEST_REDIS_URL']).ping()"
    command = f'echo "$TEST_POSTGRES_URL $TEST_REDIS_URL" >{told}; "{sys.executable}" -c "{look}" || exit 9; '
    surroundings = os.environ | {"TMPDIR": str(store)}
    ended = subprocess.run(
        [sys.executable, "tools/services.py", "bash", "-c", command + script],
        cwd=ROOT,
        env=surroundings,
        timeout=90,
    )
    assert ended.returncode == code
    for url in told.read_text().split():
        port = re.search(r":(\d+)/", url)
        assert port
        assert not something_listens(int(port[1]))
    store.rmdir()  # nothing was left in it


def something_listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
def test_the_pdf_check_tells_an_accessible_pdf_from_one_that_is_not(tmp_path: Path) -> None:
    import weasyprint

    head = "<title>A report</title><style>html{font-family:Liberation Sans}</style>"
    page = weasyprint.HTML(string=f"<html lang=en>{head}<h1>A report</h1>")
    page.write_pdf(tmp_path / "tagged.pdf", pdf_variant="pdf/ua-1")
    page.write_pdf(tmp_path / "untagged.pdf")
    codes = {}
    for name in ("tagged", "untagged", "missing"):
        command = ["tests/tools/check-pdf", str(tmp_path / f"{name}.pdf")]
        codes[name] = subprocess.run(command, cwd=ROOT, capture_output=True).returncode
    assert codes == {"tagged": 0, "untagged": 1, "missing": 2}
