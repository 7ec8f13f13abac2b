"""`make mutation`: takes the permission checks away one by one; each time a test has to fail.

Which ones: every way to ask who somebody is (`operators.py`) in the wall's own files, in every view and
in every `readable_by`; in the wall's own files every condition too. The portal is copied aside, so that a
working tree stays as it is. What survives is listed, and has to be explained in `survivors.toml`; an
explanation without a survivor is out of date and fails too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import apply_mutation
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome

from tests.mutation.operators import Provider

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("survivors.toml")
APPS = ("network", "questionnaires", "foi", "actions", "cypcc_portal")
WALL = ("network/roles.py", "network/audience.py", "network/guards.py")
CONDITIONS = ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd")
COMPARISONS = ("Is_IsNot", "IsNot_Is", "Eq_NotEq", "NotEq_Eq")
TIMEOUT = 900.0  # seconds for all tests of one mutant


@dataclass(frozen=True)
class Mutant:
    path: str
    operator: str
    occurrence: int
    line: int
    code: str  # of its first line, as it stands

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator.split('/')[1]}: {self.code}"


def files() -> list[str]:
    """The wall's own files, the views, and the models with their `readable_by`."""
    named = subprocess.run(
        ["git", "ls-files", *(f"{app}/*.py" for app in APPS)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [path for path in named if path in WALL or "/views" in path or "/models" in path]


def mutants(path: str) -> Iterator[Mutant]:
    """Every check of one file that can be taken away."""
    lines = (ROOT / path).read_text().splitlines()
    operators = [f"portal/{name}" for name in Provider()]
    if path in WALL:
        comparisons = (f"ReplaceComparisonOperator_{name}" for name in COMPARISONS)
        operators += [f"core/{name}" for name in (*CONDITIONS, *comparisons)]
    tree = get_ast_from_path(ROOT / path)
    for name in operators:
        operator = plugins.get_operator(name)()
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, ((line, _column), _end) in enumerate(places):
            if "if TYPE_CHECKING" not in lines[line - 1]:
                yield Mutant(path, name, occurrence, line, lines[line - 1].strip())


def doors() -> dict[str, list[str]]:
    """The names of the addresses that each file's views answer."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.urls import get_resolver
    from django.urls.resolvers import URLPattern, URLResolver

    found: dict[str, list[str]] = defaultdict(list)

    def look(patterns: Sequence[URLPattern | URLResolver]) -> None:
        for each in patterns:
            if isinstance(each, URLResolver):
                look(each.url_patterns)
            elif each.name:
                found[each.callback.__module__.replace(".", "/") + ".py"].append(each.name)

    look(get_resolver().url_patterns)
    return found


OPENS = "tests/test_access.py::test_a_door_opens_to_whom_it_should_and_to_nobody_else"


def stages(path: str, named: dict[str, list[str]]) -> list[list[str]]:
    """Which tests are asked, nearest first: the doors of the file, those of its room, then the whole wall."""
    room = path.rsplit("/", 1)[0].split("/views")[0].removesuffix("/models")
    of_room = [name for file, names in named.items() if file.startswith(room + "/") for name in names]
    app = path.split("/")[0]
    tests = {"cypcc_portal": "reports"}.get(app, app)
    nearest = [f"{OPENS}[{name}]" for name in named.get(path, [])]
    return [
        nearest,
        [f"{OPENS}[{name}]" for name in of_room],
        [f"tests/{tests}"],
        ["tests/test_access.py"],
    ]


def killed(mutant: Mutant, here: Path, named: dict[str, list[str]]) -> bool:
    """Whether a test of the copy `here` fails once the check is taken away."""
    file = here / mutant.path
    before = file.read_text()
    try:
        _, after = apply_mutation(file, plugins.get_operator(mutant.operator)(), mutant.occurrence)
        if after is None:
            raise LookupError(f"{mutant} was not found in the copy")
        return any(_fails(stage, here) for stage in stages(mutant.path, named) if stage)
    finally:
        file.write_text(before)


def _fails(stage: list[str], here: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    marks = ["-m", "not browser and not slow"]
    wanted = [f'"{part}"' for part in stage]
    os_command = " ".join(
        [
            *(f'"{part}"' for part in command),
            "--rootdir",
            f'"{here}"',
            *(f'"{part}"' for part in marks),
            *wanted,
        ]
    )
    outcome, said = run_tests(f'/usr/bin/env -C "{here}" {os_command}', TIMEOUT)
    if outcome is TestOutcome.INCOMPETENT or "no tests ran" in said:
        raise RuntimeError(said)
    return outcome is TestOutcome.KILLED


def copied(to: Path) -> Path:
    """The last commit, with the compiled styles of the working tree."""
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(to)], check=True)
    subprocess.run(["cp", "-r", str(ROOT / "static/build"), str(to / "static/build")], check=True)
    return to


def survivors(wanted: list[Mutant], at_once: int, named: dict[str, list[str]]) -> list[Mutant]:
    """Those that no test notices; each line says how it went."""
    with (
        tempfile.TemporaryDirectory(prefix="portal-mutation-") as folder,
        ThreadPoolExecutor(at_once) as pool,
    ):
        places = [copied(Path(folder) / str(number)) for number in range(at_once)]

        def judged(mutant: Mutant) -> bool:
            here = places.pop()
            try:
                dead = killed(mutant, here, named)
            finally:
                places.append(here)
            print("killed  " if dead else "SURVIVED", mutant, flush=True)
            return dead

        return [mutant for mutant, dead in zip(wanted, pool.map(judged, wanted), strict=True) if not dead]


def explained() -> dict[tuple[str, str, str], str]:
    """(file, operator, line of code) → why the check's absence changes nothing."""
    rows = tomllib.loads(EXPLAINED.read_text()).get("survivor", [])
    return {(row["file"], row["operator"], row["code"]): row["because"] for row in rows}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("paths", nargs="*", help="files or folders; everything if left out")
    parser.add_argument("--list", action="store_true", help="only say which checks there are")
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    plugins.OPERATOR_PROVIDERS["portal"] = Provider()
    chosen = [
        path for path in files() if not given.paths or any(path.startswith(each) for each in given.paths)
    ]
    wanted = [mutant for path in chosen for mutant in mutants(path)]
    if given.list:
        print("\n".join(map(str, wanted)), f"\n{len(wanted)} checks")
        return 0
    alive = survivors(wanted, given.at_once, doors())
    reasons = explained()
    keys = {(mutant.path, mutant.operator.split("/")[1], mutant.code): mutant for mutant in alive}
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
