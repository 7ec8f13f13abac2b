"""A new password is asked for: the page writes one row, the same for any address; a worker does the rest.

Whoever asks learns nothing from how long the answer takes: nobody is looked up, nothing is rendered and no
link is made before the answer has left.
"""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from network import jobs
from network.jobs import Job, Progress

KIND = "account.new-password"


class NewPasswordForm(ResetPasswordForm):
    """Asks for a link to choose a new password; it says of no address whether there is an account."""

    def clean_email(self) -> str:
        address: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        return address

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address: str = self.cleaned_data["email"]
        jobs.request(KIND, uuid.uuid4().hex, payload={"email": address}, title="A link for a new password")
        return address


@jobs.handler(KIND)
def send_link(job: Job, progress: Progress) -> None:
    """A mail to each account of the address, if there is one. Afterwards the row forgets the address."""
    address = job.payload.get("email", "")
    people = filter_users_by_email(address, is_active=True, prefer_verified=True, for_login=True)
    with progress.finishing():
        for person in people:
            key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
            path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
            words = {"user": person, "password_reset_url": path.replace("UID-KEY", key)}
            get_adapter().send_mail("account/email/password_reset_key", address, words)
        Job.objects.filter(pk=job.pk).update(payload={})
