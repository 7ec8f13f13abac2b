"""Plain functions that make what a test needs, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

from network.people.models import Membership, Organisation, User
from network.roles import Role

PASSWORD = "correct-horse-battery-staple"


def person(
    name: str,
    role: Role | None = None,
    at: Organisation | None = None,
    *,
    starts_on: date | None = date(2025, 1, 1),
    ends_on: date | None = None,
    **more: Any,
) -> User:
    """A person with an account and, if a role is given, one membership."""
    address = more.pop("email", f"{name.lower().replace(', ', '.').replace(' ', '.')}@example.org")
    user = User(email=address, name=name, **more)
    user.password = _hashed()
    user.save()
    if role:
        membership(user, role, at, starts_on=starts_on, ends_on=ends_on)
    return user


def membership(
    user: User,
    role: Role,
    at: Organisation | None = None,
    *,
    starts_on: date | None = date(2025, 1, 1),
    ends_on: date | None = None,
) -> Membership:
    return Membership.objects.create(
        user=user, role=role, organisation=at, starts_on=starts_on, ends_on=ends_on
    )


def organisation(name: str, kind: str = Organisation.Kind.OTHER, **more: Any) -> Organisation:
    slug = more.pop("slug", name.lower().replace(" ", "-"))
    return Organisation.objects.create(name=name, full_name=name, kind=kind, slug=slug, **more)


_cache: dict[str, str] = {}


def _hashed() -> str:
    """Hashing is slow by design; a test run does it once."""
    if PASSWORD not in _cache:
        from django.contrib.auth.hashers import make_password

        _cache[PASSWORD] = make_password(PASSWORD)
    return _cache[PASSWORD]
