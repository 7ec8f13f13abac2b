"""An address that no database can hold is refused in plain words, wherever it stands and whoever asks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import foi_factories as make

pytestmark = pytest.mark.django_db

SAYS = "We could not read that request"
ADDRESSES = [
    "/actions/new/?theme=%00",
    "/network/audit/a%00b/1/",
    "/network/people/?q=a%00b",
    "/network/people/?a%00b=1",
    "/accounts/password/reset/key/1-a%00b/",
    "/nothing/at/all%00/",
    "/foi/foi-2026/compare/?item=a%00b",
    "/foi/foi-2026/compare/?year=%00&item=1.1",
]


def refused(answer) -> bool:
    return answer.status_code == 400 and SAYS in answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_with_a_nul_is_refused_in_plain_words(people, client, sign_in, address):
    make.foi_round(people.admin)
    admin = sign_in(people.admin)
    for visitor in (client, admin, sign_in(people.partner)):
        assert refused(visitor.get(address))
        assert refused(visitor.post(address, {"title": "x"}))
    answer = admin.get(address)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_half_a_character_is_no_error_either(people, sign_in):
    admin = sign_in(people.admin)
    for address in ("/actions/new/?theme=%ED%A0%80", "/network/audit/a%ED%A0%80/1/"):
        assert admin.get(address).status_code in (200, 400, 404)
        assert admin.post(address).status_code in (200, 400, 404, 405)


@pytest.mark.parametrize("written", ['"aaaaaaaaaaaa\\000aaaa"', "aaaaaaaaaaaa\x00aaaa"])
def test_a_cookie_that_no_session_can_have_is_refused(client, written):
    client.raise_request_exception = False
    answer = client.get(reverse("home"), headers={"cookie": f"sessionid={written}"})
    assert refused(answer)
