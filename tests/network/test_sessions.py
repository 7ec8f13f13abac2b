"""Thirty idle minutes, twelve hours in all; where one is signed in; and nothing that was typed is lost."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from network import dates, guards, tick
from network.account import addresses
from network.account.sessions import devices, kept, lasting
from network.account.sessions.models import Kept, SignIn
from network.audit import AuditEntry
from network.library import views as library
from network.library.models import LibraryItem
from network.progress import job_progress
from network.workflow import Refused
from tests import factories

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
LIST = reverse("session_list")
ADD = reverse("library_add")
HALF = {
    "title": "A half-written thing",
    "kind": "practice",
    "description": "So far three sentences.",
    "link": "https://example.org/",
    "audience": "network",
}


def signed_in(person, **headers):
    """Through the sign-in page, as people do."""
    client = Client(**headers)
    client.post(LOGIN, {"login": person.email, "password": factories.PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def again(client, person, to):
    return client.post(
        f"{LOGIN}?next={to}", {"login": person.email, "password": factories.PASSWORD, "next": to}
    )


def is_out(response):
    return response.status_code == 302 and response.url.startswith(LOGIN)


# -- The two limits ---------------------------------------------------------------------------------------


def test_thirty_idle_minutes_end_a_session_and_anything_done_before_prolongs_it(people, at):
    lead = signed_in(people.lead)
    for minute in (25, 50):
        at(f"2026-11-22T09:{minute}")
        assert lead.get("/").status_code == 200
    at("2026-11-22T10:19")
    assert lead.get("/").status_code == 200
    at("2026-11-22T10:49")
    out = lead.get("/actions/")
    assert is_out(out)
    assert out.url == f"{LOGIN}?next=%2Factions%2F"
    assert "30 minutes in which nothing happened" in lead.get(out.url).content.decode()
    assert is_out(lead.get("/")), "nothing brings it back"


def test_when_somebody_signed_in_last_is_told_by_the_portals_clock(people, at):
    at("2027-01-15T10:00")
    signed_in(people.lead)
    people.lead.refresh_from_db()
    assert people.lead.last_login == dates.now()


def test_twelve_hours_end_a_session_however_busy_it_is(people, at):
    lead = signed_in(people.lead)
    for quarter in range(1, 48):
        hour, minute = divmod(quarter * 15, 60)
        at(f"2026-11-22T{9 + hour:02}:{minute:02}")
        assert lead.get(LIST).status_code == 200, (hour, minute)
    at("2026-11-22T21:00")
    out = lead.get("/")
    assert is_out(out)
    assert "a session ends after 12 hours" in lead.get(out.url).content.decode()


def test_what_a_page_asks_by_itself_does_not_prolong(people, at):
    lead = signed_in(people.lead)
    for minute in range(2, 30, 2):
        at(f"2026-11-22T09:{minute:02}")
        assert lead.get(reverse("session_left")).json()["left"] == (30 - minute) * 60
    at("2026-11-22T09:30")
    assert lead.get(reverse("session_left")).status_code == 204
    assert is_out(lead.get("/"))


def test_the_progress_of_a_job_is_asked_by_itself():
    assert guards.is_by_itself(job_progress)


def test_one_click_prolongs_it_but_not_beyond_the_twelve_hours(people, at):
    lead = signed_in(people.lead)
    at("2026-11-22T09:27")
    assert lead.get(reverse("session_left")).json() == {"left": 180, "in_all": 41580}
    assert lead.post(reverse("session_prolong")).json()["left"] == 1800
    at("2026-11-22T09:45")
    assert lead.get("/").status_code == 200
    for quarter in range(4, 48):
        at(f"2026-11-22T{9 + quarter // 4:02}:{quarter % 4 * 15:02}")
        lead.post(reverse("session_prolong"))
    at("2026-11-22T20:50")
    assert lead.post(reverse("session_prolong")).json() == {"left": 600, "in_all": 600}


def test_a_page_says_how_long_it_has_for_the_script_that_warns(people, at):
    lead = signed_in(people.lead)
    page = lead.get("/").content.decode()
    assert 'data-left="1800"' in page
    assert 'data-warn="300"' in page
    assert "session-end" not in Client().get(LOGIN).content.decode()


def test_pages_for_everybody_go_on_for_a_visitor(people, at):
    lead = signed_in(people.lead)
    at("2026-11-22T10:00")
    assert lead.get(reverse("page_privacy")).status_code == 200
    assert is_out(lead.get("/"))


# -- What was typed ---------------------------------------------------------------------------------------


@pytest.fixture
def late(people, at):
    """The lead has sent a form half an hour too late."""
    lead = signed_in(people.lead)
    at("2026-11-22T09:31")
    out = lead.post(ADD, HALF, headers={"referer": f"http://testserver{ADD}"})
    assert is_out(out)
    assert not LibraryItem.objects.filter(title=HALF["title"]).exists()
    lead.out = out.url
    return lead


def fields(page):
    """What the form that sends it on would send, ticked as the person's own."""
    form = page[page.index(f'<form method="post" action="{ADD}"') :]
    typed = dict(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', form, re.S))
    assert f'name="{kept.LOOKED}" value="yes" required' in form
    return typed | dict(re.findall(r'name="(kept)" value="(\d+)"', form)) | {kept.LOOKED: "yes"}


def test_a_form_sent_too_late_is_kept_and_sent_on_after_signing_in(late, people):
    page = late.get(late.out).content.decode()
    assert "What you typed is kept" in page
    assert HALF["description"] not in page
    back = again(late, people.lead, f"{reverse('account_kept')}?next={ADD}")
    page = late.get(back.url).content.decode()
    assert HALF["description"] in page
    assert "Nothing of it has been saved yet" in page
    assert late.post(ADD, fields(page)).status_code == 302
    assert LibraryItem.objects.get(title=HALF["title"]).description == HALF["description"]
    assert not Kept.objects.exists(), "it is kept no longer"


def test_a_kept_form_shows_what_is_chosen_in_it_and_a_long_text_only_once_whole(people, at):
    client = signed_in(people.lead)
    at("2026-11-22T09:31")
    sent = {"version": "7", "widen": "abc123", "once": "xyz", "description": "long " * 2_000}
    out = client.post(ADD, sent, headers={"referer": f"http://testserver{ADD}"})
    client.get(out.url)
    page = client.get(
        again(client, people.lead, f"{reverse('account_kept')}?next={ADD}").url
    ).content.decode()
    shown = page[page.index("What it would send") : page.index("<form", page.index("What it would send"))]
    assert re.search(r"Version\s*</dt>.*?7", shown, re.S)
    assert re.search(r"Let more people read it\s*</dt>.*?Yes", shown, re.S)
    assert "abc123" not in shown
    assert "Once" not in shown
    assert "… and 5,000 more characters" in shown
    assert page.count("long " * 2_000) == 1, "in the form that sends it on"


def test_what_is_sent_after_signing_out_in_another_tab_is_not_saved_and_that_is_said(people):
    client = signed_in(people.lead)
    client.post(reverse("account_logout"))
    out = client.post(ADD, HALF, headers={"referer": f"http://testserver{ADD}"})
    assert is_out(out)
    said = client.get(out.url).content.decode()
    assert "You are not signed in here any more. What you sent was not saved, and it is not kept." in said
    assert not Kept.objects.exists()


def test_somebody_else_who_signs_in_there_sees_nothing_of_it(late, people):
    to = f"{reverse('account_kept')}?next={ADD}"
    back = again(late, people.stranger, to)
    seen = late.get(back.url, follow=True)
    assert seen.request["PATH_INFO"] == ADD
    assert "half-written" not in seen.content.decode()
    assert late.post(reverse("kept_discard", args=[Kept.objects.get().pk])).status_code == 404
    late.post(ADD, HALF | {"title": "Their own", "kept": str(Kept.objects.get().pk), kept.LOOKED: "yes"})
    assert Kept.objects.count() == 1, "nor do they use it up"


def test_it_lies_sealed_and_for_twelve_hours_only(late, people, at):
    assert "half-written" not in Kept.objects.get().sealed
    at("2026-11-22T21:00")
    tick.tick()
    assert Kept.objects.exists()
    at("2026-11-22T21:32")
    lead = signed_in(people.lead)
    assert lead.get(reverse("account_kept")).url == "/"
    tick.tick()
    assert not Kept.objects.exists()


def test_it_can_be_thrown_away(late, people):
    again(late, people.lead, "/")
    late.post(reverse("kept_discard", args=[Kept.objects.get().pk]), {"next": ADD})
    assert not Kept.objects.exists()


def test_what_is_still_wrong_when_it_is_sent_on_is_said_as_always(people, at):
    lead = signed_in(people.lead)
    at("2026-11-22T09:31")
    lead.post(ADD, HALF | {"title": ""})
    again(lead, people.lead, "/")
    page = lead.get(reverse("account_kept")).content.decode()
    again_typed = lead.post(ADD, fields(page)).content.decode()
    assert "Error:" in again_typed
    assert HALF["description"] in again_typed


def test_files_are_not_kept_and_that_is_said(people, at):
    lead = signed_in(people.lead)
    at("2026-11-22T09:31")
    upload = SimpleUploadedFile("plan.txt", b"One page of plain words.")
    out = lead.post(ADD, HALF | {"file": upload})
    assert "Files are not kept" in lead.get(out.url).content.decode()
    again(lead, people.lead, "/")
    assert "Choose again: plan.txt" in lead.get(reverse("account_kept")).content.decode()


@pytest.mark.parametrize("looked_around", ["", "/", "/privacy/"])
def test_a_form_sent_after_signing_out_from_elsewhere_is_not_kept_and_that_is_said(people, looked_around):
    """Somebody may have been signed out because it was not them."""
    here, there = signed_in(people.lead), signed_in(people.lead)
    here.post(reverse("session_end_others"))
    assert list(lasting.of(people.lead).values_list("key", flat=True)) == [here.session.session_key]
    if looked_around:  # another page of the same browser asks first
        there.get(looked_around)
        assert there.get(reverse("session_left")).status_code == 204
    out = there.post(ADD, HALF, headers={"referer": f"http://testserver{ADD}"})
    assert is_out(out)
    page = there.get(out.url).content.decode()
    assert "You were signed out here from somewhere else. What you sent was not saved" in page
    assert not Kept.objects.exists()


def test_somebody_who_was_signed_out_plants_no_form_for_the_victim(people):
    victim, thief = signed_in(people.admin), signed_in(people.admin)
    victim.post(reverse("session_end_others"))
    role = reverse("membership_add", args=[people.observer.pk])
    for sent in ({"role": "admin"}, {"role": "admin", kept.ONLY_KEEP: "1"}):
        assert is_out(thief.post(role, sent))
    assert not Kept.objects.exists()


def read(page):
    return re.sub(r"\s+", " ", re.sub(r"<textarea.*?</textarea>|<[^>]*>", " ", page, flags=re.S))


def test_a_kept_form_says_for_which_page_when_and_from_where_it_was_sent(people, at):
    """And when something was last done there: whoever was away then did not type it."""
    desk, phone = {"HTTP_USER_AGENT": DESK}, {"HTTP_USER_AGENT": PHONE}
    lead = signed_in(people.lead, **desk)
    at("2026-11-22T10:40")
    out = lead.post(ADD, HALF, headers={"referer": f"http://testserver{ADD}"})
    said = read(again_and_look(lead, people.lead, out.url))
    assert f"For the page {ADD}" in said
    assert "Sent 22 November 2026 at 10:40" in said
    assert "Last used there before 22 November 2026 at 09:00" in said
    assert "From Edge on Windows" in said
    assert "another" not in said
    elsewhere = signed_in(people.lead, **phone)
    said = read(elsewhere.get(reverse("account_kept")).content.decode())
    assert "From Edge on Windows You are now using another: Safari on iPhone" in said


def again_and_look(client, person, out):
    again(client, person, "/")
    return client.get(reverse("account_kept")).content.decode()


def test_throwing_away_what_one_did_not_type_stands_before_sending_it_on(late, people):
    page = again_and_look(late, people.lead, late.out)
    assert "If you did not type this, throw it away" in page
    assert page.index("Throw it away") < page.index("What it would send") < page.index("Send it now")


def test_a_kept_form_shows_all_that_it_would_send(people, at):
    """Also what somebody chose or counted, and what they emptied; no field travels unseen."""
    lead = signed_in(people.lead)
    at("2026-11-22T09:31")
    lead.post(ADD, HALF | {"kind": "policy", "description": "", "once": "a-key", "loaded": "a-mark"})
    said = read(again_and_look(lead, people.lead, ""))
    told = said[said.index("What it would send") : said.index(kept.MINE)]
    for name, value in (("Title", HALF["title"]), ("Kind", "policy"), ("Audience", "network")):
        assert f"{name} {value}" in told
    assert "Left empty: Description" in told
    assert "a-key" not in told
    assert "a-mark" not in told


@pytest.mark.parametrize("about", ["a role", "words"])
def test_a_kept_form_is_never_sent_without_the_word_that_it_is_ones_own(people, at, about):
    """Whoever sat at the browser that was left alone may have typed it."""
    admin = signed_in(people.admin)
    at("2026-11-22T09:31")
    role = reverse("membership_add", args=[people.observer.pk])
    where, sends = (role, {"role": "admin"}) if about == "a role" else (ADD, HALF)
    assert is_out(admin.post(where, sends))
    again_and_look(admin, people.admin, "")
    number = str(Kept.objects.get().pk)
    answer = admin.post(where, sends | {"kept": number})
    assert answer.url.startswith(reverse("account_kept"))
    assert Kept.objects.count() == 1
    assert not LibraryItem.objects.filter(title=HALF["title"]).exists()
    assert admin.post(where, sends | {"kept": number, kept.LOOKED: "yes"}).status_code in (200, 302)
    assert not Kept.objects.exists()


def test_an_ended_session_is_remembered_until_its_twelve_hours_are_over(people, at):
    at("2026-11-22T09:00")
    here, there = signed_in(people.lead), signed_in(people.lead)
    here.post(reverse("session_end_others"))
    at("2026-11-22T20:59")
    tick.tick()
    assert SignIn.objects.exclude(ended_at=None).count() == 1
    at("2026-11-22T21:01")
    assert is_out(there.post(ADD, HALF))
    assert not Kept.objects.exists()
    tick.tick()
    assert not SignIn.objects.exists()


def test_a_forged_form_is_refused_before_anything_is_kept(people, at):
    lead = Client(enforce_csrf_checks=True)
    lead.force_login(people.lead)
    at("2026-11-22T09:31")
    assert lead.post(ADD, HALF).status_code == 403
    assert not Kept.objects.exists()


def test_a_password_is_never_kept(people, at):
    lead = signed_in(people.lead)
    at("2026-11-22T09:31")
    sends = {"oldpassword": factories.PASSWORD, "password1": "new-words-here", "password2": "new-words-here"}
    assert is_out(lead.post(reverse("account_change_password"), sends))
    assert not Kept.objects.exists()


def test_a_half_written_form_that_the_script_sends_is_kept_and_never_carried_out(people):
    lead = signed_in(people.lead)
    kept_at = lead.post(ADD, HALF | {kept.ONLY_KEEP: "1"})
    assert kept_at.url.startswith(reverse("account_kept"))
    assert not LibraryItem.objects.exists()
    assert "only_keep" not in lead.get(kept_at.url).content.decode()


def test_the_newest_five_are_kept(people):
    lead = signed_in(people.lead)
    for number in range(7):
        lead.post(ADD, HALF | {"title": f"Number {number}", kept.ONLY_KEEP: "1"})
    assert [dict(kept.typed(one).fields)["title"] for one in Kept.objects.all()] == [
        f"Number {number}" for number in (6, 5, 4, 3, 2)
    ]


def test_a_form_for_which_somebody_is_asked_again_is_kept_meanwhile(people, monkeypatch):
    def asks_first(*args, **kwargs):
        raise guards.FreshSignInNeeded

    lead = signed_in(people.lead)
    with monkeypatch.context() as patch:
        patch.setattr(library, "once", asks_first)
        asked = lead.post(ADD, HALF, follow=True)
    assert "Confirm that it is you" in asked.content.decode()
    [to] = re.findall(r'name="next" value="([^"]+)"', asked.content.decode())
    kept_page = lead.post(
        reverse("account_reauthenticate"), {"password": factories.PASSWORD, "next": to}, follow=True
    )
    lead.post(ADD, fields(kept_page.content.decode()))
    assert LibraryItem.objects.filter(title=HALF["title"]).count() == 1


@pytest.mark.parametrize("bad", ["²", "9" * 5000, "9" * 19, "٣", "-1", " 1", "1.5", "", "\0"])
def test_a_bad_number_of_a_kept_form_counts_as_none(people, bad):
    lead = signed_in(people.lead)
    looked = {"kept": bad, kept.LOOKED: "yes"}
    for sent in (HALF | looked, HALF | {"title": ""} | looked):
        assert lead.post(ADD, sent).status_code in (200, 302)
    assert LibraryItem.objects.filter(title=HALF["title"]).count() == 1


BAD_REFERERS = ["http://[", "http://[::1", "http://]", "//[x/", "http://testserver:x/", "http://\u2100/"]


@pytest.mark.parametrize("referer", BAD_REFERERS)
def test_a_page_before_that_is_no_address_counts_as_none(people, at, referer, rf):
    lead = signed_in(people.lead)
    half = lead.post(ADD, HALF | {kept.ONLY_KEEP: "1"}, HTTP_REFERER=referer)
    assert half.status_code == 302
    assert kept.typed(Kept.objects.get()).page == ADD
    assert addresses.came_from(rf.get("/actions/", HTTP_REFERER=referer)) == ""
    at("2026-11-22T09:31")
    assert is_out(lead.post(ADD, HALF, HTTP_REFERER=referer))


def test_an_act_that_is_refused_leads_back_also_where_the_page_before_is_no_address(people, monkeypatch):
    def refuses(*args, **kwargs):
        raise Refused("Somebody was quicker.")

    lead = signed_in(people.lead)
    monkeypatch.setattr(library, "once", refuses)
    answer = lead.post(ADD, HALF, HTTP_REFERER="http://[")
    assert answer.status_code == 409
    assert f'href="{ADD}"' in answer.content.decode()


# -- Where one is signed in -------------------------------------------------------------------------------


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (PHONE, "Safari on iPhone"),
        (DESK, "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("curl/8", "A browser that does not say what it is"),
    ],
)
def test_a_browser_is_named_in_words(agent, says):
    assert devices.words(agent) == says


def test_the_list_names_each_browser_and_which_is_this_one(people, at):
    phone = signed_in(people.lead, HTTP_USER_AGENT=PHONE)
    signed_in(people.stranger, HTTP_USER_AGENT="Firefox/1 Linux")
    at("2026-11-22T09:10")
    desk = signed_in(people.lead, HTTP_USER_AGENT=DESK)
    page = " ".join(desk.get(LIST).content.decode().split())
    assert page.index("Edge on Windows") < page.index("This one") < page.index("Safari on iPhone")
    assert "Signed in on 22 November 2026 at 09:00" in page
    assert "Firefox on Linux" not in page, "another person's"
    assert "Edge on Windows" in phone.get(LIST).content.decode()


def test_signed_out_there_takes_effect_at_the_next_request(people):
    phone, desk = signed_in(people.lead, HTTP_USER_AGENT=PHONE), signed_in(people.lead)
    there = SignIn.objects.get(device="Safari on iPhone")
    assert desk.post(reverse("session_end", args=[there.pk])).url == LIST
    assert is_out(phone.get("/"))
    assert desk.get("/").status_code == 200
    assert "iPhone" not in desk.get(LIST).content.decode().replace("signed out of Safari on iPhone", "")
    assert AuditEntry.objects.filter(verb="signed out elsewhere", actor=people.lead).count() == 1


def test_nobody_signs_out_somebody_else(people):
    lead, stranger = signed_in(people.lead), signed_in(people.stranger)
    theirs = SignIn.objects.get(user=people.lead)
    assert stranger.post(reverse("session_end", args=[theirs.pk])).status_code == 404
    assert lead.get("/").status_code == 200


def test_signing_out_everywhere_else_leaves_this_one(people):
    others = [signed_in(people.lead) for _ in range(3)]
    stranger = signed_in(people.stranger)
    here = signed_in(people.lead)
    here.post(reverse("session_end_others"))
    assert all(is_out(other.get("/")) for other in others)
    assert here.get("/").status_code == 200
    assert stranger.get("/").status_code == 200
    assert lasting.of(people.lead).count() == 1


def test_nobody_is_signed_in_by_a_session_that_somebody_else_laid_under_them(people):
    """Whoever knows the key from before the sign-in has nothing with it afterwards."""
    lead = Client()
    lead.get(LOGIN)
    session = lead.session
    session["laid"] = "by somebody else"
    session.save()
    before = str(session.session_key)
    lead.cookies["sessionid"] = before
    assert again(lead, people.lead, "/").status_code == 302
    assert lead.cookies["sessionid"].value != before
    other = Client()
    other.cookies["sessionid"] = before
    assert is_out(other.get("/"))


def test_a_new_password_ends_the_others_and_this_one_stays_in_the_list(people, at):
    other, here = signed_in(people.lead), signed_in(people.lead)
    new = "another-horse-battery-staple"
    here.post(
        reverse("account_change_password"),
        {"oldpassword": factories.PASSWORD, "password1": new, "password2": new},
    )
    assert is_out(other.get("/"))
    at("2026-11-22T09:05")
    page = here.get(LIST).content.decode()
    assert "This one" in page
    assert lasting.of(people.lead).count() == 1


def test_whoever_is_shut_out_by_the_admin_is_out_at_once_everywhere(people):
    phones = [signed_in(people.lead) for _ in range(2)]
    lasting.end_all(people.lead)
    assert all(is_out(phone.get("/")) for phone in phones)


def test_signing_out_takes_the_browser_off_the_list(people):
    lead = signed_in(people.lead)
    lead.post(reverse("account_logout"))
    assert not SignIn.objects.exists()


def test_sessions_that_are_over_are_tidied_away(people, at):
    signed_in(people.lead)
    at("2026-11-22T09:31")
    here = signed_in(people.lead)
    assert "Sign out there" not in here.get(LIST).content.decode(), "it ended by itself"
    tick.tick()
    assert SignIn.objects.count() == 1
    assert Session.objects.exists(), "the late one may still bring what was typed"
