"""Real arguments for each address of the URLconf, from the rows of a demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Row = dict[str, Any]
Rows = Callable[[], Iterable[Row]]


def _rounds() -> Iterator[Row]:
    from questionnaires.models import Round

    return ({"slug": each.slug} for each in Round.objects.order_by("-opens_on"))


def _results() -> Iterator[Row]:
    from questionnaires.models import Question, Return

    returned = Return.objects.filter(status="submitted").order_by("-round__opens_on").first()
    assert returned is not None, "the demonstration has no submitted return"
    seen: set[str] = set()
    for question in Question.objects.filter(version=returned.round.version).order_by("pk"):
        if question.type not in seen:  # each type has a table and a chart of its own
            seen.add(question.type)
            yield {"slug": returned.round.slug, "code": question.code}


def _returns() -> Iterator[Row]:
    from questionnaires.models import Return

    found = Return.objects.order_by("-round__opens_on", "pk")
    for status in ("submitted", "draft"):  # one of each first: their pages differ
        for each in found.filter(status=status)[:3]:
            yield {"slug": each.round.slug, "authority": each.authority.slug}
    for each in found.filter(authority__slug="kent"):
        yield {"slug": each.round.slug, "authority": each.authority.slug}


def _evidence() -> Iterator[Row]:
    from questionnaires.models import Answer

    for each in Answer.objects.filter(evidence__isnull=False):
        row = each.for_return
        yield {"slug": row.round.slug, "authority": row.authority.slug, "answer": each.pk}


def _sections() -> Iterator[Row]:
    from questionnaires.models import Return

    drafts = Return.objects.filter(authority__slug="kent", status="draft").order_by("-round__opens_on")
    for each in drafts[:1]:
        for section in each.round.version.sections.all():
            yield {"slug": each.round.slug, "authority": "kent", "section": section.code}


def _foi_rounds() -> Iterator[Row]:
    from foi.models import FoiRound

    return ({"round": each.slug} for each in FoiRound.objects.order_by("-pk"))


def _foi_requests() -> Iterator[Row]:
    from foi.models import Request

    return ({"round": each.round.slug, "icb": each.body.slug} for each in Request.objects.order_by("-pk"))


def _foi_questions() -> Iterator[Row]:
    return ({**row, "question": number} for row in _foi_requests() for number in (1, 3))


def _pks(label: str, **where: Any) -> Rows:
    def rows() -> Iterator[Row]:
        from django.apps import apps

        found = apps.get_model(label)._default_manager.filter(**where).order_by("-pk")
        return ({"pk": pk} for pk in found.values_list("pk", flat=True))

    return rows


def _slugs(label: str) -> Rows:
    def rows() -> Iterator[Row]:
        from django.apps import apps

        found = apps.get_model(label)._default_manager.order_by("pk")
        return ({"slug": slug} for slug in found.values_list("slug", flat=True))

    return rows


def _meetings() -> Iterator[Row]:
    """The next one, the last one, then all others."""
    from network import dates
    from network.meetings.models import Meeting

    days = sorted(Meeting.objects.values_list("on", flat=True), key=lambda day: abs(day - dates.today()))
    return ({"on": day.isoformat()} for day in days)


def _under_meeting(label: str, argument: str, path: str) -> Rows:
    def rows() -> Iterator[Row]:
        from django.apps import apps

        found = apps.get_model(label)._default_manager.order_by("-pk").values_list(f"{path}on", "pk")
        return ({"on": on.isoformat(), argument: pk} for on, pk in found)

    return rows


def _terms() -> Iterator[Row]:
    from django.apps import apps

    for each in apps.get_model("network.TermsOfReference")._default_manager.order_by("-pk"):
        yield {"version": each.version}


def _reports() -> Iterator[Row]:
    from cypcc_portal.reports.models import Report

    seen = set()
    for each in Report.objects.order_by("-ends_on", "kind"):
        if (each.kind, each.status) not in seen:
            seen.add((each.kind, each.status))
            yield {"kind": each.kind, "period": each.period}


def _report_words() -> Iterator[Row]:
    from cypcc_portal.reports.models import ReportSection

    for each in ReportSection.objects.exclude(report__status="agreed").select_related("report"):
        yield {"kind": each.report.kind, "period": each.report.period, "key": each.key}


def _factors() -> Iterator[Row]:
    """Each with its own number, passkeys first: an app has no name to change."""
    from allauth.mfa.models import Authenticator

    found = Authenticator.objects.exclude(type="recovery_codes").order_by("-type")
    return ({"pk": pk} for pk in found.values_list("pk", flat=True))


def _people() -> Iterator[Row]:
    """Those who hold a role, so that members see them."""
    return ({"pk": row["pk"]} for row in _roles())


def _roles() -> Iterator[Row]:
    from network.people.models import Membership

    held = Membership.objects.in_force().order_by("-role", "pk")
    return ({"pk": each.user_id, "term": each.pk} for each in held)


def _successors() -> Iterator[Row]:
    from network.reorganisation.models import Successor

    return ({"pk": each.reorganisation_id, "successor": each.pk} for each in Successor.objects.order_by("pk"))


def _kinds_kept() -> Iterator[Row]:
    from network import registry

    return ({"key": each.key} for each in registry.retained())


def _entries() -> Iterator[Row]:
    from network.audit import AuditEntry

    return ({"digest": each} for each in AuditEntry.objects.order_by("-pk").values_list("digest", flat=True))


SOURCES: dict[tuple[str, tuple[str, ...]], Rows] = {
    ("network", ("slug",)): _slugs("network.Organisation"),
    ("network people", ("pk",)): _people,
    ("network people", ("pk", "term")): _roles,
    ("network invitations", ("pk",)): _pks("network.Invitation"),
    ("network reorganisations", ("pk",)): _pks("network.Reorganisation"),
    ("network reorganisations", ("pk", "successor")): _successors,
    ("network", ("key",)): _kinds_kept,
    ("network", ("digest",)): _entries,
    ("profile", ("pk",)): _pks("network.SignIn"),
    ("questionnaires", ("slug",)): _rounds,
    ("questionnaires", ("slug", "code")): _results,
    ("questionnaires", ("slug", "authority")): _returns,
    ("questionnaires", ("slug", "authority", "answer")): _evidence,
    ("questionnaires", ("slug", "authority", "section")): _sections,
    ("foi", ("round",)): _foi_rounds,
    ("foi", ("round", "icb")): _foi_requests,
    ("foi", ("round", "icb", "question")): _foi_questions,
    ("foi", ("pk",)): _pks("network.BankHoliday"),
    ("actions", ("pk",)): _pks("actions.Action"),
    ("actions", ("slug",)): _slugs("actions.Theme"),
    ("meetings", ("on",)): _meetings,
    ("meetings", ("on", "item")): _under_meeting("network.AgendaItem", "item", "meeting__"),
    ("meetings decisions", ("on", "pk")): _under_meeting("network.Decision", "pk", "item__meeting__"),
    ("meetings actions", ("on", "pk")): _under_meeting("network.NoteAction", "pk", "item__meeting__"),
    ("accounts", ("pk",)): _factors,
    ("accounts people", ("pk",)): _pks("network.User", authenticator__isnull=False),
    ("governance", ("version",)): _terms,
    ("library", ("pk",)): _pks("network.LibraryItem"),
    ("library", ("slug",)): _slugs("network.LibraryItem"),
    ("jobs", ("pk",)): _pks("network.Job"),
    ("reports", ("kind", "period")): _reports,
    ("reports", ("kind", "period", "key")): _report_words,
}
"""Where an address's arguments come from, by its first word and the arguments' names."""


def source_of(route: str, arguments: tuple[str, ...]) -> Rows:
    if not arguments:
        return lambda: [{}]
    room = route.split("/")[0]
    if route.startswith("accounts/2fa/people/"):
        room = "accounts people"
    for word in ("decisions", "actions"):
        if room == "meetings" and f"/{word}/" in route:
            room = f"meetings {word}"
    for word in ("people", "invitations", "reorganisations"):
        if route.startswith(f"network/{word}/"):
            room = f"network {word}"
    if (room, arguments) not in SOURCES:
        raise LookupError(f"{route}: say in tests/browser/rows.py where its arguments {arguments} come from")
    return SOURCES[room, arguments]
