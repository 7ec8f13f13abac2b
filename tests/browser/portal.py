"""A whole portal of its own: server, worker and beat as processes, with a database and a folder.

A demonstration is laid down once for a test run, and every portal starts from a copy of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import tables

ROOT = Path(__file__).resolve().parent.parent.parent
AS_OF = "2026-11-22"
NOW = f"{AS_OF}T09:00"
PASSWORD = "continuing-care-demo"
STARTS_WITHIN = 60  # seconds, on a machine that does other things besides
ENDS_WITHIN = 8

# What the surroundings of the test run must not decide for a portal.
OURS = (
    "DJANGO_SETTINGS_MODULE",
    "PORTAL_",
    "DEMO_PASSWORD",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
)


def address(name: str) -> str:
    """`address("lead.kent")`: what that person of the demonstration signs in with."""
    return f"{name}@demo.example"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One of several test processes at a time."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# Databases: a file, or one of PostgreSQL's that is made from another as its template.


def postgres(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@dataclass(frozen=True)
class Store:
    """Where a portal keeps what it knows: its folder, and on PostgreSQL a database beside it."""

    folder: Path
    server: str = ""  # a PostgreSQL address under which databases may be made; empty for SQLite
    name: str = ""

    @property
    def database_url(self) -> str:
        if self.server:
            return re.sub(r"/[^/]*$", f"/{self.name}", self.server)
        return f"sqlite:///{self.folder / 'portal.sqlite3'}"

    @classmethod
    def new(cls, folder: Path, server: str, template: str = "") -> Store:
        name = f"portal_{secrets.token_hex(6)}" if server else ""
        if server:
            postgres(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return cls(folder, server, name)

    def copy(self, folder: Path) -> Store:
        shutil.copytree(self.folder, folder)
        return self.new(folder, self.server, self.name)

    def remove(self) -> None:
        if self.server:
            postgres(self.server, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


def server_address() -> str:
    """The PostgreSQL that DATABASE_URL names; empty for SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def lay_down(folder: Path) -> Store:
    """A demonstration as of 22 November 2026, with its static files as an installation serves them."""
    folder.mkdir(parents=True)
    store = Store.new(folder, server_address())
    portal = Portal(store)
    if store.server:
        portal.manage("migrate", "--verbosity=0")
    else:
        tables.migrated(folder / "portal.sqlite3")
    portal.manage("seed_demo", "--seed=1", f"--as-of={AS_OF}")
    portal.manage("collectstatic", "--noinput", "--verbosity=0")
    return store


def shared(folder: Path, make: Callable[[Path], Store]) -> Store:
    """What `make` made in this folder, made by whichever test process comes first."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "store.json"
    with alone(folder / "lock"):
        if not told.exists():
            store = make(folder / "var")
            told.write_text(json.dumps([store.server, store.name]))
    return Store(folder / "var", *json.loads(told.read_text()))


# Processes


@dataclass
class Portal:
    """Server, worker and beat over one store. `now` is what its clock says; it stands still."""

    store: Store
    now: str = NOW
    settings: str = "cypcc_portal.settings"
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    host: str = "127.0.0.1"  # as people call it; passkeys want a name
    extra: Mapping[str, str] = field(default_factory=dict)  # settings of its own
    told_before: dict[str, int] = field(
        default_factory=dict
    )  # how long each log was when its process started

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def log(self, name: str) -> Path:
        return self.store.folder / f"{name}.log"

    def said(self, name: str) -> str:
        """What a process wrote since it was last started."""
        return self.log(name).read_text(errors="replace")[self.told_before[name] :]

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return kept | {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PORTAL_DEMO": "1",
            "PORTAL_NOW": self.now,
            "PORTAL_VAR": str(self.store.folder),
            "PORTAL_URL": self.url,
            "DATABASE_URL": self.store.database_url,
            "PORT": str(self.port),
            "LOG_LEVEL": "INFO",  # a worker says when it is ready
            "PYTHONUNBUFFERED": "1",
            **self.extra,
            **(more or {}),
        }

    def manage(self, *arguments: str, expect: int = 0) -> str:
        """What a management command printed; it must exit with the expected code."""
        ended = self.python("manage.py", *arguments)
        assert ended.returncode == expect, (
            f"manage.py {' '.join(arguments)}: {ended.returncode}\n{ended.stderr}"
        )
        return ended.stdout + ended.stderr

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment(), capture_output=True, text=True
        )

    def start(self, *names: str, more: Mapping[str, str] | None = None) -> None:
        """`start("web", "worker")`; returns when they answer."""
        for name in names:
            self._start(name, COMMANDS[name](self), more)
        for name in names:
            self._wait(name)

    def _start(self, name: str, command: list[str], more: Mapping[str, str] | None) -> None:
        assert name not in self.running, f"{name} runs already"
        with self.log(name).open("ab") as log:
            self.told_before[name] = log.tell()
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment(more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that it can be ended with its children
            )

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while not READY[name](self):
            if self.running[name].poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{name} did not start:\n{self.said(name)[-4000:]}")
            time.sleep(0.1)

    def stop(self, *names: str, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends these processes and their children, all if none is named; SIGKILL is a crash."""
        ending = {name: self.running.pop(name) for name in names or tuple(self.running)}
        for process in ending.values():
            if by is not signal.SIGKILL and process.poll() is None:
                process.send_signal(by)  # to the parent, which ends its children itself
        for process in ending.values():
            if by is not signal.SIGKILL:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(ENDS_WITHIN)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # also a child that outlived its parent
            process.wait(ENDS_WITHIN)

    def at(self, now: str, *names: str) -> None:
        """The clock moves: everything is started again at another time."""
        running = names or tuple(self.running)
        self.stop()
        self.now = now
        self.start(*running)

    def failures(self) -> str:
        """Where a process wrote of an error, with what stands around it."""
        logs = [
            (name, self.log(name).read_text(errors="replace")) for name in COMMANDS if self.log(name).exists()
        ]
        return "\n".join(
            f"{name}: {text[max(0, found.start() - 300) : found.start() + 3000]}"
            for name, text in logs
            for found in list(re.finditer(r"\b(ERROR|CRITICAL)\b", text))[:1]
        )

    def ask(self, code: str) -> Any:
        """What an expression over the portal's models says, read in a process of its own, as JSON."""
        script = f"import json; from django.apps import apps; print('=>' + json.dumps({code}, default=str))"
        said = self.manage("shell", "--no-imports", "-c", script)
        return json.loads(said.split("=>", 1)[1].splitlines()[0])

    def remove(self) -> None:
        self.stop()
        self.store.remove()


def _web(portal: Portal) -> list[str]:
    return [
        "gunicorn", "cypcc_portal.wsgi", f"--bind=127.0.0.1:{portal.port}", "--workers=2", "--timeout=60",
        "--graceful-timeout=2", "--log-level=warning",
    ]  # fmt: skip


def _worker(portal: Portal) -> list[str]:
    return [
        "celery", "--quiet", "-A", "cypcc_portal", "worker", "-B", "-P", "threads", "-c", "2",
        "--loglevel=info", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def _answers(portal: Portal) -> bool:
    try:
        with urllib.request.urlopen(f"{portal.url}/livez", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _worker_is_ready(portal: Portal) -> bool:
    return re.search(r"celery@\S+ ready\.", portal.said("worker")) is not None


COMMANDS: dict[str, Callable[[Portal], list[str]]] = {"web": _web, "worker": _worker}
READY: dict[str, Callable[[Portal], bool]] = {"web": _answers, "worker": _worker_is_ready}
