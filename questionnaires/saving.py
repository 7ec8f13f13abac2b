"""The acts: a section is saved, a return submitted or reopened; each one transaction, the return locked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from network import audit, dates, files, registry, workflow
from network.people.models import Organisation, User
from questionnaires import filling as fillings
from questionnaires.filling import Filling, Missing
from questionnaires.forms import Change, SectionForm
from questionnaires.models import Answer, Return, Section, SectionState

APPROVAL_QUESTION, APPROVED = "A4", "Yes"
"""Until a director approves in the portal, this answer says whether they have."""


class Incomplete(Exception):
    """Required answers are missing."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(f"{len(missing)} answers are missing")
        self.missing = missing


class AnswersChanged(Exception):
    """Somebody changed an answer after the page to check was shown."""


def why_not_editable(row: Return) -> str:
    """The sentence for who wants to change an answer now; "" if they may."""
    if row.is_submitted and row.submitted_at and row.submitted_by:
        return (
            f"{row.submitted_by.display()} submitted this return on {dates.long_datetime(row.submitted_at)}. "
            "A lead or deputy can reopen it while the round is open."
        )
    if row.is_closed and row.closed_on:
        return (
            f"This return was closed unanswered on {dates.long_date(row.closed_on)}: "
            f"{row.authority.name} has ended."
        )
    return row.round.why_not_open()


def save_section(
    row: Return,
    section: Section,
    *,
    by: User,
    data: QueryDict,
    uploads: MultiValueDict[str, UploadedFile[Any]],
) -> SectionForm:
    """Saves everything that was sent, or nothing. Not saved: the form has `errors` or a `notice`.

    A section is completed only while nothing is missing: `lacking` says what kept this one in progress,
    `reopened` which others are so again.
    """
    with transaction.atomic():
        Return.objects.select_for_update().get(pk=row.pk)
        row.refresh_from_db(fields=["status", "submitted_at", "submitted_by", "closed_on"])
        form = SectionForm(
            fillings.load_section(row, section, by),
            section,
            completed=completed(row, section),
            data=data,
            uploads=uploads,
        )
        form.notice = why_not_editable(row)
        if form.is_valid() and not form.notice:
            _apply(row, form.changes(), by)
            said = form.said_completed
            missing = fillings.load(row, by).missing()
            form.lacking = [one for one in missing if one.question.section_id == section.pk and said == "yes"]
            _mark_section(row, section, "no" if form.lacking else said, by)
            form.reopened = _reopen_sections(row, missing, by)
    return form


def completed(row: Return, section: Section) -> bool | None:
    """What was said to "Have you completed this section?", None if nothing yet."""
    return (
        SectionState.objects.filter(for_return=row, section=section)
        .values_list("completed", flat=True)
        .first()
    )


def _apply(row: Return, changes: list[Change], by: User) -> None:
    if not changes:
        return
    now = dates.now()
    for change in changes:
        kept: dict[str, Any] = {"value": change.value, "changed_at": now, "changed_by": by}
        if change.upload is not None:
            kept["evidence"] = files.store(change.upload, by=by)
        elif change.remove_file:
            kept["evidence"] = None
        Answer.objects.update_or_create(
            for_return=row, question=change.question, icb=change.icb, defaults=kept
        )
        if change.before is not None:
            files.discard(change.before)
    names = [fillings.field_name(change.key) for change in changes]
    audit.record(by=by, verb="saved answers", on=row, answers=names)


def _mark_section(row: Return, section: Section, said: str, by: User) -> None:
    if said:
        SectionState.objects.update_or_create(
            for_return=row,
            section=section,
            defaults={"completed": said == "yes", "changed_at": dates.now(), "changed_by": by},
        )


def _reopen_sections(row: Return, missing: list[Missing], by: User) -> list[Section]:
    """Sections that were completed until an answer elsewhere asked for more are in progress again."""
    lacking = {one.question.section_id for one in missing}
    rows = SectionState.objects.filter(for_return=row, completed=True, section__in=lacking)
    again = [one.section for one in rows.select_related("section").order_by("section__position")]
    if again:
        rows.update(completed=False, changed_at=dates.now(), changed_by=by)
    return again


def submit(row: Return, *, by: User, mark: str) -> Return:
    """Submits what the person has checked; `mark` is `Filling.mark()` of what they saw.

    Raises AnswersChanged, Incomplete, and what `workflow.move` raises: NotAllowed, Changed (submitted
    already), Refused (the round is not open).
    """

    def then(locked: Return) -> None:
        filling = fillings.load(locked, by)
        if filling.mark() != mark:
            raise AnswersChanged
        if missing := filling.missing():
            raise Incomplete(missing)
        _keep_submitted(locked, filling)

    return workflow.move(
        row,
        "submit",
        by=by,
        then=then,
        submitted_at=dates.now(),
        submitted_by=by,
        submissions=F("submissions") + 1,
    )


def _keep_submitted(row: Return, filling: Filling) -> None:
    held = filling.submittable()
    row.answers.update(submitted=False)
    row.answers.filter(pk__in=[answer.pk for answer in held.values()]).update(submitted=True)
    said = held.get((APPROVAL_QUESTION, ""))
    Return.objects.filter(pk=row.pk).update(approved=said is not None and said.value == APPROVED)


def reopen(row: Return, *, by: User) -> Return:
    """Back to draft, while the round is open. Nobody else reads it until it is submitted again."""

    def then(locked: Return) -> None:
        locked.answers.update(submitted=False)
        registry.fewer_readers(locked)

    return workflow.move(
        row, "reopen", by=by, then=then, submitted_at=None, submitted_by=None, approved=False
    )


def hand_to(row: Return, body: Organisation, *, by: User | None) -> bool:
    """A successor's people finish the draft for the authority that has ended; whether that was new."""
    with transaction.atomic():
        locked = Return.objects.select_for_update().get(pk=row.pk)
        if locked.status != Return.Status.DRAFT or locked.answering_id == body.pk:
            return False
        was = locked.answering_id
        locked.answered_by = body
        locked.save(update_fields=["answered_by"])
        audit.record(by=by, verb="handed over", on=locked, was=was, now=body.pk)
    return True


def close(row: Return, *, on: date, by: User | None) -> Return:
    """The authority has ended and nobody answers for it: the round says so."""
    return workflow.move(row, "close", by=by, closed_on=on)
