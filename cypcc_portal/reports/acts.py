"""What is done to a report, each act in one transaction: from the first draft to the agreement and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.urls import reverse

from cypcc_portal.reports import build
from cypcc_portal.reports.build import Draft
from cypcc_portal.reports.models import READERS, Edition, Kind, Report, ReportSection
from cypcc_portal.reports.view import Built
from cypcc_portal.reports.words import SUMMARY, first_words
from network import agreements, audit, dates, mail, workflow
from network.agreements import Agreeable
from network.audience import Audience
from network.dates import Period
from network.mail_kinds import Kind as MailKind
from network.people.models import User, cochairs_with_account, people_with
from network.refusals import refusal
from network.roles import Permission
from network.workflow import Changed, NotAllowed, Refused

OLDER = (
    "Something that this report tells is not to be told there any more. Press “Bring the figures up to "
    "date”, and read the report again before you go on."
)
FEWER = "let go of what fewer people read"
FROZEN = "This report is agreed and does not change any more. Reopen it first."


def gather(kind: Kind, period: Period) -> Draft:
    """The figures and first words of a period: the slow part, outside any transaction."""
    outside = READERS[kind] is Audience.PUBLISHED
    editions = Edition.objects.filter(report__kind=kind).values_list("figures", flat=True) if outside else ()
    return build.draft(kind, period, build.seen_before(editions))


def keep(kind: Kind, period: Period, draft: Draft) -> Report:
    """The one report of its kind and period: made if there is none, otherwise as it is."""
    with transaction.atomic():
        draft = _as_it_stands(kind, period, draft)
        report, made = Report.objects.get_or_create(
            kind=kind,
            period=period.key,
            defaults={"ends_on": period.last, "figures": draft.built.to_json()},
        )
        if made:
            ReportSection.objects.bulk_create(
                ReportSection(report=report, key=key, title=title, text=text, position=place)
                for place, (key, title, text) in enumerate(first_words(kind, period, draft), start=1)
            )
            audit.record(by=None, verb="drafted", on=report)
            _tell_of_draft(report)
    return report


def _as_it_stands(kind: Kind, period: Period, draft: Draft) -> Draft:
    """The draft; gathered anew if meanwhile something of it came to have fewer readers."""
    now = gather(kind, period)
    return now if build.lost(draft.built, now.built) else draft


def _tell_of_draft(report: Report) -> None:
    for person in _who_work_on_it():
        mail.queue(
            f"report:drafted:{report.kind}:{report.period}:{person.pk}",
            person,
            f"A draft report is waiting: {report}",
            "notice",
            {
                "paragraphs": [
                    f"The first draft of “{report}” is ready, filled with the period's figures.",
                    "Please read it, put its words right, and offer it to both co-chairs.",
                ],
                "link": report.get_absolute_url(),
                "link_label": "Read the draft",
            },
            kind=MailKind.REPORT,
        )


def _editors() -> list[User]:
    return people_with(Permission.REPORT_EXPORT)


def _who_work_on_it() -> list[User]:
    """Each once: those who put drafts right, and the co-chairs who agree them."""
    return list({person.pk: person for person in [*_editors(), *cochairs_with_account()]}.values())


def _may_edit(by: User) -> None:
    if not by.may(Permission.REPORT_EDIT):
        raise NotAllowed(refusal(by, Permission.REPORT_EDIT))


def _open(report: Report) -> Report:
    """The report, locked, if its content may change. Raises Refused once it is agreed."""
    locked: Report = Report.objects.select_for_update().get(pk=report.pk)
    if locked.status == Agreeable.Status.AGREED:
        raise Refused(FROZEN)
    return locked


def write(section: ReportSection, text: str, *, version: int, by: User) -> int:
    """New words for a section that is still at `version`; how many agreements that made void.

    Raises Changed when somebody else wrote meanwhile, Refused when the report is agreed.
    """
    _may_edit(by)
    with transaction.atomic():
        report = _open(section.report)
        locked = ReportSection.objects.select_for_update().get(pk=section.pk)
        if locked.version != version:
            raise Changed(
                "Somebody else wrote here while you were writing. Nothing of theirs was overwritten."
            )
        if locked.text == text:
            return 0
        locked.text = text
        locked.version += 1
        locked.edited_by, locked.edited_at = by, dates.now()
        locked.save()
        audit.record(by=by, verb="wrote", on=report, section=locked.title)
        return agreements.edited(report, by=by)


def renew(report: Report, draft: Draft, *, by: User | None) -> None:
    """The figures as the rows give them now, and with them the words that nobody has touched."""
    with transaction.atomic():
        locked = _open(report)
        kind, period = Kind(locked.kind), locked.of
        draft = _as_it_stands(kind, period, draft)
        locked.figures = draft.built.to_json()
        locked.figures_at = dates.now()
        locked.save(update_fields=["figures", "figures_at"])
        for place, (key, title, text) in enumerate(first_words(kind, period, draft), start=1):
            section, made = ReportSection.objects.get_or_create(
                report=locked, key=key, defaults={"title": title, "text": text, "position": place}
            )
            if not made:
                section.position = place  # a chapter that came before it moves it down
                section.text = section.text if section.edited_at else text
                section.save(update_fields=["text", "position"])
        audit.record(by=by, verb="brought figures up to date", on=locked)
        agreements.edited(locked, by=by)


def let_go(thing: Model) -> Iterator[str]:
    """Fewer people read the thing: whatever is not agreed and tells of it is gathered anew, and an offered
    one goes back to draft. What is agreed was published and stays."""
    waiting = Report.objects.select_for_update().exclude(status=Agreeable.Status.AGREED)
    for report in waiting.order_by("pk"):
        if _let_go(report):
            yield str(report)


def _let_go(report: Report) -> bool:
    """Under lock. Whether there was anything to let go of; why is told, and not of what."""
    now = _outdated(report)
    if now is None:
        return False
    renew(report, now, by=None)
    report.refresh_from_db()
    if report.status == Agreeable.Status.OFFERED:
        workflow.move(report, "take_back", by=None)
    audit.record(by=None, verb=FEWER, on=report, version=report.version)
    for person in _who_work_on_it():
        mail.queue(
            f"report:fewer:{report.pk}:{report.version}:{person.pk}",
            person,
            f"A draft report changed: {report}",
            "notice",
            {
                "paragraphs": [
                    f"Something that “{report}” told has fewer readers now. Its figures were gathered anew, "
                    "and it is a draft.",
                    "Words that people wrote stay as they are: please read them before it is offered.",
                ],
                "link": report.get_absolute_url(),
                "link_label": "Read the draft",
            },
            kind=MailKind.REPORT,
        )
    return True


def _outdated(report: Report) -> Draft | None:
    """The figures of today, if those of the report tell of something that may not be told any more."""
    if not report.figures["chapters"]:
        return None
    now = gather(Kind(report.kind), report.of)
    return now if build.lost(Built.from_json(report.figures), now.built) else None


def let_go_at(report: Report) -> datetime | None:
    """When the version as it stands let go of something; None if it did not."""
    entries = audit.AuditEntry.objects.filter(
        label=Report._meta.label_lower, object_id=report.pk, verb=FEWER, detail__version=report.version
    )
    return entries.values_list("at", flat=True).order_by("-pk").first()


def _not_outdated(report: Report) -> None:
    if _outdated(report):
        raise Refused(OLDER)


def offer(report: Report, *, version: int, by: User) -> Report:
    """Ask both co-chairs to agree exactly this version."""

    def ask(row: Report) -> None:
        if row.version != version:
            raise Changed(
                "It was changed while you were reading. Please read the new version before you offer it."
            )
        if not row.sections.get(key=SUMMARY).text.strip():
            raise Refused("“In short” is empty. Say there what the report comes to, then offer it.")
        _not_outdated(row)
        agreements.ask_all(row)

    return workflow.move(report, "offer", by=by, then=ask)


def agree(report: Report, *, version: int, by: User) -> Report:
    """One co-chair's yes; with the last one that is needed, the report is frozen and told."""
    with transaction.atomic():
        locked = Report.objects.select_for_update().get(pk=report.pk)
        if locked.status == Agreeable.Status.OFFERED and locked.version == version:
            _not_outdated(locked)
        return agreements.agree(report, version=version, by=by, then=_publish)


def _publish(report: Report) -> None:
    Edition.objects.create(
        report=report,
        version=report.version,
        figures=report.figures,
        agreed_at=report.agreed_at or dates.now(),
    )
    for person in _editors():
        mail.queue(
            f"report:agreed:{report.pk}:{report.version}:{person.pk}",
            person,
            f"Agreed by both co-chairs: {report}",
            "notice",
            {
                "paragraphs": [f"“{report}” is agreed and open to its readers."],
                "link": reverse("report_detail", args=[report.kind, report.period]),
                "link_label": "Open the report",
            },
            kind=MailKind.REPORT,
        )


def reopen(report: Report, *, version: int, by: User) -> Report:
    """Open an agreed report: the agreement is void, and readers see it again once it is agreed again."""
    _may_edit(by)
    with transaction.atomic():
        locked: Report = Report.objects.select_for_update().get(pk=report.pk)
        if locked.version != version or locked.status != Agreeable.Status.AGREED:
            raise Changed("It has changed since you opened it. Please look at how it stands now.")
        audit.record(by=by, verb="reopened", on=locked)
        agreements.edited(locked, by=by)  # which lets go of what fewer people read since
    return locked
