"""Work of the overseers that takes a while."""

from __future__ import annotations

from django.urls import reverse

from network import audit, dates, jobs, mail
from network.audit import AuditCheck
from network.jobs import Job, Progress
from network.oversight import removing, schedule

CHECK = "audit.check"


@jobs.handler(CHECK)
def check_audit(job: Job, progress: Progress) -> None:
    progress.at(5, "Following the chain from its beginning")
    found = audit.check()
    with progress.finishing(result_url=reverse("audit_list")):
        if found.number:
            _tell(found)


def check_daily() -> str:
    """The check of the day, if nobody has asked for it yet."""
    key = dates.today().isoformat()
    if Job.objects.filter(kind=CHECK, key=key).exists():
        return ""
    jobs.request(CHECK, key, title=f"Check of the audit trail, {dates.long_date(dates.today())}")
    return "the audit trail is checked today"


def _tell(found: AuditCheck) -> None:
    mail.queue_to_overseers(
        f"system:audit-fault:{found.pk}",
        subject="The audit trail is not as it was written",
        template="notice",
        context={
            "paragraphs": [
                "A check of the audit trail found entries that were changed, removed, put in or "
                "re-ordered after they were written, past the portal.",
                "Ask whoever runs the portal to run audit_verify, which names them, and to keep a "
                "copy of the database as it is now.",
            ],
            "link": reverse("audit_list"),
            "link_label": "Open the audit trail",
        },
    )


@jobs.handler(removing.PROPOSE)
def propose_removal(job: Job, progress: Progress) -> None:
    progress.at(5, "Looking for what is kept no longer")
    with progress.finishing(result_url=reverse("retention_list")):
        removing.propose()


@jobs.handler(removing.REMOVE)
def remove(job: Job, progress: Progress) -> None:
    """Kind by kind, each in its own transaction: a job that is taken over goes on where the other stopped."""
    many = sum(1 for _ in schedule.due()) or 1
    for done in range(many + 1):
        progress.at(100 * done // (many + 1), "Removing")
        if not removing.remove_next(job.payload["removal"]):
            break
    with progress.finishing(result_url=reverse("retention_list")):
        pass
