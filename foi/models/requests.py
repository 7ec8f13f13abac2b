"""Of whom it is asked, under which applicant's name, and how each request stands."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from foi.clock import Clock, Event, EventKind, reckon
from foi.models.instrument import ItemVersion
from network import dates
from network.audience import Audience, Readable, Scoped, never_legal, rule
from network.dates import Holidays, Period
from network.people.models import Organisation, User
from network.roles import Permission
from network.workflow import Stateful, Transition, Workflow


class FoiRound(Scoped):
    """One asking of one version of the items, to every body that covered the region in a reporting year."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    reporting_year = models.CharField(max_length=7)  # the last year asked for, "2025/26"
    years = models.JSONField(default=list)  # all years asked for, the earliest first
    version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="rounds")
    created_at = models.DateTimeField(default=dates.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "FOI round"
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=["new", "holidays"]), name="foi_round_slug_is_free"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """A round is seen by whoever sees one of its requests; the coordinator sees it before that."""
        if user.may(Permission.READ_COORDINATOR):
            return Q()
        return Q(pk__in=Request.objects.visible_to(user).values("round_id"))

    def get_absolute_url(self) -> str:
        return reverse("foi_round_detail", args=[self.slug])

    @property
    def period(self) -> Period:
        return Period.parse(self.reporting_year)


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    CLARIFICATION_REQUESTED = "clarification_requested", "Clarification asked for"
    CLARIFIED = "clarified", "Clarified"
    EXTENDED = "public_interest_extension", "Extended (public interest)"
    PART_RESPONSE = "part_response", "Answered in part"
    RESPONDED = "responded", "Answered"
    REFUSED = "refused", "Refused"
    REVIEW_REQUESTED = "internal_review_requested", "Internal review asked for"
    REVIEW_DONE = "internal_review_done", "Internal review done"
    ICO_COMPLAINT = "ico_complaint", "Complaint to the ICO"
    ICO_DECISION = "ico_decision", "ICO has decided"
    CLOSED = "closed", "Closed"
    LAPSED = "lapsed_body_dissolved", "Lapsed: body dissolved"


S = Status
AWAITING = frozenset({S.SENT, S.ACKNOWLEDGED, S.CLARIFIED, S.EXTENDED, S.PART_RESPONSE})
"""An answer is owed and the clock runs."""
REMOVED = "Removed after its time"
"""In the place of an applicant and of addresses that are kept no longer."""
ANSWERABLE = AWAITING | {S.CLARIFICATION_REQUESTED}
"""Its answer may still come."""
ANSWERING = ("answer", "refuse")
"""The moves that say on which day a reply came of which nothing is awaited any more."""
OPEN = AWAITING | {S.CLARIFICATION_REQUESTED, S.REVIEW_REQUESTED}
"""Something is still to come from the body."""
REPLIED = frozenset({S.RESPONDED, S.REFUSED})
EDITABLE = frozenset({S.DRAFT, S.LAPSED})
"""Its particulars are not out yet, or are to go out anew."""
RECORDABLE = frozenset(Status) - {S.DRAFT, S.LAPSED}
"""What a reply says may be recorded; also afterwards, when a slip is found or a review adds something."""


def _ready_to_send(request: Request) -> str:
    return why_incomplete(request) or why_no_addressee(request.sent_to)


def why_incomplete(request: Request) -> str:
    """What a request lacks that may not be without its particulars, or ""."""
    missing = [
        words
        for words, given in (
            ("the applicant's name (section 8 asks for a real one)", request.applicant.strip()),
            ("the applicant's address for the reply", request.reply_to.strip()),
            ("the address of the body", request.address.strip()),
        )
        if not given
    ]
    return f"Before it is sent, this request needs {' and '.join(missing)}." if missing else ""


def why_no_addressee(body: Organisation) -> str:
    """Why nothing can be sent to the body any more, or ""."""
    if not dissolved(body):
        return ""
    gone = dates.long_date(body.ends_on or dates.today())
    return (
        f"{body.full_name} existed until {gone}. Choose the body that answers for it now. "
        "If none is offered, its successor is not recorded yet."
    )


def dissolved(body: Organisation) -> bool:
    """Whether the body's last day is past."""
    return body.ends_on is not None and body.ends_on < dates.today()


def _is_dissolved(request: Request) -> str:
    return "" if dissolved(request.sent_to) else f"{request.sent_to.full_name} still exists."


def _move(name: str, says: str, sources: frozenset[Status], target: Status, **more: Any) -> Transition:
    return Transition(
        name=name, says=says, sources=sources, target=target, permission=Permission.FOI_MANAGE, **more
    )


MOVES = Workflow(
    transitions=(
        _move("send", "Send the request", frozenset({S.DRAFT}), S.SENT, check=_ready_to_send),
        _move("acknowledge", "They acknowledged it", frozenset({S.SENT, S.CLARIFIED}), S.ACKNOWLEDGED),
        _move("ask_clarification", "They asked for a clarification", AWAITING, S.CLARIFICATION_REQUESTED),
        _move("clarify", "We clarified", frozenset({S.CLARIFICATION_REQUESTED}), S.CLARIFIED),
        _move(
            "extend",
            "They extended the time to weigh the public interest",
            frozenset({S.SENT, S.ACKNOWLEDGED, S.CLARIFIED, S.PART_RESPONSE}),
            S.EXTENDED,
        ),
        _move("answer_part", "They answered in part", ANSWERABLE, S.PART_RESPONSE),
        _move("answer", "They answered", ANSWERABLE, S.RESPONDED),
        _move("refuse", "They refused the whole request", ANSWERABLE, S.REFUSED),
        # Also of silence: the code of practice lets an applicant complain of a reply that does not come.
        _move("ask_review", "We asked for an internal review", REPLIED | AWAITING, S.REVIEW_REQUESTED),
        _move(
            "finish_review",
            "They finished the internal review",
            frozenset({S.REVIEW_REQUESTED}),
            S.REVIEW_DONE,
        ),
        _move(
            "complain",
            "We complained to the Information Commissioner",
            AWAITING | {S.REVIEW_REQUESTED, S.REVIEW_DONE},
            S.ICO_COMPLAINT,
        ),
        _move("decide", "The Information Commissioner decided", frozenset({S.ICO_COMPLAINT}), S.ICO_DECISION),
        _move("close", "Close the request", REPLIED | {S.REVIEW_DONE, S.ICO_DECISION}, S.CLOSED),
        _move("lapse", "The body was dissolved", OPEN, S.LAPSED, check=_is_dissolved),
        _move(
            "send_again",
            "Send it again to the successor",
            frozenset({S.LAPSED}),
            S.SENT,
            check=_ready_to_send,
        ),
    ),
)
"""FOIA 2000: time for compliance and extension s10, clarification s1(3), refusal s17, complaint to the
Commissioner s50; internal review: s45 Code of Practice 2018, part 5."""


class Request(Stateful, Readable):
    """One letter to one body. Read by the coordinator as a draft, then by the network, then by partners."""

    round = models.ForeignKey(FoiRound, on_delete=models.PROTECT, related_name="requests")
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # whose figures
    sent_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # who answers
    made_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # an authority
    applicant = models.CharField("applicant's name", max_length=160, blank=True)
    reply_to = models.CharField("address for the reply", max_length=300, blank=True)
    address = models.CharField("address it is sent to", max_length=300, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=30, choices=Status, default=Status.DRAFT, editable=False)
    shared_on = models.DateField(null=True, blank=True, editable=False)
    taken_back_on = models.DateField(null=True, editable=False)  # partners read it once, and do no more
    left_open = models.BooleanField(
        default=False, editable=False
    )  # although the body that was asked has ended

    workflow: ClassVar[Workflow] = MOVES

    class Meta:
        ordering = ["body__name"]
        constraints = [
            # What was sent to the body that it concerns, and is counted in totals, can't be unknown to all.
            never_legal("foi_request_never_legal"),
            models.UniqueConstraint(fields=["round", "body"], name="foi_request_once_a_body"),
            models.CheckConstraint(
                condition=Q(status="draft", sent_on__isnull=True, received_on__isnull=True)
                | (
                    ~Q(status="draft")
                    & Q(sent_on__isnull=False, received_on__isnull=False, received_on__gte=F("sent_on"))
                ),
                name="foi_request_sent_then_received",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | (~Q(applicant="") & ~Q(address="") & ~Q(reply_to="")),
                name="foi_request_names_its_applicant",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", audience="coordinator")
                | (~Q(status="draft") & ~Q(audience="coordinator")),
                name="foi_request_draft_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(audience="partners", shared_on__isnull=False)
                | (~Q(audience="partners") & Q(shared_on__isnull=True)),
                name="foi_request_shared_says_when",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_on__isnull=True) | ~Q(audience="partners"),
                name="foi_request_shared_or_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body.full_name}, {self.round.title}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return rule(user, cls._meta.label_lower)

    def get_absolute_url(self) -> str:
        return self.url("foi_request_detail")

    def url(self, name: str, *more: Any) -> str:
        """The address of one of the request's pages."""
        return reverse(name, args=[self.round.slug, self.body.slug, *more])

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_shared(self) -> bool:
        return self.audience == Audience.PARTNERS

    @property
    def was_read(self) -> bool:
        """Whether partners read it, now or before it was taken back."""
        return self.is_shared or self.taken_back_on is not None

    @property
    def recordable(self) -> bool:
        return self.status in RECORDABLE

    @property
    def undated(self) -> bool:
        """Answers are recorded, and not the day on which they came; of rows from `deadlines.with_undated`."""
        return bool(self.__dict__.get("without_day"))

    def clock(self, on: date | None = None, holidays: Holidays | None = None) -> Clock:
        """The clock on a day (today), replayed from the dated events. Prefetch `events` for many requests."""
        return reckon(self._clock_events(), on or dates.today(), holidays)

    def _clock_events(self) -> list[Event]:
        """Since the request was last sent: what was sent to a dissolved body is another clock."""
        events: list[Event] = []
        for event in self.events.all():
            if event.kind == Status.SENT:
                events = []
            if kind := CLOCK_KINDS.get(event.kind):
                events.append(Event(kind, event.on))
        return events


class RequestEvent(Scoped):
    """Something that happened to a request on a day; the clock is replayed from these."""

    RECEIVED = "received"  # by the body: no status of its own
    KINDS = [*Status.choices[1:2], (RECEIVED, "Received by the body"), *Status.choices[2:]]

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=KINDS)
    on = models.DateField()
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # none: the calendar did it
    recorded_at = models.DateTimeField(default=dates.now)

    stands_under: ClassVar[tuple[str, ...]] = ("request",)

    class Meta:
        ordering = ["pk"]  # each is recorded after the one before it

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {dates.long_date(self.on)}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """The course of a request is the network's own: partners read figures, not the correspondence."""
        if not user.may(Permission.READ_NETWORK):
            return Q(pk__in=[])
        return rule(user, Request._meta.label_lower, "request__")


CLOCK_KINDS: dict[str, EventKind] = {
    RequestEvent.RECEIVED: EventKind.RECEIVED,
    Status.CLARIFICATION_REQUESTED: EventKind.CLARIFICATION_REQUESTED,
    Status.CLARIFIED: EventKind.CLARIFIED,
    Status.EXTENDED: EventKind.EXTENDED,
    Status.RESPONDED: EventKind.RESPONDED,
    Status.REFUSED: EventKind.RESPONDED,
    Status.REVIEW_REQUESTED: EventKind.REVIEW_REQUESTED,
    Status.REVIEW_DONE: EventKind.REVIEWED,
    Status.LAPSED: EventKind.LAPSED,
}
"""What each event means to the clock; the others leave it running."""
