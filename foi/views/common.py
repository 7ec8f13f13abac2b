"""How the views of this app begin."""

from __future__ import annotations

from django.db.models import Prefetch

from foi.deadlines import with_undated
from foi.models import Outcome, Request, RequestEvent
from foi.models.outcomes import BASES, FLAGS
from network.audience import ScopedQuerySet
from network.guards import require, visible_or_404
from network.people.models import User
from network.roles import Permission


def enter(user: User) -> None:
    """The room's own pages; a page that names a row begins with the row."""
    require(user, Permission.READ_PARTNERS)


def manager_only(user: User) -> None:
    enter(user)
    require(user, Permission.FOI_MANAGE)


def asked_or_404(user: User, round: str, icb: str) -> Request:
    """The request to one body in one round, with all that its pages name."""
    rows = Request.objects.select_related("round__version", "body", "sent_to", "made_for")
    return visible_or_404(with_undated(rows), user, round__slug=round, body__slug=icb)


def with_events(rows: ScopedQuerySet[Request], user: User) -> ScopedQuerySet[Request]:
    """The requests with what their clocks need; events as far as the person may read them."""
    events = RequestEvent.objects.visible_to(user).order_by("pk")
    return with_undated(rows).prefetch_related(Prefetch("events", queryset=events))


def said_of(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    """Of each answer the item and year, and all that is recorded of it."""
    return [(f"{each.item.code}, {each.year or 'now'}", _said(each)) for each in outcomes]


def _said(outcome: Outcome) -> str:
    """All that is recorded of one answer, in words."""
    parts = [outcome.get_outcome_display(), outcome.value_words(outcome.item), BASES.get(outcome.basis, "")]
    parts += [f"section {section}" for section in outcome.section_list]
    parts += [FLAGS.get(flag, flag) for flag in outcome.flag_list]
    parts += [f"page {outcome.page}" if outcome.page else "", outcome.note]
    return "; ".join(part for part in parts if part)
