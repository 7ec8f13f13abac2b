"""A real OpenID Connect provider for the tests, and somebody's browser on the way there and back.

It is npm's `oidc-provider`, installed by `make test`; people.json says who its people are.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.test import Client

HERE = Path(__file__).parent
KENT = "11111111-aaaa-4aaa-8aaa-111111111111"
CLIENT = {"OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "a-secret-of-the-tests-only"}


def node() -> str:
    """The machine's Node, or the one that `make test` has brought; there it may not be missing."""
    own = HERE.parent.parent / "var/node/bin/node"
    found = shutil.which("node") or (str(own) if own.exists() else "")
    if not found or not (HERE / "node_modules").is_dir():
        told = pytest.fail if "TEST_WHOLE" in os.environ else pytest.skip
        told("The provider is not installed: make test does it, or npm ci in tests/openid")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(callback: str) -> Iterator[str]:
    """The provider's own address while the block runs."""
    port = free_port()
    command = [node(), "provider.mjs", str(port), callback]
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    provider = subprocess.Popen(
        command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=plain
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert provider.poll() is None, "the provider ended"
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        provider.terminate()
        provider.wait(10)


class Browser:
    """Somebody at a browser: the portal by Django's test client, the provider over the wire."""

    def __init__(self, client: Client | None = None) -> None:
        self.portal: Any = client or Client()
        self.forget_there()

    def forget_there(self) -> None:
        """Signed out at the provider."""
        self.there = requests.Session()
        self.there.trust_env = False

    def leave(self, path: str) -> str:
        """To the provider's page that asks who they are; its address."""
        answer: Any = self.portal.get(path)
        assert answer.status_code == 302, answer.content.decode()
        return self._follow(answer.headers["Location"], "/people/")

    def be(self, page: str, who: str) -> str:
        """Says who they are; the address by which they come back."""
        return self._follow(f"{page}?as={who}", "/accounts/organisation/back/")

    def _follow(self, address: str, until: str) -> str:
        for _ in range(10):
            if urlsplit(address).path.startswith(until) and "as=" not in address:
                return address
            answer = self.there.get(address, allow_redirects=False, timeout=10)
            assert answer.is_redirect, answer.text
            address = urljoin(address, answer.headers["Location"])
        raise AssertionError(f"never came to {until}")

    def come_back(self, address: str) -> Any:
        found = urlsplit(address)
        return self.portal.get(f"{found.path}?{found.query}")

    def sign_in(self, who: str, path: str = "/accounts/organisation/?next=/actions/") -> Any:
        """All of it, as somebody."""
        return self.come_back(self.be(self.leave(path), who))
