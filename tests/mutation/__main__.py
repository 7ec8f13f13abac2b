"""`make mutation`: takes the permission checks away one by one; each time a test has to fail.

Which ones: every way to ask who somebody is (`operators.py`), wherever a page or something that falls due
asks it (`checks.py`); in the wall's own files every condition too. No file is changed: the check is taken
away in a process that has the portal loaded (`swapping.py`), and those tests are asked that reach it
(`asking.py`). What survives is listed, and has to be explained in `survivors.toml`; an explanation without a
survivor is out of date and fails too.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutation.asking import Asking
from tests.mutation.checks import ROOT, WALL, Mutant, files, mutants

VIEWS = re.compile(r"(^|/|_)views(\.py$|/)|^cypcc_portal/home\.py$")
EXPLAINED = Path(__file__).with_name("survivors.toml")
TESTS = (
    "tests/test_access.py::test_a_door_opens_to_whom_it_should_and_to_nobody_else",
    "tests/test_restricted.py",
    *("tests/network", "tests/questionnaires", "tests/foi", "tests/actions", "tests/reports"),
    "tests/reorganisation",
)


def kept() -> Callable[[str], Path]:
    """Where it is kept what the tests of one file reach, until it or what it stands on changes."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py", "*.html"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    stands_on = hashlib.sha256()
    for path in sorted(path for path in listed if path and "/test_" not in path and "mutation" not in path):
        if (ROOT / path).exists():
            stands_on.update(path.encode() + b"\0" + (ROOT / path).read_bytes())

    def place(file: str) -> Path:
        digest = stands_on.copy()
        digest.update((ROOT / file).read_bytes())
        return ROOT / "var" / "mutation" / f"{Path(file).stem}-{digest.hexdigest()[:16]}.json"

    return place


def survivors(every: list[Mutant], wanted: list[Mutant], at_once: int) -> list[Mutant]:
    """Those of the wanted that no test notices; each line says how it went."""
    asking = Asking(every, wanted, at_once, kept())
    options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not browser and not slow"]
    code = pytest.main([*options, *TESTS], plugins=[asking])
    if code != pytest.ExitCode.OK:
        sys.exit("The tests could not be asked.")
    return asking.alive


def is_door(path: str) -> bool:
    """The wall's own files, and those that answer an address."""
    return path in WALL or VIEWS.search(path) is not None


def explained() -> dict[tuple[str, str, str], str]:
    """(file, operator, line of code) → why the check's absence changes nothing."""
    rows = tomllib.loads(EXPLAINED.read_text()).get("survivor", [])
    return {(row["file"], row["operator"], row["code"]): row["because"] for row in rows}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", help="files or folders; the wall's own files and all views if left out"
    )
    parser.add_argument("--everywhere", action="store_true", help="acts, tables and answers too: hours")
    parser.add_argument("--list", action="store_true", help="only say which checks there are")
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    every = {path: list(mutants(path)) for path in files()}
    named = tuple(given.paths)
    chosen = [
        path for path in every if given.everywhere or (path.startswith(named) if named else is_door(path))
    ]
    wanted = [mutant for path in chosen for mutant in every[path]]
    all_of_them = [mutant for path in every for mutant in every[path]]
    if given.list:
        print("\n".join(map(str, wanted)), f"\n{len(wanted)} checks")
        return 0
    alive = survivors(all_of_them, wanted, given.at_once)
    reasons = explained()
    keys = {(mutant.path, mutant.short, mutant.code): mutant for mutant in alive}
    unexplained = [mutant for key, mutant in keys.items() if key not in reasons]
    stale = [key for key in reasons if key not in keys and key[0] in chosen]
    print(f"\n{len(wanted)} checks taken away, {len(wanted) - len(alive)} noticed, {len(alive)} survived.")
    for key, mutant in keys.items():
        print(f"  {mutant}\n    {reasons.get(key, 'NOT EXPLAINED')}")
    for stale_key in stale:
        print(f"  explained, but noticed or gone: {' '.join(stale_key)}")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
