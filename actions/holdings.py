"""Open actions of a body that ends or of a person who leaves, and what the app keeps about people.

An action that only named people read is no holding: whoever prepares a reorganisation may not be one of them.
It keeps the name that it has, and those who read it put it right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import partial

from django.db.models import Max, OuterRef, Q, QuerySet

from actions import plan
from actions.models import OPEN, OPEN_PLAN, Action, Status, Update
from network import audit, dates
from network.audience import Audience
from network.people.models import Membership, Organisation, User, cochairs_with_account, people_with
from network.registry import Belonging, Fate, Holding, OwnRecords, Retained, numbers_in
from network.roles import Permission, Role
from network.workflow import Refused

HAND = Fate(name="hand over", says="Hand it to the successor", to_successor=True)
STOP = Fate(name="stop", says="Close it as no longer relevant")
KEEP = Fate(name="keep", says="Keep it with the old name")
LIKELIEST = (Role.LEAD, Role.DEPUTY, Role.CONTRIBUTOR, Role.DIRECTOR)
TITLE_AT_MOST = 120
KEY = "actions.action:"


def _open() -> QuerySet[Action]:
    legal = Q(audience=Audience.LEGAL) | Q(origin_item__audience=Audience.LEGAL)
    return Action.objects.filter(status__in=OPEN).exclude(legal).order_by("due_on", "pk")


def _title(action: Action) -> str:
    return action.text if len(action.text) <= TITLE_AT_MOST else f"{action.text[: TITLE_AT_MOST - 1]}…"


def holdings_of(body: Organisation) -> Iterator[Holding]:
    """None closes by itself: an action that is overdue is still to be done."""
    for action in _open().filter(owner_organisation=body):
        yield Holding(
            key=f"{KEY}{action.pk}",
            kind="Action",
            title=_title(action),
            url=action.get_absolute_url(),
            fates=(HAND, KEEP, STOP),  # what nobody decided on keeps its name: nothing closes by itself
            settle=partial(_settle, action.pk, body.pk),
        )


def open_at(body: OuterRef) -> Iterator[QuerySet[Action]]:
    yield _open().filter(owner_organisation=body)


def told_of(keys: Collection[str], user: User) -> Iterator[str]:
    """The actions that the person reads today: one may have been kept to named people since."""
    if numbers := numbers_in(keys, KEY):
        for action in Action.objects.visible_to(user).filter(pk__in=numbers).select_related("origin_item"):
            yield f"{KEY}{action.pk}"


def _settle(pk: int, body: int, fate: str, successor: Organisation | None, on: date, by: User | None) -> str:
    action = Action.objects.select_for_update(of=("self",)).select_related("owner_organisation").get(pk=pk)
    old = action.owner_organisation
    if action.status not in OPEN or old is None or old.pk != body:
        return ""
    if fate == HAND.name:
        if successor is None:
            raise ValueError("An action is handed to one of the successors: say which.")
        return f"“{_title(action)}”: handed to {successor}" if plan.hand_to(action, successor, by=by) else ""
    if fate == STOP.name:
        plan.move(action, "stop", by=by, text=f"{old.full_name} has ended.")
        return f"“{_title(action)}”: closed as no longer relevant"
    return f"“{_title(action)}”: stays with {old}" if plan.keep_with(action, old, by=by) else ""


def belongings_of(person: User, reader: User) -> list[Belonging]:
    """The open actions that the person leads by name, as far as the reader reads them."""
    mine = list(
        Action.objects.visible_to(reader)
        .filter(owner=person, status__in=OPEN)
        .select_related("origin_item")
        .order_by("due_on", "pk")
    )
    if not mine:
        return []
    at = {action.owner_organisation_id for action in mine} | set(
        Membership.objects.filter(user=person).values_list("organisation_id", flat=True)
    )
    chairs = [one for one in cochairs_with_account() if one.pk != person.pk]
    coordinators = [one for one in people_with(Permission.ACTION_MANAGE) if one.pk != person.pk]
    colleagues = _colleagues(person, at - {None})
    return [_belonging(action, person, colleagues, chairs, coordinators) for action in mine]


def _belonging(
    action: Action,
    person: User,
    colleagues: list[tuple[int, User]],
    chairs: list[User],
    coordinators: list[User],
) -> Belonging:
    """First those of the authority that leads it, then the leaver's other colleagues; each may read it."""
    near = sorted(colleagues, key=lambda pair: pair[0] != action.owner_organisation_id)
    heirs = {
        Audience.LEGAL: [],
        Audience.COORDINATOR: coordinators,
        Audience.CHAIRS: [*chairs, *coordinators],
    }.get(action.readers, [*(one for _, one in near), *chairs, *coordinators])
    named_only = action.readers == Audience.LEGAL
    return Belonging(
        key=f"{KEY}{action.pk}",
        kind="Action",
        title=_title(action),
        url=action.get_absolute_url(),
        heirs=tuple(dict.fromkeys(heirs)),
        hand_over=partial(_hand_over, action.pk, person.pk),
        named=f"“{_title(action)}”" if action.readers in OPEN_PLAN else "",
        hint="Kept to named people: one of them gives it to another on the action’s own page."
        if named_only
        else "",
    )


def _colleagues(person: User, at: set[int | None]) -> list[tuple[int, User]]:
    seats = (
        Membership.objects.in_force()
        .filter(organisation__in=at, role__in=LIKELIEST, user__is_active=True, user__email__isnull=False)
        .exclude(user=person)
        .select_related("user")
    )
    order = sorted(seats, key=lambda seat: (LIKELIEST.index(Role(seat.role)), seat.user.name, seat.pk))
    return [(seat.organisation_id, seat.user) for seat in order]


def _hand_over(pk: int, was: int, to: User, by: User) -> None:
    action = Action._base_manager.select_for_update(of=("self",)).filter(pk=pk, owner=was).first()
    if action is None or not plan.hand_over(action, to, by=by):
        raise Refused("This action was changed a moment ago. Look at how it stands now.")


def own_records(user: User) -> Iterator[OwnRecords]:
    """The person's actions and what they posted, as far as they may read the action today."""
    led = Action.objects.visible_to(user).filter(owner=user).select_related("origin_item").order_by("pk")
    yield OwnRecords(
        title="Actions that you lead or led",
        columns=("Action", "State", "Due"),
        rows=tuple(
            (one.text, one.get_status_display(), dates.long_date(one.due_on) if one.due_on else "")
            for one in led
        ),
    )
    posted = (
        Update.objects.visible_to(user)
        .filter(by=user)
        .select_related("action__origin_item")
        .order_by("at", "pk")
    )
    yield OwnRecords(
        title="What you posted to the action plan",
        columns=("When", "Action", "What"),
        rows=tuple((dates.long_datetime(one.at), one.action.text, one.text or one.moved) for one in posted),
    )


def retained() -> Iterator[Retained]:
    """The words of progress under actions closed long ago; the dated states, which reports count, stay."""
    yield Retained(
        key="actions.progress",
        rows=lambda before: [(one.text[:TITLE_AT_MOST], one.get_absolute_url()) for one in _closed(before)],
        count=lambda before: _closed(before).count(),
        purge=_purge,
    )


def _closed(before: datetime) -> QuerySet[Action]:
    worded = Update.objects.exclude(text="").values("action_id")
    legal = Q(audience=Audience.LEGAL) | Q(origin_item__audience=Audience.LEGAL)
    rows = Action.objects.filter(status__in=(Status.DONE, Status.STOPPED), pk__in=worded).exclude(legal)
    over: QuerySet[Action] = rows.annotate(last=Max("updates__at")).filter(last__lt=before)
    return over.order_by("pk")


def _purge(before: datetime) -> int:
    gone = [action.pk for action in _closed(before)]
    rows = Update.objects.filter(action__in=gone).exclude(text="")
    rows.filter(moved="").update(moved="Progress")
    Update.objects.filter(action__in=gone).update(text="")
    if gone:
        audit.record(by=None, verb="removed after its time", on=Action, actions=gone)
    return len(gone)
