"""`manage.py add_person`: a person with an account and a role; the first admin of an installation too."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from network import audit, dates
from network.demo import DOMAIN
from network.mail import absolute
from network.people.models import Membership, Organisation, User
from network.roles import AUTHORITY_ROLES, ORGANISATION_ROLES, Role


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
        email, name = _address(options["email"]), _name(options["name"])
        with transaction.atomic():
            person, what = _person(email, name, options["job_title"])
            gained = _give(person, role, where)
            if not gained and what == KNOWN:
                raise CommandError(f"{name} is {seat_words(role, where)} already.")
            audit.record(
                by=None, verb="added a person", on=person, role=role, organisation=options["organisation"]
            )
        self.stdout.write(_told(person, what, seat_words(role, where)))


MADE, CLAIMED, KNOWN = "made", "claimed", "known"


def role_of(text: str) -> Role:
    try:
        return Role(text.strip().lower().replace("-", "_"))
    except ValueError:
        raise CommandError(f"“{text}” is not a role. The roles are {', '.join(Role.values)}.") from None


def body_for(role: Role, slug: str) -> Organisation | None:
    """The organisation at which the role is held; none for a role of the network as a whole."""
    if role not in ORGANISATION_ROLES:
        if slug:
            raise CommandError(
                f"The role {role.label.lower()} is held in the network as a whole: leave out --organisation."
            )
        return None
    if not slug:
        raise CommandError(
            f"The role {role.label.lower()} is held at an organisation: add --organisation SLUG."
        )
    found: Organisation | None = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(
            f"There is no organisation “{slug}”. The page Network shows all; run seed_network first."
        )
    is_member = found.kind == Organisation.Kind.AUTHORITY and found.member
    if (role in AUTHORITY_ROLES) != is_member:
        fits = (
            "a member authority" if role in AUTHORITY_ROLES else "an integrated care board or another partner"
        )
        raise CommandError(f"{role.label} is a role at {fits}; {found.full_name} is not one.")
    if found.ends_on and found.ends_on < dates.today():
        raise CommandError(f"{found.full_name} existed until {dates.long_date(found.ends_on)}.")
    return found


def seat_words(role: Role, where: Organisation | None) -> str:
    return f"{role.label.lower()} at {where.full_name}" if where else role.label.lower()


def _address(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(f"“{text}” is not an e-mail address.") from None
    if email.endswith(f"@{DOMAIN}") and not settings.PORTAL_DEMO:
        raise CommandError(
            f"Addresses at {DOMAIN} belong to a demonstration: the portal would no longer start."
        )
    return email


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 120:
        raise CommandError("Give the person's name, up to 120 characters.")
    return name


def _person(email: str, name: str, job_title: str) -> tuple[User, str]:
    """The person, and whether they were made, had been known without an account, or had one."""
    known = User.objects.filter(email__iexact=email).first()
    if known:
        if known.name != name:
            raise CommandError(f"{email} is the account of {known.name}. Give that name to add a role to it.")
        return known, KNOWN
    nameless = User.objects.filter(email__isnull=True, name=name)
    if len(nameless) > 1:
        raise CommandError(f"{len(nameless)} people without an account are called {name}.")
    for person in nameless:  # the co-chairs named in the terms of reference
        person.email = email
        person.job_title = job_title or person.job_title
        person.set_unusable_password()
        person.save(update_fields=["email", "job_title", "password"])
        return person, CLAIMED
    return User.objects.create_user(email, name, job_title=job_title), MADE


def _give(person: User, role: Role, where: Organisation | None) -> bool:
    """The role from today, or from the body's first day; False if they hold it."""
    held = Membership.objects.filter(user=person, role=role, organisation=where)
    if held.in_force().exists() or held.filter(ends_on__isnull=True).exists():
        return False
    starts: date = max(dates.today(), where.starts_on) if where and where.starts_on else dates.today()
    Membership.objects.create(user=person, role=role, organisation=where, starts_on=starts)
    return True


def _told(person: User, what: str, seat: str) -> str:
    if what == KNOWN:
        return f"{person.name} ({person.email}) is now {seat} as well. Their password stays as it is."
    before = " was known to the portal without an account and" if what == CLAIMED else ""
    return (
        f"{person.name} ({person.email}){before} is now {seat}.\n"
        "They have no password yet. They choose one themselves: open\n"
        f"  {absolute(reverse('account_reset_password'))}\n"
        "(“I have forgotten my password” on the sign-in page), enter the address, follow the mail's link."
    )
