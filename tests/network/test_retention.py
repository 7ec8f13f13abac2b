"""How long each kind of record is kept is data; once a year what is over goes, after an admin has seen it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from network import audit, dates, jobs, registry
from network.account.openid.models import OrganisationAccount
from network.audit import AuditEntry
from network.jobs import Job
from network.mail import OutboxMail
from network.membership.models import Invitation
from network.oversight import removing, schedule
from network.oversight.models import Removal
from network.people.models import User
from network.registry import Retained
from network.roles import Role
from network.tick import tick
from network.workflow import Changed, Refused
from tests import factories
from tests.conftest import People

pytestmark = pytest.mark.django_db
PAGE = "/network/retention/"
LONG_AGO = datetime(2015, 5, 4, 12, tzinfo=dates.LONDON)
SignIn = Callable[..., Client]


def mail(key: str, made_at: datetime, state: str = "sent") -> OutboxMail:
    sent = made_at if state == "sent" else None
    return OutboxMail.objects.create(
        key=key,
        to=f"{key}@example.org",
        subject="Words",
        text="W",
        html="W",
        state=state,
        made_at=made_at,
        sent_at=sent,
    )


def confirmed(by: User) -> Removal:
    removal = Removal.objects.create(year=dates.today().year)
    removing.confirm(removal, by=by, seen=removing.mark(removing.listed()))
    return removal


def remove_all(removal: Removal) -> None:
    while removing.remove_next(removal.pk):
        pass


def work() -> None:
    jobs.run_waiting()


# -- The schedule -------------------------------------------------------------------------------------


def test_every_kind_that_an_app_keeps_for_a_time_stands_in_the_schedule_with_its_years() -> None:
    years = {kind.key: kind.years for kind in schedule.kinds()}
    for kept in registry.retained():
        assert years.get(kept.key), kept.key


def test_the_schedule_says_of_each_kind_what_goes_what_stays_why_and_by_which_source() -> None:
    keys = [kind.key for kind in schedule.kinds()]
    assert len(set(keys)) == len(keys)
    for kind in schedule.kinds():
        assert all((kind.name, kind.goes, kind.stays, kind.why, kind.source)), kind.key
        assert kind.years is None or kind.begins


def test_the_years_are_counted_to_the_day_also_on_the_29th_of_february() -> None:
    kind = next(kind for kind in schedule.kinds() if kind.key == "network.mails")
    assert kind.before(date(2026, 11, 22)).date() == date(2024, 11, 22)
    assert kind.before(date(2028, 2, 29)).date() == date(2026, 2, 28)


# -- What goes and what stays -------------------------------------------------------------------------


def kept(key: str) -> tuple[schedule.Kind, Retained]:
    return next(one for one in schedule.due() if one[0].key == key)


def went(key: str, on: str = "2026-11-22") -> tuple[list[str], int]:
    """What is listed for the day, and how many went; nothing is listed afterwards."""
    kind, of = kept(key)
    before = kind.before(date.fromisoformat(on))
    listed = [what for what, _ in of.rows(before)]
    number = of.purge(before)
    assert list(of.rows(before)) == []
    assert of.purge(before) == 0
    return listed, number


def test_old_mails_lose_address_and_words_and_are_not_sent_again(people: People) -> None:
    old, waiting, new = mail("old", LONG_AGO), mail("waiting", LONG_AGO, "waiting"), mail("new", dates.now())
    assert went("network.mails") == (["Mail to old@example.org of 4 May 2015"], 1)
    for one in (old, waiting, new):
        one.refresh_from_db()
    assert (old.key, old.to, old.subject, old.text, old.html) == ("old", "", "", "", "")
    assert waiting.text == new.text == "W"


def test_old_work_forgets_who_asked_and_is_not_done_again(people: People) -> None:
    job = Job.objects.create(
        kind="test", key="a", state="done", asked_by=people.lead, payload={"a": 1}, finished_at=LONG_AGO
    )
    assert went("network.jobs") == (["test a, ended on 4 May 2015"], 1)
    assert jobs.request("test", "a") == job
    job.refresh_from_db()
    assert (job.asked_by, job.payload, job.state) == (None, {}, "done")


def test_old_invitations_go_and_open_ones_stay(people: People) -> None:
    def invitation(email: str, expires_at: datetime) -> Invitation:
        return Invitation.objects.create(
            email=email,
            name="Somebody",
            role=Role.ADMIN,
            invited_by=people.admin,
            made_at=LONG_AGO,
            expires_at=expires_at,
        )

    invitation("old@example.org", LONG_AGO + timedelta(days=7))
    still = invitation("open@example.org", dates.now() + timedelta(days=7))
    listed, number = went("network.invitations")
    assert number == 1
    assert "old@example.org" in listed[0]
    assert list(Invitation.objects.all()) == [still]


def test_an_account_without_a_role_loses_its_address_and_the_name_stays_beside_what_was_done(
    people: People,
) -> None:
    gone = factories.person(
        "Lead, once",
        Role.LEAD,
        _kent(),
        starts_on=date(2016, 1, 1),
        ends_on=date(2024, 3, 1),
        joined_at=LONG_AGO,
    )
    lately = factories.person(
        "Lead, lately", Role.LEAD, _kent(), ends_on=date(2026, 3, 1), joined_at=LONG_AGO
    )
    coming = factories.person(
        "Lead, soon", Role.LEAD, _kent(), starts_on=date(2027, 3, 1), joined_at=LONG_AGO
    )
    entry = audit.record(by=gone, verb="changed", on=people.lead)
    for number, one in enumerate((gone, lately)):
        OrganisationAccount.objects.create(user=one, issuer="i", tenant="t", object_id=f"o{number}")
    listed, number = went("network.accounts")
    assert [one.user for one in OrganisationAccount.objects.all()] == [lately], "an account elsewhere as well"
    assert (listed, number) == (["Lead, once (lead.once@example.org), last role until 1 March 2024"], 1)
    for one in (gone, lately, coming):
        one.refresh_from_db()
    assert (gone.email, gone.is_active, gone.has_usable_password(), gone.name) == (
        None,
        False,
        False,
        "Lead, once",
    )
    assert lately.email
    assert coming.email
    entry.refresh_from_db()
    assert entry.actor == gone
    assert not Client().login(username="lead.once@example.org", password=factories.PASSWORD)


def _kent() -> Any:
    from network.people.models import Organisation

    return Organisation.objects.get(slug="kent")


def test_the_audit_trail_loses_old_words_and_still_verifies(
    people: People, at: Callable[[str], None]
) -> None:
    at("2015-05-04")
    audit.record(by=people.lead, verb="changed", on=people.lead, fields=["name"])
    at("2026-11-22")
    audit.record(by=people.lead, verb="changed", on=people.lead, fields=["name"])
    audit.seal()
    assert went("network.audit") == (["Entries of May 2015"], 1)
    audit.seal()
    assert not list(audit.faults())
    old, new = AuditEntry.objects.exclude(verb=audit.ERASED).order_by("at")
    assert (old.actor, old.verb, old.title, old.detail) == (people.lead, "changed", "", {})
    assert new.detail == {"fields": ["name"]}


def test_old_entries_are_listed_by_the_month_from_the_oldest_to_the_newest(
    people: People, at: Callable[[str], None]
) -> None:
    for moment in ("2014-11-30T23:59", "2015-02-01T00:00"):
        at(moment)
        audit.record(by=people.lead, verb="changed", on=people.lead, fields=["name"])
    at("2026-11-22")
    kind, of = kept("network.audit")
    before = kind.before(date(2026, 11, 22))
    listed = [what for what, _ in of.rows(before)]
    assert listed == [
        "Entries of November 2014",
        "Entries of December 2014",
        "Entries of January 2015",
        "Entries of February 2015",
    ]
    assert of.count(before) == 4
    of.purge(before)
    assert (list(of.rows(before)), of.count(before)) == ([], 0)


@pytest.mark.slow
def test_a_demonstration_of_which_everything_is_over_keeps_its_agreed_reports_and_its_chain(
    db: None, at: Callable[[str], None]
) -> None:
    from cypcc_portal.reports.models import Report

    call_command("seed_demo", stdout=StringIO(), stderr=StringIO())
    audit.seal()
    admin = User.objects.get(email="admin@demo.example")
    agreed = Report.objects.filter(agreed_at__isnull=False)
    before = list(agreed.order_by("pk").values("pk", "figures", "agreed_at", "version"))
    assert before
    at("2050-01-01")
    removal = confirmed(admin)
    remove_all(removal)
    removal.refresh_from_db()
    assert sum(removal.removed.values()) > 100
    assert all(one.number == 0 or one.kind.key == "network.audit" for one in removing.listed())
    audit.seal()
    assert not list(audit.faults())
    assert list(agreed.order_by("pk").values("pk", "figures", "agreed_at", "version")) == before
    client = Client()
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    for report in agreed:
        assert client.get(report.get_absolute_url()).status_code == 200


# -- The yearly removal -------------------------------------------------------------------------------


def test_the_calendar_proposes_it_once_a_year_and_only_if_something_is_over(
    people: People, at: Callable[[str], None]
) -> None:
    tick()
    work()
    assert not Removal.objects.exists()
    mail("old", LONG_AGO)
    for day in ("2026-11-23", "2026-11-24", "2027-01-01"):
        at(f"{day}T09:00")
        tick()
        work()
    assert [one.year for one in Removal.objects.all()] == [2026]  # the open one is finished first
    assert OutboxMail.objects.filter(to_user=people.admin, key__startswith="system:removal:2026").count() == 1


def test_an_admin_finds_it_at_home_looks_through_the_lists_confirms_and_a_worker_does_it(
    people: People, sign_in: SignIn
) -> None:
    old = mail("old", LONG_AGO)
    removing.propose()
    client = sign_in(people.admin)
    assert "Look through what is kept no longer: 2026" in client.get("/").content.decode()
    assert "/network/retention/network.mails/" in client.get(PAGE).content.decode()
    assert "old@example.org" in client.get(f"{PAGE}network.mails/").content.decode()
    page = client.get(f"{PAGE}remove/")
    answer = client.post(f"{PAGE}remove/", {"seen": page.context["seen"]})
    assert answer["Location"].startswith("/jobs/")
    old.refresh_from_db()
    assert old.text  # nothing goes in the click itself
    work()
    old.refresh_from_db()
    assert not old.text
    removal = Removal.objects.get()
    assert (removal.confirmed_by, removal.removed["network.mails"]) == (people.admin, 1)
    assert removal.finished_at
    said = AuditEntry.objects.get(verb=removing.REMOVED)
    assert (said.actor, said.detail["kind"]) == (people.admin, "Mails that the portal has sent")
    assert "Look through what is kept" not in client.get("/").content.decode()
    assert "confirmed by Coordinator" in client.get(PAGE).content.decode()


def test_a_list_that_changed_since_it_was_seen_is_not_confirmed(people: People) -> None:
    mail("old", LONG_AGO)
    removal = Removal.objects.create(year=2026)
    seen = removing.mark(removing.listed())
    mail("older", LONG_AGO)
    with pytest.raises(Changed, match="look through them again"):
        removing.confirm(removal, by=people.admin, seen=seen)
    removal.refresh_from_db()
    assert removal.confirmed_at is None


def test_it_is_confirmed_once(people: People, sign_in: SignIn) -> None:
    removal = confirmed(people.admin)
    with pytest.raises(Refused):
        removing.confirm(removal, by=people.admin, seen="")
    assert sign_in(people.admin).post(f"{PAGE}remove/", {"seen": ""}).status_code == 409


def test_a_removal_that_is_interrupted_goes_on_where_it_stopped(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail("old", LONG_AGO)
    Job.objects.create(
        kind="test", key="a", state="done", asked_by=people.lead, payload={"a": 1}, finished_at=LONG_AGO
    )
    removal = confirmed(people.admin)
    with monkeypatch.context() as patch:
        patch.setattr("network.oversight.kept._empty_jobs", lambda before: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            remove_all(removal)
    removal.refresh_from_db()
    assert "network.mails" in removal.removed
    assert "network.jobs" not in removal.removed
    assert removal.finished_at is None
    remove_all(removal)
    removal.refresh_from_db()
    assert (removal.removed["network.mails"], removal.removed["network.jobs"]) == (1, 1)
    assert AuditEntry.objects.filter(verb=removing.REMOVED).count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_removals_at_once_do_each_kind_once(reference: None) -> None:
    admin = factories.person("Coordinator", Role.ADMIN)
    for number in range(20):
        mail(f"old{number}", LONG_AGO)
    removal = confirmed(admin)
    ready = threading.Barrier(4)

    def remove() -> None:
        ready.wait()
        try:
            while removing.remove_next(removal.pk):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(remove) for _ in range(4)]:
            one.result()
    removal.refresh_from_db()
    assert removal.removed["network.mails"] == 20
    assert AuditEntry.objects.filter(verb=removing.REMOVED).count() == 1
    assert removal.finished_at


def test_the_database_keeps_one_removal_a_year_and_none_that_nobody_confirmed(people: People) -> None:
    Removal.objects.create(year=2026)
    for wrong in (
        {"year": 2026},
        {"year": 2027, "finished_at": dates.now()},
        {"year": 2027, "confirmed_by": people.admin},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Removal.objects.create(**wrong)


def test_the_command_lists_what_would_go_and_removes_only_what_was_confirmed(people: People) -> None:
    old = mail("old", LONG_AGO)
    out = StringIO()
    call_command("purge", "--dry-run", stdout=out)
    assert "Mails that the portal has sent: 1" in out.getvalue()
    assert "old@example.org" in out.getvalue()
    with pytest.raises(CommandError, match="No removal is confirmed"):
        call_command("purge", stdout=out)
    confirmed(people.admin)
    call_command("purge", stdout=out)
    old.refresh_from_db()
    assert not old.text


def test_retention_is_for_those_who_manage_it(people: People, sign_in: SignIn) -> None:
    for role, person in people.items():
        for path in ("", "network.mails/"):
            assert sign_in(person).get(PAGE + path).status_code == (200 if role == "admin" else 403)
    assert sign_in(people.admin).get(f"{PAGE}network.sessions/").status_code == 404
    assert sign_in(people.admin).get(f"{PAGE}nothing/").status_code == 404
