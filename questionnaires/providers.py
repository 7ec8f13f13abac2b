"""What this app says on other pages: tasks, navigation, changes, tiles, panels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from network import dates
from network.people.models import Organisation, User
from network.registry import AgendaLine, Changes, NavItem, Task, Tile
from network.roles import Permission
from questionnaires import due, seed
from questionnaires.models import Return, Round, Section, SectionState


def nav_for(user: User) -> list[NavItem]:
    if not user.may(Permission.READ_NETWORK) and not _shared_with(user):
        return []
    return [NavItem(label="Questionnaires", url=reverse("round_list"), order=30)]


def _shared_with(user: User) -> bool:
    """Whether a partner finds anything among the rounds."""
    return user.may(Permission.READ_PARTNERS) and Round.objects.visible_to(user).exists()


def tasks_for(user: User) -> list[Task]:
    return [*_tasks_of_authorities(user), *_tasks_of_overseer(user)]


def _tasks_of_authorities(user: User) -> list[Task]:
    """The open returns that the person fills in, with how far each is."""
    at = user.standing.organisations(Permission.RETURN_EDIT)
    if not at:
        return []
    today = dates.today()
    rows = (
        Return.objects.visible_to(user)
        .filter(
            Q(authority__in=at) | Q(answered_by__in=at),
            status=Return.Status.DRAFT,
            round__opens_on__lte=today,
            round__closes_on__gte=today,
        )
        .select_related("round", "authority", "answered_by")
        .annotate(done=_number(SectionState.objects.filter(for_return=OuterRef("pk"), completed=True)))
        .annotate(sections=_number(Section.objects.filter(version=OuterRef("round__version"))))
        .order_by("round__closes_on")
    )
    return [
        _task(row, row.done, row.sections, len(at) > 1 or row.answered_by_id is not None)
        for row in rows
        if row.done < row.sections or user.may(Permission.RETURN_SUBMIT, at=row.answering)
    ]


def _number(rows: object) -> Coalesce:
    counted = rows.order_by().values(one=Count("*"))  # type: ignore[attr-defined]
    return Coalesce(Subquery(counted.annotate(number=F("one")).values("number")), 0)


def _task(row: Return, done: int, sections: int, several: bool) -> Task:
    whose = f" for {row.authority.name}" if several else ""
    ready = done >= sections  # then only a lead or deputy has something left to do
    title = f"Answer the questionnaire{whose}: {done} of {sections} sections completed"
    check = reverse("return_check", args=[row.round.slug, row.authority.slug])
    return Task(
        title=f"Check and submit the questionnaire{whose}" if ready else title,
        url=check if ready else row.get_absolute_url(),
        due=row.round.closes_on,
    )


def _tasks_of_overseer(user: User) -> list[Task]:
    if not user.may(Permission.RETURN_OVERSEE):
        return []
    rows = (
        Round.objects.visible_to(user)
        .open()
        .annotate(missing=Count("returns", filter=Q(returns__status=Return.Status.DRAFT)))
        .filter(missing__gt=0)
    )
    return [
        Task(
            title=f"{_missing(row.missing)} not submitted: {row}",
            url=row.get_absolute_url(),
            due=row.closes_on,
        )
        for row in rows
    ]


def _missing(number: int) -> str:
    return f"{number} {'authority has' if number == 1 else 'authorities have'}"


def changes_for(user: User, since: datetime) -> list[Changes]:
    """Returns that were submitted and may be read."""
    if not user.may(Permission.READ_NETWORK):
        return []
    submitted = Return.objects.visible_to(user).filter(status=Return.Status.SUBMITTED, submitted_at__gt=since)
    words = ("authority__name", "round__title", "round__slug", "authority__slug")
    return [Changes(rows=submitted, at="submitted_at", words=words, say=_submitted)]


def _submitted(authority: str, title: str, *slugs: str) -> tuple[str, str]:
    return f"{authority} submitted its return in {title}", reverse("return_detail", args=slugs)


def tiles_for(user: User) -> list[Tile]:
    """Who has submitted in the latest round; members never see how far another's draft is."""
    if not user.may(Permission.READ_NETWORK):
        return []
    latest = Round.objects.visible_to(user).opened().order_by("-opens_on", "-pk").values("pk")[:1]
    rows = (
        Return.objects.filter(round__in=Subquery(latest))
        .annotate(readable=Exists(Return.objects.visible_to(user).filter(pk=OuterRef("pk"))))
        .select_related("round", "authority")
        .only(
            "status", "round__title", "round__slug", "round__opens_on", "round__closes_on", "authority__slug"
        )
    )
    return [tile_of(row, row.get_absolute_url() if row.readable else "") for row in rows]


def tile_of(row: Return, url: str = "") -> Tile:
    told = row.told
    return Tile(
        organisation_id=row.authority_id,
        letter=told.letter,
        state=told.words,
        colour=told.colour,
        url=url,
        of=str(row.round),
    )


def organisation_panels(body: Organisation, user: User) -> list[AgendaLine]:
    """The body's returns that the person may read."""
    if body.kind != Organisation.Kind.AUTHORITY:
        return []
    rows = Return.objects.visible_to(user).filter(authority=body).select_related("round", "authority")
    return [
        AgendaLine(
            title=f"Return in {row.round}",
            url=row.get_absolute_url(),
            detail=f"submitted on {dates.long_date(row.submitted_at)}"
            if row.submitted_at
            else row.told.words.lower(),
        )
        for row in rows.filter(round__opens_on__lte=dates.today()).order_by("-round__opens_on")[:5]
    ]


def due_work() -> Iterable[Callable[[], str]]:
    return [due.send_due]


def reference_data() -> Iterable[Callable[[], str]]:
    return [seed.load]
