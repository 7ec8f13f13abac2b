"""Every door of the portal. `tests/test_access.py` declares the outcome of each, for each role."""

from allauth.account import views as account
from django.urls import include, path, re_path

from cypcc_portal import home
from network import views as network
from network.account import again, mailed_views, passwords
from network.account.sessions import views as sessions
from network.membership.urls import invitation

accounts = [
    # Only these of allauth's pages: nobody signs up or collects addresses by themselves.
    path("login/", account.login, name="account_login"),
    path("login/code/", mailed_views.code_request, name="code_request"),
    path("login/code/enter/", mailed_views.code_enter, name="code_enter"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("again/", again.account_sign_in_again, name="account_sign_in_again"),
    path("confirmed/", again.account_confirmed, name="account_confirmed"),
    path("session/", sessions.session_left, name="session_left"),
    path("session/prolong/", sessions.session_prolong, name="session_prolong"),
    path("kept/", sessions.account_kept, name="account_kept"),
    path("kept/<int:pk>/discard/", sessions.kept_discard, name="kept_discard"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", passwords.account_set_password, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("signup/", account.signup, name="account_signup"),  # answers that sign-up is closed
]

urlpatterns = [
    path("", home.home, name="home"),
    path("livez", network.livez, name="livez"),
    path("accessibility/", network.page_accessibility, name="page_accessibility"),
    path("privacy/", network.page_privacy, name="page_privacy"),
    path("cookies/", network.page_cookies, name="page_cookies"),
    path("accounts/", include(accounts)),
    path("accounts/organisation/", include("network.account.openid.urls")),
    path("accounts/2fa/", include("network.account.steps_urls")),
    path("profile/sessions/", include("network.account.sessions.urls")),
    path("profile/", include("network.account.urls")),
    path("invitation/", include(invitation)),
    path("network/", include("network.membership.urls")),
    path("network/", include("network.oversight.urls")),  # before the slugs of bodies
    path("network/", include("network.reorganisation.urls")),
    path("network/", include("network.people.urls")),
    path("library/", include("network.library.urls")),
    path("governance/", include("network.governance.urls")),
    path("meetings/", include("network.meetings.urls")),
    path("questionnaires/", include("questionnaires.urls")),
    path("foi/", include("foi.urls")),
    path("actions/", include("actions.urls")),
    path("reports/", include("cypcc_portal.reports.urls")),
    path("jobs/", include("network.progress")),
]

handler500 = "network.views.server_error"
