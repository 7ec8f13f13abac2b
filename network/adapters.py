"""Where allauth meets the portal: nobody signs up by themselves, and its mails go through the outbox."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import resolve

from network import dates, guards, mail
from network.account import again, limits, second_factor
from network.account.sessions import devices
from network.mail_kinds import Kind
from network.people.models import User


class PortalAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by the coordinator."""
        return False

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        if not isinstance(user, User):
            return []
        offered = super().get_reauthentication_methods(user)
        if second_factor.missing(current.request) == "show":
            offered = [way for way in offered if resolve(way["url"]).url_name in second_factor.SHOWN_AT]
        return again.ways(offered, user)

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_ip(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """As the list of sessions names the browser: that is what the person can compare it with."""
        return devices.words(request.META.get("HTTP_USER_AGENT", ""))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in sets up a second step without being asked again."""
        return bool(super().is_reauthentication_required(app=app)) and not guards.is_fresh(current.request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Puts allauth's mail into the outbox, in the portal's frame and with the portal's own address in
        its link.

        Each is queued anew: a second request for a new password is a second mail. It may carry a sign-in
        link, so its words are wiped once it is sent.
        """
        words = {"email": email, **context, "timestamp": dates.now()}
        body = render_to_string(f"{template_prefix}_message.txt", words).strip()
        address = urlsplit(context.get("password_reset_url", ""))
        person = context.get("user")
        mail.queue(
            f"account:{template_prefix.rpartition('/')[2]}:{uuid.uuid4().hex}",
            person if isinstance(person, User) and person.email == email else email,
            subject=render_to_string(f"{template_prefix}_subject.txt", words).strip(),
            template="notice",
            context={
                "paragraphs": re.split(r"\n\s*\n", body),
                "link": address.path,
                "link_label": "Choose a new password",
            },
            kind=Kind.ACCOUNT,
            secret=True,
        )
