"""How these views reach a return: through who may read it."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper

from network.guards import SignedIn, visible_or_404
from network.roles import Permission
from questionnaires.models import Return


def return_or_404(request: SignedIn, slug: str, authority: str) -> Return:
    """The authority's return in the round, if the person may read it now."""
    rows = Return.objects.select_related("round__version", "authority", "answered_by", "submitted_by")
    told = {"inherited": ExpressionWrapper(Return.inherited_by(request.user), output_field=BooleanField())}
    return visible_or_404(rows.annotate(**told), request.user, round__slug=slug, authority__slug=authority)


def is_own(request: SignedIn, row: Return) -> bool:
    """Whether the person belongs to the authority: they read its draft, others what was submitted."""
    own = request.user.standing.organisations(Permission.RETURN_READ)
    return row.authority_id in own or row.answered_by_id in own
