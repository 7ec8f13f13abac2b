"""Signing in and one's own account. Signed out there is nothing else but health checks and three pages."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from network.account.profile import DetailsForm
from network.account.sessions.models import SignIn
from network.audit import AuditEntry
from network.jobs import Job
from network.mail import OutboxMail
from network.marks import mark_of_row
from network.people.models import User
from tests.access.doors import Door, Get, Post, Sends
from tests.access.who import ADMIN, CHAIRS, SIGNED_IN, STRANGER, SUBMITTERS, VISITOR, WALKERS
from tests.access.world import Thing, World
from tests.factories import PASSWORD

OUT = frozenset({VISITOR})
CODE = "/accounts/login/code/enter/"
LEAD = frozenset({"lead"})


def credentials(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"login": world.people["lead"].email, "password": PASSWORD}


def new_password(world: World, thing: Thing | None) -> dict[str, Any]:
    new = "another-horse-battery-staple"
    return {"oldpassword": PASSWORD, "password1": new, "password2": new}


def address(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"email": world.people["lead"].email}


def open_page(name: str) -> Door:
    return Door(name=name, public=True, get=Get())


def own_password(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"password": PASSWORD}


def own_details(role: str) -> Sends:
    """Another name, with the mark of one's own details as they stand."""

    def sends(world: World, thing: Thing | None) -> dict[str, Any]:
        mark = mark_of_row(User.objects.get(pk=world.people[role].pk), DetailsForm.Meta.fields)
        return {"name": "Another name", "contact_shown_to": "chairs", "loaded": mark}

    return sends


CHOOSES = CHAIRS | SUBMITTERS | STRANGER
"""Those whose roles get mails of a kind that can be turned off. None ticked: all of them are."""


def why(world: World, thing: Thing | None) -> dict[str, Any]:
    return {"reason": "Lost phone, called on the known number"}


LOST = {"uidb36": "zz", "key": "set-password"}

DOORS = [
    *(open_page(name) for name in ("livez", "page_accessibility", "page_privacy", "page_cookies")),
    Door(
        name="account_login",
        public=True,
        walks=OUT,
        get=Get(),
        post=Post(sends=credentials, changes=(SignIn,), to="/"),
    ),
    Door(name="account_login", walks=SIGNED_IN, get=Get(gives=302, to="/"), post=Post(gives=302, to="/")),
    Door(name="code_request", public=True, walks=OUT, get=Get(), post=Post(sends=address, to=CODE)),
    Door(name="code_request", walks=SIGNED_IN, get=Get(gives=302, to="/"), post=Post(gives=302, to="/")),
    Door(
        name="code_enter", public=True, walks=OUT, get=Get(gives=302), post=Post(to="/accounts/login/code/")
    ),
    Door(name="code_enter", walks=SIGNED_IN, get=Get(gives=302, to="/"), post=Post(gives=302, to="/")),
    Door(name="account_logout", public=True, walks=OUT, get=Get(gives=302, to="/"), post=Post(to="/")),
    Door(name="account_logout", walks=SIGNED_IN, get=Get(), post=Post(to="/")),
    open_page("account_inactive"),
    Door(name="account_reauthenticate", get=Get(), post=Post(sends=own_password, to="/")),
    Door(name="account_sign_in_again", get=Get(), post=Post(to="/accounts/login/?next=%2F")),
    Door(name="account_confirmed", get=Get()),
    Door(name="session_left", get=Get()),
    Door(name="session_prolong", post=Post(gives=200, idle=True)),
    Door(
        name="session_list",
        get=Get(shows=("sign-in of lead",)),
        grows="sign-in",
        by="lead",
    ),
    Door(name="session_end", of=("sign-in of lead",), post=Post(who=LEAD, to="/profile/sessions/")),
    Door(name="session_end_others", post=Post(to="/profile/sessions/")),
    Door(name="account_kept", walks=LEAD, get=Get(shows=("kept of lead",))),
    Door(name="account_kept", walks=SIGNED_IN - LEAD | OUT, get=Get(gives=302, to="/")),
    Door(name="kept_discard", of=("kept of lead",), post=Post(who=LEAD, to="/")),
    # Organisations' accounts are off unless they are set up (tests/network/test_openid.py).
    Door(name="organisation_sign_in", public=True, get=Get(gives=404)),
    Door(name="organisation_back", public=True, get=Get(gives=404)),
    Door(name="organisation_again", get=Get(gives=404)),
    Door(name="organisation_connect", get=Get(gives=404), post=Post(gives=404, idle=True)),
    Door(name="organisation_disconnect", post=Post(gives=404, idle=True)),
    Door(name="account_change_password", get=Get(), post=Post(sends=new_password, changes=(User,))),
    Door(
        name="account_set_password",
        get=Get(gives=302, to="/accounts/password/change/"),
        post=Post(to="/accounts/password/change/"),
    ),
    Door(name="account_reset_password", public=True, get=Get(), post=Post(sends=address)),
    open_page("account_reset_password_done"),
    Door(name="account_reset_password_from_key", public=True, more=LOST, get=Get(), post=Post(gives=200)),
    open_page("account_reset_password_from_key_done"),
    Door(name="account_signup", public=True, walks=OUT, get=Get(), post=Post(gives=200)),
    Door(name="account_signup", walks=SIGNED_IN, get=Get(gives=302, to="/"), post=Post(gives=302, to="/")),
    Door(name="profile", get=Get()),
    *(
        Door(
            name="profile_edit",
            walks=frozenset({role, VISITOR} if role == "admin" else {role}),
            get=Get(),
            post=Post(sends=own_details(role), changes=(User,)),
        )
        for role in WALKERS
        if role != VISITOR
    ),
    Door(name="profile_mail", walks=CHOOSES, get=Get(), post=Post(changes=(User,))),
    Door(
        name="profile_mail",
        walks=frozenset(WALKERS) - CHOOSES,
        get=Get(),
        post=Post(idle=True, to="/profile/"),
    ),
    Door(name="profile_data", get=Get(), post=Post(changes=(Job,), to="/jobs/")),
    Door(name="profile_copy", post=Post(changes=(AuditEntry,), gives=200)),
    Door(name="mfa_index", get=Get()),
    Door(name="mfa_authenticate", get=Get(gives=302), post=Post()),
    Door(name="mfa_reauthenticate", get=Get(gives=302), post=Post()),
    Door(name="mfa_reauthenticate_webauthn", get=Get(gives=302), post=Post()),
    Door(name="mfa_login_webauthn", public=True, get=Get(gives=302), post=Post()),
    Door(name="mfa_set_up", get=Get(), post=Post(gives=200)),
    Door(name="mfa_generate_recovery_codes", get=Get(), post=Post(gives=200)),
    # Nobody in this world has a second factor: there is nothing to remove, rename, show or download.
    Door(name="factor_remove", more={"pk": 1}, get=Get(gives=404), post=Post(gives=404)),
    Door(name="passkey_rename", more={"pk": 1}, get=Get(gives=404), post=Post(gives=404)),
    Door(name="mfa_view_recovery_codes", get=Get(gives=404)),
    Door(name="mfa_download_recovery_codes", get=Get(gives=404)),
    Door(
        name="second_factor_reset",
        of=("lost phone",),
        room=ADMIN,
        get=Get(),
        post=Post(sends=why, changes=(Authenticator, AuditEntry, OutboxMail), to="/network/people/"),
    ),
]
