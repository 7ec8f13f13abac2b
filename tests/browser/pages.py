"""Every page of the portal: each address of the URLconf with real arguments, and somebody who may see it.

Run in a portal's surroundings (`python -m tests.browser.pages`) it prints what it found as JSON. Nothing is
picked by hand: an address whose arguments nobody has said where to find is an error, and so is a page that
nobody of the demonstration may see.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from typing import Any

from tests.browser.rows import source_of

PEOPLE = ("admin", "cochair.one", "lead.kent", "lead.medway", "partner.kent-and-medway", "observer")
"""Who is asked, in this order, until one of them is shown the page."""

CAREFUL = "cochair.two"
"""Has a second factor, and is asked last; HALFWAY the same person, who has given only the password so far."""

HALFWAY = "cochair.two, halfway"

TRIES = 40
"""So many rows are tried for an address before it is said that nobody may see it."""

NO_PAGE = {
    "account_reset_password_from_key": "needs the key of a mail",
    "account_set_password": "only for who has no password yet",
    "livez": "for machines",
    "invitation_follow": "needs the link of a mail, and leads on",
    "invitation_accept": "needs the link of a mail",
    "invitation_role": "needs the link of a mail",
    "mfa_login_webauthn": "takes what a button sends",
    "code_enter": "only in the browser that asked for a code; see test_signing_in",
    "session_left": "for a page's script",
    "account_confirmed": "leads on by itself",
    "audit_thing": "leads on to the thing",
    "named_open": "leads on to the thing",
    "naming_anew": "only where nobody named can read any more, which a demonstration has none of",
    "foi_reply_rest": "leads on to the reply",
    "account_kept": "only for who was signed out while typing",
    **dict.fromkeys(
        ("organisation_sign_in", "organisation_again", "organisation_back", "organisation_connect"),
        "organisations' accounts are not set up in a demonstration",
    ),
    **dict.fromkeys(
        (
            "agenda_item_move", "agenda_offer", "agenda_take_back", "agenda_answer",
            "notes_offer", "notes_take_back", "notes_answer",
        ),
        "takes what a button sends, and leads whoever just opens it back to the button's page",
    ),
}  # fmt: skip
"""Addresses that are no page to look at, and why."""

SIGNED_OUT = (
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "code_request",
)

MORE = {
    "section_edit": 12, "question_results": 9, "agenda_detail": 3, "notes_detail": 2, "report_detail": 2,
    "reorganisation_detail": 3,
}  # fmt: skip
"""Pages of one address that differ so much that more than one is looked at."""


@dataclass(frozen=True)
class Page:
    name: str  # of the address, unique among the pages: "section_edit B"
    path: str
    who: str  # "" for somebody who is not signed in
    kind: str  # "page" or "download"


def addresses() -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, route and arguments of each address of the URLconf."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def walk(
        patterns: Iterable[URLPattern | URLResolver], before: str, names: tuple[str, ...]
    ) -> Iterator[Any]:
        for each in patterns:
            route = before + str(each.pattern).lstrip("^")
            taken = names + tuple(each.pattern.converters or each.pattern.regex.groupindex)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route, taken)
            else:
                yield each.name, route, taken

    return list(walk(get_resolver().url_patterns, "", ()))


class Walk:
    """Asks the portal itself who is shown what."""

    def __init__(self) -> None:
        self.clients = {name: self._signed_in(name) for name in (*PEOPLE, CAREFUL)}
        self._second_factor()

    def client(self) -> Any:
        from django.test import Client

        return Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)

    def _signed_in(self, name: str) -> Any:
        from tests.browser.portal import PASSWORD, address

        client = self.client()
        answer = client.post("/accounts/login/", {"login": address(name), "password": PASSWORD})
        assert answer.status_code == 302, f"{name} cannot sign in"
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})  # what setting up a factor asks for
        return client

    def _second_factor(self) -> None:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        from network.people.models import User
        from tests import passkeys
        from tests.browser.portal import address

        person = User.objects.get(email=address(CAREFUL))
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
        passkeys.add(person)
        self.clients[HALFWAY] = self._signed_in(CAREFUL)

    def sessions(self) -> dict[str, str]:
        return {name: client.cookies["sessionid"].value for name, client in self.clients.items()}

    def pages(self, name: str, route: str, arguments: tuple[str, ...]) -> Iterator[Page]:
        """The pages of one address that somebody is shown; none if it only takes what is sent to it."""
        from django.urls import reverse

        wanted, statuses = MORE.get(name, 1), set[int]()
        for row in islice(source_of(route, arguments)(), TRIES):
            path = reverse(name, kwargs=row)
            who, kind = self._somebody(name, path, statuses)
            if kind:
                distinct = "-".join(str(value) for value in row.values()) if name in MORE else ""
                yield Page(f"{name} {distinct}".strip(), path, who, kind)
                wanted -= 1
            if wanted == 0 or 405 in statuses:
                return
        if 200 not in statuses:
            raise LookupError(f"{name} ({route}): nobody is shown a page there, only {sorted(statuses)}")

    def _somebody(self, name: str, path: str, statuses: set[int]) -> tuple[str, str]:
        clients = {"": self.client()} if name in SIGNED_OUT else self.clients
        for who, client in clients.items():
            answer = client.get(path)
            statuses.add(answer.status_code)
            if answer.status_code == 200:
                return who, "page" if answer["Content-Type"].startswith("text/html") else "download"
            if answer.status_code == 405:
                break
        return "", ""


def catalogue() -> dict[str, Any]:
    """`pages` and the people's `sessions`, and under `problems` what is not as it should be."""
    walk = Walk()
    found: list[Page] = []
    problems = []
    for name, route, arguments in addresses():
        if name in NO_PAGE or "<" in name:
            continue
        try:
            found += walk.pages(name, route, arguments)
        except LookupError as problem:
            problems.append(str(problem))
    return {"pages": [asdict(page) for page in found], "sessions": walk.sessions(), "problems": problems}


def _lay_beside() -> None:
    """What a page shows and the demonstration has none of: long work, a report that awaits the co-chairs."""
    from cypcc_portal.reports import acts
    from cypcc_portal.reports.models import Report
    from network import dates
    from network.jobs import Job
    from network.oversight.models import Removal
    from network.people.models import Organisation, User
    from network.reorganisation import acts as reorganising
    from network.reorganisation import drafts
    from network.reorganisation.models import Successor

    admin = User.objects.get(email="admin@demo.example")
    Job.objects.create(
        kind="report.draft",
        key="an earlier one",
        title="New figures for a report",
        state=Job.State.DONE,
        progress=100,
        finished_at=dates.now(),
        result_url="/reports/",
        asked_by=admin,
    )
    report = Report.objects.filter(kind="bi-monthly", status="draft").latest("ends_on")
    acts.offer(report, version=report.version, by=admin)
    Removal.objects.create(year=dates.today().year)
    bodies = list(Organisation.objects.filter(slug="medway"))
    draft = drafts.begin(by=admin, bodies=bodies, on=date(2028, 4, 1))
    after = Successor(reorganisation=draft, name="North Kent", full_name="North Kent Council", short="NK")
    drafts.save_successor(after, bodies, by=admin)
    again = drafts.begin(by=admin, bodies=bodies, on=date(2028, 10, 1))
    reorganising.withdraw(again, by=admin)


def main() -> None:
    import django

    django.setup()
    logging.disable()  # refusals are part of asking
    _lay_beside()
    json.dump(catalogue(), sys.stdout)


if __name__ == "__main__":
    main()
