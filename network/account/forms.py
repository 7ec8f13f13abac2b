"""Codes and passkeys as the sign-in asks for them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    _BaseAddWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from network.account import second_factor
from network.forms import PortalForm, PortalMixin
from network.people.names import address_as_kept

NO_PASSKEY = "That passkey did not work here. Try again, or use another way to sign in"


def code_field(label: str, help_text: str = "") -> forms.CharField:
    """A box for a short code; phones offer the code themselves."""
    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "class": "govuk-input--width-10", "spellcheck": "false"}
    )
    return forms.CharField(label=label, help_text=help_text, widget=widget, max_length=40)


class _Once(PortalMixin):
    """A code of an app is used up, whichever process is asked first."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not second_factor.use_code(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Once, AuthenticateForm):
    code = code_field("Sign-in code", "6 digits from your app, or one of your recovery codes")


class CodeAgainForm(_Once, ReauthenticateForm):
    code = code_field("Sign-in code", "6 digits from your app, or one of your recovery codes")


class _Passkey(PortalMixin):
    """What a browser sends of a passkey; whatever else is sent is told in one sentence."""

    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]
        try:
            of_ours(auth.parse_authentication_response(credential).response.client_data.origin)
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise ValidationError(NO_PASSKEY) from None
        return found


def of_ours(origin: str) -> None:
    """A passkey was used on the portal's own address, not on one that only looks like it."""
    own = urlsplit(settings.PORTAL_URL)
    if origin != f"{own.scheme}://{own.netloc}":
        raise ValidationError(NO_PASSKEY)


class PasskeyForm(_Passkey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Passkey, ReauthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Passkey, LoginWebAuthnForm):
    pass


class AppForm(PortalMixin, ActivateTOTPForm):
    """Adds an authenticator app. Its key stays the same while the page is open more than once."""

    code = code_field("Code from your app", "The 6 digits that the app shows for the portal")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        secret = totp.get_totp_secret()
        super().__init__(*args, **kwargs)
        self.secret = context.request.session[totp.SECRET_SESSION_KEY] = secret

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not second_factor.use_code(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class NewPasskeyForm(PortalMixin, _BaseAddWebAuthnForm):
    """Adds a passkey that lets somebody in by itself, since it asks for a finger, a face or a PIN."""

    name = forms.CharField(
        label="Name of the passkey", help_text="Such as “Work laptop”", max_length=60, required=False
    )

    def clean(self) -> dict[str, Any]:
        try:
            credential = self.cleaned_data.get("credential")
            if credential:
                of_ours(auth.parse_registration_response(credential).response.client_data.origin)
            return dict(super().clean() or {})
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise ValidationError("That passkey could not be set up. Try again, or use an app") from None


class PasskeyNameForm(PortalForm):
    name = forms.CharField(label="Name of the passkey", help_text="Such as “Work laptop”", max_length=60)
    name.error_messages["required"] = "Enter the name of the passkey"


class ResetForm(PortalForm):
    reason = forms.CharField(
        label="Why is it taken off?",
        help_text="It is recorded, and mailed to the person. Say how you know that it is them who asked",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AddressForm(PortalForm):
    email = forms.EmailField(
        label="Work email address",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        max_length=254,
        error_messages={"required": "Enter your work email address"},
    )

    def clean_email(self) -> str:
        return address_as_kept(self.cleaned_data["email"])


class MailedCodeForm(PortalForm):
    code = code_field("Code from the mail", "8 letters, such as BCDF-GHJK")
