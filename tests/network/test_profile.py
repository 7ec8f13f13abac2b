"""One's own account: details, who sees them, and which mails one gets."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from network import mail
from network.account import profile
from network.account.profile import DetailsForm
from network.audit import AuditEntry
from network.mail import OutboxMail
from network.mail_kinds import CHOOSABLE, WHAT, Kind, declining, sent_to
from network.marks import mark_of_row
from network.people.models import User
from network.roles import Role
from tests import factories
from tests.conftest import People

SignIn = Callable[[User], Client]

PROFILE, EDIT, MAIL = "/profile/", "/profile/details/", "/profile/mail/"


def details(person: User, **typed: str) -> dict[str, str]:
    """The form as its page was filled, with what was typed into it."""
    names = DetailsForm.Meta.fields
    person = User.objects.get(pk=person.pk)
    return {name: getattr(person, name) for name in names} | {"loaded": mark_of_row(person, names)} | typed


def told(person: User, kind: Kind, key: str = "k") -> OutboxMail | None:
    return mail.queue(key, person, "Something", "notice", {"paragraphs": ["Words."]}, kind=kind)


class TestDetails:
    def test_the_name_in_the_header_leads_to_the_account(self, people: People, sign_in: SignIn) -> None:
        page = sign_in(people.lead).get("/").content.decode()
        assert f'href="{PROFILE}"' in page

    def test_the_page_says_who_sees_the_address_and_that_the_coordinator_changes_it(
        self, people: People, sign_in: SignIn
    ) -> None:
        page = sign_in(people.lead).get(PROFILE).content.decode()
        assert str(people.lead.email) in page
        assert "Only the coordinator changes it" in page
        assert "Members of the network" in page

    def test_they_are_saved_and_the_audit_holds_which_but_not_what(
        self, people: People, sign_in: SignIn
    ) -> None:
        typed = details(people.lead, phone="01622 696 333", contact_shown_to="chairs")
        answer = sign_in(people.lead).post(EDIT, typed)
        assert (answer.status_code, answer["Location"]) == (302, PROFILE)
        people.lead.refresh_from_db()
        assert (people.lead.phone, people.lead.contact_shown_to) == ("01622 696 333", "chairs")
        entry = AuditEntry.objects.get(verb="changed own details")
        assert entry.detail == {"changed": ["contact_shown_to", "phone"]}
        assert entry.actor == people.lead

    def test_nobody_changes_their_own_address(self, people: People, sign_in: SignIn) -> None:
        sign_in(people.lead).post(EDIT, details(people.lead, email="other@example.org", name="Another"))
        people.lead.refresh_from_db()
        assert people.lead.name == "Another"
        assert people.lead.email != "other@example.org"

    @pytest.mark.parametrize(
        ("field", "typed", "says"),
        [
            ("phone", "ring me", "Enter a telephone number, like 01622 696 333"),
            ("phone", "1" * 41, "40 characters or fewer"),
            ("name", "", "Enter a name"),
            ("contact_shown_to", "published", "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self, people: People, sign_in: SignIn, field: str, typed: str, says: str
    ) -> None:
        answer = sign_in(people.lead).post(
            EDIT, details(people.lead, **{"job_title": "Head of something", field: typed})
        )
        page = answer.content.decode()
        assert answer.status_code == 200
        assert says in page
        assert "Head of something" in page
        people.lead.refresh_from_db()
        assert people.lead.job_title == ""

    def test_what_was_typed_does_not_stand_in_the_header_before_it_is_saved(
        self, people: People, sign_in: SignIn
    ) -> None:
        page = sign_in(people.lead).post(EDIT, details(people.lead, name="Somebody Else", phone="?"))
        account = page.content.decode().split('class="app-account"')[1].split("</div>")[0]
        assert people.lead.name in account

    @pytest.mark.parametrize(
        "number", ["01622 696 333", "+44 7700 900982", "(01622) 696333 ext 12", "999 999"]
    )
    def test_numbers_as_people_write_them_are_taken(
        self, people: People, sign_in: SignIn, number: str
    ) -> None:
        sign_in(people.lead).post(EDIT, details(people.lead, phone=number))
        people.lead.refresh_from_db()
        assert people.lead.phone == number

    def test_an_older_page_overwrites_nothing(self, people: People, sign_in: SignIn) -> None:
        older = details(people.lead, name="Older")
        User.objects.filter(pk=people.lead.pk).update(name="Newer")
        answer = sign_in(people.lead).post(EDIT, older)
        assert answer.status_code == 409
        assert "Newer" in answer.content.decode()
        people.lead.refresh_from_db()
        assert people.lead.name == "Newer"

    def test_somebody_without_a_role_has_an_account_page_as_well(
        self, people: People, sign_in: SignIn
    ) -> None:
        page = sign_in(people.former).get(PROFILE)
        assert page.status_code == 200
        assert "You hold no role today" in page.content.decode()


class TestMails:
    @pytest.mark.parametrize("kind", CHOOSABLE)
    def test_a_kind_turned_off_queues_nothing(self, people: People, kind: Kind) -> None:
        people.admin.mail_declined = [kind]
        assert told(people.admin, kind) is None
        assert not OutboxMail.objects.exists()

    @pytest.mark.parametrize("kind", CHOOSABLE)
    def test_the_others_are_sent_all_the_same(self, people: People, kind: Kind) -> None:
        people.admin.mail_declined = [kind]
        for other in set(Kind) - {kind}:
            assert told(people.admin, other, key=other) is not None

    @pytest.mark.parametrize("kind", sorted(set(Kind) - set(CHOOSABLE)))
    def test_an_obligatory_kind_does_not_ask(self, people: People, kind: Kind) -> None:
        people.admin.mail_declined = [one.value for one in Kind]
        queued = told(people.admin, kind)
        assert queued is not None
        assert queued.kind == kind

    def test_whoever_has_chosen_nothing_gets_every_kind(self, people: People) -> None:
        assert all(told(people.observer, kind, key=kind) for kind in Kind)

    def test_each_kind_says_what_it_is(self) -> None:
        assert set(WHAT) == set(Kind)

    def test_a_choice_is_saved_and_shown(self, people: People, sign_in: SignIn) -> None:
        client = sign_in(people.admin)
        answer = client.post(MAIL, {"wanted": ["report"]})
        assert answer.status_code == 302
        people.admin.refresh_from_db()
        assert people.admin.mail_declined == ["foi"]
        assert told(people.admin, Kind.FOI) is None
        assert "All but: Late replies to FOI requests" in client.get(PROFILE).content.decode()
        client.post(MAIL, {"wanted": ["report", "foi"]})
        people.admin.refresh_from_db()
        assert people.admin.mail_declined == []

    def test_to_want_none_of_them_is_an_answer_so_nothing_says_optional(
        self, people: People, sign_in: SignIn
    ) -> None:
        assert "(optional)" not in sign_in(people.lead).get("/profile/mail/").content.decode()

    @pytest.mark.parametrize("kind", ["account", "agreement", "nonsense"])
    def test_what_is_always_sent_can_not_be_chosen(self, people: People, sign_in: SignIn, kind: str) -> None:
        answer = sign_in(people.admin).post(MAIL, {"wanted": [kind]})
        assert answer.status_code == 200
        assert "Error:" in answer.content.decode()
        people.admin.refresh_from_db()
        assert people.admin.mail_declined == []

    def test_everybody_is_offered_the_kinds_of_their_own_roles(self, people: People, sign_in: SignIn) -> None:
        offered = {
            name: {kind.value for kind in sent_to(person) if kind in CHOOSABLE}
            for name, person in people.items()
        }
        assert offered["lead"] == {"reminder"}
        assert offered["cochair_one"] == {"report"}
        assert offered["admin"] == {"foi", "report"}
        assert offered["partner"] == offered["observer"] == offered["former"] == set()
        page = sign_in(people.partner).get(MAIL).content.decode()
        assert CHOOSABLE[1].label not in page
        assert "There is nothing to choose" in page

    def test_a_choice_for_a_role_that_one_no_longer_holds_is_kept(self, people: People) -> None:
        people.lead.mail_declined = ["foi"]
        assert declining(people.lead, ["reminder"]) == ["foi"]

    def test_each_mail_to_a_person_leads_to_the_choices(self, people: People) -> None:
        for kind in Kind:
            queued = told(people.admin, kind, key=kind)
            assert queued is not None
            for words in (queued.text, queued.html):
                assert mail.absolute(MAIL) in words
                assert ("always sent" in words) == (kind not in CHOOSABLE)

    def test_a_mail_to_an_address_without_an_account_leads_to_no_choices(self, db: None) -> None:
        queued = mail.queue("k", "new@example.org", "You are invited", "notice", {}, kind=Kind.ACCOUNT)
        assert queued is not None
        assert MAIL not in queued.text + queued.html

    def test_the_link_turns_nothing_off_for_whoever_is_not_signed_in(
        self, people: People, client: Client
    ) -> None:
        for answer in (client.get(MAIL), client.post(MAIL, {})):
            assert answer.status_code == 302
            assert unquote(answer["Location"]) == f"{reverse('account_login')}?next={MAIL}"
        people.admin.refresh_from_db()
        assert people.admin.mail_declined == []

    def test_looking_at_the_choices_turns_nothing_off(self, people: People, sign_in: SignIn) -> None:
        sign_in(people.admin).get(MAIL)
        people.admin.refresh_from_db()
        assert people.admin.mail_declined == []

    def test_choosing_the_same_again_is_no_act(self, people: People) -> None:
        profile.choose_mails(by=people.admin, wanted=["foi", "report"])
        assert not AuditEntry.objects.filter(verb="chose mails").exists()


def test_a_person_of_several_roles_chooses_for_all_of_them(people: People) -> None:
    factories.membership(people.lead, Role.CO_CHAIR)
    person = User.objects.get(pk=people.lead.pk)
    assert {kind.value for kind in sent_to(person) if kind in CHOOSABLE} == {"reminder", "report"}


@pytest.mark.django_db
def test_the_account_says_whether_the_second_step_is_set_up(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.lead)
    assert "Not set up" in client.get("/profile/").content.decode()
    Authenticator.objects.create(user=people.lead, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=people.lead, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert "An app with codes, and recovery codes" in client.get("/profile/").content.decode()


@pytest.mark.django_db
def test_an_admin_is_not_told_to_write_to_the_coordinator(people: People, sign_in: SignIn) -> None:
    page = sign_in(people.admin).get("/profile/").content.decode()
    assert "Write to them" not in page
    assert "coordinator gives" not in page
    assert "You may end your own" in sign_in(people.lead).get("/profile/").content.decode()
