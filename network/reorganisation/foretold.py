"""What somebody is told of their own role before the day: that it is planned to go on elsewhere.

Members are told, who read in the directory of that day who is planned to hold which role. That a role is to
end is told on the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from network import dates, mail
from network.mail import OutboxMail
from network.mail_kinds import Kind
from network.people.history import listed
from network.people.models import User
from network.registry import Task
from network.reorganisation.models import Move, Reorganisation, Status
from network.roles import Permission, Role

KNOWN = Permission.PEOPLE_READ


class _Line(NamedTuple):
    user: int
    on: date
    title: str
    role: str
    to: str
    ends_on: date | None

    @property
    def stands(self) -> bool:
        """Whether the role is held when its body ends."""
        return self.ends_on is None or self.ends_on >= self.on - timedelta(days=1)


def tasks_for(user: User) -> Iterator[Task]:
    """One line for each reorganisation that is prepared, until its day."""
    if not user.standing.organisations(KNOWN):
        return
    moves = Move.objects.filter(
        membership__user=user, reorganisation__status=Status.PREPARED, reorganisation__on__gt=dates.today()
    )
    by_act: dict[tuple[date, str], list[_Line]] = defaultdict(list)
    for line in _lines(moves):
        by_act[line.on, line.title].append(line)
    for (on, title), lines in by_act.items():
        words = f"On {dates.long_date(on)} {title}: you are planned to be {_roles(lines)}"
        yield Task(title=words, url=f"{reverse('organisation_list')}?on={on.isoformat()}")


def tell(row: Reorganisation) -> None:
    """It was prepared: each of them what they are planned to be."""
    for number, (user, lines) in _those_told(row):
        day = dates.long_date(row.on)
        said = [
            f"On {day} {row}: you are planned to be {_roles(lines)}.",
            "Until then nothing changes for you. You get a mail on the day, or if this is taken back.",
        ]
        subject = f"{row}: what is planned for you on {day}"
        _mail(f"reorganisation:{row.pk}:planned:{number}:{user.pk}", user, subject, said, row)


def take_back(row: Reorganisation) -> None:
    """It is undone before its day: what they were told holds no more."""
    for number, (user, lines) in _those_told(row):
        day = dates.long_date(row.on)
        said = [
            f"What was prepared for {day}, {row}, was taken back. You were planned to be {_roles(lines)}: "
            "that is no longer planned.",
            "Your role stays as it is. If something else is prepared, you get a mail.",
        ]
        subject = f"{row}: no longer planned for {day}"
        _mail(f"reorganisation:{row.pk}:taken back:{number}:{user.pk}", user, subject, said, row)


def _mail(key: str, user: User, subject: str, said: list[str], row: Reorganisation) -> None:
    link = f"{reverse('organisation_list')}?on={row.on.isoformat()}"
    context = {"paragraphs": said, "link": link}
    mail.queue(key, user, subject[:250], "notice", context, kind=Kind.ACCOUNT)


def _those_told(row: Reorganisation) -> Iterable[tuple[int, tuple[User, list[_Line]]]]:
    """With the number of mails before: one prepared again is told again. Of a day gone by the act tells."""
    if row.on <= dates.today():
        return []
    lines: dict[int, list[_Line]] = defaultdict(list)
    for line in _lines(Move.objects.filter(reorganisation=row)):
        lines[line.user].append(line)
    sent = OutboxMail.objects.filter(key__startswith=f"reorganisation:{row.pk}:").count()
    people = User.objects.filter(pk__in=lines, is_active=True).order_by("pk")
    return [(sent, (user, lines[user.pk])) for user in people if user.may(KNOWN)]


def _lines(moves: QuerySet[Move]) -> list[_Line]:
    rows = moves.filter(to__isnull=False, membership__ended_at__isnull=True)
    of = ("membership__user_id", "reorganisation__on", "reorganisation__title", "membership__role")
    found = rows.order_by("reorganisation__on", "reorganisation__title", "pk", "to__name")
    lines = [_Line(*one) for one in found.values_list(*of, "to__name", "membership__ends_on")]
    return [line for line in lines if line.stands]


def _roles(lines: list[_Line]) -> str:
    """ "lead of East Surrey", "contributor of East Surrey and West Surrey"."""
    by_role: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_role[line.role].append(line.to)
    return "; ".join(f"{Role(role).label.lower()} of {listed(to)}" for role, to in by_role.items())
