"""What the coordinator does with a round and its requests: each act with its date, trail and author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from foi import returns
from foi.models import FoiRound, Item, Outcome, Request, RequestEvent
from foi.models.instrument import asked_in
from foi.models.outcomes import Code
from foi.models.requests import EDITABLE, OPEN, RECORDABLE, REMOVED, Status, dissolved, why_incomplete
from network import audit, dates, widening, workflow
from network.audience import Audience
from network.dates import Period
from network.marks import Loaded, mark_of
from network.people.models import BankHoliday, Footprint, Organisation, Succession, User
from network.reorganisation.models import Ending
from network.reorganisation.models import Status as Stage
from network.workflow import Changed, Refused


def bodies_of(year: Period) -> list[Organisation]:
    """The boards that covered a member authority on the last day of a reporting year, by name."""
    covered = Footprint.objects.in_force(year.last).filter(authority__member=True).values("icb_id")
    return list(Organisation.objects.icbs().in_force(year.last).filter(pk__in=covered))


def answers_for(body: Organisation) -> list[Organisation]:
    """The bodies in existence that can answer for a body's years: itself, or what succeeded it in the end."""
    if not dissolved(body):
        return [body]
    after = Succession.objects.filter(predecessor=body, on__lte=dates.today()).select_related("successor")
    found = [last for succession in after for last in answers_for(succession.successor)]
    return list(dict.fromkeys(found))


def known_address(body: Organisation) -> str:
    """The latest address used for the body, or ""."""
    return _addresses().get(body.pk, "")


@transaction.atomic
def open_round(
    round: FoiRound, *, by: User, applicant: str, reply_to: str, made_for: Organisation | None = None
) -> list[Request]:
    """Save the round with a draft request to each body of its reporting year.

    A dissolved body with one successor is asked through that; with several, the coordinator chooses before
    sending. Each request is made for an authority in the body's area, unless `made_for` names one.
    """
    round.save()
    bodies = bodies_of(round.period)
    areas = _areas(bodies, round.period)
    known = _addresses()
    drafts = []
    for body in bodies:
        answering = answers_for(body)
        to = answering[0] if len(answering) == 1 else body
        drafts.append(
            Request(
                round=round,
                body=body,
                sent_to=to,
                made_for=made_for or areas[body.pk],
                applicant=applicant,
                reply_to=reply_to,
                address=known.get(to.pk, ""),
                audience=Audience.COORDINATOR,
            )
        )
    Request.objects.bulk_create(drafts)
    audit.record(by=by, verb="opened round", on=round, bodies=[body.slug for body in bodies])
    return drafts


@transaction.atomic
def add_holiday(*, on: date, title: str, by: User) -> BankHoliday:
    """A day on which no clock runs. IntegrityError if it is in the list already."""
    holiday = BankHoliday.objects.create(on=on, title=title, added_by=by)
    audit.record(by=by, verb="added bank holiday", on=holiday, day=on)
    return holiday


def _areas(bodies: Iterable[Organisation], year: Period) -> dict[int, Organisation]:
    """For each body the first member authority, by name, in its area at the end of the year."""
    rows = (
        Footprint.objects.in_force(year.last)
        .filter(icb__in=list(bodies), authority__member=True)
        .select_related("authority")
        .order_by("-authority__name")
    )
    return {row.icb_id: row.authority for row in rows}


def _addresses() -> dict[int, str]:
    """The latest address used for each body."""
    used = (
        Request.objects.exclude(address__in=["", REMOVED]).order_by("pk").values_list("sent_to_id", "address")
    )
    return dict(used)


def send(request: Request, *, by: User, sent_on: date, received_on: date, again: bool = False) -> Request:
    """Record that the letter went out and when the body had it; the network reads the request from now on."""

    def follow(locked: Request) -> None:
        _check_day(locked, sent_on)
        if (begins := locked.sent_to.starts_on) and received_on < begins:
            raise Refused(
                f"{locked.sent_to.full_name} exists from {dates.long_date(begins)}. Check the dates."
            )
        if received_on < sent_on:
            raise Refused("It can't be received before it was sent.")
        if why := why_no_day(received_on):
            raise Refused(why)
        _event(locked, Status.SENT, sent_on, by)
        _event(locked, RequestEvent.RECEIVED, received_on, by)
        if not again:
            _ask_items(locked)
            widening.note(locked, before=Audience.COORDINATOR, after=Audience.NETWORK, by=by)

    changes: dict[str, Any] = {"sent_on": sent_on, "received_on": received_on, "left_open": False}
    if not again:
        changes["audience"] = Audience.NETWORK
    return workflow.move(request, "send_again" if again else "send", by=by, then=follow, **changes)


def _ask_items(request: Request) -> None:
    """A row for each item and year, not due yet: nothing that was asked can get lost."""
    items = Item.objects.filter(version=request.round.version)
    Outcome.objects.bulk_create(
        Outcome(request=request, item=item, year=year, audience=request.audience)
        for item, year in asked_in(items, request.round.years)
    )


def record(request: Request, move: str, *, by: User | None, on: date, note: str = "") -> Request:
    """Make a move and write down the day on which it happened. Refused says what is wrong with the day.

    Changed if just that was recorded last: a form that was sent twice is one event.
    """
    target = request.workflow.find(move).target

    def follow(locked: Request) -> None:
        _check_day(locked, on)
        last = locked.events.order_by("pk").last()
        if last and (last.kind, last.on, last.note) == (target, on, note):
            raise Changed(f"This is recorded already: {last}.")
        _event(locked, target, on, by, note)

    return workflow.move(request, move, by=by, then=follow)


EARLIEST = date(2000, 1, 1)  # the year of the Act: an earlier date is a slip of the keyboard


def why_no_day(on: date) -> str:
    """Why nothing can have happened on that date, or ""."""
    if on > dates.today():
        return "The date is in the future. Record it on the day."
    if on < EARLIEST:
        return f"{dates.long_date(on)} is before the Freedom of Information Act 2000. Check the year."
    return ""


def why_not_on(request: Request, on: date) -> str:
    """Why an event can't have that date, or ""."""
    if why := why_no_day(on):
        return why
    last = request.events.order_by("on").last()
    if last and on < last.on:
        return (
            f"The date is before {dates.long_date(last.on)}, when this was recorded: "
            f"“{last.get_kind_display()}”."
        )
    return ""


def _check_day(request: Request, on: date) -> None:
    if why := why_not_on(request, on):
        raise Refused(why)


def _event(request: Request, kind: str, on: date, by: User | None, note: str = "") -> None:
    RequestEvent.objects.create(request=request, kind=kind, on=on, note=note, recorded_by=by)


@transaction.atomic
def edit(request: Request, changes: Mapping[str, Any], *, loaded: Loaded, by: User) -> None:
    """Change the particulars of a request that is not sent, or is to be sent again.

    Raises Changed if a colleague changed them meanwhile.
    """
    locked = Request.objects.select_for_update().get(pk=request.pk)
    if locked.status not in EDITABLE:
        raise Refused("This request has been sent: what it said stays as it was.")
    loaded.check_row(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    if locked.status != Status.DRAFT and (why := why_incomplete(locked)):
        raise Refused(why)
    locked.save(update_fields=list(changes))
    audit.record(by=by, verb="changed request", on=locked, fields=sorted(changes))


def mark_of_answers(outcomes: Iterable[Outcome]) -> str:
    """The mark of what was recorded, by which a page knows that it still stands."""
    rows = sorted(outcomes, key=lambda outcome: outcome.pk)
    return mark_of(repr([[outcome.pk, *_typed(outcome)] for outcome in rows]))


def _typed(outcome: Outcome) -> list[Any]:
    return [getattr(outcome, name) for name in Outcome.TYPED]


def marks_shown(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """A short mark of each answer, with whether it is hidden from partners, by its number."""
    return {str(each.pk): mark_of(repr([*_typed(each), each.withheld]))[:8] for each in outcomes}


@transaction.atomic
def save_outcomes(
    request: Request, outcomes: Sequence[Outcome], *, by: User, loaded: Loaded | None = None
) -> None:
    """Keep what was recorded of a reply, all of it or nothing, and decide what may leave the network.

    `loaded` is the mark of these answers as the page showed them: Changed if a colleague recorded something
    else meanwhile. A page sent twice asks for what stands there already, and changes nothing.
    """
    locked = _recordable(request)
    if loaded is not None:
        stored = list(Outcome.objects.filter(pk__in=[outcome.pk for outcome in outcomes]))
        wanted = {outcome.pk: _typed(outcome) for outcome in outcomes}
        if all(wanted[row.pk] == _typed(row) for row in stored):
            return
        loaded.check(mark_of_answers(stored))
    before = returns.stored(locked)
    for outcome in outcomes:
        outcome.audience = locked.audience
    fields = [*Outcome.VALUE_FIELDS, "outcome", "basis", "sections", "flags", "page", "note", "audience"]
    # One statement for a whole page: an update of a hundred rows with as many cases is slow.
    Outcome.objects.bulk_create(outcomes, update_conflicts=True, unique_fields=["pk"], update_fields=fields)
    returns.settle(locked, before)
    audit.record(by=by, verb="recorded outcomes", on=request, outcomes=len(outcomes))


@transaction.atomic
def fill_rest(request: Request, outcome: Code, *, sections: Sequence[str] = (), by: User) -> int:
    """Everything that is not recorded yet gets one outcome; how many. For what a letter passes over."""
    _recordable(request)
    rest = Outcome.objects.filter(request=request, outcome=Code.NOT_DUE)
    number = rest.update(outcome=outcome, sections=",".join(sections))
    audit.record(by=by, verb="recorded the rest", on=request, outcome=outcome, outcomes=number)
    return number


def _recordable(request: Request) -> Request:
    """The request, locked with all others whose figures are protected together with its own."""
    locked = next(each for each in returns.lock_concerned(request) if each.pk == request.pk)
    if locked.status not in RECORDABLE:
        raise Refused("A reply can be recorded once the request was sent, and not after it lapsed.")
    return locked


@transaction.atomic
def share(request: Request, *, by: User, shown: Mapping[str, str] | None = None) -> Request:
    """Let partners read what is recorded: its own people all of it, others what protection leaves.

    `shown` are the marks of the answers as they were asked about: Changed if other ones stand there now.
    """
    locked = next(each for each in returns.lock_concerned(request) if each.pk == request.pk)
    if locked.status == Status.DRAFT:
        raise Refused("This request has not been sent: there is nothing to share.")
    if not locked.is_shared:
        if shown is not None and shown != marks_shown(Outcome.objects.filter(request=locked)):
            raise Changed("An answer was changed after you were asked. Nothing is shared yet.")
        before = locked.audience
        returns.settle(locked, sharing=True)
        Request.objects.filter(pk=locked.pk).update(
            audience=Audience.PARTNERS, shared_on=dates.today(), taken_back_on=None
        )
        Outcome.objects.filter(request=locked).update(audience=Audience.PARTNERS)
        audit.record(by=by, verb="shared with partners", on=request)
        widening.note(locked, before=before, after=Audience.PARTNERS, by=by)
    request.refresh_from_db()
    return request


@transaction.atomic
def take_back(request: Request, *, by: User) -> Request:
    """Partners read it no more, its own body's people neither. What they know of it still counts."""
    locked = next(each for each in returns.lock_concerned(request) if each.pk == request.pk)
    if locked.is_shared:
        Request.objects.filter(pk=locked.pk).update(
            audience=Audience.NETWORK, shared_on=None, taken_back_on=dates.today()
        )
        Outcome.objects.filter(request=locked).update(audience=Audience.NETWORK)
        audit.record(by=by, verb="took back from partners", on=request)
        widening.note(locked, before=Audience.PARTNERS, after=Audience.NETWORK, by=by)
    request.refresh_from_db()
    return request


def lapse_dissolved() -> str:
    """Requests whose body has ceased to exist lapse on its last day. The calendar's own work.

    Where a reorganisation is prepared, it says itself what becomes of each, as soon as it comes into force.
    """
    today = dates.today()
    prepared = Ending.objects.filter(reorganisation__status=Stage.PREPARED).values("body_id")
    gone = Request.objects.filter(status__in=OPEN, left_open=False, sent_to__ends_on__lt=today).exclude(
        sent_to__in=prepared
    )
    lapsed = [lapse(request, by=None) for request in gone.select_related("sent_to", "round")]
    return f"{len(lapsed)} FOI requests lapsed with their body" if lapsed else ""


def lapse(request: Request, *, by: User | None) -> Request:
    """The body that was asked has ended: the request is to be sent again to what succeeded it."""
    last_event = request.events.order_by("on").last()
    day = request.sent_to.ends_on or dates.today()
    return record(request, "lapse", by=by, on=max(day, last_event.on) if last_event else day)


@transaction.atomic
def address_to(request: Request, body: Organisation, *, by: User | None) -> bool:
    """A draft goes to another body, at the address known for it; whether anything was changed."""
    locked = Request.objects.select_for_update().get(pk=request.pk)
    if locked.status != Status.DRAFT or locked.sent_to_id == body.pk:
        return False
    locked.sent_to, locked.address = body, known_address(body)
    locked.save(update_fields=["sent_to", "address"])
    audit.record(by=by, verb="addressed to the successor", on=locked, to=body.slug)
    return True


@transaction.atomic
def remove_draft(request: Request, *, by: User | None) -> bool:
    """Nothing has gone out, only the coordinator has read it; whether there was a draft to remove."""
    locked = Request.objects.select_for_update().filter(pk=request.pk, status=Status.DRAFT).first()
    if locked is None:
        return False
    audit.record(by=by, verb="removed draft", on=locked)
    locked.delete()
    return True


@transaction.atomic
def leave_open(request: Request, *, by: User | None) -> bool:
    """The clock goes on although the body that was asked has ended; whether anything was changed."""
    locked = Request.objects.select_for_update().get(pk=request.pk)
    if locked.left_open or locked.status not in OPEN:
        return False
    locked.left_open = True
    locked.save(update_fields=["left_open"])
    audit.record(by=by, verb="left open after its body ended", on=locked)
    return True
