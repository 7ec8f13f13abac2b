"""A form that is sent twice (a double click, an impatient reload) makes one thing.

Each form that `components/form.html` draws carries a key of its own. `once` keeps it, with what was typed, in
the transaction that makes the thing: the second sending finds the row, or waits for it, and is led to what
the first one made. Other words in the same form are another sending, so nothing is ever dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpResponseRedirect

from network import dates
from network.files import told_apart

if TYPE_CHECKING:
    from network.guards import SignedIn
    from network.people.models import User

FIELD = "once"
REMEMBERED = timedelta(days=1)


class Sent(models.Model):
    """A form that somebody sent, and where that led."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=dates.wall_clock)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="sent_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.url}"


def once(request: SignedIn, make: Callable[[], str], *, says: str) -> HttpResponseRedirect:
    """Makes what the form asks for and leads to it (`make` gives the address); a second time only leads."""
    key = _key(request)
    with transaction.atomic():
        if key:
            Sent.objects.filter(user=request.user, at__lt=dates.wall_clock() - REMEMBERED).delete()
            sent, first = Sent.objects.get_or_create(user=request.user, key=key)
        else:
            sent, first = Sent(), True
        if first:
            sent.url = make()
        if first and key:
            sent.save(update_fields=["url"])
    messages.success(request, says)
    return HttpResponseRedirect(sent.url)


def first(user: User, key: str) -> bool:
    """Whether the person sends this for the first time; kept in the transaction of what it does.

    Of two at the same moment the second waits for the first one, and is none.
    """
    _, made = Sent.objects.get_or_create(user=user, key=key)
    return made


def was_sent(user: User, key: str) -> bool:
    return Sent.objects.filter(user=user, key=key).exists()


def _key(request: SignedIn) -> str:
    """The form's own key together with all that was typed into it; "" for a form without one."""
    if not request.POST.get(FIELD):
        return ""
    typed = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name != _CSRF]
    return sha256(repr((request.path, typed, told_apart(request.FILES))).encode()).hexdigest()


_CSRF = "csrfmiddlewaretoken"
