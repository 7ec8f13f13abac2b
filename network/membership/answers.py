"""What people, their roles and the seats of authorities answer to the registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from network import dates
from network.membership import seats
from network.membership.models import Invitation
from network.people.models import Membership, User
from network.registry import Change, RoomLink, Task
from network.roles import Permission, Role

REVIEW_AHEAD = timedelta(days=30)


def room_links(user: User) -> Iterator[RoomLink]:
    if user.may(Permission.PEOPLE_READ):
        yield RoomLink(label="People", url=reverse("person_list"), order=20)
    if user.may(Permission.PEOPLE_INVITE):
        yield RoomLink(label="Invitations", url=reverse("invitation_list"), order=30)
    if user.may(Permission.PEOPLE_MANAGE):
        yield RoomLink(label="Seats", url=reverse("seat_list"), order=40)


def tasks_for(user: User) -> Iterator[Task]:
    if user.may(Permission.PEOPLE_MANAGE):
        yield from _seats()
        yield from _reviews()


def _seats() -> Iterator[Task]:
    """Each seat that asks for the coordinator by itself, or many together."""
    asking = seats.asking()
    url = reverse("seat_list")
    if asking.number > seats.FEW:
        says = f"{asking.number} authorities need a lead, or one who signs in"
        yield Task(title=says, url=url)
        return
    for seat in asking.first:
        yield Task(title=f"{seat.name}: {seats.state_of(seat)}", url=url, due=seat.leaves_on)


def _reviews() -> Iterator[Task]:
    """Co-chairs whose yearly review is due (terms of reference 2.4)."""
    today = dates.today()
    terms = Membership.objects.in_force().filter(role=Role.CO_CHAIR, review_on__lte=today + REVIEW_AHEAD)
    for term in terms.select_related("user").order_by("review_on"):
        yield Task(
            title=f"Review the term of office of {term.user.name}",
            url=term.user.get_absolute_url(),
            due=term.review_on,
            urgent=term.review_on < today,
        )


def changes_for(user: User, since: datetime) -> Iterator[Change]:
    """Who accepted an invitation that the person sent."""
    accepted = Invitation.objects.filter(invited_by=user, accepted_at__gt=since)
    for invitation in accepted.select_related("organisation").order_by("-accepted_at")[:10]:
        title = f"{invitation.name} accepted your invitation, as {invitation.seat}"
        yield Change(at=invitation.accepted_at or since, title=title, url=invitation.get_absolute_url())
