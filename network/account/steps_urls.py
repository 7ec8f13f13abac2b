"""The pages of the second step. Those of allauth that the portal uses are named one by one."""

from allauth.mfa.base import views as steps
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from network.account import steps as own

urlpatterns = [
    path("", own.mfa_index, name="mfa_index"),
    path("set-up/", own.mfa_set_up, name="mfa_set_up"),
    path("authenticate/", steps.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", steps.reauthenticate, name="mfa_reauthenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkey/again/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("<int:pk>/remove/", own.factor_remove, name="factor_remove"),
    path("<int:pk>/name/", own.passkey_rename, name="passkey_rename"),
    path("people/<int:pk>/reset/", own.second_factor_reset, name="second_factor_reset"),
]
