"""What the directory answers to the registry."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from network import dates
from network.mail_kinds import Kind
from network.people.models import BankHoliday, Membership, User
from network.registry import NavItem, OwnRecords, RoomLink
from network.roles import Permission


def nav_for(user: User) -> Iterator[NavItem]:
    if user.may(Permission.DIRECTORY_READ):
        yield NavItem(label="Network", url=reverse("organisation_list"), order=80)


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(Permission.DIRECTORY_READ):
        yield RoomLink(label="Bodies", url=reverse("organisation_list"), order=10)


def own_records(user: User) -> Iterator[OwnRecords]:
    yield OwnRecords(
        title="Your details",
        columns=("What", "As it is held"),
        rows=(
            ("Name", user.name),
            ("Work e-mail", user.email or ""),
            ("Job title", user.job_title),
            ("Telephone number", user.phone),
            ("Who sees e-mail and telephone", str(user.get_contact_shown_to_display())),
            (
                "Mails that you do without",
                ", ".join(kind.label for kind in Kind if kind in user.mail_declined),
            ),
            ("Account", "open" if user.is_active else "closed"),
            ("Known to the portal since", dates.long_datetime(user.joined_at)),
            ("Last signed in", dates.long_datetime(user.last_login) if user.last_login else ""),
            ("Last looked at home", dates.long_datetime(user.seen_home_at) if user.seen_home_at else ""),
        ),
    )
    roles = Membership.objects.filter(user=user).select_related("organisation").order_by("starts_on", "pk")
    yield OwnRecords(
        title="Your roles",
        columns=("Role", "Where", "From", "To", "Review", "Source"),
        rows=tuple(
            (
                str(one.get_role_display()),
                one.organisation.full_name if one.organisation else "The whole network",
                *(dates.long_date(day) if day else "" for day in (one.starts_on, one.ends_on, one.review_on)),
                one.source,
            )
            for one in roles
        ),
    )
    holidays = BankHoliday.objects.filter(added_by=user).order_by("on")
    yield OwnRecords(
        title="Bank holidays that you added",
        columns=("Day", "Name"),
        rows=tuple((dates.long_date(one.on), one.title) for one in holidays),
    )
