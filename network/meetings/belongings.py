"""What of the meetings is one person's: those that they are to chair, and what notes ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db.models import Q

from network import dates
from network.agreements import Agreeable
from network.audience import PERMISSION_FOR, Audience, Naming
from network.meetings import acts
from network.meetings.models import AgendaItem, Meeting, NoteAction
from network.people.models import Membership, User, cochairs_with_account, holders
from network.registry import Belonging
from network.roles import GRANTS, Permission, Role
from network.workflow import Refused

OVERTAKEN = "This was changed a moment ago. Look at how it stands now."


def belongings_of(person: User, reader: User) -> Iterator[Belonging]:
    yield from _meetings(person, reader)
    yield from _actions(person, reader)


def _meetings(person: User, reader: User) -> Iterator[Belonging]:
    """Those to come have another co-chair as heir; of one that was held the chair is a fact."""
    today = dates.today()
    chaired = Meeting.objects.visible_to(reader).filter(chair=person).select_related("notes")
    waiting = Q(on__lt=today, notes__isnull=False) & ~Q(notes__status=Agreeable.Status.AGREED)
    meetings = list(chaired.filter(Q(on__gte=today) | waiting).order_by("on"))
    others = tuple(one for one in cochairs_with_account() if one.pk != person.pk) if meetings else ()
    for meeting in meetings:
        day = dates.long_date(meeting.on)
        if meeting.on >= today:
            yield Belonging(
                key=f"network.meeting:{meeting.pk}",
                kind="Meeting to chair",
                title=f"Meeting on {day}",
                url=meeting.get_absolute_url(),
                heirs=others,
                hand_over=partial(_chair, meeting, person),
                named=f"the meeting on {day}",
            )
        else:
            yield Belonging(
                key=f"network.notes:{meeting.notes.pk}",
                kind="Notes to agree",
                title=f"Notes of {day}",
                url=meeting.notes.get_absolute_url(),
                heirs=(),
                hand_over=partial(_chair, meeting, person),
                hint="They chaired it, so only they agree its notes: ask for that before the last day.",
            )


def _chair(meeting: Meeting, was: User, to: User, by: User) -> None:
    if Meeting.objects.select_for_update().get(pk=meeting.pk).chair_id != was.pk:
        raise Refused(OVERTAKEN)
    acts.change_meeting(meeting, by=by, chair=to)


def _actions(person: User, reader: User) -> Iterator[Belonging]:
    """Of notes that are not agreed: afterwards the plan has them."""
    rows = list(
        NoteAction.objects.visible_to(reader)
        .filter(owner=person)
        .exclude(item__meeting__notes__status=Agreeable.Status.AGREED)
        .select_related("item__meeting__notes", "owner_organisation")
        .order_by("due_on", "pk")
    )
    colleagues = _colleagues(person, rows) if rows else []
    named = _named(row.item for row in rows)
    for row in rows:
        item = row.item
        heirs = [one for one in colleagues if one.reads(item, named.get(item.pk, set())) and one.fits(row)]
        told = item.audience not in (Audience.LEGAL, Audience.CHAIRS, Audience.COORDINATOR)
        yield Belonging(
            key=f"network.noteaction:{row.pk}",
            kind="Action in notes",
            title=row.text,
            url=item.meeting.notes.get_absolute_url(),
            heirs=tuple(one.person for one in heirs),
            hand_over=partial(_own, row, person),
            named=f"“{row.text}”, due by {dates.long_date(row.due_on)}" if told else "",
        )


def _own(row: NoteAction, was: User, to: User, by: User) -> None:
    locked = NoteAction._base_manager.select_for_update(of=("self",)).filter(pk=row.pk, owner=was).first()
    if locked is None:
        raise Refused(OVERTAKEN)
    locked.owner = to
    acts.keep(locked, by=by)


@dataclass(frozen=True)
class Colleague:
    """Somebody who could do it, and all that their roles let them."""

    person: User
    bodies: frozenset[int | None]
    may: frozenset[Permission]

    def reads(self, item: AgendaItem, named: set[int]) -> bool:
        if item.audience == Audience.LEGAL:
            return Permission.BE_NAMED in self.may and self.person.pk in named
        return PERMISSION_FOR[Audience(item.audience)] in self.may

    def fits(self, row: NoteAction) -> bool:
        return row.owner_organisation_id is None or row.owner_organisation_id in self.bodies


def _colleagues(person: User, rows: Iterable[NoteAction]) -> list[Colleague]:
    """Who holds a role where the person or the action is, the co-chairs and the coordinator; by name."""
    own = set(Membership.objects.filter(user=person).values_list("organisation_id", flat=True))
    bodies = {row.owner_organisation_id for row in rows} | own
    seats = (
        Membership.objects.in_force()
        .filter(Q(organisation__in=bodies - {None}) | Q(role__in=(Role.CO_CHAIR, Role.ADMIN)))
        .filter(user__email__isnull=False, user__is_active=True)
        .exclude(user=person)
        .select_related("user")
        .order_by("user__name", "user_id")
    )
    held: dict[int, list[Membership]] = {}
    for seat in seats:
        held.setdefault(seat.user_id, []).append(seat)
    return [
        Colleague(
            terms[0].user,
            frozenset(term.organisation_id for term in terms),
            frozenset[Permission]().union(*(GRANTS[Role(term.role)] for term in terms)),
        )
        for terms in held.values()
    ]


def _named(items: Iterable[AgendaItem]) -> dict[int, set[int]]:
    """Who is named for those of them that are legal."""
    found: dict[int, set[int]] = {}
    label = AgendaItem._meta.label_lower
    legal = [item.pk for item in items if item.audience == Audience.LEGAL]
    rows = Naming.objects.none()
    if legal:
        may = holders(Permission.BE_NAMED).values("user_id")
        rows = Naming.objects.filter(label=label, object_id__in=legal, person__in=may)
    for item_id, person_id in rows.values_list("object_id", "person_id"):
        found.setdefault(item_id, set()).add(person_id)
    return found
