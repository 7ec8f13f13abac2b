"""What FOI holds of bodies that end and of people who leave, and what goes after its time."""

from __future__ import annotations

from datetime import date

import pytest

from foi import casework, holdings, records, tasks
from foi.models import Outcome, Request, RequestEvent
from foi.models.requests import REMOVED, Status
from network import dates, registry
from network.audit import AuditEntry
from network.marks import Loaded, mark_of_row
from network.people.models import Organisation, Succession
from network.workflow import Refused
from tests import foi_factories as make

LAST = date(2027, 3, 31)


@pytest.fixture
def ending(people, orgs) -> Organisation:
    """Kent and Medway's board gives way to Thames Valley's on 1 April 2027."""
    body = orgs["kent-and-medway"]
    Organisation.objects.filter(pk=body.pk).update(ends_on=LAST)
    Succession.objects.create(
        predecessor=body,
        successor=orgs["thames-valley"],
        on=date(2027, 4, 1),
        kind="merger",
        state="law made",
    )
    body.refresh_from_db()
    return body


@pytest.fixture
def open_request(people, ending, at) -> Request:
    at("2027-03-01")
    round = make.foi_round(people.admin)
    return make.sent(make.request_to(round, ending), people.admin, date(2027, 3, 1))


def only(body: Organisation) -> registry.Holding:
    (found,) = holdings.holdings_of(body)
    return found


def test_a_body_that_ends_holds_the_requests_that_it_has_still_to_answer(open_request, ending, people, at):
    held = only(ending)
    assert held in registry.holdings_of(ending) or held.key in {
        one.key for one in registry.holdings_of(ending)
    }
    assert held.key == f"foi.request:{open_request.pk}"
    assert held.url == open_request.get_absolute_url()
    assert [fate.name for fate in held.fates] == ["lapse", "leave open"]
    casework.record(open_request, "answer", by=people.admin, on=dates.today())
    assert list(holdings.holdings_of(ending)) == []


def test_a_lapsed_request_is_settled_once_and_offered_to_the_successor(
    open_request, ending, orgs, people, at, sign_in
):
    at("2027-04-01")
    settle = only(ending).settle
    assert "lapsed, to be re-sent to the successor" in settle("lapse", None, LAST, None)
    assert settle("lapse", None, LAST, None) == ""
    assert casework.lapse_dissolved() == ""  # the calendar finds nothing left to do
    open_request.refresh_from_db()
    assert open_request.status == Status.LAPSED
    assert RequestEvent.objects.filter(request=open_request, kind=Status.LAPSED, on=LAST).count() == 1
    admin = sign_in(people.admin)
    page = admin.get(open_request.get_absolute_url()).content.decode()
    assert "Re-send to successor" in page
    assert (
        "Re-send to successor"
        not in sign_in(people.lead).get(open_request.get_absolute_url()).content.decode()
    )


def test_re_sending_proposes_the_successor_and_never_the_old_address(
    open_request, ending, orgs, people, at, sign_in
):
    at("2027-04-02")
    casework.lapse_dissolved()
    admin, successor = sign_in(people.admin), orgs["thames-valley"]
    page = admin.get(open_request.url("foi_request_edit")).content.decode()
    assert f'<option value="{successor.pk}" selected>' in page
    assert open_request.address not in page
    sent = {
        "made_for": str(open_request.made_for_id),
        "applicant": open_request.applicant,
        "reply_to": open_request.reply_to,
        "sent_to": str(successor.pk),
        "address": "foi@thames.example.org",
        "loaded": _mark(page),
    }
    answer = admin.post(open_request.url("foi_request_edit"), sent)
    assert answer.headers["Location"] == open_request.url("foi_request_send")
    open_request.refresh_from_db()
    assert (open_request.sent_to, open_request.address) == (successor, "foi@thames.example.org")
    today = {"sent_on-day": "2", "sent_on-month": "4", "sent_on-year": "2027"}
    received = {name.replace("sent", "received"): value for name, value in today.items()}
    admin.post(open_request.url("foi_request_send"), today | received)
    open_request.refresh_from_db()
    assert open_request.status == Status.SENT
    assert open_request.body == ending  # whose figures they are stays as it was asked
    assert list(holdings.holdings_of(ending)) == []
    assert next(one.key for one in holdings.holdings_of(successor)) == f"foi.request:{open_request.pk}"


def _mark(page: str) -> str:
    return page.split('name="loaded" value="')[1].split('"')[0]


def test_a_request_that_is_left_open_is_lapsed_by_no_calendar_and_its_clock_goes_on(
    open_request, ending, people, at, sign_in
):
    at("2027-04-01")
    settle = only(ending).settle
    assert "left open" in settle("leave open", None, LAST, None)
    assert settle("leave open", None, LAST, None) == ""
    assert AuditEntry.objects.filter(verb="left open after its body ended").count() == 1
    assert casework.lapse_dissolved() == ""
    at("2027-05-03")
    assert [deadline.overdue for deadline in tasks.running() if deadline.request == open_request] == [True]
    page = sign_in(people.lead).get(open_request.get_absolute_url()).content.decode()
    assert "existed until 31 March 2027. The request was left open" in page
    casework.record(open_request, "answer", by=people.admin, on=dates.today())


def test_what_is_no_longer_open_is_left_as_it_is(open_request, ending, people, at):
    held = only(ending)
    casework.record(open_request, "answer", by=people.admin, on=dates.today())
    at("2027-04-01")
    assert held.settle("lapse", None, LAST, None) == ""
    assert held.settle("leave open", None, LAST, None) == ""
    open_request.refresh_from_db()
    assert (open_request.status, open_request.left_open) == (Status.RESPONDED, False)


def test_who_answers_for_a_body_is_what_succeeded_it_in_the_end(ending, orgs, at):
    """Its successor may have given way itself."""
    at("2028-04-02")
    thames, surrey = orgs["thames-valley"], orgs["surrey-and-sussex"]
    Organisation.objects.filter(pk=thames.pk).update(ends_on=date(2028, 3, 31))
    Succession.objects.create(
        predecessor=thames, successor=surrey, on=date(2028, 4, 1), kind="merger", state="law made"
    )
    assert casework.answers_for(ending) == [surrey]


def test_ones_own_records_are_ones_own(open_request, people):
    casework.record(open_request, "acknowledge", by=people.admin, on=dates.today(), note="By telephone")
    (mine,) = records.own_records(people.admin)
    assert [row[4] for row in mine.rows][-1] == "By telephone"
    assert all(len(row) == len(mine.columns) for row in mine.rows)
    (others,) = records.own_records(people.lead)
    assert others.rows == ()


def test_correspondence_goes_after_its_time_and_figures_stay(open_request, people, at):
    make.record(open_request, people.admin, "1.1", "12", note="Counsel asked")
    casework.record(open_request, "acknowledge", by=people.admin, on=dates.today(), note="By telephone")
    (kind,) = records.retained()
    later = dates.parse_now("2030-01-01")
    assert list(kind.rows(later)) == []  # an open request is kept, however old
    casework.record(open_request, "answer", by=people.admin, on=dates.today())
    assert list(kind.rows(dates.parse_now("2027-02-28"))) == []
    assert list(kind.rows(later)) == [(str(open_request), open_request.get_absolute_url())]
    assert kind.purge(later) == 1
    assert kind.purge(later) == 0
    open_request.refresh_from_db()
    assert (open_request.applicant, open_request.reply_to, open_request.address) == (
        REMOVED,
        REMOVED,
        REMOVED,
    )
    assert not RequestEvent.objects.filter(request=open_request).exclude(note="").exists()
    outcome = Outcome.objects.get(request=open_request, item__code="1.1", year="2025/26")
    assert (outcome.low, outcome.note) == (12, "")
    assert casework.known_address(open_request.sent_to) == ""


NEEDED = {"applicant": "Enter the applicant’s name", "reply_to": "Enter the address for the reply"}


@pytest.mark.parametrize("name", ["applicant", "reply_to", "address"])
def test_a_request_is_not_re_sent_without_a_particular_and_the_field_says_so(
    name, open_request, ending, orgs, people, at, sign_in
):
    """foi_request_names_its_applicant: what was sent once is never without these."""
    at("2027-04-02")
    casework.lapse_dissolved()
    admin, url = sign_in(people.admin), open_request.url("foi_request_edit")
    page = admin.get(url).content.decode()
    assert "Address it is sent to (optional)" not in page
    assert "Re-send to NHS Thames Valley ICB" in page
    assert "Request to NHS Kent and Medway ICB</h1>" not in page
    sent = {
        "made_for": str(open_request.made_for_id),
        "applicant": open_request.applicant,
        "reply_to": open_request.reply_to,
        "sent_to": str(orgs["thames-valley"].pk),
        "address": "foi@thames.example.org",
        "loaded": _mark(page),
    }
    answer = admin.post(url, sent | {name: "  "})
    assert answer.status_code == 200
    assert NEEDED.get(name, "Enter NHS Thames Valley ICB’s FOI address") in answer.content.decode()
    open_request.refresh_from_db()
    assert open_request.sent_to == ending
    with pytest.raises(Refused, match="Before it is sent, this request needs"):
        casework.edit(open_request, {name: ""}, loaded=_stands(open_request), by=people.admin)


def _stands(request: Request) -> Loaded:
    return Loaded(mark_of_row(request, ["address"]), ("address",))


def test_a_lapsed_request_is_not_addressed_to_a_board_that_is_gone(open_request, ending, people, at, sign_in):
    at("2027-04-02")
    casework.lapse_dissolved()
    Succession.objects.filter(predecessor=ending).delete()
    admin, url = sign_in(people.admin), open_request.url("foi_request_edit")
    page = admin.get(url).content.decode()
    sent = {
        "made_for": str(open_request.made_for_id),
        "applicant": open_request.applicant,
        "reply_to": open_request.reply_to,
        "sent_to": str(ending.pk),
        "address": "foi@x.example.org",
        "loaded": _mark(page),
    }
    answer = admin.post(url, sent).content.decode()
    assert "existed until 31 March 2027. Choose the body that answers for it now" in answer


@pytest.fixture
def draft(people, ending, at) -> Request:
    at("2027-03-01")
    return make.request_to(make.foi_round(people.admin), ending)


def test_a_draft_to_a_body_that_ends_is_among_its_open_things(draft, ending, orgs, people, at):
    held = only(ending)
    assert held.key == f"foi.request:{draft.pk}"
    assert [fate.name for fate in held.fates] == ["address", "leave draft", "remove"]
    at("2027-04-01")
    assert "addressed to Thames Valley" in held.settle("address", orgs["thames-valley"], LAST, None)
    assert held.settle("address", orgs["thames-valley"], LAST, None) == ""
    draft.refresh_from_db()
    assert (draft.status, draft.sent_to, draft.address) == (
        Status.DRAFT,
        orgs["thames-valley"],
        _known(draft),
    )
    assert "foi@kent" not in draft.address


def _known(draft: Request) -> str:
    return casework.known_address(draft.sent_to)


def test_a_draft_may_be_removed_or_left_when_its_body_ends(draft, ending, at):
    held = only(ending)
    assert "left a draft" in held.settle("leave draft", None, LAST, None)
    assert "draft removed" in held.settle("remove", None, LAST, None)
    assert held.settle("remove", None, LAST, None) == ""
    assert not Request.objects.filter(pk=draft.pk).exists()
    assert AuditEntry.objects.filter(verb="removed draft").count() == 1


def test_a_draft_that_was_sent_meanwhile_is_not_removed(draft, ending, people, at):
    held = only(ending)
    make.sent(draft, people.admin, date(2027, 3, 1))
    assert held.settle("remove", None, LAST, None) == ""
    assert Request.objects.filter(pk=draft.pk).exists()


def test_a_draft_never_addresses_a_board_that_is_gone_in_silence(draft, ending, people, at, sign_in):
    says = "existed until 31 March 2027"
    at("2027-03-31")
    admin = sign_in(people.admin)
    for name in ("foi_request_detail", "foi_request_letter"):
        assert says not in admin.get(draft.url(name)).content.decode()
    at("2027-04-01")
    admin = sign_in(people.admin)
    for name in ("foi_request_detail", "foi_request_letter"):
        assert says in admin.get(draft.url(name)).content.decode()
    assert admin.get(draft.url("foi_request_letter_pdf")).status_code == 409
    assert admin.get(draft.url("foi_request_send")).headers["Location"] == draft.url("foi_request_edit")


def test_nothing_is_received_by_a_board_before_it_exists(draft, orgs, people, at):
    at("2027-04-02")
    Organisation.objects.filter(pk=orgs["thames-valley"].pk).update(starts_on=date(2027, 4, 1))
    casework.address_to(draft, orgs["thames-valley"], by=people.admin)
    Request.objects.filter(pk=draft.pk).update(address="foi@thames.example.org")
    draft = Request.objects.get(pk=draft.pk)
    day = date(2027, 3, 31)
    with pytest.raises(Refused, match="exists from 1 April 2027"):
        casework.send(draft, by=people.admin, sent_on=day, received_on=day)
