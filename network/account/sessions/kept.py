"""What somebody typed is not lost when their session ends.

The form that arrives too late is sealed and kept for the person whose session it was. Once they have signed
in again they see it and send it on, or throw it away; nobody else ever does. Sending it on is an ordinary
sending of the same form: whoever may no longer do it, or is overtaken by a colleague, is told as always.

Whoever sat at the browser that was left alone may have typed it. So the page says when and where that was and
all that the form holds, and it is sent on with the person's word that it is theirs.
"""

from __future__ import annotations

import json
import re
from dataclasses import astuple, dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from django.http import HttpRequest

from network import dates
from network.account.addresses import came_from
from network.account.sealing import box
from network.account.sessions import devices, lasting
from network.account.sessions.models import Kept
from network.files import told_apart
from network.forms import SAID
from network.people.models import User

SENT_ON = "kept"
"""The field of a form that is sent on: which kept form it was."""

ONLY_KEEP = "only_keep"
"""The field that a page's script adds when it sends a half-written form as the time runs out."""

MOST = 5
"""So many forms are kept for one person; the oldest goes first."""

LONGEST = 19
"""A number of so many digits is none of ours: the database has none so great."""

LOOKED = "kept_is_mine"
"""The field with which somebody says that a kept form is their own."""

MINE = "I typed this myself, and it is still what I want"

OWN = re.compile(f"once|loaded|was-.*|{SAID}.*")
"""Fields that our pages write themselves, and that choose nothing."""

WIDEN = "widen"
"""The field by which somebody says yes to more readers; its value means nothing to a person."""

SHOWN = 5_000
"""So many characters of one field are shown; of what is longer, how long it is."""

NEVER = ("csrfmiddlewaretoken", SENT_ON, ONLY_KEEP, LOOKED)
SIGNING_IN = "/accounts/"
"""Under it stand passwords and codes, which are never kept."""


@dataclass(frozen=True)
class Typed:
    """One form as it was sent: its address, the page it stood on, its fields in order, names of its files."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    files: list[str]
    device: str = ""  # "Firefox on Windows": from where it was sent
    used: str = ""  # when something was last done there before

    @property
    def used_at(self) -> datetime | None:
        return datetime.fromisoformat(self.used) if self.used else None

    @property
    def says(self) -> list[tuple[str, str]]:
        """All that it would carry out, as it stands in its fields."""
        said = [(name, value) for name, value in self.fields if value and not OWN.fullmatch(name)]
        return [(label(name), "Yes" if name == WIDEN else _cut(value)) for name, value in said]

    @property
    def empty(self) -> list[str]:
        """What it would leave empty, or empty."""
        return [label(name) for name, value in self.fields if not value and not OWN.fullmatch(name)]


def _cut(value: str) -> str:
    more = len(value) - SHOWN
    return value if more <= 0 else f"{value[:SHOWN]}… and {more:,} more characters"


def label(name: str) -> str:
    words = "let more people read it" if name == WIDEN else name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def keep(request: HttpRequest, user: User) -> Kept | None:
    """Keeps the form that was sent, unless it holds a password or a code, or nothing."""
    secret = request.path.startswith(SIGNING_IN) or any("password" in name for name in request.POST)
    if request.method != "POST" or secret:
        return None
    fields = [(name, one) for name, many in request.POST.lists() for one in many if name not in NEVER]
    files = [name for _, name, _ in told_apart(request.FILES) if name]
    device = devices.words(request.META.get("HTTP_USER_AGENT", ""))
    used = request.session.get(lasting.SEEN, "")
    what = Typed(request.get_full_path(), page_of(request), fields, files, device, used)
    kept = Kept.objects.create(user=user, sealed=seal(what))
    newest = Kept.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:MOST]
    Kept.objects.filter(user=user).exclude(pk__in=list(newest)).delete()
    return kept


def page_of(request: HttpRequest) -> str:
    """The page on which the form stood, if it is one of ours; else the address itself."""
    return came_from(request) or request.path


def newest(user: User) -> Kept | None:
    return Kept.objects.visible_to(user).filter(at__gt=dates.now() - lasting.in_all()).first()


def seal(typed: Typed) -> str:
    return _fernet().encrypt(json.dumps(astuple(typed)).encode()).decode()


def typed(kept: Kept) -> Typed | None:
    """What was kept; None if the portal's key has changed since."""
    try:
        path, page, fields, files, *device = json.loads(_fernet().decrypt(kept.sealed.encode()))
    except InvalidToken:
        return None
    return Typed(path, page, [(name, value) for name, value in fields], files, *device)


def must_be_looked_at(request: HttpRequest) -> bool:
    """A kept form that is sent on without the word that it is one's own."""
    return SENT_ON in request.POST and LOOKED not in request.POST


def arrived(request: HttpRequest) -> bool:
    """Whether a kept form was sent on and let through."""
    return SENT_ON in request.POST and not must_be_looked_at(request)


def sent_on(request: HttpRequest, user: User) -> None:
    """The form has arrived: it is kept no longer."""
    number = request.POST.get(SENT_ON, "")
    if number.isascii() and number.isdigit() and len(number) < LONGEST:
        Kept.objects.visible_to(user).filter(pk=int(number)).delete()


def _fernet() -> Fernet:
    return box("kept forms")
