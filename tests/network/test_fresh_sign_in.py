"""Before what few people read leaves the portal, whoever takes it shows once more who they are."""

import re
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actions.models import Action
from actions.plan import take_over
from network import files, naming
from network.audit import AuditEntry
from network.files import printing
from network.library.models import LibraryItem
from network.meetings.models import AgendaItem
from tests import factories
from tests import meetings_factories as meetings

pytestmark = pytest.mark.django_db

LATER = "2026-11-22T09:16"  # a quarter of an hour and a minute after signing in
AGAIN = reverse("account_reauthenticate")


@pytest.fixture
def shelf(people):
    def item(audience):
        text = SimpleUploadedFile("notes.txt", b"One page of plain words.")
        return LibraryItem.objects.create(
            title=f"For {audience}",
            audience=audience,
            added_by=people.admin,
            file=files.store(text, by=people.admin),
        )

    return {audience: item(audience) for audience in ("network", "chairs", "coordinator")}


@pytest.fixture(autouse=True)
def _no_pdfs(monkeypatch):
    monkeypatch.setattr(printing, "_render", lambda order: b"%PDF-")
    monkeypatch.setattr(printing, "_keep", lambda kept, made: None)


def test_a_file_for_few_readers_is_handed_out_after_a_fresh_sign_in_only(shelf, people, sign_in, at):
    admin = sign_in(people.admin, ageing=True)
    at("2026-11-22T09:14")
    assert admin.get(reverse("library_file", args=[shelf["chairs"].pk])).status_code == 200
    at(LATER)
    for level in ("chairs", "coordinator"):
        address = reverse("library_file", args=[shelf[level].pk])
        assert admin.get(address).url.startswith(AGAIN)
    assert admin.get(reverse("library_file", args=[shelf["network"].pk])).status_code == 200


def asked_for(page):
    """Where the form of the page leads afterwards."""
    [to] = re.findall(r'name="next" value="([^"]+)"', page.content.decode())
    return unescape(to)


def test_who_confirms_with_their_password_gets_the_download_that_they_asked_for(shelf, people, sign_in, at):
    admin = sign_in(people.admin, ageing=True)
    at(LATER)
    wanted = reverse("library_file", args=[shelf["chairs"].pk])
    item = reverse("library_detail", args=[shelf["chairs"].pk])
    asked = admin.get(wanted, follow=True, headers={"referer": f"http://testserver{item}"})
    assert "Confirm that it is you" in asked.content.decode()
    to = asked_for(asked)
    assert admin.post(AGAIN, {"password": "not this one", "next": to}).status_code == 200
    assert admin.get(wanted).status_code == 302, "a wrong password does not help"
    done = admin.post(AGAIN, {"password": factories.PASSWORD, "next": to}, follow=True).content.decode()
    assert "Thank you: it is you" in done
    assert f'content="0; url={wanted}"' in done
    assert f'href="{item}"' in done, "and the way back to where they were"
    assert admin.get(wanted).getvalue() == b"One page of plain words."


def test_a_list_with_a_row_for_few_asks_before_it_is_exported_and_only_then(shelf, people, sign_in, at):
    admin, lead = sign_in(people.admin, ageing=True), sign_in(people.lead, ageing=True)
    at(LATER)
    for kind in ("xlsx", "csv"):
        address = reverse("library_list") + f"?export={kind}"
        assert admin.get(address).url.startswith(AGAIN)
        assert lead.get(address).status_code == 200, "the lead's copy holds no row for few readers"
    assert admin.get(reverse("library_list")).status_code == 200


def test_an_agenda_for_few_eyes_asks_before_it_becomes_a_pdf(people, sign_in, at):
    meeting = meetings.meeting(date(2027, 1, 14))
    meetings.item(meeting, "For all")
    chair, lead = sign_in(people.cochair_one, ageing=True), sign_in(people.lead, ageing=True)
    at(LATER)
    address = reverse("agenda_pdf", args=["2027-01-14"])
    assert chair.get(address).url.startswith(AGAIN), "a draft is read by few"
    meetings.agree_agenda(meeting, people)
    assert chair.get(address).status_code == 200
    assert lead.get(address).status_code == 200
    other = meetings.meeting(date(2027, 3, 11))
    meetings.item(other, "For the chairs", audience="chairs")
    meetings.agree_agenda(other, people)
    address = reverse("agenda_pdf", args=["2027-03-11"])
    assert chair.get(address).url.startswith(AGAIN)
    assert lead.get(address).status_code == 200, "the lead's copy does not hold it"


def test_what_one_may_not_read_is_not_asked_for_either(shelf, people, sign_in, at):
    lead = sign_in(people.lead, ageing=True)
    at(LATER)
    assert lead.get(reverse("library_file", args=[shelf["chairs"].pk])).status_code == 404


def test_who_has_no_password_signs_in_again_the_way_they_always_do(shelf, people, sign_in, at):
    people.admin.set_unusable_password()
    people.admin.save()
    admin = sign_in(people.admin, ageing=True)
    at(LATER)
    wanted = reverse("library_file", args=[shelf["chairs"].pk])
    asked = admin.get(wanted, follow=True)
    assert asked.request["PATH_INFO"] == reverse("account_sign_in_again")
    to = asked_for(asked)
    assert to.startswith(reverse("account_confirmed"))
    out = admin.post(reverse("account_sign_in_again"), {"next": to})
    assert out.url == f"{reverse('account_login')}?{urlencode({'next': to})}"
    assert "_auth_user_id" not in admin.session


def test_signing_in_again_leads_to_no_other_site(people, sign_in):
    admin = sign_in(people.admin)
    out = admin.post(reverse("account_sign_in_again"), {"next": "https://elsewhere.example/"})
    assert out.url == f"{reverse('account_login')}?next=%2F"


@pytest.mark.parametrize("name", ["person_list", "seat_list", "invitation_list", "audit_list"])
def test_lists_of_people_and_acts_leave_after_a_fresh_sign_in_only(people, sign_in, at, name):
    admin = sign_in(people.admin, ageing=True)
    assert admin.get(reverse(name) + "?export=csv").status_code == 200
    at(LATER)
    assert admin.get(reverse(name) + "?export=csv").url.startswith(AGAIN)
    assert admin.get(reverse(name)).status_code == 200


def test_what_would_be_removed_leaves_with_its_names_after_a_fresh_sign_in_only(people, sign_in, at):
    admin = sign_in(people.admin, ageing=True)
    address = reverse("retention_kind", args=["network.invitations"])
    assert admin.get(address + "?export=csv").status_code == 200
    at(LATER)
    for kind in ("csv", "xlsx"):
        assert admin.get(f"{address}?export={kind}").url.startswith(AGAIN)
    assert admin.get(address).status_code == 200


def taken_over(people):
    """An action of the plan that came from an agreed agenda item."""
    meeting = meetings.held(people)
    item = meetings.item(meeting, "A topic")
    meetings.write(meeting, item, "What was said", by=people.admin)
    meetings.task(item, "Compare the forms", people.lead, by=people.admin)
    meetings.agree_notes(meeting, people)
    take_over(meeting, people.admin)
    return Action.objects.get(origin_item=item)


@pytest.mark.parametrize("level", ["chairs", "coordinator"])
def test_an_action_for_few_by_its_agenda_item_leaves_as_one_for_few_does(people, sign_in, at, level):
    action = taken_over(people)
    admin = sign_in(people.admin, ageing=True)
    at(LATER)
    assert admin.get("/actions/?export=csv").status_code == 200
    AgendaItem.objects.filter(pk=action.origin_item_id).update(audience=level)
    for kind in ("csv", "xlsx"):
        assert admin.get(f"/actions/?export={kind}").url.startswith(AGAIN)


def test_an_action_that_became_legal_with_its_item_is_asked_for_and_its_export_written_down(
    people, sign_in, at
):
    action = taken_over(people)
    naming.name_people(action.origin_item, [people.lead], by=people.cochair_one)
    lead = sign_in(people.lead, ageing=True)
    assert "Compare the forms" in lead.get("/actions/?export=csv").getvalue().decode()
    [entry] = AuditEntry.objects.filter(verb="exported a list", label="network.agendaitem")
    assert (entry.actor, entry.object_id, entry.audience) == (people.lead, action.origin_item_id, "legal")
    at(LATER)
    assert lead.get("/actions/?export=csv").url.startswith(AGAIN)
    others = sign_in(people.stranger).get("/actions/?export=csv")
    assert "Compare the forms" not in others.getvalue().decode()


def test_a_first_password_is_chosen_after_a_fresh_sign_in_only(people, sign_in, at):
    """It would be a way to be asked again by something that whoever sits there made up a moment ago."""
    people.director.set_unusable_password()
    people.director.save()
    director = sign_in(people.director, ageing=True)
    address, new = reverse("account_set_password"), "a-new-Pass-phrase-99"
    at(LATER)
    for answer in (director.get(address), director.post(address, {"password1": new, "password2": new})):
        assert answer.status_code == 302
        assert "/again/" in answer["Location"]
    people.director.refresh_from_db()
    assert not people.director.has_usable_password()
    at("2026-11-22T09:05")
    director.post(address, {"password1": new, "password2": new})
    people.director.refresh_from_db()
    assert people.director.check_password(new)
