"""Whoever may not do something reads in plain words what, why and whom to ask; the log has one line of it."""

from __future__ import annotations

import io
import logging
import logging.config
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from network import registry
from network.meetings import acts
from network.refusals import MANY, refusal
from network.roles import GRANTS, Permission, Role
from network.workflow import NotAllowed
from tests import meetings_factories
from tests import questionnaires_factories as returns

pytestmark = pytest.mark.django_db


def told(answer: Any) -> str:
    assert answer.status_code == 403
    page: Any = BeautifulSoup(answer.content, "html.parser")
    return re.sub(r"\s+", " ", page.main.get_text(" "))


def test_a_page_that_is_not_open_to_somebody_says_what_whose_and_whom_to_ask(people, sign_in):
    said = told(sign_in(people.lead).get("/questionnaires/manage/new/"))
    assert "You can’t set up rounds: that is for the network’s coordinator. Your role is lead." in said
    assert "Nothing was changed." in said
    assert "ask somebody whose role it is" in said
    assert "ask the network’s coordinator, who gives and ends roles" in said
    assert "permission" not in said.lower()


def test_what_belongs_to_one_authority_names_it(people, orgs, sign_in):
    asking = returns.round_()
    returns.submitted(asking, orgs["kent"], by=people.lead)
    said = told(sign_in(people.contributor).post(f"/questionnaires/{asking.slug}/kent/reopen/"))
    assert "You can’t submit the return for Kent: that is for leads and deputies there." in said
    assert "Your role is contributor." in said


def test_a_step_that_is_somebody_elses_is_refused_in_the_same_words(people):
    meeting = meetings_factories.held(people)
    with pytest.raises(NotAllowed) as refused:
        acts.offer(meeting.notes, by=people.cochair_one)
    assert str(refused.value) == (
        "You can’t write agendas and notes and record attendance: that is for the network’s coordinator. "
        "Your role is co-chair."
    )


def test_whoever_holds_several_roles_or_none_is_told_so(people, orgs):
    assert refusal(people.former, Permission.AUDIT_READ).endswith("You hold no role today.")
    people.lead.memberships.create(role=Role.CO_CHAIR, starts_on="2026-01-01")
    both = type(people.lead).objects.get(pk=people.lead.pk)
    assert refusal(both, Permission.AUDIT_READ).endswith("Your roles are lead and co-chair.")


def test_every_permission_that_somebody_has_can_be_refused_in_words(people):
    assert set(MANY) == set(Role)
    for permission in Permission:
        if any(permission in given for given in GRANTS.values()):
            said = refusal(people.observer, permission)
            assert said.startswith(f"You can’t {permission}: that is for ")
            assert "ermission" not in said


# -- The log ----------------------------------------------------------------------------------------------


@pytest.fixture
def log():
    """What `make run` prints: the portal's own logging, into a text."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    said: Any = settings.LOGGING
    made = logging.config.DictConfigurator(said)
    handler.setFormatter(made.configure_formatter(dict(said["formatters"]["line"])))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def test_a_refusal_is_one_line_in_the_log(people, sign_in, log):
    sign_in(people.lead).get("/questionnaires/manage/new/")
    lines = log.getvalue().splitlines()
    assert [line.partition(" WARNING ")[2] for line in lines] == [
        "django.request: Forbidden (Permission denied): /questionnaires/manage/new/"
    ]


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("/nowhere/", {}, 404),
        ("/?a=%00", {}, 400),
        ("/", {"HTTP_HOST": "elsewhere.example"}, 400),
    ],
)
def test_so_is_what_is_not_there_or_can_not_be_read(people, sign_in, log, address, headers, status):
    assert sign_in(people.lead).get(address, **headers).status_code == status
    assert len(log.getvalue().splitlines()) == 1
    assert "Traceback" not in log.getvalue()


def test_an_error_keeps_its_traceback(people, sign_in, log, monkeypatch):
    def broken(user):
        raise RuntimeError("the dice are gone")

    monkeypatch.setattr(registry, "tasks_for", broken)
    client = sign_in(people.lead)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
    assert "Traceback" in log.getvalue()
    assert "RuntimeError: the dice are gone" in log.getvalue()
