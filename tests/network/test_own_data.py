"""One's own data as a download: all of it, for oneself, and nothing of what others keep to themselves."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from network import audit, dates, files, jobs, mail, naming, registry, widening
from network.account import own_data
from network.account.models import OwnCopy
from network.account.own_data import FOR_PROGRAMS, READ
from network.agreements import Agreement
from network.audience import Naming
from network.audit import AuditEntry
from network.audit.verbs import VERBS
from network.jobs import Job
from network.library.models import LibraryItem
from network.mail import OutboxMail
from network.mail_kinds import Kind
from network.meetings.models import AgendaItem, Attendance, Meeting, NoteAction, Notes
from network.membership.models import Invitation
from network.people.models import Membership, User
from tests.conftest import People

SignIn = Callable[[User], Client]
RAW = re.compile(r"[a-z]_[a-z]|\b[a-z]+\.[a-z]+\b|\b[a-z]+/[a-z]+\b|\d{4}-\d\d-\d\d")
DATA, COPY = "/profile/data/", "/profile/data/copy/"
TAKEN = "took a copy of own data"
CANARY = "zqcanaryqz"


def copied(client: Client) -> Any:
    """Asked for, made by a worker, and taken."""
    OwnCopy.objects.all().delete()
    asked = client.post(DATA)
    assert asked["Location"].startswith("/jobs/"), asked["Location"]
    jobs.run_waiting()
    return client.post(COPY)


def taken(client: Client) -> dict[str, Any]:
    """The JSON of the file, and all its words under "words"."""
    answer = copied(client)
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == sorted([FOR_PROGRAMS, READ])
        said: dict[str, Any] = json.loads(archive.read(FOR_PROGRAMS))
        book = load_workbook(io.BytesIO(archive.read(READ)))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    titles = [sheet.title for sheet in book]
    return said | {"words": "\n".join([answer["Content-Disposition"], json.dumps(said), *titles, *cells])}


def rows(said: dict[str, Any], title: str) -> list[dict[str, str]]:
    return next((one["rows"] for one in said["held"] if one["title"] == title), [])


def a_mail(person: User, subject: str, **more: Any) -> OutboxMail:
    queued = mail.queue(
        f"k:{subject}", person, subject, "notice", {"paragraphs": ["Some words."]}, kind=Kind.REPORT, **more
    )
    assert queued is not None
    return queued


def gone_out(queued: OutboxMail) -> None:
    OutboxMail.objects.filter(pk=queued.pk).update(state="sent", sent_at=dates.now())


@pytest.fixture
def meeting(people: People) -> Meeting:
    made = Meeting.objects.create(on=date(2026, 9, 10), cycle="2026-09", chair=people.cochair_one)
    Notes.objects.create(meeting=made, status="agreed", agreed_at=dates.now())
    return made


class TestWhatItHolds:
    def test_details_and_roles_past_and_present(self, people: People, sign_in: SignIn) -> None:
        said = taken(sign_in(people.former))
        assert {"What": "Name", "As it is held": people.former.name} in rows(said, "Your details")
        assert [one["Role"] for one in rows(said, "Your roles")] == ["Lead"]
        assert rows(said, "Your roles")[0]["To"] == "21 November 2026"

    def test_the_workbook_says_the_same_as_the_json(self, people: People, sign_in: SignIn) -> None:
        answer = copied(sign_in(people.lead))
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            said = json.loads(archive.read(FOR_PROGRAMS))
            book = load_workbook(io.BytesIO(archive.read(READ)))
        assert len(book.sheetnames) == len(said["held"]) + 1
        assert "Demonstration: invented figures" in said["demonstration"]
        contents = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
        assert contents == [(one["title"], len(one["rows"])) for one in said["held"]]

    def test_mails_that_have_gone_out_with_their_words_if_they_are_about_the_account(
        self, people: People, sign_in: SignIn
    ) -> None:
        gone_out(a_mail(people.lead, "Your role"))
        OutboxMail.objects.update(kind=Kind.ACCOUNT)
        gone_out(a_mail(people.lead, "Taken over: Counsel’s opinion"))
        about, named = rows(taken(sign_in(people.lead)), "Mails to you")[-2:]
        assert about["Subject"].endswith("Your role")
        assert "Some words." in about["Words"]
        assert (named["Kind"], named["Subject"], named["Words"]) == ("Reports", "", "")

    def test_nothing_legal_that_they_may_not_read_today(self, people: People, sign_in: SignIn) -> None:
        item = LibraryItem.objects.create(
            title="Advice", kind="other", link="https://example.org", added_by=people.admin, audience="legal"
        )
        Naming.objects.create(
            label="network.libraryitem", object_id=item.pk, person=people.lead, named_by=people.cochair_one
        )
        audit.read(by=people.lead, on=item)
        said = taken(sign_in(people.lead))
        assert rows(said, "Namings of you")
        assert "Library item" in {one["To what kind of thing"] for one in rows(said, "What you did")}
        people.lead.memberships.update(ends_on=date(2026, 11, 1))
        Membership.objects.create(user=people.lead, role="observer")
        said = taken(sign_in(people.lead))
        assert not rows(said, "Namings of you")
        assert "Library item" not in {one["To what kind of thing"] for one in rows(said, "What you did")}

    def test_what_they_did_and_what_was_done_to_their_account(self, people: People, sign_in: SignIn) -> None:
        audit.record(by=people.lead, verb="submitted", on=people.lead.memberships.get())
        audit.record(by=people.admin, verb="changed the address", on=people.lead)
        audit.record(
            by=people.admin, verb="agreed", on=people.lead.memberships.get(), on_behalf_of=people.lead
        )
        said = taken(sign_in(people.lead))
        assert "Submitted" in {one["What"] for one in rows(said, "What you did")}
        assert rows(said, "Done to your account")[0]["By"] == people.admin.name
        assert rows(said, "Done on your behalf")[0]["What"] == "Agreed"

    def test_the_file_its_columns_and_its_values_are_in_plain_words(
        self, people: People, sign_in: SignIn
    ) -> None:
        """No name by which only the code knows a mail, an act, a kind of thing or of file."""
        for verb in (*VERBS, "exported a list", "sent a reminder"):
            audit.record(by=people.lead, verb=verb, on=people.lead.memberships.get())
            audit.record(by=people.admin, verb=verb, on=people.lead)
        for label in ("questionnaires.return", "reports.reportsection", "foi.requestevent", "network.notes"):
            Agreement.objects.create(label=label, object_id=1, version=1, person=people.lead, answer="yes")
        for kind in Kind:
            OutboxMail.objects.create(
                key=f"t:{kind}", kind=kind, to_user=people.lead, to="l@example.org", subject="S", text="T"
            )
        files.store(SimpleUploadedFile("guide.csv", b"a,b\n"), by=people.lead)
        answer = copied(sign_in(people.lead))
        assert "Your data, 22 November 2026.zip" in unquote(answer["Content-Disposition"])
        said = taken(sign_in(people.lead))
        for held in said["held"]:
            for row in held["rows"]:
                for words in (held["title"], *row, *row.values()):
                    if "://" not in words and "@" not in words:
                        assert not RAW.search(words), (held["title"], words)
        verbs = {row["What"] for row in rows(said, "What you did")}
        assert {"Asked for an internal review", "Took back to draft", "Agreed"} <= verbs
        assert not verbs & {"Take back", "Offer", "Said yes", "Made", "Wrote"}
        kinds = {row["What kind of thing"] for row in rows(said, "What you agreed")}
        assert "Return of an authority" in kinds

    def test_agreements_uploads_library_items_and_actions_in_notes(
        self, people: People, sign_in: SignIn, meeting: Meeting
    ) -> None:
        chair = people.cochair_one
        Agreement.objects.create(
            label="network.notes", object_id=meeting.notes.pk, version=1, person=chair, answer="yes"
        )
        file = files.store(SimpleUploadedFile("guide.txt", b"Words\n"), by=chair)
        LibraryItem.objects.create(title="A guide", kind="guidance", file=file, added_by=chair)
        item = AgendaItem.objects.create(meeting=meeting, position=1, title="An item")
        NoteAction.objects.create(item=item, text="Write to all", owner=chair, due_on=date(2026, 12, 1))
        said = taken(sign_in(chair))
        assert rows(said, "What you agreed")[0]["What kind of thing"] == "Notes of a meeting"
        assert rows(said, "Files that you uploaded")[0]["Size"] == "6 bytes"
        assert rows(said, "Files that you uploaded")[0]["What kind of file"] == "Plain text file"
        assert rows(said, "Library items that you added")[0]["File"] == "guide.txt"
        assert rows(said, "Actions in notes that name you")[0]["Action"] == "Write to all"
        assert rows(said, "Meetings that you chair") == [{"Day": "10 September 2026"}]

    def test_invitations_meetings_attended_and_sign_ins(
        self, people: People, sign_in: SignIn, meeting: Meeting
    ) -> None:
        kent = people.lead.memberships.get().organisation
        assert kent
        Attendance.objects.create(meeting=meeting, organisation=kent, capacity="lead", person=people.lead)
        for to, by in ((people.lead, people.admin), (people.deputy, people.lead)):
            Invitation.objects.create(
                email=str(to.email), name=to.name, role="deputy", organisation=kent, invited_by=by,
                expires_at=dates.now(),
            )  # fmt: skip
        said = taken(sign_in(people.lead))
        assert rows(said, "Invitations to you")[0]["By"] == people.admin.name
        assert rows(said, "Invitations that you sent")[0]["To"] == people.deputy.name
        assert rows(said, "Meetings that you attended")[0]["For"] == kent.full_name
        assert rows(said, "Where you are signed in")

    def test_a_naming_says_when_and_by_whom_and_never_for_what(
        self, people: People, sign_in: SignIn, meeting: Meeting
    ) -> None:
        item = AgendaItem.objects.create(meeting=meeting, position=1, title=CANARY, audience="legal")
        Naming.objects.create(
            label="network.agendaitem", object_id=item.pk, person=people.lead, named_by=people.cochair_two
        )
        said = taken(sign_in(people.lead))
        assert rows(said, "Namings of you") == [
            {
                "When": "22 November 2026 at 09:00",
                "For what kind of thing": "Agenda item",
                "By": people.cochair_two.name,
            }
        ]
        assert CANARY not in said["words"]


class TestWhatItDoesNotHold:
    def test_nothing_of_what_others_keep_to_themselves(
        self, people: People, sign_in: SignIn, meeting: Meeting
    ) -> None:
        """Each of these is bound to the lead in some way, and none of its words is for them today."""
        lead, admin = people.lead, people.admin
        for position, level in enumerate(("chairs", "coordinator", "legal"), start=1):
            item = AgendaItem.objects.create(
                meeting=meeting, position=position, title=f"{CANARY} {level}", audience=level
            )
            NoteAction.objects.create(item=item, text=CANARY, owner=lead, due_on=date(2026, 12, 1))
            audit.record(by=lead, verb="changed an item", on=item, words=CANARY)
            audit.record(by=admin, verb="noted", on=lead, words=CANARY)
            file = files.store(SimpleUploadedFile(f"{CANARY}.txt", b"Words\n"), by=lead)
            LibraryItem.objects.create(
                title=CANARY, description=CANARY, kind="other", file=file, added_by=lead, audience=level
            )
        # Narrowed since: the entry of then knows the name of then.
        AuditEntry.objects.filter(actor=lead).update(title=CANARY, audience="network")
        a_mail(lead, CANARY)
        gone_out(a_mail(admin, f"{CANARY} to another"))
        said = taken(sign_in(lead))
        assert CANARY not in said["words"]
        assert len(rows(said, "What you did")) >= 3, "the acts themselves are there"

    def test_no_key_to_the_account(self, people: People, sign_in: SignIn) -> None:
        gone_out(a_mail(people.lead, f"New password {CANARY}", secret=True))
        OutboxMail.objects.update(text=CANARY)
        said = taken(sign_in(people.lead))
        assert CANARY not in said["words"]
        assert people.lead.password not in said["words"]

    def test_nobody_elses_data(self, people: People, sign_in: SignIn) -> None:
        said = taken(sign_in(people.stranger))
        for other in (people.lead, people.deputy, people.partner):
            assert str(other.email) not in said["words"]

    def test_a_partner_is_told_no_members_name(self, people: People, sign_in: SignIn) -> None:
        audit.record(by=people.admin, verb="changed the address", on=people.partner)
        said = taken(sign_in(people.partner))
        assert rows(said, "Done to your account")[0]["By"] == "A member of the network"
        assert people.admin.name not in said["words"]


class TestTaking:
    def test_it_is_written_down(self, people: People, sign_in: SignIn) -> None:
        taken(sign_in(people.observer))
        entry = AuditEntry.objects.get(verb=TAKEN)
        assert (entry.actor, entry.object_id) == (people.observer, people.observer.pk)

    def test_looking_at_the_page_makes_nothing(self, people: People, sign_in: SignIn) -> None:
        page = sign_in(people.lead).get(DATA).content.decode()
        assert "Make a copy of your data" in page
        assert "Download your copy" not in page
        assert not Job.objects.filter(kind=own_data.KIND).exists()
        assert not AuditEntry.objects.filter(verb=TAKEN).exists()

    def test_it_asks_for_a_fresh_sign_in(self, people: People, sign_in: Any, at: Any) -> None:
        client = sign_in(people.lead, ageing=True)
        at("2026-11-22T09:20")
        for answer in (client.get(DATA), client.post(DATA), client.post(COPY)):
            assert answer.status_code == 302
            assert "reauthenticate" in answer["Location"]
        assert not AuditEntry.objects.filter(verb=TAKEN).exists()

    def test_it_is_made_by_a_worker_and_its_page_says_how_far_it_is(
        self, people: People, sign_in: SignIn
    ) -> None:
        client = sign_in(people.lead)
        job = client.post(DATA)["Location"]
        assert "A copy is being made" in client.get(DATA).content.decode()
        assert client.post(DATA)["Location"] == job, "one at a time"
        assert client.post(COPY).status_code == 404, "not made yet"
        jobs.run_waiting()
        page = client.get(job).content.decode()
        assert DATA in page
        assert "Download your copy" in client.get(DATA).content.decode()
        for _ in range(2):
            assert client.post(COPY).status_code == 200
        assert AuditEntry.objects.filter(verb=TAKEN).count() == 2
        assert client.get(COPY).status_code == 405
        Job.objects.update(asked_by=None)  # as after a yearly removal
        assert copied(client).status_code == 200

    def test_nobody_else_takes_it_by_any_door(self, people: People, sign_in: SignIn) -> None:
        job = sign_in(people.lead).post(DATA)["Location"]
        jobs.run_waiting()
        admin = sign_in(people.admin)
        assert admin.get(job).status_code == 200, "whoever oversees jobs sees that there was one"
        assert "Download your copy" not in admin.get(DATA).content.decode()
        for other in (people.admin, people.deputy, people.observer):
            assert sign_in(other).post(COPY).status_code == 404
        assert sign_in(people.deputy).get(job).status_code == 404

    def test_it_lies_sealed(self, people: People, sign_in: SignIn) -> None:
        copied(sign_in(people.lead))
        sealed = bytes(OwnCopy.objects.get().sealed)
        assert not sealed.startswith(b"PK")
        assert b"Your data" not in sealed

    def test_it_is_removed_after_seven_days(self, people: People, sign_in: SignIn, at: Any) -> None:
        copied(sign_in(people.lead))
        at("2026-11-29T08:00")
        assert own_data.forget() == ""
        at("2026-11-29T10:00")
        assert own_data.forget() == "1 old copies of people’s own data removed"
        assert sign_in(people.lead).post(COPY).status_code == 404

    def test_a_copy_from_before_a_role_ended_is_handed_out_no_more(
        self, people: People, sign_in: SignIn
    ) -> None:
        client = sign_in(people.lead)
        copied(client)
        people.lead.memberships.update(ends_on=date(2026, 11, 1))
        refused = client.post(COPY)
        assert refused.status_code == 409
        assert "Make a new one" in refused.content.decode()
        assert copied(client).status_code == 200

    def test_nor_one_from_before_something_was_narrowed_or_somebody_named(
        self, people: People, sign_in: SignIn
    ) -> None:
        client = sign_in(people.lead)
        item = LibraryItem.objects.create(
            title=CANARY, kind="other", link="https://example.org", added_by=people.lead
        )
        assert CANARY in taken(client)["words"]
        naming.name_people(item, [people.deputy], by=people.cochair_one)
        assert client.post(COPY).status_code == 409
        assert CANARY not in taken(client)["words"]
        widening.note(item, before="network", after="chairs", by=people.admin)
        assert client.post(COPY).status_code == 409

    def test_taking_what_holds_something_legal_is_a_reading_of_it(
        self, people: People, sign_in: SignIn
    ) -> None:
        client = sign_in(people.lead)
        item = LibraryItem.objects.create(
            title=CANARY, kind="other", link="https://example.org", added_by=people.lead
        )
        naming.name_people(item, [people.lead], by=people.cochair_one)
        words = taken(client)["words"]
        read = AuditEntry.objects.filter(verb="read", object_id=item.pk, actor=people.lead)
        assert read.exists() == (CANARY in words)

    def test_somebody_without_an_account_any_more_gets_none(self, people: People, sign_in: SignIn) -> None:
        sign_in(people.lead).post(DATA)
        User.objects.filter(pk=people.lead.pk).update(is_active=False)
        jobs.run_waiting()
        assert not OwnCopy.objects.exists()

    def test_the_number_of_queries_does_not_depend_on_what_is_held(
        self, people: People, sign_in: SignIn
    ) -> None:
        client = sign_in(people.admin)
        asked = []
        for more in (1, 30):
            for number in range(more):
                audit.record(by=people.admin, verb="did", on=people.lead, number=number)
                audit.record(by=people.lead, verb="did", on=people.admin, number=number)
                Naming.objects.create(
                    label="network.libraryitem",
                    object_id=more * 100 + number,
                    person=people.admin,
                    named_by=people.lead,
                )
                Membership.objects.create(
                    user=people.admin,
                    role="contributor",
                    organisation=people.lead.memberships.get().organisation,
                    starts_on=date(2020, 1, 1) + timedelta(days=more + number),
                    ends_on=date(2020, 1, 1) + timedelta(days=more + number),
                )
            with CaptureQueriesContext(
                connection,
            ) as queries:
                taken(client)
            asked.append(len(queries))
        assert asked[0] == asked[1]

    def test_every_app_says_what_it_holds_in_rows_as_wide_as_its_headings(self, people: People) -> None:
        for _, person in people.items():
            for records in registry.own_records(person):
                assert records.title
                assert all(len(row) == len(records.columns) for row in records.rows), records.title


ANSWERED = {
    "account.emailaddress": "none is made: an address is given by an admin",
    "mfa.authenticator": "Second steps of signing in",
    "network.agreement": "What you agreed",
    "network.attendance": "Meetings that you attended",
    "network.auditentry": "What you did",
    "network.bankholiday": "Bank holidays that you added",
    "network.invitation": "Invitations to you",
    "network.job": "Long work that you asked for",
    "network.kept": "Forms kept when you were signed out",
    "network.libraryitem": "Library items that you added",
    "network.mailedcode": "Codes used of late",
    "network.meeting": "Meetings that you chair",
    "network.membership": "Your roles",
    "network.naming": "Namings of you",
    "network.noteaction": "Actions in notes that name you",
    "network.organisationaccount": "The account of your organisation that signs you in",
    "network.outboxmail": "Mails to you",
    "network.owncopy": "Copies of your data",
    "network.removal": "Yearly removals that you confirmed",
    "network.reorganisation": "Reorganisations that you wrote down",
    "network.sent": "Forms sent since yesterday",
    "network.signin": "Where you are signed in",
    "network.storedfile": "Files that you uploaded",
    "network.usedcode": "Codes used of late",
}
"""Each table of the ground floor that refers to a person, and where its rows stand in their file."""


def test_no_table_of_the_ground_floor_refers_to_people_without_answering_for_it() -> None:
    refer = {
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label not in ("questionnaires", "foi", "actions", "reports")
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is User
    }
    assert refer == set(ANSWERED)


def test_the_file_has_a_place_for_each_of_them(people: People) -> None:
    titles = {records.title for records in registry.own_records(people.admin)}
    assert {title for title in ANSWERED.values() if title[:1].isupper()} <= titles
