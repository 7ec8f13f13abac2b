"""The audit trail as admins read it: who, what, which thing, when, on whose behalf; and nothing of what a
reader may not know of."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from network import audit, dates, jobs
from network.audience import Naming
from network.audit import AuditCheck, AuditEntry, wording
from network.audit.verbs import VERBS
from network.library.models import LibraryItem
from network.mail import OutboxMail
from network.oversight.tables import AuditTable
from network.people.models import Organisation, User
from network.workflow import Stateful
from questionnaires.models import Return, Round
from tests import factories
from tests.access.answers import FLEETING
from tests.conftest import People
from tests.house import app_files

pytestmark = pytest.mark.django_db
PAGE = "/network/audit/"
SignIn = Callable[..., Client]


def library(people: People, audience: str = "network", title: str = "Guidance") -> LibraryItem:
    return LibraryItem.objects.create(
        title=title, kind="guidance", link="https://example.org/", audience=audience, added_by=people.lead
    )


def name(item: Any, person: User, by: User) -> None:
    Naming.objects.create(label=item._meta.label_lower, object_id=item.pk, person=person, named_by=by)


def page(client: Client, query: str = "") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.fixture
def admins(people: People, sign_in: SignIn) -> Client:
    client = sign_in(people.admin)
    AuditEntry.objects.all().delete()
    return client


def test_it_says_who_did_what_to_which_thing_when_on_whose_behalf_and_how(
    people: People, admins: Client
) -> None:
    item = library(people)
    audit.record(
        by=people.deputy, verb="changed", on=item, on_behalf_of=people.lead, before="draft", fields=["title"]
    )
    said = page(admins)
    for words in (
        "Deputy, Kent",
        "Lead, Kent",
        "Changed",
        "Library item: Guidance",
        "22 November 2026",
        "was: draft; changed: title",
        f"/network/audit/network.libraryitem/{item.pk}/",
    ):
        assert words in said
    led = admins.get(f"/network/audit/network.libraryitem/{item.pk}/")
    assert led["Location"] == item.get_absolute_url()


def test_a_thing_without_a_page_leads_to_its_history(people: People, admins: Client) -> None:
    audit.record(by=people.admin, verb="added bank holiday", on=_holiday())
    led = admins.get(f"/network/audit/network.bankholiday/{_holiday().pk}/")
    assert "Added a bank holiday" in page(admins, led["Location"].removeprefix(PAGE))


def _holiday() -> Any:
    return apps.get_model("network", "BankHoliday").objects.first()


def test_people_whom_the_details_number_are_named(people: People, admins: Client) -> None:
    audit.record(by=people.cochair_one, verb="named people", on=people.lead, people=[people.deputy.pk])
    assert "people: Deputy, Kent" in page(admins)


def test_it_is_for_those_who_oversee_and_for_nobody_else(people: People, sign_in: SignIn) -> None:
    for role, person in people.items():
        assert sign_in(person).get(PAGE).status_code == (200 if role == "admin" else 403)


# -- What a reader may not know of --------------------------------------------------------------------


def hide(people: People) -> None:
    """Entries about a legal item, about items that were or became legal, that are gone, and about a draft."""
    legal = library(people, "legal", "Advice")
    name(legal, people.lead, people.cochair_one)
    once_legal = library(people, "legal", "Advice, old")
    gone = library(people, "legal", "Advice, gone")
    became_legal = library(people, "network", "Advice, early")
    removed = library(people, "network", "Advice, removed")
    draft = Return.objects.create(round=Round.objects.create(**_round()), authority=_kent())
    for row in (legal, once_legal, gone, became_legal, removed, draft):
        audit.record(by=people.lead, verb="changed", on=row, note="Canary")
    audit.read(by=people.lead, on=[legal, gone])
    LibraryItem.objects.filter(pk=once_legal.pk).update(audience="network")
    LibraryItem.objects.filter(pk__in=(became_legal.pk, removed.pk)).update(audience="legal")
    removed.refresh_from_db()
    audit.record(by=people.cochair_one, verb="named people", on=removed)
    gone.delete()
    removed.delete()


def _round() -> dict[str, Any]:
    version = apps.get_model("questionnaires", "InstrumentVersion").objects.first()
    today = dates.today()
    return {
        "slug": "a-round",
        "title": "A round",
        "version": version,
        "reporting_year": "2025/26",
        "opens_on": today,
        "closes_on": today + timedelta(days=9),
    }


def _kent() -> Any:
    return apps.get_model("network", "Organisation").objects.get(slug="kent")


@pytest.mark.parametrize("query", ["", "?person=lead", "?kind=network.libraryitem", "?export=csv"])
def test_entries_about_what_the_reader_may_not_read_are_not_there(
    people: People, admins: Client, query: str
) -> None:
    hide(people)
    audit.record(by=people.lead, verb="changed", on=library(people))
    said = page(admins, query)
    assert "Guidance" in said
    assert "Canary" not in said
    assert "Advice" not in said


def test_nor_do_counts_pages_choosers_addresses_or_the_state_of_the_chain_tell_of_them(
    people: People, admins: Client
) -> None:
    audit.record(by=people.lead, verb="changed", on=library(people))
    audit.seal()

    def seen() -> list[str]:
        said = [page(admins, query) for query in ("", "?person=lead", "?about=network.libraryitem:999")]
        return [FLEETING.sub("", one) for one in said]

    before = seen()
    hide(people)
    audit.seal()
    assert AuditEntry.objects.count() > 9
    assert seen() == before


def test_an_address_of_an_entry_that_is_kept_from_the_reader_is_one_of_nothing(
    people: People, admins: Client
) -> None:
    hide(people)
    for entry in AuditEntry.objects.exclude(label="network.user"):
        assert admins.get(f"{PAGE}{entry.label}/{entry.object_id}/").status_code == 404


def test_whoever_is_named_sees_who_read_the_item(people: People, admins: Client) -> None:
    legal = library(people, "legal", "Advice")
    audit.read(by=people.lead, on=legal)
    assert "Lead, Kent" not in page(admins)
    name(legal, people.admin, people.cochair_one)
    said = page(admins)
    assert "Lead, Kent" in said
    assert "Advice" not in said  # its name is no part of the trail


def test_what_was_removed_and_was_never_legal_stays_with_its_name(people: People, admins: Client) -> None:
    item = library(people, "chairs", "Old guidance")
    audit.record(by=people.lead, verb="removed", on=item)
    item.delete()
    assert "Old guidance" in page(admins)


def test_a_kind_without_an_audience_that_nobody_opened_is_closed(people: People, admins: Client) -> None:
    audit.record(by=people.lead, verb="changed", on=OutboxMail(pk=1, subject="Canary"))
    assert "Canary" not in page(admins)


# -- Filters and files --------------------------------------------------------------------------------


@pytest.fixture
def trail(people: People, admins: Client, at: Callable[[str], None]) -> Client:
    at("2026-11-02T10:00")
    audit.record(by=people.lead, verb="signed in", on=people.lead)
    at("2026-11-03T23:30")
    audit.record(by=people.stranger, verb="changed", on=library(people, title="Referral form"))
    at("2026-11-22")
    return admins


@pytest.mark.parametrize(
    ("query", "signed_in", "changed"),
    [
        ("", True, True),
        ("?person=MEDWAY", False, True),
        ("?person=lead.kent@example.org", True, False),
        ("?what=sign-in", True, False),
        ("?kind=network.libraryitem", False, True),
        ("?since=2026-11-03", False, True),
        ("?until=2026-11-02", True, False),
        ("?since=2026-11-03&until=2026-11-03", False, True),
        ("?about=network.libraryitem:x", False, False),
        ("?since=yesterday&kind=nothing", False, False),
    ],
)
def test_it_is_filtered_by_person_act_kind_thing_and_day(
    trail: Client, query: str, signed_in: bool, changed: bool
) -> None:
    said = page(trail, query)
    assert (">Signed in<" in said, "Referral form" in said) == (signed_in, changed)


def test_an_export_holds_the_same_rows_and_is_itself_in_the_trail(people: People, trail: Client) -> None:
    answer = trail.get(f"{PAGE}?export=xlsx&person=medway")
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert [str(cell) for cell in rows[-1]][1:5] == [
        "Lead, Medway",
        "None",
        "Changed",
        "Library item: Referral form",
    ]
    last = AuditEntry.objects.order_by("-pk")[0]
    assert (last.actor, last.verb, last.label, last.detail) == (
        people.admin,
        "exported a list",
        "network.auditentry",
        {"list": "Audit trail", "as_file": "xlsx"},
    )


def test_an_export_asks_for_a_fresh_sign_in(
    people: People, sign_in: SignIn, at: Callable[[str], None]
) -> None:
    client = sign_in(people.admin, ageing=True)
    at("2026-11-22T09:20")
    assert "reauthenticate" in client.get(f"{PAGE}?export=csv")["Location"]


def test_the_last_day_of_all_is_a_day_like_any_other(admins: Client, trail: Client) -> None:
    for query in ("?until=9999-12-31", "?until=9999-12-31&export=csv", "?since=0001-01-01&until=9999-12-31"):
        assert admins.get(f"{PAGE}{query}").status_code == 200
    assert "Nothing here" in page(admins, "?until=0001-01-01")
    assert "Nothing here" in page(admins, "?since=9999-12-31")


def test_a_download_of_an_unknown_kind_is_the_page(admins: Client, trail: Client, monkeypatch: Any) -> None:
    """Only the people whom the page's entries name are looked up, not those of a hundred thousand."""
    monkeypatch.setattr(AuditTable, "page_length", 1)
    looked: list[int] = []
    people_in = wording.people_in

    def counting(rows: Any) -> Any:
        rows = list(rows)
        looked.append(len(rows))
        return people_in(rows)

    monkeypatch.setattr(wording, "people_in", counting)
    assert "Audit trail" in page(admins, "?export=foo")
    assert looked == [1]


def test_more_than_one_file_holds_are_refused_in_plain_words(
    admins: Client, trail: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("network.oversight.views.MOST_DOWNLOADED", 1)
    answer = admins.get(f"{PAGE}?export=csv")
    assert answer.status_code == 409
    assert "Choose a person or the days first" in answer.content.decode()


def test_the_list_is_paged_by_twenty_five_and_not_counted_to_the_end(people: People, admins: Client) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(actor=people.lead, verb="changed", label="network.user", object_id=1, title="T").sign()
        for _ in range(1_050)
    )
    said = page(admins)
    assert said.count(">history") == 25
    assert "Entries 1 to 25 of more than 1,000" in said
    assert "Entries 976 to 1000 of more than 1,000" in page(admins, "?page=40")


# -- Sign-ins and what leaves the portal --------------------------------------------------------------


def said_of(person: User | None) -> list[str]:
    return list(AuditEntry.objects.filter(actor=person).order_by("pk").values_list("verb", flat=True))


def test_signing_in_and_out_and_failing_to_are_written_down(people: People) -> None:
    client = Client()
    for password in ("wrong", factories.PASSWORD):
        client.post("/accounts/login/", {"login": "lead.kent@example.org", "password": password})
    client.post("/accounts/logout/")
    failed = AuditEntry.objects.get(verb="failed to sign in")
    assert (failed.actor, failed.object_id) == (None, people.lead.pk)
    assert said_of(people.lead)[0] == "signed in"
    assert said_of(people.lead)[-1] == "signed out"


def test_an_unknown_address_is_written_down_without_what_was_typed(people: People) -> None:
    Client().post("/accounts/login/", {"login": "a-password-typed-here@example.org", "password": "x"})
    failed = AuditEntry.objects.get(verb="failed to sign in")
    assert (failed.object_id, failed.title, failed.detail) == (0, "", {})


def test_a_new_password_is_written_down(people: People, sign_in: SignIn) -> None:
    new = "another-good-long-passphrase"
    typed = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    sign_in(people.lead).post("/accounts/password/change/", typed)
    assert "changed the password" in said_of(people.lead)


def test_each_list_that_leaves_the_portal_is_written_down_and_its_legal_rows_with_themselves(
    people: People, sign_in: SignIn
) -> None:
    legal, _ = library(people, "legal"), library(people)
    name(legal, people.lead, people.cochair_one)
    sign_in(people.lead).get("/library/?export=csv")
    exports = AuditEntry.objects.filter(verb="exported a list").order_by("pk")
    assert [(one.object_id, one.audience, one.detail) for one in exports] == [
        (0, "", {"list": "Library", "as_file": "csv"}),
        (legal.pk, "legal", {}),
    ]


# -- The words ----------------------------------------------------------------------------------------


def test_every_move_of_every_workflow_has_its_words() -> None:
    moves = {
        transition.name
        for model in apps.get_models()
        if issubclass(model, Stateful)
        for transition in model.workflow.transitions
    }
    assert moves <= set(VERBS)


@pytest.mark.once
@dataclass(frozen=True)
class Act:
    """One `audit.record(…)` in the code: its verb as far as it stands there, and its details by name."""

    at: str
    verb: str
    details: tuple[str, ...]


RECORDERS = ("audit.record", "record", "_record")
NO_DETAIL = ("by", "on", "on_behalf_of", "verb")
OF_AN_ACT = ("_changing_agenda", "_changing", "_saved")
"""Functions that are handed the verb."""


def acts_in_the_code() -> list[Act]:
    found = []
    for file in app_files():
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Call):
                continue
            called, named = ast.unparse(node.func), {one.arg: one.value for one in node.keywords if one.arg}
            texts = [one for one in (*node.args, named.get("verb")) if isinstance(one, ast.Constant)]
            verb = next((one.value for one in texts if isinstance(one.value, str)), "")
            if called in RECORDERS and ("verb" in named or verb):
                given = tuple(sorted(set(named) - set(NO_DETAIL)))
                found.append(Act(file.at(node, called), verb, given))
            elif called in OF_AN_ACT and verb:
                found.append(Act(file.at(node, called), verb, ()))
    return found


PAST = re.compile(
    r"(\w+ed|began|brought|came|chose|gave|kept|left|led|made|put|read|reset|said|sent|set|took|withdrew)\b"
    r"|agreement made void"
)


def test_every_act_in_the_code_reads_as_a_sentence_and_shows_no_name_of_the_code() -> None:
    """Who, what they did in the past tense, which thing; and each detail has its words."""
    acts = acts_in_the_code()
    verbs = {act.verb for act in acts if act.verb} | set(VERBS)
    assert len(acts) > 60
    assert len(verbs) > 80
    for verb in verbs:
        said = wording.verb(verb)
        assert "_" not in said
        assert PAST.match(said[:1].lower() + said[1:]), f"“{verb}” is told as “{said}”"
    unknown = {f"{act.at}: {name}" for act in acts for name in act.details if name not in wording.KNOWN}
    assert not unknown


SAMPLES: dict[str, Any] = {
    "before": "internal_review_requested", "after": "internal_review_done", "section": "What we ask of you",
    "outcome": "not_held", "bodies": ["kent-and-medway"], "to": "kent-and-medway", "organisation": "medway",
    "body": "kent-and-medway", "fields": ["audience", "due_on", "owner_organisation"], "people": [1],
    "changed": ["opens_on", "reporting_year"], "declined": ["foi", "reminder"], "role": "co_chair",
    "as_file": "xlsx", "list": "Library", "at_once": True,
    "day": "2026-12-25", "name": "Kent", "title": "K",
    "file": "guide.pdf", "device": "Chrome on Windows", "tenant": "a1b2", "reason": "Lost", "why": "Asked",
    "successor": "East Surrey", "kind": "Mails", "withdrawn": "Surrey", "said": ["4 actions"],
    "was": 1, "now": 2,
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("label", ["foi.request", "questionnaires.round", "actions.action", "network.user"])
def test_every_detail_in_the_code_is_a_phrase_and_no_bare_sum_or_key(label: str, people: People) -> None:
    names = {name for act in acts_in_the_code() for name in act.details}
    for name in names:
        for value in {1: None, 7: None} if name not in SAMPLES else [SAMPLES[name]]:
            day = "2027-03-31" if name.endswith(("_on", "_day")) or name == "next" else value
            entry = AuditEntry(verb="changed", label=label, object_id=1, detail={name: day})
            said = wording.detail(entry, {1: "Lead, Kent"}, {"kent-and-medway": "Kent and Medway"})
            assert not re.search(r"[a-z]_[a-z]|[a-z]-[a-z]+-[a-z]|\d{4}-\d\d-\d\d|: \d+$", said), (name, said)


@pytest.mark.parametrize(
    ("verb", "label", "detail", "said"),
    [
        ("sent a reminder", "questionnaires.round", {"authorities": 7}, "Sent a reminder: to 7 authorities"),
        ("sent a reminder", "questionnaires.round", {"authorities": 0}, "nobody was left to remind"),
        ("recorded outcomes", "foi.request", {"outcomes": 1}, "question by question: 1 answer of the body"),
        (
            *("recorded the rest", "foi.request", {"outcome": "not_held", "outcomes": 57}),
            "Recorded one answer for all other questions: as “not held”; 57 answers of the body",
        ),
        ("opened round", "foi.foiround", {"bodies": ["frimley"]}, "a round of FOI requests: to: Frimley"),
        (
            *("answer", "foi.request", {"before": "sent", "after": "responded"}),
            "Recorded a reply: from “sent” to “answered”",
        ),
        ("addressed to the successor", "foi.request", {"to": "frimley"}, "to the successor: to: Frimley"),
        ("wrote", "reports.report", {"section": "Summary"}, "words of a section: the section “Summary”"),
        ("chose mails", "network.user", {"declined": ["foi"]}, "does without: late replies to FOI requests"),
        ("chose mails", "network.user", {"declined": []}, "wants every mail"),
    ],
)
def test_reminders_acts_of_foi_and_choices_are_told_in_words(
    verb: str, label: str, detail: dict[str, Any], said: str, people: People
) -> None:
    entry = AuditEntry(verb=verb, label=label, object_id=1, detail=detail)
    told = f"{wording.verb(verb)}: {wording.detail(entry, {}, {'frimley': 'Frimley'})}"
    assert told.endswith(said)


def test_sums_over_things_of_which_a_reader_may_not_know_all_are_not_said(people: People) -> None:
    entry = audit.record(
        by=people.admin, verb="took over what follows", on=people.lead, said=["4 actions"], items=[1, 2]
    )
    assert wording.detail(entry, {}) == "2 agenda items"


def test_values_fields_and_bodies_are_said_in_plain_words(people: People) -> None:
    item = library(people)
    entry = audit.record(
        by=people.admin, verb="let more people read", on=item, before="network", after="published",
        fields=["audience"], organisation="medway", last_day="2027-03-31", outcome="internal_review_done",
    )  # fmt: skip
    said = wording.detail(entry, {}, {"medway": "Medway"})
    for words in ("changed: who may read it", "at: Medway", "last day: 31 March 2027"):
        assert words in said
    assert not re.search(r"[a-z]_[a-z]|was: network|is now: published", said), said


def test_the_kinds_of_things_say_what_they_are() -> None:
    names = {name for _, name in wording.kinds()}
    assert not names & {"Cycle rule", "Kept", "Item version", "Note entry", "Membership", "Job", "Sign in"}
    assert all(name[0].isupper() and "_" not in name and "." not in name for name in names)


@pytest.mark.once
def test_no_entry_of_a_demonstration_shows_what_only_the_code_is_called_by(db: None) -> None:
    call_command("seed_demo", stdout=io.StringIO(), stderr=io.StringIO())
    bodies = dict(Organisation.objects.values_list("slug", "name"))
    names = dict(User.objects.values_list("pk", "name"))
    entries = list(AuditEntry.objects.all())
    assert len(entries) > 100
    for entry in entries:
        for said in (wording.detail(entry, names, bodies), wording.kind(entry.label)):
            found = re.search(
                r"[a-z]_[a-z]|\b[a-z]+\.[a-z]+\b|\d{4}-\d\d-\d\d|\b[a-z]+-[a-z]+-[a-z]+\b", said
            )
            assert not found, said


@pytest.mark.parametrize("query", ["?since=31.6.2026", "?until=yesterday", "?what=nothing-like-it"])
def test_a_choice_that_makes_no_sense_is_said_and_shows_no_rows(
    people: People, admins: Client, query: str
) -> None:
    audit.record(by=people.deputy, verb="changed", on=library(people))
    said = page(admins, query)
    assert "<title>Error: Audit trail" in said
    assert "There is a problem" in said
    assert "Library item: Guidance" not in said


# -- The check ----------------------------------------------------------------------------------------


def test_the_page_says_how_far_the_trail_is_sealed_and_that_it_is_whole(
    people: People, admins: Client
) -> None:
    audit.record(by=people.admin, verb="changed", on=people.lead)
    assert "Nothing is sealed yet" in page(admins)
    audit.seal()
    assert "Sealed up to 22 November 2026" in page(admins)
    assert "/jobs/" in admins.post(f"{PAGE}check/")["Location"]
    jobs.run_waiting()
    assert "whole, nothing changed, removed or put in" in page(admins)


def test_how_far_it_is_sealed_is_told_by_ones_own_acts_and_not_by_those_of_others(
    people: People, admins: Client, at: Callable[[str], None]
) -> None:
    at("2026-11-22T09:01")
    audit.record(by=people.admin, verb="changed", on=people.lead)
    at("2026-11-22T09:05")
    audit.record(by=people.cochair_one, verb="changed", on=people.lead)
    audit.seal()
    assert "Sealed up to 22 November 2026 at 09:01" in page(admins)


def test_a_trail_that_was_touched_is_told_by_mail_on_the_page_and_at_home(
    people: People, admins: Client
) -> None:
    audit.record(by=people.lead, verb="changed", on=people.lead)
    audit.seal()
    AuditEntry.objects.update(verb="did nothing")
    admins.post(f"{PAGE}check/")
    jobs.run_waiting()
    assert AuditCheck.objects.get().number == 1
    assert "were changed, removed, put in or re-ordered" in page(admins)
    assert "The audit trail is not as it was written" in admins.get("/").content.decode()
    assert OutboxMail.objects.filter(to_user=people.admin, key__startswith="system:audit-fault:").exists()


def test_the_trail_is_checked_once_a_day_by_itself(people: People, at: Callable[[str], None]) -> None:
    from network.oversight.tasks import CHECK, check_daily

    for moment in ("2026-11-22T08:00", "2026-11-22T09:00", "2026-11-23T08:00"):
        at(moment)
        check_daily()
    assert jobs.Job.objects.filter(kind=CHECK).count() == 2


@pytest.mark.parametrize("audience", ["network", "chairs", "legal"])
def test_each_file_that_is_downloaded_is_written_down_with_its_item(
    people: People, sign_in: SignIn, audience: str
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from network import files

    item = library(people, audience)
    item.file = files.store(SimpleUploadedFile("a.txt", b"Words\n"), by=people.lead)
    item.save()
    name(item, people.cochair_one, people.cochair_two)
    assert sign_in(people.cochair_one).get(f"/library/{item.pk}/file/").status_code == 200
    said = AuditEntry.objects.get(verb="downloaded")
    assert (said.actor, said.object_id, said.audience) == (people.cochair_one, item.pk, audience)
