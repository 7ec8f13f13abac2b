"""The health check says what it promises: that this process answers and reaches its database."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_answers_without_sign_in() -> None:
    answer = Client().get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_fails_when_a_kept_connection_has_lost_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("server closed the connection unexpectedly")

    connection.ensure_connection()
    monkeypatch.setattr(connection, "cursor", gone)
    assert Client(raise_request_exception=False).get("/livez").status_code == 503
