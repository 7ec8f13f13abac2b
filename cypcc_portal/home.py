"""What do I have to do now?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from network import changes, dates, registry
from network.guards import SignedIn
from network.meetings.models import Meeting
from network.people.models import User
from network.people.views import tile_map
from network.registry import Task

CHANGES_SHOWN = 8
FIRST_LOOK_BACK = timedelta(days=30)


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """One list of tasks, most urgent first; then what changed, the next meeting, the network at a glance."""
    user = request.user
    since = last_time(request)
    return render(
        request,
        "home.html",
        {
            "tasks": sorted(registry.tasks_for(user), key=_urgency),
            "changes": changes.latest(user, since, CHANGES_SHOWN),
            "since": since,
            "meeting": next_meeting(user),
            "map": tile_map(user),
            "today": dates.today(),
        },
    )


def _urgency(task: Task) -> tuple[bool, date, str]:
    return (not task.urgent, task.due or date.max, task.title)


def last_time(request: SignedIn) -> datetime:
    """When the person was last here before this sign-in; noted once for each session."""
    if "since" not in request.session:
        before = request.user.seen_home_at or dates.now() - FIRST_LOOK_BACK
        request.session["since"] = before.isoformat()
        User.objects.filter(pk=request.user.pk).update(seen_home_at=dates.now())
    return datetime.fromisoformat(request.session["since"])


def next_meeting(user: User) -> Meeting | None:
    return Meeting.objects.visible_to(user).filter(on__gte=dates.today()).order_by("on").first()
