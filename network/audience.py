"""Who reads what: the audience levels and the one rule by which every fetch is scoped.

Every readable model states its rule in `readable_by(user)`; views reach rows only through
`Model.objects.visible_to(user)` (usually by `guards.visible_or_404`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from network import dates, readings
from network.roles import Permission

if TYPE_CHECKING:
    from network.people.models import User


class Audience(models.TextChoices):
    PUBLISHED = "published", "Everyone who signs in"
    PARTNERS = "partners", "Members and health partners"
    NETWORK = "network", "Members of the network"
    CHAIRS = "chairs", "Co-chairs and coordinator"
    COORDINATOR = "coordinator", "Coordinator only"
    LEGAL = "legal", "Named people only"


PERMISSION_FOR: dict[Audience, Permission] = {
    Audience.PUBLISHED: Permission.READ_PUBLISHED,
    Audience.PARTNERS: Permission.READ_PARTNERS,
    Audience.NETWORK: Permission.READ_NETWORK,
    Audience.CHAIRS: Permission.READ_CHAIRS,
    Audience.COORDINATOR: Permission.READ_COORDINATOR,
}
"""Legal is not here: no role gives it, only being named."""


RESTRICTED = frozenset({Audience.CHAIRS, Audience.COORDINATOR, Audience.LEGAL})
"""Who exports something of these levels has signed in a short while ago."""


def narrowest(*audiences: str) -> Audience:
    """The one of them with the fewest readers."""
    return max((Audience(one) for one in audiences), key=list(Audience).index)


CHOOSABLE = [(level.value, level.label) for level in Audience if level != Audience.LEGAL]
"""The levels that a form offers; a legal item is made by naming people, not by choosing a level."""


def levels(user: User) -> list[Audience]:
    """The audience levels whose items the person reads."""
    return [level for level, permission in PERMISSION_FOR.items() if user.may(permission)]


def rule(user: User, label: str, prefix: str = "") -> Q:
    """The condition under which rows of the model `label` are readable.

    `prefix` reaches the readable row from another one: `rule(user, "network.agendaitem", "item__")`.
    """
    readable = Q(**{f"{prefix}audience__in": levels(user)})
    if user.may(Permission.BE_NAMED) and readings.can_be_legal(label):
        named = Naming.objects.filter(label=label, person=user).values("object_id")
        readable |= Q(**{f"{prefix}audience": Audience.LEGAL, f"{prefix}pk__in": named})
    return readable


_Row = TypeVar("_Row", bound=models.Model)


class ScopedQuerySet(models.QuerySet[_Row]):
    """Rows that know who may read them."""

    _for_a_reader = False

    def visible_to(self, user: User) -> Self:
        """The rows that the person may read: the only way from a view to the table."""
        rows = self.filter(self.model.readable_by(user))  # type: ignore[attr-defined]
        rows._for_a_reader = True
        return rows

    def _clone(self) -> Self:
        copied: Self = super()._clone()  # type: ignore[misc]
        copied._for_a_reader = self._for_a_reader
        return copied

    def _fetch_all(self) -> None:
        """What is fetched for a reader is read by them, whatever the view makes of it."""
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._for_a_reader:
            readings.note(self._result_cache or ())

    def restricted(self) -> Self:
        """Those of the rows that leave the portal only after a fresh sign-in."""
        return self.filter(self.model.restricted())  # type: ignore[attr-defined]

    def legal(self) -> list[models.QuerySet[models.Model]]:
        """What of the rows, and of what they stand under, is kept to named people."""
        found: list[models.QuerySet[models.Model]] = []
        if issubclass(self.model, Readable):
            found.append(self.filter(audience=Audience.LEGAL))
        above: tuple[str, ...] = getattr(self.model, "stands_under", ())  # a person stands under nothing
        return found + [self._legal_under(path) for path in above]

    def _legal_under(self, path: str) -> models.QuerySet[models.Model]:
        found = self.filter(**{f"{path}__audience": Audience.LEGAL}).order_by().values(path)
        return readings.kind_at(self.model, path)._base_manager.filter(pk__in=found)


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class Scoped(models.Model):
    """A model whose rows are reached by views through `objects.visible_to(user)`."""

    objects = ScopedManager()
    stands_under: ClassVar[tuple[str, ...]] = ()
    """The paths to other rows whose readers alone read this one: `("item",)`."""

    class Meta:
        abstract = True

    @classmethod
    def readable_by(cls, user: User) -> Q:
        """The condition under which the person may read a row; each model states its own."""
        raise NotImplementedError(cls)

    @classmethod
    def restricted(cls) -> Q:
        """The condition under which a row leaves the portal only after a fresh sign-in: fewer people read it
        than the network, by its own audience or by that of what it stands under."""
        found = Q(pk__in=[])
        for path in cls.stands_under:
            found |= Q(**{f"{path}__audience__in": RESTRICTED})
        return found


class Readable(Scoped):
    """A row that carries its own audience."""

    audience = models.CharField(max_length=12, choices=Audience, default=Audience.NETWORK)

    class Meta:
        abstract = True

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return rule(user, cls._meta.label_lower)

    @classmethod
    def restricted(cls) -> Q:
        return Q(audience__in=RESTRICTED) | super().restricted()


NEVER = readings.NEVER
"""How the name of such a constraint ends."""


def never_legal(name: str) -> models.CheckConstraint:
    """The constraint of a kind of thing that can't be kept to named people."""
    return models.CheckConstraint(condition=~Q(audience=Audience.LEGAL), name=name)


class Naming(Scoped):
    """One person is named for one legal item, by a co-chair. Whoever is named alone reaches it as a row."""

    label = models.CharField(max_length=80)
    object_id = models.PositiveBigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="namings")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=dates.now)
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    """How an address calls it: a number would tell how many others are named."""
    over = models.BooleanField(default=False, editable=False)
    """The thing is gone. The naming stays for the audit trail, whose entries are for those named."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["label", "object_id", "person"], name="naming_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.label} {self.object_id}"

    @classmethod
    def readable_by(cls, user: User) -> Q:
        return Q(person=user, over=False) if user.may(Permission.BE_NAMED) else Q(pk__in=[])
