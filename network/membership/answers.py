"""What people, their roles and the seats of authorities answer to the registry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.urls import reverse

from network import audit, dates, workflow
from network.membership import seats
from network.membership.models import Invitation, seat_words
from network.people.models import Membership, Organisation, User
from network.registry import Changes, Fate, Holding, RoomLink, Task, numbers_in
from network.roles import Permission, Role

REVIEW_AHEAD = timedelta(days=30)
FEW = 3  # seats that are named one by one


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
    asking, url = seats.asking(), reverse("seat_list")
    if len(asking) > FEW:
        says = f"{len(asking)} authorities need a lead, or one who signs in"
        yield Task(title=says, url=url)
        return
    for seat in asking:
        yield Task(title=f"{seat.name}: {seats.state_of(seat)}", url=url, due=seat.leaves_on)


def _reviews() -> Iterator[Task]:
    """Co-chairs whose yearly review is due (terms of reference 2.4)."""
    today = dates.today()
    terms = Membership.objects.in_force().filter(role=Role.CO_CHAIR, review_on__lte=today + REVIEW_AHEAD)
    terms = terms.exclude(ends_on__lt=F("review_on"))  # over by then
    for term in terms.select_related("user").order_by("review_on"):
        yield Task(
            title=f"Review the term of office of {term.user.name}",
            url=term.user.get_absolute_url(),
            due=term.review_on,
        )


def changes_for(user: User, since: datetime) -> Iterator[Changes]:
    """Who accepted an invitation that the person sent."""
    yield Changes(
        rows=Invitation.objects.filter(invited_by=user, accepted_at__gt=since),
        at="accepted_at",
        words=("name", "role", "organisation__full_name", "pk"),
        say=_accepted,
    )


def _accepted(name: str, role: str, where: str | None, pk: str) -> tuple[str, str]:
    seat = seat_words(role, Organisation(full_name=where) if where else None)
    return f"{name} accepted your invitation, as {seat}", reverse("invitation_detail", args=[pk])


# -- When a body ends -----------------------------------------------------------------------------------

FOLLOW = Fate(name="follow", says="The link leads to the same role at the successor", to_successor=True)
KEY = "membership.invitation:"
WITHDRAW = Fate(name="withdraw", says="Withdraw the invitation")


def holdings_of(body: Organisation) -> Iterator[Holding]:
    """Open invitations: nobody takes up a role at a body that has ended.

    A link that has expired can be sent again, so an invitation does not close by itself.
    """
    for invitation in Invitation.objects.filter(organisation=body, status=Invitation.Status.OPEN):
        yield Holding(
            key=f"{KEY}{invitation.pk}",
            kind="Invitation",
            title=f"{seat_words(invitation.role, body)}: {invitation.email}",
            url=reverse("invitation_detail", args=[invitation.pk]),
            fates=(FOLLOW, WITHDRAW),
            settle=partial(_settle, invitation),
        )


def open_at(body: OuterRef) -> Iterator[QuerySet[Any]]:
    yield Invitation.objects.filter(organisation=body, status=Invitation.Status.OPEN)


def told_of(keys: Collection[str], user: User) -> Iterator[str]:
    """The invitations that the person reads."""
    if numbers := numbers_in(keys, KEY):
        for invitation in Invitation.objects.visible_to(user).filter(pk__in=numbers):
            yield f"{KEY}{invitation.pk}"


def _settle(invitation: Invitation, fate: str, to: Organisation | None, on: date, by: User | None) -> str:
    """The same link leads to the successor, unless there is an invitation to it already."""
    same = Invitation.objects.filter(email=invitation.email, role=invitation.role, organisation=to)
    if fate != FOLLOW.name or to is None or same.filter(status=Invitation.Status.OPEN).exists():
        workflow.move(invitation, "withdraw", by=by, token="")
        return "Withdrawn"
    moved = Invitation.objects.filter(pk=invitation.pk, status=Invitation.Status.OPEN).update(organisation=to)
    if moved:
        audit.record(by=by, verb="led an invitation to a successor", on=invitation, organisation=to.slug)
    return f"Its link leads to {to}"
