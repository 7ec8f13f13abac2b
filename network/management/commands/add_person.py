"""`manage.py add_person`: a person with an account and a role; the first admin of an installation too."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from network.mail import absolute
from network.membership import acts
from network.membership.models import seat_words
from network.membership.rules import Unfit
from network.people.models import Organisation, User
from network.roles import ORGANISATION_ROLES, Role


class Command(BaseCommand):
    help = "Add a person with an account and a role, or give a further role to somebody who has an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the work address with which they sign in")
        parser.add_argument("name", help="first name and surname, in quotation marks")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument(
            "--organisation", default="", help="its slug, as in the address of its page: kent"
        )
        parser.add_argument("--job-title", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        role = role_of(options["role"])
        where = body_for(role, options["organisation"])
        try:
            person, what = acts.add_person(
                email=options["email"],
                name=options["name"],
                role=role,
                where=where,
                job_title=options["job_title"],
                by=None,
            )
        except Unfit as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(_told(person, what, seat_words(role, where)))


def role_of(text: str) -> Role:
    try:
        return Role(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise CommandError(f"“{text}” is not a role. The roles are {', '.join(Role.values)}.") from None


def body_for(role: Role, slug: str) -> Organisation | None:
    """The organisation at which the role is held; none for a role of the network as a whole."""
    if not slug:
        if role in ORGANISATION_ROLES:
            raise CommandError(
                f"The role {role.label.lower()} is held at an organisation: add --organisation SLUG."
            )
        return None
    if role not in ORGANISATION_ROLES:
        raise CommandError(
            f"The role {role.label.lower()} is held in the network as a whole: leave out --organisation."
        )
    found: Organisation | None = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(
            f"There is no organisation “{slug}”. The page Network shows all; run seed_network first."
        )
    return found


def _told(person: User, what: str, seat: str) -> str:
    if what == acts.KNOWN:
        return f"{person.name} ({person.email}) is now {seat} as well. Their password stays as it is."
    before = " was known to the portal without an account and" if what == acts.CLAIMED else ""
    return (
        f"{person.name} ({person.email}){before} is now {seat}.\n"
        "They have no password yet. They choose one themselves: open\n"
        f"  {absolute(reverse('account_reset_password'))}\n"
        "(“I have forgotten my password” on the sign-in page), enter the address, follow the mail's link."
    )
