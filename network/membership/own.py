"""What the portal holds about a person by way of invitations."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from network import dates
from network.membership.models import Invitation
from network.people.models import User
from network.registry import OwnRecords


def own_records(user: User) -> Iterator[OwnRecords]:
    """Those that they got or sent; whom they invited is named to whoever may still read the invitation."""
    got = Q(accepted_by=user) | Q(for_person=user) | Q(email__iexact=user.email or "")
    rows = (
        Invitation.objects.filter(got).select_related("organisation", "invited_by").order_by("made_at", "pk")
    )
    yield OwnRecords(
        title="Invitations to you",
        columns=("When", "Role", "State", "By"),
        rows=tuple(
            (
                dates.long_datetime(one.made_at),
                one.seat,
                str(one.get_status_display()),
                one.invited_by.named_for(user),
            )
            for one in rows
        ),
    )
    sent = Invitation.objects.visible_to(user).filter(invited_by=user).select_related("organisation")
    yield OwnRecords(
        title="Invitations that you sent",
        columns=("When", "To", "Role", "State"),
        rows=tuple(
            (dates.long_datetime(one.made_at), one.name, one.seat, str(one.get_status_display()))
            for one in sent.order_by("made_at", "pk")
        ),
    )
