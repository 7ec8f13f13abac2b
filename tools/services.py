"""Runs a command with a PostgreSQL and a Redis of its own, on free ports and in a temporary folder.

The command finds them in TEST_POSTGRES_URL and TEST_REDIS_URL. Its exit code is passed on; the services and
all that they stored are gone afterwards, whether the command passed, failed or was interrupted.

    python tools/services.py pytest tests
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

STARTS_WITHIN = 30  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_program(name: str) -> str:
    """Debian keeps PostgreSQL's server programs outside the path, a folder for each version."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4])
    )
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        sys.exit(f"{name} is not installed. As an administrator: apt-get install postgresql redis-server")
    return found


def unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the user made by Debian's package, or one that owns nothing."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def wait_until(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{server.args!r} did not start:\n{log.read_text()}")
        time.sleep(0.1)


@contextmanager
def running(
    arguments: Sequence[str], folder: Path, user: str | None, end: signal.Signals
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            arguments,
            cwd=folder,
            user=user,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C is for the command; the services end after it
        )
    try:
        yield server, log
    finally:
        server.send_signal(end)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """Its address. Nothing is flushed to the disk: what a test stores need not survive it."""
    user, password, port = unprivileged(), secrets.token_hex(16), str(free_port())
    with tempfile.TemporaryDirectory(prefix="portal-postgres-") as name:
        folder = Path(name)
        secret = folder / "password"
        secret.write_text(password)
        if user:
            shutil.chown(folder, user)
            shutil.chown(secret, user)
        subprocess.run(
            [
                find_program("initdb"),
                "--username=portal",
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--pgdata=data",
            ],
            cwd=folder,
            user=user,
            check=True,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        options = [
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=128MB",
        ]
        arguments = [find_program("postgres"), "-D", "data", "-p", port]
        arguments += [word for option in options for word in ("-c", option)]
        with running(arguments, folder, user, signal.SIGINT) as (server, log):
            check = [find_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", port]
            wait_until(lambda: subprocess.run(check).returncode == 0, server, log)
            subprocess.run(
                [find_program("createdb"), "-h", "127.0.0.1", "-p", port, "-U", "portal", "portal"],
                check=True,
                env=os.environ | {"PGPASSWORD": password},
            )
            yield f"postgres://portal:{password}@127.0.0.1:{port}/portal"


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def redis() -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as folder:
        arguments = [
            find_program("redis-server"),
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
        ]
        with running(arguments, Path(folder), None, signal.SIGTERM) as (server, log):
            wait_until(lambda: answers(port), server, log)
            yield f"redis://127.0.0.1:{port}/0"


def run(command: Sequence[str], surroundings: dict[str, str]) -> int:
    """The command's exit code; SIGTERM is handed on, Ctrl-C reaches it from the terminal."""
    child = subprocess.Popen(command, env=os.environ | surroundings)

    def hand_on(signum: int, frame: FrameType | None) -> None:
        child.send_signal(signum)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGHUP, hand_on)
    code = child.wait()
    return code if code >= 0 else 128 - code


def end_early(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


def main() -> int:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, end_early)
    with ExitStack() as services:
        surroundings = {
            "TEST_POSTGRES_URL": services.enter_context(postgres()),
            "TEST_REDIS_URL": services.enter_context(redis()),
        }
        return run(sys.argv[1:], surroundings)


if __name__ == "__main__":
    sys.exit(main())
