"""Which tests notice: first each test says which checks it reaches, then each check is taken away and the
tests that reach it are asked, nearest first, until one fails.

All happens in one process that has loaded the portal and made its rows, and in forks of it: a fork begins
where its parent stood, so that asking one test takes as long as the test. The doors of the wall are asked
with their world already made.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.checks import Mutant
from tests.mutation.swapping import REACHED, Live

WALK = "tests/test_access.py"
OPENS = "test_a_door_opens_to_whom_it_should_and_to_nobody_else["
LONGEST = 600  # seconds for all tests that are asked of one mutant
NEAR = 6.0  # seconds for the doors that are asked before any other test
LONGEST_OF_ALL = 3600  # seconds for all tests
FORKING = multiprocessing.get_context("fork")


@dataclass
class Known:
    """What running a test file once has told: by test the functions that it reaches, and its seconds."""

    reaches: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def add(self, other: Known) -> None:
        self.reaches |= other.reaches
        self.seconds |= other.seconds
        self.failed += other.failed

    def of(self, file: str) -> Known:
        begins = f"{file}::"
        return Known(
            {name: found for name, found in self.reaches.items() if name.startswith(begins)},
            {name: took for name, took in self.seconds.items() if name.startswith(begins)},
        )


def folders(path: str) -> list[str]:
    """Where the tests of a file of the portal lie, besides the walk."""
    app = path.split("/")[0]
    own = {"cypcc_portal": ["tests/reports/"], "network": ["tests/network/", "tests/reorganisation/"]}
    return [
        *own.get(app, [f"tests/{app}/"]),
        "tests/network/test_fresh_sign_in.py",
        "tests/test_restricted.py",
    ]


def _parts(files: list[list[pytest.Item]], number: int) -> list[list[pytest.Item]]:
    """So many parts of about the same length; the tests of one file stay together, if there are several."""
    if len(files) == 1:
        size = -(-len(files[0]) // number)
        return [files[0][start : start + size] for start in range(0, len(files[0]), size)]
    parts: list[list[pytest.Item]] = [[] for _ in range(number)]
    for one in sorted(files, key=len, reverse=True):
        min(parts, key=len).extend(one)
    return [part for part in parts if part]


def doors() -> dict[str, list[str]]:
    """The names of the addresses that each file's views answer."""
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


class Asking:
    """A plugin that runs the collected tests in its own order."""

    def __init__(
        self, every: list[Mutant], wanted: list[Mutant], at_once: int, kept: Callable[[str], Path]
    ) -> None:
        self.every, self.wanted, self.at_once, self.kept = every, wanted, at_once, kept
        self.alive: list[Mutant] = []
        self.failure = ""

    # -- pytest's side --------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.went += report.duration
        if report.failed:
            self.failure = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        assert not session.testsfailed, "not every test could be collected"
        session.config.pluginmanager.unregister(name="terminalreporter")
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.live = Live(sorted({one.path for one in self.every}))
        self.known, self.doors = Known(), doors()
        walk = [item for item in session.items if item.nodeid.startswith(WALK)]
        self.learn(walk)
        self.alive = list(self.wanted)
        nearest = {mutant: self.near(self.reaching(mutant, walk=True)) for mutant in self.alive}
        self.ask(nearest, walk=True)
        rooms = {folder for mutant in self.alive for folder in folders(mutant.path)}
        self.learn([item for item in session.items if item.nodeid.startswith(tuple(rooms))])
        self.ask({mutant: self.reaching(mutant, walk=False) for mutant in self.alive}, walk=False)
        others = {mutant: self.reaching(mutant, walk=True) for mutant in self.alive}
        self.ask({one: items[len(nearest[one]) :] for one, items in others.items()}, walk=True)
        return True

    def run(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Whether the test passes; what it stands on stays for the `following` one."""
        self.failure, self.went = "", 0.0
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self.failure

    # -- Which test reaches what ----------------------------------------------------------------------

    def learn(self, items: list[pytest.Item]) -> None:
        """Runs once each file of these tests of which it is not known yet what its tests reach."""
        files: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in items:
            files[item.nodeid.split("::")[0]].append(item)
        new = {}
        for file, tests in files.items():
            if self.kept(file).exists():
                self.known.add(Known(**json.loads(self.kept(file).read_text())))
            else:
                new[file] = tests
        if not new:
            return
        print(f"Running {sum(map(len, new.values()))} tests once, to see what each reaches.", flush=True)
        parts = [partial(self._all_of, part) for part in _parts(list(new.values()), self.at_once)]
        for _, part in in_forks(parts, self.at_once, LONGEST_OF_ALL):
            assert isinstance(part, Known), "the tests ended before their time"
            self.known.add(part)
        for nodeid in self.known.failed:
            print(f"Not asked, for it fails with every check in its place: {nodeid}", flush=True)
            self.known.reaches.pop(nodeid, None)
        for file in new.keys() - {nodeid.split("::")[0] for nodeid in self.known.failed}:
            self.kept(file).parent.mkdir(parents=True, exist_ok=True)
            self.kept(file).write_text(json.dumps(vars(self.known.of(file))))

    def _all_of(self, items: list[pytest.Item]) -> Known:
        lines: dict[str, set[int]] = defaultdict(set)
        for mutant in self.every:
            path, line = mutant.function.rsplit(":", 1)
            lines[path].add(int(line))
        self.live.mark(lines)
        known = Known()
        for item, following in zip(items, [*items[1:], None], strict=True):
            REACHED.clear()
            if not self.run(item, following):
                known.failed.append(item.nodeid)
            known.reaches[item.nodeid] = sorted(REACHED)
            known.seconds[item.nodeid] = self.went
        return known

    # -- Taking away ----------------------------------------------------------------------------------

    def ask(self, items: dict[Mutant, list[pytest.Item]], *, walk: bool) -> None:
        """Asks of each mutant these tests, all of them of the walk or none; who is noticed lives no more."""
        trials = [mutant for mutant in self.alive if items[mutant]]
        if trials:
            self.warm(walk=walk)
        while trials:
            jobs = [partial(self.failing, items[mutant], mutant) for mutant in trials]
            again = []
            for index, nodeid in in_forks(jobs, self.at_once, LONGEST):
                mutant = trials[index]
                if nodeid and not self.sound(nodeid):
                    items[mutant] = [item for item in items[mutant] if item.nodeid != nodeid]
                    again += [mutant] if items[mutant] else []
                elif nodeid != "":
                    self.alive.remove(mutant)
                    print(f"noticed  {mutant}\n         by {nodeid or 'the time that it took'}", flush=True)
            trials = again
        print(f"{len(self.alive)} live on.", *map(str, self.alive), sep="\n         ", flush=True)

    def near(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """As many of the tests as take a moment."""
        took = accumulate(self.known.seconds[item.nodeid] for item in items)
        return [item for item, until in zip(items, took, strict=True) if item is items[0] or until < NEAR]

    def sound(self, nodeid: str) -> bool:
        """Whether the test passes where its parent stands, with every check in its place."""
        if nodeid not in self.sounds:
            [(_, failed)] = in_forks([partial(self.failing, [self.items[nodeid]])], 1, LONGEST)
            self.sounds[nodeid] = failed == ""
            if failed != "":
                print(f"Not asked, for it fails by itself here: {nodeid}", flush=True)
        return self.sounds[nodeid]

    def failing(self, items: list[pytest.Item], mutant: Mutant | None = None) -> str:
        """The first test that fails, with the check taken away; "" if none does."""
        if mutant:
            assert self.live.put(mutant.path, mutant.source()), f"{mutant} stands in no function"
        self.session._setupstate.teardown_exact(items[0])
        for item, following in zip(items, [*items[1:], self.beside(items[-1])], strict=True):
            if not self.run(item, following):
                return item.nodeid
        return ""

    def beside(self, item: pytest.Item) -> pytest.Item | None:
        """Another test of the same file, for which what both stand on is left standing."""
        return next((one for one in self.session.items if one.path == item.path and one is not item), None)

    def reaching(self, mutant: Mutant, *, walk: bool) -> list[pytest.Item]:
        """The tests that reach the check, nearest first."""
        found = [
            nodeid
            for nodeid, reached in self.known.reaches.items()
            if mutant.function in reached and nodeid in self.items and nodeid.startswith(WALK) == walk
        ]
        return [self.items[nodeid] for nodeid in sorted(found, key=lambda one: self._far(mutant, one))]

    def _far(self, mutant: Mutant, nodeid: str) -> tuple[Any, ...]:
        """The walk through the file's own doors, those of its room, the others; else test files as wholes."""
        seconds = self.known.seconds[nodeid]
        if not nodeid.startswith(WALK):
            file = nodeid.split("::")[0]
            whole = sum(self.known.of(file).seconds.values())
            return (whole, file, seconds)
        name = nodeid.rsplit("[", 1)[-1].rstrip("]")
        room = mutant.path.rsplit("/", 1)[0].split("/views")[0].removesuffix("/models") + "/"
        of_file = name in self.doors.get(mutant.path, ())
        of_room = any(name in names for file, names in self.doors.items() if file.startswith(room))
        return (OPENS not in nodeid, not of_file, not of_room, seconds)

    def warm(self, *, walk: bool) -> None:
        """Makes what the tests of the walk stand on, or only the rows of the network's own data."""
        tests = [
            item
            for item in self.session.items
            if item.nodeid.startswith(WALK) == walk and not item.get_closest_marker("pure")
        ]
        first = min(tests, key=lambda item: self.known.seconds.get(item.nodeid, LONGEST))
        self.session._setupstate.teardown_exact(first)
        self.sounds: dict[str, bool] = {}
        assert self.run(first, self.beside(first)), f"{first.nodeid} fails with every check in its place"


def in_forks(jobs: Sequence[Callable[[], Any]], at_once: int, longest: int) -> Iterator[tuple[int, Any]]:
    """(which job, its answer) as each ends in a fork of its own; the answer is None if it took longer."""
    waiting = list(enumerate(jobs))
    running: dict[Connection[Any, Any], tuple[int, Any]] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            index, job = waiting.pop(0)
            ours, theirs = FORKING.Pipe(duplex=False)
            process = FORKING.Process(target=_answer, args=(theirs, job, longest))
            process.start()
            theirs.close()
            running[ours] = (index, process)
        ready = wait(list(running))
        for ended in [one for one in running if one in ready]:
            index, process = running.pop(ended)
            try:
                answer, trouble = ended.recv()
            except EOFError:
                answer, trouble = None, ""
            process.join()
            if trouble:
                raise RuntimeError(trouble)
            yield index, answer


def _answer(to: Connection[Any, Any], job: Callable[[], Any], longest: int) -> None:
    signal.alarm(longest)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        to.send((job(), ""))
    except Exception:
        to.send((None, traceback.format_exc()))
    to.close()
    os._exit(0)
