"""A co-chair's yes to one exact version.

Source: terms of reference 2.2 ("The agenda will be agreed by the above"; "Agendas and notes of the meeting
will be agreed by the chair"). Any later change makes a new version, for which nobody has said yes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.conf import settings
from django.db import models, transaction

from network import audit, dates, mail, registry, workflow
from network.mail_kinds import Kind
from network.roles import Permission
from network.workflow import Changed, NotAllowed, Stateful, Transition, Workflow

if TYPE_CHECKING:
    from network.people.models import User


class Agreeable(Stateful):
    """A draft that is offered, agreed by certain people, and voided by any later change."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OFFERED = "offered", "Awaiting agreement"
        AGREED = "agreed", "Agreed"

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    agreed_at = models.DateTimeField(null=True, editable=False)

    awaits: ClassVar[str] = "awaits"  # what its name takes as verb: "await" for several

    class Meta:
        abstract = True

    def agreers(self) -> list[User]:
        """The people whose yes is needed, as things stand today."""
        raise NotImplementedError

    def agreers_needed(self) -> int:
        """How many of them there must be at the least: two co-chairs, or one chair."""
        return settings.CO_CHAIRS_WHO_AGREE

    def get_absolute_url(self) -> str:
        raise NotImplementedError


class Agreement(models.Model):
    """What one person said of one version."""

    class Answer(models.TextChoices):
        YES = "yes", "Agreed"
        CHANGE = "change", "Asked for a change"

    label = models.CharField(max_length=80)
    object_id = models.PositiveBigIntegerField()
    version = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="agreements")
    answer = models.CharField(max_length=6, choices=Answer)
    why = models.TextField(blank=True)
    at = models.DateTimeField(default=dates.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["label", "object_id", "version", "person"], name="agreement_once_a_version"
            ),
            models.CheckConstraint(
                condition=~models.Q(answer="change", why=""), name="agreement_change_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_answer_display()} (version {self.version})"


def moves(*, offer: Permission, agree: Permission, says: str) -> Workflow:
    """The moves that every agreeable thing has; `says` names it ("the agenda")."""
    status = Agreeable.Status
    return Workflow(
        transitions=(
            Transition(
                name="offer",
                sources=frozenset({status.DRAFT}),
                target=status.OFFERED,
                says=f"Offer {says} for agreement",
                permission=offer,
            ),
            Transition(
                name="take_back",
                sources=frozenset({status.OFFERED}),
                target=status.DRAFT,
                says=f"Take {says} back to draft",
                permission=offer,
            ),
            Transition(
                name="ask_change",
                sources=frozenset({status.OFFERED}),
                target=status.DRAFT,
                says="Ask for a change",
                permission=agree,
            ),
            Transition(
                name="agree",
                sources=frozenset({status.OFFERED}),
                target=status.AGREED,
                says=f"Agree {says}",
                permission=agree,
            ),
            Transition(
                name="void",
                sources=frozenset({status.AGREED}),
                target=status.OFFERED,
                says="A later change made the agreement void",
                permission=None,
            ),
        )
    )


_Thing = TypeVar("_Thing", bound=Agreeable)


def said(thing: Agreeable) -> models.QuerySet[Agreement]:
    """All that was said of the thing, newest version first."""
    return (
        Agreement.objects.filter(label=thing._meta.label_lower, object_id=thing.pk)
        .select_related("person")
        .order_by("-version", "at", "pk")
    )


def agreed_by(thing: Agreeable) -> list[User]:
    """Who has said yes to the version as it now stands."""
    return [one.person for one in said(thing).filter(version=thing.version, answer=Agreement.Answer.YES)]


def awaited(thing: Agreeable) -> list[User]:
    """Whose yes to this version is still missing, in order of name."""
    return _awaited(thing, thing.agreers())


def _awaited(thing: Agreeable, agreers: list[User]) -> list[User]:
    yes = {person.pk for person in agreed_by(thing)}
    return [person for person in agreers if person.pk not in yes]


def awaited_words(thing: Agreeable) -> str:
    """Who is awaited, as words: "Co-chair one and Co-chair two"; "" when nobody is."""
    agreers = thing.agreers()
    names = [person.display() for person in _awaited(thing, agreers)]
    vacant = thing.agreers_needed() - len(agreers)
    if vacant > 0:
        names.append("a co-chair with an account" if vacant == 1 else f"{vacant} co-chairs with an account")
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def yes_of(user: User, model: type[Agreeable], prefix: str = "") -> models.Exists:
    """Whether this person said yes to the version as it stands, for `annotate`; `prefix` is the path to the
    thing."""
    return _answered(model, prefix, person=user, answer=Agreement.Answer.YES)


def yes_before(user: User, model: type[Agreeable], prefix: str = "") -> models.Exists:
    """Whether this person said yes to an earlier version, for `annotate`."""
    thing = {
        "object_id": models.OuterRef(f"{prefix}pk"),
        "version__lt": models.OuterRef(f"{prefix}version"),
    }
    yes = {"person": user, "answer": Agreement.Answer.YES}
    return models.Exists(Agreement.objects.filter(label=model._meta.label_lower, **thing, **yes))


@cache  # put together once: every home page of an admin asks
def change_asked(model: type[Agreeable], prefix: str = "") -> models.Exists:
    """Whether anybody asked for a change of the version as it stands, for `annotate`."""
    return _answered(model, prefix, answer=Agreement.Answer.CHANGE)


def _answered(model: type[Agreeable], prefix: str, **more: object) -> models.Exists:
    thing = {"object_id": models.OuterRef(f"{prefix}pk"), "version": models.OuterRef(f"{prefix}version")}
    return models.Exists(Agreement.objects.filter(label=model._meta.label_lower, **thing, **more))


def may_agree(thing: Agreeable, user: User) -> bool:
    """Whether the page offers this person the choice to agree or to ask for a change."""
    return thing.status == Agreeable.Status.OFFERED and user.pk in {person.pk for person in awaited(thing)}


def _locked(thing: _Thing, version: int, by: User) -> _Thing:
    locked = type(thing)._base_manager.select_for_update().get(pk=thing.pk)
    if by.pk not in {person.pk for person in locked.agreers()}:
        raise NotAllowed(
            "You can’t agree this or ask for a change of it: it awaits the agreement of other co-chairs."
        )
    if locked.version != version:
        raise Changed("It was changed while you were reading. Please read the new version before you agree.")
    if locked.status != Agreeable.Status.OFFERED:
        raise Changed("It is not open for agreement any more. Please look at how it stands now.")
    return locked


def _say(thing: Agreeable, by: User, answer: Agreement.Answer, why: str = "") -> None:
    Agreement.objects.update_or_create(
        label=thing._meta.label_lower,
        object_id=thing.pk,
        version=thing.version,
        person=by,
        defaults={"answer": answer, "why": why, "at": dates.now()},
    )
    audit.record(by=by, verb=f"said {answer}", on=thing, version=thing.version)


def agree(thing: _Thing, *, version: int, by: User, then: Callable[[_Thing], None] | None = None) -> _Thing:
    """`by` says yes to `version`; the last yes needed makes the thing agreed, and `then` runs with it.

    Raises Changed if that version no longer stands, NotAllowed if this yes was not asked for.
    """
    with transaction.atomic():
        locked = _locked(thing, version, by)
        _say(locked, by, Agreement.Answer.YES)
        if not awaited(locked) and len(locked.agreers()) >= locked.agreers_needed():
            workflow.move(locked, "agree", by=by, agreed_at=dates.now(), then=then)
    thing.refresh_from_db()
    return thing


def ask_change(thing: _Thing, *, version: int, by: User, why: str) -> _Thing:
    """`by` asks for a change, with the reason; the thing goes back to draft."""
    with transaction.atomic():
        locked = _locked(thing, version, by)
        _say(locked, by, Agreement.Answer.CHANGE, why)
        workflow.move(locked, "ask_change", by=by)
    thing.refresh_from_db()
    return thing


def edited(thing: _Thing, *, by: User | None) -> int:
    """Tell that the thing was changed: a new version, for which nobody has said yes.

    Call it inside the transaction of the change. Those whose yes became void get a mail. Gives back the
    number of agreements that the change voided.
    """
    locked = type(thing)._base_manager.select_for_update().get(pk=thing.pk)
    void = agreed_by(locked)
    was_agreed = locked.status == Agreeable.Status.AGREED
    if was_agreed:
        workflow.move(locked, "void", by=None, agreed_at=None)
    locked.version += 1
    locked.save(update_fields=["version"])
    if was_agreed:  # fewer people read what is being agreed
        registry.fewer_readers(locked)
    if void:
        audit.record(by=by, verb="voided agreements", on=locked, version=locked.version)
    for person in void:
        _ask_again(locked, person)
    thing.refresh_from_db()
    return len(void)


def _mail(thing: Agreeable, person: User, subject: str, paragraph: str) -> None:
    """One mail for each version and person, whatever the reason."""
    mail.queue(
        key=f"agree:{thing._meta.label_lower}:{thing.pk}:{thing.version}:{person.pk}",
        to=person,
        subject=subject,
        template="notice",
        context={
            "paragraphs": [paragraph],
            "link": thing.get_absolute_url(),
            "link_label": "Read it and agree, or ask for a change",
        },
        kind=Kind.AGREEMENT,
    )


def _ask_again(thing: Agreeable, person: User) -> None:
    _mail(
        thing,
        person,
        f"Changed after you agreed: {thing}",
        f"After you agreed, there was a change: {thing}. "
        "Your agreement was to the version before and is void.",
    )


def ask_all(thing: Agreeable) -> None:
    """One mail to each person whose yes is awaited; once for each version."""
    for person in awaited(thing):
        _mail(
            thing,
            person,
            f"For your agreement: {thing}",
            f"{thing} {thing.awaits} your agreement. "
            f"Agree {'it as it stands' if thing.awaits == 'awaits' else 'them as they stand'}, "
            "or say what should change.",
        )


@dataclass(frozen=True)
class Voided:
    """Some people's yes to a version, made void by a later change."""

    version: int
    people: list[User]
    at: datetime
    by: User | None  # who made the change


def voided(thing: Agreeable) -> list[Voided]:
    """Every agreement that a change made void, newest first: what the page of the thing says.

    Each yes to an earlier version is void. When, and by whose change, stands in the trail, also where the
    words of the entry were removed.
    """
    yes: dict[int, list[User]] = {}
    for one in said(thing).filter(answer=Agreement.Answer.YES, version__lt=thing.version):
        yes.setdefault(one.version, []).append(one.person)
    told = audit.AuditEntry.objects.filter(
        label=thing._meta.label_lower, object_id=thing.pk, verb="voided agreements"
    )
    entries = list(told.select_related("actor").order_by("at", "pk"))
    known = {entry.detail["version"] - 1: entry for entry in entries if entry.erased_at is None}
    emptied = [entry for entry in entries if entry.erased_at]
    known.update(zip(sorted(set(yes) - set(known)), emptied, strict=False))
    return [
        Voided(version, yes.get(version, []), entry.at, entry.actor)
        for version, entry in sorted(known.items(), reverse=True)
    ]
