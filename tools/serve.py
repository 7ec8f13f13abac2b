"""Web, worker and beat together (the Procfile), until Ctrl-C, SIGTERM or one of them ends; then none is left.

Once the server answers, the address and who may sign in are printed.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

STARTS_WITHIN = 60  # seconds until the server has to answer
ENDS_WITHIN = 12  # seconds; honcho itself kills what has not ended after 5

PEOPLE = (
    ("admin", "the network's admin"),
    ("cochair.one", "co-chair"),
    ("cochair.two", "co-chair"),
    ("lead.kent", "lead of an authority; also deputy., contributor. and director.kent"),
    ("lead.brighton-and-hove", "lead of another authority"),
    ("partner.kent-and-medway", "partner at an ICB"),
    ("observer", "observer"),
)


MFA = (
    ("The coordinator, co-chairs, leads and deputies set up a second step first (PORTAL_DEMO_MFA=1).", "")
    if os.environ.get("PORTAL_DEMO_MFA") == "1"
    else ()
)


class StopAsked(Exception):
    """No error: somebody wants to go home."""


def stop(signum: int, frame: FrameType | None) -> None:
    raise StopAsked


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def welcome(port: int) -> str:
    password = os.environ.get("DEMO_PASSWORD", "continuing-care-demo")
    width = max(len(name) for name, _ in PEOPLE) + len("@demo.example")
    return "\n".join(
        [
            "",
            f"The portal is at http://localhost:{port}/ with a demonstration's invented figures.",
            f"Sign in with the password {password} as",
            "",
            *(f"    {name + '@demo.example':<{width}}   {role}" for name, role in PEOPLE),
            "",
            *MFA,
            f"Mails are written as files into {Path(os.environ.get('PORTAL_VAR', 'var')) / 'mail'}.",
            "Ctrl-C ends it. What was done in it is kept.",
            "",
        ]
    )


def wait(honcho: subprocess.Popen[bytes], port: int) -> int:
    """Greet once the server answers, then stay until honcho ends."""
    parent, started, greeted = os.getppid(), time.monotonic(), False
    while honcho.poll() is None:
        if not greeted and answers(port):
            print(welcome(port), flush=True)
            greeted = True
        if not greeted and time.monotonic() - started > STARTS_WITHIN:
            print(f"The server did not answer within {STARTS_WITHIN} seconds.", file=sys.stderr)
            return 1
        if "MAKELEVEL" in os.environ and os.getppid() != parent:
            return 1  # make itself was killed: nobody is left to end this
        time.sleep(1 if greeted else 0.2)
    return honcho.returncode or 1  # neither ends by itself, so this is a failure


def end(honcho: subprocess.Popen[bytes]) -> None:
    """Each process is asked once and ends its own: honcho would ask gunicorn's workers over its head, and
    gunicorn reports that as an error."""
    # Between honcho and each process stands one more, which watches it.
    watching = children(honcho.pid) if honcho.poll() is None else []
    running = [process for watcher in watching for process in children(watcher)]
    for child in running:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    if honcho.poll() is None and not running:
        honcho.terminate()
    for insist in (honcho.terminate, honcho.kill):
        try:
            honcho.wait(ENDS_WITHIN)
            return
        except subprocess.TimeoutExpired:
            insist()


def children(pid: int) -> list[int]:
    """None where the system does not tell."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@contextmanager
def keyboard() -> Iterator[None]:
    """Ctrl-C comes here and not to make as well, which would call it a failure. Ctrl-Z does nothing."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
        before = os.tcgetpgrp(terminal)
    except OSError:  # there is no terminal, or it is not ours
        yield
        return
    if before != os.getpgrp() or before == os.getpid():
        os.close(terminal)
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        with suppress(OSError):
            os.tcsetpgrp(terminal, before)
        os.close(terminal)


def main() -> int:
    port = int(os.environ.get("PORT", "8000"))
    if not port_is_free(port):
        print(f"Port {port} is taken. Another one: make run PORT={port + 1}", file=sys.stderr)
        return 1
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    # honcho gives each process a port of its own, so links in mail can't be made from PORT.
    surroundings = {
        "PORTAL_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker",  # as root, on a machine of one's own
    }
    honcho = subprocess.Popen(
        [sys.executable, "-m", "honcho", "start", "--port", str(port)],
        env=surroundings | dict(os.environ),
        start_new_session=True,  # so that the terminal's Ctrl-C comes here only, and once
    )
    with keyboard():
        try:
            return wait(honcho, port)
        except StopAsked:
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)
            print("\nEnding.", flush=True)
            return 0
        finally:
            end(honcho)


if __name__ == "__main__":
    sys.exit(main())
