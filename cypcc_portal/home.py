"""What do I have to do now?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network import changes, dates, registry
from network.guards import SignedIn
from network.meetings.models import Meeting
from network.people.models import User
from network.people.views import tile_map

CHANGES_SHOWN = 8
FIRST_LOOK_BACK = timedelta(days=30)
ALWAYS_SHOWN = timedelta(days=7)
"""A sign-in on another device takes nothing away that was not read here."""


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """One list of tasks, by due date; then what changed, the next meeting, the network at a glance."""
    user = request.user
    since = min(last_time(request), dates.now() - ALWAYS_SHOWN)
    return render(
        request,
        "home.html",
        {
            "tasks": sorted(registry.tasks_for(user), key=lambda task: task.order),
            "changes": changes.latest(user, since, CHANGES_SHOWN),
            "since": since,
            "meeting": next_meeting(user),
            "map": tile_map(user),
            "today": dates.today(),
        },
    )


def last_time(request: SignedIn) -> datetime:
    """When the person was last here before this sign-in; noted once for each session."""
    if "since" not in request.session:
        before = request.user.seen_home_at or dates.now() - FIRST_LOOK_BACK
        request.session["since"] = before.isoformat()
        User.objects.filter(pk=request.user.pk).update(seen_home_at=dates.now())
    return datetime.fromisoformat(request.session["since"])


def next_meeting(user: User) -> Meeting | None:
    return Meeting.objects.visible_to(user).filter(on__gte=dates.today()).order_by("on").first()
