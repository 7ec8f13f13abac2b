"""Returns of an authority that ends, what the app holds about a person, and what goes after its time.

Of a draft only that there is one is told here: whoever prepares a reorganisation never reads what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from network import audit, dates, files
from network.people.models import Organisation, User
from network.registry import Fate, Holding, OwnRecords, Retained, numbers_in
from network.roles import Permission
from questionnaires import saving
from questionnaires.models import Answer, Return, SectionState

FINISH = Fate(
    name="finish", says="Let the successor finish and submit it for the old authority", to_successor=True
)
CLOSE = Fate(name="close", says="Close it unanswered: the round says so")
DRAFT = Return.Status.DRAFT
KEY = "questionnaires.return:"


def holdings_of(body: Organisation) -> Iterator[Holding]:
    """The drafts in rounds that have not closed: the body's own, and those that it finishes for another."""
    own = Q(authority=body, answered_by__isnull=True) | Q(answered_by=body)
    drafts = Return.objects.filter(own, status=DRAFT, round__closes_on__gte=dates.today())
    for row in drafts.select_related("round", "authority").order_by("round__closes_on", "pk"):
        yield Holding(
            key=f"{KEY}{row.pk}",
            kind="Questionnaire return",
            title=f"{row}: not submitted",
            url="",  # whoever prepares a reorganisation does not read it
            fates=(FINISH, CLOSE),
            settle=partial(_settle, row.pk),
            opens_on=row.round.opens_on,
            closes_on=row.round.closes_on,
        )


def open_at(body: OuterRef) -> Iterator[QuerySet[Return]]:
    """Two questions, since each finds its rows by an index; no return is in both."""
    drafts = Return.objects.filter(
        status=DRAFT, round__closes_on__gte=dates.today(), round__closes_on__gt=OuterRef("ends_on")
    )
    yield drafts.filter(authority=body, answered_by__isnull=True)
    yield drafts.filter(answered_by=body)


def told_of(keys: Collection[str], user: User) -> Iterator[str]:
    """That there is a return, and nothing in it, is told to whoever sees which authorities have answered."""
    if user.may(Permission.RETURN_OVERSEE):
        yield from (f"{KEY}{number}" for number in numbers_in(keys, KEY))


def _settle(pk: int, fate: str, successor: Organisation | None, on: date, by: User | None) -> str:
    """A round that opens after the body's last day does not ask it at all; it asks what came after."""
    row = (
        Return.objects.select_for_update(of=("self",)).select_related("round", "authority").filter(pk=pk)
    ).first()
    if row is None or row.status != DRAFT or row.round.is_closed:
        return ""
    if row.round.opens_on > on:
        audit.record(by=by, verb="not asked after all", on=row)
        row.delete()
        return f"{row}: not asked, because the round opens after its last day"
    if fate == CLOSE.name:
        saving.close(row, on=on, by=by)
        return f"{row}: closed unanswered"
    if successor is None:
        raise ValueError("A return is finished by one of the successors: say which.")
    return f"{row}: {successor} finishes it" if saving.hand_to(row, successor, by=by) else ""


def own_records(user: User) -> Iterator[OwnRecords]:
    """Which answers the person saved and what they submitted; the answers themselves are the authority's."""
    saved = (
        Answer.objects.visible_to(user)
        .filter(changed_by=user)
        .select_related("for_return__round", "for_return__authority")
    )
    yield OwnRecords(
        title="Answers that you saved last",
        columns=("When", "Round", "Authority", "Question"),
        rows=tuple(
            (
                dates.long_datetime(one.changed_at),
                str(one.for_return.round),
                one.for_return.authority.name,
                f"{one.question.code}. {one.question.text}",
            )
            for one in saved.select_related("question").order_by("changed_at", "pk")
        ),
    )
    submitted = Return.objects.visible_to(user).filter(submitted_by=user).select_related("round", "authority")
    yield OwnRecords(
        title="Returns that you submitted",
        columns=("When", "Round", "Authority"),
        rows=tuple(
            (dates.long_datetime(row.submitted_at), str(row.round), row.authority.name)
            for row in submitted.order_by("submitted_at", "pk")
            if row.submitted_at
        ),
    )


def retained() -> Iterator[Retained]:
    """Drafts that were never submitted, and the files that were attached to answers. Answers stay."""
    yield Retained(
        key="questionnaires.drafts",
        rows=lambda before: [(str(row), row.round.get_absolute_url()) for row in _drafts(before)],
        count=lambda before: _drafts(before).count(),
        purge=_purge_drafts,
    )
    yield Retained(
        key="questionnaires.evidence",
        rows=lambda before: [
            (_file_of(one), one.for_return.round.get_absolute_url()) for one in _files(before)
        ],
        count=lambda before: _files(before).count(),
        purge=_purge_files,
    )


def _drafts(before: datetime) -> QuerySet[Return]:
    """With something still in them, in rounds that closed before."""
    held = Exists(Answer.objects.filter(for_return=OuterRef("pk"))) | Exists(
        SectionState.objects.filter(for_return=OuterRef("pk"))
    )
    rows = Return.objects.filter(held, round__closes_on__lt=dates.local(before).date())
    return rows.exclude(status=Return.Status.SUBMITTED).select_related("round", "authority").order_by("pk")


def _purge_drafts(before: datetime) -> int:
    gone = [row.pk for row in _drafts(before)]
    _detach(Answer.objects.filter(for_return__in=gone, evidence__isnull=False))
    Answer.objects.filter(for_return__in=gone).delete()
    SectionState.objects.filter(for_return__in=gone).delete()
    if gone:
        audit.record(by=None, verb="removed after its time", on=Return, returns=gone)
    return len(gone)


def _files(before: datetime) -> QuerySet[Answer]:
    rows = Answer.objects.filter(
        evidence__isnull=False,
        for_return__status=Return.Status.SUBMITTED,
        for_return__round__closes_on__lt=dates.local(before).date(),
    )
    return rows.select_related("evidence", "question", "for_return__round", "for_return__authority").order_by(
        "pk"
    )


def _file_of(one: Answer) -> str:
    """Whose file it is, and not what it is called: its name may be for the authority alone."""
    return f"File attached to {one.question.code} by {one.for_return.authority.name}"


def _purge_files(before: datetime) -> int:
    rows = _files(before)
    gone = [row.pk for row in rows]
    _detach(rows)
    if gone:
        audit.record(by=None, verb="removed after its time", on=Answer, answers=gone)
    return len(gone)


def _detach(rows: QuerySet[Answer]) -> None:
    held = [row.evidence for row in rows.select_related("evidence") if row.evidence]
    Answer.objects.filter(evidence__in=held).update(evidence=None)
    for stored in held:
        files.discard(stored)
