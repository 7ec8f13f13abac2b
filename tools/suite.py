"""All tests in three parts, each on what it is about; every part runs even if another one fails. The
part of the browsers waits more than it works: it runs beside the two others, and its words follow when all
are through.

What is given on the command line goes to pytest in each part (`tools/test tests/foi`). The exit code is the
first part's that did not pass. A part without a test has not passed: it would promise what nobody looked at.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree import ElementTree

POSTGRES = os.environ["TEST_POSTGRES_URL"]
CORES = len(os.sched_getaffinity(0))
NO_TESTS = 5  # pytest's exit code for "no test collected"


class Part(NamedTuple):
    name: str
    marks: str
    surroundings: dict[str, str]
    where: tuple[str, ...] = ()  # unless something else is asked for
    workers: int = max(2, CORES)


PARTS = (
    Part("SQLite", "not browser and not postgres", {}),
    Part("PostgreSQL", "not browser and not pure and not once", {"DATABASE_URL": POSTGRES}),
    Part("browser", "browser", {}, ("tests/browser",), workers=2),  # each with a browser and servers
)


Outcome = tuple[int, str]
"""pytest's exit code, and its counts in a line as pytest words them."""


def run(part: Part, arguments: list[str], results: Path, said_to: IO[bytes] | None = None) -> Outcome:
    """One part; what pytest says goes to the terminal, or into a file."""
    report = results / f"{part.name}.xml"
    spread = ["-n", str(part.workers), "--dist", "worksteal", "--durations=10"]
    command = [sys.executable, "-m", "pytest", *spread, "-m", part.marks, f"--junitxml={report}"]
    started = time.monotonic()
    command += arguments or part.where
    if said_to is None:
        print(f"\n{part.name}: tests that are {part.marks}", flush=True)
    around = _surroundings(results) | part.surroundings
    code = subprocess.run(command, env=around, stdout=said_to, stderr=said_to).returncode
    seconds = time.monotonic() - started
    counts = {"failed": 0, "passed": 0, "skipped": 0, "errors": 0}
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            counts["failed"] += int(suite.get("failures", 0))
            counts["skipped"] += int(suite.get("skipped", 0))
            counts["errors"] += int(suite.get("errors", 0))
            counts["passed"] += int(suite.get("tests", 0))
    counts["passed"] -= counts["failed"] + counts["skipped"] + counts["errors"]
    said = ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no tests ran"
    return code, f"{said} in {seconds:.2f}s"


def _tables(results: Path) -> dict[str, str]:
    """The tables made once for all parts; if that fails, each process of each part says why by itself."""
    folder = results / "tables"
    command = [sys.executable, "-m", "tests.tables", str(folder)]
    made = subprocess.run(command, env=_surroundings(results)).returncode == 0
    return {"TEST_TABLES": str(folder)} if made else {}


def _surroundings(results: Path) -> dict[str, str]:
    """Many tests start the portal as a program of its own: what one of them compiled serves the next. What
    `make test` installs is no reason to skip a test."""
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return around | {"PYTHONPYCACHEPREFIX": str(results / "compiled"), "TEST_WHOLE": "1"}


def run_all(arguments: list[str], results: Path) -> list[Outcome]:
    sqlite, postgres, browser = PARTS
    with ThreadPoolExecutor(1) as beside, (results / "browser.txt").open("w+b") as said:
        third = beside.submit(run, browser, arguments, results, said)
        found = [run(part, arguments, results) for part in (sqlite, postgres)]
        found.append(third.result())
        said.seek(0)
        print(f"\n{browser.name}: tests that are {browser.marks}\n{said.read().decode(errors='replace')}")
    return found


def main() -> int:
    arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="portal-results-") as results:
        os.environ |= _tables(Path(results))
        outcomes = run_all(arguments, Path(results))
    narrowed = bool(arguments)  # somebody asked for some tests only: a part may well have none of them
    codes = [0 if code == NO_TESTS and narrowed else code for code, _ in outcomes]
    print()
    for part, (_, said), code in zip(PARTS, outcomes, codes, strict=True):
        print(f"{part.name}: {'clean' if code == 0 else f'NOT clean (pytest exit code {code})'}")
        print(f" {said} ".center(80, "="))
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
